#include "verdict/cron.h"

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <doctest/doctest.h>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "base/time_text.h"
#include "base/zone/zone_files.h"

namespace monitorix::verdict {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Zone zone_named(const std::string& name) {
  auto zone = ZoneFiles().find(name);
  REQUIRE(zone);
  return *zone;
}

WallTime utc(const std::string& text) { return parse_rfc3339(text).value(); }

std::string next_of(const char* expression, const char* after, const char* zone = "UTC") {
  const auto cron = Cron::parse(expression);
  REQUIRE(cron);
  const auto next = cron->next(utc(after), zone_named(zone));
  return next ? rfc3339(*next).substr(0, 16) : "never";
}

/// An expression and what it means, made together: the text goes to the parser, the sets to the second implementation.
struct Made {
  std::string text{};
  std::set<int> minute{}, hour{}, day{}, month{}, weekday{};
  bool any_day{}, any_weekday{}, by_clock{};
};

std::string make_field(std::mt19937_64& random, int least, int most, std::set<int>& values) {
  const auto pick = [&](int from, int to) {
    return from + static_cast<int>(random() % static_cast<unsigned>(to - from + 1));
  };
  const auto add = [&](int from, int to, int step) {
    for (int value = from; value <= to; value += step) values.insert(value);
  };
  const auto kind = random() % 6;
  if (kind < 2) {
    add(least, most, 1);
    return "*";
  }
  if (kind == 2) {
    const int step = pick(1, most - least);
    add(least, most, step);
    return "*/" + std::to_string(step);
  }
  std::string text;
  for (int i = pick(1, 3); i > 0; --i) {
    if (!text.empty()) text += ",";
    const int from = pick(least, most);
    const int to = pick(from, most);
    const int step = pick(1, 5);
    switch (random() % 4) {
      case 0: text += std::to_string(from) + "-" + std::to_string(to), add(from, to, 1); break;
      case 1:
        text += std::to_string(from) + "-" + std::to_string(to) + "/" + std::to_string(step);
        add(from, to, step);
        break;
      case 2: text += std::to_string(from) + "/" + std::to_string(step), add(from, most, step); break;
      default: text += std::to_string(from), values.insert(from);
    }
  }
  return text;
}

Made make(std::mt19937_64& random) {
  Made made;
  const std::string minute = make_field(random, 0, 59, made.minute);
  const std::string hour = make_field(random, 0, 23, made.hour);
  const std::string day = make_field(random, 1, 31, made.day);
  const std::string month = random() % 2 == 0 ? "*" : make_field(random, 1, 12, made.month);
  if (month == "*")
    for (int i = 1; i <= 12; ++i) made.month.insert(i);
  const std::string weekday = make_field(random, 0, 6, made.weekday);
  made.any_day = day.front() == '*';
  made.any_weekday = weekday.front() == '*';
  made.by_clock = minute.front() == '*' || hour.front() == '*';
  made.text = minute + " " + hour + "  " + day + "\t" + month + " " + weekday;
  return made;
}

/// Walks minute by minute with the C library's local time.
class Walk {
 public:
  /// Local time of each minute of [begin, end), as minutes since 1970 on the local clock.
  Walk(const std::string& zone, std::int64_t begin, std::int64_t end) : begin_(begin) {
    ::setenv("TZ", (":" + zone).c_str(), 1);
    ::tzset();
    for (std::int64_t minute = begin; minute < end; ++minute) {
      const auto at = static_cast<std::time_t>(minute * 60);
      std::tm local{};
      ::localtime_r(&at, &local);
      local_.push_back(minute + local.tm_gmtoff / 60);
    }
  }
  /// The first minute after `after` at which it comes, or nothing until the end.
  [[nodiscard]] std::optional<std::int64_t> next(const Made& made, std::int64_t after) const {
    for (auto i = static_cast<std::size_t>(after + 1 - begin_); i < local_.size(); ++i) {
      const bool comes = matches(made, local_[i]);
      if (made.by_clock ? comes : (comes && is_first(i)) || is_after_gap(made, i))
        return begin_ + static_cast<std::int64_t>(i);
    }
    return std::nullopt;
  }

 private:
  static bool matches(const Made& made, std::int64_t local_minute) {
    const auto seconds_of_it = static_cast<std::time_t>(local_minute * 60);
    std::tm tm{};
    ::gmtime_r(&seconds_of_it, &tm);
    if (!made.minute.contains(tm.tm_min) || !made.hour.contains(tm.tm_hour) || !made.month.contains(tm.tm_mon + 1))
      return false;
    const bool day = made.day.contains(tm.tm_mday), weekday = made.weekday.contains(tm.tm_wday);
    return made.any_day || made.any_weekday ? day && weekday : day || weekday;
  }
  [[nodiscard]] bool is_first(std::size_t at) const {
    for (std::size_t back = 1; back <= 26 * 60 && back <= at; ++back)
      if (local_[at - back] == local_[at]) return false;
    return true;
  }
  [[nodiscard]] bool is_after_gap(const Made& made, std::size_t at) const {
    for (std::int64_t skipped = local_[at - 1] + 1; skipped < local_[at]; ++skipped)
      if (matches(made, skipped)) return true;
    return false;
  }
  std::int64_t begin_;
  std::vector<std::int64_t> local_{};
};

}  // namespace

TEST_CASE("expressions of every form come when they say") {
  CHECK(next_of("*/15 * * * *", "2026-03-10T10:00:00Z") == "2026-03-10T10:15");
  CHECK(next_of("0 9-17/4 * * mon-fri", "2026-03-13T18:00:00Z") == "2026-03-16T09:00");
  CHECK(next_of("30 4 1,15 * 5", "2026-03-10T00:00:00Z") == "2026-03-13T04:30");  // a Friday: either will do
  CHECK(next_of("0 0 29 FEB *", "2026-03-10T00:00:00Z") == "2028-02-29T00:00");
  CHECK(next_of("0 0 29 2 *", "2096-03-10T00:00:00Z") == "2104-02-29T00:00");
  CHECK(next_of("0 12 * * 7", "2026-03-10T00:00:00Z") == "2026-03-15T12:00");
  CHECK(next_of("0 12 * * 6/2", "2026-03-10T00:00:00Z") == "2026-03-14T12:00");
  CHECK(next_of("0 12 * * 7/2", "2026-03-10T00:00:00Z") == "2026-03-15T12:00");
  CHECK(next_of("@daily", "2026-03-10T00:00:00Z") == "2026-03-11T00:00");
  CHECK(next_of("@HOURLY", "2026-03-10T00:59:59Z") == "2026-03-10T01:00");
  CHECK(next_of("@weekly", "2026-03-10T00:00:00Z") == "2026-03-15T00:00");
  CHECK(next_of("0 3 * * *", "2026-07-01T00:00:00Z", "Europe/Oslo") == "2026-07-01T01:00");
}

TEST_CASE("on nights of change a fixed time comes once, and what goes by the clock goes on") {
  // Oslo skips 02:00 to 03:00 on 29 March 2026, and has it twice on 25 October.
  CHECK(next_of("30 2 * * *", "2026-03-28T12:00:00Z", "Europe/Oslo") == "2026-03-29T01:00");
  CHECK(next_of("30 2 * * *", "2026-03-29T01:00:00Z", "Europe/Oslo") == "2026-03-30T00:30");
  CHECK(next_of("30 2 * * *", "2026-10-24T12:00:00Z", "Europe/Oslo") == "2026-10-25T00:30");
  CHECK(next_of("30 2 * * *", "2026-10-25T00:30:00Z", "Europe/Oslo") == "2026-10-26T01:30");
  CHECK(next_of("30 * * * *", "2026-10-25T00:30:00Z", "Europe/Oslo") == "2026-10-25T01:30");
  CHECK(next_of("30 * * * *", "2026-03-29T00:30:00Z", "Europe/Oslo") == "2026-03-29T01:30");
  // Goose Bay once went back from 00:01 of 1 November to 23:01 of October, and had the first minute again.
  CHECK(next_of("* * 1 11 *", "2009-11-01T02:59:00Z", "America/Goose_Bay") == "2009-11-01T03:00");
  CHECK(next_of("* * 1 11 *", "2009-11-01T03:30:00Z", "America/Goose_Bay") == "2009-11-01T04:00");
}

TEST_CASE("what makes no sense is refused, and says where") {
  for (const char* text : {"",
                           "* * * *",
                           "* * * * * *",
                           "60 * * * *",
                           "* 24 * * *",
                           "* * 0 * *",
                           "* * 32 * *",
                           "* * * 13 *",
                           "* * * * 8",
                           "*/0 * * * *",
                           "5-1 * * * *",
                           "a * * * *",
                           "* * * feb-jan *",
                           "* * * mon *",
                           "1, * * * *",
                           ",1 * * * *",
                           "1-2-3 * * * *",
                           "1//2 * * * *",
                           "@reboot",
                           "0 0 30 2 *",
                           "0 0 31 4,6,9,11 *",
                           "-1 * * * *",
                           "1000 * * * *",
                           "*5 * * * *",
                           "**/2 * * * *"})
    CHECK_MESSAGE(!Cron::parse(text), text);
  CHECK(Cron::parse("* 24 * * *").error().text.find("hour") != std::string::npos);
  CHECK(!Cron::parse(std::string(10'000, '*')));
}

TEST_CASE("random expressions agree with a walk minute by minute through zones and nights of change") {
  const char* zones[] = {"Europe/Oslo",  "America/New_York",  "Australia/Lord_Howe", "America/Havana",
                         "Pacific/Apia", "America/Goose_Bay", "Africa/Cairo",        "Asia/Kolkata"};
  const std::int64_t places[] = {
      // shortly before a change of one of them, in minutes since 1970
      to_seconds(utc("2026-03-28T12:00:00Z")) / 60, to_seconds(utc("2026-10-24T12:00:00Z")) / 60,
      to_seconds(utc("2011-12-29T02:00:00Z")) / 60, to_seconds(utc("2009-10-31T20:00:00Z")) / 60,
      to_seconds(utc("2026-03-07T12:00:00Z")) / 60, to_seconds(utc("2026-10-03T00:00:00Z")) / 60,
      to_seconds(utc("2026-10-31T12:00:00Z")) / 60, to_seconds(utc("2026-04-23T12:00:00Z")) / 60};
  std::size_t compared = 0, far = 0;
  for (const char* zone_name : zones) {
    const Zone zone = zone_named(zone_name);
    for (const std::int64_t place : places) {
      const std::int64_t end = place + 12 * 1440;
      const Walk walk(zone_name, place - 2 * 1440, end);
      const auto seed = static_cast<std::uint64_t>(place) ^ std::hash<std::string>{}(zone_name);
      CAPTURE(std::string(zone_name));
      CAPTURE(place);
      CAPTURE(seed);
      std::mt19937_64 random(seed);
      for (int turn = 0; turn < 60; ++turn) {
        const Made made = make(random);
        CAPTURE(made.text);
        const auto cron = Cron::parse(made.text);
        if (!cron) {
          CHECK(cron.error().text == "cron: there is no such date");
          continue;
        }
        WallTime after{minutes{place} + seconds{random() % 172'800}};
        for (int i = 0; i < 6; ++i) {
          const auto next = cron->next(after, zone);
          const auto expected = walk.next(made, std::chrono::floor<minutes>(after.time_since_epoch()).count());
          if (!expected) {
            CHECK((!next || next->time_since_epoch() >= minutes{end}));
            ++far;
            break;
          }
          REQUIRE(next);
          REQUIRE(rfc3339(*next) == rfc3339(WallTime{minutes{*expected}}));
          after = *next;
          ++compared;
        }
      }
    }
  }
  CHECK(compared > 5000);
  CHECK(far > 100);
}

}  // namespace monitorix::verdict

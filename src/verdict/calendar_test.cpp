#include "verdict/calendar.h"

#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "base/time_text.h"
#include "base/zone/zone_files.h"
#include "verdict/push.h"

namespace monitorix::verdict {
namespace {

struct Known {
  std::string expression{}, after{}, zone{};
  std::vector<std::string> next{};
};

/// As `systemd-analyze calendar --iterations=3 --base-time=... EXPRESSION` of systemd 252 says it, in UTC.
const std::vector<Known> kKnown{
    {"*-*~1..3 10:00",
     "2024-02-20T10:20:30Z",
     "UTC",
     {"2024-02-27T10:00:00Z", "2024-02-28T10:00:00Z", "2024-02-29T10:00:00Z"}},
    {"Sat..Sun 10:00",
     "2024-02-20T10:20:30Z",
     "UTC",
     {"2024-02-24T10:00:00Z", "2024-02-25T10:00:00Z", "2024-03-02T10:00:00Z"}},
    {"*-*-* 1..5/2:00,30:15",
     "2024-02-20T10:20:30Z",
     "UTC",
     {"2024-02-21T01:00:15Z", "2024-02-21T01:30:15Z", "2024-02-21T03:00:15Z"}},
    {"Mon..Fri 09:00",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-02-28T09:00:00Z", "2024-02-29T09:00:00Z", "2024-03-01T09:00:00Z"}},
    {"*-*-01 02:00",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-03-01T02:00:00Z", "2024-04-01T02:00:00Z", "2024-05-01T02:00:00Z"}},
    {"*:0/15", "2024-02-27T10:20:30Z", "UTC", {"2024-02-27T10:30:00Z", "2024-02-27T10:45:00Z", "2024-02-27T11:00:00Z"}},
    {"*-02~01",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-02-29T00:00:00Z", "2025-02-28T00:00:00Z", "2026-02-28T00:00:00Z"}},
    {"daily", "2024-02-27T10:20:30Z", "UTC", {"2024-02-28T00:00:00Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"}},
    {"weekly", "2024-02-27T10:20:30Z", "UTC", {"2024-03-04T00:00:00Z", "2024-03-11T00:00:00Z", "2024-03-18T00:00:00Z"}},
    {"quarterly",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-04-01T00:00:00Z", "2024-07-01T00:00:00Z", "2024-10-01T00:00:00Z"}},
    {"semiannually",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-07-01T00:00:00Z", "2025-01-01T00:00:00Z", "2025-07-01T00:00:00Z"}},
    {"minutely",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-02-27T10:21:00Z", "2024-02-27T10:22:00Z", "2024-02-27T10:23:00Z"}},
    {"Sat,Sun *-*-* 6:30",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-03-02T06:30:00Z", "2024-03-03T06:30:00Z", "2024-03-09T06:30:00Z"}},
    {"*-*~07/1 23:59:30",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-02-27T23:59:30Z", "2024-02-28T23:59:30Z", "2024-02-29T23:59:30Z"}},
    {"2024,2028-02-29 00:00", "2024-02-27T10:20:30Z", "UTC", {"2024-02-29T00:00:00Z", "2028-02-29T00:00:00Z"}},
    {"*-02-29 10:00",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-02-29T10:00:00Z", "2028-02-29T10:00:00Z", "2032-02-29T10:00:00Z"}},
    {"Wed *-*-1..7 08:00",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-03-06T08:00:00Z", "2024-04-03T08:00:00Z", "2024-05-01T08:00:00Z"}},
    {"*-1/3-15 *:00/20:10",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-04-15T00:00:10Z", "2024-04-15T00:20:10Z", "2024-04-15T00:40:10Z"}},
    {"10-31 04:05:06",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-10-31T04:05:06Z", "2025-10-31T04:05:06Z", "2026-10-31T04:05:06Z"}},
    {"*-*-* 02:30",
     "2024-02-27T10:20:30Z",
     "UTC",
     {"2024-02-28T02:30:00Z", "2024-02-29T02:30:00Z", "2024-03-01T02:30:00Z"}},
    {"2025..2027/2-06-01 12:00", "2024-02-27T10:20:30Z", "UTC", {"2025-06-01T12:00:00Z", "2027-06-01T12:00:00Z"}},
    {"Thu", "2024-02-27T10:20:30Z", "UTC", {"2024-02-29T00:00:00Z", "2024-03-07T00:00:00Z", "2024-03-14T00:00:00Z"}},
    {"Mon..Fri 09:00",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-02-28T08:00:00Z", "2024-02-29T08:00:00Z", "2024-03-01T08:00:00Z"}},
    {"*:0/15",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-02-27T10:30:00Z", "2024-02-27T10:45:00Z", "2024-02-27T11:00:00Z"}},
    {"*-02~01",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-02-28T23:00:00Z", "2025-02-27T23:00:00Z", "2026-02-27T23:00:00Z"}},
    {"daily",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-02-27T23:00:00Z", "2024-02-28T23:00:00Z", "2024-02-29T23:00:00Z"}},
    {"minutely",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-02-27T10:21:00Z", "2024-02-27T10:22:00Z", "2024-02-27T10:23:00Z"}},
    {"Sat,Sun *-*-* 6:30",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-03-02T05:30:00Z", "2024-03-03T05:30:00Z", "2024-03-09T05:30:00Z"}},
    {"*-*-* 02:30",
     "2024-02-27T10:20:30Z",
     "Europe/Oslo",
     {"2024-02-28T01:30:00Z", "2024-02-29T01:30:00Z", "2024-03-01T01:30:00Z"}},
    {"Mon..Fri 09:00",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2024-04-01T07:00:00Z", "2024-04-02T07:00:00Z", "2024-04-03T07:00:00Z"}},
    {"*:0/15",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2024-03-30T20:15:00Z", "2024-03-30T20:30:00Z", "2024-03-30T20:45:00Z"}},
    {"*-02~01",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2025-02-27T23:00:00Z", "2026-02-27T23:00:00Z", "2027-02-27T23:00:00Z"}},
    {"daily",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2024-03-30T23:00:00Z", "2024-03-31T22:00:00Z", "2024-04-01T22:00:00Z"}},
    {"minutely",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2024-03-30T20:01:00Z", "2024-03-30T20:02:00Z", "2024-03-30T20:03:00Z"}},
    {"Sat,Sun *-*-* 6:30",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2024-03-31T04:30:00Z", "2024-04-06T04:30:00Z", "2024-04-07T04:30:00Z"}},
    {"*-*-* 02:30",
     "2024-03-30T20:00:00Z",
     "Europe/Oslo",
     {"2024-04-01T00:30:00Z", "2024-04-02T00:30:00Z", "2024-04-03T00:30:00Z"}},
    {"Mon..Fri 09:00",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2024-10-28T08:00:00Z", "2024-10-29T08:00:00Z", "2024-10-30T08:00:00Z"}},
    {"*:0/15",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2024-10-26T20:15:00Z", "2024-10-26T20:30:00Z", "2024-10-26T20:45:00Z"}},
    {"*-02~01",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2025-02-27T23:00:00Z", "2026-02-27T23:00:00Z", "2027-02-27T23:00:00Z"}},
    {"daily",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2024-10-26T22:00:00Z", "2024-10-27T23:00:00Z", "2024-10-28T23:00:00Z"}},
    {"minutely",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2024-10-26T20:01:00Z", "2024-10-26T20:02:00Z", "2024-10-26T20:03:00Z"}},
    {"Sat,Sun *-*-* 6:30",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2024-10-27T05:30:00Z", "2024-11-02T05:30:00Z", "2024-11-03T05:30:00Z"}},
    {"*-*-* 02:30",
     "2024-10-26T20:00:00Z",
     "Europe/Oslo",
     {"2024-10-27T00:30:00Z", "2024-10-28T01:30:00Z", "2024-10-29T01:30:00Z"}},
};

std::string refusal(const char* text) {
  const auto read = Calendar::parse(text);
  return read ? "taken" : read.error().text;
}

}  // namespace

TEST_CASE("calendar expressions come when systemd says they do") {
  for (const Known& known : kKnown) {
    CAPTURE(known.expression);
    CAPTURE(known.zone);
    CAPTURE(known.after);
    const auto calendar = Calendar::parse(known.expression);
    const auto zone = ZoneFiles().find(known.zone);
    REQUIRE(calendar);
    REQUIRE(zone);
    WallTime at = parse_rfc3339(known.after).value();
    for (const std::string& wanted : known.next) {
      const auto next = calendar->next(at, *zone);
      REQUIRE(next);
      CHECK(rfc3339(*next) == rfc3339(parse_rfc3339(wanted).value()));
      at = *next;
    }
    if (known.next.size() < 3) CHECK_FALSE(calendar->next(at, *zone));
  }
}

TEST_CASE("what is not sound is refused with the part that is not") {
  CHECK(refusal("Foo 09:00").find("day of the week") != std::string::npos);
  CHECK(refusal("Fri..Mon 09:00").find("day of the week") != std::string::npos);  // nor does systemd take it
  CHECK(refusal("*-13-01").find("month") != std::string::npos);
  CHECK(refusal("*-01-32").find("day of the month") != std::string::npos);
  CHECK(refusal("24:00").find("hour") != std::string::npos);
  CHECK(refusal("10:60").find("minute") != std::string::npos);
  CHECK(refusal("10:00:61").find("second") != std::string::npos);
  CHECK(refusal("10:00 UTC").find("weekdays, a date and a time") != std::string::npos);
  CHECK(refusal("*-02-30").find("no such date") != std::string::npos);
  CHECK(refusal("").find("weekdays, a date and a time") != std::string::npos);
  CHECK(refusal("10:00/0").find("minute") != std::string::npos);
  CHECK(refusal("5..3:00").find("hour") != std::string::npos);
  CHECK(refusal(std::string(300, '*').c_str()).find("longer") != std::string::npos);
}

TEST_CASE("a heartbeat's schedule takes both kinds of expression") {
  PushOptions options;
  options.cron = "Mon..Fri 09:00";
  CHECK(schedule_of(options, Zone{})->calendar);
  options.cron = "daily";
  CHECK(schedule_of(options, Zone{})->calendar);
  options.cron = "0 9 * * 1-5";
  CHECK(schedule_of(options, Zone{})->cron);
  options.cron = "@daily";
  CHECK(schedule_of(options, Zone{})->cron);
  options.cron = "0 9 * *";
  CHECK_FALSE(schedule_of(options, Zone{}));
  options.cron = "Mon..Foo";
  CHECK_FALSE(schedule_of(options, Zone{}));
}

TEST_CASE("silence is judged by a calendar expression") {
  PushOptions options;
  options.cron = "*-*-* 02:00";
  options.grace = std::chrono::minutes{10};
  const auto schedule = schedule_of(options, Zone{});
  REQUIRE(schedule);
  PushState state;
  take_ping(state, {.at = parse_rfc3339("2024-03-01T02:00:30Z").value()});
  CHECK(judge_push(state, *schedule, parse_rfc3339("2024-03-02T02:09:00Z").value()).verdict == Verdict::up);
  const auto missed = judge_push(state, *schedule, parse_rfc3339("2024-03-02T02:10:00Z").value());
  CHECK(missed.verdict == Verdict::down);
  CHECK(missed.reason == "push_missed");
}

}  // namespace monitorix::verdict

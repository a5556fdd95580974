#include "alert/overlay/window.h"

#include <doctest/doctest.h>

#include "alert/overlay/flap.h"
#include "alert/overlay/recurrence.h"
#include "alert/testing/stand.h"
#include "base/zone/zone_files.h"

namespace monitorix::alert {
namespace {

using namespace std::chrono;

WallTime utc(int y, unsigned m, unsigned d, int hour, int minute = 0) {
  return WallTime{sys_days{year{y} / month{m} / day{d}}} + hours{hour} + minutes{minute};
}

Zones zones() {
  ZoneFiles files;
  Zones all;
  all["Europe/Oslo"] = *files.find("Europe/Oslo");
  return all;
}

/// The starts of a rule, read by leaping from one to the next.
std::vector<WallTime> starts_of(const char* rrule, WallTime first, const Zone& zone, std::size_t most) {
  const auto rule = parse_recurrence(rrule);
  REQUIRE(rule);
  std::vector<WallTime> all;
  WallTime at = first - milliseconds{1};
  while (all.size() < most) {
    const Around around = starts_around(*rule, first, zone, at, hours{1});
    if (!around.after) break;
    all.push_back(*around.after);
    at = *around.after;
  }
  return all;
}

}  // namespace

TEST_CASE("a window on every second Tuesday keeps its hour when the clocks change") {
  Window window{.starts_at = utc(2026, 3, 10, 21),
                .duration = hours{2},
                .rrule = "FREQ=MONTHLY;BYDAY=2TU",
                .time_zone = "Europe/Oslo"};  // 22:00 in Oslo, in winter
  const Zones all = zones();
  CHECK(window_at(window, all, utc(2026, 3, 10, 22)).is_on);
  const WindowNow after = window_at(window, all, utc(2026, 3, 11, 0));
  CHECK(!after.is_on);
  CHECK(after.changes_at == utc(2026, 4, 14, 20));  // 22:00 in Oslo, in summer
  CHECK(window_at(window, all, utc(2026, 4, 14, 21, 59)).is_on);
  CHECK(!window_at(window, all, utc(2026, 4, 14, 22)).is_on);
}

TEST_CASE("a window that happens once is on from its begin to before its end") {
  const Window window{.starts_at = utc(2026, 5, 1, 8), .duration = minutes{30}};
  CHECK(!window_at(window, {}, utc(2026, 5, 1, 7, 59)).is_on);
  CHECK(window_at(window, {}, utc(2026, 5, 1, 7, 59)).changes_at == utc(2026, 5, 1, 8));
  CHECK(window_at(window, {}, utc(2026, 5, 1, 8)).is_on);
  CHECK(!window_at(window, {}, utc(2026, 5, 1, 8, 30)).is_on);
  CHECK(!window_at(window, {}, utc(2026, 5, 1, 8, 30)).changes_at);
}

TEST_CASE("rules recur as RFC 5545 says") {
  const Zone zone;
  CHECK(starts_of("FREQ=DAILY;COUNT=3", utc(2026, 1, 30, 6), zone, 9) ==
        std::vector{utc(2026, 1, 30, 6), utc(2026, 1, 31, 6), utc(2026, 2, 1, 6)});
  CHECK(starts_of("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", utc(2026, 1, 5, 6), zone, 4) ==
        std::vector{utc(2026, 1, 5, 6), utc(2026, 1, 9, 6), utc(2026, 1, 19, 6), utc(2026, 1, 23, 6)});
  CHECK(starts_of("FREQ=MONTHLY;BYMONTHDAY=-1", utc(2026, 1, 31, 6), zone, 3) ==
        std::vector{utc(2026, 1, 31, 6), utc(2026, 2, 28, 6), utc(2026, 3, 31, 6)});
  CHECK(starts_of("FREQ=MONTHLY", utc(2026, 1, 31, 6), zone, 2) ==
        std::vector{utc(2026, 1, 31, 6), utc(2026, 3, 31, 6)});
  CHECK(starts_of("FREQ=MONTHLY;BYDAY=-1SU", utc(2026, 3, 29, 1), zone, 2) ==
        std::vector{utc(2026, 3, 29, 1), utc(2026, 4, 26, 1)});
  CHECK(starts_of("FREQ=YEARLY", utc(2024, 2, 29, 6), zone, 2) ==
        std::vector{utc(2024, 2, 29, 6), utc(2028, 2, 29, 6)});
  CHECK(starts_of("FREQ=YEARLY;BYMONTH=5;BYDAY=1MO", utc(2026, 5, 4, 6), zone, 2) ==
        std::vector{utc(2026, 5, 4, 6), utc(2027, 5, 3, 6)});
  CHECK(starts_of("FREQ=DAILY;UNTIL=20260103T060000Z", utc(2026, 1, 1, 6), zone, 9).size() == 3);
  CHECK(starts_of("FREQ=DAILY;UNTIL=20260102", utc(2026, 1, 1, 6), zone, 9).size() == 2);
}

TEST_CASE("a rule that cannot be kept to the letter is refused") {
  for (const char* text :
       {"", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=3", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=2;UNTIL=20260101",
        "FREQ=WEEKLY;BYDAY=2MO", "FREQ=DAILY;FREQ=WEEKLY", "INTERVAL=2", "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=MONTHLY;BYSETPOS=1;BYDAY=MO", "FREQ=DAILY;UNTIL=2026", "FREQ=WEEKLY;WKST=SU"})
    CHECK_MESSAGE(!parse_recurrence(text), text);
  CHECK(parse_recurrence("RRULE:FREQ=WEEKLY;WKST=MO"));
}

TEST_CASE("hours of the night belong to the day they began") {
  const WeekHours night{.days = 1, .from = hours{22}, .until = hours{6}};  // Mondays
  CHECK(is_within(night, {}, utc(2026, 11, 23, 23)));                      // a Monday
  CHECK(is_within(night, {}, utc(2026, 11, 24, 5)));
  CHECK(!is_within(night, {}, utc(2026, 11, 23, 5)));
  CHECK(!is_within(night, {}, utc(2026, 11, 24, 22)));
  CHECK(next_opening(night, {}, utc(2026, 11, 24, 5)) == utc(2026, 11, 30, 22));
}

TEST_CASE("maintenance covers what hangs on its node, and its end is told within a minute") {
  Stand stand;
  stand.place(node(1));
  stand.place(guest(2), {node(1)});
  stand.report(node(1), Standing::up);
  Window window{.id = WindowId{1}, .starts_at = wall_at(10), .duration = seconds{300}};
  window.selector.entities = {node(1)};
  stand.put(PutWindow{window});
  stand.run_to(20);
  stand.report(guest(2), Standing::down);
  stand.run_to(21);
  stand.report(node(1), Standing::up);
  stand.run_to(309);
  CHECK(stand.told().empty());
  CHECK(stand.open_alert(guest(2))->held->kind == HoldKind::maintenance);
  stand.run_to(370);
  CHECK(stand.told() == std::vector<std::string>{"firing 2"});
  CHECK(stand.sent.front().message.lines.front().was_held->until == wall_at(310));
}

TEST_CASE("quiet hours hold what is no worse than their ceiling") {
  Stand stand;
  stand.place(service(1));
  stand.place(service(2));
  Window window{.id = WindowId{1}, .starts_at = wall_at(0), .duration = hours{8}, .ceiling = Severity::warning};
  stand.put(PutWindow{window});
  stand.report(service(1), Standing::degraded);
  stand.report(service(2), Standing::down);
  stand.run_to(600);
  CHECK(stand.told() == std::vector<std::string>{"firing 2"});
}

TEST_CASE("the flapping score enters at edges 8.8 minutes apart and leaves after 23.8 quiet ones") {
  constexpr milliseconds kHalf{900'000};
  const auto settled = [&](double minutes_apart) {
    double score = 0;
    for (int i = 0; i < 200; ++i)
      score = decayed(score, milliseconds{static_cast<std::int64_t>(minutes_apart * 60'000)}, kHalf) + 1;
    return score;
  };
  CHECK(settled(8.7) >= 3.0);
  CHECK(settled(8.9) < 3.0);
  CHECK(time_to(3.0, 1.0, kHalf).count() == doctest::Approx(23.8 * 60'000).epsilon(0.002));
  CHECK(time_to(0.5, 1.0, kHalf).count() == 0);
}

}  // namespace monitorix::alert

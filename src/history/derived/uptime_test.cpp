#include "history/derived/uptime.h"

#include <doctest/doctest.h>

#include "history/rollup.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kStart = 20'612 * 86'400;

struct Guest {
  Rows rows{kGuestSet};
  /// Samples each 10 s in [from, to) seconds after the start.
  Guest& is(SeriesStatus status, std::int64_t from, std::int64_t to) {
    for (std::int64_t t = from; t < to; t += 10) {
      rows.columns[0].values.push_back(kStart + t);
      push_value(rows, GuestColumn::status, static_cast<std::int64_t>(status));
    }
    settle(rows);
    return *this;
  }
};

Uptime raw_day(const Guest& guest) { return uptime_of(guest.rows, {kStart, kStart + 86'400, 10, 0}); }
Uptime rolled_day(const Guest& guest) {
  return uptime_of(roll_up_raw(guest.rows, std::nullopt), {kStart, kStart + 86'400, 10, 300});
}

}  // namespace

TEST_CASE("a guest that ran all day was up all day, by samples and by rollups") {
  const auto guest = Guest{}.is(SeriesStatus::up, 0, 86'400);
  CHECK(raw_day(guest).share() == 1.0);
  CHECK(raw_day(guest).unknown == 0);
  CHECK(raw_day(guest).checks == 8640);
  CHECK(rolled_day(guest).share() == 1.0);
  CHECK(rolled_day(guest).unknown == 10);  // the interval before the first sample
}

TEST_CASE("an outage of 20 s in a day is 99.9768 %") {
  const auto guest =
      Guest{}.is(SeriesStatus::up, 0, 3600).is(SeriesStatus::stopped, 3600, 3620).is(SeriesStatus::up, 3620, 86'400);
  CHECK(raw_day(guest).down == 20);
  CHECK(*raw_day(guest).share() * 100 == doctest::Approx(99.97685));
  CHECK(raw_day(guest).checks - raw_day(guest).up_checks == 2);
  CHECK(rolled_day(guest).down == 20);
}

TEST_CASE("five hours without Monitorix are not known, and no downtime") {
  const auto guest = Guest{}.is(SeriesStatus::up, 0, 7200).is(SeriesStatus::up, 7200 + 5 * 3600, 86'400);
  CHECK(raw_day(guest).share() == 1.0);
  CHECK(raw_day(guest).unknown == 5 * 3600);
  CHECK(rolled_day(guest).share() == 1.0);
  CHECK(rolled_day(guest).unknown <= 5 * 3600 + 20);
}

TEST_CASE("what could not be reached was neither up nor down") {
  const auto guest = Guest{}
                         .is(SeriesStatus::up, 0, 43'200)
                         .is(SeriesStatus::unreachable, 43'200, 64'800)
                         .is(SeriesStatus::down, 64'800, 86'400);
  for (const auto& seen : {raw_day(guest), rolled_day(guest)}) {
    CHECK(seen.unknown == doctest::Approx(21'600).epsilon(0.01));
    CHECK(*seen.share() == doctest::Approx(43'200.0 / 64'800).epsilon(0.01));
  }
}

TEST_CASE("an outage that still goes on counts until now, and a paused guest does not run") {
  const auto guest = Guest{}.is(SeriesStatus::up, 0, 43'200).is(SeriesStatus::paused, 43'200, 86'390);
  CHECK(raw_day(guest).down == 43'200);
  CHECK(rolled_day(guest).down == doctest::Approx(43'200).epsilon(0.01));
}

TEST_CASE("a sample from before the window holds into it") {
  Rows rows(kGuestSet);
  rows.columns[0].values = {kStart - 5};
  push_value(rows, GuestColumn::status, 3);
  settle(rows);
  const auto seen = uptime_of(rows, {kStart, kStart + 100, 30, 0});
  CHECK(seen.down == 100);
  CHECK(seen.checks == 0);
}

TEST_CASE("of what nobody saw there is no share") {
  const auto seen = uptime_of({}, {kStart, kStart + 100, 10, 0});
  CHECK(!seen.share());
  CHECK(seen.unknown == 100);
  CHECK(!uptime_of(Rows(kTotalSet), {kStart, kStart + 100, 10, 0}).share());
}

}  // namespace monitorix::history

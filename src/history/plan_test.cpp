#include "history/plan.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <random>

#include "history/points.h"
#include "history/rollup.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kNow = 1'780'912'345;

Plan plan(std::int64_t span, std::int64_t points, std::int64_t step = 10) {
  const auto found = plan_of({kNow - span, kNow, points, step}, Retention{}, kNow);
  REQUIRE(found);
  return *found;
}

}  // namespace

TEST_CASE("an hour is answered from samples, a month from 5 minutes or hours, a year from hours") {
  CHECK(plan(3600, 360).step == 10);
  CHECK(plan(3600, 360).resolution == Resolution::raw);
  CHECK(plan(3600, 300).step == 20);
  CHECK(plan(6 * 3600, 300).step == 120);
  CHECK(plan(6 * 3600, 300).resolution == Resolution::raw);
  CHECK(plan(12 * 3600, 300).step == 300);
  CHECK(plan(12 * 3600, 300).resolution == Resolution::fine);
  CHECK(plan(30 * kDaySeconds, 600).step == 7200);
  CHECK(plan(30 * kDaySeconds, 600).resolution == Resolution::coarse);
  CHECK(plan(7 * kDaySeconds, 2000).step == 600);
  CHECK(plan(365 * kDaySeconds, 600).step == 86'400);
  CHECK(plan(365 * kDaySeconds, 10).step == 6 * 604'800);
}

TEST_CASE("a series of coarse steps is never asked for finer ones") {
  CHECK(plan(1800, 300, 30).step == 30);
  CHECK(plan(1800, 300, 60).step == 60);
  CHECK(plan(1800, 300, 300).resolution == Resolution::fine);
}

TEST_CASE("where samples have expired the whole answer is coarser") {
  const auto old_hour = plan_of({kNow - 8 * kDaySeconds, kNow - 8 * kDaySeconds + 3600, 300, 10}, Retention{}, kNow);
  REQUIRE(old_hour);
  CHECK(old_hour->resolution == Resolution::fine);
  const auto old_day = plan_of({kNow - 200 * kDaySeconds, kNow - 199 * kDaySeconds, 300, 10}, Retention{}, kNow);
  REQUIRE(old_day);
  CHECK(old_day->resolution == Resolution::coarse);
  CHECK(old_day->step == 3600);
  const auto kept = plan_of({kNow - 8 * kDaySeconds, kNow - 8 * kDaySeconds + 3600, 360, 10}, Retention{0, 0, 0}, kNow);
  REQUIRE(kept);
  CHECK(kept->resolution == Resolution::raw);
}

TEST_CASE("nonsense is refused") {
  CHECK(!plan_of({5, 5, 300, 10}, Retention{}, kNow));
  CHECK(!plan_of({6, 5, 300, 10}, Retention{}, kNow));
  CHECK(!plan_of({-1, 5, 300, 10}, Retention{}, kNow));
  CHECK(!plan_of({0, INT64_MAX, 300, 10}, Retention{}, kNow));
  CHECK(!plan_of({0, 5, 0, 10}, Retention{}, kNow));
  CHECK(!plan_of({0, 5, kMostPoints + 1, 10}, Retention{}, kNow));
}

TEST_CASE("whatever is asked, there are never more points than wished, and the buckets lie on whole steps of UTC") {
  const std::uint64_t seed = 11;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int turn = 0; turn < 20'000; ++turn) {
    const auto span = static_cast<std::int64_t>(1 + random() % (std::uint64_t{1} << (1 + random() % 31)));
    const std::int64_t to = kNow + static_cast<std::int64_t>(random() % 100'000),
                       from = std::max<std::int64_t>(to - span, 0);
    const Wish wish{from, to, 1 + static_cast<std::int64_t>(random() % kMostPoints), 10};
    const auto found = plan_of(wish, Retention{}, kNow);
    REQUIRE(found);
    CHECK(static_cast<std::int64_t>(found->count()) <= wish.points);
    CHECK(found->count() >= 1);
    CHECK(found->from % found->step == 0);
    CHECK(found->to % found->step == 0);
    CHECK(found->to >= to);
    CHECK(found->from < from + found->step);
    CHECK(found->step % (found->resolution == Resolution::raw ? 10 : step_of(found->resolution, 10)) == 0);
  }
}

TEST_CASE("at any zoom no sample is counted twice: bytes, extremes and averages agree with the raw ones") {
  const std::uint64_t seed = 12;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  constexpr std::int64_t start = 1'780'876'800;
  Rows raw(kGuestSet);
  std::int64_t net = 0;
  for (std::int64_t i = 0; i < 6 * 360; ++i) {
    Row row;
    net += 10'240 * static_cast<std::int64_t>(random() % 100);
    row.set(1, static_cast<std::int64_t>(random() % 100'000));
    row.set(6, net);
    if (i / 360 != 3) push_row(raw, start + i * 10, row);  // an hour nobody measured
  }
  settle(raw);
  const Rows fine = roll_up_raw(raw, std::nullopt), coarse = roll_up_fine(fine);
  for (const std::int64_t step : {10, 60, 300, 1800, 3600}) {
    const bool is_raw = step < 300;
    const Resolution from = is_raw ? Resolution::raw : step < 3600 ? Resolution::fine : Resolution::coarse;
    const Plan its{step, start, start + 6 * 3600, from};
    const Rows& rows = is_raw ? raw : step < 3600 ? fine : coarse;
    const auto cpu = points_of(its, rows, 1), traffic = points_of(its, rows, 6);
    REQUIRE(cpu.size() == its.count());
    double top = 0, mean = 0, measured = 0;
    for (std::size_t i = 0; i < cpu.size(); ++i) {
      CHECK(cpu[i].t == start + static_cast<std::int64_t>(i) * step);
      CHECK(cpu[i].is_gap() == (cpu[i].t - start >= 3 * 3600 && cpu[i].t - start < 4 * 3600));
      if (cpu[i].is_gap()) continue;
      top = std::max(top, cpu[i].maximum);
      mean += cpu[i].average;
      measured += 1;
    }
    const auto& values = raw.columns[1].values;
    double exact = 0;
    for (const std::int64_t one : values) exact += static_cast<double>(one) * 1e-5;
    CHECK(top == doctest::Approx(static_cast<double>(*std::max_element(values.begin(), values.end())) * 1e-5));
    CHECK(mean / measured == doctest::Approx(exact / static_cast<double>(values.size())).epsilon(1e-4));
    double rate = 0;
    for (const Point& one : traffic) {
      if (one.is_gap()) continue;
      CHECK(one.average >= 0);
      rate = std::max(rate, one.maximum);
    }
    CHECK(rate <= 102'400);
    CHECK(rate > 90'000);
  }
}

TEST_CASE(
    "the first reading of a counter shows how it went on; where nothing followed, or nothing was read, is a gap") {
  constexpr std::int64_t start = 1'780'876'800;
  Rows raw(kGuestSet);
  const auto reading = [&](std::int64_t seconds, std::optional<std::int64_t> net) {
    Row row;
    row.set(1, 50'000);
    if (net) row.set(6, *net);
    push_row(raw, start + seconds, row);
  };
  reading(100, 5'000);
  reading(110, 6'000);  // 100 bytes a second
  reading(120, std::nullopt);
  reading(130, 200);  // another life
  reading(140, 700);
  reading(2000, 9'000);  // nobody looked for long
  settle(raw);
  const auto points = points_of({10, start, start + 2100, Resolution::raw}, raw, 6);
  const auto at = [&](std::int64_t seconds) { return points[static_cast<std::size_t>(seconds / 10)]; };
  CHECK(at(90).is_gap());
  CHECK(at(100).average == doctest::Approx(100));
  CHECK(at(110).average == doctest::Approx(100));
  CHECK(at(120).is_gap());
  CHECK(at(130).average == doctest::Approx(50));
  CHECK(at(140).average == doctest::Approx(50));
  CHECK(at(150).is_gap());
  CHECK(at(2000).is_gap());
}

TEST_CASE("a series without rows is all gaps") {
  const auto points = points_of({300, 0, 3000, Resolution::fine}, Rows{}, 1);
  REQUIRE(points.size() == 10);
  for (const Point& one : points) CHECK(one.is_gap());
  CHECK(points[9].t == 2700);
}

}  // namespace monitorix::history

#include "history/derived/forecast.h"

#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <random>
#include <vector>

namespace monitorix::history {
namespace {

constexpr std::int64_t kStart = 20'612 * 86'400;

/// Four values a day; `used` by the day as a number.
std::vector<Level> levels(int days, const std::function<double(double day)>& used) {
  std::vector<Level> out;
  out.reserve(static_cast<std::size_t>(days) * 4);
  for (int quarter = 0; quarter < days * 4; ++quarter)
    out.push_back({kStart + quarter * 21'600, used(static_cast<double>(quarter) / 4)});
  return out;
}

}  // namespace

TEST_CASE("what grows by one a day from 50 to 100 is full when the room is used up, with a range of no width") {
  const auto seen = forecast(levels(30, [](double day) { return 20 + day; }), 100);
  REQUIRE(seen.days);
  CHECK(*seen.days == doctest::Approx(80 - 29.75));
  CHECK(*seen.low_days == doctest::Approx(*seen.days));
  CHECK(*seen.high_days == doctest::Approx(*seen.days));
  CHECK(seen.basis_days == 30);
  CHECK(seen.reason == Forecast::Reason::none);
  CHECK(seen.confidence == 0.8);
}

TEST_CASE("noise widens the range, which holds the truth in about eight cases of ten") {
  constexpr int kRuns = 400;
  int holds = 0;
  for (unsigned seed = 1; seed <= kRuns; ++seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> noise(0, 8);
    const auto seen = forecast(levels(60, [&](double day) { return 1000 + 4 * day + noise(random); }), 2000);
    REQUIRE_MESSAGE(seen.days, seed);
    CHECK(*seen.low_days <= *seen.days);
    CHECK(*seen.high_days >= *seen.days);
    // The slope behind a number of days is the room over it; the room itself carries the noise of the last value.
    const double room = *seen.days * 4;
    CHECK(room == doctest::Approx(764).epsilon(0.2));
    if (*seen.low_days <= 764 / 4.0 * 1.02 && *seen.high_days >= 764 / 4.0 * 0.98) ++holds;
  }
  CHECK(holds > kRuns * 7 / 10);
}

TEST_CASE("a deletion in the middle does not turn growth into shrinking") {
  const auto grown = [](double day) { return 400 + 5 * day - (day >= 20 ? 250 : 0); };
  const auto seen = forecast(levels(40, grown), 1000);
  REQUIRE(seen.days);
  CHECK(*seen.days == doctest::Approx((1000 - grown(39.75)) / 5).epsilon(0.01));
}

TEST_CASE("a large copy once does not make growth look faster") {
  const auto grown = [](double day) { return 100 + 5 * day + (day >= 25.5 ? 300 : 0); };
  const auto seen = forecast(levels(40, grown), 1000);
  REQUIRE(seen.days);
  CHECK(*seen.days == doctest::Approx((1000 - grown(39.75)) / 5).epsilon(0.02));
}

TEST_CASE("what grows by a step each week grows") {
  const auto grown = [](double day) { return 100 + 70 * std::floor(day / 7); };
  const auto seen = forecast(levels(70, grown), 2000);
  REQUIRE(seen.days);
  CHECK(*seen.days == doctest::Approx((2000 - grown(69)) / 10).epsilon(0.05));
}

TEST_CASE("single odd days say nothing") {
  const auto seen = forecast(levels(30, [](double day) { return 200 + day + (day >= 11 && day < 12 ? 15 : 0); }), 1000);
  REQUIRE(seen.days);
  CHECK(*seen.days == doctest::Approx(1000 - 229.75).epsilon(0.01));
}

TEST_CASE("what shrinks, and what stays as it is, is never full") {
  for (const double slope : {-3.0, 0.0}) {
    const auto seen = forecast(levels(30, [&](double day) { return 500 + slope * day; }), 1000);
    CHECK(!seen.days);
    CHECK(seen.reason == Forecast::Reason::not_growing);
  }
}

TEST_CASE("noise around one level has no clear trend, and no day is made up for it") {
  std::mt19937 random(7);
  std::normal_distribution<double> noise(0, 5);
  const auto seen = forecast(levels(60, [&](double) { return 900 + noise(random); }), 1000);
  CHECK(!seen.days);
  CHECK(!seen.high_days);
  CHECK(seen.reason != Forecast::Reason::none);
  CHECK(seen.reason != Forecast::Reason::too_little_data);
}

TEST_CASE("too few days, and an unknown size, are said so") {
  CHECK(forecast({}, 100).reason == Forecast::Reason::too_little_data);
  const auto six = levels(6, [](double day) { return day; });
  CHECK(forecast(six, 100).reason == Forecast::Reason::too_little_data);
  CHECK(forecast(six, 100).basis_days == 6);
  CHECK(forecast(levels(7, [](double day) { return day; }), 100).days);
  CHECK(forecast(levels(30, [](double day) { return day; }), std::nullopt).reason == Forecast::Reason::no_capacity);
  CHECK(forecast(levels(30, [](double day) { return day; }), 0).reason == Forecast::Reason::no_capacity);
}

TEST_CASE("what is full is full now, and what fills in twenty years is far away") {
  const auto full = forecast(levels(10, [](double day) { return 95 + day; }), 100);
  CHECK(full.days == 0.0);
  const auto slow = forecast(levels(30, [](double day) { return 500 + day / 10; }), 1500);
  CHECK(!slow.days);
  CHECK(slow.reason == Forecast::Reason::far_away);
}

}  // namespace monitorix::history

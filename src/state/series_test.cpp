#include "state/series.h"

#include <cmath>
#include <doctest/doctest.h>
#include <limits>

using namespace monitorix;
using namespace monitorix::state;

namespace {
const std::int64_t kHour = 3'600'000;
const std::int64_t kBegin = 1'800'000'000'000 / kHour * kHour;
}  // namespace

TEST_CASE("the last ten minutes are as polled, and nothing older is told") {
  Series series(2);
  for (int step = 0; step <= 360; ++step) {
    const std::array<float, 2> row{static_cast<float>(step), std::numeric_limits<float>::quiet_NaN()};
    series.add(from_ms(kBegin + step * 10'000), row.data());
  }
  const auto points = series.read(0, from_ms(0), from_ms(kBegin * 2));
  CHECK(points.size() == 60);
  for (std::size_t at = 1; at < points.size(); ++at) CHECK(to_ms(points[at].at) - to_ms(points[at - 1].at) == 10'000);
  CHECK(points.back().value == 360.0F);
  CHECK(points.front().value == 301.0F);
  for (const auto& point : series.read(1, from_ms(0), from_ms(kBegin * 2))) CHECK(std::isnan(point.value));
  CHECK(series.recent_mean(0) == doctest::Approx(345.0).epsilon(0.01));
  CHECK(std::isnan(series.recent_mean(1)));
}

TEST_CASE("polls that come rarely do not keep what is older than ten minutes") {
  Series series(1);
  for (int step = 0; step < 30; ++step) {
    const float value = static_cast<float>(step);
    series.add(from_ms(kBegin + step * 60'000), &value);
  }
  CHECK(series.read(0, from_ms(0), from_ms(kBegin * 2)).size() == 10);
}

TEST_CASE("time that stands still or runs back adds nothing") {
  Series series(1);
  const float value = 1;
  series.add(from_ms(kBegin), &value);
  series.add(from_ms(kBegin), &value);
  series.add(from_ms(kBegin - 5), &value);
  CHECK(series.read(0, from_ms(0), from_ms(kBegin * 2)).size() == 1);
  CHECK(series.read(7, from_ms(0), from_ms(kBegin * 2)).empty());
}

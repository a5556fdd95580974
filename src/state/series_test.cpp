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

TEST_CASE("the last ten minutes are as polled, the hour before as minutes") {
  Series series(2);
  for (int step = 0; step <= 360; ++step) {
    const std::array<float, 2> row{static_cast<float>(step), std::numeric_limits<float>::quiet_NaN()};
    series.add(from_ms(kBegin + step * 10'000), row.data());
  }
  const auto points = series.read(0, from_ms(0), from_ms(kBegin * 2));
  int fine = 0, coarse = 0;
  for (std::size_t at = 1; at < points.size(); ++at) {
    const auto step = to_ms(points[at].at) - to_ms(points[at - 1].at);
    CHECK(step > 0);
    if (step == 10'000) ++fine;
    if (step == 60'000) ++coarse;
  }
  CHECK(fine >= 58);
  CHECK(coarse >= 48);
  CHECK(points.back().average == 360.0F);
  CHECK(points.front().average == doctest::Approx(2.5));  // 0..5 of the first minute
  CHECK(points.front().minimum <= 0.01F);
  CHECK(points.front().maximum == doctest::Approx(5.0).epsilon(0.01));
  for (const auto& point : series.read(1, from_ms(0), from_ms(kBegin * 2))) CHECK(std::isnan(point.average));
  CHECK(series.recent_mean(0) == doctest::Approx(345.0).epsilon(0.01));
  CHECK(std::isnan(series.recent_mean(1)));
}

TEST_CASE("a minute's band always holds its average") {
  Series series(1);
  for (int step = 0; step < 400; ++step) {
    const float value = 1.0F + 0.001F * static_cast<float>(step % 7);
    series.add(from_ms(kBegin + step * 10'000), &value);
  }
  for (const auto& point : series.read(0, from_ms(0), from_ms(kBegin * 2))) {
    CHECK(point.minimum <= point.average);
    CHECK(point.maximum >= point.average);
  }
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

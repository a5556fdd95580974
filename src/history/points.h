#pragma once
// Stored rows to the points of a chart: for each bucket of a plan the average, minimum and maximum of a column, in its
// wire unit. What nobody measured is NaN (null on the wire); nothing is interpolated. Pure.

#include <cmath>
#include <limits>
#include <vector>

#include "history/plan.h"

namespace monitorix::history {

struct Point {
  std::int64_t t{};  ///< start of the bucket, seconds since 1970 UTC
  double average{std::numeric_limits<double>::quiet_NaN()}, minimum{average}, maximum{average};
  [[nodiscard]] bool is_gap() const { return std::isnan(average); }
};

/// `points` of the same plan: where all of a coarser row's span is unknown, that row speaks for it (`span` seconds, no
/// shorter than the plan's step). What is known stays, and a hole inside a span stays a hole.
void fill_from(const Plan& plan, const Rows& coarser, std::int64_t span, std::size_t raw_column,
               std::vector<Point>& points);
/// Whether some span of the plan is unknown throughout.
bool has_hole(const Plan& plan, const std::vector<Point>& points, std::int64_t span);

/// `rows`: raw or rollup rows of the plan's resolution, by time. Raw ones may begin before plan.from, so that the first
/// growth of a counter is known. Counters come out as rates, `last` columns with the last value as average, status with
/// the worst. Always plan.count() points.
std::vector<Point> points_of(const Plan& plan, const Rows& rows, std::size_t raw_column);

}  // namespace monitorix::history

#pragma once
// The series of an answer as JSON: points with their holes told, as /api/metrics/series and the export have them.

#include "api/history/question.h"

namespace monitorix::api {

/// Rounded to four digits after the point; beyond that the samples say nothing.
double tidy(double value);

/// The points worth telling: before the first and after the last known one nothing is said. A hole between them is told
/// by nulls, but for one that is no longer than the distance of two samples: there nothing was missed.
std::vector<history::Point> told_points(const std::vector<history::Point>& points, std::int64_t step,
                                        std::int64_t sample_step);

enum class Names { left_out, told };

/// {from_ms, to_ms, step_ms, series, marks, partial}; blocks on the keeper and the store.
Result<std::string> series_json(const Dependencies& house, const Question& question, Names names);

}  // namespace monitorix::api

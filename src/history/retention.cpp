#include "history/retention.h"

#include <algorithm>

#include "base/steps.h"

namespace monitorix::history {
namespace {

/// Whole days, so that a chunk goes when all of it is old.
std::int64_t cutoff(std::int64_t now, std::int64_t kept) {
  return kept == 0 ? INT64_MIN : step_down(now - kept, kDaySeconds);
}

// Bytes a value of sealed chunks, of 10-s samples and of rollups; what the database adds to all of them; and what a
// chunk costs that says nothing new.
constexpr double kRawValue = 0.87, kRollupValue = 1.0, kSketchDay = 210, kDatabase = 1.25, kStillChunk = 70;

}  // namespace

DayCost& DayCost::operator+=(const DayCost& other) {
  raw += other.raw;
  fine += other.fine;
  coarse += other.coarse;
  return *this;
}

DayCost day_cost(unsigned set, std::int64_t step, bool is_at_work) {
  constexpr double hours = 24, buckets = 288;  // of a day
  if (!is_at_work) return {hours * kStillChunk * kDatabase, kStillChunk * kDatabase, kStillChunk * kDatabase};
  const auto columns = static_cast<double>(column_count(set) - 1);
  const auto parts = static_cast<double>(column_count(set + kRollupOffset) - 1);
  const double rows = static_cast<double>(kDaySeconds) / static_cast<double>(std::max<std::int64_t>(step, 1));
  return {rows * columns * kRawValue * kDatabase, buckets * parts * kRollupValue * kDatabase,
          (hours * parts * kRollupValue + kSketchDay) * kDatabase};
}

Result<bool> RetentionWork::step(WallTime now, const Retention& retention) {
  const std::int64_t seconds = to_seconds(now);
  if (left_.empty()) {
    if (seconds < next_round_) return false;
    for (const SeriesInfo& one : recorder_.series()) left_.push_back(one.id);
    next_round_ = seconds + kPause;
    if (left_.empty()) return false;
  }
  const std::size_t count = std::min(left_.size(), kSeriesPerStep);
  const Cutoffs before{cutoff(seconds, retention.raw), cutoff(seconds, retention.fine),
                       cutoff(seconds, retention.coarse)};
  const std::span<const SeriesId> turn(left_.end() - static_cast<std::ptrdiff_t>(count), left_.end());
  if (auto erased = keeper_.erase(turn, before); !erased) return fail(std::move(erased).error());
  left_.resize(left_.size() - count);
  return !left_.empty();
}

}  // namespace monitorix::history

#include "history/retention.h"

#include <algorithm>

#include "base/steps.h"

namespace monitorix::history {
namespace {

/// Whole days, so that a chunk goes when all of it is old.
std::int64_t cutoff(std::int64_t now, std::int64_t kept) {
  return kept == 0 ? INT64_MIN : step_down(now - kept, kDaySeconds);
}

}  // namespace

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

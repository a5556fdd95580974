#include "history/plan.h"

#include <algorithm>
#include <array>

#include "base/steps.h"

namespace monitorix::history {
namespace {

constexpr std::array<std::int64_t, 5> kRawSteps{10, 20, 30, 60, 120};
constexpr std::array<std::int64_t, 4> kFineSteps{300, 600, 900, 1800};
constexpr std::array<std::int64_t, 7> kCoarseSteps{3600, 7200, 10'800, 21'600, 43'200, 86'400, 604'800};
constexpr std::int64_t kEndOfTime = 7'258'118'400;  // 2200

// The window in whole steps. When its two broken ends make one bucket too many, the first one goes.
Plan aligned(const Wish& wish, std::int64_t step, Resolution resolution) {
  Plan plan{step, step_down(wish.from, step), step_up(wish.to, step), resolution};
  if ((plan.to - plan.from) / step == wish.points + 1 && (wish.to - wish.from) <= wish.points * step) plan.from += step;
  return plan;
}
bool fits(const Plan& plan, const Wish& wish) { return (plan.to - plan.from) / plan.step <= wish.points; }

bool reaches(std::int64_t kept, std::int64_t from, std::int64_t now) { return kept == 0 || from >= now - kept; }

}  // namespace

std::int64_t step_of(Resolution resolution, std::int64_t sample_step) {
  switch (resolution) {
    case Resolution::raw: return std::max<std::int64_t>(sample_step, 1);
    case Resolution::coarse: return kHourSeconds;
    default: return 300;
  }
}

Result<Plan> plan_of(const Wish& wish, const Retention& retention, std::int64_t now) {
  if (wish.from >= wish.to) return fail(Errc::invalid, "from must be before to");
  if (wish.from < 0 || wish.to > kEndOfTime) return fail(Errc::invalid, "from or to is out of bounds");
  if (wish.points < 1 || wish.points > kMostPoints)
    return fail(Errc::invalid, "points must be from 1 to " + std::to_string(kMostPoints));
  const auto finest = [&](const auto& steps, Resolution resolution, std::int64_t least) -> std::optional<Plan> {
    for (const std::int64_t step : steps) {
      if (step < least) continue;
      if (const Plan plan = aligned(wish, step, resolution); fits(plan, wish)) return plan;
    }
    return std::nullopt;
  };
  if (reaches(retention.raw, wish.from, now))
    if (const auto plan = finest(kRawSteps, Resolution::raw, wish.sample_step)) return *plan;
  if (reaches(retention.fine, wish.from, now))
    if (const auto plan = finest(kFineSteps, Resolution::fine, wish.sample_step)) return *plan;
  if (const auto plan = finest(kCoarseSteps, Resolution::coarse, 0)) return *plan;
  constexpr std::int64_t week = kCoarseSteps.back();
  for (std::int64_t weeks = 2;; ++weeks)
    if (const Plan plan = aligned(wish, weeks * week, Resolution::coarse); fits(plan, wish)) return plan;
}

}  // namespace monitorix::history

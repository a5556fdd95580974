#pragma once
// From a window and a number of points to a step and the stored resolution to read it from. Pure: the answer depends on
// nothing but its arguments. Buckets are aligned to UTC; an answer has one step throughout, and never more points than
// asked for.

#include "base/result.h"
#include "history/keeper.h"

namespace monitorix::history {

inline constexpr std::int64_t kUsualPoints = 300, kMostPointsUnasked = 2'000, kMostPoints = 4'000;

/// How long each resolution is kept, in seconds; 0 = for ever.
struct Retention {
  std::int64_t raw{7 * kDaySeconds}, fine{90 * kDaySeconds}, coarse{730 * kDaySeconds};
};

struct Wish {
  std::int64_t from{}, to{};          ///< seconds since 1970 UTC, [from, to)
  std::int64_t points{kUsualPoints};  ///< 1 .. kMostPoints
  std::int64_t sample_step{10};       ///< the series' own
};

struct Plan {
  std::int64_t step{};        ///< seconds; a whole multiple of the resolution's
  std::int64_t from{}, to{};  ///< whole steps; count = (to - from) / step
  Resolution resolution{};    ///< raw, fine or coarse
  [[nodiscard]] std::size_t count() const { return static_cast<std::size_t>((to - from) / step); }
};

/// The finest step with which the window fits into the points, read from the coarsest resolution that divides it; when
/// that one no longer reaches back to `from`, a coarser one for the whole answer. Refuses from >= to (Errc::invalid),
/// windows beyond the years 1970..2200 and numbers of points out of bounds.
Result<Plan> plan_of(const Wish& wish, const Retention& retention, std::int64_t now);

/// Seconds between stored rows.
std::int64_t step_of(Resolution resolution, std::int64_t sample_step);

}  // namespace monitorix::history

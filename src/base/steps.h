#pragma once
// Times put onto whole steps: where the bucket of a moment begins, and where the next one does.

#include <cstdint>

namespace monitorix {

/// The greatest multiple of `step` that is not above `value`, for values before 1970 as well; `step` > 0.
constexpr std::int64_t step_down(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

/// The least multiple of `step` that is not below `value`; `step` > 0.
constexpr std::int64_t step_up(std::int64_t value, std::int64_t step) { return -step_down(-value, step); }

}  // namespace monitorix

#pragma once
// Which levels of a rule a number or a severity reaches. Inside the room only; pure.

#include <array>

#include "alert/state.h"

namespace monitorix::alert {

using Reached = std::array<bool, kSeverityCount>;

inline bool is_any(const Reached& reached) { return reached[0] || reached[1] || reached[2]; }
/// Everything up to this severity: what is critical is also a warning.
Reached up_to(const Pair& pair, Severity severity);
/// With hysteresis: a level that holds ends at its clear threshold, and `min_delta` past it while a milder one holds.
Reached levels_of(const Pair& pair, double value, double min_delta);

}  // namespace monitorix::alert

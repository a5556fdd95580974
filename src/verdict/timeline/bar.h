#pragma once
// The heartbeat bar: cells of fixed wall time (checks U12), never "the last n results".

#include <optional>
#include <vector>

#include "verdict/timeline/uptime.h"

namespace monitorix::verdict {

struct Cell {
  Span span{};
  Totals totals{};               ///< milliseconds per state, for who points at it
  std::optional<Shown> worst{};  ///< nothing before creation and in the future
  std::optional<Share> share{};  ///< of the worst in what the cell holds
  bool in_maintenance{false};    ///< all of it: the worst is that of maintenance
};

/// The last `count` cells of `width`, on multiples of the width, so that they stand still when time goes on; the last
/// one holds `now`.
Span bar_span(WallTime now, std::chrono::milliseconds width, int count);
/// `composed` covers the span as far as there is something to tell.
std::vector<Cell> bar(const std::vector<Interval>& composed, Span span, int count);
/// Down, unreachable, degraded, unknown, up, paused: what a cell is coloured by.
int badness(Shown state);

}  // namespace monitorix::verdict

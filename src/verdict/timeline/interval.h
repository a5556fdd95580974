#pragma once
// Time as half-open intervals [begin, end) (checks U1). A list of intervals is in order and does not overlap unless
// said otherwise.

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "verdict/check_state.h"

namespace monitorix::verdict {

struct Span {
  WallTime begin{}, end{};
  [[nodiscard]] std::chrono::milliseconds length() const { return end - begin; }
  bool operator==(const Span&) const = default;
};

struct Interval {
  WallTime begin{}, end{};
  Shown state{};
  bool in_maintenance{false};
  [[nodiscard]] std::chrono::milliseconds length() const { return end - begin; }
  bool operator==(const Interval&) const = default;
};

/// Spans in any order, overlapping or empty, as the fewest that cover the same time (overlap = union, checks U5).
std::vector<Span> united(std::vector<Span> spans);

/// Adds an interval at the end; what continues the last one becomes part of it. An empty one adds nothing.
void append(std::vector<Interval>& timeline, const Interval& next);

/// What is left of a list when all from `to` on is void.
void cut_at(std::vector<Interval>& timeline, WallTime to);

/// What is laid over the machine's own intervals, in any order. It never changes what is recorded (checks C5, C18):
/// a window edited afterwards is laid over anew.
struct Overlays {
  std::vector<Span> maintenance{};
  std::vector<Span> unreachable{};  ///< some dependency group had no available member: DOWN is shown UNREACHABLE
};

/// The whole of `window` without a gap: time no interval covers is UNKNOWN, time before `created` is left out.
std::vector<Interval> compose(const std::vector<Interval>& recorded, const Overlays& overlays, Span window,
                              WallTime created);

/// Gaps of more than 30 s between rows of the heartbeat, which are in order: our own outages (checks U2).
std::vector<Span> own_outages(const std::vector<WallTime>& heartbeats);

}  // namespace monitorix::verdict

#pragma once
// State time in buckets of 15 minutes, the smallest step of all time zones (checks U9, C36): 12 numbers that sum to
// 900 000 exactly. Time before a check was created counts as PAUSED there, which takes it out of uptime and coverage.

#include <array>
#include <cstdint>
#include <vector>

#include "verdict/timeline/uptime.h"

namespace monitorix::verdict {

inline constexpr std::chrono::milliseconds kBucketLength{900'000};

struct Bucket {
  WallTime begin{};
  std::array<std::int32_t, 2 * kShownCount> ms{};  ///< by state outside maintenance, then by state inside
  bool operator==(const Bucket&) const = default;
};

WallTime bucket_begin(WallTime at);

/// Every whole bucket in `window`, from the record and what is laid over it. Made anew, they replace the old ones.
std::vector<Bucket> buckets_of(const std::vector<Interval>& recorded, const Overlays& overlays, Span window,
                               WallTime created);

Totals totals_of(const Bucket& bucket);
/// The totals of a window: whole buckets where they are given, the rest (its edges, and buckets not there) from the
/// record. `buckets` are in order. Equals totals_of(compose(...)) but for the time before creation, which counts as
/// PAUSED.
Totals totals_between(const std::vector<Bucket>& buckets, const std::vector<Interval>& recorded,
                      const Overlays& overlays, Span window, WallTime created);

}  // namespace monitorix::verdict

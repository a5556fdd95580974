#pragma once
// The last ten minutes in memory, as polled: for top lists and sparklines, which want all objects at once. Charts read
// history, whose open hour is in memory as well. A fixed ring of floats per object; unknown is NaN. Single writer;
// readers take copies through Series::read.

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"

namespace monitorix::state {

/// Column order per kind; names and units stand in metric_names.h.
inline constexpr std::size_t kGuestColumns = 6;    // cpu, memory, net in, net out, disk read, disk write
inline constexpr std::size_t kNodeColumns = 8;     // cpu, memory, net in, net out, iowait, rootfs, swap, load_1
inline constexpr std::size_t kStorageColumns = 1;  // used
inline constexpr std::size_t kClusterColumns = 2;  // cpu, memory

struct SeriesPoint {
  WallTime at{};
  float value{};  ///< NaN = unknown
};

class Series {
 public:
  explicit Series(std::size_t columns);
  ~Series();
  /// Adds one row of `columns` values at `at`; times must rise, others are ignored.
  void add(WallTime at, const float* values);
  /// Points of one column in [from, to) of the last ten minutes.
  [[nodiscard]] std::vector<SeriesPoint> read(std::size_t column, WallTime from, WallTime to) const;
  /// Mean of the last 5 minutes of a column, NaN when unknown (top-N).
  [[nodiscard]] float recent_mean(std::size_t column) const;

 private:
  struct Rings;
  std::unique_ptr<Rings> rings_;
};

}  // namespace monitorix::state

#pragma once
// What the table `metrics` gets of history, for people who read SQL: averages in the original's columns. Nothing of
// ours reads it (docs/guide/history.md).

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix::store {

/// Averages of one stretch of time. Percents, and bytes a second; what is unknown gets no row.
struct MirrorPoint {
  WallTime at{};  ///< its start
  std::optional<double> cpu{}, memory{}, disk{};
  std::optional<double> network_in{}, network_out{}, disk_read{}, disk_write{};
};

struct MirrorObject {
  NodeId node{};
  GuestId guest{};  ///< one of the two exists
  std::vector<MirrorPoint> points{};
};

/// Some objects of one hour, in one transaction: what the table had of them and the hour is replaced.
struct MirrorBatch {
  std::int64_t hour{};  ///< since 1970
  std::vector<MirrorObject> objects{};
  bool ends_hour{false};  ///< with it the hour is done
};

}  // namespace monitorix::store

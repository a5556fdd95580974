#pragma once
// What a guest's counters said last, in bytes since its start; unknown is nullopt.

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix::state {

struct Counters {
  WallTime at{};  ///< when this reading was new
  std::optional<std::int64_t> net_in{}, net_out{}, disk_read{}, disk_write{}, uptime{};
  NodeId node{};
};

}  // namespace monitorix::state

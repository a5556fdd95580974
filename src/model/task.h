#pragma once
// An entry of Proxmox' task log.

#include <optional>
#include <string>

#include "base/clock.h"

namespace monitorix {

struct PveTask {
  std::string upid{}, node{}, type{}, id{}, user{};
  WallTime started_at{};
  std::optional<WallTime> ended_at{};
  std::optional<std::string> status{};  ///< OK, WARNINGS: n, or the error; absent while running
  bool operator==(const PveTask&) const = default;
};

}  // namespace monitorix

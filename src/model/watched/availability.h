#pragma once
// High availability of a cluster, and the external vote that some have.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace monitorix {

/// The cluster's resource manager (one member is it), or the local one of a member.
struct HaManager {
  std::string node{};
  std::optional<std::string> state{};  ///< active, idle, maintenance ... as told
  std::optional<WallTime> seen_at{};   ///< by the clocks of the cluster
  bool is_dead{false};                 ///< its last sign of life is too old
  bool operator==(const HaManager&) const = default;
};

struct HaResource {
  std::string id{};  ///< vm:100
  std::string node{};
  std::optional<std::string> state{}, wanted{};
  bool operator==(const HaResource&) const = default;
};

struct HaStatus {
  std::optional<bool> quorate{};
  std::optional<std::string> fencing{};  ///< armed, standby, disarmed ... (PVE 9)
  std::optional<HaManager> manager{};    ///< nothing while there is no resource
  std::vector<HaManager> local_managers{};
  std::vector<HaResource> resources{};
  std::vector<std::string> fenced_nodes{};  ///< being fenced just now
  bool operator==(const HaStatus&) const = default;
};

struct QDevice {
  bool exists{false};
  std::optional<std::string> host{}, state{}, algorithm{};
  /// Its vote counts only then.
  [[nodiscard]] bool is_connected() const { return state == "Connected"; }
  bool operator==(const QDevice&) const = default;
};

}  // namespace monitorix

#pragma once
// A virtual machine or container. Its identity is cluster + type + VMID + incarnation, never the node or the name. One
// that was imported has no type until its cluster names it.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/node.h"

namespace monitorix {

enum class GuestType : std::uint8_t { qemu, lxc, unknown };
enum class GuestStatus : std::uint8_t { unknown, running, stopped, paused, missing, deleted };
enum class StoppedBy : std::uint8_t { user, task, unexpected };
enum class MemorySource : std::uint8_t { balloon, host };
/// What a person says of a guest's backups.
enum class BackupPolicy : std::uint8_t { required, not_needed, archived };
/// What lists show of a guest's backups; the whole story is its Assurance.
enum class BackupState : std::uint8_t { unknown, ok, partial, late, failed, none, not_needed, ambiguous };
enum class DiskSource : std::uint8_t { agent, rootfs };
enum class AgentState : std::uint8_t { unknown, running, not_running, not_configured, no_permission };

struct Guest {
  GuestId id{};
  ClusterId cluster{};
  NodeId node{};  ///< 0 when not known
  GuestType type{};
  std::int64_t vmid{};
  int incarnation{1};
  std::string name{};
  GuestStatus status{};
  WallTime status_since{};
  std::optional<WallTime> last_check{}, deleted_at{};
  WallTime created_at{};
  bool is_template{false};
  std::optional<StoppedBy> stopped_by{};
  std::optional<std::string> pool{}, lock{}, ha_state{}, qmp_status{};
  std::vector<std::string> proxmox_tags{};
  std::vector<std::string> tags{};  ///< ours
  std::optional<std::string> owner{}, note{}, url{};
  std::optional<double> cpu_ratio{}, cpu_count{};
  std::optional<std::int64_t> memory_used_bytes{}, memory_total_bytes{}, memory_host_bytes{};
  std::optional<MemorySource> memory_source{};
  /// Used: of containers their root file system, of VMs the file systems their agent tells of; `disk_capacity_bytes` is
  /// what these can hold. The total is what the configuration gives to the guest.
  std::optional<std::int64_t> disk_used_bytes{}, disk_capacity_bytes{}, disk_total_bytes{};
  std::optional<DiskSource> disk_source{};
  std::optional<double> net_in_rate{}, net_out_rate{}, disk_read_rate{}, disk_write_rate{};
  std::optional<std::int64_t> uptime_seconds{};
  std::optional<Pressure> pressure{};
  BackupPolicy backup_policy{BackupPolicy::required};  ///< ours, as the next two
  std::optional<std::int64_t> recovery_point_hours{};
  std::optional<std::string> backup_note{};
  BackupState backup_state{BackupState::unknown};
  std::optional<WallTime> last_backup_at{};  ///< when the newest successful backup began
  std::vector<std::string> ip_addresses{};   ///< the last known ones that others can reach; empty: none is known
  std::optional<std::string> os_name{};
  AgentState agent_state{};
  bool operator==(const Guest&) const = default;
};

}  // namespace monitorix

#pragma once
// A Proxmox VE node as last observed. Unknown is nullopt, never 0. Ratios are 0..1, sizes bytes, rates bytes per
// second.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix {

enum class NodeStatus : std::uint8_t { unknown, online, offline, unreachable };

/// Why the status is what it is; the screen has a sentence for each.
enum class NodeReason : std::uint8_t {
  ok,
  checking,             ///< one poll missed: no answer, checking
  peer_cannot_reach,    ///< a member answered 595/596 about it
  cluster_unreachable,  ///< no endpoint of the cluster answers
  auth_failed,
  tls_mismatch,
  no_permission,     ///< the row carries no numbers: Sys.Audit is missing
  stale_statistics,  ///< member online, statistics old
};

/// Share of time (0..1) in which tasks waited, over the last 10 s (PVE 9).
struct Pressure {
  std::optional<double> cpu_some{}, cpu_full{}, io_some{}, io_full{}, memory_some{}, memory_full{};
  bool operator==(const Pressure&) const = default;
};

struct PveService {
  std::string name{}, description{}, state{};  ///< state as systemd says: running, dead, ...
  std::optional<std::string> unit_state{};     ///< enabled, disabled, masked, not-found ...; not every version tells
  bool operator==(const PveService&) const = default;
};

struct NodeCertificate {
  std::string filename{}, subject{}, issuer{}, fingerprint{};
  std::optional<WallTime> not_before{}, not_after{};
  std::vector<std::string> sans{};
  bool operator==(const NodeCertificate&) const = default;
};

/// What /nodes/N/status, services, certificates and subscription add (asked rarely).
struct NodeDetail {
  std::optional<double> iowait_ratio{}, load_1{}, load_5{}, load_15{};
  std::optional<std::int64_t> swap_used_bytes{}, swap_total_bytes{};
  std::optional<std::int64_t> rootfs_used_bytes{}, rootfs_total_bytes{};
  std::optional<std::int64_t> memory_available_bytes{};
  std::optional<std::string> pve_version{}, kernel{}, cpu_model{}, subscription_status{};
  std::optional<int> cpu_sockets{};
  Pressure pressure{};
  std::vector<PveService> services{};
  std::vector<NodeCertificate> certificates{};
  std::optional<WallTime> status_at{}, services_at{}, certificates_at{};  ///< when each was collected
  bool operator==(const NodeDetail&) const = default;
};

struct Node {
  NodeId id{};
  ClusterId cluster{};
  std::string name{};
  NodeStatus status{};
  NodeReason reason{};
  WallTime status_since{};
  std::optional<WallTime> last_check{};
  WallTime created_at{};
  bool missing{false};  ///< no longer listed by the cluster
  bool is_local{false};
  bool maintenance_mode{false};
  std::vector<std::string> tags{};  ///< ours
  std::optional<std::string> ip{}, level{};
  std::optional<int> corosync_id{};
  std::optional<double> cpu_ratio{}, cpu_count{};
  std::optional<std::int64_t> memory_used_bytes{}, memory_total_bytes{};
  std::optional<std::int64_t> disk_used_bytes{}, disk_total_bytes{};  ///< root filesystem
  std::optional<double> net_in_rate{}, net_out_rate{};
  std::optional<std::int64_t> uptime_seconds{};
  NodeDetail detail{};
  bool operator==(const Node&) const = default;
};

}  // namespace monitorix

#pragma once
// All that a source may say about a cluster, in nouns but without our ids: the answer of one call, decoded.
// A missing field is nullopt. Rows of unknown types are dropped by the reader, odd fields become findings.

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/backup.h"
#include "model/cluster.h"
#include "model/facts.h"
#include "model/guest.h"
#include "model/node.h"
#include "model/server/backup_server.h"
#include "model/storage.h"
#include "model/task.h"

namespace monitorix {

struct NodeRow {
  std::string name{}, status{};
  std::optional<std::string> level{};
  std::optional<double> cpu_ratio{}, cpu_count{};
  std::optional<std::int64_t> memory_used_bytes{}, memory_total_bytes{}, disk_used_bytes{}, disk_total_bytes{};
  std::optional<std::int64_t> uptime_seconds{};
};

struct GuestRow {
  GuestType type{};
  std::int64_t vmid{};
  std::string node{}, status{};
  std::optional<std::string> name{}, pool{}, lock{}, ha_state{};
  std::vector<std::string> tags{};
  bool is_template{false};
  std::optional<double> cpu_ratio{}, cpu_count{};
  std::optional<std::int64_t> memory_used_bytes{}, memory_total_bytes{}, memory_host_bytes{};
  std::optional<std::int64_t> disk_used_bytes{}, disk_total_bytes{};
  /// Counters in bytes since the guest's start.
  std::optional<std::int64_t> net_in{}, net_out{}, disk_read{}, disk_write{};
  std::optional<std::int64_t> uptime_seconds{};
};

struct StorageRow {
  std::string node{}, name{}, status{};
  std::optional<std::string> plugin_type{};
  std::vector<std::string> content{};
  bool shared{false};
  std::optional<std::int64_t> used_bytes{}, total_bytes{};
};

/// E4 /cluster/resources: the whole inventory. `complete` is false when the token's rights filter rows,
/// so that absence proves nothing.
struct Resources {
  std::vector<NodeRow> nodes{};
  std::vector<GuestRow> guests{};
  std::vector<StorageRow> storages{};
  bool complete{true};
};

/// E3 /cluster/status. Without a cluster object (stand-alone node) cluster_name and quorate are nullopt.
struct Membership {
  std::optional<std::string> cluster_name{};
  std::optional<bool> quorate{};
  std::vector<ClusterMember> members{};
};

struct TaskList {
  std::vector<PveTask> tasks{};
};

struct NodeStatusReport {  ///< E16, and E1's version where pveversion is absent
  std::string node{};
  std::optional<double> cpu_ratio{};
  std::optional<std::int64_t> memory_used_bytes{}, memory_total_bytes{}, uptime_seconds{};
  NodeDetail detail{};  ///< its status part; services and certificates stay empty
};

struct NodeStorageReport {  ///< E27
  struct Row {
    std::string name{}, plugin_type{};
    std::vector<std::string> content{};
    bool shared{false};
    std::optional<bool> enabled{}, active{};
    std::optional<std::int64_t> used_bytes{}, total_bytes{};
  };
  std::string node{};
  std::vector<Row> rows{};
};

struct NodeServicesReport {  ///< E39
  std::string node{};
  std::vector<PveService> services{};
};

struct NodeCertificatesReport {  ///< E38
  std::string node{};
  std::vector<NodeCertificate> certificates{};
};

struct NodeSubscriptionReport {  ///< E37
  std::string node{}, status{};
};

struct NodeFlows {  ///< E5: what the members' network cards carry, bytes a second
  struct Row {
    std::string node{};
    double net_in{}, net_out{};
  };
  std::vector<Row> rows{};
};

/// How the endpoints that were asked for the inventory answered; two when the first one failed.
struct EndpointPolls {
  struct One {
    EndpointId endpoint{};
    std::optional<std::chrono::microseconds> took{};  ///< nullopt: no answer, or none of use
  };
  std::vector<One> polls{};
};

/// E8: all jobs, or why they could not be read.
struct BackupJobs {
  Readable readable{Readable::yes};
  std::vector<BackupJob> jobs{};
  bool operator==(const BackupJobs&) const = default;
};

/// E8 included_volumes: the guests of one job as Proxmox itself works them out.
struct BackupContents {
  struct Row {
    std::int64_t vmid{};
    std::vector<ExcludedDisk> excluded_disks{};
    bool operator==(const Row&) const = default;
  };
  std::string job{};
  std::vector<Row> rows{};
  bool operator==(const BackupContents&) const = default;
};

struct NotBackedUp {  ///< E9: guests that are in no job, enabled or not
  std::vector<std::int64_t> vmids{};
  bool operator==(const NotBackedUp&) const = default;
};

/// E29: finished vzdump tasks of one member. `whole` says that nothing older than what was told before is missing.
struct BackupRuns {
  std::string node{};
  Readable readable{Readable::yes};
  bool whole{false};
  std::vector<BackupRun> runs{};
};

/// The storages of type pbs, whether or not they are enabled.
struct ServerStorages {
  Readable readable{Readable::yes};
  std::vector<ServerStorage> storages{};
};

/// Evidence about a member from the node that was asked: 595/596/599 (proxmox X7).
struct PeerTrouble {
  std::string node{};
  std::string reason{};
};

/// What a member was asked rarely; only the facts in question say anything.
struct NodeFactsReport {
  std::string node{};
  NodeFacts facts{};
};
struct GuestFactsReport {
  GuestType type{};
  std::int64_t vmid{};
  GuestFacts facts{};
};
struct ClusterFactsReport {
  ClusterFacts facts{};
};

struct Observation {
  ClusterId cluster{};
  WallTime at{};
  std::variant<Resources, Membership, TaskList, NodeStatusReport, NodeStorageReport, NodeServicesReport,
               NodeCertificatesReport, NodeSubscriptionReport, NodeFlows, EndpointPolls, BackupJobs, BackupContents,
               NotBackedUp, BackupRuns, ServerStorages, NodeFactsReport, GuestFactsReport, ClusterFactsReport,
               PeerTrouble, ClusterHealth, DoctorSummary>
      what{};
};

}  // namespace monitorix

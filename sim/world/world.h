#pragma once
// The simulated world: clusters with their nodes, guests, storages and tasks. Plain data plus the few deeds that change
// it. Loads are not kept but computed (load.h), so 100,000 guests fit in little memory. One thread owns a world; every
// deed takes the time, none waits. Each change raises Cluster::revision, by which cached answers notice.

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "sim/world/backup_job.h"
#include "sim/world/hardware.h"
#include "sim/world/random.h"

namespace monitorix::sim {

enum class Version { v8_4, v9_2 };
enum class QDevice { none, connected, lost };

struct Snapshot {
  std::string name{};
  std::string description{};
  WallTime taken{};
  bool with_memory{};
};

struct Guest {
  int vmid{};
  GuestKind kind{GuestKind::qemu};
  std::size_t node{};
  std::string name{};
  std::string tags{};
  std::string pool{};
  std::string lock{};
  std::string ha_state{};  ///< empty: not managed by HA
  int cpus{1};
  std::int64_t max_memory{};
  std::int64_t max_swap{};
  std::int64_t max_disk{};
  bool is_running{};
  bool is_template{};
  bool has_agent{};
  bool agent_answers{true};  ///< false: it is configured, and dead or not installed
  bool is_replicated{};      ///< its disks are copied to the next node
  bool has_balloon{};
  bool starts_with_node{true};
  bool is_furnished{};  ///< by its seed with further disks, a CD, notes, protection
  WallTime started{};
  WallTime stopped{};  ///< epoch: it never ran
  WallTime created{};
  std::uint64_t seed{};
  double touched{};  ///< added to the processor load by the control command "touch"
  int process{};
  std::vector<Snapshot> snapshots{};
  std::string backup_failure{};  ///< what every backup of it ends with; empty: it goes well
  bool has_unsaved_disk{};       ///< a second disk that no backup takes in
};

/// A certificate as /certificates/info tells of it.
struct Certificate {
  std::string pem{};
  std::string fingerprint{};  ///< SHA-256 of the DER form, "AA:BB:..."
  std::string subject{};
  std::string issuer{};
  std::vector<std::string> names{};
  WallTime not_before{};
  WallTime not_after{};
};

struct Node {
  std::string name{};
  std::string address{"127.0.0.1"};
  Certificate certificate{};
  bool is_member{true};  ///< false: only a left-over folder in the cluster's file system
  bool is_alive{true};
  WallTime booted{};
  WallTime died{};
  std::chrono::milliseconds detection{1000};  ///< how long the others take to notice its death
  int cpus{8};
  std::int64_t memory{};
  std::int64_t swap{};
  std::int64_t root_disk{};
  std::uint64_t seed{};
  bool has_subscription{};
  Hardware hardware{};
};

struct Storage {
  std::string name{};
  std::string plugin{"dir"};
  std::string content{"images"};
  bool is_shared{};
  bool is_enabled{true};
  bool is_reachable{true};
  std::int64_t total{};
  std::uint64_t seed{};
  double fill{0.3};
  double growth{};  ///< share of the total per day
  RemoteStore remote{};
};

struct Task {
  std::size_t node{};
  std::string type{};
  int vmid{};  ///< 0: no guest
  std::string user{"root@pam"};
  std::string token{};
  WallTime started{};
  std::optional<WallTime> ended{};
  std::string status{"OK"};
  std::vector<Dump> dumps{};  ///< of a vzdump task; of one guest it may be empty
  int process{};
  std::uint32_t process_start{};
};

/// What will happen at a later time: the end of a task, a fail-over, a random event.
struct Due {
  enum class Deed { task_ends, finish_stop, finish_start, finish_migration, unlock, fence, recover, random_event };
  WallTime at{};
  Deed deed{Deed::random_event};
  int vmid{};
  std::size_t node{};
  std::uint64_t task{};  ///< number of the task, counted from the first ever
};

struct Cluster {
  std::string name{};
  Certificate authority{};
  std::vector<Node> nodes{};
  std::vector<Guest> guests{};  ///< by vmid, ascending
  std::vector<Storage> storages{};
  std::vector<std::string> pools{};
  std::deque<Task> tasks{};  ///< oldest first
  std::uint64_t tasks_dropped{};
  std::vector<Due> agenda{};
  std::chrono::milliseconds skew{};
  std::uint64_t revision{1};
  std::uint64_t seed{};
  std::vector<BackupJob> backup_jobs{};
  bool writes_to_server{};
  QDevice qdevice{QDevice::none};
  Dice dice{0};

  [[nodiscard]] Guest* find_guest(int vmid);
  [[nodiscard]] const Guest* find_guest(int vmid) const;
  [[nodiscard]] std::optional<std::size_t> find_node(std::string_view node_name) const;
  [[nodiscard]] const Storage* find_storage(std::string_view storage_name) const;
  /// How the other members see it.
  [[nodiscard]] bool is_online(std::size_t node, WallTime now) const;
  [[nodiscard]] std::size_t member_count() const;
  [[nodiscard]] bool is_quorate(WallTime now) const;
  /// A member lost for five minutes takes what was known of its guests with it.
  [[nodiscard]] bool is_known(const Guest& guest, WallTime now) const;
};

struct World {
  std::vector<Cluster> clusters{};
  Version version{Version::v9_2};
  WallTime began{};
  std::uint64_t seed{1};
  bool has_export{true};
  bool is_still{};    ///< loads, counters and uptimes stand at `began`
  bool has_events{};  ///< starts, stops, migrations, backups of their own accord

  [[nodiscard]] Cluster* find_cluster(std::string_view name);
  /// The time at which loads are computed.
  [[nodiscard]] WallTime load_time(WallTime now) const { return is_still ? began : now; }
};

struct WorldPlan {
  int clusters{1};
  int nodes{3};
  int guests{20};
  int storages{5};
  std::uint64_t seed{1};
  Version version{Version::v9_2};
  bool has_export{true};
  bool is_still{};
  bool has_events{true};
  std::size_t backup_servers{};  ///< that are simulated; the clusters' jobs write to these then
};

[[nodiscard]] World build_world(const WorldPlan& plan, WallTime now);

/// Seconds since 1970 as Proxmox writes them.
[[nodiscard]] inline std::int64_t epoch(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}
[[nodiscard]] inline double seconds_between(WallTime from, WallTime to) {
  return std::chrono::duration<double>(to - from).count();
}

}  // namespace monitorix::sim

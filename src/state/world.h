#pragma once
// The inventory's own memory of one cluster: the view that readers get, and beside each object what only the
// observer needs (counters, missed polls, recent past). Positions in the vectors never move.

#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/change.h"
#include "model/observation.h"
#include "state/backups/backup_book.h"
#include "state/counters.h"
#include "state/inventory.h"
#include "state/series.h"
#include "state/snapshot.h"

namespace monitorix::state {

struct GuestTrack {
  Counters counters{};
  int absent_polls{0};
  WallTime absent_since{};
  std::optional<std::pair<GuestStatus, WallTime>> before_unknown{};  ///< so that a cut does not restart "since"
  WallTime seen_again{};  ///< when something was known of it after a time of which nothing is
  std::unique_ptr<Series> series{};
};

struct NodeTrack {
  int offline_polls{0};
  int absent_polls{0};
  std::optional<WallTime> peer_trouble_at{};
  std::optional<WallTime> flows_at{};
  std::optional<std::pair<NodeStatus, WallTime>> before_unknown{};
  std::unique_ptr<Series> series{};
};

struct StorageTrack {
  WallTime absent_since{};
  std::map<std::string, bool> active_on{};  ///< by node, from /nodes/N/storage
  std::unique_ptr<Series> series{};
};

struct ClusterWorld {
  ClusterView view{};
  std::vector<NodeTrack> node_tracks{};
  std::vector<GuestTrack> guest_tracks{};
  std::vector<StorageTrack> storage_tracks{};
  std::map<std::string, std::size_t, std::less<>> node_at{};
  std::unordered_map<std::uint64_t, std::size_t> guest_at{};  ///< key: guest_key; newest incarnation
  std::map<std::string, std::size_t> storage_at{};            ///< key: storage_key
  std::unique_ptr<Series> series{};
  BackupBook backups{};
  std::chrono::milliseconds poll_gap{30'000};  ///< between the last two inventories
  bool complete{true};                         ///< of the last inventory
};

inline std::uint64_t guest_key(GuestType type, std::int64_t vmid) {
  return static_cast<std::uint64_t>(vmid) << 2u | static_cast<std::uint64_t>(type);
}
inline std::string storage_key(bool shared, std::string_view node, std::string_view name) {
  return shared ? std::string(name) : std::string(node) + "/" + std::string(name);
}

/// Puts `next` in place of the object at `position` if it differs (apart from last_check, which alone counts only
/// once a minute), and notes it in the change set.
void replace(ClusterWorld& world, std::size_t position, Node next, ChangeSet& changes);
void replace(ClusterWorld& world, std::size_t position, Guest next, ChangeSet& changes);
void replace(ClusterWorld& world, std::size_t position, Storage next, ChangeSet& changes);

/// Finds or creates.
std::size_t node_position(ClusterWorld& world, NextIds& ids, std::string_view name, WallTime now, ChangeSet& changes);

/// Sets status and reason, keeping status_since where the status only was out of sight for a while.
void set_status(Node& node, NodeTrack& track, NodeStatus status, NodeReason reason, WallTime now);
void set_status(Guest& guest, GuestTrack& track, GuestStatus status, WallTime now);
void forget_values(Node& node);
void forget_values(Guest& guest);

void apply_resources(ClusterWorld& world, NextIds& ids, const Resources& resources, WallTime at, ChangeSet& changes);
void apply_membership(ClusterWorld& world, NextIds& ids, const Membership& membership, WallTime at, ChangeSet& changes);
void apply_tasks(ClusterWorld& world, const TaskList& list, WallTime at, ChangeSet& changes);
void apply_node_status(ClusterWorld& world, const NodeStatusReport& report, WallTime at, ChangeSet& changes);
void apply_node_storage(ClusterWorld& world, const NodeStorageReport& report, WallTime at, ChangeSet& changes);
void apply_facts(ClusterWorld& world, const NodeFactsReport& report, ChangeSet& changes);
void apply_facts(ClusterWorld& world, const GuestFactsReport& report, WallTime at, ChangeSet& changes);
void apply_facts(ClusterWorld& world, const ClusterFactsReport& report, ChangeSet& changes);
/// Takes the facts that were kept of what is still there.
void restore_facts(ClusterWorld& world, FactBook book, WallTime now);
/// What the facts of a guest say of it in lists: disk use and its source, addresses, system, agent; and which memory
/// value it is that Proxmox VE gives.
void take_inside(Guest& guest, const GuestFacts& facts, WallTime now);
void apply_health(ClusterWorld& world, const ClusterHealth& health, WallTime at, ChangeSet& changes);
void apply_backup_jobs(ClusterWorld& world, const BackupJobs& what, WallTime at);
void apply_backup_contents(ClusterWorld& world, const BackupContents& what, WallTime at);
void apply_not_backed_up(ClusterWorld& world, const NotBackedUp& what, WallTime at);
void apply_backup_runs(ClusterWorld& world, const BackupRuns& what, ChangeSet& changes);
void apply_server_storages(ClusterWorld& world, const ServerStorages& what);
void note_running_backups(ClusterWorld& world, const TaskList& list);
/// Judges all guests when something came, or a minute has passed.
void judge_backups(ClusterWorld& world, WallTime now, ChangeSet& changes, const Joined& joined);
/// What the passing of time alone changes.
void age(ClusterWorld& world, WallTime now, ChangeSet& changes);
/// Adds one row to every series from the present values.
void sample(ClusterWorld& world, WallTime at);
/// Did somebody or some task stop this guest? nullopt while the task log may still be behind: after the guest, or after
/// the return of its node, whose tasks nobody could read.
std::optional<StoppedBy> who_stopped(const ClusterWorld& world, const Guest& guest, const GuestTrack& track,
                                     WallTime now);

}  // namespace monitorix::state

#pragma once
// The world as last observed; says what changed. Pure: observation in, change set out; no I/O, no clock of its own.
// Not thread-safe: the pipeline is its only writer. snapshot() may be handed to any thread.
// Rules: proxmox.md §7 (traps), §10 (identity), §11 (F5), proxmox-observed.md §3.

#include <memory>
#include <vector>

#include "model/change.h"
#include "model/observation.h"
#include "model/server/server_observation.h"
#include "model/watched/backup_plan.h"
#include "state/counters.h"
#include "state/series.h"
#include "state/snapshot.h"

namespace monitorix::state {

struct NextIds {
  std::int64_t node{1}, guest{1}, storage{1};
};

class Inventory {
 public:
  explicit Inventory(NextIds next = {});
  ~Inventory();

  /// Warm start: objects as stored; their values are unknown until observed, their status is kept with its age.
  void restore(const std::vector<ClusterConfig>& clusters, std::vector<Node> nodes, std::vector<Guest> guests,
               std::vector<Storage> storages, WallTime now);

  /// The runs of vzdump as stored, so that what was known of backups is known at once.
  void restore_backups(ClusterId id, const std::vector<BackupRun>& runs);

  /// What was asked rarely, as stored: shown at once, with its age.
  void restore_facts(ClusterId id, FactBook book, const BackupPlan& plan, WallTime now);
  /// What is known of the jobs that make backups; nullptr when there is no such cluster. On the writer's thread.
  [[nodiscard]] std::shared_ptr<const BackupPlan> backup_plan(ClusterId id);

  ChangeSet put_cluster(const ClusterConfig& config, WallTime now);  ///< adds or reconfigures
  ChangeSet remove_cluster(ClusterId id, WallTime now);
  ChangeSet apply(const Observation& observation);
  /// Time passing without observations: marks what is overdue. One change set per cluster that changed.
  std::vector<ChangeSet> tick(WallTime now);

  // Backup servers. Whose backups they hold is worked out with the next tick.
  void put_server(const ClusterConfig& config, WallTime now);
  void remove_server(ClusterId id, WallTime now);
  void apply_server(const ServerObservation& observation);

  /// What people set on objects (tags, owner, note, url, maintenance, backups wanted): fields of ours, as given.
  ChangeSet set_node_annotations(const Node& node, WallTime now);
  ChangeSet set_guest_annotations(const Guest& guest, WallTime now);

  /// The services as they stand now; a new picture.
  void set_services(std::shared_ptr<const ServiceBook> services, WallTime now);

  /// What is wrong now; a new picture.
  void set_alerts(std::shared_ptr<const AlertPicture> alerts, WallTime now);

  [[nodiscard]] SnapshotPtr snapshot() const;

  /// Recent past; nullptr when nothing was sampled yet. Only on the writer's thread.
  [[nodiscard]] const Series* series(GuestId id) const;
  [[nodiscard]] const Series* series(NodeId id) const;
  [[nodiscard]] const Series* series(StorageId id) const;
  [[nodiscard]] const Series* series(ClusterId id) const;
  // What stands at `position` of a cluster's view. On the writer's thread.
  /// Counters of a guest; nullptr when there is no such.
  [[nodiscard]] const Counters* counters(ClusterId id, std::size_t position) const;
  // Whether it stood in the cluster's last inventory.
  [[nodiscard]] bool is_node_listed(ClusterId id, std::size_t position) const;
  [[nodiscard]] bool is_guest_listed(ClusterId id, std::size_t position) const;
  [[nodiscard]] bool is_storage_listed(ClusterId id, std::size_t position) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace monitorix::state

#include "state/inventory.h"

#include <algorithm>

#include "state/risks/risks.h"
#include "state/servers/server_world.h"
#include "state/world.h"

namespace monitorix::state {
namespace {

void look_for_risks(ClusterWorld& world, WallTime now, ChangeSet& changes) {
  auto risks = renewed(world.view, now);
  if (risks == world.view.risks) return;
  world.view.risks = std::move(risks);
  changes.cluster_changed = true;
}

bool is_more_than_a_value(const Changed<GuestId>& changed) { return changed.weight == Weight::status; }

/// Who is not among the guests of such a cluster is not there.
bool knows_all_guests(const ClusterWorld& world) { return world.complete && world.view.last_poll_at.has_value(); }

}  // namespace

struct Inventory::Impl {
  NextIds ids{};
  std::map<ClusterId, ClusterWorld> worlds{};
  std::map<ClusterId, ServerWorld> servers{};
  Joined joined{.view = std::make_shared<const JoinView>()};
  bool is_join_stale{false};
  std::shared_ptr<const Snapshot> current{std::make_shared<const Snapshot>()};

  ClusterWorld& world_of(const ClusterConfig& config) {
    ClusterWorld& world = worlds[config.id];
    world.view.config = config;
    if (!world.view.tasks) world.view.tasks = std::make_shared<const std::vector<PveTask>>();
    if (!world.view.backups) world.view.backups = std::make_shared<const BackupView>();
    if (!world.view.facts) world.view.facts = std::make_shared<const FactBook>();
    return world;
  }

  /// A new picture that shares all but what `change` does with the one before.
  template <class Change>
  void repaint(WallTime now, Change change) {
    auto next = std::make_shared<Snapshot>(*current);
    ++next->revision;
    next->at = now;
    change(*next);
    current = std::move(next);
  }

  /// Makes what changed visible.
  void publish(const ChangeSet& changes) {
    if (changes.empty()) return;
    repaint(changes.at, [&](Snapshot& next) {
      if (const auto found = worlds.find(changes.cluster); found != worlds.end()) {
        found->second.view.revision = next.revision;
        next.clusters[changes.cluster] = std::make_shared<const ClusterView>(found->second.view);
      } else {
        next.clusters.erase(changes.cluster);
      }
    });
  }

  /// What backup servers told becomes visible.
  void publish_servers(WallTime now) {
    repaint(now, [&](Snapshot& next) {
      next.servers.clear();
      for (auto& [id, server] : servers)
        next.servers[id] = server.shown ? server.shown : server.shown = std::make_shared<const ServerView>(server.view);
      next.joined = joined.view;
    });
  }

  void join_anew(WallTime now) {
    is_join_stale = false;
    Servers views;
    for (const auto& [id, server] : servers) views[id] = &server.view;
    std::vector<JoiningCluster> clusters;
    for (const auto& [id, world] : worlds)
      clusters.push_back(
          {id, &world.view.guests, &world.backups.storages, world.backups.storages_readable, knows_all_guests(world)});
    joined = join(views, clusters);
    for (auto& [id, world] : worlds) world.backups.is_stale = true;
    publish_servers(now);
  }

  /// What the observer keeps of the object at `position`; nullptr when there is no such.
  template <class Track>
  const Track* track_at(std::vector<Track> ClusterWorld::*tracks, ClusterId id, std::size_t position) const {
    const auto found = worlds.find(id);
    if (found == worlds.end() || position >= (found->second.*tracks).size()) return nullptr;
    return &(found->second.*tracks)[position];
  }

  template <class IdType, class Objects, class Tracks>
  const Series* find_series(IdType id, Objects ClusterView::*objects, Tracks ClusterWorld::*tracks) const {
    for (const auto& [cluster, world] : worlds) {
      const auto& list = world.view.*objects;
      const auto found = std::ranges::lower_bound(list, id, {}, [](const auto& object) { return object->id; });
      if (found != list.end() && (*found)->id == id)
        return (world.*tracks)[static_cast<std::size_t>(found - list.begin())].series.get();
    }
    return nullptr;
  }
};

Inventory::Inventory(NextIds next) : impl_(std::make_unique<Impl>()) { impl_->ids = next; }
Inventory::~Inventory() = default;

void Inventory::restore(const std::vector<ClusterConfig>& clusters, std::vector<Node> nodes, std::vector<Guest> guests,
                        std::vector<Storage> storages, WallTime now) {
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::ranges::sort(nodes, by_id);
  std::ranges::sort(guests, by_id);
  std::ranges::sort(storages, by_id);
  for (const auto& config : clusters) impl_->world_of(config);
  std::map<NodeId, std::string> node_names;
  for (Node& node : nodes) {
    const auto world = impl_->worlds.find(node.cluster);
    if (world == impl_->worlds.end()) continue;
    forget_values(node);
    node.reason = NodeReason::checking;
    node_names[node.id] = node.name;
    if (!world->second.view.version && !node.missing) world->second.view.version = node.detail.pve_version;
    world->second.node_at[node.name] = world->second.view.nodes.size();
    world->second.view.nodes.push_back(std::make_shared<const Node>(std::move(node)));
    world->second.node_tracks.emplace_back();
  }
  for (Guest& guest : guests) {
    const auto world = impl_->worlds.find(guest.cluster);
    if (world == impl_->worlds.end()) continue;
    forget_values(guest);
    world->second.guest_at[guest_key(guest.type, guest.vmid)] = world->second.view.guests.size();
    world->second.view.guests.push_back(std::make_shared<const Guest>(std::move(guest)));
    world->second.guest_tracks.emplace_back();
  }
  for (Storage& storage : storages) {
    const auto world = impl_->worlds.find(storage.cluster);
    if (world == impl_->worlds.end()) continue;
    storage.used_bytes.reset();
    const std::string node = storage.nodes.empty() ? std::string() : node_names[storage.nodes.front()];
    world->second.storage_at[storage_key(storage.shared, node, storage.name)] = world->second.view.storages.size();
    world->second.view.storages.push_back(std::make_shared<const Storage>(std::move(storage)));
    world->second.storage_tracks.emplace_back();
  }
  for (const auto& config : clusters) impl_->publish({.cluster = config.id, .at = now, .cluster_changed = true});
}

ChangeSet Inventory::put_cluster(const ClusterConfig& config, WallTime now) {
  ChangeSet changes{.cluster = config.id, .at = now, .cluster_changed = true};
  ClusterWorld& world = impl_->world_of(config);
  if (config.paused)
    world.view.health.state = ClusterState::paused;
  else if (world.view.health.state == ClusterState::paused)
    world.view.health.state = ClusterState::connecting;
  impl_->publish(changes);
  return changes;
}

ChangeSet Inventory::remove_cluster(ClusterId id, WallTime now) {
  ChangeSet changes{.cluster = id, .at = now};
  const auto found = impl_->worlds.find(id);
  if (found == impl_->worlds.end()) return changes;
  changes.cluster_changed = true;
  for (const auto& node : found->second.view.nodes) changes.nodes_removed.push_back(node->id);
  for (const auto& guest : found->second.view.guests) changes.guests_removed.push_back(guest->id);
  for (const auto& storage : found->second.view.storages) changes.storages_removed.push_back(storage->id);
  impl_->worlds.erase(found);
  impl_->is_join_stale = !impl_->servers.empty();
  impl_->publish(changes);
  return changes;
}

void Inventory::put_server(const ClusterConfig& config, WallTime now) {
  ServerWorld& server = impl_->servers[config.id];
  server.view.config = config;
  if (config.paused)
    server.view.health.state = ClusterState::paused;
  else if (server.view.health.state == ClusterState::paused)
    server.view.health.state = ClusterState::connecting;
  server.shown.reset();
  impl_->is_join_stale = true;
  impl_->publish_servers(now);
}

void Inventory::remove_server(ClusterId id, WallTime now) {
  if (impl_->servers.erase(id) > 0) impl_->join_anew(now);
}

void Inventory::apply_server(const ServerObservation& observation) {
  const auto found = impl_->servers.find(observation.server);
  if (found == impl_->servers.end()) return;
  const ServerChange change = state::apply(found->second, observation);
  impl_->is_join_stale = impl_->is_join_stale || change.groups;
  if (change.view) impl_->publish_servers(observation.at);
}

ChangeSet Inventory::apply(const Observation& observation) {
  ChangeSet changes{.cluster = observation.cluster, .at = observation.at};
  const auto found = impl_->worlds.find(observation.cluster);
  if (found == impl_->worlds.end()) return changes;
  ClusterWorld& world = found->second;
  const WallTime at = observation.at;
  const auto with_node = [&](const std::string& name, auto edit) {
    const auto known = world.node_at.find(name);
    if (known == world.node_at.end()) return;
    Node node = *world.view.nodes[known->second];
    edit(node, world.node_tracks[known->second]);
    replace(world, known->second, std::move(node), changes);
  };
  struct Visitor {
    ClusterWorld& world;
    NextIds& ids;
    WallTime at;
    ChangeSet& changes;
    decltype(with_node)& edit_node;
    void operator()(const Resources& what) const { apply_resources(world, ids, what, at, changes); }
    void operator()(const Membership& what) const { apply_membership(world, ids, what, at, changes); }
    void operator()(const TaskList& what) const {
      note_running_backups(world, what);
      apply_tasks(world, what, at, changes);
    }
    void operator()(const BackupJobs& what) const { apply_backup_jobs(world, what, at); }
    void operator()(const BackupContents& what) const { apply_backup_contents(world, what, at); }
    void operator()(const NotBackedUp& what) const { apply_not_backed_up(world, what, at); }
    void operator()(const BackupRuns& what) const { apply_backup_runs(world, what, changes); }
    void operator()(const ServerStorages& what) const { apply_server_storages(world, what); }
    void operator()(const NodeStatusReport& what) const { apply_node_status(world, what, at, changes); }
    void operator()(const NodeStorageReport& what) const { apply_node_storage(world, what, at, changes); }
    void operator()(const NodeFactsReport& what) const { apply_facts(world, what, changes); }
    void operator()(const GuestFactsReport& what) const { apply_facts(world, what, at, changes); }
    void operator()(const ClusterFactsReport& what) const { apply_facts(world, what, changes); }
    void operator()(const ClusterHealth& what) const { apply_health(world, what, at, changes); }
    void operator()(const EndpointPolls&) const {}  // history's alone
    void operator()(const DoctorSummary& what) const {
      changes.cluster_changed = world.view.doctor != what;
      world.view.doctor = what;
    }
    void operator()(const NodeServicesReport& what) const {
      edit_node(what.node, [&](Node& node, NodeTrack&) {
        node.detail.services = what.services;
        node.detail.services_at = at;
      });
    }
    void operator()(const NodeCertificatesReport& what) const {
      edit_node(what.node, [&](Node& node, NodeTrack&) {
        node.detail.certificates = what.certificates;
        node.detail.certificates_at = at;
      });
    }
    void operator()(const NodeSubscriptionReport& what) const {
      edit_node(what.node, [&](Node& node, NodeTrack&) { node.detail.subscription_status = what.status; });
    }
    void operator()(const NodeFlows& what) const {
      for (const NodeFlows::Row& row : what.rows)
        edit_node(row.node, [&](Node& node, NodeTrack& track) {
          if (node.status != NodeStatus::online) return;
          track.flows_at = at;
          node.net_in_rate = row.net_in;
          node.net_out_rate = row.net_out;
        });
    }
    void operator()(const PeerTrouble& what) const {
      edit_node(what.node, [&](Node& node, NodeTrack& track) {
        if (node.status == NodeStatus::offline) return;
        track.peer_trouble_at = at;
        if (node.status == NodeStatus::online) {
          set_status(node, track, NodeStatus::unreachable, NodeReason::peer_cannot_reach, at);
          forget_values(node);
        }
      });
    }
  };
  const bool knew_all = knows_all_guests(world);
  std::visit(Visitor{world, impl_->ids, at, changes, with_node}, observation.what);
  const bool has_guests_changed = std::ranges::any_of(changes.guests, is_more_than_a_value);
  if (has_guests_changed) world.backups.is_stale = true;
  if (!impl_->servers.empty())
    impl_->is_join_stale = impl_->is_join_stale || has_guests_changed || knew_all != knows_all_guests(world) ||
                           std::holds_alternative<ServerStorages>(observation.what);
  if (!changes.empty()) look_for_risks(world, at, changes);
  impl_->publish(changes);
  return changes;
}

std::vector<ChangeSet> Inventory::tick(WallTime now) {
  std::vector<ChangeSet> all;
  if (impl_->is_join_stale) impl_->join_anew(now);
  for (auto& [id, world] : impl_->worlds) {
    ChangeSet changes{.cluster = id, .at = now};
    age(world, now, changes);
    if (!impl_->servers.empty() && std::ranges::any_of(changes.guests, is_more_than_a_value))
      impl_->is_join_stale = true;
    judge_backups(world, now, changes, impl_->joined);
    if (!changes.empty()) look_for_risks(world, now, changes);
    impl_->publish(changes);
    if (!changes.empty()) all.push_back(std::move(changes));
  }
  return all;
}

ChangeSet Inventory::set_node_annotations(const Node& wanted, WallTime now) {
  ChangeSet changes{.cluster = wanted.cluster, .at = now};
  const auto world = impl_->worlds.find(wanted.cluster);
  if (world == impl_->worlds.end()) return changes;
  const auto known = world->second.node_at.find(wanted.name);
  if (known == world->second.node_at.end()) return changes;
  Node node = *world->second.view.nodes[known->second];
  node.tags = wanted.tags;
  node.maintenance_mode = wanted.maintenance_mode;
  replace(world->second, known->second, std::move(node), changes);
  impl_->publish(changes);
  return changes;
}

ChangeSet Inventory::set_guest_annotations(const Guest& wanted, WallTime now) {
  ChangeSet changes{.cluster = wanted.cluster, .at = now};
  const auto world = impl_->worlds.find(wanted.cluster);
  if (world == impl_->worlds.end()) return changes;
  const auto known = world->second.guest_at.find(guest_key(wanted.type, wanted.vmid));
  if (known == world->second.guest_at.end()) return changes;
  Guest guest = *world->second.view.guests[known->second];
  if (guest.id != wanted.id) return changes;
  guest.tags = wanted.tags;
  guest.owner = wanted.owner;
  guest.note = wanted.note;
  guest.url = wanted.url;
  guest.backup_policy = wanted.backup_policy;
  guest.recovery_point_hours = wanted.recovery_point_hours;
  guest.backup_note = wanted.backup_note;
  replace(world->second, known->second, std::move(guest), changes);
  world->second.backups.is_stale = true;
  judge_backups(world->second, now, changes, impl_->joined);  // he who asked sees at once what follows
  impl_->publish(changes);
  return changes;
}

void Inventory::restore_backups(ClusterId id, const std::vector<BackupRun>& runs) {
  const auto world = impl_->worlds.find(id);
  if (world == impl_->worlds.end()) return;
  for (const BackupRun& run : runs) keep_run(world->second.backups, std::make_shared<const BackupRun>(run));
}

void Inventory::restore_facts(ClusterId id, FactBook book, const BackupPlan& plan, WallTime now) {
  const auto world = impl_->worlds.find(id);
  if (world == impl_->worlds.end()) return;
  state::restore_facts(world->second, std::move(book), now);
  restore_plan(world->second.backups, plan);
  impl_->publish({.cluster = id, .at = now, .facts_changed = true});
}

std::shared_ptr<const BackupPlan> Inventory::backup_plan(ClusterId id) {
  const auto world = impl_->worlds.find(id);
  return world == impl_->worlds.end() ? nullptr : plan_of(world->second.backups);
}
void Inventory::set_services(std::shared_ptr<const ServiceBook> services, WallTime now) {
  impl_->repaint(now, [&](Snapshot& next) { next.services = std::move(services); });
}

void Inventory::set_alerts(std::shared_ptr<const AlertTally> alerts, WallTime now) {
  impl_->repaint(now, [&](Snapshot& next) { next.alerts = std::move(alerts); });
}

SnapshotPtr Inventory::snapshot() const { return impl_->current; }

const Series* Inventory::series(GuestId id) const {
  return impl_->find_series(id, &ClusterView::guests, &ClusterWorld::guest_tracks);
}
const Series* Inventory::series(NodeId id) const {
  return impl_->find_series(id, &ClusterView::nodes, &ClusterWorld::node_tracks);
}
const Series* Inventory::series(StorageId id) const {
  return impl_->find_series(id, &ClusterView::storages, &ClusterWorld::storage_tracks);
}
const Series* Inventory::series(ClusterId id) const {
  const auto found = impl_->worlds.find(id);
  return found == impl_->worlds.end() ? nullptr : found->second.series.get();
}
const Counters* Inventory::counters(ClusterId id, std::size_t position) const {
  const GuestTrack* track = impl_->track_at(&ClusterWorld::guest_tracks, id, position);
  return track == nullptr ? nullptr : &track->counters;
}
bool Inventory::is_node_listed(ClusterId id, std::size_t position) const {
  const NodeTrack* track = impl_->track_at(&ClusterWorld::node_tracks, id, position);
  return track != nullptr && track->absent_polls == 0;
}
bool Inventory::is_guest_listed(ClusterId id, std::size_t position) const {
  const GuestTrack* track = impl_->track_at(&ClusterWorld::guest_tracks, id, position);
  return track != nullptr && track->absent_polls == 0;
}
bool Inventory::is_storage_listed(ClusterId id, std::size_t position) const {
  const StorageTrack* track = impl_->track_at(&ClusterWorld::storage_tracks, id, position);
  return track != nullptr && track->absent_since == WallTime{};
}

}  // namespace monitorix::state

#include <algorithm>

#include "state/world.h"

// The smaller answers: membership, tasks, node reports, the health of the connection itself.

namespace monitorix::state {
namespace {

constexpr std::chrono::seconds kTaskLogLag{45};
constexpr std::chrono::minutes kStopMatters{3};
constexpr std::chrono::seconds kMoveMatters{30};  // what ends later than that after a move ended by itself
constexpr std::chrono::hours kLongestTask{1};     // a shutdown may wait long for its guest

bool stops_guest(std::string_view type) {
  return type == "qmstop" || type == "qmshutdown" || type == "qmreboot" || type == "vzstop" || type == "vzshutdown" ||
         type == "vzreboot";
}

bool moves_guest(std::string_view type) {
  return type == "vzdump" || type == "qmigrate" || type == "vzmigrate" || type == "hamigrate" || type == "qmrollback" ||
         type == "vzrollback" || type == "qmrestore" || type == "vzrestore";
}

/// Why nothing can be said about the members, if so.
std::optional<NodeReason> blindness(const ClusterHealth& health) {
  switch (health.state) {
    case ClusterState::unreachable:
    case ClusterState::wrong_cluster: return NodeReason::cluster_unreachable;
    case ClusterState::auth_failed: return NodeReason::auth_failed;
    case ClusterState::tls_mismatch: return NodeReason::tls_mismatch;
    default: return std::nullopt;
  }
}

}  // namespace

std::optional<StoppedBy> who_stopped(const ClusterWorld& world, const Guest& guest, const GuestTrack& track,
                                     WallTime now) {
  const std::string vmid = std::to_string(guest.vmid);
  for (const PveTask& task : *world.view.tasks) {
    if (task.id != vmid || task.started_at < guest.status_since - kLongestTask) continue;
    const auto was_on = [&](auto slack) { return !task.ended_at || *task.ended_at > guest.status_since - slack; };
    if (stops_guest(task.type) && was_on(kStopMatters)) return StoppedBy::user;
    if (moves_guest(task.type) && was_on(kMoveMatters)) return StoppedBy::task;
  }
  if (guest.lock == "backup" || guest.lock == "migrate" || guest.lock == "rollback") return StoppedBy::task;
  return now - std::max(guest.status_since, track.seen_again) > kTaskLogLag ? std::optional(StoppedBy::unexpected)
                                                                            : std::nullopt;
}

void apply_membership(ClusterWorld& world, NextIds& ids, const Membership& membership, WallTime at,
                      ChangeSet& changes) {
  ClusterView& view = world.view;
  if (view.cluster_name != membership.cluster_name || view.quorate != membership.quorate ||
      view.members != membership.members)
    changes.cluster_changed = true;
  view.cluster_name = membership.cluster_name;
  view.quorate = membership.quorate;
  view.members = membership.members;
  for (const ClusterMember& member : membership.members) {
    const std::size_t position = node_position(world, ids, member.name, at, changes);
    Node node = *view.nodes[position];
    node.ip = member.ip;
    node.corosync_id = member.corosync_id;
    node.is_local = member.local;
    if (member.online == false && node.status == NodeStatus::online && node.reason == NodeReason::ok)
      node.reason = NodeReason::checking;  // the inventory's next answer decides
    node.last_check = at;
    replace(world, position, std::move(node), changes);
  }
}

void apply_tasks(ClusterWorld& world, const TaskList& list, WallTime at, ChangeSet& changes) {
  auto tasks = list.tasks;
  std::ranges::sort(tasks, [](const PveTask& a, const PveTask& b) {
    return a.started_at != b.started_at ? a.started_at > b.started_at : a.upid > b.upid;
  });
  if (tasks != *world.view.tasks) {
    world.view.tasks = std::make_shared<const std::vector<PveTask>>(std::move(tasks));
    changes.cluster_changed = true;
  }
  for (std::size_t position = 0; position < world.view.guests.size(); ++position) {
    const Guest& known = *world.view.guests[position];
    if (known.status != GuestStatus::stopped || known.stopped_by || at - known.status_since > kStopMatters ||
        known.status_since == known.created_at)
      continue;
    Guest guest = known;
    guest.stopped_by = who_stopped(world, guest, world.guest_tracks[position], at);
    guest.last_check = at;
    replace(world, position, std::move(guest), changes);
  }
}

void apply_node_status(ClusterWorld& world, const NodeStatusReport& report, WallTime at, ChangeSet& changes) {
  const auto found = world.node_at.find(report.node);
  if (found == world.node_at.end()) return;
  world.node_tracks[found->second].peer_trouble_at.reset();
  Node node = *world.view.nodes[found->second];
  NodeDetail detail = report.detail;
  detail.services = std::move(node.detail.services);
  detail.certificates = std::move(node.detail.certificates);
  detail.services_at = node.detail.services_at;
  detail.certificates_at = node.detail.certificates_at;
  detail.subscription_status = node.detail.subscription_status;
  if (!detail.pve_version) detail.pve_version = node.detail.pve_version;
  detail.status_at = at;
  node.detail = std::move(detail);
  node.last_check = at;
  if (node.detail.pve_version && (!world.view.version || node.is_local)) {
    if (world.view.version != node.detail.pve_version) changes.cluster_changed = true;
    world.view.version = node.detail.pve_version;
  }
  replace(world, found->second, std::move(node), changes);
}

void apply_node_storage(ClusterWorld& world, const NodeStorageReport& report, WallTime at, ChangeSet& changes) {
  for (const auto& row : report.rows) {
    const auto found = world.storage_at.find(storage_key(row.shared, report.node, row.name));
    if (found == world.storage_at.end()) continue;
    Storage storage = *world.view.storages[found->second];
    if (row.active) world.storage_tracks[found->second].active_on[report.node] = *row.active;
    const bool active_nowhere =
        std::ranges::none_of(world.storage_tracks[found->second].active_on, [](const auto& on) { return on.second; });
    if (row.active == false && active_nowhere && storage.state == StorageState::unknown) {
      storage.state = StorageState::inactive;
      storage.status_since = at;
    }
    storage.enabled = row.enabled;
    if (!row.content.empty()) storage.content = row.content;
    if (!row.plugin_type.empty()) storage.plugin_type = row.plugin_type;
    storage.last_check = at;
    replace(world, found->second, std::move(storage), changes);
  }
}

void apply_health(ClusterWorld& world, const ClusterHealth& health, WallTime at, ChangeSet& changes) {
  if (world.view.health == health) return;
  world.view.health = health;
  changes.cluster_changed = true;
  const auto blind = blindness(health);
  if (!blind) return;
  for (std::size_t position = 0; position < world.view.nodes.size(); ++position) {
    Node node = *world.view.nodes[position];
    set_status(node, world.node_tracks[position], NodeStatus::unknown, *blind, at);
    forget_values(node);
    replace(world, position, std::move(node), changes);
  }
  for (std::size_t position = 0; position < world.view.guests.size(); ++position) {
    Guest guest = *world.view.guests[position];
    if (guest.status == GuestStatus::deleted || guest.status == GuestStatus::missing) continue;
    set_status(guest, world.guest_tracks[position], GuestStatus::unknown, at);
    forget_values(guest);
    world.guest_tracks[position].counters = {};
    replace(world, position, std::move(guest), changes);
  }
  for (std::size_t position = 0; position < world.view.storages.size(); ++position) {
    Storage storage = *world.view.storages[position];
    if (storage.state != StorageState::unknown) storage.status_since = at;
    storage.state = StorageState::unknown;
    storage.used_bytes.reset();
    replace(world, position, std::move(storage), changes);
  }
}

void age(ClusterWorld& world, WallTime now, ChangeSet& changes) {
  const bool paused = world.view.config.paused;
  if (!world.view.last_poll_at || paused || blindness(world.view.health)) return;
  const auto silent = now - *world.view.last_poll_at;
  if (silent < world.poll_gap + std::chrono::seconds{1}) return;
  // An inventory is overdue: nothing has failed yet, but the numbers on the screen are not fresh.
  for (std::size_t position = 0; position < world.view.nodes.size(); ++position) {
    const Node& known = *world.view.nodes[position];
    if (known.status != NodeStatus::online || known.reason != NodeReason::ok) continue;
    Node node = known;
    node.reason = NodeReason::checking;
    replace(world, position, std::move(node), changes);
  }
}

}  // namespace monitorix::state

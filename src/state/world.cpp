#include "state/world.h"

namespace monitorix::state {
namespace {

constexpr std::chrono::minutes kCheckNoted{1};

/// What is worth a write: all but the numbers that move with each poll, and locks, which come and go with each backup:
/// after a restart the first poll knows them.
bool same_substance(const Node& a, const Node& b) {
  return a.status == b.status && a.reason == b.reason && a.name == b.name && a.missing == b.missing &&
         a.tags == b.tags && a.maintenance_mode == b.maintenance_mode && a.ip == b.ip && a.level == b.level &&
         a.cpu_count == b.cpu_count && a.memory_total_bytes == b.memory_total_bytes &&
         a.detail.pve_version == b.detail.pve_version && a.detail.kernel == b.detail.kernel &&
         a.detail.subscription_status == b.detail.subscription_status;
}

bool same_substance(const Guest& a, const Guest& b) {
  return a.status == b.status && a.type == b.type && a.name == b.name && a.node == b.node &&
         a.is_template == b.is_template && a.pool == b.pool && a.proxmox_tags == b.proxmox_tags && a.tags == b.tags &&
         a.owner == b.owner && a.note == b.note && a.url == b.url && a.ha_state == b.ha_state &&
         a.stopped_by == b.stopped_by && a.deleted_at == b.deleted_at && a.memory_total_bytes == b.memory_total_bytes &&
         a.disk_total_bytes == b.disk_total_bytes && a.backup_policy == b.backup_policy &&
         a.recovery_point_hours == b.recovery_point_hours && a.backup_note == b.backup_note &&
         a.backup_state == b.backup_state && a.last_backup_at == b.last_backup_at && a.ip_addresses == b.ip_addresses &&
         a.os_name == b.os_name && a.agent_state == b.agent_state;
}

bool same_substance(const Storage& a, const Storage& b) {
  return a.state == b.state && a.nodes == b.nodes && a.content == b.content && a.plugin_type == b.plugin_type &&
         a.enabled == b.enabled && a.deleted_at == b.deleted_at && a.total_bytes == b.total_bytes;
}

template <class Object, class IdType>
void replace_in(std::vector<std::shared_ptr<const Object>>& objects, std::size_t position, Object next,
                std::vector<Changed<IdType>>& changed, WallTime now) {
  const Object& before = *objects[position];
  const auto checked = next.last_check;
  next.last_check = before.last_check;
  const bool equal = next == before;
  const bool note_check = checked && (!before.last_check || *checked - *before.last_check >= kCheckNoted);
  if (equal && !note_check) return;
  next.last_check = checked ? checked : std::optional<WallTime>(now);
  const Weight weight = same_substance(before, next) ? Weight::value : Weight::status;
  objects[position] = std::make_shared<const Object>(std::move(next));
  changed.push_back({objects[position]->id, weight});
}

template <class Object, class Track, class Status>
void set_status_in(Object& object, Track& track, Status status, Status unknown, WallTime now) {
  if (object.status == status) return;
  const auto before = std::pair{object.status, object.status_since};
  object.status = status;
  object.status_since = now;
  if (status == unknown) {
    track.before_unknown = before;
    return;
  }
  if (before.first == unknown && track.before_unknown && track.before_unknown->first == status)
    object.status_since = track.before_unknown->second;
  track.before_unknown.reset();
}

}  // namespace

void replace(ClusterWorld& world, std::size_t position, Node next, ChangeSet& changes) {
  replace_in(world.view.nodes, position, std::move(next), changes.nodes, changes.at);
}
void replace(ClusterWorld& world, std::size_t position, Guest next, ChangeSet& changes) {
  replace_in(world.view.guests, position, std::move(next), changes.guests, changes.at);
}
void replace(ClusterWorld& world, std::size_t position, Storage next, ChangeSet& changes) {
  replace_in(world.view.storages, position, std::move(next), changes.storages, changes.at);
}

std::size_t node_position(ClusterWorld& world, NextIds& ids, std::string_view name, WallTime now, ChangeSet& changes) {
  if (const auto found = world.node_at.find(name); found != world.node_at.end()) return found->second;
  Node node{};
  node.id = NodeId{ids.node++};
  node.cluster = world.view.config.id;
  node.name = name;
  node.status_since = now;
  node.created_at = now;
  const std::size_t position = world.view.nodes.size();
  changes.nodes.push_back({node.id, Weight::status});
  world.view.nodes.push_back(std::make_shared<const Node>(std::move(node)));
  world.node_tracks.emplace_back();
  world.node_at.emplace(name, position);
  return position;
}

void set_status(Node& node, NodeTrack& track, NodeStatus status, NodeReason reason, WallTime now) {
  set_status_in(node, track, status, NodeStatus::unknown, now);
  node.reason = reason;
}

void set_status(Guest& guest, GuestTrack& track, GuestStatus status, WallTime now) {
  set_status_in(guest, track, status, GuestStatus::unknown, now);
}

void forget_values(Node& node) {
  node.cpu_ratio.reset();
  node.memory_used_bytes.reset();
  node.disk_used_bytes.reset();
  node.net_in_rate.reset();
  node.net_out_rate.reset();
  node.uptime_seconds.reset();
  node.detail.iowait_ratio.reset();
  node.detail.load_1.reset();
  node.detail.load_5.reset();
  node.detail.load_15.reset();
  node.detail.swap_used_bytes.reset();
  node.detail.rootfs_used_bytes.reset();
  node.detail.pressure = {};
}

void forget_values(Guest& guest) {
  guest.cpu_ratio.reset();
  guest.memory_used_bytes.reset();
  guest.memory_host_bytes.reset();
  guest.memory_source.reset();
  guest.disk_used_bytes.reset();
  guest.disk_capacity_bytes.reset();
  guest.disk_source.reset();
  guest.net_in_rate.reset();
  guest.net_out_rate.reset();
  guest.disk_read_rate.reset();
  guest.disk_write_rate.reset();
  guest.uptime_seconds.reset();
  guest.pressure.reset();
}

}  // namespace monitorix::state

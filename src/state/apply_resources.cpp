#include <algorithm>
#include <cmath>
#include <limits>

#include "state/world.h"

// /cluster/resources: the whole inventory at one moment. Rules: proxmox X1-X5, X12, X13, X15, X19, I4, I6, I8, F5;
// observed O5, O8, O9, O14.

namespace monitorix::state {
namespace {

constexpr std::chrono::minutes kDeletedAfter{10};
constexpr std::chrono::minutes kStopMatters{3};
constexpr std::chrono::seconds kPeerTroubleLasts{150};
constexpr std::chrono::seconds kFailoverGrace{60};
constexpr std::chrono::seconds kFlowsLast{150};  // they come once a minute
constexpr int kPollsToBelieve = 2;

bool has_numbers(const NodeRow& row) { return row.cpu_ratio || row.memory_used_bytes || row.uptime_seconds; }

void judge_node(Node& node, NodeTrack& track, const NodeRow& row, WallTime at) {
  if (row.status == "offline") {
    // One poll may be a hiccup of the cluster file system: the node keeps its status but is being checked (F5).
    ++track.offline_polls;
    if (track.offline_polls < kPollsToBelieve && node.status != NodeStatus::offline &&
        node.status != NodeStatus::unknown) {
      node.reason = NodeReason::checking;
      return;
    }
    set_status(node, track, NodeStatus::offline, NodeReason::ok, at);
    track.peer_trouble_at.reset();  // its peers could not reach it because it was off: no evidence against its return
    return;
  }
  track.offline_polls = 0;
  if (row.status != "online") {
    set_status(node, track, NodeStatus::unknown, NodeReason::stale_statistics, at);
    return;
  }
  if (track.peer_trouble_at && at - *track.peer_trouble_at < kPeerTroubleLasts) {
    set_status(node, track, NodeStatus::unreachable, NodeReason::peer_cannot_reach, at);
    return;
  }
  set_status(node, track, NodeStatus::online, has_numbers(row) ? NodeReason::ok : NodeReason::no_permission, at);
}

void take_node(ClusterWorld& world, NextIds& ids, const NodeRow& row, WallTime at, ChangeSet& changes) {
  const std::size_t position = node_position(world, ids, row.name, at, changes);
  NodeTrack& track = world.node_tracks[position];
  Node node = *world.view.nodes[position];
  track.absent_polls = 0;
  node.missing = false;
  judge_node(node, track, row, at);
  if (row.level) node.level = row.level;
  if (row.cpu_count) node.cpu_count = row.cpu_count;
  if (row.memory_total_bytes) node.memory_total_bytes = row.memory_total_bytes;
  if (row.disk_total_bytes) node.disk_total_bytes = row.disk_total_bytes;
  if (node.status == NodeStatus::online && node.reason != NodeReason::checking) {
    node.cpu_ratio = row.cpu_ratio;
    node.memory_used_bytes = row.memory_used_bytes;
    node.disk_used_bytes = row.disk_used_bytes;
    node.uptime_seconds = row.uptime_seconds;
  } else if (node.status != NodeStatus::online) {
    forget_values(node);
  }
  if (track.flows_at && at - *track.flows_at > kFlowsLast) {
    track.flows_at.reset();
    node.net_in_rate.reset();
    node.net_out_rate.reset();
  }
  node.last_check = at;
  replace(world, position, std::move(node), changes);
}

/// Bytes per second between two readings of a counter; nothing across a reset (M7, M8).
std::optional<double> rate(const std::optional<std::int64_t>& before, const std::optional<std::int64_t>& now,
                           std::chrono::milliseconds span) {
  if (!before || !now || *now < *before || span.count() <= 0) return std::nullopt;
  return static_cast<double>(*now - *before) * 1000.0 / static_cast<double>(span.count());
}

void take_rates(Guest& guest, Counters& before, const GuestRow& row, WallTime at) {
  const bool same_run = before.uptime && row.uptime_seconds && *row.uptime_seconds >= *before.uptime &&
                        before.node == guest.node && before.at != WallTime{};
  // pvestatd had nothing new yet: the same row again says nothing about the rate since.
  if (same_run && *row.uptime_seconds == *before.uptime && row.net_in == before.net_in &&
      row.disk_write == before.disk_write && at - before.at < std::chrono::seconds{35})
    return;
  // By the guest's own clock where it moved on: the answer may be off its time, and pvestatd off both.
  const bool has_clock = same_run && *row.uptime_seconds > *before.uptime;
  const std::chrono::milliseconds span =
      has_clock ? std::chrono::seconds(*row.uptime_seconds - *before.uptime) : at - before.at;
  guest.net_in_rate = same_run ? rate(before.net_in, row.net_in, span) : std::nullopt;
  guest.net_out_rate = same_run ? rate(before.net_out, row.net_out, span) : std::nullopt;
  guest.disk_read_rate = same_run ? rate(before.disk_read, row.disk_read, span) : std::nullopt;
  guest.disk_write_rate = same_run ? rate(before.disk_write, row.disk_write, span) : std::nullopt;
  before = {at, row.net_in, row.net_out, row.disk_read, row.disk_write, row.uptime_seconds, guest.node};
}

GuestStatus status_from(std::string_view word) {
  if (word == "running") return GuestStatus::running;
  if (word == "stopped") return GuestStatus::stopped;
  if (word == "paused" || word == "suspended" || word == "prelaunch") return GuestStatus::paused;
  return GuestStatus::unknown;
}

void take_values(Guest& guest, GuestTrack& track, const GuestRow& row, WallTime at) {
  if (guest.status != GuestStatus::running && guest.status != GuestStatus::paused) {
    forget_values(guest);  // a stopped guest uses nothing we could measure: unknown, not 0 (X1)
    track.counters = {};
    return;
  }
  guest.cpu_ratio = row.cpu_ratio;
  guest.memory_used_bytes = row.memory_used_bytes;
  guest.memory_host_bytes = row.memory_host_bytes;
  guest.disk_used_bytes = guest.type == GuestType::lxc ? row.disk_used_bytes : std::nullopt;  // X15
  guest.disk_capacity_bytes = guest.disk_used_bytes ? row.disk_total_bytes : std::nullopt;
  guest.disk_source = guest.disk_used_bytes ? std::optional(DiskSource::rootfs) : std::nullopt;
  guest.uptime_seconds = row.uptime_seconds;
  take_rates(guest, track.counters, row, at);
}

/// An imported guest of this VMID, whose type its row tells: VMIDs are unique in a cluster, whatever the type.
std::optional<std::size_t> learn_type(ClusterWorld& world, const GuestRow& row, ChangeSet& changes) {
  const auto found = world.guest_at.find(guest_key(GuestType::unknown, row.vmid));
  if (found == world.guest_at.end()) return std::nullopt;
  const std::size_t position = found->second;
  world.guest_at.erase(found);
  Guest guest = *world.view.guests[position];
  if (guest.status == GuestStatus::deleted) return std::nullopt;
  guest.type = row.type;
  replace(world, position, std::move(guest), changes);
  world.guest_at[guest_key(row.type, row.vmid)] = position;
  return position;
}

std::size_t guest_position(ClusterWorld& world, NextIds& ids, const GuestRow& row, WallTime at, ChangeSet& changes) {
  const auto key = guest_key(row.type, row.vmid);
  const auto found = world.guest_at.find(key);
  int incarnation = 1;
  if (found != world.guest_at.end()) {
    const Guest& known = *world.view.guests[found->second];
    if (known.status != GuestStatus::deleted) return found->second;
    incarnation = known.incarnation + 1;  // the same VMID after a deletion is another guest (I4)
  } else if (const auto imported = learn_type(world, row, changes)) {
    return *imported;
  }
  Guest guest{};
  guest.id = GuestId{ids.guest++};
  guest.cluster = world.view.config.id;
  guest.type = row.type;
  guest.vmid = row.vmid;
  guest.incarnation = incarnation;
  guest.name = row.name.value_or(std::to_string(row.vmid));
  guest.status_since = at;
  guest.created_at = at;
  const std::size_t position = world.view.guests.size();
  changes.guests.push_back({guest.id, Weight::status});
  world.view.guests.push_back(std::make_shared<const Guest>(std::move(guest)));
  world.guest_tracks.emplace_back();
  world.guest_at[key] = position;
  return position;
}

/// It stopped a moment ago and no task said why so far; when the log had its time, that is an answer too.
bool is_unexplained(const Guest& guest, WallTime at) {
  return !guest.stopped_by && guest.status_since != guest.created_at && at - guest.status_since <= kStopMatters;
}

void take_guest(ClusterWorld& world, NextIds& ids, const GuestRow& row, WallTime at, ChangeSet& changes) {
  const std::size_t position = guest_position(world, ids, row, at, changes);
  GuestTrack& track = world.guest_tracks[position];
  Guest guest = *world.view.guests[position];
  track.absent_polls = 0;
  const GuestStatus before = guest.status;
  const auto node = world.node_at.find(row.node);
  if (node != world.node_at.end()) guest.node = world.view.nodes[node->second]->id;
  // Proxmox repeats the last word of a dead node for up to five minutes (X2); what its guests do is not known.
  const bool is_lost = node != world.node_at.end() && world.view.nodes[node->second]->status == NodeStatus::offline;
  set_status(guest, track, is_lost ? GuestStatus::unknown : status_from(row.status), at);
  if (before == GuestStatus::unknown && guest.status != GuestStatus::unknown) track.seen_again = at;
  if (guest.status != GuestStatus::unknown) {  // a row of a dead node knows neither name nor settings (O8)
    if (row.name) guest.name = *row.name;
    guest.pool = row.pool;
    guest.lock = row.lock;
    guest.ha_state = row.ha_state;
    guest.proxmox_tags = row.tags;
    guest.is_template = row.is_template;
    if (row.cpu_count) guest.cpu_count = row.cpu_count;
    if (row.memory_total_bytes) guest.memory_total_bytes = row.memory_total_bytes;
    if (row.disk_total_bytes) guest.disk_total_bytes = row.disk_total_bytes;
  }
  take_values(guest, track, row, at);
  take_inside(guest, world.view.facts->of(guest.id), at);
  if (guest.status != GuestStatus::stopped)
    guest.stopped_by.reset();
  else if (before == GuestStatus::running || is_unexplained(guest, at))
    guest.stopped_by = who_stopped(world, guest, track, at);
  guest.last_check = at;
  replace(world, position, std::move(guest), changes);
}

bool node_is_seen(const ClusterWorld& world, NodeId id) {
  return std::ranges::any_of(world.view.nodes, [id](const auto& node) {
    return node->id == id && node->status == NodeStatus::online && node->reason == NodeReason::ok;
  });
}

bool destroy_task_seen(const ClusterWorld& world, const Guest& guest, WallTime since) {
  return std::ranges::any_of(*world.view.tasks, [&](const PveTask& task) {
    return (task.type == "qmdestroy" || task.type == "vzdestroy") && task.id == std::to_string(guest.vmid) &&
           task.ended_at && *task.ended_at > since - std::chrono::minutes{5} && task.status == "OK";
  });
}

/// A guest that the inventory no longer names: out of sight, missing, or deleted (I8, X10, X19).
void judge_absent(ClusterWorld& world, std::size_t position, WallTime at, ChangeSet& changes) {
  Guest guest = *world.view.guests[position];
  GuestTrack& track = world.guest_tracks[position];
  if (guest.status == GuestStatus::deleted) return;
  if (track.absent_polls++ == 0) track.absent_since = at;
  const bool proves =
      world.complete && world.view.quorate != false && (!guest.node.exists() || node_is_seen(world, guest.node));
  if (!proves) {
    set_status(guest, track, GuestStatus::unknown, at);
    forget_values(guest);
    replace(world, position, std::move(guest), changes);
    return;
  }
  const bool moving = guest.ha_state == "fence" || guest.ha_state == "migrate" || guest.ha_state == "relocate" ||
                      guest.lock == "migrate";
  if (track.absent_polls < kPollsToBelieve || (moving && at - track.absent_since < kFailoverGrace)) return;
  if (at - track.absent_since >= kDeletedAfter || destroy_task_seen(world, guest, track.absent_since)) {
    set_status(guest, track, GuestStatus::deleted, at);
    guest.deleted_at = at;
  } else {
    set_status(guest, track, GuestStatus::missing, at);
  }
  forget_values(guest);
  replace(world, position, std::move(guest), changes);
}

std::size_t storage_position(ClusterWorld& world, NextIds& ids, const StorageRow& row, WallTime at,
                             ChangeSet& changes) {
  const std::string key = storage_key(row.shared, row.node, row.name);
  if (const auto found = world.storage_at.find(key); found != world.storage_at.end()) return found->second;
  Storage storage{};
  storage.id = StorageId{ids.storage++};
  storage.cluster = world.view.config.id;
  storage.name = row.name;
  storage.shared = row.shared;
  storage.status_since = at;
  storage.created_at = at;
  const std::size_t position = world.view.storages.size();
  changes.storages.push_back({storage.id, Weight::status});
  world.view.storages.push_back(std::make_shared<const Storage>(std::move(storage)));
  world.storage_tracks.emplace_back();
  world.storage_at.emplace(key, position);
  return position;
}

/// All rows of one storage together: a shared one has a row per node with the same numbers (X13).
void take_storage(ClusterWorld& world, std::size_t position, const std::vector<const StorageRow*>& rows, WallTime at,
                  ChangeSet& changes) {
  Storage storage = *world.view.storages[position];
  StorageTrack& track = world.storage_tracks[position];
  track.absent_since = {};
  storage.deleted_at.reset();
  storage.nodes.clear();
  const StorageRow* best = nullptr;
  for (const StorageRow* row : rows) {
    if (const auto node = world.node_at.find(row->node); node != world.node_at.end())
      storage.nodes.push_back(world.view.nodes[node->second]->id);
    if (row->plugin_type) storage.plugin_type = row->plugin_type;
    if (!row->content.empty()) storage.content = row->content;
    if (row->status == "available" && (!best || row->used_bytes.value_or(0) > best->used_bytes.value_or(0))) best = row;
  }
  std::ranges::sort(storage.nodes);
  StorageState state = StorageState::unknown;
  if (best)
    state = StorageState::available;
  else if (!track.active_on.empty() && std::ranges::none_of(track.active_on, [](const auto& on) { return on.second; }))
    state = StorageState::inactive;
  if (state != storage.state) storage.status_since = at;
  storage.state = state;
  storage.used_bytes = best ? best->used_bytes : std::nullopt;
  if (best && best->total_bytes) storage.total_bytes = best->total_bytes;
  storage.last_check = at;
  replace(world, position, std::move(storage), changes);
}

void take_storages(ClusterWorld& world, NextIds& ids, const std::vector<StorageRow>& rows, WallTime at,
                   ChangeSet& changes) {
  std::map<std::size_t, std::vector<const StorageRow*>> by_position;
  for (const StorageRow& row : rows) by_position[storage_position(world, ids, row, at, changes)].push_back(&row);
  for (const auto& [position, group] : by_position) take_storage(world, position, group, at, changes);
  for (std::size_t position = 0; position < world.view.storages.size(); ++position) {
    if (by_position.contains(position) || world.view.storages[position]->deleted_at) continue;
    StorageTrack& track = world.storage_tracks[position];
    if (track.absent_since == WallTime{}) track.absent_since = at;
    Storage storage = *world.view.storages[position];
    if (storage.state != StorageState::unknown) storage.status_since = at;
    storage.state = StorageState::unknown;
    storage.used_bytes.reset();
    const bool proves =
        world.complete && std::ranges::all_of(storage.nodes, [&](NodeId id) { return node_is_seen(world, id); });
    if (proves && at - track.absent_since >= kDeletedAfter) storage.deleted_at = at;
    replace(world, position, std::move(storage), changes);
  }
}

}  // namespace

void apply_resources(ClusterWorld& world, NextIds& ids, const Resources& resources, WallTime at, ChangeSet& changes) {
  if (world.view.last_poll_at && at > *world.view.last_poll_at)
    world.poll_gap = std::clamp<std::chrono::milliseconds>(at - *world.view.last_poll_at, std::chrono::seconds{5},
                                                           std::chrono::minutes{5});
  world.view.last_poll_at = at;
  world.complete = resources.complete;
  changes.cluster_changed = true;

  std::vector<bool> node_listed(world.view.nodes.size(), false);
  for (const NodeRow& row : resources.nodes) {
    take_node(world, ids, row, at, changes);
    const std::size_t position = world.node_at.find(row.name)->second;
    if (position < node_listed.size()) node_listed[position] = true;
  }
  for (std::size_t position = 0; position < node_listed.size(); ++position) {
    if (node_listed[position] || ++world.node_tracks[position].absent_polls < kPollsToBelieve) continue;
    Node node = *world.view.nodes[position];
    node.missing = true;
    set_status(node, world.node_tracks[position], NodeStatus::unknown, NodeReason::ok, at);
    forget_values(node);
    replace(world, position, std::move(node), changes);
  }

  std::vector<bool> guest_listed(world.view.guests.size() + resources.guests.size(), false);
  for (const GuestRow& row : resources.guests) {
    take_guest(world, ids, row, at, changes);
    guest_listed[world.guest_at.find(guest_key(row.type, row.vmid))->second] = true;
  }
  for (std::size_t position = 0; position < world.view.guests.size(); ++position)
    if (!guest_listed[position]) judge_absent(world, position, at, changes);

  take_storages(world, ids, resources.storages, at, changes);
  sample(world, at);
}

void sample(ClusterWorld& world, WallTime at) {
  constexpr float unknown = std::numeric_limits<float>::quiet_NaN();
  const auto value = [](const auto& maybe) { return maybe ? static_cast<float>(*maybe) : unknown; };
  double cores_used = 0, cores = 0, memory = 0;
  bool any = false;
  for (std::size_t at_node = 0; at_node < world.view.nodes.size(); ++at_node) {
    const Node& node = *world.view.nodes[at_node];
    auto& series = world.node_tracks[at_node].series;
    if (!series && !node.cpu_ratio) continue;
    if (!series) series = std::make_unique<Series>(kNodeColumns);
    const std::array<float, kNodeColumns> row{value(node.cpu_ratio),
                                              value(node.memory_used_bytes),
                                              value(node.net_in_rate),
                                              value(node.net_out_rate),
                                              value(node.detail.iowait_ratio),
                                              value(node.disk_used_bytes),
                                              value(node.detail.swap_used_bytes),
                                              value(node.detail.load_1)};
    series->add(at, row.data());
    if (!node.cpu_ratio || !node.cpu_count) continue;
    cores_used += *node.cpu_ratio * *node.cpu_count;
    cores += *node.cpu_count;
    memory += static_cast<double>(node.memory_used_bytes.value_or(0));
    any = true;
  }
  for (std::size_t at_guest = 0; at_guest < world.view.guests.size(); ++at_guest) {
    const Guest& guest = *world.view.guests[at_guest];
    auto& series = world.guest_tracks[at_guest].series;
    if (!series && guest.status != GuestStatus::running) continue;
    if (!series) series = std::make_unique<Series>(kGuestColumns);
    const std::array<float, kGuestColumns> row{value(guest.cpu_ratio),      value(guest.memory_used_bytes),
                                               value(guest.net_in_rate),    value(guest.net_out_rate),
                                               value(guest.disk_read_rate), value(guest.disk_write_rate)};
    series->add(at, row.data());
  }
  for (std::size_t at_storage = 0; at_storage < world.view.storages.size(); ++at_storage) {
    auto& series = world.storage_tracks[at_storage].series;
    if (!series) series = std::make_unique<Series>(kStorageColumns);
    const float used = value(world.view.storages[at_storage]->used_bytes);
    series->add(at, &used);
  }
  if (!world.series) world.series = std::make_unique<Series>(kClusterColumns);
  const std::array<float, kClusterColumns> row{any && cores > 0 ? static_cast<float>(cores_used / cores) : unknown,
                                               any ? static_cast<float>(memory) : unknown};
  world.series->add(at, row.data());
}

}  // namespace monitorix::state

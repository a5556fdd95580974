#include "app/alerts/standing.h"

#include "state/risks/risks.h"

namespace monitorix::app {
namespace {

using alert::Standing;

/// How long a stop may still be explained by a task that the log did not show yet.
constexpr std::chrono::minutes kUnexplained{3};

std::optional<double> share(std::optional<std::int64_t> part, std::optional<std::int64_t> whole) {
  if (!part || !whole || *whole <= 0) return std::nullopt;
  return static_cast<double>(*part) / static_cast<double>(*whole);
}

std::string name_of_node(const state::ClusterView& cluster, NodeId id) {
  for (const auto& node : cluster.nodes)
    if (node->id == id) return node->name;
  return {};
}

alert::Labels within(const state::ClusterView& cluster, std::string name) {
  return {.name = std::move(name), .cluster = cluster.config.id, .cluster_name = cluster.config.name};
}

Reason worded_by(std::string_view words, Reason reason) {
  if (!reason.code.empty()) reason.code.insert(0, words);
  return reason;
}

/// Of a VM without a balloon only the host's view is known: its caches count as used, so nobody is woken for it.
std::optional<double> honest_memory(const Guest& guest) {
  if (guest.type == GuestType::qemu && guest.memory_source != MemorySource::balloon) return std::nullopt;
  return share(guest.memory_used_bytes, guest.memory_total_bytes);
}

}  // namespace

Standing standing_of(const state::ClusterView& cluster) {
  switch (cluster.health.state) {
    case ClusterState::ok:
    case ClusterState::degraded: return Standing::up;
    case ClusterState::unreachable: return Standing::down;
    case ClusterState::paused: return Standing::paused;
    case ClusterState::connecting:
    case ClusterState::auth_failed:
    case ClusterState::tls_mismatch:
    case ClusterState::wrong_cluster: return Standing::unknown;
  }
  return Standing::unknown;
}

Standing standing_of(const Node& node) {
  if (node.status == NodeStatus::offline) return Standing::down;
  if (node.status != NodeStatus::online || node.missing) return Standing::unknown;
  return node.reason == NodeReason::checking ? Standing::soft_down : Standing::up;
}

Standing standing_of(const Guest& guest, WallTime now) {
  switch (guest.status) {
    case GuestStatus::running: return Standing::up;
    case GuestStatus::paused: return Standing::resting;
    case GuestStatus::missing: return Standing::soft_down;
    case GuestStatus::unknown:
    case GuestStatus::deleted: return Standing::unknown;
    case GuestStatus::stopped: break;
  }
  if (guest.stopped_by) return guest.stopped_by == StoppedBy::unexpected ? Standing::down : Standing::resting;
  if (guest.status_since == guest.created_at) return Standing::resting;  // it never ran while we looked
  return now - guest.status_since < kUnexplained ? Standing::soft_down : Standing::unknown;
}

Standing standing_of(const Storage& storage) {
  // That one is not active is a condition with rules of its own.
  return storage.state == StorageState::available ? Standing::up : Standing::unknown;
}

Standing standing_of(const state::ServiceView& service) {
  switch (service.status) {
    case state::ServiceStatus::up: return service.phase == "soft_down" ? Standing::soft_down : Standing::up;
    case state::ServiceStatus::warning: return Standing::degraded;
    // What is down below is known to the engine as well, which then holds it back.
    case state::ServiceStatus::unreachable:
    case state::ServiceStatus::down: return service.phase == "soft_up" ? Standing::soft_up : Standing::down;
    case state::ServiceStatus::unknown: return service.phase == "soft_down" ? Standing::soft_down : Standing::unknown;
    case state::ServiceStatus::paused: return Standing::paused;
  }
  return Standing::unknown;
}

alert::Labels labels_of(const state::ClusterView& cluster) {
  alert::Labels labels = within(cluster, cluster.config.name);
  labels.tags = cluster.config.tags;
  return labels;
}

alert::Labels labels_of(const state::ClusterView& cluster, const Node& node) {
  alert::Labels labels = within(cluster, node.name);
  labels.node = node.name;
  labels.tags = node.tags;
  return labels;
}

alert::Labels labels_of(const state::ClusterView& cluster, const Guest& guest) {
  alert::Labels labels = within(cluster, guest.name);
  labels.node = name_of_node(cluster, guest.node);
  labels.pool = guest.pool.value_or("");
  labels.tags = guest.tags;
  labels.tags.insert(labels.tags.end(), guest.proxmox_tags.begin(), guest.proxmox_tags.end());
  return labels;
}

alert::Labels labels_of(const state::ClusterView& cluster, const Storage& storage) {
  alert::Labels labels = within(cluster, storage.name);
  if (!storage.shared && storage.nodes.size() == 1) labels.node = name_of_node(cluster, storage.nodes.front());
  return labels;
}

alert::Labels labels_of(const state::Snapshot& world, const state::ServiceView& service) {
  alert::Labels labels{.name = service.service->name};
  labels.tags = service.service->tags;
  const auto id = state::cluster_of(*service.service, world);
  const state::ClusterView* cluster = id ? world.cluster(*id) : nullptr;
  if (!cluster) return labels;
  labels.cluster = *id;
  labels.cluster_name = cluster->config.name;
  if (service.service->node) labels.node = name_of_node(*cluster, *service.service->node);
  if (const auto guest = service.service->guest ? world.guest(*service.service->guest) : nullptr) {
    labels.node = name_of_node(*cluster, guest->node);
    labels.pool = guest->pool.value_or("");
  }
  return labels;
}

void each_object(const state::Snapshot& world, const std::function<void(Entity, alert::Labels)>& look) {
  for (const auto& [id, cluster] : world.clusters) {
    look(entity_of(id), labels_of(*cluster));
    for (const auto& node : cluster->nodes) look(entity_of(node->id), labels_of(*cluster, *node));
    for (const auto& storage : cluster->storages)
      if (!storage->deleted_at) look(entity_of(storage->id), labels_of(*cluster, *storage));
    for (const auto& guest : cluster->guests)
      if (guest->status != GuestStatus::deleted && !guest->is_template)
        look(entity_of(guest->id), labels_of(*cluster, *guest));
  }
  for (const auto& view : *world.services) look(entity_of(view->id), labels_of(world, *view));
}

std::vector<alert::Need> needs_of(const state::ClusterView&) { return {{{kMonitor}}}; }

std::vector<alert::Need> needs_of(const Storage& storage) {
  alert::Need any;
  for (const NodeId node : storage.nodes) any.any_of.push_back(entity_of(node));
  return any.any_of.empty() ? std::vector<alert::Need>{} : std::vector<alert::Need>{std::move(any)};
}

std::vector<alert::Need> needs_of(const Service& service) {
  if (service.guest) return {{{entity_of(*service.guest)}}};
  if (service.node) return {{{entity_of(*service.node)}}};
  if (service.storage) return {{{entity_of(*service.storage)}}};
  if (service.cluster) return {{{entity_of(*service.cluster)}}};
  return {{{kMonitor}}};
}

Reason evidence_of(const state::ClusterView& cluster) {
  return cluster.health.error ? worded_by("reason.", *cluster.health.error) : Reason{};
}

Reason evidence_of(const Risk& risk) { return worded_by("risk.", risk.what); }

Reason evidence_of(const state::ClusterView& cluster, const Node& node) {
  if (node.status != NodeStatus::offline) return {};
  Reason why{.code = "alert.node_offline", .text = "The other members say that it is offline"};
  const auto quorum = state::quorum_of(cluster);
  if (!quorum || quorum->present == quorum->votes) return why;  // the votes are asked for apart, and later
  why.code = quorum->margin < 0    ? "alert.node_offline_no_quorum"
             : quorum->margin == 0 ? "alert.node_offline_last_vote"
                                   : "alert.node_offline_votes";
  why.params = {{"present", std::to_string(quorum->present)}, {"votes", std::to_string(quorum->votes)}};
  why.text += "; " + std::to_string(quorum->present) + " of " + std::to_string(quorum->votes) + " votes are present";
  if (quorum->margin < 0) why.text += ", too few for a quorum";
  if (quorum->margin == 0) why.text += ", with one less the cluster stands still";
  return why;
}

Reason evidence_of(const Guest& guest) {
  if (guest.status != GuestStatus::stopped) return {};
  return {.code = "alert.guest_stopped", .text = "It stopped, and no task says why"};
}

/// What the check saw is quoted behind the words of its code.
Reason evidence_of(const state::ServiceView& service) {
  if (!service.latest || service.latest->reason == "ok") return {};
  const auto& latest = *service.latest;
  Reason why{.code = "check." + latest.reason, .text = latest.detail.empty() ? latest.reason : latest.detail};
  if (!latest.parameter.empty()) why.params["parameter"] = latest.parameter;
  if (!latest.detail.empty()) why.params["said"] = latest.detail;
  return why;
}

Numbers numbers_of(const Node& node) {
  if (node.status != NodeStatus::online) return {};
  return {{Metric::cpu_ratio, node.cpu_ratio},
          {Metric::memory_ratio, share(node.memory_used_bytes, node.memory_total_bytes)},
          {Metric::disk_ratio, share(node.disk_used_bytes, node.disk_total_bytes)},
          {Metric::swap_ratio, share(node.detail.swap_used_bytes, node.detail.swap_total_bytes)},
          {Metric::iowait_ratio, node.detail.iowait_ratio},
          {Metric::memory_pressure_ratio, node.detail.pressure.memory_some},
          {Metric::io_pressure_ratio, node.detail.pressure.io_some}};
}

Numbers numbers_of(const Guest& guest) {
  if (guest.status != GuestStatus::running) return {};
  const auto disk_total = guest.disk_capacity_bytes ? guest.disk_capacity_bytes : guest.disk_total_bytes;
  return {{Metric::cpu_ratio, guest.cpu_ratio},
          {Metric::memory_ratio, honest_memory(guest)},
          {Metric::disk_ratio, share(guest.disk_used_bytes, disk_total)},
          {Metric::memory_pressure_ratio, guest.pressure ? guest.pressure->memory_some : std::nullopt},
          {Metric::io_pressure_ratio, guest.pressure ? guest.pressure->io_some : std::nullopt}};
}

Numbers numbers_of(const Storage& storage) {
  if (storage.state != StorageState::available) return {};
  return {{Metric::disk_ratio, share(storage.used_bytes, storage.total_bytes)}};
}

}  // namespace monitorix::app

// What a service runs on, and what that says of it (checks C18): when its guest does not run or its node is offline,
// its being down is shown as unreachable. What is only out of sight is held against nobody.

#include <algorithm>

#include "model/names.h"
#include "watch/watched.h"

namespace monitorix::watch {
namespace {

bool is_away(GuestStatus status) {
  return status == GuestStatus::stopped || status == GuestStatus::paused || status == GuestStatus::missing ||
         status == GuestStatus::deleted;
}

std::optional<Fault> fault_of(const Node& node) {
  if (node.status != NodeStatus::offline) return std::nullopt;
  return Fault{{"node", node.id.text(), node.name, std::string(name_of(node.status))}, node.status_since};
}

std::optional<Fault> fault_of(const Guest& guest, const state::Snapshot& world) {
  if (guest.node.exists())
    if (const auto node = world.node(guest.node))
      if (auto fault = fault_of(*node)) return fault;
  if (!is_away(guest.status)) return std::nullopt;
  return Fault{{"vm", guest.id.text(), guest.name, std::string(name_of(guest.status))}, guest.status_since};
}

std::optional<Fault> fault_of(const Storage& storage) {
  if (storage.state != StorageState::inactive) return std::nullopt;
  return Fault{{"storage", storage.id.text(), storage.name, std::string(name_of(storage.state))}, storage.status_since};
}

/// Every one of its nodes is offline.
std::optional<Fault> fault_of(const state::ClusterView& cluster) {
  WallTime since{};
  for (const auto& node : cluster.nodes) {
    if (node->status != NodeStatus::offline) return std::nullopt;
    since = std::max(since, node->status_since);
  }
  if (cluster.nodes.empty()) return std::nullopt;
  return Fault{{"cluster", cluster.config.id.text(), cluster.config.name, "offline"}, since};
}

std::vector<KeptOverlay>::iterator open_overlay(std::vector<KeptOverlay>& overlays, OverlayKind kind) {
  return std::ranges::find_if(overlays, [&](const KeptOverlay& one) { return one.kind == kind && !one.end; });
}

}  // namespace

std::optional<Fault> fault_below(const Service& service, const state::Snapshot& world) {
  if (service.guest) {
    const auto guest = world.guest(*service.guest);
    return guest ? fault_of(*guest, world) : std::nullopt;
  }
  if (service.node) {
    const auto node = world.node(*service.node);
    return node ? fault_of(*node) : std::nullopt;
  }
  if (service.storage) {
    const auto storage = world.storage(*service.storage);
    return storage ? fault_of(*storage) : std::nullopt;
  }
  const auto* cluster = service.cluster ? world.cluster(*service.cluster) : nullptr;
  return cluster == nullptr ? std::nullopt : fault_of(*cluster);
}

bool is_place_in_maintenance(const Service& service, const state::Snapshot& world) {
  std::shared_ptr<const Node> node;
  if (service.node) node = world.node(*service.node);
  if (service.guest)
    if (const auto guest = world.guest(*service.guest)) node = world.node(guest->node);
  return node && node->maintenance_mode;
}

bool has_overlay(const Watched& one, OverlayKind kind) {
  return std::ranges::any_of(one.overlays,
                             [&](const KeptOverlay& overlay) { return overlay.kind == kind && !overlay.end; });
}

std::optional<KeptOverlay> set_overlay(Watched& one, OverlayKind kind, bool is_on, WallTime since, WallTime now) {
  const auto open = open_overlay(one.overlays, kind);
  const bool was_on = open != one.overlays.end();
  if (was_on == is_on) return std::nullopt;
  if (was_on) {
    open->end = std::max(now, open->begin);
    return *open;
  }
  const KeptOverlay begun{one.service->id, kind, std::max(std::min(since, now), one.service->created_at), std::nullopt};
  // The same beginning again: a place that was out of sight for a while.
  const auto again = std::ranges::find_if(
      one.overlays, [&](const KeptOverlay& other) { return other.kind == kind && other.begin == begun.begin; });
  if (again != one.overlays.end())
    *again = begun;
  else
    one.overlays.push_back(begun);
  return begun;
}

verdict::Overlays overlays_of(const Watched& one, WallTime now) {
  verdict::Overlays out;
  for (const KeptOverlay& overlay : one.overlays) {
    const verdict::Span span{overlay.begin, overlay.end.value_or(std::max(now, overlay.begin))};
    (overlay.kind == OverlayKind::maintenance ? out.maintenance : out.unreachable).push_back(span);
  }
  return out;
}

std::vector<verdict::Interval> composed(const Watched& one, verdict::Span window, WallTime now) {
  window.end = std::min(window.end, now);
  if (window.begin >= window.end) return {};
  // Few of many years lie in a short window.
  std::vector<verdict::Interval> recorded;
  auto first = std::ranges::lower_bound(one.past, window.begin, {}, &verdict::Interval::end);
  for (; first != one.past.end() && first->begin < window.end; ++first) recorded.push_back(*first);
  if (const auto open = verdict::open_interval(one.state, now)) verdict::append(recorded, *open);
  return verdict::compose(recorded, overlays_of(one, now), window, one.service->created_at);
}

}  // namespace monitorix::watch

#include "sim/world/world.h"

#include <algorithm>

namespace monitorix::sim {

namespace {
constexpr auto kForgetAfter = std::chrono::minutes{5};
}

const Guest* Cluster::find_guest(int vmid) const {
  const auto at = std::lower_bound(guests.begin(), guests.end(), vmid,
                                   [](const Guest& guest, int wanted) { return guest.vmid < wanted; });
  return at != guests.end() && at->vmid == vmid ? &*at : nullptr;
}

Guest* Cluster::find_guest(int vmid) {
  const auto at = std::lower_bound(guests.begin(), guests.end(), vmid,
                                   [](const Guest& guest, int wanted) { return guest.vmid < wanted; });
  return at != guests.end() && at->vmid == vmid ? &*at : nullptr;
}

std::optional<std::size_t> Cluster::find_node(std::string_view node_name) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].name == node_name) return i;
  }
  return std::nullopt;
}

const Storage* Cluster::find_storage(std::string_view storage_name) const {
  for (const auto& storage : storages) {
    if (storage.name == storage_name) return &storage;
  }
  return nullptr;
}

bool Cluster::is_online(std::size_t node, WallTime now) const {
  const auto& member = nodes[node];
  return member.is_member && (member.is_alive || now < member.died + member.detection);
}

std::size_t Cluster::member_count() const {
  return static_cast<std::size_t>(
      std::count_if(nodes.begin(), nodes.end(), [](const Node& node) { return node.is_member; }));
}

bool Cluster::is_quorate(WallTime now) const {
  std::size_t online = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i) online += is_online(i, now) ? 1 : 0;
  return online * 2 > member_count();
}

bool Cluster::is_known(const Guest& guest, WallTime now) const {
  const auto& node = nodes[guest.node];
  return node.is_member && (node.is_alive || now < node.died + kForgetAfter);
}

Cluster* World::find_cluster(std::string_view name) {
  for (auto& cluster : clusters) {
    if (cluster.name == name) return &cluster;
  }
  return nullptr;
}

}  // namespace monitorix::sim

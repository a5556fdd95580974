#include "state/snapshot.h"

#include <algorithm>

namespace monitorix::state {
namespace {

template <class Object, class ObjectId>
std::shared_ptr<const Object> find_in(const std::vector<std::shared_ptr<const Object>>& sorted, ObjectId id) {
  const auto found = std::ranges::lower_bound(sorted, id, {}, [](const auto& object) { return object->id; });
  return found != sorted.end() && (*found)->id == id ? *found : nullptr;
}

template <class Object, class ObjectId>
std::shared_ptr<const Object> find_anywhere(const Snapshot& snapshot, ObjectId id,
                                            std::vector<std::shared_ptr<const Object>> ClusterView::*objects) {
  for (const auto& [cluster, view] : snapshot.clusters)
    if (auto found = find_in((*view).*objects, id)) return found;
  return nullptr;
}

}  // namespace

const ClusterView* Snapshot::cluster(ClusterId id) const {
  const auto found = clusters.find(id);
  return found == clusters.end() ? nullptr : found->second.get();
}

const ServerView* Snapshot::server(ClusterId id) const {
  const auto found = servers.find(id);
  return found == servers.end() ? nullptr : found->second.get();
}

const OpenIncidents& Snapshot::incidents() const {
  static const OpenIncidents kNone;
  return alerts ? alerts->incidents : kNone;
}

std::shared_ptr<const Node> Snapshot::node(NodeId id) const { return find_anywhere(*this, id, &ClusterView::nodes); }
std::shared_ptr<const Guest> Snapshot::guest(GuestId id) const {
  return find_anywhere(*this, id, &ClusterView::guests);
}
std::shared_ptr<const Storage> Snapshot::storage(StorageId id) const {
  return find_anywhere(*this, id, &ClusterView::storages);
}

std::shared_ptr<const ServiceView> Snapshot::service(ServiceId id) const { return find_in(*services, id); }

std::optional<ClusterId> cluster_of(const Service& service, const Snapshot& snapshot) {
  const auto its = [](const auto& object) { return object ? std::optional(object->cluster) : std::nullopt; };
  if (service.guest) return its(snapshot.guest(*service.guest));
  if (service.node) return its(snapshot.node(*service.node));
  if (service.storage) return its(snapshot.storage(*service.storage));
  return service.cluster;
}

}  // namespace monitorix::state

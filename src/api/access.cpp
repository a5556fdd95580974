#include "api/access.h"

#include "api/query.h"

namespace monitorix::api {
namespace {

template <class Object>
std::shared_ptr<const Object> if_visible(const Caller& caller, std::shared_ptr<const Object> object) {
  return object && authorize(caller, *object) ? object : nullptr;
}

}  // namespace

std::shared_ptr<const state::ClusterView> visible_cluster(const Caller& caller, const state::Snapshot& world,
                                                          const std::string& id) {
  const auto found = world.clusters.find(ClusterId{parse_id(id).value_or(0)});
  return found != world.clusters.end() && authorize(caller, found->first) ? found->second : nullptr;
}

std::shared_ptr<const Node> visible_node(const Caller& caller, const state::Snapshot& world, const std::string& id) {
  return if_visible(caller, world.node(NodeId{parse_id(id).value_or(0)}));
}

std::shared_ptr<const Guest> visible_guest(const Caller& caller, const state::Snapshot& world, const std::string& id) {
  return if_visible(caller, world.guest(GuestId{parse_id(id).value_or(0)}));
}

std::shared_ptr<const Storage> visible_storage(const Caller& caller, const state::Snapshot& world,
                                               const std::string& id) {
  return if_visible(caller, world.storage(StorageId{parse_id(id).value_or(0)}));
}

}  // namespace monitorix::api

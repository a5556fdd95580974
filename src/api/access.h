#pragma once
// The one question of S21: may this caller see (and so, with the route's role, act on) that object? What is out of
// scope does not exist for the caller: 404.

#include <memory>
#include <string>

#include "api/router.h"
#include "live/channel.h"
#include "state/snapshot.h"

namespace monitorix::api {

template <class Object>
bool authorize(const Caller& caller, const Object& object) {
  return caller.signed_in && live::may_see(caller.scope, object);
}

std::shared_ptr<const state::ClusterView> visible_cluster(const Caller& caller, const state::Snapshot& world,
                                                          const std::string& id);
std::shared_ptr<const Node> visible_node(const Caller& caller, const state::Snapshot& world, const std::string& id);
std::shared_ptr<const Guest> visible_guest(const Caller& caller, const state::Snapshot& world, const std::string& id);
std::shared_ptr<const Storage> visible_storage(const Caller& caller, const state::Snapshot& world,
                                               const std::string& id);

}  // namespace monitorix::api

#pragma once
// Proxmox' task log of a cluster as a list, newest first.

#include "api/list.h"
#include "state/snapshot.h"

namespace monitorix::api {

/// `only_on` limits it to one node's tasks; nullptr = all. The query's names were checked by the route.
Answer list_tasks(const Call& call, const state::ClusterView& cluster, const Node* only_on);

}  // namespace monitorix::api

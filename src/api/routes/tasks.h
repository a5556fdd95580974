#pragma once
// Proxmox' task log of a cluster as a list, newest first.

#include "api/list.h"
#include "state/snapshot.h"

namespace monitorix::api {

/// `only_on` limits it to one node's tasks; nullptr = all. The query's names were checked by the route.
Answer list_tasks(const Call& call, const state::ClusterView& cluster, const Node* only_on);

void write_task(JsonWriter& out, const state::ClusterView& cluster, const PveTask& task);
bool may_see_task(const Caller& caller, const state::ClusterView& cluster, const PveTask& task);

}  // namespace monitorix::api

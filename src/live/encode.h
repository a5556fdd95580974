#pragma once
// Nouns -> JSON exactly as contract/openapi.yaml says (node, vm, cluster, storage objects); the same functions serve
// REST lists and live frames, therefore snapshot + deltas equals a fresh GET. Pure; any thread.

#include <map>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "state/snapshot.h"

namespace monitorix::live {

/// Guests that are not deleted, by node: what `vm_count` of a node says.
using GuestCounts = std::map<NodeId, std::int64_t>;
GuestCounts count_guests(const state::ClusterView& cluster);

void encode_node(JsonWriter& out, const state::ClusterView& cluster, const Node& node);
void encode_node(JsonWriter& out, const state::ClusterView& cluster, const Node& node, const GuestCounts& counts);
void encode_guest(JsonWriter& out, const Guest& guest);
void encode_storage(JsonWriter& out, const Storage& storage);
void encode_cluster(JsonWriter& out, const state::ClusterView& cluster);
void encode_service(JsonWriter& out, const state::ServiceView& service);
/// What a person chose, without what we know of it: as a service is given, and as it is exported.
void encode_chosen(JsonWriter& out, const Service& service);
/// {"name": text or count}, the values for the words of a Reason.
void encode_params(JsonWriter& out, const Reason::Params& params);
void encode_endpoint(JsonWriter& out, const Endpoint& endpoint, const ClusterHealth& health);
/// The numbers of GET /api/dashboard/stats.
void encode_stats(JsonWriter& out, const state::Snapshot& snapshot,
                  const std::vector<const state::ClusterView*>& visible);
/// The same as the single item (id "overview") of stream overview.
void encode_overview(JsonWriter& out, const state::Snapshot& snapshot,
                     const std::vector<const state::ClusterView*>& visible);

/// What stands in a node's object beside the node itself.
struct NodePlace {
  const state::ClusterView& cluster;
  const GuestCounts& counts;
};

/// Only the members that differ, and "id"; returns false (and writes nothing) when nothing differs.
bool encode_node_delta(JsonWriter& out, const NodePlace& place_before, const Node& before, const NodePlace& place_after,
                       const Node& after);
bool encode_guest_delta(JsonWriter& out, const Guest& before, const Guest& after);
bool encode_storage_delta(JsonWriter& out, const Storage& before, const Storage& after);
bool encode_service_delta(JsonWriter& out, const state::ServiceView& before, const state::ServiceView& after);
bool encode_cluster_delta(JsonWriter& out, const state::ClusterView& before, const state::ClusterView& after);
bool encode_overview_delta(JsonWriter& out, const state::Snapshot& before,
                           const std::vector<const state::ClusterView*>& visible_before, const state::Snapshot& after,
                           const std::vector<const state::ClusterView*>& visible_after);

}  // namespace monitorix::live

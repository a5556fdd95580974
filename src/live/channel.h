#pragma once
// One (stream, filter, scope): what it shows of a snapshot, and what of it differs between two. Pure; api/ asks the
// same may_see, so that lists and live frames agree.

#include <string>
#include <vector>

#include "live/hub.h"

namespace monitorix::live {

struct View {
  Stream stream{};
  Filter filter{};
  Scope scope{};
};

/// The same for equal views; ids in any order.
std::string key_of(const View& view);

/// What the scope lets through: clusters always by id, guests by pool and tag too.
bool may_see(const Scope& scope, ClusterId cluster);
bool may_see(const Scope& scope, const Node& node);
bool may_see(const Scope& scope, const Guest& guest);
bool may_see(const Scope& scope, const Storage& storage);
/// By what it speaks about; one that stands alone by its tags, and by nothing in a scope of clusters or pools.
bool may_see(const Scope& scope, const Service& service, const state::Snapshot& snapshot);
/// What is gone, and Monitorix itself, is seen by nobody within a scope.
bool may_see(const Scope& scope, Entity entity, const state::Snapshot& snapshot);
std::vector<const state::ClusterView*> visible_clusters(const Scope& scope, const state::Snapshot& snapshot);

/// All items of the view, each one JSON object, ordered by cluster and id.
std::vector<std::string> encode_items(const View& view, const state::Snapshot& snapshot);

struct Difference {
  std::vector<std::string> set{};  ///< JSON objects: {"id", changed members} or whole new items
  std::vector<std::string> removed{};
  [[nodiscard]] bool empty() const { return set.empty() && removed.empty(); }
};
Difference compare(const View& view, const state::Snapshot& before, const state::Snapshot& after);

/// Whether somebody with this view looks at that cluster.
bool looks_at(const View& view, const state::Snapshot& snapshot, ClusterId cluster);

std::string_view name_of(Stream stream);

}  // namespace monitorix::live

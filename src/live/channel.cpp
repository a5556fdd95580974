#include "live/channel.h"

#include <algorithm>

#include "live/encode.h"
#include "live/incidents.h"

namespace monitorix::live {
namespace {

using state::ClusterView;
using state::Snapshot;

template <class Element>
bool contains(const std::vector<Element>& all, const Element& one) {
  return std::ranges::find(all, one) != all.end();
}

bool any_of(const std::vector<std::string>& wanted, const std::vector<std::string>& tags) {
  return std::ranges::any_of(tags, [&](const auto& tag) { return contains(wanted, tag); });
}

bool passes(const std::vector<std::string>& ids, const std::string& id) { return ids.empty() || contains(ids, id); }

bool is_shown(const View& view, const ClusterView& cluster) {
  return may_see(view.scope, cluster.config.id) && passes(view.filter.ids, cluster.config.id.text());
}

bool is_shown(const View& view, const Node& node) {
  const auto& f = view.filter;
  return (f.node_id.empty() || f.node_id == node.id.text()) && passes(f.ids, node.id.text()) &&
         may_see(view.scope, node);
}

bool is_shown(const View& view, const Guest& guest) {
  const auto& f = view.filter;
  return guest.status != GuestStatus::deleted && (f.node_id.empty() || f.node_id == guest.node.text()) &&
         (f.vm_id.empty() || f.vm_id == guest.id.text()) && passes(f.ids, guest.id.text()) &&
         may_see(view.scope, guest);
}

bool is_shown(const View& view, const Storage& storage) {
  const auto& f = view.filter;
  const auto on_node = [&] {
    return std::ranges::any_of(storage.nodes, [&](NodeId id) { return id.text() == f.node_id; });
  };
  return !storage.deleted_at && (f.node_id.empty() || on_node()) && passes(f.ids, storage.id.text()) &&
         may_see(view.scope, storage);
}

bool is_shown(const View& view, const Snapshot& snapshot, const Service& service) {
  const auto& f = view.filter;
  if (!passes(f.ids, service.id.text()) || !may_see(view.scope, service, snapshot)) return false;
  const auto guest = service.guest ? snapshot.guest(*service.guest) : nullptr;
  if (!f.vm_id.empty() && (!guest || guest->id.text() != f.vm_id)) return false;
  const auto node = guest ? std::optional(guest->node) : service.node;
  if (!f.node_id.empty() && (!node || node->text() != f.node_id)) return false;
  const auto cluster = f.cluster_id.empty() ? std::nullopt : cluster_of(service, snapshot);
  return f.cluster_id.empty() || (cluster && cluster->text() == f.cluster_id);
}

bool passes_cluster(const View& view, ClusterId id) {
  return view.filter.cluster_id.empty() || view.filter.cluster_id == id.text();
}

/// What encoding needs beside the object: the cluster, and for nodes the number of guests.
struct Place {
  const ClusterView& cluster;
  const GuestCounts& counts;
};

std::string whole(const Place& p, const Node& node) {
  JsonWriter out;
  encode_node(out, p.cluster, node, p.counts);
  return out.take();
}
std::string whole(const Place&, const Guest& guest) {
  JsonWriter out;
  encode_guest(out, guest);
  return out.take();
}
std::string whole(const Place&, const Storage& storage) {
  JsonWriter out;
  encode_storage(out, storage);
  return out.take();
}

bool differs(JsonWriter& out, const Place& p, const Node& a, const Place& q, const Node& b) {
  return encode_node_delta(out, {p.cluster, p.counts}, a, {q.cluster, q.counts}, b);
}
bool differs(JsonWriter& out, const Place&, const Guest& a, const Place&, const Guest& b) {
  return encode_guest_delta(out, a, b);
}
bool differs(JsonWriter& out, const Place&, const Storage& a, const Place&, const Storage& b) {
  return encode_storage_delta(out, a, b);
}

template <class Object>
using List = std::vector<std::shared_ptr<const Object>>;

/// One step of the walk over two lists sorted by id: the object before, after, or both.
template <class Object>
void compare_one(Difference& found, const View& view, const Place& p, const Object* before, const Place& q,
                 const Object* after) {
  const bool was = before && is_shown(view, *before);
  const bool is = after && is_shown(view, *after);
  if (was && !is) found.removed.push_back(before->id.text());
  if (is && !was) found.set.push_back(whole(q, *after));
  if (!is || !was) return;
  JsonWriter out;
  if (differs(out, p, *before, q, *after)) found.set.push_back(out.take());
}

template <class Object>
void compare_lists(Difference& found, const View& view, const Place& p, const List<Object>& before, const Place& q,
                   const List<Object>& after) {
  // A node's object also tells of its cluster, so an unchanged pointer says nothing there.
  constexpr bool pointer_tells = !std::is_same_v<Object, Node>;
  auto a = before.begin();
  auto b = after.begin();
  while (a != before.end() || b != after.end()) {
    if (b == after.end() || (a != before.end() && (*a)->id < (*b)->id)) {
      compare_one<Object>(found, view, p, (a++)->get(), q, nullptr);
    } else if (a == before.end() || (*b)->id < (*a)->id) {
      compare_one<Object>(found, view, p, nullptr, q, (b++)->get());
    } else {
      if (!pointer_tells || *a != *b) compare_one<Object>(found, view, p, a->get(), q, b->get());
      ++a, ++b;
    }
  }
}

void compare_cluster(Difference& found, const View& view, const ClusterView& before, const ClusterView& after) {
  static const GuestCounts kNone;
  switch (view.stream) {
    case Stream::nodes: {
      const auto counts_before = count_guests(before);
      const auto counts_after = count_guests(after);
      compare_lists(found, view, {before, counts_before}, before.nodes, {after, counts_after}, after.nodes);
      break;
    }
    case Stream::vms: compare_lists(found, view, {before, kNone}, before.guests, {after, kNone}, after.guests); break;
    case Stream::storages:
      compare_lists(found, view, {before, kNone}, before.storages, {after, kNone}, after.storages);
      break;
    case Stream::clusters:
    case Stream::services:
    case Stream::incidents:
    case Stream::overview: break;
  }
}

void compare_as_item(Difference& found, const View& view, const ClusterView* before, const ClusterView* after) {
  const bool was = before && is_shown(view, *before);
  const bool is = after && is_shown(view, *after);
  JsonWriter out;
  if (was && !is) found.removed.push_back(before->config.id.text());
  if (is && !was) encode_cluster(out, *after);
  if (is && was) encode_cluster_delta(out, *before, *after);
  if (out.size() > 0) found.set.push_back(out.take());
}

template <class Object>
void append_shown(std::vector<std::string>& items, const View& view, const Place& place, const List<Object>& all) {
  for (const auto& object : all)
    if (is_shown(view, *object)) items.push_back(whole(place, *object));
}

void append_items(std::vector<std::string>& items, const View& view, const ClusterView& cluster) {
  const GuestCounts counts = view.stream == Stream::nodes ? count_guests(cluster) : GuestCounts{};
  const Place place{cluster, counts};
  switch (view.stream) {
    case Stream::nodes: append_shown(items, view, place, cluster.nodes); break;
    case Stream::vms: append_shown(items, view, place, cluster.guests); break;
    case Stream::storages: append_shown(items, view, place, cluster.storages); break;
    case Stream::clusters: {
      if (!is_shown(view, cluster)) break;
      JsonWriter out;
      encode_cluster(out, cluster);
      items.push_back(out.take());
      break;
    }
    case Stream::services:
    case Stream::incidents:
    case Stream::overview: break;
  }
}

std::string whole(const state::ServiceView& service) {
  JsonWriter out;
  encode_service(out, service);
  return out.take();
}

/// Whom a service speaks about may have moved, so the same view may be seen now and not before.
void compare_services(Difference& found, const View& view, const Snapshot& before, const Snapshot& after) {
  if (before.services == after.services && before.clusters == after.clusters) return;
  for (const auto& service : *before.services)
    if (is_shown(view, before, *service->service) && !after.service(service->id))
      found.removed.push_back(service->id.text());
  for (const auto& service : *after.services) {
    const auto old = before.service(service->id);
    const bool was = old && is_shown(view, before, *old->service);
    const bool is = is_shown(view, after, *service->service);
    if (was && !is) found.removed.push_back(service->id.text());
    if (is && !was) found.set.push_back(whole(*service));
    if (!is || !was || old == service) continue;
    JsonWriter out;
    if (encode_service_delta(out, *old, *service)) found.set.push_back(out.take());
  }
}

void join(std::string& key, const std::vector<std::string>& parts) {
  auto sorted = parts;
  std::ranges::sort(sorted);
  key += '\x1e';
  for (const auto& part : sorted) key += part + '\x1f';
}

}  // namespace

std::string_view name_of(Stream stream) {
  switch (stream) {
    case Stream::overview: return "overview";
    case Stream::clusters: return "clusters";
    case Stream::nodes: return "nodes";
    case Stream::vms: return "vms";
    case Stream::storages: return "storages";
    case Stream::services: return "services";
    case Stream::incidents: return "incidents";
  }
  return "";
}

std::string key_of(const View& view) {
  std::string key(name_of(view.stream));
  for (const auto* part : {&view.filter.cluster_id, &view.filter.node_id, &view.filter.vm_id}) key += '\x1e' + *part;
  join(key, view.filter.ids);
  std::vector<std::string> clusters;
  for (const auto id : view.scope.clusters) clusters.push_back(id.text());
  join(key, clusters);
  join(key, view.scope.pools);
  join(key, view.scope.tags);
  return key;
}

bool may_see(const Scope& scope, ClusterId cluster) {
  return scope.clusters.empty() || contains(scope.clusters, cluster);
}
bool may_see(const Scope& scope, const Node& node) { return may_see(scope, node.cluster); }
bool may_see(const Scope& scope, const Storage& storage) { return may_see(scope, storage.cluster); }
bool may_see(const Scope& scope, const Guest& guest) {
  if (!may_see(scope, guest.cluster)) return false;
  if (!scope.pools.empty() && (!guest.pool || !contains(scope.pools, *guest.pool))) return false;
  return scope.tags.empty() || any_of(scope.tags, guest.tags) || any_of(scope.tags, guest.proxmox_tags);
}

bool may_see(const Scope& scope, const Service& service, const Snapshot& snapshot) {
  if (scope == Scope{}) return true;
  if (service.guest) {
    const auto guest = snapshot.guest(*service.guest);
    return guest && may_see(scope, *guest);
  }
  if (const auto cluster = cluster_of(service, snapshot)) return may_see(scope, *cluster);
  return scope.clusters.empty() && scope.pools.empty() && any_of(scope.tags, service.tags);
}

bool may_see(const Scope& scope, Entity entity, const Snapshot& snapshot) {
  if (scope == Scope{}) return true;
  const auto sees = [&](const auto& object) { return object && may_see(scope, *object); };
  switch (entity.kind) {
    case EntityKind::monitor: return false;
    case EntityKind::cluster: return snapshot.cluster(ClusterId{entity.id}) && may_see(scope, ClusterId{entity.id});
    case EntityKind::node: return sees(snapshot.node(NodeId{entity.id}));
    case EntityKind::guest: return sees(snapshot.guest(GuestId{entity.id}));
    case EntityKind::storage: return sees(snapshot.storage(StorageId{entity.id}));
    case EntityKind::service: break;
  }
  const auto service = snapshot.service(ServiceId{entity.id});
  return service && may_see(scope, *service->service, snapshot);
}

std::vector<const ClusterView*> visible_clusters(const Scope& scope, const Snapshot& snapshot) {
  std::vector<const ClusterView*> visible;
  for (const auto& [id, cluster] : snapshot.clusters)
    if (may_see(scope, id)) visible.push_back(cluster.get());
  return visible;
}

std::vector<std::string> encode_items(const View& view, const Snapshot& snapshot) {
  std::vector<std::string> items;
  if (view.stream == Stream::overview) {
    JsonWriter out;
    encode_overview(out, snapshot, visible_clusters(view.scope, snapshot));
    items.push_back(out.take());
    return items;
  }
  if (view.stream == Stream::services) {
    for (const auto& service : *snapshot.services)
      if (is_shown(view, snapshot, *service->service)) items.push_back(whole(*service));
    return items;
  }
  if (view.stream == Stream::incidents) return encode_incidents(view, snapshot);
  for (const auto& [id, cluster] : snapshot.clusters)
    if (passes_cluster(view, id) && may_see(view.scope, id)) append_items(items, view, *cluster);
  return items;
}

Difference compare(const View& view, const Snapshot& before, const Snapshot& after) {
  Difference found;
  if (view.stream == Stream::overview) {
    JsonWriter out;
    if (encode_overview_delta(out, before, visible_clusters(view.scope, before), after,
                              visible_clusters(view.scope, after)))
      found.set.push_back(out.take());
    return found;
  }
  if (view.stream == Stream::services) {
    compare_services(found, view, before, after);
    return found;
  }
  if (view.stream == Stream::incidents) {
    compare_incidents(found, view, before, after);
    return found;
  }
  static const ClusterView kEmpty;
  const auto step = [&](const ClusterView* a, const ClusterView* b) {
    if (a == b || !passes_cluster(view, (a ? a : b)->config.id)) return;
    if (view.stream == Stream::clusters)
      compare_as_item(found, view, a, b);
    else
      compare_cluster(found, view, a ? *a : kEmpty, b ? *b : kEmpty);
  };
  for (const auto& [id, cluster] : before.clusters) step(cluster.get(), after.cluster(id));
  for (const auto& [id, cluster] : after.clusters)
    if (!before.clusters.contains(id)) step(nullptr, cluster.get());
  return found;
}

bool looks_at(const View& view, const Snapshot& snapshot, ClusterId cluster) {
  if (view.stream == Stream::services || view.stream == Stream::incidents) return false;  // ask nothing of a cluster
  if (!may_see(view.scope, cluster) || !passes_cluster(view, cluster)) return false;
  const auto* seen = snapshot.cluster(cluster);
  if (!seen) return true;
  const auto has = [](const auto& objects, const std::string& id) {
    return std::ranges::any_of(objects, [&](const auto& object) { return object->id.text() == id; });
  };
  const auto& f = view.filter;
  if (!f.node_id.empty() && !has(seen->nodes, f.node_id)) return false;
  if (!f.vm_id.empty() && !has(seen->guests, f.vm_id)) return false;
  if (f.ids.empty()) return true;
  return std::ranges::any_of(f.ids, [&](const auto& id) {
    switch (view.stream) {
      case Stream::nodes: return has(seen->nodes, id);
      case Stream::vms: return has(seen->guests, id);
      case Stream::storages: return has(seen->storages, id);
      case Stream::clusters: return id == cluster.text();
      case Stream::services:
      case Stream::incidents: return false;
      case Stream::overview: return true;
    }
    return true;
  });
}

}  // namespace monitorix::live

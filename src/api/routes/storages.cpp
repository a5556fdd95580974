#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

using Storages = std::vector<const Storage*>;

bool is_on(const Storage& storage, const std::vector<std::string>& nodes) {
  if (nodes.empty()) return true;
  for (const auto id : storage.nodes)
    if (wanted(nodes, id.text())) return true;
  return false;
}

Answer make_list(const Desk& desk, const Call& call) {
  if (auto known = call.query.allow({"cluster_id", "node_id", "state", "q", "sort", "limit", "cursor", "count"});
      !known)
    return bad_query(known.error());
  const auto clusters = call.query.all("cluster_id");
  const auto nodes = call.query.all("node_id");
  const auto states = call.query.all("state");
  const auto q = lower(call.query.text("q"));
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<Storages>();
  for (const auto& [id, cluster] : world->clusters) {
    if (!live::may_see(call.caller.scope, id) || !wanted(clusters, id.text())) continue;
    for (const auto& s : cluster->storages)
      if (!s->deleted_at && is_on(*s, nodes) && wanted(states, name_of(s->state)) && has_text(s->name, q))
        found->push_back(s.get());
  }
  Selection selection;
  for (const auto* storage : *found) selection.ids.push_back(storage->id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) { live::encode_storage(out, *(*found)[at]); };
  const auto by = [&](const char* name, auto key) {
    selection.sorts[name] = [found, key](std::size_t at) -> SortKey { return key(*(*found)[at]); };
  };
  const auto size = [](const std::optional<std::int64_t>& v) {
    return v ? SortKey(static_cast<double>(*v)) : SortKey{};
  };
  by("id", [](const Storage& s) { return SortKey(static_cast<double>(s.id.value)); });
  by("name", [](const Storage& s) { return SortKey(lower(s.name)); });
  by("state", [](const Storage& s) { return SortKey(std::string(name_of(s.state))); });
  by("used_bytes", [size](const Storage& s) { return size(s.used_bytes); });
  by("total_bytes", [size](const Storage& s) { return size(s.total_bytes); });
  by("used_ratio", [](const Storage& s) {
    return s.used_bytes && s.total_bytes && *s.total_bytes > 0
               ? SortKey(static_cast<double>(*s.used_bytes) / static_cast<double>(*s.total_bytes))
               : SortKey{};
  });
  return list_answer(call, ListForm::envelope, selection);
}

Answer list_storages(Desk& desk, Call& call) {
  return cached(desk, call, [&] { return make_list(desk, call); });
}

Answer show_storage(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto storage = visible_storage(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!storage) return not_found();
  JsonWriter out;
  live::encode_storage(out, *storage);
  return json(out);
}

}  // namespace

void add_storage_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/storages", Access::viewer, with(desk, list_storages));
  must_add(router, "GET", "/api/storages/{id}", Access::viewer, with(desk, show_storage));
}

}  // namespace monitorix::api

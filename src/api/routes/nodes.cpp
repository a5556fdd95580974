#include "api/access.h"
#include "api/desk.h"
#include "api/fields.h"
#include "api/list.h"
#include "api/routes/tasks.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

struct NodeRow {
  const Node* node{};
  const state::ClusterView* cluster{};
  const live::GuestCounts* counts{};
};

struct NodeRows {
  std::map<ClusterId, live::GuestCounts> counts{};
  std::vector<NodeRow> rows{};
};

void add_sorts(Selection& s, const std::shared_ptr<NodeRows>& all) {
  const auto by = [&](const char* name, auto key) {
    s.sorts[name] = [all, key](std::size_t at) -> SortKey { return key(*all->rows[at].node); };
  };
  by("id", [](const Node& n) { return SortKey(static_cast<double>(n.id.value)); });
  by("name", [](const Node& n) { return SortKey(lower(n.name)); });
  by("status", [](const Node& n) { return SortKey(std::string(name_of(n.status))); });
  by("cpu_ratio", [](const Node& n) { return n.cpu_ratio ? SortKey(*n.cpu_ratio) : SortKey{}; });
  by("memory_used_bytes", [](const Node& n) {
    return n.memory_used_bytes ? SortKey(static_cast<double>(*n.memory_used_bytes)) : SortKey{};
  });
  by("created_at", [](const Node& n) { return SortKey(static_cast<double>(to_ms(n.created_at))); });
}

Answer make_list(const Desk& desk, const Call& call) {
  if (auto known =
          call.query.allow({"tag", "cluster_id", "status", "q", "sort", "limit", "cursor", "count", "envelope"});
      !known)
    return bad_query(known.error());
  const auto clusters = call.query.all("cluster_id");
  const auto statuses = call.query.all("status");
  const auto tags = call.query.all("tag");
  const auto q = lower(call.query.text("q"));
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<NodeRows>();
  for (const auto& [id, cluster] : world->clusters) {
    if (!live::may_see(call.caller.scope, id) || !wanted(clusters, id.text())) continue;
    const auto& counts = found->counts.emplace(id, live::count_guests(*cluster)).first->second;
    for (const auto& node : cluster->nodes)
      if (wanted(statuses, name_of(node->status)) && wanted_any(tags, node->tags, {}) && has_text(node->name, q))
        found->rows.push_back({node.get(), cluster.get(), &counts});
  }
  Selection selection;
  for (const auto& row : found->rows) selection.ids.push_back(row.node->id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) {
    const auto& row = found->rows[at];
    live::encode_node(out, *row.cluster, *row.node, *row.counts);
  };
  add_sorts(selection, found);
  return list_answer(call, ListForm::bare, selection);
}

Answer list_nodes(Desk& desk, Call& call) {
  return cached(desk, call, [&] { return make_list(desk, call); });
}

std::string version_of(const Node& node) {
  std::string text = node.maintenance_mode ? "m" : "-";
  for (const auto& tag : node.tags) text += '\x1f' + tag;
  return std::to_string(crc32c(text));
}

Answer one(const Desk& desk, const Node& node) {
  const auto world = desk.house.snapshot();
  const auto* cluster = world->cluster(node.cluster);
  if (!cluster) return not_found();
  JsonWriter out;
  live::encode_node(out, *cluster, node);
  Answer answer = json(out);
  answer.version = version_of(node);
  return answer;
}

Answer show_node(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  return node ? one(desk, *node) : not_found();
}

net::Task<Answer> keep(Desk& desk, Call& call, const Node& before, Node next, std::string action) {
  Changes changes;
  changes.of("tags", before.tags, next.tags).of("maintenance_mode", before.maintenance_mode, next.maintenance_mode);
  const auto kept = co_await desk.house.commands.annotate_node(std::move(next));
  if (!kept) co_return from_error(kept.error());
  co_await desk.audit(deed(desk, call, std::move(action), "node", kept->id.text(), kept->name, std::move(changes)));
  co_return one(desk, *kept);
}

net::Task<Answer> change_node(Desk& desk, Call& call) {
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!node) co_return not_found();
  if (auto stale = refuse_stale(call.request, version_of(*node), "the node")) co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Node next = *node;
  if (auto tags = body->texts("tags", 50, {1, 64})) next.tags = std::move(*tags);
  next.maintenance_mode = body->flag("maintenance_mode").value_or(next.maintenance_mode);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  co_return co_await keep(desk, call, *node, std::move(next), "update");
}

net::Task<Answer> set_maintenance(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"maintenance_mode"}); !known) co_return bad_query(known.error());
  const auto on = call.query.flag("maintenance_mode", true);
  if (!on) co_return bad_query(on.error());
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!node) co_return not_found();
  Node next = *node;
  next.maintenance_mode = *on;
  co_return co_await keep(desk, call, *node, std::move(next), "maintenance_mode");
}

net::Task<Answer> sync_node(Desk& desk, Call& call) {
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!node) co_return not_found();
  const auto done = co_await desk.house.commands.sync_cluster(node->cluster);
  if (!done) co_return from_error(done.error());
  const auto fresh = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  co_return fresh ? one(desk, *fresh) : not_found();
}

/// A node stands for its connection only while it is the last one of it.
net::Task<Answer> delete_node(Desk& desk, Call& call) {
  const auto world = desk.house.snapshot();
  const auto node = visible_node(call.caller, *world, call.ids[0]);
  if (!node) co_return not_found();
  if (auto stale = refuse_stale(call.request, version_of(*node), "the node")) co_return std::move(*stale);
  const auto* cluster = world->cluster(node->cluster);
  if (cluster && cluster->nodes.size() > 1)
    co_return problem(409, "in_use",
                      "this node belongs to a cluster of several nodes; delete the cluster's connection instead");
  const auto done = co_await desk.house.commands.delete_cluster(node->cluster);
  if (!done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "delete", "node", node->id.text(), node->name));
  co_return no_content();
}

void time_member(JsonWriter& out, std::string_view name, const std::optional<WallTime>& at) {
  out.key(name);
  if (at)
    out.value(rfc3339(*at));
  else
    out.null();
}

void finish_collected(JsonWriter& out, const std::optional<WallTime>& at, const Node& node) {
  out.end_array();
  time_member(out, "collected_at", at);
  out.key("unavailable_reason");
  if (at)
    out.null();
  else
    out.value(node.reason == NodeReason::ok ? "not collected yet" : name_of(node.reason));
  out.end_object();
}

Answer node_services(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!node) return not_found();
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& service : node->detail.services)
    out.begin_object()
        .member("name", service.name)
        .member("description", service.description)
        .member("state", service.state)
        .end_object();
  finish_collected(out, node->detail.services_at, *node);
  return json(out);
}

Answer node_certificates(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!node) return not_found();
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& one : node->detail.certificates) {
    out.begin_object().member("filename", one.filename).member("subject", one.subject).member("issuer", one.issuer);
    out.member("fingerprint_sha256", one.fingerprint);
    time_member(out, "not_before", one.not_before);
    time_member(out, "not_after", one.not_after);
    out.key("sans").begin_array();
    for (const auto& name : one.sans) out.value(name);
    out.end_array().end_object();
  }
  finish_collected(out, node->detail.certificates_at, *node);
  return json(out);
}

Answer node_tasks(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"running", "type", "since", "limit", "cursor", "count"}); !known)
    return bad_query(known.error());
  const auto world = desk.house.snapshot();
  const auto node = visible_node(call.caller, *world, call.ids[0]);
  if (!node) return not_found();
  return list_tasks(call, *world->cluster(node->cluster), node.get());
}

}  // namespace

void add_node_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/nodes", Access::viewer, with(desk, list_nodes));
  must_add(router, "GET", "/api/nodes/{id}", Access::viewer, with(desk, show_node));
  must_add(router, "PUT", "/api/nodes/{id}", Access::editor, with(desk, change_node));
  must_add(router, "PATCH", "/api/nodes/{id}", Access::editor, with(desk, change_node));
  must_add(router, "DELETE", "/api/nodes/{id}", Access::admin, with(desk, delete_node));
  must_add(router, "POST", "/api/nodes/{id}/sync", Access::operator_, with(desk, sync_node));
  must_add(router, "POST", "/api/nodes/{id}/maintenance-mode", Access::operator_, with(desk, set_maintenance));
  must_add(router, "GET", "/api/nodes/{id}/services", Access::viewer, with(desk, node_services));
  must_add(router, "GET", "/api/nodes/{id}/certificates", Access::viewer, with(desk, node_certificates));
  must_add(router, "GET", "/api/nodes/{id}/tasks", Access::viewer, with(desk, node_tasks));
}

}  // namespace monitorix::api

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "api/routes/cluster_json.h"
#include "api/routes/tasks.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

using Views = std::vector<const state::ClusterView*>;

Answer make_list(const Desk& desk, const Call& call) {
  if (auto known = call.query.allow({"state", "tag", "q", "sort", "limit", "cursor", "count"}); !known)
    return bad_query(known.error());
  const auto states = call.query.all("state");
  const auto tags = call.query.all("tag");
  const auto q = lower(call.query.text("q"));
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<Views>();
  for (const auto* cluster : live::visible_clusters(call.caller.scope, *world)) {
    const auto state = cluster->config.paused ? ClusterState::paused : cluster->health.state;
    if (wanted(states, name_of(state)) && wanted_any(tags, cluster->config.tags, {}) &&
        has_text(cluster->config.name, q))
      found->push_back(cluster);
  }
  Selection selection;
  for (const auto* cluster : *found) selection.ids.push_back(cluster->config.id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) { live::encode_cluster(out, *(*found)[at]); };
  selection.sorts["id"] = [found](std::size_t at) {
    return SortKey(static_cast<double>((*found)[at]->config.id.value));
  };
  selection.sorts["name"] = [found](std::size_t at) { return SortKey(lower((*found)[at]->config.name)); };
  selection.sorts["created_at"] = [found](std::size_t at) {
    return SortKey(static_cast<double>(to_ms((*found)[at]->config.created_at)));
  };
  return list_answer(call, ListForm::envelope, selection);
}

Answer list_clusters(Desk& desk, Call& call) {
  return cached(desk, call, [&] { return make_list(desk, call); });
}

Answer show_cluster(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  return cluster ? cluster_answer(*cluster, 200) : not_found();
}

Answer list_endpoints(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"limit", "cursor", "count"}); !known) return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) return not_found();
  Selection selection;
  for (const auto& endpoint : cluster->config.endpoints) selection.ids.push_back(endpoint.id.value);
  selection.encode = [cluster](JsonWriter& out, std::size_t at) {
    live::encode_endpoint(out, cluster->config.endpoints[at], cluster->health);
  };
  return list_answer(call, ListForm::envelope, selection);
}

Answer last_doctor(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) return not_found();
  const auto report = desk.house.commands.last_doctor(cluster->config.id);
  return json(report ? doctor_json(*report) : R"({"ran_at":null,"checks":[]})");
}

net::Task<Answer> run_doctor(Desk& desk, Call& call) {
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) co_return not_found();
  const auto report = co_await desk.house.commands.run_doctor(cluster->config.id);
  if (!report) co_return from_error(report.error());
  co_return json(doctor_json(*report));
}

net::Task<Answer> sync_cluster(Desk& desk, Call& call) {
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) co_return not_found();
  const auto done = co_await desk.house.commands.sync_cluster(cluster->config.id);
  if (!done) co_return from_error(done.error());
  co_return json("{\"job_id\":\"sync-" + cluster->config.id.text() + "\"}", 202);
}

Answer show_backfill(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) return not_found();
  const BackfillState backfill = desk.house.commands.backfill(cluster->config.id);
  JsonWriter out;
  out.begin_object().member("running", backfill.running).member("done", backfill.done).member("total", backfill.total);
  out.end_object();
  return json(out);
}

Answer show_load(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) return not_found();
  const auto& load = cluster->health.load;
  JsonWriter out;
  out.begin_object()
      .member("requests_per_minute", load.requests_per_minute)
      .member("bytes_per_minute", load.bytes_per_minute);
  out.member("p50_ms", load.p50_ms).member("p95_ms", load.p95_ms).key("by_class").begin_array();
  for (const auto& one : load.by_class) {
    out.begin_object().member("name", one.name).member("requests_per_minute", one.requests_per_minute);
    out.member("bytes_per_minute", one.bytes_per_minute).member("p50_ms", one.p50_ms).member("p95_ms", one.p95_ms);
    out.member("errors", one.errors).end_object();
  }
  out.end_array().end_object();
  return json(out);
}

Answer cluster_tasks(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"running", "type", "vm_id", "node_id", "since", "limit", "cursor", "count"});
      !known)
    return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  return cluster ? list_tasks(call, *cluster, nullptr) : not_found();
}

}  // namespace

void add_cluster_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/clusters", Access::viewer, with(desk, list_clusters));
  must_add(router, "GET", "/api/clusters/{id}", Access::viewer, with(desk, show_cluster));
  must_add(router, "GET", "/api/clusters/{id}/endpoints", Access::viewer, with(desk, list_endpoints));
  must_add(router, "GET", "/api/clusters/{id}/doctor", Access::viewer, with(desk, last_doctor));
  must_add(router, "POST", "/api/clusters/{id}/doctor", Access::operator_, with(desk, run_doctor));
  must_add(router, "POST", "/api/clusters/{id}/sync", Access::operator_, with(desk, sync_cluster));
  must_add(router, "GET", "/api/clusters/{id}/backfill", Access::viewer, with(desk, show_backfill));
  must_add(router, "GET", "/api/clusters/{id}/load", Access::viewer, with(desk, show_load));
  must_add(router, "GET", "/api/clusters/{id}/tasks", Access::viewer, with(desk, cluster_tasks));
}

}  // namespace monitorix::api

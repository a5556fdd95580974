// The risks of one cluster, with what its quorum and its high availability rest on.

#include "state/risks/risks.h"

#include "api/access.h"
#include "api/desk.h"
#include "api/facts/fact_json.h"
#include "api/list.h"
#include "api/query.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

void write_risk(JsonWriter& out, const Risk& risk) {
  out.begin_object().member("id", risk.id).member("severity", name_of(risk.severity));
  out.member("code", risk.what.code).member("text", risk.what.text).key("params");
  live::encode_params(out, risk.what.params);
  out.member("node_id", risk.node ? std::optional(risk.node->text()) : std::nullopt);
  out.member("since", rfc3339(risk.since));
  member(out, "as_of", risk.as_of);
  out.end_object();
}

void write_quorum(JsonWriter& out, const state::ClusterView& cluster) {
  const auto quorum = state::quorum_of(cluster);
  out.key("quorum");
  if (!quorum) {
    out.null();
    return;
  }
  const auto& device = cluster.facts->cluster.qdevice.value;
  const bool has_device = device && device->exists;
  out.begin_object().member("members", quorum->members).member("online", quorum->online);
  out.member("votes", quorum->votes).member("present", quorum->present).member("needed", quorum->needed);
  out.member("margin", quorum->margin).member("has_qdevice", quorum->has_qdevice);
  out.member("qdevice_host", has_device ? device->host : std::nullopt);
  out.member("qdevice_state", has_device ? device->state : std::nullopt).end_object();
}

void write_ha(JsonWriter& out, const Fact<HaStatus>& fact) {
  const auto manager = [&](const HaManager& one) {
    out.begin_object().member("node", one.node).member("state", one.state);
    member(out, "seen_at", one.seen_at);
    out.member("is_dead", one.is_dead).end_object();
  };
  const HaStatus ha = fact.value.value_or(HaStatus{});
  out.key("ha").begin_object().member("fencing", ha.fencing).key("manager");
  if (ha.manager)
    manager(*ha.manager);
  else
    out.null();
  out.key("local_managers").begin_array();
  for (const auto& local : ha.local_managers) manager(local);
  out.end_array().key("resources").begin_array();
  for (const auto& resource : ha.resources) {
    out.begin_object().member("id", resource.id).member("node", resource.node).member("state", resource.state);
    out.member("wanted", resource.wanted).end_object();
  }
  out.end_array();
  close_fact(out, fact);
}

Answer list_risks(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto cluster = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!cluster) return not_found();
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  if (cluster->risks)
    for (const Risk& risk : *cluster->risks) write_risk(out, risk);
  out.end_array();
  write_quorum(out, *cluster);
  write_ha(out, cluster->facts->cluster.ha);
  out.end_object();
  return json(out);
}

}  // namespace

void add_risk_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/clusters/{id}/risks", Access::viewer, with(desk, list_risks));
}

}  // namespace monitorix::api

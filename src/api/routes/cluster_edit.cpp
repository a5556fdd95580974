#include <algorithm>

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "api/routes/cluster_json.h"
#include "api/routes/connection.h"

// Making, changing and removing connections. Where a saved secret would go elsewhere, it is asked for again (S38).

namespace monitorix::api {
namespace {

net::Task<Answer> probe(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto address = body->required_text("address", {1, 255});
  const auto port = body->number("port", 1, 65535).value_or(8006);
  if (!address.empty() && !is_host(address))
    body->wrong("address", "invalid", "must be a host name or an address, without https://");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto seen = co_await desk.house.commands.probe(address, static_cast<int>(port));
  if (!seen) co_return from_error(seen.error());
  co_return json(certificate_json(*seen));
}

net::Task<Answer> test(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto now = desk.house.clock.wall();
  ClusterConfig candidate;
  Endpoint endpoint;
  endpoint.address = body->required_text("address", {1, 255});
  if (!endpoint.address.empty() && !is_host(endpoint.address))
    body->wrong("address", "invalid", "must be a host name or an address, without https://");
  endpoint.port = static_cast<int>(body->number("port", 1, 65535).value_or(8006));
  candidate.endpoints.push_back(std::move(endpoint));
  candidate.name = "test";
  candidate.token_id = read_token_id(*body);
  candidate.token_secret = read_token_secret(*body);
  read_tls(*body, candidate, now, true);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto report = co_await desk.house.commands.test_connection(std::move(candidate));
  if (!report) co_return from_error(report.error());
  co_return json(doctor_json(*report));
}

void read_endpoints(Fields& body, ClusterConfig& cluster, WallTime now) {
  if (!body.has("endpoints")) body.wrong("endpoints", "required", "is required");
  auto list = body.objects("endpoints", 32);
  if (!list) return;
  if (list->empty()) body.wrong("endpoints", "out_of_range", "give at least one");
  for (auto& one : *list) {
    if (auto endpoint = read_endpoint(one, now)) cluster.endpoints.push_back(std::move(*endpoint));
    body.take_errors(one);
  }
}

/// The view of a connection that was just made or changed; a moment later than the commit when state is behind.
Answer fresh(const Desk& desk, const ClusterConfig& kept, int status) {
  const auto world = desk.house.snapshot();
  if (const auto* view = world->cluster(kept.id)) {
    auto shown = *view;
    shown.config = kept;
    return cluster_answer(shown, status);
  }
  state::ClusterView view;
  view.config = kept;
  return cluster_answer(view, status);
}

net::Task<Answer> create(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto now = desk.house.clock.wall();
  ClusterConfig cluster;
  cluster.name = body->required_text("name", {1, 100});
  if (const auto kind = body->text("kind", {0, 10}); kind && *kind != "pve")
    body->wrong("kind", "invalid", "only pve is known");
  read_endpoints(*body, cluster, now);
  cluster.token_id = read_token_id(*body);
  cluster.token_secret = read_token_secret(*body);
  read_tls(*body, cluster, now, true);
  cluster.poll_interval = std::chrono::seconds{body->number("poll_interval_seconds", 10, 300).value_or(30)};
  cluster.tags = body->texts("tags", 50, {1, 64}).value_or(std::vector<std::string>{});
  (void)body->flag("backfill");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  cluster.created_at = cluster.updated_at = now;
  const auto made = co_await desk.house.commands.create_cluster(std::move(cluster));
  if (!made) co_return from_cluster_error(made.error());
  const ClusterConfig nothing;
  Changes changes = differences(nothing, *made);
  co_await desk.audit(deed(desk, call, "create", "cluster", made->id.text(), made->name, std::move(changes)));
  auto answer = fresh(desk, *made, 201);
  answer.headers.emplace_back("Location", "/api/clusters/" + made->id.text());
  co_return answer;
}

bool is_as_trusted(const ClusterConfig& a, const ClusterConfig& b) {
  return has_same_trust(a, b) && std::ranges::equal(a.endpoints, b.endpoints, has_same_pins);
}

net::Task<Answer> change(Desk& desk, Call& call) {
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->config.version), "the connection"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  ClusterConfig next = view->config;
  if (auto name = body->text("name", {1, 100})) next.name = std::move(*name);
  if (body->has("token_id")) next.token_id = read_token_id(*body);
  if (body->has("token_secret")) next.token_secret = read_token_secret(*body);
  read_tls(*body, next, desk.house.clock.wall(), false);
  if (const auto seconds = body->number("poll_interval_seconds", 10, 300))
    next.poll_interval = std::chrono::seconds{*seconds};
  next.maintenance_mode = body->flag("maintenance_mode").value_or(next.maintenance_mode);
  next.paused = body->flag("paused").value_or(next.paused);
  if (auto tags = body->texts("tags", 50, {1, 64})) next.tags = std::move(*tags);
  if (!is_as_trusted(view->config, next) && !body->has("token_secret"))
    body->wrong("token_secret", "required", "enter the secret again when the token or the trust changes");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  next.updated_at = desk.house.clock.wall();
  const std::int64_t version = wanted_version(call.request).empty() ? 0 : view->config.version;
  const auto kept = co_await desk.house.commands.update_cluster(next, version);
  if (!kept) co_return from_cluster_error(kept.error());
  Changes changes = differences(view->config, next);
  co_await desk.audit(deed(desk, call, "update", "cluster", kept->id.text(), kept->name, std::move(changes)));
  co_return fresh(desk, *kept, 200);
}

net::Task<Answer> remove(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->config.version), "the connection"))
    co_return std::move(*stale);
  const auto done = co_await desk.house.commands.delete_cluster(view->config.id);
  if (!done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "delete", "cluster", view->config.id.text(), view->config.name));
  co_return no_content();
}

}  // namespace

void add_cluster_edit_routes(Router& router, Desk& desk) {
  must_add(router, "POST", "/api/clusters/probe", Access::admin, with(desk, probe));
  must_add(router, "POST", "/api/clusters/test", Access::admin, with(desk, test));
  must_add(router, "POST", "/api/clusters", Access::admin, with(desk, create));
  must_add(router, "PUT", "/api/clusters/{id}", Access::admin, with(desk, change));
  must_add(router, "PATCH", "/api/clusters/{id}", Access::admin, with(desk, change));
  must_add(router, "DELETE", "/api/clusters/{id}", Access::admin, with(desk, remove));
}

}  // namespace monitorix::api

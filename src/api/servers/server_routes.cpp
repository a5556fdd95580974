#include <algorithm>

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "api/routes/cluster_json.h"
#include "api/routes/connection.h"
#include "api/servers/server_json.h"
#include "model/names.h"

// Connections to backup servers. They hold the backups of many clusters, so only who may see everything sees them.
// Where a saved secret would go elsewhere, it is asked for again (S38).

namespace monitorix::api {
namespace {

using ServerPtr = std::shared_ptr<const state::ServerView>;

bool sees_servers(const Call& call) {
  const auto& scope = call.caller.scope;
  return scope.clusters.empty() && scope.pools.empty() && scope.tags.empty();
}

ServerPtr visible_server(const Desk& desk, const Call& call) {
  if (!sees_servers(call)) return nullptr;
  const auto world = desk.house.snapshot();
  const auto found = world->servers.find(ClusterId{parse_id(call.ids[0]).value_or(0)});
  return found == world->servers.end() ? nullptr : found->second;
}

Answer list_servers(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"sort", "limit", "cursor", "count"}); !known) return bad_query(known.error());
  const auto found = std::make_shared<std::vector<ServerPtr>>();
  if (sees_servers(call))
    for (const auto& [id, server] : desk.house.snapshot()->servers) found->push_back(server);
  Selection selection;
  for (const auto& server : *found) selection.ids.push_back(server->config.id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) { encode_server(out, *(*found)[at]); };
  selection.sorts["name"] = [found](std::size_t at) { return SortKey(lower((*found)[at]->config.name)); };
  return list_answer(call, ListForm::envelope, selection);
}

Answer show_server(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto server = visible_server(desk, call);
  return server ? server_answer(*server, 200) : not_found();
}

Answer from_server_error(const Error& error) {
  auto answer = from_cluster_error(error);
  for (auto& problem : answer.problem) {
    if (problem.code != "duplicate_cluster") continue;
    problem.code = "duplicate_server";
    problem.detail = "this backup server is connected already";
    for (auto& [name, value] : problem.members)
      if (name == "cluster_id") name = "server_id";
  }
  return answer;
}

void read_address(Fields& body, Endpoint& endpoint, bool is_required) {
  if (is_required || body.has("address")) endpoint.address = body.required_text("address", {1, 255});
  if (!endpoint.address.empty() && !is_host(endpoint.address))
    body.wrong("address", "invalid", "must be a host name or an address, without https://");
  endpoint.port = static_cast<int>(body.number("port", 1, 65535).value_or(endpoint.port));
}

ClusterConfig read_candidate(Fields& body, WallTime now) {
  ClusterConfig server;
  server.kind = ConnectionKind::pbs;
  Endpoint endpoint;
  endpoint.port = 8007;
  read_address(body, endpoint, true);
  server.endpoints.push_back(std::move(endpoint));
  server.token_id = read_token_id(body);
  server.token_secret = read_token_secret(body);
  read_tls(body, server, now, true);
  return server;
}

/// The view of a connection that was just made or changed.
Answer fresh(const Desk& desk, const ClusterConfig& kept, int status) {
  const auto world = desk.house.snapshot();
  state::ServerView view;
  if (const auto* known = world->server(kept.id)) view = *known;
  view.config = kept;
  return server_answer(view, status);
}

net::Task<Answer> test_server(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  auto candidate = read_candidate(*body, desk.house.clock.wall());
  candidate.name = "test";
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto report = co_await desk.house.commands.test_connection(std::move(candidate));
  if (!report) co_return from_error(report.error());
  co_return json(doctor_json(*report));
}

net::Task<Answer> create_server(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto now = desk.house.clock.wall();
  auto server = read_candidate(*body, now);
  server.name = body->required_text("name", {1, 100});
  server.poll_interval = std::chrono::seconds{body->number("poll_interval_seconds", 10, 300).value_or(60)};
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  server.created_at = server.updated_at = now;
  const auto made = co_await desk.house.commands.create_cluster(std::move(server));
  if (!made) co_return from_server_error(made.error());
  const ClusterConfig nothing;
  Changes changes = differences(nothing, *made);
  co_await desk.audit(deed(desk, call, "create", "backup_server", made->id.text(), made->name, std::move(changes)));
  auto answer = fresh(desk, *made, 201);
  answer.headers.emplace_back("Location", "/api/backup-servers/" + made->id.text());
  co_return answer;
}

bool is_as_trusted(const ClusterConfig& a, const ClusterConfig& b) {
  const Endpoint& from = a.endpoints.front();
  const Endpoint& to = b.endpoints.front();
  return has_same_trust(a, b) && from.address == to.address && from.port == to.port && has_same_pins(from, to);
}

net::Task<Answer> change_server(Desk& desk, Call& call) {
  const auto view = visible_server(desk, call);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->config.version), "the connection"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  ClusterConfig next = view->config;
  if (auto name = body->text("name", {1, 100})) next.name = std::move(*name);
  read_address(*body, next.endpoints.front(), false);
  if (body->has("token_id")) next.token_id = read_token_id(*body);
  if (body->has("token_secret")) next.token_secret = read_token_secret(*body);
  read_tls(*body, next, desk.house.clock.wall(), false);
  if (const auto seconds = body->number("poll_interval_seconds", 10, 300))
    next.poll_interval = std::chrono::seconds{*seconds};
  next.paused = body->flag("paused").value_or(next.paused);
  if (!is_as_trusted(view->config, next) && !body->has("token_secret"))
    body->wrong("token_secret", "required", "enter the secret again when the address, the token or the trust changes");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  next.updated_at = desk.house.clock.wall();
  const std::int64_t version = wanted_version(call.request).empty() ? 0 : view->config.version;
  const auto kept = co_await desk.house.commands.update_cluster(next, version);
  if (!kept) co_return from_server_error(kept.error());
  Changes changes = differences(view->config, next);
  co_await desk.audit(deed(desk, call, "update", "backup_server", kept->id.text(), kept->name, std::move(changes)));
  co_return fresh(desk, *kept, 200);
}

net::Task<Answer> remove_server(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto view = visible_server(desk, call);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->config.version), "the connection"))
    co_return std::move(*stale);
  const auto done = co_await desk.house.commands.delete_cluster(view->config.id);
  if (!done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "delete", "backup_server", view->config.id.text(), view->config.name));
  co_return no_content();
}

/// A renewed certificate: only the very fingerprint that the server last showed can be confirmed.
net::Task<Answer> confirm_server(Desk& desk, Call& call) {
  const auto view = visible_server(desk, call);
  if (!view) co_return not_found();
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto text = body->required_text("fingerprint_sha256", {1, 128});
  const auto digest = parse_fingerprint(text);
  if (!text.empty() && !digest) body->wrong("fingerprint_sha256", "invalid", "must be a SHA-256 fingerprint");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const bool was_seen = std::ranges::any_of(view->health.endpoints, [&](const EndpointHealth& health) {
    return health.seen && health.seen->fingerprint == *digest;
  });
  if (!was_seen)
    co_return problem(409, "invalid_state", "this is not the certificate that the server last showed; look again");
  ClusterConfig next = view->config;
  next.updated_at = desk.house.clock.wall();
  next.endpoints.front().fingerprints = {{*digest, next.updated_at, FingerprintSource::renewal_confirmed}};
  const auto kept = co_await desk.house.commands.update_cluster(next, 0);
  if (!kept) co_return from_server_error(kept.error());
  Changes changes = differences(view->config.endpoints.front(), kept->endpoints.front());
  co_await desk.audit(
      deed(desk, call, "confirm_fingerprint", "backup_server", kept->id.text(), kept->name, std::move(changes)));
  co_return fresh(desk, *kept, 200);
}

Answer last_doctor(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto server = visible_server(desk, call);
  if (!server) return not_found();
  const auto report = desk.house.commands.last_doctor(server->config.id);
  return json(report ? doctor_json(*report) : R"({"ran_at":null,"checks":[]})");
}

net::Task<Answer> run_doctor(Desk& desk, Call& call) {
  const auto server = visible_server(desk, call);
  if (!server) co_return not_found();
  const auto report = co_await desk.house.commands.run_doctor(server->config.id);
  if (!report) co_return from_error(report.error());
  co_return json(doctor_json(*report));
}

net::Task<Answer> sync_server(Desk& desk, Call& call) {
  const auto server = visible_server(desk, call);
  if (!server) co_return not_found();
  const auto done = co_await desk.house.commands.sync_cluster(server->config.id);
  if (!done) co_return from_error(done.error());
  co_return json("{\"job_id\":\"sync-" + server->config.id.text() + "\"}", 202);
}

Answer list_datastores(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"server_id", "sort", "limit", "cursor", "count"}); !known)
    return bad_query(known.error());
  const auto servers = call.query.all("server_id");
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<std::vector<FoundStore>>();
  if (sees_servers(call))
    for (const auto& [id, server] : world->servers) {
      if (!wanted(servers, id.text())) continue;
      for (const auto& store : server->datastores) {
        const auto counts = world->joined->counts.find({id, store.usage.name});
        found->push_back(
            {server.get(), &store, counts == world->joined->counts.end() ? state::GroupCounts{} : counts->second});
      }
    }
  Selection selection;
  for (const auto& one : *found) selection.ids.push_back(datastore_id(one));
  selection.encode = [world, found](JsonWriter& out, std::size_t at) {
    encode_datastore(out, (*found)[at], world->at);
  };
  selection.sorts["name"] = [found](std::size_t at) { return SortKey((*found)[at].store->usage.name); };
  selection.sorts["used_bytes"] = [found](std::size_t at) {
    const auto& used = (*found)[at].store->usage.used_bytes;
    return used ? SortKey(static_cast<double>(*used)) : SortKey{};
  };
  return list_answer(call, ListForm::envelope, selection);
}

/// Whoever sees a cluster whole sees what is left of its guests; what is nobody's, only who sees everything.
bool may_see_orphan(const Call& call, const state::Orphan& orphan) {
  const auto& scope = call.caller.scope;
  if (!scope.pools.empty() || !scope.tags.empty()) return false;
  return orphan.cluster ? live::may_see(scope, *orphan.cluster) : scope.clusters.empty();
}

Answer list_orphans(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"server_id", "cluster_id", "sort", "limit", "cursor", "count"}); !known)
    return bad_query(known.error());
  const auto servers = call.query.all("server_id");
  const auto clusters = call.query.all("cluster_id");
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<std::vector<const state::Orphan*>>();
  for (const auto& orphan : world->joined->orphans)
    if (may_see_orphan(call, orphan) && wanted(servers, orphan.place.server.text()) &&
        wanted(clusters, orphan.cluster ? orphan.cluster->text() : std::string()))
      found->push_back(&orphan);
  Selection selection;
  for (const auto* one : *found) selection.ids.push_back(orphan_id(*one));
  selection.encode = [world, found](JsonWriter& out, std::size_t at) { encode_orphan(out, *world, *(*found)[at]); };
  selection.sorts["last_at"] = [found](std::size_t at) {
    const auto& last = (*found)[at]->group.last_at;
    return last ? SortKey(static_cast<double>(to_ms(*last))) : SortKey{};
  };
  selection.sorts["size_bytes"] = [found](std::size_t at) {
    const auto& size = (*found)[at]->size_bytes;
    return size ? SortKey(static_cast<double>(*size)) : SortKey{};
  };
  return list_answer(call, ListForm::envelope, selection);
}

}  // namespace

void add_server_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/backup-servers", Access::viewer, with(desk, list_servers));
  must_add(router, "POST", "/api/backup-servers", Access::admin, with(desk, create_server));
  must_add(router, "POST", "/api/backup-servers/test", Access::admin, with(desk, test_server));
  must_add(router, "GET", "/api/backup-servers/{id}", Access::viewer, with(desk, show_server));
  must_add(router, "PUT", "/api/backup-servers/{id}", Access::admin, with(desk, change_server));
  must_add(router, "DELETE", "/api/backup-servers/{id}", Access::admin, with(desk, remove_server));
  must_add(router, "POST", "/api/backup-servers/{id}/confirm-fingerprint", Access::admin, with(desk, confirm_server));
  must_add(router, "GET", "/api/backup-servers/{id}/doctor", Access::viewer, with(desk, last_doctor));
  must_add(router, "POST", "/api/backup-servers/{id}/doctor", Access::operator_, with(desk, run_doctor));
  must_add(router, "POST", "/api/backup-servers/{id}/sync", Access::operator_, with(desk, sync_server));
  must_add(router, "GET", "/api/backups/datastores", Access::viewer, with(desk, list_datastores));
  must_add(router, "GET", "/api/backups/orphans", Access::viewer, with(desk, list_orphans));
}

}  // namespace monitorix::api

#include <algorithm>

#include "api/access.h"
#include "api/desk.h"
#include "api/routes/cluster_json.h"
#include "api/routes/connection.h"
#include "live/encode.h"

// The addresses of a connection. A new or moved address receives the saved secret, therefore it is asked for again,
// unless the cluster itself names that address as a member and a person confirmed its fingerprint (S38, S45).

namespace monitorix::api {
namespace {

Answer endpoint_answer(const ClusterConfig& cluster, EndpointId id, const ClusterHealth& health, int status) {
  const auto found = std::ranges::find(cluster.endpoints, id, &Endpoint::id);
  if (found == cluster.endpoints.end()) return not_found();
  JsonWriter out;
  live::encode_endpoint(out, *found, health);
  Answer answer = json(out, status);
  answer.version = std::to_string(cluster.version);
  return answer;
}

/// 412 when the connection changed since; nothing to say otherwise.
net::Task<Result<ClusterConfig>> keep(Desk& desk, ClusterConfig next, std::int64_t version) {
  next.updated_at = desk.house.clock.wall();
  co_return co_await desk.house.commands.update_cluster(std::move(next), version);
}

bool is_offered(const state::ClusterView& view, const Endpoint& endpoint) {
  return !endpoint.fingerprints.empty() &&
         std::ranges::any_of(view.members, [&](const auto& member) { return member.ip == endpoint.address; });
}

bool same_pins(const Endpoint& a, const Endpoint& b) {
  return std::ranges::equal(a.fingerprints, b.fingerprints, {}, &Fingerprint::digest, &Fingerprint::digest);
}

net::Task<Answer> create(Desk& desk, Call& call) {
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  ClusterConfig next = view->config;
  auto endpoint = read_endpoint(*body, desk.house.clock.wall()).value_or(Endpoint{});
  const bool has_secret = body->has("token_secret");
  if (has_secret) next.token_secret = read_token_secret(*body);
  if (!has_secret && !is_offered(*view, endpoint))
    body->wrong("token_secret", "required", "enter the secret again: it will be sent to this address");
  if (next.tls_mode == TlsMode::fingerprint && endpoint.fingerprints.empty())
    body->wrong("fingerprints", "required", "confirm the fingerprint of this endpoint");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto same = [&](const Endpoint& e) { return e.address == endpoint.address && e.port == endpoint.port; };
  if (std::ranges::any_of(next.endpoints, same)) co_return problem(409, "already_exists", "this endpoint exists");
  next.endpoints.push_back(endpoint);
  const auto kept = co_await keep(desk, std::move(next), 0);
  if (!kept) co_return from_cluster_error(kept.error());
  const auto made = std::ranges::find_if(kept->endpoints, same);
  if (made == kept->endpoints.end()) co_return problem(500, "internal_error", "the endpoint was not kept");
  const Endpoint nothing;
  Changes changes = differences(nothing, *made);
  co_await desk.audit(deed(desk, call, "create", "endpoint", made->id.text(), made->address, std::move(changes)));
  co_return endpoint_answer(*kept, made->id, view->health, 201);
}

net::Task<Answer> change(Desk& desk, Call& call) {
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->config.version), "the connection"))
    co_return std::move(*stale);
  ClusterConfig next = view->config;
  const auto found = std::ranges::find_if(next.endpoints, [&](const auto& e) { return e.id.text() == call.ids[1]; });
  if (found == next.endpoints.end()) co_return not_found();
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const Endpoint before = *found;
  if (auto address = body->text("address", {1, 255})) {
    if (!is_host(*address)) body->wrong("address", "invalid", "must be a host name or an address, without https://");
    found->address = *address;
  }
  found->port = static_cast<int>(body->number("port", 1, 65535).value_or(found->port));
  found->priority = static_cast<int>(body->number("priority", 0, 1000).value_or(found->priority));
  if (body->has("fingerprints")) found->fingerprints = read_fingerprints(*body, desk.house.clock.wall());
  const bool has_secret = body->has("token_secret");
  if (has_secret) next.token_secret = read_token_secret(*body);
  const bool goes_elsewhere =
      before.address != found->address || before.port != found->port || !same_pins(before, *found);
  if (goes_elsewhere && !has_secret)
    body->wrong("token_secret", "required", "enter the secret again: it will be sent to this address");
  if (next.tls_mode == TlsMode::fingerprint && found->fingerprints.empty())
    body->wrong("fingerprints", "required", "confirm the fingerprint of this endpoint");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  auto changes = differences(before, *found);
  changes.secret("token_secret", has_secret);
  const std::int64_t version = call.request.header("if-match").empty() ? 0 : view->config.version;
  const auto kept = co_await keep(desk, std::move(next), version);
  if (!kept) co_return from_cluster_error(kept.error());
  co_await desk.audit(deed(desk, call, "update", "endpoint", before.id.text(), before.address, std::move(changes)));
  co_return endpoint_answer(*kept, before.id, view->health, 200);
}

net::Task<Answer> remove(Desk& desk, Call& call) {
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  if (auto stale = refuse_stale(call.request, std::to_string(view->config.version), "the connection"))
    co_return std::move(*stale);
  ClusterConfig next = view->config;
  const auto gone = std::erase_if(next.endpoints, [&](const auto& e) { return e.id.text() == call.ids[1]; });
  if (gone == 0) co_return not_found();
  if (next.endpoints.empty()) co_return problem(409, "in_use", "a connection needs at least one endpoint");
  const auto kept = co_await keep(desk, std::move(next), 0);
  if (!kept) co_return from_cluster_error(kept.error());
  co_await desk.audit(deed(desk, call, "delete", "endpoint", call.ids[1]));
  co_return no_content();
}

/// A renewed certificate: only the very fingerprint that the endpoint last showed can be confirmed.
net::Task<Answer> confirm(Desk& desk, Call& call) {
  const auto view = visible_cluster(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  ClusterConfig next = view->config;
  const auto found = std::ranges::find_if(next.endpoints, [&](const auto& e) { return e.id.text() == call.ids[1]; });
  if (found == next.endpoints.end()) co_return not_found();
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto text = body->required_text("fingerprint_sha256", {1, 128});
  const auto digest = parse_fingerprint(text);
  if (!text.empty() && !digest) body->wrong("fingerprint_sha256", "invalid", "must be a SHA-256 fingerprint");
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto id = found->id;
  const auto health = std::ranges::find(view->health.endpoints, id, &EndpointHealth::id);
  const bool was_seen = health != view->health.endpoints.end() && health->seen && health->seen->fingerprint == *digest;
  if (!was_seen)
    co_return problem(409, "invalid_state", "this is not the certificate that the endpoint last showed; look again");
  const Endpoint before = *found;
  found->fingerprints = {{*digest, desk.house.clock.wall(), FingerprintSource::renewal_confirmed}};
  auto changes = differences(before, *found);
  const auto kept = co_await keep(desk, std::move(next), 0);
  if (!kept) co_return from_cluster_error(kept.error());
  co_await desk.audit(
      deed(desk, call, "confirm_fingerprint", "endpoint", id.text(), before.address, std::move(changes)));
  co_return endpoint_answer(*kept, id, view->health, 200);
}

}  // namespace

void add_endpoint_routes(Router& router, Desk& desk) {
  must_add(router, "POST", "/api/clusters/{id}/endpoints", Access::admin, with(desk, create));
  must_add(router, "PUT", "/api/clusters/{id}/endpoints/{endpoint_id}", Access::admin, with(desk, change));
  must_add(router, "DELETE", "/api/clusters/{id}/endpoints/{endpoint_id}", Access::admin, with(desk, remove));
  must_add(router, "POST", "/api/clusters/{id}/endpoints/{endpoint_id}/confirm-fingerprint", Access::admin,
           with(desk, confirm));
}

}  // namespace monitorix::api

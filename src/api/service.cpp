#include "api/service.h"

#include <algorithm>

#include "api/assets.h"
#include "api/auth/cookies.h"
#include "api/desk.h"
#include "api/idempotency.h"
#include "api/inbound/hooks.h"
#include "api/prometheus/process.h"
#include "api/routes/settings.h"
#include "api/socket.h"
#include "base/log.h"
#include "base/text.h"

namespace monitorix::api {

struct Service::Impl {
  explicit Impl(Dependencies dependencies) : desk(std::move(dependencies)), sockets(desk) {}
  Desk desk;
  Router router{};
  Assets assets{};
  Sockets sockets;
  std::string request_prefix{to_hex(random_bytes(6))};
  std::uint64_t request_count{0}, counted_before{0};
  double cpu_before{cpu_seconds()};
  net::Tick look_at_sockets{};
  bool is_stopped{false};

  void add_routes();
  void each_second();
  void check_sockets();
  std::string request_id_of(const net::Request& request);
  net::Task<net::Response> serve(net::Request request);
  net::Task<Answer> route(Call& call, const Route& route, Allowance& allowance);
  void add_cors(const net::Request& request, net::Response& response) const;
};

namespace {

/// Without the frills of other answers: this one is asked by every load balancer each second.
net::Response healthy() {
  static const auto kBody = std::make_shared<const std::string>(R"({"status":"healthy"})");
  net::Response response;
  response.shared_body = kBody;
  response.headers = {
      {"Content-Type", "application/json"}, {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

bool asks_for_known_version(const net::Request& request) {
  const auto named = request.header("x-api-version");
  if (!named.empty() && named != "v1") return false;
  if (!request.path.starts_with("/api/")) return true;  // Prometheus names the version of its text there
  const auto accept = request.header("accept");
  const auto at = accept.find("version=");
  return at == std::string_view::npos || accept.substr(at + 8, 2) == "v1";
}

bool wants_page(const net::Request& request) {
  return !request.path.starts_with("/api/") && request.header("accept").find("text/html") != std::string_view::npos;
}

bool has_json_body(const net::Request& request, const Route& route) {
  const auto type = request.header("content-type");
  if (request.body.empty() || type.starts_with("application/json")) return true;
  // What a job says, in whatever form; what Proxmox VE sends is what its administrator wrote there.
  if (route.pattern == "/api/push/{token}" || route.pattern == "/api/hooks/proxmox/{token}") return true;
  return route.pattern == "/api/auth/login" && type.starts_with("application/x-www-form-urlencoded");
}

Answer not_signed_in(bool had_token, TokenFault fault) {
  auto answer = had_token && fault == TokenFault::expired
                    ? problem(401, "token_expired", "the access token is no longer valid")
                    : problem(401, "not_authenticated", "sign in first");
  answer.headers.emplace_back("WWW-Authenticate", "Bearer");
  return answer;
}

Answer too_many(const Allowance& allowance) {
  auto answer = problem(429, "rate_limited", "too many requests");
  answer.problem.front().retry_after_seconds = allowance.reset_seconds;
  return answer;
}

void add_allowance(net::Response& response, const Allowance& allowance) {
  if (allowance.limit == 0) return;
  response.headers.emplace_back("RateLimit-Limit", std::to_string(allowance.limit));
  response.headers.emplace_back("RateLimit-Remaining", std::to_string(allowance.remaining));
  response.headers.emplace_back("RateLimit-Reset", std::to_string(allowance.reset_seconds));
}

}  // namespace

void Service::Impl::add_routes() {
  for (const auto add :
       {add_system_routes,    add_auth_routes,         add_account_routes,      add_api_key_routes,
        add_user_routes,      add_audit_routes,        add_guest_routes,        add_inside_routes,
        add_node_routes,      add_node_create_routes,  add_cluster_routes,      add_cluster_edit_routes,
        add_endpoint_routes,  add_storage_routes,      add_backup_routes,       add_server_routes,
        add_dashboard_routes, add_metric_routes,       add_series_routes,       add_setting_routes,
        add_sample_routes,    add_forecast_routes,     add_uptime_routes,       add_timeline_routes,
        add_top_routes,       add_exporter_routes,     add_node_fact_routes,    add_risk_routes,
        add_service_routes,   add_run_routes,          add_service_time_routes, add_exchange_routes,
        add_proposal_routes,  add_status_page_routes,  add_health_check_routes, add_channel_routes,
        add_webhook_routes,   add_notification_routes, add_alert_routes,        add_alert_evidence_routes,
        add_incident_routes,  add_alert_rule_routes,   add_silence_routes,      add_window_routes,
        add_inbound_routes,   add_escalation_routes})
    add(router, desk);
}

void Service::Impl::each_second() {
  if (is_stopped) return;
  desk.setup.renew_if_expired();
  const auto fresh = static_cast<double>(desk.counters.requests - counted_before) * 60;
  counted_before = desk.counters.requests;
  const double cpu = cpu_seconds();
  desk.counters.cpu_ratio = desk.counters.cpu_ratio * 0.96 + (cpu - cpu_before) * 0.04;
  cpu_before = cpu;
  desk.counters.requests_per_minute = desk.counters.requests_per_minute * 0.96 + fresh * 0.04;
}

/// Twice a second while there are any (S32).
void Service::Impl::check_sockets() {
  if (is_stopped) return;
  if (sockets.tick()) look_at_sockets.by(std::chrono::steady_clock::now() + std::chrono::milliseconds{450});
}

std::string Service::Impl::request_id_of(const net::Request& request) {
  const auto given = request.header("x-request-id");
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  if (!given.empty() && given.size() <= 64 && std::ranges::all_of(given, fine)) return std::string(given);
  return request_prefix + '-' + std::to_string(++request_count);
}

void Service::Impl::add_cors(const net::Request& request, net::Response& response) const {
  const auto origin = request.header("origin");
  const auto& allowed = desk.house.settings.cors_origins;
  if (origin.empty() || std::ranges::find(allowed, origin) == allowed.end()) return;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Access-Control-Expose-Headers",
                                "ETag, Link, X-Next-Cursor, X-Total-Count, X-Request-Id, Retry-After");
  if (request.method != "OPTIONS") return;
  response.headers.emplace_back("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
  response.headers.emplace_back(
      "Access-Control-Allow-Headers",
      "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-CSRF-Token, X-API-Version");
  response.headers.emplace_back("Access-Control-Max-Age", "600");
}

net::Task<Answer> Service::Impl::route(Call& call, const Route& route, Allowance& allowance) {
  const auto authorization = call.request.header("authorization");
  const bool has_token = authorization.starts_with("Bearer ");
  TokenFault fault = TokenFault::malformed;
  if (has_token) {
    auto identity = co_await desk.sessions.identify(std::string(authorization.substr(7)));
    fault = identity.fault;
    call.caller = std::move(identity.caller);
  }
  const bool is_outside = call.request.path.starts_with("/health") ||
                          route.pattern == "/api/push/{token}" ||  // these have limits of their own
                          route.pattern == "/api/hooks/proxmox/{token}" ||
                          call.request.path.starts_with("/status/") ||  // a picture of 30 s for all who come
                          (route.access == Access::exporter && call.caller.signed_in);  // scrapes come for ever
  if (!is_outside)
    allowance = call.caller.signed_in ? desk.throttle.count_user_call(call.caller.user)
                                      : desk.throttle.count_anonymous_call(call.address);
  if (!allowance.allowed) co_return too_many(allowance);
  if (!may_use(route.access, call.caller)) {
    if (!call.caller.signed_in) co_return not_signed_in(has_token, fault);
    if (call.caller.key)
      co_return problem(403, "scope_missing", "the scopes of this API key, or its owner's role, do not open this");
    co_return problem(403, "forbidden", "your role may not do this");
  }
  if (route.for_people && call.caller.key)
    co_return problem(403, "forbidden", "an API key may not do this; it belongs to a person who signed in");
  if (!has_json_body(call.request, route)) co_return problem(415, "unsupported_media_type", "send application/json");
  auto query = Query::parse(call.request.query);
  if (!query) co_return problem(400, "bad_request", query.error().text);
  call.query = std::move(*query);
  try {
    co_return co_await run_once(desk, call, route);
  } catch (const std::exception& error) {
    log::error("route failed", {{"route", route.pattern}, {"error", error.what()}, {"request_id", call.request_id}});
  }
  co_return problem(500, "internal_error", "something went wrong here; the log has more under the request id");
}

net::Task<net::Response> Service::Impl::serve(net::Request request) {
  ++desk.counters.requests;
  if (request.path == "/health" && request.method == "GET") co_return healthy();
  const Way way = way_of(request, desk.house.settings.trusted_proxies, desk.house.settings.insecure_http);
  auto id = request_id_of(request);
  if (request.path == "/ws") co_return co_await sockets.admit(request, way.is_secure, std::move(id));
  Answer answer;
  Allowance allowance;
  Match match = router.find(request.method, request.path);
  const bool reads = request.method == "GET" || request.method == "HEAD";
  const Assets::File* file = match.route || !reads ? nullptr : assets.find(request.path);
  Call call;
  if (match.route && !asks_for_known_version(request)) {
    answer = problem(406, "version_not_supported", "only version v1 is spoken here");
  } else if (match.route) {
    call.request = std::move(request);
    call.ids = std::move(match.ids);
    call.address = way.address;
    call.request_id = id;
    call.is_secure = way.is_secure;
    call.may_use_cookies = way.may_use_cookies;
    answer = co_await route(call, *match.route, allowance);
    request = std::move(call.request);
  } else if (file) {
    answer = asset_answer(*file);
  } else if (request.method == "OPTIONS" && !request.header("access-control-request-method").empty()) {
    answer = no_content();
  } else if (!match.allow.empty()) {
    answer = problem(405, "method_not_allowed", "this address knows " + match.allow);
    answer.headers.emplace_back("Allow", match.allow);
  } else if (request.path == "/" && reads) {
    co_return healthy();
  } else if (const Assets::File* front = reads && wants_page(request) ? assets.front() : nullptr) {
    answer = asset_answer(*front);  // a mistyped address: the page says so, in the reader's language
    answer.status = 404;
  } else {
    answer = not_found();
  }
  net::Response response = finish(request, std::move(answer), id, way.is_secure);
  add_allowance(response, allowance);
  add_cors(request, response);
  if (request.method == "HEAD") {
    response.body.clear();
    response.shared_body.reset();
  }
  co_return response;
}

Service::Service(Dependencies dependencies) : impl_(std::make_shared<Impl>(std::move(dependencies))) {
  impl_->add_routes();
}
Service::~Service() { stop(); }

net::Task<Status> Service::start() {
  const auto impl = impl_;
  if (auto loaded = impl->assets.load(impl->desk.house.settings.web_directory); !loaded) co_return fail(loaded.error());
  if (auto read = co_await load_settings(impl->desk); !read) co_return fail(read.error());
  if (auto read = co_await load_hook_tokens(impl->desk); !read) co_return fail(read.error());
  auto asking_for_users = impl->desk.ask<std::int64_t>([](store::Store& store) { return store.user_count(); });
  const auto users = co_await std::move(asking_for_users);
  if (!users) co_return fail(users.error());
  if (*users == 0) impl->desk.setup.arm();
  const std::weak_ptr<Impl> weak = impl;
  impl->desk.house.loop.every("api", std::chrono::seconds{1}, [weak] {
    if (const auto alive = weak.lock()) alive->each_second();
  });
  impl->look_at_sockets = impl->desk.house.loop.every("sockets", std::chrono::seconds{1}, [weak] {
    if (const auto alive = weak.lock()) alive->check_sockets();
  });
  co_return Status{};
}

net::Handler Service::handler() {
  return [impl = impl_.get()](net::Request request) { return impl->serve(std::move(request)); };
}

void Service::stop() {
  if (impl_->is_stopped) return;
  impl_->is_stopped = true;
  impl_->sockets.stop();
}

const std::vector<Route>& Service::routes() const { return impl_->router.routes(); }

}  // namespace monitorix::api

#include <cmath>

#include "api/desk.h"
#include "api/list.h"
#include "api/prometheus/process.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

Answer health(Desk&, Call&) {
  static const auto kHealthy = encode_once(R"({"status":"healthy"})");
  Answer answer;
  answer.encoded = kHealthy;
  return answer;
}

std::optional<WallTime> last_poll(const state::Snapshot& world) {
  std::optional<WallTime> newest;
  for (const auto& [id, cluster] : world.clusters)
    if (cluster->last_poll_at && (!newest || *cluster->last_poll_at > *newest)) newest = cluster->last_poll_at;
  return newest;
}

net::Task<Answer> ready(Desk& desk, Call&) {
  auto asking_for_reachable = desk.tell([](store::Store& store) { return store.ping(); });
  const auto reachable = co_await std::move(asking_for_reachable);
  const bool stores = reachable.has_value() && desk.house.commands.storage_health().storing;
  const auto world = desk.house.snapshot();
  const auto polled = last_poll(*world);
  JsonWriter out;
  out.begin_object().member("database", stores ? "ok" : "not_storing");
  out.member("scheduler", polled || world->clusters.empty() ? "ok" : "starting");
  out.member("last_poll_age_seconds",
             polled ? std::optional(static_cast<double>(to_ms(desk.house.clock.wall()) - to_ms(*polled)) / 1000)
                    : std::nullopt);
  out.end_object();
  Answer answer = json(out, stores ? 200 : 503);
  answer.headers.emplace_back("Cache-Control", "no-store");
  co_return answer;
}

Answer version(Desk& desk, Call&) {
  const auto& settings = desk.house.settings;
  JsonWriter out;
  out.begin_object().member("version", settings.version).member("commit", settings.commit);
  out.key("api_versions").raw(R"(["v1"])").member("setup_required", desk.setup.is_armed());
  out.member("insecure_http", settings.insecure_http).end_object();
  return json(out);
}

Answer openapi(Desk& desk, Call&) {
  static std::shared_ptr<const Encoded> encoded;
  if (!encoded || *encoded->plain != desk.house.settings.openapi_json)
    encoded = encode_once(desk.house.settings.openapi_json);
  Answer answer;
  answer.encoded = encoded;
  return answer;
}

void write_database(JsonWriter& out, const StorageHealth& health) {
  out.key("database")
      .begin_object()
      .member("engine", health.engine)
      .member("storing", health.storing)
      .key("not_stored_since");
  if (health.not_stored_since)
    out.value(rfc3339(*health.not_stored_since));
  else
    out.null();
  out.member("waiting_writes", health.waiting).key("size_bytes").null().end_object();
}

Answer current(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto now = desk.house.clock.wall();
  const auto uptime = std::max<std::int64_t>(0, to_ms(now) - to_ms(desk.counters.started_at)) / 1000;
  double requests = 0;
  double bytes = 0;
  for (const auto& [id, cluster] : desk.house.snapshot()->clusters) {
    requests += cluster->health.load.requests_per_minute;
    bytes += cluster->health.load.bytes_per_minute;
  }
  const auto cpu =
      uptime > 0 ? std::optional(std::round(cpu_seconds() / static_cast<double>(uptime) * 1e4) / 1e4) : std::nullopt;
  JsonWriter out;
  out.begin_object().member("collected_at", rfc3339(now)).member("started_at", rfc3339(desk.counters.started_at));
  out.member("uptime_seconds", uptime).member("rss_bytes", resident_bytes()).member("cpu_ratio", cpu);
  out.member("http_requests_total", desk.counters.requests);
  out.member("http_requests_per_minute", desk.counters.requests_per_minute);
  out.member("proxmox_requests_per_minute", requests).member("proxmox_bytes_per_minute", bytes);
  out.member("websocket_clients", static_cast<std::uint64_t>(desk.counters.sockets));
  out.member("websocket_subscriptions", static_cast<std::uint64_t>(desk.house.hub.subscriptions()));
  write_database(out, desk.house.commands.storage_health());
  out.end_object();
  return json(out);
}

}  // namespace

void add_system_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/health", Access::open, with(desk, health));
  must_add(router, "GET", "/health/ready", Access::open, with(desk, ready));
  must_add(router, "GET", "/api/version", Access::open, with(desk, version));
  must_add(router, "GET", "/api/openapi.json", Access::open, with(desk, openapi));
  must_add(router, "GET", "/api/system-metrics/current", Access::viewer, with(desk, current));
}

}  // namespace monitorix::api

#include <cmath>

#include "api/desk.h"
#include "api/list.h"
#include "api/prometheus/process.h"
#include "base/time_text.h"
#include "history/objects.h"
#include "live/channel.h"

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

struct Sizes {
  std::optional<std::int64_t> state{}, history{};
};

/// Nothing of a database that is away.
Result<Sizes> sizes_of(store::Store& store, const std::function<Result<std::int64_t>()>& history_size) {
  const auto known = [](const Result<std::int64_t>& size) { return size ? std::optional(*size) : std::nullopt; };
  return Sizes{known(store.size_bytes()), known(history_size())};
}

std::optional<std::string> when(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

void write_database(JsonWriter& out, const StorageHealth& health, const Sizes& sizes) {
  out.key("database").begin_object().member("engine", health.engine).member("storing", health.storing);
  out.member("not_stored_since", when(health.not_stored_since)).member("waiting_writes", health.waiting);
  out.member("size_bytes", sizes.state).end_object();
}

/// The object of a series as people call it; the key itself when the object is gone.
std::string name_of_series(const state::Snapshot& world, const std::string& key) {
  for (const auto& [id, view] : world.clusters) {
    const std::string cluster = history::object_key(id);
    if (key == cluster) return view->config.name;
    if (!key.starts_with(cluster + "/")) continue;
    for (const auto& node : view->nodes)
      if (key == history::object_key(*node) || key == history::guests_key(*node)) return node->name;
    for (const auto& guest : view->guests)
      if (key == history::object_key(*guest)) return guest->name;
    for (const auto& storage : view->storages)
      if (key.starts_with(cluster + "/storage/") && key.ends_with("/" + storage->name)) return storage->name;
  }
  return key;
}

/// What is damaged is told to those who see everything; others get its number.
void write_history(JsonWriter& out, const Desk& desk, const Call& call, const Sizes& sizes) {
  const history::RecorderStanding standing = desk.house.recorder.standing();
  std::optional<WallTime> oldest;
  if (standing.oldest_unsealed) oldest = from_seconds(*standing.oldest_unsealed * history::kHourSeconds);
  out.key("history").begin_object().member("size_bytes", sizes.history);
  out.member("series", static_cast<std::uint64_t>(standing.series)).member("rows_total", standing.rows);
  out.member("late_rows_total", standing.late).member("lost_rows_total", standing.lost_rows);
  out.member("lost_log_bytes_total", standing.lost_log_bytes);
  out.member("memory_bytes", static_cast<std::uint64_t>(standing.memory_bytes));
  out.member("waiting_log_bytes", static_cast<std::uint64_t>(standing.backlog_bytes));
  out.member("open_hours", static_cast<std::uint64_t>(standing.open_hours)).member("oldest_unsealed_at", when(oldest));
  out.member("recovering", standing.is_recovering);
  out.member("chunk_errors_total", desk.house.reader.damage().count()).key("chunk_errors").begin_array();
  if (call.caller.scope == live::Scope{}) {
    const auto world = desk.house.snapshot();
    for (const history::Damage& one : desk.house.reader.damage().newest()) {
      out.begin_object().member("series", one.object).member("name", name_of_series(*world, one.object));
      out.member("start", rfc3339(from_seconds(one.start))).member("error", one.error).end_object();
    }
  }
  out.end_array().end_object();
}

void write_clusters(JsonWriter& out, const Call& call, const state::Snapshot& world) {
  double requests = 0;
  double bytes = 0;
  out.key("clusters").begin_array();
  for (const auto& [id, cluster] : world.clusters) {
    if (!live::may_see(call.caller.scope, id)) continue;
    const ClusterLoad& load = cluster->health.load;
    requests += load.requests_per_minute;
    bytes += load.bytes_per_minute;
    out.begin_object().member("id", id.text()).member("name", cluster->config.name);
    out.member("requests_per_minute", load.requests_per_minute).member("bytes_per_minute", load.bytes_per_minute);
    out.end_object();
  }
  out.end_array().member("proxmox_requests_per_minute", requests).member("proxmox_bytes_per_minute", bytes);
}

net::Task<Answer> current(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  std::function<Result<Sizes>()> question = [store = &desk.house.store, history_size = desk.house.history_size] {
    return sizes_of(*store, history_size);
  };
  const auto sizes = co_await net::offload<Sizes>(desk.house.readers, std::move(question));
  if (!sizes) co_return from_error(sizes.error());
  const auto now = desk.house.clock.wall();
  const auto uptime = std::max<std::int64_t>(0, to_ms(now) - to_ms(desk.counters.started_at)) / 1000;
  const auto cpu = uptime > 0 ? std::optional(std::round(desk.counters.cpu_ratio * 1e4) / 1e4) : std::nullopt;
  JsonWriter out;
  out.begin_object().member("collected_at", rfc3339(now)).member("started_at", rfc3339(desk.counters.started_at));
  out.member("version", desk.house.settings.version).member("uptime_seconds", uptime);
  out.member("rss_bytes", resident_bytes()).member("cpu_ratio", cpu);
  out.member("cpu_seconds_total", std::round(cpu_seconds() * 100) / 100).member("written_bytes_total", written_bytes());
  out.member("http_requests_total", desk.counters.requests);
  out.member("http_requests_per_minute", desk.counters.requests_per_minute);
  out.member("waiting_reads", static_cast<std::uint64_t>(desk.house.readers.waiting()));
  out.member("websocket_clients", static_cast<std::uint64_t>(desk.counters.sockets));
  out.member("websocket_subscriptions", static_cast<std::uint64_t>(desk.house.hub.subscriptions()));
  write_clusters(out, call, *desk.house.snapshot());
  write_database(out, desk.house.commands.storage_health(), *sizes);
  write_history(out, desk, call, *sizes);
  const SelfStanding self = desk.house.self ? desk.house.self() : SelfStanding{};
  out.key("away").begin_array();
  for (const Absence& one : self.away)
    out.begin_object().member("from", rfc3339(one.from)).member("to", rfc3339(one.to)).end_object();
  out.end_array().end_object();
  co_return json(out);
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

#include <algorithm>

#include "api/list.h"
#include "api/prometheus/fleet.h"
#include "api/prometheus/process.h"

namespace monitorix::api {
namespace {

void write_checks(MetricText& out, const monitorix::RunCounters& checks) {
  const auto one = [&](std::string_view name, MetricType type, std::string_view help, double value) {
    out.family(name, type, help);
    out.sample({}, value);
  };
  const auto number = [](auto value) { return static_cast<double>(value); };
  one("monitorix_checks_running", MetricType::gauge, "Checks on their way.", number(checks.running));
  one("monitorix_checks_waiting", MetricType::gauge, "Checks that are due and wait.", number(checks.waiting));
  one("monitorix_checks_started_total", MetricType::counter, "Checks started.", number(checks.started));
  one("monitorix_checks_overrun_total", MetricType::counter, "Checks due while the run before was on its way.",
      number(checks.overrun));
  one("monitorix_checks_cut_total", MetricType::counter, "Checks ended after their time limit.", number(checks.cut));
  one("monitorix_checks_pauses_total", MetricType::counter, "Times this program itself stood still.",
      number(checks.paused));
  one("monitorix_check_starts_most_per_100ms", MetricType::gauge,
      "Most checks started within a tenth of a second, of this minute and the last.", number(checks.most_at_once));
  std::array<std::pair<double, std::uint64_t>, monitorix::StartDelays::kBounds.size()> upto{};
  std::uint64_t below = 0;
  for (std::size_t at = 0; at < upto.size(); ++at)
    upto[at] = {std::chrono::duration<double>(monitorix::StartDelays::kBounds[at]).count(),
                below += checks.delays.counts[at]};
  out.family("monitorix_check_start_delay_seconds", MetricType::histogram, "From when a check was due to its start.");
  out.buckets(upto, below + checks.delays.counts.back(), std::chrono::duration<double>(checks.delays.sum).count());
  one("monitorix_check_start_delay_longest_seconds", MetricType::gauge, "The longest such delay since the start.",
      std::chrono::duration<double>(checks.delays.longest).count());
}

void write_ourselves(MetricText& out, const Desk& desk) {
  const auto gauge = [&](std::string_view name, std::string_view help, double value) {
    out.family(name, MetricType::gauge, help);
    out.sample({}, value);
  };
  const auto counter = [&](std::string_view name, std::string_view help, double value) {
    out.family(name, MetricType::counter, help);
    out.sample({}, value);
  };
  const auto& settings = desk.house.settings;
  out.family("monitorix_build_info", MetricType::gauge, "What runs.");
  out.sample({{"version", settings.version}, {"commit", settings.commit}}, 1.0);
  gauge("monitorix_process_resident_memory_bytes", "Resident memory.", static_cast<double>(resident_bytes()));
  counter("monitorix_process_cpu_seconds_total", "User and system time.", cpu_seconds());
  counter("monitorix_process_written_bytes_total", "Written to disks.", static_cast<double>(written_bytes()));
  counter("monitorix_http_requests_total", "Requests answered.", static_cast<double>(desk.counters.requests));
  gauge("monitorix_websocket_clients", "Open pages.", static_cast<double>(desk.counters.sockets));
  const SelfStanding self = desk.house.self ? desk.house.self() : SelfStanding{};
  gauge("monitorix_loop_lag_seconds", "How late the event loop was, the worst of the last minute or two.",
        std::chrono::duration<double>(self.loop_lag).count());
  if (self.is_isolated)
    gauge("monitorix_isolated", "Whether this server is cut off from the network.", *self.is_isolated ? 1.0 : 0.0);
  if (self.is_dead_man_on)
    gauge("monitorix_dead_man_called_timestamp_seconds", "When the dead man's address last answered; 0 = not yet.",
          self.dead_man_called_at ? static_cast<double>(to_ms(*self.dead_man_called_at)) / 1000 : 0.0);
  const StorageHealth storage = desk.house.commands.storage_health();
  gauge("monitorix_database_storing", "Whether the database takes what we write.", storage.storing ? 1.0 : 0.0);
  gauge("monitorix_database_waiting_writes", "Objects that wait to be written.", static_cast<double>(storage.waiting));
  const history::RecorderStanding standing = desk.house.recorder.standing();
  counter("monitorix_history_rows_total", "Samples recorded since the start.", static_cast<double>(standing.rows));
  counter("monitorix_history_lost_rows_total", "Samples lost since the start.",
          static_cast<double>(standing.lost_rows));
  counter("monitorix_history_lost_log_bytes_total", "Bytes of the log lost since the start.",
          static_cast<double>(standing.lost_log_bytes));
  counter("monitorix_chunk_errors_total", "Chunks of history that could not be read since the start.",
          static_cast<double>(desk.house.reader.damage().count()));
  write_checks(out, desk.house.checks.counters());
  gauge("monitorix_history_series", "Series there are.", static_cast<double>(standing.series));
  gauge("monitorix_history_memory_bytes", "Memory of open hours.", static_cast<double>(standing.memory_bytes));
}

/// What waits to be told.
void write_queues(MetricText& out, const std::vector<store::ChannelQueue>& queues, WallTime now) {
  out.family("monitorix_outbox_waiting", MetricType::gauge, "Messages that wait for a channel.");
  for (const store::ChannelQueue& queue : queues)
    out.sample({{"channel", queue.name}}, static_cast<double>(queue.waiting));
  out.family("monitorix_outbox_oldest_seconds", MetricType::gauge, "How long the oldest of them has waited.");
  for (const store::ChannelQueue& queue : queues)
    out.sample({{"channel", queue.name}},
               queue.oldest ? std::max(0.0, std::chrono::duration<double>(now - *queue.oldest).count()) : 0.0);
}

Answer text_answer(MetricText& text) {
  Answer answer;
  answer.content_type = text.content_type();
  answer.body = text.take();
  return answer;
}

/// A fleet is many lines: they are written on the pool, while the loop goes on.
net::Task<Answer> write_on_pool(Desk& desk, MetricText text, std::function<void(MetricText&)> write) {
  std::function<Result<MetricText>()> work = [text = std::move(text), write = std::move(write)]() mutable {
    write(text);
    return Result<MetricText>(std::move(text));
  };
  auto done = co_await net::offload<MetricText>(desk.house.readers, std::move(work));
  if (!done) co_return from_error(done.error());
  co_return text_answer(*done);
}

net::Task<Answer> metrics(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  MetricText text(form_for(call.request.header("accept")));
  write_ourselves(text, desk);
  // Channels belong to no cluster: who sees a part of the fleet sees nothing of them. Without the database they are
  // left out.
  if (call.caller.scope == live::Scope{}) {
    using Queues = std::vector<store::ChannelQueue>;
    auto asking = desk.ask<Queues>([](store::Store& store) { return store.outbox().queues(); });
    if (const auto queues = co_await std::move(asking)) write_queues(text, *queues, desk.house.clock.wall());
  }
  std::function<void(MetricText&)> write = [world = exported(desk, call)](MetricText& out) { write_fleet(out, world); };
  co_return co_await write_on_pool(desk, std::move(text), std::move(write));
}

bool is_target(const state::ClusterView& view, std::string_view target) {
  if (view.config.name == target || view.config.id.text() == target) return true;
  return std::ranges::any_of(view.config.endpoints, [&](const Endpoint& one) {
    return one.address == target || one.address + ":" + std::to_string(one.port) == target;
  });
}

net::Task<Answer> pve(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"target", "module", "cluster", "node"}); !known)
    co_return bad_query(known.error());
  const auto cluster = call.query.flag("cluster", true), node = call.query.flag("node", true);
  if (!cluster) co_return bad_query(cluster.error());
  if (!node) co_return bad_query(node.error());
  Exported world = exported(desk, call);
  const std::string target = call.query.text("target");
  std::vector<std::shared_ptr<const state::ClusterView>> found;
  for (const auto& [id, view] : world.world->clusters)
    if (world.sees(*view) && (target.empty() || is_target(*view, target))) found.push_back(view);
  if (found.empty()) co_return problem(404, "not_found", "no connection has this name, id or address");
  if (found.size() > 1) co_return problem(400, "bad_request", "say with target=NAME which of the connections is meant");
  const PveParts parts{*cluster, *node};
  std::function<void(MetricText&)> write = [world = std::move(world), view = found.front(), parts](MetricText& out) {
    write_pve(out, world, *view, parts);
  };
  // Always the plain form: in OpenMetrics the old gauges and the counters that replaced them would share a name.
  co_return co_await write_on_pool(desk, MetricText(MetricForm::text), std::move(write));
}

}  // namespace

Exported exported(const Desk& desk, const Call& call) {
  Exported out{desk.house.snapshot(), {}, call.caller.scope, desk.house.clock.wall()};
  for (const auto& [id, view] : out.world->clusters) {
    auto& its = out.counters[id];
    its.reserve(view->guests.size());
    for (std::size_t i = 0; i < view->guests.size(); ++i) {
      const state::Counters* counters = desk.house.counters(id, i);
      its.push_back(counters ? *counters : state::Counters{});
    }
  }
  return out;
}

void add_exporter_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/metrics", Access::exporter, with(desk, metrics));
  must_add(router, "GET", "/pve", Access::exporter, with(desk, pve));
}

}  // namespace monitorix::api

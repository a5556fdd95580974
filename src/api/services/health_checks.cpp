// What checks found: every result of the last days from history, and what was kept of failures from the store.

#include <algorithm>
#include <map>

#include "api/history/question.h"
#include "api/list.h"
#include "api/services/results.h"
#include "api/services/services.h"
#include "history/objects.h"
#include "model/service/service_names.h"
#include "verdict/timeline/uptime.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;
using history::CheckColumn;

constexpr std::int64_t kMostHours = 720;

Result<ResultsWish> read_wish(const Desk& desk, const Call& call) {
  const auto known =
      call.query.allow({"service_id", "status", "hours", "from", "to", "limit", "cursor", "count", "envelope"});
  if (!known) return fail(known.error());
  const auto limit = call.query.number("limit", 100, 1, 1000);
  if (!limit) return fail(limit.error());
  const auto window = read_window(desk, call.query, 24, kMostHours);
  if (!window) return fail(window.error());
  ResultsWish wish;
  wish.limit = static_cast<std::size_t>(*limit);
  wish.statuses = call.query.all("status");
  wish.from = from_seconds(window->first);
  wish.to = from_seconds(window->second) + 1s;
  const WallTime now = desk.house.clock.wall();
  wish.results_from = now - desk.house.checks.results_kept;
  if (const auto* cursor = call.query.find("cursor")) {
    const auto before = parse_id(*cursor);
    if (!before) return fail(Errc::invalid, "cursor is not one of ours");
    wish.to = std::min(wish.to, from_ms(*before));
  }
  const auto ids = call.query.all("service_id");
  const auto world = desk.house.snapshot();
  for (const auto& view : *world->services) {
    if (!wanted(ids, view->id.text()) || !live::may_see(call.caller.scope, *view->service, *world)) continue;
    add_service(desk, wish, view->id);
  }
  return wish;
}

net::Task<Answer> list_checks(Desk& desk, Call& call) {
  auto wish = read_wish(desk, call);
  if (!wish) co_return bad_query(wish.error());
  const auto envelope = call.query.flag("envelope", false);
  if (!envelope) co_return bad_query(envelope.error());
  const std::size_t limit = wish->limit;
  auto asking =
      desk.ask<std::vector<FoundResult>>([wish = std::move(*wish), reader = &desk.house.reader](store::Store& store) {
        return newest_results(store, *reader, wish);
      });
  auto found = co_await std::move(asking);
  if (!found) co_return from_error(found.error());
  const bool has_more = found->size() > limit;
  if (has_more) found->resize(limit);
  const auto next = has_more ? std::optional(std::to_string(to_ms(found->back().result.scheduled_at))) : std::nullopt;
  JsonWriter out;
  if (*envelope) out.begin_object().key("items");
  out.begin_array();
  for (const FoundResult& one : *found) write_check(out, one.id, one.result, one.has_evidence);
  out.end_array();
  if (*envelope) out.member("next_cursor", next).key("total").null().end_object();
  Answer answer = json(out);
  if (next) answer.headers.emplace_back("X-Next-Cursor", *next);
  co_return answer;
}

Answer show_latest(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) return not_found();
  if (!view->latest) return json(std::string("null"));
  JsonWriter out;
  write_check(out, check_id(*view->latest), *view->latest, false);
  return json(out);
}

struct Stats {
  std::map<Verdict, std::int64_t> counts{};
  double sum_ms{0};
  std::vector<double> times{};
};

net::Task<Answer> show_stats(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"hours"}); !known) co_return bad_query(known.error());
  const auto hours = call.query.number("hours", 24, 1, kMostHours);
  if (!hours) co_return bad_query(hours.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  const WallTime now = desk.house.clock.wall();
  const auto from = now - std::chrono::hours{*hours};
  const auto info = desk.house.recorder.find(history::object_key(view->id));
  std::function<Result<Stats>()> work = [reader = &desk.house.reader, info, from, now]() -> Result<Stats> {
    Stats stats;
    if (!info || info->set != history::kCheckSet) return stats;
    const std::vector<std::size_t> columns{CheckColumn::status, CheckColumn::latency};
    auto read = reader->rows_of({&*info, 1}, columns, history::Resolution::raw, to_seconds(from), to_seconds(now) + 1,
                                [&](std::size_t, history::Chunk chunk) {
                                  for (std::size_t row = 0; row < chunk.rows.size(); ++row) {
                                    const auto verdict = verdict_of(chunk.rows, row);
                                    if (verdict) ++stats.counts[*verdict];
                                    if (const auto took = time_in(chunk.rows, CheckColumn::latency, row))
                                      stats.times.push_back(static_cast<double>(*took) / 1000);
                                  }
                                });
    if (!read) return fail(read.error());
    std::ranges::sort(stats.times);
    for (const double one : stats.times) stats.sum_ms += one;
    return stats;
  };
  const auto stats = co_await net::offload<Stats>(desk.house.readers, std::move(work));
  if (!stats) co_return from_error(stats.error());
  const auto timeline = desk.house.checks.watch.timeline(view->id, {from, now}, now);
  const auto share = verdict::uptime(verdict::totals_of(timeline), {});
  const auto count = [&](Verdict verdict) {
    const auto found = stats->counts.find(verdict);
    return found == stats->counts.end() ? std::int64_t{0} : found->second;
  };
  const auto size = stats->times.size();
  const auto mean = size == 0 ? std::nullopt : std::optional(stats->sum_ms / static_cast<double>(size));
  const auto p95 = size == 0 ? std::nullopt : std::optional(stats->times[(size * 95 + 99) / 100 - 1]);
  JsonWriter out;
  out.begin_object();
  out.member("total_checks",
             count(Verdict::up) + count(Verdict::degraded) + count(Verdict::down) + count(Verdict::unknown));
  out.member("up", count(Verdict::up)).member("down", count(Verdict::down));
  out.member("warning", count(Verdict::degraded)).member("unknown", count(Verdict::unknown));
  out.member("uptime_percent",
             share ? std::optional(static_cast<double>(verdict::truncated_percent(*share, 4)) / 1e4) : std::nullopt);
  out.member("avg_response_time", mean).member("p95_response_time", p95).member("period_hours", *hours);
  co_return json(out.end_object());
}

net::Task<Answer> show_evidence(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  auto asking = desk.ask<KeptCheck>(
      [id = parse_id(call.ids[0]).value_or(0)](store::Store& store) { return store.services().check(id); });
  const auto kept = co_await std::move(asking);
  if (!kept) co_return from_error(kept.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), kept->result.service.text());
  if (!view || !kept->result.evidence) co_return not_found();
  JsonWriter out;
  write_evidence(out, kept->result.evidence);
  co_return json(out);
}

}  // namespace

void add_health_check_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/health-checks", Access::viewer, with(desk, list_checks));
  must_add(router, "GET", "/api/health-checks/latest/{id}", Access::viewer, with(desk, show_latest));
  must_add(router, "GET", "/api/health-checks/stats/{id}", Access::viewer, with(desk, show_stats));
  must_add(router, "GET", "/api/health-checks/{id}/evidence", Access::editor, with(desk, show_evidence));
}

}  // namespace monitorix::api

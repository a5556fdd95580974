// Uptime, service levels, time lines and response times of a service: time, never counts of results.

#include <cmath>

#include "api/history/happened.h"
#include "api/history/question.h"
#include "api/list.h"
#include "api/services/services.h"
#include "base/time_text.h"
#include "base/zone/zone_files.h"
#include "model/service/service_names.h"
#include "verdict/timeline/bar.h"

namespace monitorix::api {
namespace {

using verdict::Shown;
using namespace std::chrono_literals;

constexpr std::int64_t kMostHours = 8'784;
constexpr auto kStates = std::to_array<std::pair<Shown, std::string_view>>({{Shown::up, "up_ms"},
                                                                            {Shown::degraded, "degraded_ms"},
                                                                            {Shown::down, "down_ms"},
                                                                            {Shown::unreachable, "unreachable_ms"},
                                                                            {Shown::unknown, "unknown_ms"},
                                                                            {Shown::paused, "paused_ms"}});

std::string_view word_of(Shown shown) {
  return shown == Shown::degraded ? std::string_view("warning") : verdict::name_of(shown);
}

struct Asked {
  std::shared_ptr<const state::ServiceView> view{};
  verdict::Span window{};
  WallTime now{};
};

Result<Asked> read_asked(const Desk& desk, const Call& call) {
  Asked asked;
  asked.view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!asked.view) return fail(Errc::not_found, "there is no such service");
  const auto window = read_window(desk, call.query, 24, kMostHours);
  if (!window) return fail(window.error());
  asked.now = desk.house.clock.wall();
  asked.window = {from_seconds(window->first), std::min(from_seconds(window->second) + 1s - 1ms, asked.now)};
  if (!call.query.find("to"))
    asked.window = {asked.now - (from_seconds(window->second) - from_seconds(window->first)), asked.now};
  return asked;
}

Answer wrong(const Error& error) { return error.code == Errc::not_found ? not_found() : bad_query(error); }

Result<verdict::SlaPolicy> read_policy(const Query& query) {
  verdict::SlaPolicy policy;
  const auto choice = [&](std::string_view name, std::string_view otherwise, std::string_view other) -> Result<bool> {
    const std::string text = query.find(name) ? query.text(name) : std::string(otherwise);
    if (text != otherwise && text != other)
      return fail(Errc::invalid,
                  std::string(name) + " must be " + std::string(otherwise) + " or " + std::string(other));
    return text == otherwise;
  };
  const auto unreachable = choice("unreachable", "count", "exclude");
  if (!unreachable) return fail(unreachable.error());
  const auto maintenance = choice("maintenance", "exclude", "count");
  if (!maintenance) return fail(maintenance.error());
  const auto degraded = choice("degraded", "up", "down");
  if (!degraded) return fail(degraded.error());
  policy.unreachable = *unreachable ? verdict::Counting::count : verdict::Counting::exclude;
  policy.maintenance = *maintenance ? verdict::Counting::exclude : verdict::Counting::count;
  policy.degraded_is_up = *degraded;
  return policy;
}

std::optional<double> percent(const std::optional<verdict::Share>& share) {
  if (!share) return std::nullopt;
  return static_cast<double>(verdict::truncated_percent(*share, 4)) / 1e4;
}
std::optional<double> ratio(const std::optional<verdict::Share>& share) {
  return share ? std::optional(verdict::truncated_ratio(*share)) : std::nullopt;
}

double minutes(std::int64_t ms) { return std::round(static_cast<double>(ms) / 600) / 100; }

std::int64_t in_maintenance(const verdict::Totals& totals) {
  std::int64_t sum = 0;
  for (const auto ms : totals.inside) sum += ms;
  return sum;
}

void write_totals(JsonWriter& out, const verdict::Totals& totals) {
  for (const auto& [state, name] : kStates) out.member(name, totals.outside[static_cast<std::size_t>(state)]);
  out.member("maintenance_ms", in_maintenance(totals));
}

void maybe_ms(JsonWriter& out, std::string_view name, const std::optional<std::chrono::milliseconds>& span) {
  out.member(name, span ? std::optional(std::int64_t{span->count()}) : std::nullopt);
}

/// How many results there were, by the time between them: counts are for old clients, the shares are of time.
std::pair<std::int64_t, std::int64_t> counts(const WatchedService& service, const verdict::Totals& totals) {
  const auto step = std::max<std::int64_t>(1, service.interval.count());
  const auto up = totals.of(Shown::up) + totals.of(Shown::degraded);
  const auto known = up + totals.of(Shown::down) + totals.of(Shown::unreachable);
  return {known / step, up / step};
}

net::Task<Answer> show_uptime(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"hours", "from", "to", "unreachable", "maintenance", "degraded"}); !known)
    co_return bad_query(known.error());
  const auto policy = read_policy(call.query);
  if (!policy) co_return bad_query(policy.error());
  const auto asked = read_asked(desk, call);
  if (!asked) co_return wrong(asked.error());
  const ServiceId id = asked->view->id;
  const auto timeline = desk.house.checks.watch.timeline(id, asked->window, asked->now);
  const auto totals = verdict::totals_of(timeline);
  const auto repair = verdict::repairs_of(timeline);
  auto asking = desk.ask<std::vector<KeptBlip>>([id, window = asked->window](store::Store& store) {
    return store.services().blips(id, window.begin, window.end);
  });
  const auto blips = co_await std::move(asking);
  if (!blips) co_return from_error(blips.error());
  const auto [all, good] = counts(*asked->view->service, totals);
  const auto hours = std::chrono::ceil<std::chrono::hours>(asked->window.length()).count();
  JsonWriter out;
  out.begin_object().member("uptime_percent", percent(verdict::uptime(totals, *policy)));
  out.member("downtime_minutes", minutes(totals.of(Shown::down) + totals.of(Shown::unreachable)));
  out.member("total_checks", all).member("online_checks", good);
  out.member("period_hours", std::max<std::int64_t>(1, hours));
  out.member("unknown_minutes", minutes(totals.of(Shown::unknown)));
  out.member("coverage_ratio", ratio(verdict::coverage(totals)));
  write_totals(out, totals);
  out.member("outages", repair.outages).member("blips", static_cast<std::int64_t>(blips->size()));
  maybe_ms(out, "mean_to_repair_ms", repair.mean_to_repair);
  maybe_ms(out, "mean_between_failures_ms", repair.mean_between_failures);
  maybe_ms(out, "longest_outage_ms", repair.longest);
  co_return json(out.end_object());
}

void write_month(JsonWriter& out, const std::vector<verdict::Interval>& timeline, std::chrono::year_month month,
                 const verdict::SlaPolicy& policy, verdict::PerMillion target) {
  const auto totals = verdict::totals_of(timeline);
  const auto share = verdict::uptime(totals, policy);
  const auto known = verdict::coverage(totals);
  const auto repair = verdict::repairs_of(timeline);
  const auto budget = verdict::error_budget(totals, policy, target);
  const auto number = static_cast<unsigned>(month.month());
  out.begin_object().member(
      "month", std::to_string(static_cast<int>(month.year())) + (number < 10 ? "-0" : "-") + std::to_string(number));
  out.member("uptime_percent", percent(share)).member("coverage_ratio", ratio(known));
  out.member("down_ms", totals.of(Shown::down)).member("maintenance_ms", in_maintenance(totals));
  out.member("outages", repair.outages);
  maybe_ms(out, "mean_to_repair_ms", repair.mean_to_repair);
  out.member("budget_left_ms", share ? std::optional(std::int64_t{budget.count()}) : std::nullopt);
  out.member("is_met", share ? std::optional(budget.count() >= 0) : std::nullopt);
  out.member("is_insufficient", verdict::is_insufficient(known)).end_object();
}

Answer show_sla(Desk& desk, Call& call) {
  if (auto known =
          call.query.allow({"months", "time_zone", "target_percent", "unreachable", "maintenance", "degraded"});
      !known)
    return bad_query(known.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) return not_found();
  const auto policy = read_policy(call.query);
  if (!policy) return bad_query(policy.error());
  const auto months = call.query.number("months", 12, 1, 24);
  if (!months) return bad_query(months.error());
  ZoneFiles zones;
  const std::string zone_name = call.query.find("time_zone") ? call.query.text("time_zone") : "UTC";
  const auto zone = zones.find(zone_name);
  if (!zone) return invalid_field("time_zone", "invalid", "must be a name as Europe/Oslo");
  double target = 99.9;
  if (const auto* text = call.query.find("target_percent")) {
    const auto parsed = Json::parse(*text);
    const auto number = parsed ? parsed->as_number() : std::nullopt;
    if (!number || *number <= 0 || *number > 100)
      return invalid_field("target_percent", "out_of_range", "must be above 0 and at most 100");
    target = *number;
  }
  const WallTime now = desk.house.clock.wall();
  const auto day = std::chrono::floor<std::chrono::days>(zone->to_local(now));
  const std::chrono::year_month_day today{day};
  std::chrono::year_month month{today.year(), today.month()};
  JsonWriter out;
  out.begin_object().member("target_percent", target).member("time_zone", zone_name).key("months").begin_array();
  for (std::int64_t at = 0; at < *months; ++at, month -= std::chrono::months{1}) {
    const auto period = month_of(*zone, month);
    if (period.end <= view->service->created_at) break;
    const auto timeline = desk.house.checks.watch.timeline(view->id, {period.begin, period.end}, now);
    write_month(out, timeline, month, *policy, static_cast<verdict::PerMillion>(std::llround(target * 1e4)));
  }
  out.end_array().end_object();
  return json(out);
}

void write_cell(JsonWriter& out, const verdict::Cell& cell) {
  out.begin_object().member("begin", rfc3339(cell.span.begin)).key("worst");
  if (cell.worst)
    out.value(word_of(*cell.worst));
  else
    out.null();
  out.member("in_maintenance", cell.in_maintenance);
  write_totals(out, cell.totals);
  out.end_object();
}

net::Task<Answer> show_states(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"hours", "from", "to", "cells"}); !known) co_return bad_query(known.error());
  const auto cells = call.query.number("cells", 90, 1, 400);
  if (!cells) co_return bad_query(cells.error());
  auto asked = read_asked(desk, call);
  if (!asked) co_return wrong(asked.error());
  const ServiceId id = asked->view->id;
  const int count = static_cast<int>(*cells);
  const auto width =
      std::max<std::chrono::milliseconds>(1s, std::chrono::ceil<std::chrono::seconds>(asked->window.length() / count));
  const auto span = verdict::bar_span(asked->window.end, width, count);
  auto asking = desk.ask<std::vector<KeptBlip>>([id, window = asked->window](store::Store& store) {
    return store.services().blips(id, window.begin, window.end);
  });
  const auto blips = co_await std::move(asking);
  if (!blips) co_return from_error(blips.error());
  const auto& watch = desk.house.checks.watch;
  JsonWriter out;
  out.begin_object().member("from", rfc3339(asked->window.begin)).member("to", rfc3339(asked->window.end));
  out.member("cell_seconds", std::chrono::duration_cast<std::chrono::seconds>(width).count());
  out.key("intervals").begin_array();
  const auto timeline = watch.timeline(id, asked->window, asked->now);
  for (const verdict::Interval& one : timeline) {
    const bool goes_on = &one == &timeline.back() && one.end >= asked->now;
    out.begin_object().member("begin", rfc3339(one.begin)).key("end");
    if (goes_on)
      out.null();
    else
      out.value(rfc3339(one.end));
    out.member("status", word_of(one.state)).member("in_maintenance", one.in_maintenance).end_object();
  }
  out.end_array().key("blips").begin_array();
  for (const KeptBlip& blip : *blips) {
    out.begin_object().member("begin", rfc3339(blip.begin)).member("end", rfc3339(blip.end));
    out.member("reason", blip.reason).key("reason_parameter");
    if (blip.parameter.empty())
      out.null();
    else
      out.value(blip.parameter);
    out.end_object();
  }
  out.end_array().key("cells").begin_array();
  for (const verdict::Cell& cell : verdict::bar(watch.timeline(id, span, asked->now), span, count))
    write_cell(out, cell);
  co_return json(out.end_array().end_object());
}

/// What became what, newest first; from the time line, which is there for services that stand alone as well.
Answer list_timeline(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"since", "limit", "cursor"}); !known) return bad_query(known.error());
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) return not_found();
  const auto since = call.query.time("since");
  if (!since) return bad_query(since.error());
  const auto limit = call.query.number("limit", 100, 1, 1000);
  if (!limit) return bad_query(limit.error());
  const auto before = call.query.find("cursor") ? parse_id(call.query.text("cursor")) : std::optional<std::int64_t>{};
  if (call.query.find("cursor") && !before) return problem(400, "bad_request", "cursor: not one of ours");
  const WallTime now = desk.house.clock.wall();
  const verdict::Span window{since->value_or(now - watch::Watch::kTimeline), now};
  const auto timeline = desk.house.checks.watch.timeline(view->id, window, now);
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::int64_t shown = 0;
  std::optional<std::int64_t> next;
  for (std::size_t at = timeline.size(); at-- > 1;) {
    const auto& to = timeline[at];
    const auto& from = timeline[at - 1];
    if (to.state == from.state || (before && to_ms(to.begin) >= *before)) continue;
    if (shown == *limit) {
      next = to_ms(timeline[at].begin) + 1;
      break;
    }
    ++shown;
    Event event{.kind = EventKind::state, .at = to.begin, .until = to.begin, .name = view->service->name};
    event.id = to_ms(to.begin);
    event.severity = to.state == Shown::down || to.state == Shown::unreachable ? EventSeverity::error
                     : to.state == Shown::degraded                             ? EventSeverity::warning
                                                                               : EventSeverity::info;
    event.object = "service:" + view->id.text();
    event.from = std::string(word_of(from.state));
    event.to = std::string(word_of(to.state));
    out.begin_object().member("id", std::to_string(event.id)).member("at", rfc3339(event.at)).key("until").null();
    write_event(out, event);
    out.end_object();
  }
  out.end_array().key("next_cursor");
  if (next)
    out.value(std::to_string(*next));
  else
    out.null();
  out.key("total").null().end_object();
  return json(out);
}

}  // namespace

void add_latency_route(Router& router, Desk& desk);

void add_service_time_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/services/{id}/uptime", Access::viewer, with(desk, show_uptime));
  must_add(router, "GET", "/api/services/{id}/sla", Access::viewer, with(desk, show_sla));
  must_add(router, "GET", "/api/services/{id}/states", Access::viewer, with(desk, show_states));
  must_add(router, "GET", "/api/services/{id}/timeline", Access::viewer, with(desk, list_timeline));
  add_latency_route(router, desk);
}

}  // namespace monitorix::api

// What an alert rests on: the numbers it saw, the tasks that ran, what happened to its object.

#include <algorithm>

#include "api/alerts/deeds.h"
#include "api/alerts/rule_json.h"
#include "api/history/question.h"
#include "api/list.h"
#include "api/routes/tasks.h"
#include "api/services/results.h"
#include "api/services/services.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::chrono::minutes kAround{30};
constexpr std::size_t kMostTasks = 100, kMostEvents = 200, kMostChecks = 100, kMostResults = 20'000;
constexpr int kMostSamples = 500;

struct Sample {
  std::int64_t at{};
  std::optional<double> value{};
};

/// The name of a number, or of a part and the whole it is a share of.
std::vector<std::string> columns_of(Metric metric, EntityKind kind) {
  switch (metric) {
    case Metric::cpu_ratio: return {"cpu_ratio"};
    case Metric::iowait_ratio: return {"iowait_ratio"};
    case Metric::memory_ratio: return {"memory_used_bytes", "memory_total_bytes"};
    case Metric::swap_ratio: return {"swap_used_bytes", "swap_total_bytes"};
    case Metric::disk_ratio:
      if (kind == EntityKind::storage) return {"used_bytes", "total_bytes"};
      if (kind == EntityKind::node) return {"rootfs_used_bytes", "rootfs_total_bytes"};
      return {"disk_used_bytes", "disk_total_bytes"};
    default: return {};
  }
}

std::string object_of(Entity entity) {
  const std::string id = std::to_string(entity.id);
  switch (entity.kind) {
    case EntityKind::cluster: return "cluster:" + id;
    case EntityKind::node: return "node:" + id;
    case EntityKind::guest: return "vm:" + id;
    case EntityKind::storage: return "storage:" + id;
    case EntityKind::service: return "service:" + id;
    case EntityKind::monitor: break;
  }
  return {};
}

Result<std::vector<Sample>> read_samples(history::Reader& reader, history::SeriesId series,
                                         const std::vector<std::size_t>& columns, const history::Plan& plan) {
  const auto reading = reader.read(series, columns, plan);
  if (!reading) return fail(reading.error());
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < reading->columns[0].size(); ++i) {
    const history::Point& part = reading->columns[0][i];
    Sample sample{.at = part.t};
    if (!part.is_gap()) sample.value = part.average;
    if (columns.size() == 2 && sample.value) {
      const history::Point& whole = reading->columns[1][i];
      sample.value = whole.is_gap() || whole.average <= 0 ? std::nullopt : std::optional(part.average / whole.average);
    }
    samples.push_back(sample);
  }
  return samples;
}

/// Of numbers that were recorded; nothing when there are none.
net::Task<Result<std::vector<Sample>>> samples_of(Desk& desk, const Call& call, const Rule& rule, Entity entity,
                                                  history::Wish wish) {
  std::vector<Sample> none;
  if (rule.kind != RuleKind::metric) co_return none;
  const auto object = find_series_object(call.caller, *desk.house.snapshot(), object_of(entity));
  const auto info = object ? series_of(desk, *object) : std::nullopt;
  if (!info) co_return none;
  std::vector<std::size_t> columns;
  for (const std::string& name : columns_of(rule.metric, entity.kind))
    if (const auto column = history::column_of_metric(object->set, name)) columns.push_back(*column);
  if (columns.size() != columns_of(rule.metric, entity.kind).size() || columns.empty()) co_return none;
  const auto plan = history::plan_of(wish, desk.house.retention(), to_seconds(desk.house.clock.wall()));
  if (!plan) co_return fail(plan.error());
  std::function<Result<std::vector<Sample>>()> work = [reader = &desk.house.reader, id = info->id, columns,
                                                       its = *plan] { return read_samples(*reader, id, columns, its); };
  co_return co_await net::offload<std::vector<Sample>>(desk.house.readers, std::move(work));
}

/// What the checks of a service said: how long each took, and those at which the answer became another one.
struct Checked {
  std::vector<Sample> samples{};
  std::vector<FoundResult> turns{};  ///< newest first, and the newest of all
};

bool is_same_answer(const monitorix::CheckResult& a, const monitorix::CheckResult& b) {
  return a.verdict == b.verdict && a.reason == b.reason && a.detail == b.detail;
}

Checked checked_of(std::vector<FoundResult> newest_first) {
  Checked out;
  const std::size_t stride = newest_first.size() / static_cast<std::size_t>(kMostSamples) + 1;
  for (std::size_t i = newest_first.size(); i-- > 0;) {
    const auto& result = newest_first[i].result;
    const bool has_answered = result.verdict == Verdict::up || result.verdict == Verdict::degraded;
    if (i % stride == 0)
      out.samples.push_back(
          {to_seconds(result.scheduled_at),
           has_answered ? std::optional(std::chrono::duration<double>(result.took).count()) : std::nullopt});
  }
  for (std::size_t i = 0; i < newest_first.size() && out.turns.size() < kMostChecks; ++i) {
    const bool is_turn =
        i + 1 == newest_first.size() || !is_same_answer(newest_first[i].result, newest_first[i + 1].result);
    if (i == 0 || is_turn) out.turns.push_back(std::move(newest_first[i]));
  }
  return out;
}

net::Task<Result<Checked>> checks_of(Desk& desk, Entity entity, WallTime from, WallTime to) {
  if (entity.kind != EntityKind::service) co_return Checked{};
  ResultsWish wish{.from = from, .to = to + std::chrono::seconds{1}, .limit = kMostResults};
  wish.results_from = desk.house.clock.wall() - desk.house.checks.results_kept;
  add_service(desk, wish, ServiceId{entity.id});
  auto asking =
      desk.ask<Checked>([wish = std::move(wish), reader = &desk.house.reader](store::Store& store) -> Result<Checked> {
        auto found = newest_results(store, *reader, wish);
        if (!found) return fail(std::move(found).error());
        return checked_of(std::move(*found));
      });
  co_return co_await std::move(asking);
}

void write_tasks(JsonWriter& out, const Call& call, const FoundAlert& found, WallTime from, WallTime to) {
  const auto& world = *found.backdrop.world;
  const Entity entity = found.alert.target.entity;
  const auto id = cluster_of_entity(world, entity);
  const state::ClusterView* cluster = id ? world.cluster(*id) : nullptr;
  if (!cluster) return;
  const auto guest = entity.kind == EntityKind::guest ? world.guest(GuestId{entity.id}) : nullptr;
  const auto node = entity.kind == EntityKind::node ? world.node(NodeId{entity.id}) : nullptr;
  std::size_t told = 0;
  for (const PveTask& task : *cluster->tasks) {
    const bool is_its = guest ? task.id == std::to_string(guest->vmid) : node && task.node == node->name;
    const bool is_then = task.started_at < to && (!task.ended_at || *task.ended_at >= from);
    if (!is_its || !is_then || !may_see_task(call.caller, *cluster, task)) continue;
    if (told++ == kMostTasks) return;
    write_task(out, *cluster, task);
  }
}

const Level* level_of(const Rule* rule, Severity severity) {
  if (!rule || rule->kind != RuleKind::metric) return nullptr;
  const auto found = std::ranges::find(rule->levels, severity, &Level::severity);
  return found == rule->levels.end() ? nullptr : &*found;
}

net::Task<Answer> evidence(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto found = co_await find_alert(desk, call, call.ids[0]);
  if (!found) co_return from_error(found.error());
  const WatchedAlert& alert = found->alert;
  const WallTime now = desk.house.clock.wall();
  const WallTime from = alert.opened_at - kAround;
  const WallTime to = alert.resolved_at ? std::min(now, *alert.resolved_at + kAround) : now;
  const auto kept = found->backdrop.rules.find(alert.rule);
  const Rule* rule = kept == found->backdrop.rules.end() ? nullptr : &kept->second.item;
  std::vector<Sample> samples;
  if (rule) {
    const history::Wish wish{.from = to_seconds(from), .to = to_seconds(to) + 1, .points = kMostSamples};
    auto read = co_await samples_of(desk, call, *rule, alert.target.entity, wish);
    if (!read) co_return from_error(read.error());
    samples = std::move(*read);
  }
  auto checked = co_await checks_of(desk, alert.target.entity, from, to);
  if (!checked) co_return from_error(checked.error());
  if (samples.empty()) samples = std::move(checked->samples);
  store::EventFilter filter{.from = from, .to = to};
  filter.objects = event_objects(*found->backdrop.world, object_of(alert.target.entity));
  auto asking = desk.ask<Happened>([filter, sees = sight_of(call.caller, found->backdrop.world)](store::Store& store) {
    return read_happened(store, filter, sees, kMostEvents);
  });
  const auto happened = co_await std::move(asking);
  if (!happened) co_return from_error(happened.error());
  const Level* level = level_of(rule, alert.severity);
  const auto word = [&](std::string_view text) {
    return rule && rule->kind == RuleKind::metric ? std::optional(std::string(text)) : std::nullopt;
  };
  JsonWriter out;
  out.begin_object().member("alert_id", alert.id.text()).key("rule");
  if (rule)
    write_rule(out, kept->second, {});
  else
    out.null();
  out.member("metric_type", word(rule ? name_of(rule->metric) : ""));
  out.member("operator", word(rule ? name_of(rule->comparison) : ""));
  out.member("threshold", level ? std::optional(level->threshold) : std::nullopt);
  out.member("clear_threshold", level ? level->clear : std::nullopt);
  out.member("from", rfc3339(from)).member("to", rfc3339(to)).key("samples").begin_array();
  for (const Sample& sample : samples)
    out.begin_object().member("at", rfc3339(from_seconds(sample.at))).member("value", sample.value).end_object();
  out.end_array().key("checks").begin_array();
  for (const FoundResult& one : checked->turns) write_check(out, one.id, one.result, one.has_evidence);
  out.end_array().key("tasks").begin_array();
  write_tasks(out, call, *found, from, to);
  out.end_array().key("timeline").begin_array();
  for (const Event& event : happened->events) write_entry(out, event);
  co_return json(out.end_array().end_object());
}

}  // namespace

void add_alert_evidence_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/alerts/{id}/evidence", Access::viewer, with(desk, evidence));
}

}  // namespace monitorix::api

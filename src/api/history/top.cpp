// The busiest guests: now, by the five minutes in memory, or on average over any window, by history.

#include <algorithm>
#include <cmath>

#include "api/access.h"
#include "api/history/points_json.h"
#include "api/list.h"
#include "base/time_text.h"
#include "history/objects.h"
#include "history/rate.h"

namespace monitorix::api {
namespace {

using history::GuestColumn;

struct TopMetric {
  std::string_view name, unit;
  std::string_view recent;             ///< the metric whose last ten minutes are shown with "now"
  std::vector<std::size_t> columns{};  ///< added up
  std::size_t whole{0};                ///< what they are a share of; 0 = nothing
};
const TopMetric* metric_of(const std::string& name) {
  static const TopMetric all[] = {
      {"cpu", "ratio", "cpu_ratio", {GuestColumn::cpu}},
      {"memory", "ratio", "memory_used_bytes", {GuestColumn::memory}, GuestColumn::memory_total},
      {"disk", "ratio", "disk_write_bytes_per_second", {GuestColumn::disk}, GuestColumn::disk_total},
      {"net", "bytes_per_second", "net_in_bytes_per_second", {GuestColumn::net_in, GuestColumn::net_out}},
      {"io", "bytes_per_second", "disk_read_bytes_per_second", {GuestColumn::disk_read, GuestColumn::disk_write}}};
  const auto* found = std::ranges::find(all, name, &TopMetric::name);
  return found == std::end(all) ? nullptr : found;
}

/// A year of ten thousand guests would be millions of chunks.
constexpr std::int64_t kMostHours = 31 * 24, kMostChunks = 250'000;
constexpr std::int64_t kRecentPoints = 60;

struct Entry {
  GuestId id{};
  double value{};
  std::vector<double> recent{};  ///< NaN = unknown
};

struct Candidate {
  GuestId id{};
  history::SeriesInfo series{};
};

/// One value a bucket of the plan: the columns added up, as a share of the whole.
std::vector<double> values_of(const TopMetric& metric, const history::Plan& plan, const history::Rows& rows) {
  std::vector<double> out(plan.count(), 0);
  for (const std::size_t column : metric.columns) {
    const auto points = history::points_of(plan, rows, column);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += points[i].average;
  }
  if (metric.whole == 0) return out;
  const auto whole = history::points_of(plan, rows, metric.whole);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] /= whole[i].average;
  return out;
}

/// The busiest of the candidates over the plan's window, and then how it went with those.
Result<std::vector<Entry>> busiest_of(history::Reader& reader, const TopMetric& metric,
                                      const std::vector<Candidate>& candidates, const history::Plan& plan,
                                      std::size_t limit) {
  std::vector<std::size_t> columns = metric.columns;
  if (metric.whole != 0) columns.push_back(metric.whole);
  const bool is_raw = plan.resolution == history::Resolution::raw;
  const std::int64_t from = is_raw ? plan.from - history::kLongestInterval : plan.from;
  const history::Plan at_once{plan.to - plan.from, plan.from, plan.to, plan.resolution};
  std::vector<history::SeriesInfo> series;
  series.reserve(candidates.size());
  for (const Candidate& one : candidates) series.push_back(one.series);
  std::vector<std::pair<double, std::size_t>> ranked;  // value, place
  auto read =
      reader.rows_of(series, columns, plan.resolution, from, plan.to, [&](std::size_t at, const history::Chunk& chunk) {
        if (chunk.rows.empty()) return;
        const double value = values_of(metric, at_once, chunk.rows).front();
        if (std::isfinite(value)) ranked.emplace_back(value, at);
      });
  if (!read) return fail(std::move(read).error());
  const auto shown = std::min(limit, ranked.size());
  std::ranges::partial_sort(
      ranked, ranked.begin() + static_cast<std::ptrdiff_t>(shown),
      [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  ranked.resize(shown);
  series.clear();
  std::vector<Entry> out;
  for (const auto& [value, at] : ranked) {
    out.push_back({candidates[at].id, value, {}});
    series.push_back(candidates[at].series);
  }
  read =
      reader.rows_of(series, columns, plan.resolution, from, plan.to, [&](std::size_t at, const history::Chunk& chunk) {
        if (!chunk.rows.empty()) out[at].recent = values_of(metric, plan, chunk.rows);
      });
  if (!read) return fail(std::move(read).error());
  return out;
}

/// The guests of the caller that have history; templates and deleted ones with what they had.
std::vector<Candidate> candidates_for(const Desk& desk, const Call& call, const state::Snapshot& world) {
  std::vector<Candidate> out;
  for (const auto& [id, view] : world.clusters)
    for (const auto& guest : view->guests) {
      if (!live::may_see(call.caller.scope, *guest)) continue;
      auto info = desk.house.recorder.find(history::object_key(*guest));
      if (info && info->set == history::kGuestSet) out.push_back({guest->id, std::move(*info)});
    }
  return out;
}

/// As it is now, from memory.
std::vector<Entry> busiest_now(const Desk& desk, const Call& call, const state::Snapshot& world,
                               const TopMetric& metric, std::size_t limit) {
  // Those out of scope fall away, so more are asked for than are shown.
  const bool sees_all = call.caller.scope == live::Scope{};
  const auto now = desk.house.clock.wall();
  std::vector<Entry> out;
  for (const auto& [id, value] : desk.house.commands.top(std::string(metric.name), sees_all ? limit : 100'000)) {
    if (out.size() == limit) break;
    if (!visible_guest(call.caller, world, id.text())) continue;
    Entry entry{id, value, {}};
    const auto points =
        desk.house.commands.series("vm:" + id.text(), std::string(metric.recent), now - std::chrono::minutes{10}, now);
    if (points)
      for (const auto& point : *points) entry.recent.push_back(static_cast<double>(point.value));
    out.push_back(std::move(entry));
  }
  return out;
}

Answer write(const state::Snapshot& world, const TopMetric& metric, const history::Plan* window,
             const std::vector<Entry>& entries) {
  const auto edge = [&](std::int64_t history::Plan::*which) {
    return window ? std::optional(rfc3339(from_seconds(window->*which))) : std::nullopt;
  };
  JsonWriter out;
  out.begin_object().member("metric", metric.name).member("unit", metric.unit).member("as_of", rfc3339(world.at));
  out.member("from", edge(&history::Plan::from)).member("to", edge(&history::Plan::to)).key("items").begin_array();
  for (const Entry& entry : entries) {
    const auto guest = world.guest(entry.id);
    if (!guest) continue;
    out.begin_object().member("vm_id", entry.id.text()).member("name", guest->name);
    out.member("cluster_id", guest->cluster.text());
    out.member("node_id", guest->node.exists() ? std::optional(guest->node.text()) : std::nullopt);
    out.member("value", tidy(entry.value)).key("recent").begin_array();
    for (const double value : entry.recent) out.value(tidy(value));
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json(out);
}

net::Task<Answer> top(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"metric", "limit", "hours", "from", "to"}); !known)
    co_return bad_query(known.error());
  const auto limit = call.query.number("limit", 10, 1, 100);
  if (!limit) co_return bad_query(limit.error());
  const TopMetric* metric = metric_of(call.query.find("metric") ? call.query.text("metric") : "cpu");
  if (!metric) co_return problem(400, "bad_request", "metric must be one of cpu, memory, disk, net, io");
  const auto world = desk.house.snapshot();
  const auto shown = static_cast<std::size_t>(*limit);
  if (!call.query.find("hours") && !call.query.find("from") && !call.query.find("to"))
    co_return write(*world, *metric, nullptr, busiest_now(desk, call, *world, *metric, shown));
  const auto window = read_window(desk, call.query, 24, kMostHours);
  if (!window) co_return bad_query(window.error());
  const history::Wish wish{window->first, window->second, kRecentPoints, 30};
  const auto plan = history::plan_of(wish, desk.house.retention(), to_seconds(desk.house.clock.wall()));
  if (!plan) co_return invalid_field("from", "out_of_range", plan.error().text);
  auto candidates = candidates_for(desk, call, *world);
  const auto chunks = (plan->to - plan->from) / history::span_of(plan->resolution) + 1;
  if (chunks * static_cast<std::int64_t>(candidates.size()) > kMostChunks)
    co_return invalid_field("from", "too_many", "so many guests over so long a time; ask for a shorter one");
  std::function<Result<std::vector<Entry>>()> work = [reader = &desk.house.reader, metric, shown, plan = *plan,
                                                      all = std::move(candidates)] {
    return busiest_of(*reader, *metric, all, plan, shown);
  };
  const auto entries = co_await net::offload<std::vector<Entry>>(desk.house.readers, std::move(work));
  if (!entries) co_return from_error(entries.error());
  co_return write(*world, *metric, &*plan, *entries);
}

}  // namespace

void add_top_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/dashboard/top", Access::viewer, with(desk, top));
}

}  // namespace monitorix::api

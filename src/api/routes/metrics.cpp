#include <algorithm>
#include <cmath>
#include <map>

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "state/metric_names.h"

namespace monitorix::api {
namespace {

struct Object {
  std::string kind{}, id{};
};

std::optional<Object> split(const std::string& text) {
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Object{text.substr(0, colon), text.substr(colon + 1)};
}

bool may_see(const Call& call, const state::Snapshot& world, const Object& object) {
  if (object.kind == "vm") return visible_guest(call.caller, world, object.id) != nullptr;
  if (object.kind == "node") return visible_node(call.caller, world, object.id) != nullptr;
  if (object.kind == "storage") return visible_storage(call.caller, world, object.id) != nullptr;
  return object.kind == "cluster" && visible_cluster(call.caller, world, object.id) != nullptr;
}

template <class Table>
std::string_view unit_in(const Table& table, const std::string& metric) {
  const auto found = std::ranges::find(table, metric, &state::Metric::name);
  return found == table.end() ? std::string_view{} : found->unit;
}

std::string_view unit_of(const std::string& kind, const std::string& metric) {
  if (kind == "vm") return unit_in(state::kGuestMetrics, metric);
  if (kind == "node") return unit_in(state::kNodeMetrics, metric);
  if (kind == "storage") return unit_in(state::kStorageMetrics, metric);
  return unit_in(state::kClusterMetrics, metric);
}

struct Span {
  WallTime from{}, to{};
  std::chrono::milliseconds step{};
};

struct Bucket {
  double sum{0}, least{INFINITY}, most{-INFINITY};
  int known{0};
};

constexpr std::chrono::milliseconds kShortest{10'000};

/// The smallest whole multiple of ten seconds that needs at most `points` steps.
Span span_of(WallTime from, WallTime to, std::int64_t points) {
  const auto wanted = (to - from) / points;
  auto step = std::max(kShortest, std::chrono::ceil<std::chrono::seconds>(wanted) + std::chrono::milliseconds{0});
  step = ((step + kShortest - std::chrono::milliseconds{1}) / kShortest) * kShortest;
  const auto floored = from.time_since_epoch() / step * step;
  return {WallTime{floored}, to, step};
}

void write_points(JsonWriter& out, const std::vector<state::SeriesPoint>& points, const Span& span, WallTime from) {
  std::map<std::int64_t, Bucket> buckets;
  for (const auto& point : points) {
    if (point.at < from || std::isnan(point.average)) continue;
    auto& bucket = buckets[(point.at - span.from) / span.step];
    bucket.sum += static_cast<double>(point.average);
    bucket.least = std::min(bucket.least, static_cast<double>(point.minimum));
    bucket.most = std::max(bucket.most, static_cast<double>(point.maximum));
    ++bucket.known;
  }
  out.begin_array();
  const auto tidy = [](double value) { return std::round(value * 1e4) / 1e4; };
  // Before the first and after the last known point nothing is said; a gap between them is told by nulls.
  const auto first = buckets.empty() ? 0 : buckets.begin()->first;
  const auto last = buckets.empty() ? -1 : buckets.rbegin()->first;
  for (auto at = first; at <= last; ++at) {
    const auto found = buckets.find(at);
    out.begin_array().value(to_ms(span.from + at * span.step));
    if (found == buckets.end())
      out.null().null().null();
    else
      out.value(tidy(found->second.sum / found->second.known))
          .value(tidy(found->second.least))
          .value(tidy(found->second.most));
    out.end_array();
  }
  out.end_array();
}

struct Asked {
  WallTime from{}, to{};
  std::int64_t points{};
  std::vector<std::string> objects{}, metrics{};
};

Result<Asked> read_asked(const Desk& desk, const Query& query) {
  if (auto known = query.allow({"object", "metric", "from", "to", "points", "fn"}); !known) return fail(known.error());
  const auto from = query.time("from");
  if (!from) return fail(from.error());
  const auto to = query.time("to");
  if (!to) return fail(to.error());
  const auto points = query.number("points", 300, 1, 4000);
  if (!points) return fail(points.error());
  const auto fn = query.text("fn");
  if (!fn.empty() && fn != "avg" && fn != "min" && fn != "max")
    return fail(Errc::invalid, "fn must be avg, min or max");
  Asked asked{{}, to->value_or(desk.house.clock.wall()), *points, query.all("object"), query.all("metric")};
  asked.from = from->value_or(asked.to - std::chrono::hours{1});
  if (asked.objects.empty() || asked.objects.size() > 50) return fail(Errc::invalid, "object: give 1 to 50");
  if (asked.metrics.empty() || asked.metrics.size() > 20) return fail(Errc::invalid, "metric: give 1 to 20");
  return asked;
}

Answer series(Desk& desk, Call& call) {
  const auto asked = read_asked(desk, call.query);
  if (!asked) return bad_query(asked.error());
  if (asked->from >= asked->to) return invalid_field("from", "out_of_range", "must be before to");
  if (asked->to - asked->from > std::chrono::hours{24 * 366})
    return invalid_field("from", "out_of_range", "must be within a year of to");
  const auto world = desk.house.snapshot();
  const Span span = span_of(asked->from, asked->to, asked->points);
  JsonWriter out;
  out.begin_object().member("from_ms", to_ms(asked->from)).member("to_ms", to_ms(asked->to));
  out.member("step_ms", static_cast<std::int64_t>(span.step.count())).key("series").begin_array();
  for (const auto& text : asked->objects) {
    const auto object = split(text);
    if (!object || !may_see(call, *world, *object)) return not_found();
    for (const auto& metric : asked->metrics) {
      const auto unit = unit_of(object->kind, metric);
      if (unit.empty()) return invalid_field("metric", "unknown", "'" + metric + "' is not known for " + object->kind);
      const auto points = desk.house.commands.series(text, metric, asked->from, asked->to);
      if (!points && points.error().code == Errc::invalid)
        return invalid_field("metric", "unknown", points.error().text);
      out.begin_object().member("object", text).member("metric", metric).member("unit", unit).member("origin", "live");
      out.key("columns").raw(R"(["t","avg","min","max"])").key("points");
      write_points(out, points ? *points : std::vector<state::SeriesPoint>{}, span, asked->from);
      out.end_object();
    }
  }
  out.end_array().key("marks").raw("[]").end_object();
  return json(out);
}

std::string_view description_of(std::string_view name) {
  constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
      {"cpu_ratio", "Share of the processors in use"},
      {"memory_used_bytes", "Memory in use"},
      {"net_in_bytes_per_second", "Received from the network"},
      {"net_out_bytes_per_second", "Sent to the network"},
      {"disk_read_bytes_per_second", "Read from disks"},
      {"disk_write_bytes_per_second", "Written to disks"},
      {"iowait_ratio", "Share of time waiting for disks"},
      {"rootfs_used_bytes", "In use on the root file system"},
      {"swap_used_bytes", "Swap in use"},
      {"load_1", "Load average over one minute"},
      {"used_bytes", "In use on the storage"}};
  for (const auto& [metric, text] : kTexts)
    if (metric == name) return text;
  return name;
}

Answer names(Desk&, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  std::vector<std::pair<state::Metric, std::vector<std::string_view>>> all;
  const auto add = [&](std::string_view kind, const auto& table) {
    for (const auto& metric : table) {
      auto found = std::ranges::find_if(all, [&](const auto& one) { return one.first.name == metric.name; });
      if (found == all.end()) found = all.insert(all.end(), {metric, {}});
      found->second.push_back(kind);
    }
  };
  add("vm", state::kGuestMetrics);
  add("node", state::kNodeMetrics);
  add("storage", state::kStorageMetrics);
  add("cluster", state::kClusterMetrics);
  JsonWriter out;
  out.begin_array();
  for (const auto& [metric, kinds] : all) {
    out.begin_object().member("name", metric.name).member("unit", metric.unit).key("objects").begin_array();
    for (const auto kind : kinds) out.value(kind);
    out.end_array().member("description", description_of(metric.name)).end_object();
  }
  out.end_array();
  return json(out);
}

}  // namespace

void add_metric_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/metrics/series", Access::viewer, with(desk, series));
  must_add(router, "GET", "/api/metrics/names", Access::viewer, with(desk, names));
}

}  // namespace monitorix::api

#include <cmath>

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "base/time_text.h"
#include "live/encode.h"

namespace monitorix::api {
namespace {

Answer stats(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  return cached(desk, call, [&] {
    const auto world = desk.house.snapshot();
    JsonWriter out;
    live::encode_stats(out, *world, live::visible_clusters(call.caller.scope, *world));
    Answer answer;
    answer.encoded = encode_once(out.take());
    return answer;
  });
}

struct TopMetric {
  std::string_view name, unit, series;
};
constexpr TopMetric kTopMetrics[] = {{"cpu", "ratio", "cpu_ratio"},
                                     {"memory", "bytes", "memory_used_bytes"},
                                     {"disk", "bytes_per_second", "disk_write_bytes_per_second"},
                                     {"net", "bytes_per_second", "net_in_bytes_per_second"},
                                     {"io", "bytes_per_second", "disk_read_bytes_per_second"}};

void write_recent(JsonWriter& out, const Desk& desk, const Guest& guest, std::string_view series) {
  const auto now = desk.house.clock.wall();
  const auto points =
      desk.house.commands.series("vm:" + guest.id.text(), std::string(series), now - std::chrono::minutes{10}, now);
  out.key("recent").begin_array();
  if (points)
    for (const auto& point : *points) out.value(std::round(static_cast<double>(point.value) * 1e4) / 1e4);
  out.end_array();
}

Answer top(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"metric", "limit"}); !known) return bad_query(known.error());
  const auto limit = call.query.number("limit", 10, 1, 100);
  if (!limit) return bad_query(limit.error());
  const auto name = call.query.find("metric") ? call.query.text("metric") : "cpu";
  const TopMetric* metric = nullptr;
  for (const auto& one : kTopMetrics)
    if (one.name == name) metric = &one;
  if (!metric) return problem(400, "bad_request", "metric must be one of cpu, memory, disk, net, io");
  const auto world = desk.house.snapshot();
  // Those out of scope fall away, so more are asked for than are shown.
  const bool sees_all = call.caller.scope == live::Scope{};
  const auto busiest = desk.house.commands.top(name, sees_all ? static_cast<std::size_t>(*limit) : 100'000);
  JsonWriter out;
  out.begin_object().member("metric", metric->name).member("unit", metric->unit);
  out.member("as_of", rfc3339(world->at)).key("items").begin_array();
  std::int64_t shown = 0;
  for (const auto& [id, value] : busiest) {
    const auto guest = visible_guest(call.caller, *world, id.text());
    if (!guest || shown == *limit) continue;
    ++shown;
    out.begin_object()
        .member("vm_id", id.text())
        .member("name", guest->name)
        .member("cluster_id", guest->cluster.text());
    out.member("node_id", guest->node.exists() ? std::optional(guest->node.text()) : std::nullopt);
    out.member("value", std::round(value * 1e4) / 1e4);
    write_recent(out, desk, *guest, metric->series);
    out.end_object();
  }
  out.end_array().end_object();
  return json(out);
}

}  // namespace

void add_dashboard_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/dashboard/stats", Access::viewer, with(desk, stats));
  must_add(router, "GET", "/api/dashboard/top", Access::viewer, with(desk, top));
}

}  // namespace monitorix::api

#include <algorithm>
#include <map>

#include "api/desk.h"
#include "api/list.h"
#include "history/chunk/columns.h"

namespace monitorix::api {
namespace {

struct KindOfSeries {
  std::string_view kind;
  unsigned set;
};
constexpr KindOfSeries kKinds[] = {{"vm", history::kGuestSet},          {"node", history::kNodeSet},
                                   {"storage", history::kStorageSet},   {"cluster", history::kTotalSet},
                                   {"node_guests", history::kTotalSet}, {"fleet", history::kTotalSet},
                                   {"endpoint", history::kCheckSet},    {"service", history::kCheckSet}};

constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
    {"cpu_ratio", "Share of the processors in use"},
    {"memory_used_bytes", "Memory in use"},
    {"memory_total_bytes", "Memory there is"},
    {"disk_used_bytes", "Disk in use: the root file system of containers, all storages of clusters"},
    {"disk_total_bytes", "Disk there is"},
    {"net_in_bytes_per_second", "Received from the network"},
    {"net_out_bytes_per_second", "Sent to the network"},
    {"disk_read_bytes_per_second", "Read from disks"},
    {"disk_write_bytes_per_second", "Written to disks"},
    {"uptime_seconds", "Time since it was started"},
    {"status", "0 up, 1 degraded, 2 paused, 3 stopped, 4 unreachable, 5 down; the worst of an interval"},
    {"iowait_ratio", "Share of time waiting for disks"},
    {"rootfs_used_bytes", "In use on the root file system"},
    {"rootfs_total_bytes", "Size of the root file system"},
    {"swap_used_bytes", "Swap in use"},
    {"swap_total_bytes", "Swap there is"},
    {"load_1", "Load average over one minute"},
    {"pressure_cpu_some_ratio", "Share of time in which some tasks waited for a processor"},
    {"pressure_io_some_ratio", "Share of time in which some tasks waited for disks"},
    {"pressure_io_full_ratio", "Share of time in which all tasks waited for disks"},
    {"pressure_memory_some_ratio", "Share of time in which some tasks waited for memory"},
    {"pressure_memory_full_ratio", "Share of time in which all tasks waited for memory"},
    {"used_bytes", "In use on the storage"},
    {"total_bytes", "Size of the storage"},
    {"latency_seconds", "Time until the inventory was answered, or a successful check was done"},
    {"dns_seconds", "Time to look up the name"},
    {"connect_seconds", "Time to connect"},
    {"tls_seconds", "Time for the TLS handshake"},
    {"send_seconds", "Time to send the request"},
    {"first_byte_seconds", "Time until the first byte of the answer"},
    {"transfer_seconds", "Time to receive the answer"},
    {"status_code", "HTTP status of the answer"},
    {"guests_running", "Guests that run"},
    {"guests", "Guests there are, templates not counted"}};

std::string_view description_of(std::string_view name) {
  for (const auto& [metric, text] : kTexts)
    if (metric == name) return text;
  return name;
}

Answer names(Desk&, Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  struct Metric {
    std::string_view name, unit;
    std::vector<std::string_view> kinds;
  };
  std::vector<Metric> all;
  for (const KindOfSeries& one : kKinds)
    for (const history::Column& column : history::raw_columns(one.set).subspan(1)) {
      auto found = std::ranges::find(all, column.metric, &Metric::name);
      if (found == all.end()) found = all.insert(all.end(), {column.metric, column.unit, {}});
      found->kinds.push_back(one.kind);
    }
  JsonWriter out;
  out.begin_array();
  for (const Metric& metric : all) {
    out.begin_object().member("name", metric.name).member("unit", metric.unit).key("objects").begin_array();
    for (const auto kind : metric.kinds) out.value(kind);
    out.end_array().member("description", description_of(metric.name)).end_object();
  }
  out.end_array();
  return json(out);
}

}  // namespace

void add_metric_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/metrics/names", Access::viewer, with(desk, names));
}

}  // namespace monitorix::api

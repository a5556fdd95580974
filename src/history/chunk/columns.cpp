#include "history/chunk/columns.h"

namespace monitorix::history {
namespace {

constexpr Column kTime{"t", "", "seconds", 1, Fold::time};
constexpr Column kStatus{"status", "status", "enum", 1, Fold::status};
constexpr Column kUptime{"uptime", "uptime_seconds", "seconds", 1, Fold::last};

constexpr Column ratio(std::string_view name, std::string_view metric) {
  return {name, metric, "ratio", 1e-5, Fold::gauge};
}
constexpr Column pressure(std::string_view name, std::string_view metric) {
  return {name, metric, "ratio", 1e-4, Fold::gauge};
}
constexpr Column bytes(std::string_view name, std::string_view metric, Fold fold) {
  return {name, metric, "bytes", 1, fold};
}
constexpr Column counter(std::string_view name, std::string_view metric) {
  return {name, metric, "bytes_per_second", 1, Fold::counter};
}

constexpr auto kGuest = std::to_array<Column>(
    {kTime, ratio("cpu", "cpu_ratio"), bytes("mem", "memory_used_bytes", Fold::gauge),
     bytes("maxmem", "memory_total_bytes", Fold::last), bytes("disk", "disk_used_bytes", Fold::last),
     bytes("maxdisk", "disk_total_bytes", Fold::last), counter("netin", "net_in_bytes_per_second"),
     counter("netout", "net_out_bytes_per_second"), counter("diskread", "disk_read_bytes_per_second"),
     counter("diskwrite", "disk_write_bytes_per_second"), kUptime, kStatus});

constexpr auto kNode = std::to_array<Column>(
    {kTime, ratio("cpu", "cpu_ratio"), bytes("mem", "memory_used_bytes", Fold::gauge),
     bytes("maxmem", "memory_total_bytes", Fold::last), bytes("disk", "rootfs_used_bytes", Fold::last),
     bytes("maxdisk", "rootfs_total_bytes", Fold::last), counter("netin", "net_in_bytes_per_second"),
     counter("netout", "net_out_bytes_per_second"), kUptime, kStatus, ratio("iowait", "iowait_ratio"),
     Column{"load", "load_1", "load", 1e-2, Fold::gauge}, bytes("swap", "swap_used_bytes", Fold::gauge),
     bytes("maxswap", "swap_total_bytes", Fold::last), pressure("psi_cpu_some", "pressure_cpu_some_ratio"),
     pressure("psi_io_some", "pressure_io_some_ratio"), pressure("psi_io_full", "pressure_io_full_ratio"),
     pressure("psi_memory_some", "pressure_memory_some_ratio"),
     pressure("psi_memory_full", "pressure_memory_full_ratio")});

constexpr auto kStorage = std::to_array<Column>(
    {kTime, bytes("used", "used_bytes", Fold::gauge), bytes("total", "total_bytes", Fold::last), kStatus});

// Of a node's guests, a cluster or the fleet. Counters grow by the members' differences: adding members' counters
// would jump when one appears, moves or restarts.
constexpr auto kTotal = std::to_array<Column>(
    {kTime, ratio("cpu", "cpu_ratio"), bytes("mem", "memory_used_bytes", Fold::gauge),
     bytes("maxmem", "memory_total_bytes", Fold::last), bytes("disk", "disk_used_bytes", Fold::last),
     bytes("maxdisk", "disk_total_bytes", Fold::last), counter("netin", "net_in_bytes_per_second"),
     counter("netout", "net_out_bytes_per_second"), counter("diskread", "disk_read_bytes_per_second"),
     counter("diskwrite", "disk_write_bytes_per_second"), Column{"running", "guests_running", "count", 1, Fold::gauge},
     Column{"members", "guests", "count", 1, Fold::gauge}});

constexpr Column phase(std::string_view name, std::string_view metric) {
  return {name, metric, "seconds", 1e-5, Fold::gauge};
}

// t in ms. Also the answers of our own polls, one series per endpoint, which have no phases.
constexpr auto kCheck = std::to_array<Column>(
    {kTime, kStatus, Column{"latency", "latency_seconds", "seconds", 1e-4, Fold::gauge}, phase("dns", "dns_seconds"),
     phase("connect", "connect_seconds"), phase("tls", "tls_seconds"), phase("send", "send_seconds"),
     phase("first_byte", "first_byte_seconds"), phase("transfer", "transfer_seconds"),
     Column{"code", "status_code", "count", 1, Fold::last}});

static_assert(kGuest.size() <= kMostRawColumns && kNode.size() <= kMostRawColumns);
static_assert(kGuest.size() == GuestColumn::status + 1 && kGuest[GuestColumn::uptime].name == "uptime");
static_assert(kNode.size() == NodeColumn::pressure_memory_full + 1 && kNode[NodeColumn::swap].name == "swap");
static_assert(kCheck.size() == CheckColumn::code + 1);
static_assert(kStorage.size() == StorageColumn::status + 1 && kTotal.size() == TotalColumn::members + 1);

struct Rollup {
  std::array<RollupColumn, kMostColumns> columns{};
  std::size_t size{0};
  constexpr void add(std::size_t raw, Part part) { columns[size++] = {static_cast<std::uint8_t>(raw), part}; }
};

constexpr Rollup rollup_of(std::span<const Column> raw) {
  Rollup out;
  out.add(0, Part::time);
  out.add(0, Part::samples);
  out.add(0, Part::covered);
  for (std::size_t i = 1; i < raw.size(); ++i) {
    switch (raw[i].fold) {
      case Fold::time: break;
      case Fold::gauge:
        out.add(i, Part::min);
        out.add(i, Part::avg);
        out.add(i, Part::max);
        break;
      case Fold::last: out.add(i, Part::last); break;
      case Fold::counter:
        out.add(i, Part::sum);
        out.add(i, Part::rate_min);
        out.add(i, Part::rate_max);
        break;
      case Fold::status:
        out.add(i, Part::worst);
        out.add(i, Part::up);
        break;
    }
  }
  return out;
}

constexpr std::array kRollups{rollup_of(kGuest), rollup_of(kNode), rollup_of(kStorage), rollup_of(kTotal),
                              rollup_of(kCheck)};

template <class Wanted>
std::optional<std::size_t> find(unsigned raw_set, Wanted wanted) {
  const auto columns = raw_columns(raw_set);
  for (std::size_t i = 1; i < columns.size(); ++i)
    if (wanted(columns[i])) return i;
  return std::nullopt;
}

}  // namespace

std::span<const Column> raw_columns(unsigned raw_set) {
  switch (raw_set) {
    case kGuestSet: return kGuest;
    case kNodeSet: return kNode;
    case kStorageSet: return kStorage;
    case kTotalSet: return kTotal;
    case kCheckSet: return kCheck;
    default: return {};
  }
}

std::span<const RollupColumn> rollup_columns(unsigned rollup_set) {
  if (rollup_set <= kRollupOffset || rollup_set > kRollupOffset + kRollups.size()) return {};
  const Rollup& found = kRollups[rollup_set - kRollupOffset - 1];
  return {found.columns.data(), found.size};
}

std::size_t rollup_column(unsigned rollup_set, std::size_t raw, Part part) {
  const auto columns = rollup_columns(rollup_set);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].raw == raw && columns[i].part == part) return i;
  return 0;
}

std::size_t column_count(unsigned set) { return is_rollup(set) ? rollup_columns(set).size() : raw_columns(set).size(); }

double rollup_quantum(const Column& raw) {
  const bool in_bytes = raw.fold == Fold::counter || raw.unit == "bytes";
  return in_bytes ? 1024.0 * raw.quantum : raw.quantum;
}

std::size_t uptime_column(unsigned raw_set) {
  static_assert(kGuest[10].name == kUptime.name && kNode[8].name == kUptime.name);
  return raw_set == kGuestSet ? 10 : raw_set == kNodeSet ? 8 : 0;
}

std::optional<std::size_t> column_of_metric(unsigned raw_set, std::string_view metric) {
  return find(raw_set, [&](const Column& column) { return column.metric == metric; });
}

std::optional<std::size_t> column_named(unsigned raw_set, std::string_view name) {
  return find(raw_set, [&](const Column& column) { return column.name == name; });
}

}  // namespace monitorix::history

#pragma once
// What series are made of: column sets (storage.md §6). Every stored value is an int64 in units of its column's
// quantum; rounding to the quantum is the only loss. Sets grow by appending only, numbers are never used again: they
// stand in stored chunks for ever. Raw sets are 1..31; the rollups of raw set s (5 min and 1 h alike) are set s + 32.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace monitorix::history {

inline constexpr unsigned kGuestSet = 1, kNodeSet = 2, kStorageSet = 3, kTotalSet = 4, kCheckSet = 5;
inline constexpr unsigned kRollupOffset = 32;
inline constexpr std::size_t kMostColumns = 64;     ///< of any set
inline constexpr std::size_t kMostRawColumns = 20;  ///< of a raw set

/// How a column is summed up over a bucket.
enum class Fold : std::uint8_t {
  time,     ///< column 0 of every set
  gauge,    ///< minimum, average, maximum
  last,     ///< the last value (totals, capacities)
  counter,  ///< grows until it is reset: bytes in the bucket, smallest and largest rate
  status,   ///< worst; seconds up
};

struct Column {
  std::string_view name{}, metric{}, unit{};  ///< metric and unit as on the wire; a counter's metric is its rate
  double quantum{1};                          ///< one stored step in `unit` (for a counter: in bytes)
  Fold fold{Fold::gauge};
};

/// Larger is worse, so that the worst of a bucket is its maximum.
enum class SeriesStatus : std::uint8_t { up = 0, degraded = 1, paused = 2, stopped = 3, unreachable = 4, down = 5 };

/// What a rollup column holds of its raw column. Columns 0, 1, 2 of each rollup set are t (start of the bucket, s),
/// samples, and seconds for which counters had a rate.
enum class Part : std::uint8_t { time, samples, covered, min, avg, max, last, sum, rate_min, rate_max, worst, up };

struct RollupColumn {
  std::uint8_t raw{};  ///< column of the raw set
  Part part{};
};

/// The columns of the raw sets, for those who fill them.
struct GuestColumn {
  enum : std::size_t {
    cpu = 1,
    memory,
    memory_total,
    disk,
    disk_total,
    net_in,
    net_out,
    disk_read,
    disk_write,
    uptime,
    status
  };
};
struct NodeColumn {
  enum : std::size_t {
    cpu = 1,
    memory,
    memory_total,
    disk,
    disk_total,
    net_in,
    net_out,
    uptime,
    status,
    iowait,
    load,
    swap,
    swap_total,
    pressure_cpu_some,
    pressure_io_some,
    pressure_io_full,
    pressure_memory_some,
    pressure_memory_full
  };
};
struct StorageColumn {
  enum : std::size_t { used = 1, total, status };
};
struct CheckColumn {
  enum : std::size_t { status = 1, latency, dns, connect, tls, send, first_byte, transfer, code };
};
struct TotalColumn {
  enum : std::size_t {
    cpu = 1,
    memory,
    memory_total,
    disk,
    disk_total,
    net_in,
    net_out,
    disk_read,
    disk_write,
    running,
    members
  };
};

std::span<const Column> raw_columns(unsigned raw_set);              ///< empty for an unknown set
std::span<const RollupColumn> rollup_columns(unsigned rollup_set);  ///< empty for an unknown set
/// The rollup column that holds `part` of raw column `raw`; 0 when there is none.
std::size_t rollup_column(unsigned rollup_set, std::size_t raw, Part part);
/// Columns of a set of either kind; 0 for an unknown one.
std::size_t column_count(unsigned set);
inline bool is_rollup(unsigned set) { return set > kRollupOffset; }
/// Units of t in a second: 1000 in the check set, else 1.
inline std::int64_t ticks_per_second(unsigned set) { return set == kCheckSet ? 1000 : 1; }
/// The column with the seconds since start, 0 in sets without.
std::size_t uptime_column(unsigned raw_set);
/// Bytes are kept in KiB in rollups: the quantum of a rollup value.
double rollup_quantum(const Column& raw);

/// The column of a raw set that carries a metric of the wire.
std::optional<std::size_t> column_of_metric(unsigned raw_set, std::string_view metric);
/// The column named `name`.
std::optional<std::size_t> column_named(unsigned raw_set, std::string_view name);

}  // namespace monitorix::history

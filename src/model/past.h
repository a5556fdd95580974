#pragma once
// What Proxmox VE's round-robin data (RRD) says of one interval. Rates are per second, ratios 0..1, sizes bytes;
// unknown is NaN.

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace monitorix {

enum class PastField : std::uint8_t {
  cpu,
  memory,
  memory_total,
  disk,  ///< of a node its root file system; of a storage what is used
  disk_total,
  net_in,
  net_out,
  disk_read,
  disk_write,
  iowait,
  load,
  swap,
  swap_total,
  pressure_cpu_some,
  pressure_io_some,
  pressure_io_full,
  pressure_memory_some,
  pressure_memory_full,
  count_
};
inline constexpr std::size_t kPastFields = static_cast<std::size_t>(PastField::count_);

struct PastRow {
  PastRow() { values.fill(std::numeric_limits<double>::quiet_NaN()); }
  std::int64_t time{};  ///< start of the interval, seconds since 1970 UTC
  std::array<double, kPastFields> values{};
  double& operator[](PastField field) { return values[static_cast<std::size_t>(field)]; }
  double operator[](PastField field) const { return values[static_cast<std::size_t>(field)]; }
  [[nodiscard]] bool knows_nothing() const {
    for (const double value : values)
      if (!std::isnan(value)) return false;
    return true;
  }
};

}  // namespace monitorix

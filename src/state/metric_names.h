#pragma once
// The metrics that objects have in memory: wire name, unit, and column of Series.

#include <array>
#include <cstddef>
#include <string_view>

namespace monitorix::state {

struct Metric {
  std::string_view name, unit;
  std::size_t column;
};

inline constexpr auto kGuestMetrics = std::to_array<Metric>({{"cpu_ratio", "ratio", 0},
                                                             {"memory_used_bytes", "bytes", 1},
                                                             {"net_in_bytes_per_second", "bytes_per_second", 2},
                                                             {"net_out_bytes_per_second", "bytes_per_second", 3},
                                                             {"disk_read_bytes_per_second", "bytes_per_second", 4},
                                                             {"disk_write_bytes_per_second", "bytes_per_second", 5}});
inline constexpr auto kNodeMetrics = std::to_array<Metric>({{"cpu_ratio", "ratio", 0},
                                                            {"memory_used_bytes", "bytes", 1},
                                                            {"net_in_bytes_per_second", "bytes_per_second", 2},
                                                            {"net_out_bytes_per_second", "bytes_per_second", 3},
                                                            {"iowait_ratio", "ratio", 4},
                                                            {"rootfs_used_bytes", "bytes", 5},
                                                            {"swap_used_bytes", "bytes", 6},
                                                            {"load_1", "load", 7}});
inline constexpr auto kStorageMetrics = std::to_array<Metric>({{"used_bytes", "bytes", 0}});
inline constexpr auto kClusterMetrics =
    std::to_array<Metric>({{"cpu_ratio", "ratio", 0}, {"memory_used_bytes", "bytes", 1}});

}  // namespace monitorix::state

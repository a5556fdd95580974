#pragma once
// Loads as pure functions of (seed, time): the processor's day and night, memory that creeps, counters that only grow
// while a guest runs, storages that fill and are pruned. Nothing is kept, so any past can be asked for as well.

#include "sim/world/world.h"

namespace monitorix::sim {

/// The newest round of the statistics daemon, which looks every ten seconds.
[[nodiscard]] WallTime statistics_round(WallTime now);

struct Traffic {  ///< bytes since start, or bytes per second
  double net_in{};
  double net_out{};
  double disk_read{};
  double disk_write{};
};

[[nodiscard]] double guest_cpu(const Guest& guest, WallTime at);
[[nodiscard]] std::int64_t guest_memory(const Guest& guest, WallTime at);
/// What the node sees of it: more than the guest tells, and the same number where it tells nothing.
[[nodiscard]] std::int64_t memory_on_host(const Guest& guest, std::int64_t told);
[[nodiscard]] std::int64_t guest_disk(const Guest& guest, WallTime at);
[[nodiscard]] std::int64_t guest_uptime(const Guest& guest, WallTime at);
[[nodiscard]] Traffic guest_counters(const Guest& guest, WallTime at);
[[nodiscard]] Traffic guest_rates(const Guest& guest, WallTime at);

struct Pressure {  ///< per cent of time
  double cpu_some{};
  double cpu_full{};
  double io_some{};
  double io_full{};
  double memory_some{};
  double memory_full{};
};
[[nodiscard]] Pressure guest_pressure(const Guest& guest, WallTime at);

struct NodeLoad {
  double cpu{};
  double wait{};
  std::array<double, 3> averages{};
  std::int64_t memory_used{};
  std::int64_t swap_used{};
  std::int64_t root_used{};
  std::int64_t uptime{};
  double net_in{};
  double net_out{};
  Pressure pressure{};
};
/// What a node does with the given sum of its guests' loads.
struct GuestSum {
  double cores{};
  double memory{};
};
[[nodiscard]] GuestSum sum_guests(const Cluster& cluster, std::size_t node, WallTime at);
[[nodiscard]] NodeLoad node_load(const Node& node, GuestSum guests, WallTime at);
/// Bytes through its cards since it booted: what grows by node_load's rates. Disks stay 0.
[[nodiscard]] Traffic node_counters(const Node& node, WallTime at);

/// Share of the total, 0..1. A storage that is not shared differs from node to node.
[[nodiscard]] double storage_fill(const Storage& storage, const Node& node, WallTime at);
[[nodiscard]] std::int64_t storage_total(const Storage& storage, const Node& node);
[[nodiscard]] std::int64_t storage_used(const Storage& storage, const Node& node, WallTime at);

}  // namespace monitorix::sim

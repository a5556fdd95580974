#include "sim/world/load.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace monitorix::sim {

namespace {

constexpr double kDay = 86'400.0;
constexpr double kTurn = 2 * std::numbers::pi;
constexpr double kMegabyte = 1'048'576.0;
constexpr double kSwing = 0.6;  // below 1, so that a counter never falls

double time_of(WallTime at) { return std::chrono::duration<double>(at.time_since_epoch()).count(); }

/// Smooth noise 0..1 that moves to a new value every `period` seconds.
double noise(std::uint64_t seed, double time, double period) {
  const double place = time / period;
  const double floor = std::floor(place);
  const auto bucket = static_cast<std::uint64_t>(static_cast<std::int64_t>(floor));
  const double part = place - floor;
  const double ease = part * part * (3 - 2 * part);
  return unit(hash_of(seed, bucket)) * (1 - ease) + unit(hash_of(seed, bucket + 1)) * ease;
}

/// Where in its day an owner stands: highest in the early afternoon UTC, each a little off.
double day_phase(std::uint64_t seed, double time) {
  const double shift = (unit(mix(seed ^ 0x0DA7)) - 0.5) * 0.25;
  return kTurn * (time / kDay - 0.33 + shift);
}
double daylight(std::uint64_t seed, double time) { return std::sin(day_phase(seed, time)); }  // -1..1

double node_rate(const Node& node) { return kMegabyte * (2 + 30 * unit(hash_of(node.seed, 6))); }
double share_sent(const Node& node) { return 0.3 + unit(hash_of(node.seed, 7)); }

struct Flow {  // bytes per second on average, and where the day finds it
  double rate{};
  double phase{};
};

Flow flow_of(const Guest& guest, std::uint64_t which) {
  const auto seed = hash_of(guest.seed, which);
  const double magnitude = std::pow(10.0, 3.0 + 3.2 * unit(seed));
  return {magnitude, kTurn * unit(mix(seed))};
}

double flown(Flow flow, double uptime) {
  const double turn = kTurn / kDay;
  const double waves = kSwing / turn * (std::cos(flow.phase) - std::cos(flow.phase + turn * uptime));
  return std::floor(flow.rate * (uptime + waves));
}

double flowing(Flow flow, double uptime) {
  return flow.rate * (1 + kSwing * std::sin(flow.phase + kTurn * uptime / kDay));
}

template <class Each>
Traffic traffic_of(const Guest& guest, WallTime at, Each each) {
  const double uptime = seconds_between(guest.started, at);
  if (uptime <= 0) return {};
  return {each(flow_of(guest, 11), uptime), each(flow_of(guest, 12), uptime), each(flow_of(guest, 13), uptime),
          each(flow_of(guest, 14), uptime)};
}

}  // namespace

WallTime statistics_round(WallTime now) {
  constexpr auto kRound = std::chrono::seconds{10};
  return WallTime{now.time_since_epoch() / kRound * kRound};
}

double guest_cpu(const Guest& guest, WallTime at) {
  const double time = time_of(at);
  const double base = 0.01 + 0.45 * std::pow(unit(hash_of(guest.seed, 1)), 2.5);
  const double slow = noise(guest.seed ^ 0x51, time, 900);
  const double spike = std::pow(noise(guest.seed ^ 0x52, time, 70), 9.0);
  const double quick = unit(hash_of(guest.seed, static_cast<std::uint64_t>(time / 10)));
  const double load =
      base * (1 + 0.55 * daylight(guest.seed, time)) * (0.6 + 0.8 * slow) + 0.5 * spike + 0.012 * quick + guest.touched;
  return std::clamp(load, 0.0005, 0.9999);
}

std::int64_t guest_memory(const Guest& guest, WallTime at) {
  const double time = time_of(at);
  const double base = 0.25 + 0.6 * unit(hash_of(guest.seed, 2));
  const double warm = 1 - 0.5 * std::exp(-std::max(0.0, seconds_between(guest.started, at)) / 600);
  const double share = std::clamp(base * warm + 0.06 * (noise(guest.seed ^ 0x61, time, 1'800) - 0.5), 0.03, 0.985);
  return static_cast<std::int64_t>(share * static_cast<double>(guest.max_memory) / 4096) * 4096;
}

std::int64_t memory_on_host(const Guest& guest, std::int64_t told) {
  return guest.has_balloon ? told + told / 32 : told;
}

std::int64_t guest_disk(const Guest& guest, WallTime at) {
  if (guest.kind == GuestKind::qemu) return 0;  // the hypervisor does not know
  const double days = seconds_between(guest.created, at) / kDay;
  const double share = 0.15 + 0.55 * unit(hash_of(guest.seed, 3)) + 0.1 * (1 - std::exp(-days / 200));
  return static_cast<std::int64_t>(share * static_cast<double>(guest.max_disk) / 4096) * 4096;
}

std::int64_t guest_uptime(const Guest& guest, WallTime at) {
  if (!guest.is_running) return 0;
  return std::max<std::int64_t>(0, epoch(at) - epoch(guest.started));
}

Traffic guest_counters(const Guest& guest, WallTime at) { return traffic_of(guest, at, flown); }
Traffic guest_rates(const Guest& guest, WallTime at) { return traffic_of(guest, at, flowing); }

Pressure guest_pressure(const Guest& guest, WallTime at) {
  const double time = time_of(at);
  const double busy = guest_cpu(guest, at);
  const auto hundredths = [](double value) { return std::round(value * 100) / 100; };
  const double cpu = busy > 0.6 ? (busy - 0.6) * 60 : 0;
  const double io = 12 * std::pow(noise(guest.seed ^ 0x71, time, 300), 6.0);
  const double memory = 5 * std::pow(noise(guest.seed ^ 0x72, time, 600), 12.0);
  return {hundredths(cpu),      hundredths(cpu / 3), hundredths(io),
          hundredths(io * 0.8), hundredths(memory),  hundredths(memory * 0.7)};
}

GuestSum sum_guests(const Cluster& cluster, std::size_t node, WallTime at) {
  GuestSum sum;
  for (const auto& guest : cluster.guests) {
    if (guest.node != node || !guest.is_running) continue;
    sum.cores += guest_cpu(guest, at) * guest.cpus;
    sum.memory += static_cast<double>(guest_memory(guest, at));
  }
  return sum;
}

NodeLoad node_load(const Node& node, GuestSum guests, WallTime at) {
  const double time = time_of(at);
  const double memory = static_cast<double>(node.memory);
  NodeLoad load;
  // A crowded node shares its processors out: load approaches, but never passes, full.
  load.cpu = 1 - std::exp(-(guests.cores / node.cpus + 0.02 + 0.02 * noise(node.seed ^ 1, time, 60)));
  load.wait = 0.03 * std::pow(noise(node.seed ^ 2, time, 120), 3.0);
  const double queue = load.cpu * node.cpus;
  load.averages = {queue * (0.9 + 0.3 * noise(node.seed ^ 3, time, 60)),
                   queue * (0.9 + 0.2 * noise(node.seed ^ 3, time, 300)),
                   queue * (0.9 + 0.1 * noise(node.seed ^ 3, time, 900))};
  const double demand = guests.memory / memory;
  const double share = 0.05 + 0.9 * (demand < 0.5 ? demand : 1 - 0.5 * std::exp(1 - 2 * demand));
  load.memory_used = static_cast<std::int64_t>(memory * share / 4096) * 4096;
  load.swap_used =
      static_cast<std::int64_t>(static_cast<double>(node.swap) * (share > 0.8 ? (share - 0.8) : 0.0) / 4096) * 4096;
  const double root = 0.12 + 0.35 * unit(hash_of(node.seed, 4)) + 0.01 * noise(node.seed ^ 5, time, 7'200);
  load.root_used = static_cast<std::int64_t>(static_cast<double>(node.root_disk) * root / 4096) * 4096;
  load.uptime = std::max<std::int64_t>(0, epoch(at) - epoch(node.booted));
  load.net_in = node_rate(node) * (1 + kSwing * daylight(node.seed, time));
  load.net_out = load.net_in * share_sent(node);
  const auto hundredths = [](double value) { return std::round(value * 100) / 100; };
  load.pressure.cpu_some = hundredths(load.cpu > 0.7 ? (load.cpu - 0.7) * 80 : 0.3 * load.cpu);
  load.pressure.io_some = hundredths(load.wait * 100);
  load.pressure.io_full = hundredths(load.wait * 80);
  load.pressure.memory_some = hundredths(share > 0.9 ? (share - 0.9) * 50 : 0);
  load.pressure.memory_full = hundredths(load.pressure.memory_some * 0.6);
  return load;
}

Traffic node_counters(const Node& node, WallTime at) {
  const double up = seconds_between(node.booted, at);
  if (up <= 0) return {};
  const double waves =
      kSwing * kDay / kTurn *
      (std::cos(day_phase(node.seed, time_of(node.booted))) - std::cos(day_phase(node.seed, time_of(at))));
  const double in = node_rate(node) * (up + waves);
  return {std::floor(in), std::floor(in * share_sent(node)), 0, 0};
}

double storage_fill(const Storage& storage, const Node& node, WallTime at) {
  const auto seed = storage.is_shared ? storage.seed : hash_of(storage.seed, node.seed);
  const double days = time_of(at) / kDay;
  // Filling and pruning: a saw that climbs `growth` a day and falls back every two weeks or, when quick, sooner.
  const double cycle = storage.growth > 0 ? std::min(14.0, 0.45 / storage.growth) : 14.0;
  const double within = std::fmod(days + 14 * unit(mix(seed)), cycle);
  const double start = storage.fill + (storage.is_shared ? 0.0 : 0.25 * (unit(hash_of(seed, 8)) - 0.5));
  return std::clamp(start + storage.growth * within + 0.004 * noise(seed, time_of(at), 3'600), 0.01, 0.995);
}

std::int64_t storage_total(const Storage& storage, const Node& node) {
  if (!storage.is_enabled || !storage.is_reachable) return 0;
  return storage.name == "local" ? node.root_disk : storage.total;
}

std::int64_t storage_used(const Storage& storage, const Node& node, WallTime at) {
  const auto total = static_cast<double>(storage_total(storage, node));
  return static_cast<std::int64_t>(total * storage_fill(storage, node, at) / 4096) * 4096;
}

}  // namespace monitorix::sim

// How a world begins: names, sizes and a past, all from the seed.

#include <algorithm>
#include <string>

#include "sim/world/backups.h"
#include "sim/world/events.h"
#include "sim/world/world.h"

namespace monitorix::sim {

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::int64_t kGiB = 1LL << 30;
constexpr std::array<std::string_view, 16> kTowns{"oslo",    "bergen", "uppsala", "pve",   "turku",  "aarhus",
                                                  "tromso",  "lab",    "malmo",   "espoo", "odense", "kiruna",
                                                  "tampere", "lund",   "bodo",    "narvik"};
constexpr std::array<std::string_view, 20> kRoles{"web",   "db",     "mail",   "dns",   "proxy",    "git",    "build",
                                                  "cache", "files",  "backup", "media", "metrics",  "wiki",   "queue",
                                                  "vpn",   "search", "auth",   "home",  "registry", "desktop"};
constexpr std::array<std::string_view, 7> kTags{"prod", "test", "prod;web", "infra", "critical;prod", "homelab", ""};
constexpr std::array<std::string_view, 4> kPools{"production", "staging", "office", "lab"};

std::string numbered(std::string_view stem, std::size_t number) {
  const auto digits = std::to_string(number);
  return std::string(stem) + (digits.size() < 2 ? "-0" : "-") + digits;
}

milliseconds random_span(Dice& dice, milliseconds longest) {
  return milliseconds{static_cast<std::int64_t>(dice.real() * static_cast<double>(longest.count()))};
}

Node make_node(Dice& dice, std::string name, WallTime now) {
  constexpr std::array<int, 4> kCores{8, 16, 24, 32};
  constexpr std::array<std::int64_t, 4> kMemory{64, 128, 192, 256};
  const auto size = dice.below(kCores.size());
  Node node;
  node.name = std::move(name);
  node.booted = now - hours{20} - random_span(dice, hours{24 * 160});
  node.cpus = kCores[size];
  node.memory = kMemory[size] * kGiB - 733'007'872;
  node.swap = 8 * kGiB - 4096;
  node.root_disk = (120 + 8 * static_cast<std::int64_t>(dice.below(40))) * kGiB;
  node.seed = dice.next();
  node.hardware.updates = static_cast<int>(mix(node.seed) % 4);
  return node;
}

void add_snapshots(Guest& guest, Dice& dice, WallTime now) {
  constexpr std::array<std::string_view, 4> kNames{"before_upgrade", "clean", "weekly", "tested"};
  const auto count = dice.chance(0.2) ? 1 + dice.below(3) : 0;
  auto taken = now - hours{24 * 90};
  for (std::size_t i = 0; i < count; ++i) {
    taken += random_span(dice, hours{24 * 28});
    guest.snapshots.push_back(
        {std::string(kNames[i]), i == 0 ? "before the upgrade" : "", taken, guest.kind == GuestKind::qemu && i == 1});
  }
}

Guest make_guest(Dice& dice, int vmid, std::size_t index, const Cluster& cluster, WallTime now) {
  constexpr std::array<int, 6> kCores{1, 2, 2, 4, 4, 8};
  Guest guest;
  guest.vmid = vmid;
  guest.kind = dice.chance(0.7) ? GuestKind::qemu : GuestKind::lxc;
  guest.node = dice.below(cluster.nodes.size());
  const auto& node = cluster.nodes[guest.node];
  const auto role = dice.below(kRoles.size());
  guest.name = numbered(kRoles[role], index / kRoles.size() + 1);
  guest.tags = kTags[dice.below(kTags.size())];
  guest.cpus = kCores[dice.below(kCores.size())];
  guest.max_memory = kGiB << dice.below(guest.kind == GuestKind::qemu ? 5 : 3);
  guest.max_swap = guest.kind == GuestKind::lxc ? kGiB / 2 : 0;
  guest.max_disk = 8 * kGiB << dice.below(5);
  guest.is_template = dice.chance(0.02);
  guest.is_running = !guest.is_template && dice.chance(0.88);
  guest.has_agent = guest.kind == GuestKind::qemu && dice.chance(0.6);
  guest.has_balloon = guest.kind == GuestKind::qemu && dice.chance(0.5);
  guest.starts_with_node = guest.is_running;
  guest.created = now - hours{24 * 20} - random_span(dice, hours{24 * 500});
  guest.started = std::max(guest.created, node.booted + seconds{60} + random_span(dice, seconds{240}));
  if (guest.is_running && dice.chance(0.4)) guest.started += random_span(dice, now - guest.started);
  if (!guest.is_running) guest.stopped = now - random_span(dice, hours{24 * 30});
  guest.seed = dice.next();
  guest.is_furnished = true;
  guest.agent_answers = hash_of(guest.seed, 21) % 8 != 0;
  guest.is_replicated = cluster.nodes.size() > 1 && !guest.is_template && mix(guest.seed) % 12 == 0;
  guest.process = static_cast<int>(1'000 + dice.below(900'000));
  if (!cluster.pools.empty() && dice.chance(0.5)) guest.pool = cluster.pools[dice.below(cluster.pools.size())];
  if (cluster.nodes.size() > 2 && guest.is_running && dice.chance(0.12)) guest.ha_state = "started";
  if (guest.is_template) {
    guest.name = numbered("template", static_cast<std::size_t>(vmid));
    guest.tags = "template";
  } else {
    add_snapshots(guest, dice, now);
  }
  return guest;
}

std::vector<Storage> make_storages(Dice& dice, int count) {
  const std::array<Storage, 8> kinds{
      Storage{"local", "dir", "iso,vztmpl,backup", false, true, true, 0, 0, 0.35, 0.002},
      Storage{"local-lvm", "lvmthin", "rootdir,images", false, true, true, 900 * kGiB, 0, 0.5, 0.004},
      Storage{"nas", "nfs", "images,iso,backup", true, true, true, 8'000 * kGiB, 0, 0.55, 0.012},
      Storage{"backup", "pbs", "backup", true, true, true, 16'000 * kGiB, 0, 0.45, 0.035},
      Storage{"pool", "rbd", "images,rootdir", true, true, true, 12'000 * kGiB, 0, 0.62, 0.006},
      Storage{"archive", "cifs", "backup,iso", true, true, true, 4'000 * kGiB, 0, 0.88, 0.004},
      Storage{"retired", "dir", "images", false, false, true, 500 * kGiB, 0, 0.2, 0},
      Storage{"nas-old", "nfs", "images", true, true, false, 2'000 * kGiB, 0, 0.2, 0}};
  std::vector<Storage> storages;
  for (int i = 0; i < count; ++i) {
    const auto index = static_cast<std::size_t>(i);
    auto storage = kinds[index < kinds.size() ? index : 2 + index % 4];
    if (index >= kinds.size()) storage.name += std::to_string(index);
    storage.seed = dice.next();
    storages.push_back(std::move(storage));
  }
  return storages;
}

/// The weeks before: nightly backups, starts and stops, now and then a failure.
void add_past_tasks(Cluster& cluster, WallTime now) {
  auto& dice = cluster.dice;
  if (cluster.guests.empty()) return;
  constexpr std::array<std::string_view, 3> kFailures{"job errors", "VM quit/powerdown failed - got timeout",
                                                      "command 'lvcreate' failed: exit code 5"};
  std::vector<Task> past;
  for (int i = 0; i < 300; ++i) {
    const auto& guest = cluster.guests[dice.below(cluster.guests.size())];
    const bool is_qemu = guest.kind == GuestKind::qemu;
    Task task;
    task.node = guest.node;
    const auto what = dice.below(10);
    task.type = what < 5   ? "vzdump"
                : what < 7 ? (is_qemu ? "qmstart" : "vzstart")
                : what < 8 ? (is_qemu ? "qmshutdown" : "vzshutdown")
                : what < 9 ? (is_qemu ? "qmsnapshot" : "vzsnapshot")
                           : (is_qemu ? "qmigrate" : "vzmigrate");
    task.vmid = guest.vmid;
    task.started = now - hours{1} - random_span(dice, hours{24 * 21});
    task.ended = task.started + seconds{1} + random_span(dice, task.type == "vzdump" ? seconds{1'500} : seconds{20});
    if (dice.chance(0.04)) task.status = kFailures[dice.below(kFailures.size())];
    if (task.type == "vzdump" && task.status == "OK" && dice.chance(0.03)) task.status = "WARNINGS: 1";
    past.push_back(std::move(task));
  }
  std::sort(past.begin(), past.end(), [](const Task& a, const Task& b) { return a.started < b.started; });
  for (auto& task : past) {
    task.process = static_cast<int>(1'000 + dice.below(1'000'000));
    const auto up = seconds_between(cluster.nodes[task.node].booted, task.started);
    task.process_start = static_cast<std::uint32_t>(std::max(up, 1.0) * 100);
    cluster.tasks.push_back(std::move(task));
  }
}

Cluster make_cluster(const WorldPlan& plan, std::size_t index, WallTime now) {
  Cluster cluster;
  const auto round = index / kTowns.size();
  cluster.name = kTowns[index % kTowns.size()];
  if (round > 0) cluster.name += std::to_string(round + 1);
  cluster.seed = hash_of(plan.seed, index);
  cluster.dice = Dice(cluster.seed);
  auto& dice = cluster.dice;
  // Two towns in sixteen call their nodes plainly pve1, pve2 ...: the same node names live in more than one cluster.
  const bool is_plain = index % 4 == 3;
  for (int i = 1; i <= plan.nodes; ++i) {
    cluster.nodes.push_back(make_node(dice, (is_plain ? "pve" : cluster.name + "-") + std::to_string(i), now));
    cluster.nodes.back().has_subscription = index % 3 == 2;
  }
  for (std::size_t i = 0; i < 2 + index % 3; ++i) cluster.pools.emplace_back(kPools[i]);
  cluster.storages = make_storages(dice, plan.storages);
  cluster.writes_to_server = plan.backup_servers > 0;
  for (int i = 0; i < plan.guests; ++i) {
    cluster.guests.push_back(make_guest(dice, 100 + i, static_cast<std::size_t>(i), cluster, now));
  }
  add_past_tasks(cluster, now);
  add_backups(cluster, now);
  if (plan.has_events && !plan.is_still && plan.guests > 0) plan_random_event(cluster, now);
  return cluster;
}

}  // namespace

World build_world(const WorldPlan& plan, WallTime now) {
  World world;
  world.version = plan.version;
  world.began = now;
  world.seed = plan.seed;
  world.has_export = plan.has_export;
  world.is_still = plan.is_still;
  world.has_events = plan.has_events && !plan.is_still;
  for (int i = 0; i < plan.clusters; ++i) {
    world.clusters.push_back(make_cluster(plan, static_cast<std::size_t>(i), now));
  }
  return world;
}

}  // namespace monitorix::sim

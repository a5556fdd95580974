#include "sim/world/events.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "sim/world/backups.h"

namespace monitorix::sim {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::size_t kTasksKept = 800;
constexpr seconds kFenceAfter{60};
constexpr seconds kRecoverAfter{120};

std::string task_type(const Guest& guest, std::string_view deed) {
  return (guest.kind == GuestKind::qemu ? "qm" : "vz") + std::string(deed);
}

std::uint64_t open_task(Cluster& cluster, const Guest& guest, std::string type, WallTime now) {
  Task task;
  task.node = guest.node;
  task.type = std::move(type);
  task.vmid = guest.vmid;
  task.started = now;
  task.process = static_cast<int>(1'000 + cluster.dice.below(1'000'000));
  const auto up = seconds_between(cluster.nodes[guest.node].booted, now);
  task.process_start = static_cast<std::uint32_t>(std::max(up, 1.0) * 100);
  cluster.tasks.push_back(std::move(task));
  if (cluster.tasks.size() > kTasksKept) {
    cluster.tasks.pop_front();
    ++cluster.tasks_dropped;
  }
  ++cluster.revision;
  return cluster.tasks_dropped + cluster.tasks.size() - 1;
}

void end_task(Cluster& cluster, std::uint64_t number, WallTime now, std::string_view status) {
  if (number < cluster.tasks_dropped) return;
  auto& task = cluster.tasks[static_cast<std::size_t>(number - cluster.tasks_dropped)];
  if (task.ended) return;
  task.ended = now;
  task.status = status;
  ++cluster.revision;
}

bool has_failed_dump(const Cluster& cluster, std::uint64_t number) {
  if (number < cluster.tasks_dropped) return false;
  const auto& dumps = cluster.tasks[static_cast<std::size_t>(number - cluster.tasks_dropped)].dumps;
  return std::any_of(dumps.begin(), dumps.end(), [](const Dump& dump) { return !dump.error.empty(); });
}

void plan(Cluster& cluster, Due due) { cluster.agenda.push_back(due); }

Result<Guest*> free_guest(Cluster& cluster, int vmid, WallTime now) {
  auto* guest = cluster.find_guest(vmid);
  if (guest == nullptr) return fail(Errc::not_found, "no guest " + std::to_string(vmid));
  if (!guest->lock.empty()) return fail(Errc::conflict, "VM is locked (" + guest->lock + ")");
  if (!cluster.is_online(guest->node, now)) return fail(Errc::conflict, "its node is offline");
  return guest;
}

void set_running(Guest& guest, WallTime now) {
  guest.is_running = true;
  guest.started = now;
  ++guest.process;
  if (!guest.ha_state.empty()) guest.ha_state = "started";
}

void set_stopped(Guest& guest, WallTime now) {
  guest.is_running = false;
  guest.stopped = now;
  if (!guest.ha_state.empty()) guest.ha_state = "stopped";
}

/// The living member with the fewest guests to itself, or none.
std::optional<std::size_t> refuge(const Cluster& cluster, std::size_t lost, std::uint64_t seed) {
  std::vector<std::size_t> living;
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    if (i != lost && cluster.nodes[i].is_member && cluster.nodes[i].is_alive) living.push_back(i);
  }
  if (living.empty()) return std::nullopt;
  return living[static_cast<std::size_t>(mix(seed) % living.size())];
}

void arrive(Cluster& cluster, const Due& due) {
  auto* guest = cluster.find_guest(due.vmid);
  if (guest == nullptr) return;
  guest->lock.clear();
  if (!guest->ha_state.empty()) guest->ha_state = guest->is_running ? "started" : "stopped";
  if (!cluster.nodes[due.node].is_alive) {
    end_task(cluster, due.task, due.at, "migration aborted");
    return;
  }
  guest->node = due.node;
  if (guest->is_running) guest->started = due.at;  // a new process: its counters begin again
  end_task(cluster, due.task, due.at, "OK");
}

void fail_over(Cluster& cluster, const Due& due) {
  const auto& lost = cluster.nodes[due.node];
  const auto patience = due.deed == Due::Deed::fence ? kFenceAfter : kRecoverAfter;
  if (lost.is_alive || due.at < lost.died + patience || !cluster.is_quorate(due.at)) return;
  for (auto& guest : cluster.guests) {
    if (guest.node != due.node || guest.ha_state.empty()) continue;
    if (due.deed == Due::Deed::fence) {
      guest.ha_state = "fence";
      continue;
    }
    if (const auto target = refuge(cluster, due.node, guest.seed)) {
      guest.node = *target;
      guest.lock.clear();
      set_running(guest, due.at);
    }
  }
  ++cluster.revision;
}

void random_event(Cluster& cluster, WallTime now) {
  auto& dice = cluster.dice;
  const auto& guest = cluster.guests[dice.below(cluster.guests.size())];
  const int vmid = guest.vmid;
  // A guest that is locked, a template or on a dead node refuses; then simply nothing happens this time.
  if (guest.is_template) return;
  Status done;
  if (!guest.is_running) {
    done = start_guest(cluster, vmid, now);
  } else {
    const auto what = dice.below(10);
    const auto target = refuge(cluster, guest.node, dice.next());
    if (what < 4) {
      done = backup_guest(cluster, vmid, now, seconds{60 + static_cast<long>(dice.below(240))});
    } else if (what < 6 && target) {
      done = migrate_guest(cluster, vmid, *target, now, seconds{8 + static_cast<long>(dice.below(22))});
    } else if (what < 8) {
      done = snapshot_guest(cluster, vmid, "auto_" + std::to_string(epoch(now)), now);
    } else if (guest.ha_state.empty()) {
      done = stop_guest(cluster, vmid, now);
    }
  }
  static_cast<void>(done);
}

void happen(Cluster& cluster, const Due& due) {
  auto* guest = cluster.find_guest(due.vmid);
  switch (due.deed) {
    case Due::Deed::task_ends: end_task(cluster, due.task, due.at, "OK"); break;
    case Due::Deed::unlock:
      if (guest != nullptr) guest->lock.clear();
      end_task(cluster, due.task, due.at, has_failed_dump(cluster, due.task) ? "job errors" : "OK");
      break;
    case Due::Deed::finish_migration: arrive(cluster, due); break;
    case Due::Deed::finish_start:
      if (guest != nullptr) set_running(*guest, due.at);
      break;
    case Due::Deed::finish_stop:
      if (guest != nullptr) set_stopped(*guest, due.at);
      break;
    case Due::Deed::fence:
    case Due::Deed::recover: fail_over(cluster, due); break;
    case Due::Deed::random_event:
      if (!cluster.guests.empty()) random_event(cluster, due.at);
      plan_random_event(cluster, due.at);
      break;
  }
  ++cluster.revision;
}

}  // namespace

void advance(Cluster& cluster, WallTime now) {
  for (;;) {
    const auto first = std::min_element(cluster.agenda.begin(), cluster.agenda.end(),
                                        [](const Due& a, const Due& b) { return a.at < b.at; });
    if (first == cluster.agenda.end() || first->at > now) return;
    const auto due = *first;
    cluster.agenda.erase(first);
    happen(cluster, due);
  }
}

void advance(World& world, WallTime now) {
  for (auto& cluster : world.clusters) advance(cluster, now);
}

void plan_random_event(Cluster& cluster, WallTime now) {
  // Calm: about one event in a minute and a half per cluster.
  const auto wait = seconds{25} + milliseconds{static_cast<std::int64_t>(cluster.dice.real() * 130'000)};
  plan(cluster, {now + wait, Due::Deed::random_event, 0, 0, 0});
}

Status start_guest(Cluster& cluster, int vmid, WallTime now) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  if ((*guest)->is_template) return fail(Errc::conflict, "you can't start a vm if it's a template");
  const auto task = open_task(cluster, **guest, task_type(**guest, "start"), now);
  if (!(*guest)->is_running) set_running(**guest, now);
  plan(cluster, {now + seconds{2}, Due::Deed::task_ends, vmid, 0, task});
  return {};
}

Status stop_guest(Cluster& cluster, int vmid, WallTime now) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  const auto task = open_task(cluster, **guest, task_type(**guest, "stop"), now);
  if ((*guest)->is_running) set_stopped(**guest, now);
  plan(cluster, {now + seconds{2}, Due::Deed::task_ends, vmid, 0, task});
  return {};
}

Status crash_guest(Cluster& cluster, int vmid, WallTime now) {
  auto* guest = cluster.find_guest(vmid);
  if (guest == nullptr) return fail(Errc::not_found, "no such guest");
  if (!guest->is_running) return fail(Errc::conflict, "it does not run");
  set_stopped(*guest, now);
  return {};
}

Status migrate_guest(Cluster& cluster, int vmid, std::size_t target, WallTime now, milliseconds lasting) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  if ((*guest)->node == target) return fail(Errc::conflict, "it is there already");
  if (!cluster.is_online(target, now)) return fail(Errc::conflict, "the target is offline");
  const auto type = (*guest)->kind == GuestKind::qemu ? "qmigrate" : "vzmigrate";
  const auto task = open_task(cluster, **guest, type, now);
  const Due due{now + lasting, Due::Deed::finish_migration, vmid, target, task};
  if (lasting <= milliseconds{0}) {
    arrive(cluster, due);
    return {};
  }
  (*guest)->lock = "migrate";
  if (!(*guest)->ha_state.empty()) (*guest)->ha_state = "migrate";
  plan(cluster, due);
  return {};
}

Status backup_guest(Cluster& cluster, int vmid, WallTime now, milliseconds lasting, std::string error) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  const auto task = open_task(cluster, **guest, "vzdump", now);
  auto dump = dump_of(**guest, cluster.seed ^ task);
  dump.lasting = std::chrono::duration_cast<seconds>(lasting);
  if (!error.empty()) dump.error = std::move(error);
  cluster.tasks.back().dumps = {std::move(dump)};
  (*guest)->lock = "backup";
  plan(cluster, {now + lasting, Due::Deed::unlock, vmid, 0, task});
  return {};
}

Status snapshot_guest(Cluster& cluster, int vmid, std::string name, WallTime now) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  const auto task = open_task(cluster, **guest, task_type(**guest, "snapshot"), now);
  auto& snapshots = (*guest)->snapshots;
  if (snapshots.size() >= 6) snapshots.erase(snapshots.begin());
  snapshots.push_back({std::move(name), "", now, false});
  (*guest)->lock = "snapshot";
  plan(cluster, {now + seconds{3}, Due::Deed::unlock, vmid, 0, task});
  return {};
}

Status forget_snapshot(Cluster& cluster, int vmid, std::string_view name, WallTime now) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  auto& snapshots = (*guest)->snapshots;
  const auto known =
      std::find_if(snapshots.begin(), snapshots.end(), [&](const Snapshot& one) { return one.name == name; });
  if (known == snapshots.end()) return fail(Errc::not_found, "no snapshot " + std::string(name));
  const auto task = open_task(cluster, **guest, task_type(**guest, "delsnapshot"), now);
  snapshots.erase(known);
  (*guest)->lock = "snapshot-delete";
  plan(cluster, {now + seconds{3}, Due::Deed::unlock, vmid, 0, task});
  return {};
}

Status set_agent(Cluster& cluster, int vmid, bool is_configured, bool answers, WallTime now) {
  auto* guest = cluster.find_guest(vmid);
  if (guest == nullptr || guest->kind != GuestKind::qemu) return fail(Errc::not_found, "no VM " + std::to_string(vmid));
  guest->agent_answers = answers;
  if (guest->has_agent != is_configured) {
    guest->has_agent = is_configured;
    end_task(cluster, open_task(cluster, *guest, "qmconfig", now), now, "OK");
  }
  ++cluster.revision;
  return {};
}

Status rename_guest(Cluster& cluster, int vmid, std::string name) {
  auto* guest = cluster.find_guest(vmid);
  if (guest == nullptr) return fail(Errc::not_found, "no guest " + std::to_string(vmid));
  guest->name = std::move(name);
  ++cluster.revision;
  return {};
}

Status touch_guest(Cluster& cluster, int vmid) {
  auto* guest = cluster.find_guest(vmid);
  if (guest == nullptr) return fail(Errc::not_found, "no guest " + std::to_string(vmid));
  guest->touched = guest->touched > 0.2 ? guest->touched - 0.2 : guest->touched + 0.05;
  ++cluster.revision;
  return {};
}

Status delete_guest(Cluster& cluster, int vmid, WallTime now) {
  const auto guest = free_guest(cluster, vmid, now);
  if (!guest) return fail(guest.error());
  const auto task = open_task(cluster, **guest, task_type(**guest, "destroy"), now);
  plan(cluster, {now + seconds{2}, Due::Deed::task_ends, 0, 0, task});
  cluster.guests.erase(cluster.guests.begin() + (*guest - cluster.guests.data()));
  return {};
}

Status create_guest(Cluster& cluster, int vmid, std::size_t node, GuestKind kind, WallTime now) {
  if (vmid < 100) return fail(Errc::invalid, "a vmid is at least 100");
  if (cluster.find_guest(vmid) != nullptr) return fail(Errc::conflict, std::to_string(vmid) + " exists");
  Guest guest;
  guest.vmid = vmid;
  guest.kind = kind;
  guest.node = node;
  guest.name = "new-" + std::to_string(vmid);
  guest.cpus = 2;
  guest.max_memory = 2LL << 30;
  guest.max_swap = kind == GuestKind::lxc ? 1LL << 29 : 0;
  guest.max_disk = 16LL << 30;
  guest.created = now;
  guest.seed = hash_of(cluster.seed ^ static_cast<std::uint64_t>(epoch(now)), static_cast<std::uint64_t>(vmid));
  guest.process = static_cast<int>(1'000 + cluster.dice.below(900'000));
  const auto task = open_task(cluster, guest, task_type(guest, "create"), now);
  plan(cluster, {now + seconds{2}, Due::Deed::task_ends, 0, 0, task});
  const auto place = std::lower_bound(cluster.guests.begin(), cluster.guests.end(), vmid,
                                      [](const Guest& other, int wanted) { return other.vmid < wanted; });
  cluster.guests.insert(place, std::move(guest));
  return {};
}

void kill_node(Cluster& cluster, std::size_t node, WallTime now, milliseconds detection) {
  auto& lost = cluster.nodes[node];
  if (!lost.is_alive) return;
  lost.is_alive = false;
  lost.died = now;
  lost.detection = detection;
  plan(cluster, {now + kFenceAfter, Due::Deed::fence, 0, node, 0});
  plan(cluster, {now + kRecoverAfter, Due::Deed::recover, 0, node, 0});
  ++cluster.revision;
}

void revive_node(Cluster& cluster, std::size_t node, WallTime now) {
  auto& back = cluster.nodes[node];
  if (back.is_alive) return;
  back.is_alive = true;
  back.booted = now;
  for (auto& guest : cluster.guests) {
    if (guest.node != node) continue;
    guest.lock.clear();
    if (guest.is_running) set_stopped(guest, back.died);
    if (guest.starts_with_node) plan(cluster, {now + seconds{5}, Due::Deed::finish_start, guest.vmid, 0, 0});
  }
  ++cluster.revision;
}

std::string upid_of(const Cluster& cluster, const Task& task) {
  std::array<char, 64> numbers{};
  const auto start = static_cast<std::uint32_t>(epoch(task.started + cluster.skew));
  std::snprintf(numbers.data(), numbers.size(), ":%08X:%08X:%08X:", static_cast<unsigned>(task.process),
                task.process_start, start);
  return "UPID:" + cluster.nodes[task.node].name + numbers.data() + task.type + ":" +
         (task.vmid == 0 ? "" : std::to_string(task.vmid)) + ":" + task.user +
         (task.token.empty() ? "" : "!" + task.token) + ":";
}

}  // namespace monitorix::sim

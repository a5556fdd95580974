#include "sim/world/backups.h"

#include <algorithm>
#include <array>

namespace monitorix::sim {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::int64_t kDay = 86'400;
constexpr int kPastNights = 8;
constexpr std::array<std::string_view, 7> kDays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

const Storage* backup_storage(const Cluster& cluster) {
  const Storage* found = nullptr;
  for (const auto& storage : cluster.storages) {
    if (!storage.is_enabled || storage.content.find("backup") == std::string::npos) continue;
    found = &storage;
    if (storage.plugin == "pbs" || (storage.name == "nas" && !cluster.writes_to_server)) break;
  }
  return found;
}

/// Which guests stand out, by their place among those that are no templates.
void mark_guests(Cluster& cluster, BackupJob& nightly) {
  std::vector<Guest*> plain;
  for (auto& guest : cluster.guests)
    if (!guest.is_template) plain.push_back(&guest);
  if (plain.size() < 6) return;
  plain[1]->backup_failure = "VM quit/powerdown failed - got timeout";
  plain[3]->has_unsaved_disk = true;
  for (std::size_t i = 5; i < plain.size(); i += 17) nightly.excluded.push_back(plain[i]->vmid);
}

void add_night(Cluster& cluster, const BackupJob& job, WallTime began, Dice& dice) {
  for (std::size_t node = 0; node < cluster.nodes.size(); ++node) {
    Task task;
    task.node = node;
    task.type = "vzdump";
    task.started = began;
    task.process = static_cast<int>(1'000 + dice.below(1'000'000));
    const auto up = seconds_between(cluster.nodes[node].booted, began);
    task.process_start = static_cast<std::uint32_t>(std::max(up, 1.0) * 100);
    seconds lasting{2};
    bool has_failed = false;
    for (const auto& guest : cluster.guests) {
      if (guest.node != node || !takes_in(cluster, job, guest)) continue;
      task.dumps.push_back(dump_of(guest, dice.next()));
      lasting += task.dumps.back().lasting;
      has_failed = has_failed || !task.dumps.back().error.empty();
    }
    if (task.dumps.empty()) continue;
    task.ended = began + lasting;
    if (has_failed) task.status = "job errors";
    cluster.tasks.push_back(std::move(task));
  }
}

}  // namespace

Dump dump_of(const Guest& guest, std::uint64_t chance) {
  Dump dump;
  dump.vmid = guest.vmid;
  dump.kind = guest.kind;
  dump.error = guest.backup_failure;
  dump.lasting = seconds{dump.error.empty() ? 20 + static_cast<long>(chance % 200) : 3};
  const auto share = 0.25 + 0.1 * unit(guest.seed) + 0.01 * unit(chance);
  dump.size = static_cast<std::int64_t>(share * static_cast<double>(guest.max_disk));
  return dump;
}

bool takes_in(const Cluster& cluster, const BackupJob& job, const Guest& guest) {
  if (!job.node.empty() && cluster.nodes[guest.node].name != job.node) return false;
  if (!job.pool.empty()) return guest.pool == job.pool;
  if (job.all) return std::find(job.excluded.begin(), job.excluded.end(), guest.vmid) == job.excluded.end();
  return std::find(job.vmids.begin(), job.vmids.end(), guest.vmid) != job.vmids.end();
}

std::int64_t next_run(const BackupJob& job, std::int64_t shown_now) {
  auto day = shown_now / kDay;
  for (;; ++day) {
    const auto at = day * kDay + job.minute * std::int64_t{60};
    const auto weekday = static_cast<int>((day + 4) % 7);  // 1970 began on a Thursday
    if (at > shown_now && (job.weekday < 0 || job.weekday == weekday)) return at;
  }
}

std::string schedule_text(const BackupJob& job) {
  const auto two = [](int value) { return (value < 10 ? "0" : "") + std::to_string(value); };
  const auto time = two(job.minute / 60) + ":" + two(job.minute % 60);
  return job.weekday < 0 ? time : std::string(kDays[static_cast<std::size_t>(job.weekday)]) + " " + time;
}

void add_backups(Cluster& cluster, WallTime now) {
  const auto* storage = backup_storage(cluster);
  if (cluster.guests.empty() || storage == nullptr) return;
  BackupJob nightly{.id = "backup-nightly", .storage = storage->name, .minute = 150, .all = true};
  mark_guests(cluster, nightly);
  BackupJob weekly{.id = "backup-weekly", .storage = storage->name, .minute = 240, .weekday = 6};
  if (!cluster.pools.empty()) weekly.pool = cluster.pools.front();
  BackupJob before_move{.id = "backup-before-move", .storage = storage->name, .minute = 60, .is_enabled = false};
  before_move.vmids = nightly.excluded;
  before_move.comment = "made for the move, no longer needed";
  Dice dice(hash_of(cluster.seed, "backups"));
  const auto last = next_run(nightly, epoch(now)) - kDay;
  auto old = std::move(cluster.tasks);
  cluster.tasks.clear();
  for (int night = kPastNights - 1; night >= 0; --night)
    add_night(cluster, nightly, WallTime{seconds{last - night * kDay}}, dice);
  for (auto& task : cluster.tasks)
    if (task.ended && *task.ended > now) task.ended = now;
  cluster.tasks.insert(cluster.tasks.end(), std::make_move_iterator(old.begin()), std::make_move_iterator(old.end()));
  std::stable_sort(cluster.tasks.begin(), cluster.tasks.end(),
                   [](const Task& a, const Task& b) { return a.started < b.started; });
  cluster.backup_jobs = {std::move(nightly)};
  if (!weekly.pool.empty()) cluster.backup_jobs.push_back(std::move(weekly));
  if (!before_move.vmids.empty()) cluster.backup_jobs.push_back(std::move(before_move));
}

}  // namespace monitorix::sim

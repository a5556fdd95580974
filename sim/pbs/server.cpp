#include "sim/pbs/server.h"

#include <algorithm>

namespace monitorix::sim {

namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::int64_t kGiB = 1LL << 30;
constexpr std::size_t kKept = 30;  // snapshots of a group, by the prune job
constexpr std::string_view kMain = "main", kCopies = "offsite";

std::string group_key(const KeptGroup& group) { return group.type + "/" + group.id; }

KeptGroup old_group(std::size_t cluster, const std::string& owner, WallTime began) {
  KeptGroup group{.type = "vm", .id = std::to_string(900 + cluster), .owner = owner};
  for (int week = 3; week > 0; --week)
    group.snapshots.push_back({began - hours{24 * 180} - hours{24 * 7 * week}, 12 * kGiB, "ok", "old-shop", true});
  return group;
}

}  // namespace

BackupServer::BackupServer(const World& world, std::size_t index, std::size_t count)
    : world_(world),
      index_(index),
      count_(count),
      name_(name_of(index)) {
  stores_.push_back({.name = std::string(kMain), .total = 20'000 * kGiB, .fill = 0.71, .growth = 0.0042});
  stores_.push_back({.name = std::string(kCopies), .total = 40'000 * kGiB, .fill = 0.38});
}

std::string BackupServer::name_of(std::size_t index) { return "vault-" + std::to_string(index + 1); }

std::string BackupServer::namespace_of(const World& world, std::size_t cluster) {
  const auto owner = cluster % 3 == 2 ? cluster - 1 : cluster;
  return "site/" + world.clusters[owner].name;
}

std::string BackupServer::owner_of(const World& world, std::size_t cluster) {
  const auto owner = cluster % 3 == 2 ? cluster - 1 : cluster;
  return world.clusters[owner].name + "@pbs!pve";
}

BackupStore* BackupServer::find_store(std::string_view store) {
  const auto found = std::ranges::find(stores_, store, &BackupStore::name);
  return found == stores_.end() ? nullptr : &*found;
}

const BackupStore* BackupServer::find_store(std::string_view store) const {
  const auto found = std::ranges::find(stores_, store, &BackupStore::name);
  return found == stores_.end() ? nullptr : &*found;
}

std::vector<std::string> BackupServer::namespaces(std::string_view store) const {
  if (store != kMain) return {""};
  std::vector<std::string> out{"", "site"};
  for (std::size_t cluster = 0; cluster < world_.clusters.size(); ++cluster)
    if (cluster % count_ == index_) out.push_back(namespace_of(world_, cluster));
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

double BackupServer::fill_of(const BackupStore& store, WallTime now) const {
  const double days = seconds_between(world_.began, now) / 86'400.0;
  return std::clamp(store.fill + store.growth * days, 0.0, 0.999);
}

WallTime BackupServer::full_date(const BackupStore& store, WallTime now) const {
  if (store.growth <= 0) return now - hours{24 * 400};
  const double days = (1.0 - fill_of(store, now)) / store.growth;
  return now + seconds{static_cast<std::int64_t>(days * 86'400.0)};
}

WallTime BackupServer::last_night(WallTime now) const {
  constexpr hours kAt{5};
  const auto day = std::chrono::floor<std::chrono::days>(now - kAt);
  return WallTime{day.time_since_epoch()} + kAt;
}

WallTime BackupServer::last_verification(WallTime now) const {
  const auto nightly = last_night(now);
  return verified_at_ ? std::max(*verified_at_, nightly) : nightly;
}

std::string BackupServer::verified_state(int vmid, bool is_newest, WallTime at, WallTime now) const {
  if (const auto ordered = verified_.find(vmid); is_newest && ordered != verified_.end()) return ordered->second;
  return at > last_verification(now) ? "" : "ok";
}

void BackupServer::add_cluster(std::size_t number, WallTime now, std::map<std::string, KeptGroup>& groups) const {
  const auto& cluster = world_.clusters[number];
  const auto keep = [&](int vmid, GuestKind kind, WallTime at, std::int64_t size, bool is_finished) {
    KeptGroup group{.type = kind == GuestKind::qemu ? "vm" : "ct", .id = std::to_string(vmid)};
    group.owner = owner_of(world_, number);
    auto& kept = groups.try_emplace(group_key(group), std::move(group)).first->second;
    const auto* guest = cluster.find_guest(vmid);
    kept.snapshots.push_back({at, size, "", guest == nullptr ? "" : guest->name, is_finished});
  };
  for (const auto& task : cluster.tasks) {
    if (task.type != "vzdump" || task.started > now) continue;
    auto at = task.started;
    for (const auto& dump : task.dumps) {
      if (dump.error.empty() && at <= now) keep(dump.vmid, dump.kind, at, dump.size, at + dump.lasting <= now);
      at += dump.lasting;
    }
    const auto* guest = task.dumps.empty() ? cluster.find_guest(task.vmid) : nullptr;
    if (guest != nullptr && task.status != "job errors" && (task.status == "OK" || task.status.starts_with("WARN")))
      keep(task.vmid, guest->kind, task.started, guest->max_disk / 3, task.ended && *task.ended <= now);
  }
  auto gone = old_group(number, owner_of(world_, number), world_.began);
  auto key = group_key(gone);
  groups.try_emplace(std::move(key), std::move(gone));
}

std::vector<KeptGroup> BackupServer::groups(std::string_view store, std::string_view name_space, WallTime now) const {
  std::map<std::string, KeptGroup> found;
  const bool is_copy = store == kCopies;
  for (std::size_t cluster = 0; cluster < world_.clusters.size(); ++cluster) {
    if (cluster % count_ != index_) continue;
    const bool is_first = cluster == index_;
    if (is_copy ? is_first : namespace_of(world_, cluster) == name_space) add_cluster(cluster, now, found);
  }
  if (!is_copy && name_space.empty()) {
    KeptGroup host{.type = "host", .id = "gateway", .owner = "root@pam"};
    host.snapshots.push_back({world_.began - hours{20}, 3 * kGiB, "ok", "", true});
    found.emplace("host/gateway", std::move(host));
  }
  std::vector<KeptGroup> out;
  for (auto& [key, group] : found) {
    std::ranges::sort(group.snapshots, {}, &KeptSnapshot::at);
    const auto surplus = group.snapshots.size() > kKept ? group.snapshots.size() - kKept : 0;
    group.snapshots.erase(group.snapshots.begin(), group.snapshots.begin() + static_cast<std::ptrdiff_t>(surplus));
    const int vmid = group.type == "host" ? 0 : std::stoi(group.id);
    for (auto& snapshot : group.snapshots)
      if (snapshot.verified.empty() && snapshot.is_finished)
        snapshot.verified = verified_state(vmid, &snapshot == &group.snapshots.back(), snapshot.at, now);
    // Of some guests the newest that was verified is damaged.
    const auto damaged =
        std::ranges::find(group.snapshots.rbegin(), group.snapshots.rend(), "ok", &KeptSnapshot::verified);
    if (vmid % 23 == 9 && damaged != group.snapshots.rend()) damaged->verified = "failed";
    out.push_back(std::move(group));
  }
  return out;
}

}  // namespace monitorix::sim

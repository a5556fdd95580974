#pragma once
// A simulated Proxmox Backup Server: what it keeps is made from the vzdump tasks of the clusters that write to it, so
// that its snapshots and their tasks tell of the same backups. Equal VMIDs of two clusters lie in namespaces of their
// own, but for the third cluster, which writes into the second one's with the same user: nobody can tell these apart.
// Plus a group of a guest deleted long ago, one of a host, a second datastore that holds copies, jobs of all four
// kinds.

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/world/world.h"

namespace monitorix::sim {

struct KeptSnapshot {
  WallTime at{};
  std::int64_t size{};
  std::string verified{};  ///< "", "ok" or "failed"
  std::string comment{};
  bool is_finished{true};
};

struct KeptGroup {
  std::string type{};  ///< vm, ct, host
  std::string id{};
  std::string owner{};
  std::vector<KeptSnapshot> snapshots{};  ///< oldest first
};

struct BackupStore {
  std::string name{};
  std::int64_t total{};
  double fill{0.5};     ///< when the world began
  double growth{};      ///< share of the total per day
  std::string error{};  ///< what the server says of it instead of numbers
};

class BackupServer {
 public:
  /// Number `index` of `count`; the world outlives it.
  BackupServer(const World& world, std::size_t index, std::size_t count);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<BackupStore>& stores() const { return stores_; }
  [[nodiscard]] BackupStore* find_store(std::string_view store);
  [[nodiscard]] const BackupStore* find_store(std::string_view store) const;
  [[nodiscard]] std::vector<std::string> namespaces(std::string_view store) const;
  [[nodiscard]] std::vector<KeptGroup> groups(std::string_view store, std::string_view name_space, WallTime now) const;
  [[nodiscard]] double fill_of(const BackupStore& store, WallTime now) const;
  /// When its growth will have filled it; in the past when it does not grow.
  [[nodiscard]] WallTime full_date(const BackupStore& store, WallTime now) const;
  /// What a verification finds of a guest's newest snapshot from now on.
  void set_verified(int vmid, std::string state) { verified_[vmid] = std::move(state); }
  /// The last night in which verification, prune and garbage collection ran.
  [[nodiscard]] WallTime last_night(WallTime now) const;
  void verify_now(WallTime now) { verified_at_ = now; }
  [[nodiscard]] WallTime last_verification(WallTime now) const;

  [[nodiscard]] static std::string namespace_of(const World& world, std::size_t cluster);
  [[nodiscard]] static std::string owner_of(const World& world, std::size_t cluster);
  [[nodiscard]] static std::string name_of(std::size_t index);

 private:
  [[nodiscard]] std::string verified_state(int vmid, bool is_newest, WallTime at, WallTime now) const;
  void add_cluster(std::size_t cluster, WallTime now, std::map<std::string, KeptGroup>& groups) const;

  const World& world_;
  std::size_t index_, count_;
  std::string name_;
  std::vector<BackupStore> stores_{};
  std::map<int, std::string> verified_{};
  std::optional<WallTime> verified_at_{};
};

}  // namespace monitorix::sim

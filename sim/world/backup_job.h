#pragma once
// What a cluster's backups consist of: jobs, what a task does with each of its guests, and the server it is written to.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace monitorix::sim {

enum class GuestKind { qemu, lxc };

/// What a vzdump task does with one of its guests.
struct Dump {
  int vmid{};
  GuestKind kind{GuestKind::qemu};
  std::chrono::seconds lasting{};
  std::int64_t size{};
  std::string error{};  ///< empty: it goes well
};

/// Where a storage of type pbs writes to.
struct RemoteStore {
  std::string server{};  ///< empty: no server is simulated
  int port{};
  std::string datastore{}, name_space{}, username{}, fingerprint{};
};

struct BackupJob {
  std::string id{};
  std::string storage{};
  int minute{};     ///< of the day
  int weekday{-1};  ///< 0 is Sunday; -1: every day
  bool all{};
  bool is_enabled{true};
  std::vector<int> vmids{};
  std::vector<int> excluded{};
  std::string pool{};
  std::string node{};  ///< empty: wherever its guests are
  std::string comment{};
};

}  // namespace monitorix::sim

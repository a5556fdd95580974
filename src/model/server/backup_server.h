#pragma once
// What a Proxmox Backup Server tells of itself: datastores, the groups and snapshots in their namespaces, its jobs. A
// group is named by what backed itself up ("vm", "100"); which guest of which cluster that is, state decides.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "model/backup.h"

namespace monitorix {

/// What the server found when it last read a snapshot again. `none`: it did not.
enum class VerifyState : std::uint8_t { none, ok, failed };
enum class ServerJobKind : std::uint8_t { sync, verify, prune, gc };
/// Whether a datastore fills, as its server estimates.
enum class UsageTrend : std::uint8_t { unknown, steady, growing };

/// A group within its namespace: "vm" and "100".
struct GroupName {
  std::string type{}, id{};
  auto operator<=>(const GroupName&) const = default;
};

struct BackupGroup {
  GroupName name{};
  std::optional<std::string> owner{};  ///< user@realm or user@realm!token
  std::optional<std::string> comment{};
  std::optional<WallTime> last_at{};
  std::int64_t count{};
  bool operator==(const BackupGroup&) const = default;
};

struct ServerSnapshot {
  WallTime at{};
  std::optional<std::int64_t> size_bytes{};
  VerifyState verify{};
  std::optional<std::string> comment{};
  bool is_finished{true};  ///< false while it is being written, and when that broke off
  bool is_protected{false};
  bool operator==(const ServerSnapshot&) const = default;
};

/// The last garbage collection of a datastore, as the server keeps it.
struct GarbageStatus {
  std::optional<std::int64_t> index_bytes{}, disk_bytes{};  ///< what is referred to, and what it takes on disk
  std::optional<std::int64_t> removed_bytes{}, pending_bytes{}, still_bad{};
  bool operator==(const GarbageStatus&) const = default;
};

struct Datastore {
  std::string name{};
  std::optional<std::int64_t> total_bytes{}, used_bytes{}, available_bytes{};
  /// Shares in use of the last month, oldest first, evenly spaced; nullopt where nothing was recorded.
  std::vector<std::optional<double>> history{};
  std::optional<WallTime> history_from{};
  std::chrono::seconds history_step{};
  UsageTrend trend{};
  std::optional<WallTime> full_at{};   ///< when it grows
  std::optional<std::string> error{};  ///< why the server cannot read it
  std::optional<GarbageStatus> garbage{};
  bool operator==(const Datastore&) const = default;
};

struct ServerJob {
  ServerJobKind kind{};
  std::string id{}, datastore{};
  std::optional<std::string> name_space{};  ///< "" is the root; of garbage collections none
  std::optional<std::string> remote{};      ///< of a sync: where from or to, "remote:datastore"
  std::optional<std::string> schedule{}, comment{};
  std::optional<WallTime> last_run_at{}, next_run_at{};
  std::optional<std::string> last_state{};  ///< OK, WARNINGS: n, or the error
  BackupResult result{};
  bool operator==(const ServerJob&) const = default;
};

/// A storage of type pbs as a PVE cluster has it configured: where this cluster writes.
struct ServerStorage {
  std::string name{}, server{};
  int port{8007};
  std::string datastore{}, name_space{};
  std::optional<Digest> fingerprint{};
  std::optional<std::string> username{};
  bool operator==(const ServerStorage&) const = default;
};

}  // namespace monitorix

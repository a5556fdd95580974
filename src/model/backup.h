#pragma once
// What is known of a guest's backups: the jobs that should make them, the runs of vzdump that did, and how sure one may
// be of both. A run belongs to a VMID of a cluster; which guest that was, state decides.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/guest.h"
#include "model/ids.h"
#include "model/reason.h"

namespace monitorix {

enum class BackupResult : std::uint8_t { unknown, ok, warning, failed };

/// How well a guest is backed up; the worst that is true. `never` and `no_job` are the wire's "none" of a guest.
enum class Coverage : std::uint8_t { unknown, ok, excluded_disk, late, failed, never, no_job, not_needed, archived };

/// Whether Proxmox lets itself be asked, so that an empty answer is never taken for "there is none" (A5, X10, X14).
enum class Readable : std::uint8_t { not_asked, yes, denied, failing };

/// Whether backups on a backup server are known to be a guest's. `ambiguous`: there are some with its number, and more
/// than one cluster may have written them.
enum class ServerJoin : std::uint8_t { none, joined, ambiguous };

/// One vzdump task. Its runs share it.
struct BackupTask {
  std::string upid{}, node{};
  std::optional<std::string> storage{};
  bool operator==(const BackupTask&) const = default;
};

/// What became of one guest in one task.
struct BackupRun {
  std::shared_ptr<const BackupTask> task{};
  std::int64_t vmid{};
  WallTime started_at{};
  std::optional<std::chrono::seconds> duration{};
  std::optional<std::int64_t> size_bytes{};
  BackupResult result{};
  std::optional<std::string> error{};
  bool from_log{false};  ///< the task's log was read; else only its status is known
  bool operator==(const BackupRun& other) const {
    return task->upid == other.task->upid && task->storage == other.task->storage && vmid == other.vmid &&
           started_at == other.started_at && duration == other.duration && size_bytes == other.size_bytes &&
           result == other.result && error == other.error && from_log == other.from_log;
  }
};

/// E8: a job as the cluster has it.
struct BackupJob {
  std::string id{};
  bool enabled{true}, all{false};
  std::vector<std::int64_t> vmids{}, excluded{};
  std::optional<std::string> pool{}, node{}, storage{}, schedule{}, mode{}, comment{};
  std::optional<WallTime> next_run{};
  /// The longest pause between two runs; nullopt when the schedule is of a form that is not understood.
  std::optional<std::chrono::seconds> interval{};
  bool operator==(const BackupJob&) const = default;
};

struct ExcludedDisk {
  std::string disk{}, reason{};  ///< "scsi1", "backup=no"
  bool operator==(const ExcludedDisk&) const = default;
};

/// How a guest fares; kept beside the guest itself, which carries only what lists show.
struct Assurance {
  GuestId guest{};
  Coverage coverage{};
  Reason reason{};
  std::vector<std::string> jobs{};  ///< enabled ones that hold it
  std::vector<ExcludedDisk> excluded_disks{};
  std::optional<WallTime> last_success_at{}, last_run_at{};
  std::optional<std::chrono::seconds> last_duration{};
  std::optional<std::int64_t> last_size_bytes{};
  std::optional<BackupResult> last_result{};
  std::optional<std::chrono::seconds> wanted_every{};  ///< recovery point asked for, by a person or the jobs
  bool is_wanted_by_person{false};
  ServerJoin server_join{};
  bool operator==(const Assurance&) const = default;
};

}  // namespace monitorix

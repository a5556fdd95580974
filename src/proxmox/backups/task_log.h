#pragma once
// The log of a vzdump task, line by line: what became of each of its guests. Lines that count (the rest is passed
// over):
//
//   INFO: starting new backup job: vzdump 100 101 --storage nas --mode snapshot ...
//   INFO: Starting Backup of VM 100 (qemu)
//   INFO: Backup started at 2026-01-31 02:30:05                  by the node's own clock: only differences are used
//   INFO: archive file size: 5.43GB
//   WARN: ...
//   INFO: Finished Backup of VM 100 (00:03:05)
//   ERROR: Backup of VM 101 failed - VM is locked (snapshot)
//   INFO: Failed at 2026-01-31 02:33:10
//
// vzdump takes its guests one after the other, so a line belongs to the guest that was begun last.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/backup.h"
#include "model/task.h"

namespace monitorix::proxmox {

class TaskLog {
 public:
  static constexpr std::size_t kMostGuests = 10'000;

  void add(std::string_view line);
  /// What the lines so far say of `task`, which has ended. A guest that was begun and never told of again failed with
  /// the task when that says why; else what became of it is unknown.
  [[nodiscard]] std::vector<BackupRun> runs(const PveTask& task) const;

 private:
  struct Guest {
    std::int64_t vmid{};
    std::optional<WallTime> began{}, ended{};  ///< as the node's clock showed
    std::optional<std::chrono::seconds> duration{};
    std::optional<std::int64_t> size_bytes{};
    std::optional<std::string> error{};
    bool finished{false}, warned{false};
  };
  std::vector<Guest> guests_{};
  std::optional<std::string> storage_{};
};

/// The run of a task that names its one guest, from the task's own line: no log is needed to know how it ended.
BackupRun run_of(const PveTask& task, std::int64_t vmid);
/// OK, WARNINGS: 2, or an error; "unexpected status" and nothing at all say nothing (X20).
BackupResult result_of(const std::optional<std::string>& status);

}  // namespace monitorix::proxmox

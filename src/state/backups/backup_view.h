#pragma once
// What readers see of a cluster's backups: an immutable picture, replaced whole when anything in it changes.

#include <memory>
#include <vector>

#include "model/backup.h"

namespace monitorix::state {

using BackupRunPtr = std::shared_ptr<const BackupRun>;

struct BackupView {
  Readable jobs_readable{}, tasks_readable{};
  std::vector<BackupJob> jobs{};         ///< by id
  std::vector<std::size_t> job_sizes{};  ///< guests that each of them takes in now
  std::vector<Assurance> guests{};       ///< by guest; no templates, nobody deleted
  std::vector<BackupRunPtr> runs{};      ///< newest first
  std::vector<GuestId> run_guests{};     ///< whose each run was; 0 when no guest known here
  [[nodiscard]] const Assurance* of(GuestId id) const;
};

}  // namespace monitorix::state

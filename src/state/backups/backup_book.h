#pragma once
// The observer's own memory of a cluster's backups, and the judgement of what it says about one guest. Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/observation.h"
#include "model/watched/backup_plan.h"
#include "state/backups/backup_view.h"
#include "state/servers/join.h"

namespace monitorix::state {

struct BackupBook {
  struct Contents {
    WallTime at{};
    std::vector<BackupContents::Row> rows{};  ///< by VMID
  };
  struct Member {
    Readable readable{Readable::not_asked};
    bool whole{false};  ///< all its finished tasks of the last weeks were told
  };
  Readable jobs_readable{Readable::not_asked};
  std::vector<BackupJob> jobs{};  ///< by id
  WallTime jobs_at{};
  std::map<std::string, Contents> contents{};
  std::optional<std::vector<std::int64_t>> not_backed_up{};
  WallTime not_backed_up_at{};
  std::map<std::string, Member> members{};
  /// Newest first; at most kKeptRuns of a guest beside its newest success.
  std::unordered_map<std::int64_t, std::vector<BackupRunPtr>> runs{};
  std::map<std::string, PveTask> open{};  ///< vzdump tasks that were seen running
  Readable storages_readable{Readable::not_asked};
  std::vector<ServerStorage> storages{};  ///< where the cluster writes to backup servers
  bool is_stale{true};                    ///< something came since guests were judged
  WallTime judged_at{};
  std::shared_ptr<const BackupPlan> plan{};  ///< all of the jobs as facts, for those who keep them; made when asked for
};

/// The jobs, what they take in and who is in none, as last read.
std::shared_ptr<const BackupPlan> plan_of(BackupBook& book);
/// Takes what was kept of them.
void restore_plan(BackupBook& book, const BackupPlan& plan);

inline constexpr std::size_t kKeptRuns = 8;

/// Puts a run in its place; false when it says nothing new. What the log told is not replaced by what the task told.
bool keep_run(BackupBook& book, BackupRunPtr run);

/// Where a guest stands, as far as its backups care.
struct GuestPlace {
  const Guest& guest;
  std::string_view node{};  ///< "" when not known
  bool is_running_backup{false};
  const ServerEvidence* server{};  ///< what backup servers say of it; null when nothing
  bool is_server_awaited{false};   ///< a backup server to which its cluster writes was not read whole yet
};
Assurance assess(const BackupBook& book, const GuestPlace& place, WallTime now);
/// All members' tasks together: denied when any is, else whether all that are named here were read whole.
Readable tasks_readable(const BackupBook& book);
/// Whether this run can be of this guest: a VMID may have had an owner before.
bool is_of(const BackupRun& run, const Guest& guest);
bool takes_in(const BackupBook& book, const BackupJob& job, const GuestPlace& place);
BackupState state_of(const Assurance& assurance);

}  // namespace monitorix::state

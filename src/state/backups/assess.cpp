#include <algorithm>

#include "state/backups/backup_book.h"

// How sure one may be of a guest's backups. The worst that is true is what is said, and nothing is concluded from what
// could not be read: rules in the guide's page on backups.

namespace monitorix::state {
namespace {

using std::chrono::seconds;

constexpr seconds kLeastGrace = std::chrono::minutes{30}, kMostGrace = std::chrono::hours{6};
constexpr std::chrono::minutes kSameBackup{5};    // between a task's own time of a backup and its server's
constexpr std::chrono::hours kLongestBackup{24};  // K2: so long a running backup excuses its being late

/// How much later than its schedule a backup may come: jobs take a while, and not always the same.
seconds grace_of(seconds interval) { return std::clamp(interval / 12, kLeastGrace, kMostGrace); }

const BackupContents::Row* row_of(const BackupBook& book, const std::string& job, std::int64_t vmid) {
  const auto contents = book.contents.find(job);
  if (contents == book.contents.end()) return nullptr;
  const auto& rows = contents->second.rows;
  const auto found = std::ranges::lower_bound(rows, vmid, {}, &BackupContents::Row::vmid);
  return found != rows.end() && found->vmid == vmid ? &*found : nullptr;
}

bool defined_in(const BackupJob& job, const Guest& guest) {
  if (job.pool) return guest.pool == job.pool;
  if (job.all) return !std::ranges::binary_search(job.excluded, guest.vmid);
  return std::ranges::binary_search(job.vmids, guest.vmid);
}

bool holds_but_for_its_node(const BackupBook& book, const BackupJob& job, const Guest& guest) {
  return defined_in(job, guest) || (job.pool && row_of(book, job.id, guest.vmid));
}

/// Disks that every job leaves out; none while one of the jobs is not known that well.
std::vector<ExcludedDisk> excluded_everywhere(const BackupBook& book, const std::vector<const BackupJob*>& jobs,
                                              std::int64_t vmid) {
  std::optional<std::vector<ExcludedDisk>> common;
  for (const BackupJob* job : jobs) {
    const auto* row = row_of(book, job->id, vmid);
    if (!row) return {};
    if (!common) {
      common = row->excluded_disks;
      continue;
    }
    std::erase_if(*common, [&](const ExcludedDisk& disk) {
      return std::ranges::find(row->excluded_disks, disk.disk, &ExcludedDisk::disk) == row->excluded_disks.end();
    });
  }
  return common.value_or(std::vector<ExcludedDisk>{});
}

struct Past {
  const BackupRun* last{};     ///< whatever became of it
  const BackupRun* decided{};  ///< the newest of which it is known
  const BackupRun* success{};
};

Past past_of(const BackupBook& book, const Guest& guest) {
  Past past{};
  const auto found = book.runs.find(guest.vmid);
  if (found == book.runs.end()) return past;
  for (const auto& run : found->second) {
    if (!is_of(*run, guest)) continue;
    if (!past.last) past.last = run.get();
    if (!past.decided && run->result != BackupResult::unknown) past.decided = run.get();
    if (!past.success && (run->result == BackupResult::ok || run->result == BackupResult::warning))
      past.success = run.get();
  }
  return past;
}

Reason because(std::string code, std::string text, Reason::Params params = {}) {
  return {.code = std::move(code), .text = std::move(text), .params = std::move(params)};
}

Reason why_jobs_are_unknown(Readable readable) {
  if (readable == Readable::denied)
    return because("jobs_denied", "the backup jobs may not be read: Sys.Audit on / is missing",
                   {{"privilege", "Sys.Audit"}, {"path", "/"}});
  if (readable == Readable::failing) return because("jobs_failing", "the backup jobs could not be read");
  return because("not_asked_yet", "the backup jobs have not been read yet");
}

Reason why_tasks_are_unknown(Readable readable) {
  if (readable == Readable::denied)
    return because("tasks_denied", "the backup tasks may not be read: Sys.Audit on /nodes is missing",
                   {{"privilege", "Sys.Audit"}, {"path", "/nodes"}});
  if (readable == Readable::failing) return because("tasks_failing", "not every member's backup tasks could be read");
  return because("not_asked_yet", "not every member's backup tasks have been read yet");
}

/// Why no enabled job holds the guest; Coverage::unknown when Proxmox says that one does.
std::pair<Coverage, Reason> without_job(const BackupBook& book, const GuestPlace& place) {
  for (const BackupJob& job : book.jobs)
    if (job.enabled && holds_but_for_its_node(book, job, place.guest))
      return {Coverage::no_job,
              because("job_elsewhere",
                      "job " + job.id + " runs on node " + job.node.value_or("") + " only, where the guest is not",
                      {{"job", job.id}, {"node", job.node.value_or("")}})};
  for (const BackupJob& job : book.jobs)
    if (!job.enabled && takes_in(book, job, place))
      return {Coverage::no_job, because("job_disabled", "job " + job.id + " is disabled", {{"job", job.id}})};
  const bool proxmox_disagrees = book.not_backed_up && book.not_backed_up_at > place.guest.created_at &&
                                 !std::ranges::binary_search(*book.not_backed_up, place.guest.vmid);
  if (proxmox_disagrees)
    return {Coverage::unknown, because("sources_disagree", "Proxmox counts it in a job in which it is not found")};
  return {Coverage::no_job, because("no_job", "it is in no backup job")};
}

std::int64_t hours_in(seconds span) { return std::chrono::ceil<std::chrono::hours>(span).count(); }

void decide(Assurance& out, Coverage coverage, Reason reason) {
  out.coverage = coverage;
  out.reason = std::move(reason);
}

/// Where there is neither an answer of the tasks nor of a server, the reason for it.
void decide_without_success(const GuestPlace& place, Readable tasks, Assurance& out) {
  if (out.server_join == ServerJoin::ambiguous) {
    decide(
        out, Coverage::unknown,
        because("ambiguous", "a backup server holds backups with its number, but more than one cluster writes there"));
  } else if (place.is_server_awaited) {
    decide(out, Coverage::unknown, because("not_asked_yet", "not everything of its backup server has been read yet"));
  } else if (tasks != Readable::yes) {
    decide(out, Coverage::unknown, why_tasks_are_unknown(tasks));
  } else {
    decide(out, Coverage::never, because("never_succeeded", "no successful backup is known"));
  }
}

/// A snapshot that is there proves a backup, whatever the tasks say or do not say.
void take_snapshots(const ServerEvidence& server, Assurance& out) {
  if (!server.newest_good_at) return;
  if (out.last_success_at && *server.newest_good_at <= *out.last_success_at + kSameBackup) return;
  out.last_success_at = server.newest_good_at;
  const bool is_newest = server.newest_good_at == server.newest_at;
  out.last_duration.reset();
  out.last_size_bytes = is_newest ? server.newest_size_bytes : std::nullopt;
}

/// The newest backup is on a server, and the server found it to be damaged.
bool is_newest_damaged(const ServerEvidence* server, const Past& past) {
  if (!server || server->newest_verify != VerifyState::failed || !server->newest_at) return false;
  return !past.success || past.success->started_at <= *server->newest_at + kSameBackup;
}

void decide_by_runs(const BackupBook& book, const GuestPlace& place, const Past& past, WallTime now, Assurance& out) {
  // While logs wait to be read, a newer success may be in one of them.
  const Readable tasks = tasks_readable(book);
  const bool may_be_newer = tasks == Readable::not_asked || place.is_server_awaited;
  if (is_newest_damaged(place.server, past)) {
    decide(out, Coverage::failed,
           because("verify_failed", "the newest backup failed its verification on the backup server"));
    return;
  }
  const bool has_failed = past.decided && past.decided->result == BackupResult::failed &&
                          !(out.last_success_at && *out.last_success_at > past.decided->started_at);
  if (has_failed && !may_be_newer) {
    const std::string error = past.decided->error.value_or("");
    decide(out, Coverage::failed, because("last_failed", "the last backup failed: " + error, {{"error", error}}));
    return;
  }
  if (!out.last_success_at || (may_be_newer && has_failed)) {
    decide_without_success(place, tasks, out);
    return;
  }
  if (out.wanted_every) {
    const seconds grace = out.is_wanted_by_person ? seconds{0} : grace_of(*out.wanted_every);
    const auto age = now - *out.last_success_at;
    const auto excused = place.is_running_backup ? seconds{kLongestBackup} : seconds{0};
    if (age > *out.wanted_every + grace + excused && may_be_newer) {
      decide_without_success(place, Readable::not_asked, out);
      return;
    }
    if (age > *out.wanted_every + grace + excused) {
      const std::int64_t hours = std::chrono::floor<std::chrono::hours>(age).count();
      const std::int64_t wanted = hours_in(*out.wanted_every);
      decide(
          out, Coverage::late,
          because("late",
                  "the last backup is " + std::to_string(hours) + " h old, " + std::to_string(wanted) + " h are wanted",
                  {{"hours", hours}, {"wanted", wanted}}));
      return;
    }
  }
  if (!out.excluded_disks.empty()) {
    const auto count = static_cast<std::int64_t>(out.excluded_disks.size());
    decide(out, Coverage::excluded_disk,
           because("disks_excluded", std::to_string(count) + " of its disks are in no backup", {{"disks", count}}));
    return;
  }
  if (out.wanted_every)
    decide(out, Coverage::ok, because("covered", "backed up as wanted"));
  else
    decide(out, Coverage::ok, because("interval_unknown", "backed up; how often is wanted is not known"));
}

}  // namespace

bool is_of(const BackupRun& run, const Guest& guest) {
  // Before we saw a guest for the first time it may have been backed up for years; a second one with its number not.
  if (guest.incarnation > 1 && run.started_at < guest.created_at) return false;
  return !guest.deleted_at || run.started_at < *guest.deleted_at;
}

bool takes_in(const BackupBook& book, const BackupJob& job, const GuestPlace& place) {
  return (!job.node || place.node.empty() || *job.node == place.node) && holds_but_for_its_node(book, job, place.guest);
}

Readable tasks_readable(const BackupBook& book) {
  Readable all = book.members.empty() ? Readable::not_asked : Readable::yes;
  for (const auto& [name, member] : book.members) {
    if (member.readable == Readable::denied) return Readable::denied;
    if (member.readable == Readable::failing) all = Readable::failing;
    if (all == Readable::yes && !member.whole) all = Readable::not_asked;
  }
  return all;
}

Assurance assess(const BackupBook& book, const GuestPlace& place, WallTime now) {
  const Guest& guest = place.guest;
  Assurance out{.guest = guest.id};
  std::vector<const BackupJob*> jobs;
  for (const BackupJob& job : book.jobs)
    if (job.enabled && takes_in(book, job, place)) jobs.push_back(&job);
  for (const BackupJob* job : jobs) {
    out.jobs.push_back(job->id);
    if (job->interval && (!out.wanted_every || *job->interval < *out.wanted_every)) out.wanted_every = job->interval;
  }
  if (guest.recovery_point_hours) {
    out.wanted_every = std::chrono::hours{*guest.recovery_point_hours};
    out.is_wanted_by_person = true;
  }
  out.excluded_disks = excluded_everywhere(book, jobs, guest.vmid);
  const Past past = past_of(book, guest);
  if (past.success) {
    out.last_success_at = past.success->started_at;
    out.last_duration = past.success->duration;
    out.last_size_bytes = past.success->size_bytes;
  }
  if (past.last) {
    out.last_run_at = past.last->started_at;
    out.last_result = past.last->result;
  }
  if (place.server) {
    out.server_join = place.server->join;
    take_snapshots(*place.server, out);
  }
  if (guest.backup_policy == BackupPolicy::archived) {
    decide(out, Coverage::archived, because("archived", "it is archived"));
  } else if (guest.backup_policy == BackupPolicy::not_needed) {
    decide(out, Coverage::not_needed, because("not_needed", "it needs no backup"));
  } else if (book.jobs_readable == Readable::yes && jobs.empty()) {
    auto [coverage, reason] = without_job(book, place);
    decide(out, coverage, std::move(reason));
  } else if (book.jobs_readable != Readable::yes && !out.wanted_every) {
    decide(out, Coverage::unknown, why_jobs_are_unknown(book.jobs_readable));
  } else {
    decide_by_runs(book, place, past, now, out);
  }
  return out;
}

BackupState state_of(const Assurance& assurance) {
  if (assurance.reason.code == "ambiguous") return BackupState::ambiguous;
  switch (assurance.coverage) {
    case Coverage::unknown: return BackupState::unknown;
    case Coverage::ok: return BackupState::ok;
    case Coverage::excluded_disk: return BackupState::partial;
    case Coverage::late: return BackupState::late;
    case Coverage::failed: return BackupState::failed;
    case Coverage::never:
    case Coverage::no_job: return BackupState::none;
    case Coverage::not_needed:
    case Coverage::archived: return BackupState::not_needed;
  }
  return BackupState::unknown;
}

bool keep_run(BackupBook& book, BackupRunPtr run) {
  auto& kept = book.runs[run->vmid];
  const auto same = std::ranges::find_if(kept, [&](const auto& one) { return one->task->upid == run->task->upid; });
  if (same != kept.end()) {
    if (**same == *run || ((*same)->from_log && !run->from_log)) return false;
    *same = std::move(run);
    return true;
  }
  const auto newer = [](const BackupRunPtr& a, const BackupRunPtr& b) { return a->started_at > b->started_at; };
  const auto is_success = [](const BackupRunPtr& one) {
    return one->result == BackupResult::ok || one->result == BackupResult::warning;
  };
  const BackupRun* added = run.get();
  kept.insert(std::ranges::upper_bound(kept, run, newer), std::move(run));
  while (kept.size() > kKeptRuns) {
    const auto success = std::ranges::find_if(kept, is_success);
    const bool is_at_end = success != kept.end() && success + 1 == kept.end();
    kept.erase(is_at_end ? kept.end() - 2 : kept.end() - 1);
  }
  return std::ranges::any_of(kept, [&](const BackupRunPtr& one) { return one.get() == added; });
}

const Assurance* BackupView::of(GuestId id) const {
  const auto found = std::ranges::lower_bound(guests, id, {}, &Assurance::guest);
  return found != guests.end() && found->guest == id ? &*found : nullptr;
}

}  // namespace monitorix::state

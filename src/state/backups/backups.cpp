#include <algorithm>
#include <charconv>
#include <set>

#include "state/world.h"

// What is told about backups goes into the book; once a second all guests of a cluster are judged anew when something
// came, and once a minute because time passes.

namespace monitorix::state {
namespace {

constexpr std::chrono::hours kLongestBackup{24};  // X20: no task without an end is believed to run longer
constexpr std::chrono::minutes kJudgedEvery{1};

std::optional<std::int64_t> vmid_of(const PveTask& task) {
  std::int64_t vmid = 0;
  const char* end = task.id.data() + task.id.size();
  const auto read = std::from_chars(task.id.data(), end, vmid);
  return read.ec == std::errc{} && read.ptr == end && vmid > 0 ? std::optional(vmid) : std::nullopt;
}

void keep(ClusterWorld& world, BackupRun run, ChangeSet& changes) {
  auto shared = std::make_shared<const BackupRun>(std::move(run));
  if (!keep_run(world.backups, shared)) return;
  world.backups.is_stale = true;
  changes.backup_runs.push_back(std::move(shared));
}

/// A task that was killed with its node never ends: after a day nobody knows what became of it.
void give_up_on_lost_tasks(ClusterWorld& world, WallTime now, ChangeSet& changes) {
  std::erase_if(world.backups.open, [&](const auto& entry) {
    const PveTask& task = entry.second;
    if (now - task.started_at < kLongestBackup) return false;
    if (const auto vmid = vmid_of(task)) {
      BackupTask shared{.upid = task.upid, .node = task.node};
      keep(
          world,
          {.task = std::make_shared<const BackupTask>(std::move(shared)), .vmid = *vmid, .started_at = task.started_at},
          changes);
    }
    return true;
  });
}

std::set<std::int64_t> running_now(const ClusterWorld& world, WallTime now) {
  std::set<std::int64_t> vmids;
  for (const PveTask& task : *world.view.tasks)
    if (task.type == "vzdump" && !task.ended_at && now - task.started_at < kLongestBackup)
      if (const auto vmid = vmid_of(task)) vmids.insert(*vmid);
  return vmids;
}

std::string_view node_name(const ClusterWorld& world, NodeId id) {
  const auto found = std::ranges::lower_bound(world.view.nodes, id, {}, [](const auto& node) { return node->id; });
  return found != world.view.nodes.end() && (*found)->id == id ? std::string_view((*found)->name) : std::string_view();
}

/// Runs of all guests, newest first, each with its owner.
void list_runs(const ClusterWorld& world, BackupView& view) {
  std::unordered_map<std::int64_t, std::vector<const Guest*>> owners;
  for (const auto& guest : world.view.guests) owners[guest->vmid].push_back(guest.get());
  for (const auto& [vmid, runs] : world.backups.runs) view.runs.insert(view.runs.end(), runs.begin(), runs.end());
  std::ranges::sort(view.runs, [](const BackupRunPtr& a, const BackupRunPtr& b) {
    if (a->started_at != b->started_at) return a->started_at > b->started_at;
    return a->task->upid != b->task->upid ? a->task->upid < b->task->upid : a->vmid < b->vmid;
  });
  for (const auto& run : view.runs) {
    GuestId owner{};
    if (const auto found = owners.find(run->vmid); found != owners.end())
      for (const Guest* guest : found->second)
        if (is_of(*run, *guest)) owner = guest->id;  // the newest that can be
    view.run_guests.push_back(owner);
  }
}

bool is_same(const BackupView& a, const BackupView& b) {
  return a.jobs_readable == b.jobs_readable && a.tasks_readable == b.tasks_readable && a.jobs == b.jobs &&
         a.job_sizes == b.job_sizes && a.guests == b.guests && a.runs == b.runs && a.run_guests == b.run_guests;
}

/// What a guest of before the restart was known to be stays until the jobs have been asked anew.
bool is_settled(const Assurance& assurance, const Guest& guest) {
  return assurance.reason.code != "not_asked_yet" || guest.backup_state == BackupState::unknown;
}

const ServerEvidence* evidence_of(const Joined& joined, GuestId id) {
  const auto found = joined.guests.find(id);
  return found == joined.guests.end() ? nullptr : &found->second;
}

void show_on(ClusterWorld& world, std::size_t position, const Assurance* assurance, ChangeSet& changes) {
  const Guest& known = *world.view.guests[position];
  BackupState state = BackupState::not_needed;  // a template
  if (assurance) state = is_settled(*assurance, known) ? state_of(*assurance) : known.backup_state;
  const auto last = assurance && assurance->last_success_at ? assurance->last_success_at : known.last_backup_at;
  if (known.backup_state == state && known.last_backup_at == last) return;
  Guest guest = known;
  guest.backup_state = state;
  guest.last_backup_at = last;
  replace(world, position, std::move(guest), changes);
}

}  // namespace

std::shared_ptr<const BackupPlan> plan_of(BackupBook& book) {
  if (book.plan) return book.plan;
  BackupPlan plan;
  if (book.jobs_readable == Readable::yes)
    plan.jobs = {.value = BackupJobs{.readable = Readable::yes, .jobs = book.jobs}, .at = book.jobs_at};
  for (const auto& [job, contents] : book.contents)
    plan.contents[job] = {.value = BackupContents{.job = job, .rows = contents.rows}, .at = contents.at};
  if (book.not_backed_up)
    plan.not_backed_up = {.value = NotBackedUp{.vmids = *book.not_backed_up}, .at = book.not_backed_up_at};
  book.plan = std::make_shared<const BackupPlan>(std::move(plan));
  return book.plan;
}

void restore_plan(BackupBook& book, const BackupPlan& plan) {
  if (!plan.jobs.value || !plan.jobs.at) return;
  book.jobs_readable = Readable::yes;
  book.jobs = plan.jobs.value->jobs;
  book.jobs_at = *plan.jobs.at;
  for (const auto& [job, contents] : plan.contents)
    if (contents.value && contents.at && std::ranges::find(book.jobs, job, &BackupJob::id) != book.jobs.end())
      book.contents[job] = {*contents.at, contents.value->rows};
  if (plan.not_backed_up.value && plan.not_backed_up.at) {
    book.not_backed_up = plan.not_backed_up.value->vmids;
    book.not_backed_up_at = *plan.not_backed_up.at;
  }
  book.is_stale = true;
}

void apply_backup_jobs(ClusterWorld& world, const BackupJobs& what, WallTime at) {
  BackupBook& book = world.backups;
  book.is_stale = true;
  book.plan.reset();
  // What was read before is still the best there is when reading fails for once; not when it is forbidden.
  if (what.readable == Readable::failing && book.jobs_readable == Readable::yes) return;
  book.jobs_readable = what.readable;
  book.jobs = what.jobs;
  book.jobs_at = at;
  std::erase_if(book.contents, [&](const auto& entry) {
    return std::ranges::find(book.jobs, entry.first, &BackupJob::id) == book.jobs.end();
  });
  if (what.readable != Readable::yes) book.not_backed_up.reset();
}

void apply_backup_contents(ClusterWorld& world, const BackupContents& what, WallTime at) {
  world.backups.contents[what.job] = {at, what.rows};
  world.backups.plan.reset();
  world.backups.is_stale = true;
}

void apply_not_backed_up(ClusterWorld& world, const NotBackedUp& what, WallTime at) {
  world.backups.not_backed_up = what.vmids;
  world.backups.not_backed_up_at = at;
  world.backups.plan.reset();
  world.backups.is_stale = true;
}

void apply_backup_runs(ClusterWorld& world, const BackupRuns& what, ChangeSet& changes) {
  BackupBook& book = world.backups;
  for (const BackupRun& run : what.runs) {
    book.open.erase(run.task->upid);
    keep(world, run, changes);
  }
  if (what.readable == Readable::yes && !what.whole) return;
  auto& member = book.members[what.node];
  if (what.readable != member.readable || what.whole != member.whole) book.is_stale = true;
  member.readable = what.readable;
  member.whole = member.whole || what.whole;
}

void note_running_backups(ClusterWorld& world, const TaskList& list) {
  for (const PveTask& task : list.tasks) {
    if (task.type != "vzdump") continue;
    if (task.ended_at)
      world.backups.open.erase(task.upid);
    else
      world.backups.open[task.upid] = task;
  }
}

void apply_server_storages(ClusterWorld& world, const ServerStorages& what) {
  BackupBook& book = world.backups;
  if (what.readable == Readable::failing && book.storages_readable == Readable::yes) return;
  book.storages_readable = what.readable;
  book.storages = what.storages;
}

void judge_backups(ClusterWorld& world, WallTime now, ChangeSet& changes, const Joined& joined) {
  BackupBook& book = world.backups;
  give_up_on_lost_tasks(world, now, changes);
  if (!book.is_stale && now - book.judged_at < kJudgedEvery) return;
  book.is_stale = false;
  book.judged_at = now;
  // Every member that is there must have been asked before one may say that there was no backup.
  for (const auto& node : world.view.nodes) {
    if (node->missing)
      book.members.erase(node->name);
    else
      book.members.try_emplace(node->name);
  }
  auto next = std::make_shared<BackupView>();
  next->jobs_readable = book.jobs_readable;
  next->tasks_readable = tasks_readable(book);
  next->jobs = book.jobs;
  next->job_sizes.resize(book.jobs.size());
  const auto running = running_now(world, now);
  const bool is_awaited = std::ranges::find(joined.waiting, world.view.config.id) != joined.waiting.end();
  for (std::size_t position = 0; position < world.view.guests.size(); ++position) {
    const auto guest = world.view.guests[position];
    if (guest->status == GuestStatus::deleted) continue;
    const GuestPlace place{*guest, node_name(world, guest->node),
                           guest->lock == "backup" || running.contains(guest->vmid), evidence_of(joined, guest->id),
                           is_awaited};
    for (std::size_t at = 0; at < book.jobs.size(); ++at)
      if (takes_in(book, book.jobs[at], place)) ++next->job_sizes[at];
    if (!guest->is_template) next->guests.push_back(assess(book, place, now));
    show_on(world, position, guest->is_template ? nullptr : &next->guests.back(), changes);
  }
  list_runs(world, *next);
  if (world.view.backups && is_same(*world.view.backups, *next)) return;
  world.view.backups = std::move(next);
  changes.cluster_changed = true;
}

}  // namespace monitorix::state

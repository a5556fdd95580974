#include "proxmox/backups/rounds.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

#include "proxmox/backups/parse_backups.h"
#include "proxmox/path.h"
#include "proxmox/server/parse_server.h"

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

constexpr auto kJobsEvery = 15min;
constexpr auto kTasksEvery = 5min;
constexpr auto kFirstLookBack = std::chrono::days{35};
// The list is filtered by the beginning of a task and shows it when it has ended.
constexpr auto kLongestBackup = 24h;
constexpr std::int64_t kTasksAtOnce = 500, kMostTasks = 2'000;
constexpr std::int64_t kLinesAtOnce = 2'000, kMostLines = 60'000;
constexpr std::size_t kMostLogs = 400, kMostHandled = 50'000;
constexpr int kSharedLogsOfMember = 8;  // of the past: as many runs as are kept of a guest

std::optional<std::int64_t> vmid_of(const PveTask& task) {
  std::int64_t vmid = 0;
  const char* end = task.id.data() + task.id.size();
  const auto read = std::from_chars(task.id.data(), end, vmid);
  return read.ec == std::errc{} && read.ptr == end && vmid > 0 ? std::optional(vmid) : std::nullopt;
}

std::uint64_t mark_of(const std::string& upid) { return std::hash<std::string>{}(upid); }

Readable readable_of(const Result<Reply>& answer) {
  if (answer && answer->is_ok()) return Readable::yes;
  return answer && answer->status == 403 ? Readable::denied : Readable::failing;
}

std::string with_page(std::string path, char joint, std::int64_t limit, std::int64_t offset) {
  path += joint + ("limit=" + std::to_string(limit));
  if (offset > 0) path += "&start=" + std::to_string(offset);
  return path;
}

}  // namespace

void BackupRounds::forget() {
  rights_.reset();
  members_.clear();
  jobs_.clear();
  logs_.clear();
  handled_.clear();
  jobs_due_ = not_backed_up_due_ = storages_due_ = {};
  begun_ = false;
}

void BackupRounds::recall(const BackupPlan& plan) {
  const auto due = [&](WallTime at) {
    const auto ago = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall() - at);
    return clock_.steady() + kJobsEvery - std::clamp<std::chrono::milliseconds>(ago, 0ms, kJobsEvery);
  };
  if (!plan.jobs.value || !plan.jobs.at) return;
  jobs_due_ = due(*plan.jobs.at);
  if (plan.not_backed_up.at) not_backed_up_due_ = due(*plan.not_backed_up.at);
  for (const BackupJob& job : plan.jobs.value->jobs) {
    if (!backup_contents_path(job.id)) continue;
    const auto contents = plan.contents.find(job.id);
    jobs_[job.id] = contents != plan.contents.end() && contents->second.at ? due(*contents->second.at) : SteadyTime{};
  }
}

void BackupRounds::set_members(const std::vector<std::string>& online) {
  for (const std::string& name : online) members_.try_emplace(name);
  std::erase_if(members_, [&](const auto& entry) { return std::ranges::find(online, entry.first) == online.end(); });
}

bool BackupRounds::may_read_tasks(const std::string& node) const {
  return rights_ && rights_->allows("/nodes/" + node, "Sys.Audit");
}

void BackupRounds::begin() {
  if (begun_) return;
  begun_ = true;
  if (!known_logs) return;
  for (const std::string& upid : known_logs()) logs_known_.insert(mark_of(upid));
}

void BackupRounds::note(const TaskList& tasks) {
  begin();
  std::map<std::string, Reading> by_node;
  const auto waiting = static_cast<std::ptrdiff_t>(logs_.size());
  auto newest_first = tasks.tasks;
  std::ranges::sort(newest_first, std::greater<>{}, &PveTask::started_at);
  for (const PveTask& task : newest_first) {
    const auto member = members_.find(task.node);
    if (member == members_.end() || !may_read_tasks(task.node)) continue;
    note_task(task, member->second, by_node[task.node]);
  }
  std::rotate(logs_.begin(), logs_.begin() + waiting, logs_.end());  // what has just ended goes before what is old
  for (auto& [node, reading] : by_node)
    if (!reading.runs.empty()) tell_(BackupRuns{.node = node, .runs = std::move(reading.runs)});
}

/// Tasks come newest first. Of the past only as many logs are asked for as tell something that will be kept.
void BackupRounds::note_task(const PveTask& task, const Member& member, Reading& reading) {
  if (task.type != "vzdump" || !task.ended_at || !handled_.insert(mark_of(task.upid)).second) return;
  if (handled_.size() > kMostHandled) handled_ = {mark_of(task.upid)};  // told twice is harmless
  const auto vmid = vmid_of(task);
  if (logs_known_.contains(mark_of(task.upid))) {
    if (vmid) reading.single.insert(task.id);
    return;
  }
  if (vmid) reading.runs.push_back(run_of(task, *vmid));
  const bool is_fresh = !member.seen_until || task.started_at > *member.seen_until - kLongestBackup;
  const bool is_worth_reading = vmid ? reading.single.insert(task.id).second : ++reading.shared <= kSharedLogsOfMember;
  if (is_fresh && is_worth_reading && logs_.size() < kMostLogs) logs_.push_back({.task = task});
}

const std::string* BackupRounds::due_member() const {
  const SteadyTime now = clock_.steady();
  const std::pair<const std::string, Member>* first = nullptr;
  for (const auto& entry : members_)
    if (entry.second.due <= now && (!first || entry.second.due < first->second.due)) first = &entry;
  return first ? &first->first : nullptr;
}

const std::string* BackupRounds::due_job() const {
  const SteadyTime now = clock_.steady();
  const std::pair<const std::string, SteadyTime>* first = nullptr;
  for (const auto& entry : jobs_)
    if (entry.second <= now && (!first || entry.second < first->second)) first = &entry;
  return first ? &first->first : nullptr;
}

bool BackupRounds::is_caught_up() const {
  return begun_ && logs_.empty() && !due_member() && !due_job() && not_backed_up_due_ > clock_.steady();
}

net::Task<> BackupRounds::step() {
  if (!rights_ || members_.empty()) co_return;  // what may be concluded depends on it
  begin();
  const SteadyTime now = clock_.steady();
  // Logs and lists take turns: neither may starve the other.
  const std::string* member = due_member();
  const std::string* job = due_job();
  if (jobs_due_ <= now) {
    co_await ask_jobs();
  } else if (not_backed_up_due_ <= now) {
    co_await ask_not_backed_up();
  } else if (storages_due_ <= now) {
    co_await ask_server_storages();
  } else if (!logs_.empty() && (!log_was_last_ || (!member && !job))) {
    log_was_last_ = true;
    co_await ask_log();
  } else if (member && (!job || members_.at(*member).due <= jobs_.at(*job))) {
    log_was_last_ = false;
    co_await ask_tasks(*member);
  } else if (job) {
    log_was_last_ = false;
    co_await ask_contents(*job);
  }
}

net::Task<> BackupRounds::ask_jobs() {
  jobs_due_ = clock_.steady() + kJobsEvery;
  auto answer = co_await client_.get("/cluster/backup", CallClass::backups);
  auto jobs = answer && answer->is_ok() ? parse_backup_jobs(answer->data, findings_) : BackupJobs{};
  if (!jobs) co_return;
  jobs->readable = readable_of(answer);
  if (jobs->readable == Readable::failing) jobs_due_ = clock_.steady() + kTasksEvery;
  if (jobs->readable == Readable::yes) {
    std::map<std::string, SteadyTime> due;
    for (const BackupJob& job : jobs->jobs)
      if (backup_contents_path(job.id)) due[job.id] = jobs_.contains(job.id) ? jobs_.at(job.id) : SteadyTime{};
    jobs_ = std::move(due);
  }
  tell_(std::move(*jobs));
}

net::Task<> BackupRounds::ask_not_backed_up() {
  not_backed_up_due_ = clock_.steady() + kJobsEvery;
  auto answer = co_await client_.get("/cluster/backup-info/not-backed-up", CallClass::backups);
  if (!answer || !answer->is_ok()) co_return;
  auto guests = parse_not_backed_up(answer->data, findings_);
  if (guests) tell_(std::move(*guests));
}

net::Task<> BackupRounds::ask_server_storages() {
  storages_due_ = clock_.steady() + kJobsEvery;
  // The list comes filtered: without the right, an empty one would look like "writes to no server".
  if (rights_ && !rights_->allows("/storage", "Datastore.Audit")) {
    tell_(ServerStorages{.readable = Readable::denied});
    co_return;
  }
  auto answer = co_await client_.get("/storage", CallClass::backups);
  ServerStorages told{.readable = readable_of(answer)};
  if (told.readable == Readable::yes) {
    auto storages = parse_server_storages(answer->data, findings_);
    if (!storages) co_return;
    told = std::move(*storages);
  }
  tell_(std::move(told));
}

net::Task<> BackupRounds::ask_contents(std::string job) {
  jobs_[job] = clock_.steady() + kJobsEvery;
  const auto path = backup_contents_path(job);
  if (!path) co_return;
  auto answer = co_await client_.get(*path, CallClass::backups);
  if (!answer || !answer->is_ok()) co_return;
  auto contents = parse_included_volumes(std::move(job), answer->data, findings_);
  if (contents) tell_(std::move(*contents));
}

net::Task<> BackupRounds::ask_tasks(std::string node) {
  members_[node].due = clock_.steady() + kTasksEvery;
  if (!may_read_tasks(node)) {  // the list would come filtered, and an empty one would look like "no backups" (X14)
    tell_(BackupRuns{.node = node, .readable = Readable::denied});
    co_return;
  }
  const std::int64_t offset = members_[node].reading.offset;
  const auto seen_until = members_[node].seen_until;
  const WallTime since = seen_until ? *seen_until - kLongestBackup : clock_.wall() - kFirstLookBack;
  const WallTime asked_at = clock_.wall();
  const auto base =
      node_path(node, "/tasks?typefilter=vzdump&source=archive&since=" + std::to_string(to_seconds(since)));
  if (!base) co_return;
  auto answer = co_await client_.get(with_page(*base, '&', kTasksAtOnce, offset), CallClass::backups);
  const auto member = members_.find(node);
  if (member == members_.end()) co_return;
  BackupRuns told{.node = node, .readable = readable_of(answer)};
  if (told.readable == Readable::yes) {
    auto tasks = parse_tasks(answer->data, findings_);
    if (!tasks) co_return;
    std::ranges::sort(tasks->tasks, std::greater<>{}, &PveTask::started_at);
    Reading& reading = member->second.reading;
    for (const PveTask& task : tasks->tasks) note_task(task, member->second, reading);
    // Logs of several guests come first: while one waits, nobody on that member is said to have failed or to be late.
    std::stable_partition(logs_.begin(), logs_.end(), [](const Log& log) { return !vmid_of(log.task); });
    told.runs = std::exchange(reading.runs, {});
    const auto count = static_cast<std::int64_t>(tasks->tasks.size());
    if (count >= kTasksAtOnce && offset + count < kMostTasks) {
      reading.offset = offset + count;
      member->second.due = clock_.steady();
    } else {
      // What the logs of several guests hold is not known yet: until then nobody is said to be late or never backed up.
      member->second.owes_whole = has_shared_log(node);
      told.whole = !member->second.owes_whole;
      reading = {};
      member->second.seen_until = asked_at;
    }
  }
  tell_(std::move(told));
}

net::Task<> BackupRounds::ask_log() {
  Log log = std::move(logs_.front());
  logs_.pop_front();
  const auto path = task_log_path(log.task.node, log.task.upid);
  if (!path) co_return;
  auto answer = co_await client_.get(with_page(*path, '?', kLinesAtOnce, log.offset), CallClass::backups);
  if (!answer || answer->blames_peer()) {  // the member is away: its task list brings the task again
    handled_.erase(mark_of(log.task.upid));
    co_return;
  }
  const auto page = answer->is_ok() ? parse_log_page(answer->data) : Result<std::vector<std::string>>{};
  if (!page) co_return;
  for (const std::string& line : *page) log.lines.add(line);
  log.offset += static_cast<std::int64_t>(page->size());
  if (static_cast<std::int64_t>(page->size()) >= kLinesAtOnce && log.offset < kMostLines) {
    logs_.push_front(std::move(log));
    co_return;
  }
  BackupRuns told{.node = log.task.node, .runs = log.lines.runs(log.task)};
  if (const auto member = members_.find(told.node); member != members_.end() && member->second.owes_whole) {
    member->second.owes_whole = has_shared_log(told.node);
    told.whole = !member->second.owes_whole;
  }
  if (told.whole || !told.runs.empty()) tell_(std::move(told));
}

bool BackupRounds::has_shared_log(const std::string& node) const {
  return std::ranges::any_of(logs_, [&](const Log& log) { return log.task.node == node && !vmid_of(log.task); });
}

}  // namespace monitorix::proxmox

#include "proxmox/server/server_source.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "proxmox/server/parse_server.h"

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;
constexpr auto kRoundEvery = 15min, kAgainAfter = 2min;
constexpr auto kIntroducedEvery = 6h;
constexpr std::chrono::milliseconds kCalmPause = 10s, kBusyPause = 3s, kFirstPause = 1s;
constexpr int kFirstSteps = 30;        // of a small server everything is known within a minute
constexpr std::size_t kFewGroups = 4;  // more than these are asked for in one call
constexpr std::size_t kMostStores = 256, kMostSpaces = 1'024;
constexpr std::array kJobKinds{ServerJobKind::verify, ServerJobKind::gc, ServerJobKind::sync, ServerJobKind::prune};

Readable readable_of(const Result<Reply>& answer) {
  if (answer && answer->is_ok()) return Readable::yes;
  return answer && answer->status == 403 ? Readable::denied : Readable::failing;
}

/// Syncs that push are told from 3.3 on, and only when all directions are asked for; before, the parameter is refused.
std::string jobs_path(ServerJobKind kind, const std::string& version) {
  switch (kind) {
    case ServerJobKind::verify: return "/admin/verify";
    case ServerJobKind::gc: return "/admin/gc";
    case ServerJobKind::prune: return "/admin/prune";
    case ServerJobKind::sync: break;
  }
  const auto numbers = numbers_in(version);
  const bool can_push = numbers.size() >= 2 && (numbers[0] > 3 || (numbers[0] == 3 && numbers[1] >= 3));
  return can_push ? "/admin/sync?sync-direction=all" : "/admin/sync";
}

}  // namespace

ServerSource::ServerSource(net::HttpClient& http, const Clock& clock, const ClusterConfig& config, Sink sink)
    : clock_(clock),
      client_(http, clock, config),
      sink_(std::move(sink)) {}

void ServerSource::reconfigure(const ClusterConfig& config) {
  client_.reconfigure(config);
  stores_.clear();
  jobs_due_.clear();
  verified_at_.clear();
  introduced_due_ = {};
  steps_ = 0;
}

void ServerSource::tell(decltype(ServerObservation::what) what) {
  sink_({.server = client_.config().id, .at = clock_.wall(), .what = std::move(what)});
}

void ServerSource::tell_health() {
  if (auto news = client_.health_news()) tell(std::move(*news));
}

std::chrono::milliseconds ServerSource::pause() const {
  if (is_caught_up()) return kCalmPause;
  return steps_ < kFirstSteps ? kFirstPause : kBusyPause;
}

std::vector<SourceJob> ServerSource::jobs() {
  const auto interval = std::chrono::milliseconds(client_.config().poll_interval);
  return {{"usage", interval, [this] { return poll_usage(); }},
          {"silence", 1s, [this] { return watch_silence(); }},
          {"step", pause(), [this] { return step(); }}};
}

net::Task<> ServerSource::watch_silence() {
  if (client_.flag_silence()) tell_health();
  co_return;
}

/// What an empty list means depends on the rights, so these are known first.
net::Task<> ServerSource::introduce() {
  if (clock_.steady() < introduced_due_) co_return;
  auto rights = co_await client_.get("/access/permissions", CallClass::identity);
  if (!rights || !rights->is_ok()) co_return;
  if (auto permissions = parse_permissions(rights->data)) {
    client_.set_powerless(permissions->sees_nothing());
    rights_ = std::move(*permissions);
  }
  introduced_due_ = clock_.steady() + kIntroducedEvery;
  auto version = co_await client_.get("/version", CallClass::identity);
  if (!version || !version->is_ok()) co_return;
  if (auto told = parse_server_version(version->data, findings_)) {
    version_ = told->version;
    tell(std::move(*told));
  }
}

net::Task<> ServerSource::poll_usage() {
  findings_.clear();
  co_await introduce();
  auto answer = co_await client_.get("/status/datastore-usage", CallClass::resources);
  (void)client_.take_polls();
  tell_health();
  if (!answer || !answer->is_ok()) co_return;
  auto usage = parse_datastore_usage(answer->data, findings_);
  if (!usage) co_return;
  for (const Datastore& store : usage->datastores)
    if (!store.error && stores_.size() < kMostStores) stores_.try_emplace(store.name);
  std::erase_if(stores_, [&](const auto& entry) {
    return std::ranges::find(usage->datastores, entry.first, &Datastore::name) == usage->datastores.end();
  });
  tell(std::move(*usage));
}

std::optional<ServerSource::Work> ServerSource::next_work() const {
  if (stores_.empty()) return std::nullopt;
  const SteadyTime now = clock_.steady();
  const auto is_due = [&](SteadyTime due) { return due <= now; };
  for (const ServerJobKind kind : kJobKinds) {
    const auto due = jobs_due_.find(kind);
    if (due == jobs_due_.end() || is_due(due->second)) return Work{.what = Work::What::jobs, .kind = kind};
  }
  for (const auto& [name, store] : stores_)
    if (is_due(store.due)) return Work{.what = Work::What::namespaces, .store = name};
  for (const auto& [name, store] : stores_)
    for (const auto& [inside, space] : store.spaces)
      if (is_due(space.due)) return Work{.what = Work::What::groups, .store = name, .space = inside};
  for (const auto& [name, store] : stores_)
    for (const auto& [inside, space] : store.spaces) {
      if (space.wants_all && !space.is_too_large)
        return Work{.what = Work::What::all_snapshots, .store = name, .space = inside};
      if (!space.changed.empty())
        return Work{.what = Work::What::snapshots, .store = name, .space = inside, .group = *space.changed.begin()};
    }
  return std::nullopt;
}

bool ServerSource::is_caught_up() const { return !stores_.empty() && !next_work(); }

net::Task<> ServerSource::step() {
  const auto state = client_.health().state;
  const bool answers = state == ClusterState::ok || state == ClusterState::degraded;
  const auto work = answers ? next_work() : std::nullopt;
  if (!work) co_return;
  ++steps_;
  switch (work->what) {
    case Work::What::jobs: co_await ask_jobs(work->kind); break;
    case Work::What::namespaces: co_await ask_namespaces(work->store); break;
    case Work::What::groups: co_await ask_groups(work->store, work->space); break;
    case Work::What::all_snapshots: co_await ask_all_snapshots(work->store, work->space); break;
    case Work::What::snapshots: co_await ask_snapshots(work->store, work->space, work->group); break;
  }
  tell_health();
}

net::Task<> ServerSource::ask_jobs(ServerJobKind kind) {
  jobs_due_[kind] = clock_.steady() + kRoundEvery;
  auto answer = co_await client_.get(jobs_path(kind, version_), CallClass::backups);
  ServerJobs told{.kind = kind};
  if (answer && answer->is_ok()) {
    auto jobs = parse_server_jobs(kind, answer->data, findings_);
    if (!jobs) co_return;
    told = std::move(*jobs);
    if (kind == ServerJobKind::verify) note_verifications(told);
  }
  told.readable = readable_of(answer);
  // Syncs with other servers are left out of the list for those who may not see remotes: none is not "there is none".
  const bool hides_remotes = kind == ServerJobKind::sync && rights_ && !rights_->allows("/remote", "Remote.Audit");
  if (told.readable == Readable::yes && told.jobs.empty() && hides_remotes) told.readable = Readable::denied;
  if (told.readable == Readable::failing) jobs_due_[kind] = clock_.steady() + kAgainAfter;
  tell(std::move(told));
}

/// A verification writes its results into the snapshots, which changes no group.
void ServerSource::note_verifications(const ServerJobs& jobs) {
  for (const ServerJob& job : jobs.jobs) {
    if (!job.last_run_at) continue;
    const auto known = verified_at_.find(job.id);
    const bool has_run = known != verified_at_.end() && known->second != *job.last_run_at;
    verified_at_[job.id] = *job.last_run_at;
    const auto store = stores_.find(job.datastore);
    if (!has_run || store == stores_.end()) continue;
    for (auto& [name, space] : store->second.spaces) {
      space.wants_all = true;
      if (space.is_too_large)
        for (const auto& [group, listed] : space.groups) space.changed.insert(group);
    }
  }
}

net::Task<> ServerSource::ask_namespaces(std::string name) {
  stores_[name].due = clock_.steady() + kRoundEvery;
  auto answer = co_await client_.get(datastore_path(name, "/namespace"), CallClass::backups);
  DatastoreNamespaces told{.datastore = name, .readable = readable_of(answer)};
  if (told.readable == Readable::yes) {
    auto spaces = parse_namespaces(name, answer->data, findings_);
    const auto store = stores_.find(name);
    if (!spaces || store == stores_.end()) co_return;
    if (spaces->names.size() > kMostSpaces) spaces->names.resize(kMostSpaces);
    for (const std::string& inside : spaces->names) store->second.spaces.try_emplace(inside);
    std::erase_if(store->second.spaces, [&](const auto& entry) {
      return std::ranges::find(spaces->names, entry.first) == spaces->names.end();
    });
    told = std::move(*spaces);
  } else if (const auto store = stores_.find(name); store != stores_.end() && told.readable == Readable::failing) {
    store->second.due = clock_.steady() + kAgainAfter;
  }
  tell(std::move(told));
}

ServerSource::Space* ServerSource::space_of(const std::string& store, const std::string& space) {
  const auto found = stores_.find(store);
  if (found == stores_.end()) return nullptr;
  const auto inside = found->second.spaces.find(space);
  return inside == found->second.spaces.end() ? nullptr : &inside->second;
}

net::Task<> ServerSource::ask_groups(std::string store, std::string name) {
  if (Space* space = space_of(store, name)) space->due = clock_.steady() + kRoundEvery;
  auto answer = co_await client_.get(datastore_path(store, "/groups", name), CallClass::backups);
  NamespaceGroups told{.datastore = store, .name_space = name, .readable = readable_of(answer)};
  if (told.readable == Readable::yes) {
    auto groups = parse_groups(store, name, answer->data, findings_);
    Space* space = space_of(store, name);
    if (!groups || !space) co_return;
    note_groups(*space, *groups);
    told = std::move(*groups);
  } else if (Space* space = space_of(store, name); space && told.readable == Readable::failing) {
    space->due = clock_.steady() + kAgainAfter;
  }
  tell(std::move(told));
}

void ServerSource::note_groups(Space& space, const NamespaceGroups& groups) {
  std::map<GroupName, BackupGroup> listed;
  for (const BackupGroup& group : groups.groups) {
    const auto known = space.groups.find(group.name);
    const bool has_changed =
        known == space.groups.end() || known->second.last_at != group.last_at || known->second.count != group.count;
    if (has_changed) space.changed.insert(group.name);
    listed[group.name] = group;
  }
  std::erase_if(space.changed, [&](const GroupName& name) { return !listed.contains(name); });
  space.groups = std::move(listed);
  if (space.changed.size() > kFewGroups) space.wants_all = true;
}

net::Task<> ServerSource::ask_all_snapshots(std::string store, std::string name) {
  if (Space* space = space_of(store, name)) {
    space->wants_all = false;
    space->changed.clear();
  }
  auto answer = co_await client_.get(datastore_path(store, "/snapshots", name), CallClass::backups);
  Space* space = space_of(store, name);
  if (!space) co_return;
  if (!answer && answer.error().code == Errc::too_large) {
    space->is_too_large = true;
    for (const auto& [group, listed] : space->groups) space->changed.insert(group);
    co_return;
  }
  if (!answer || !answer->is_ok()) {  // with the next list of groups it is tried again
    space->groups.clear();
    co_return;
  }
  if (auto snapshots = parse_snapshots(store, name, answer->data, findings_)) tell(std::move(*snapshots));
}

net::Task<> ServerSource::ask_snapshots(std::string store, std::string name, GroupName group) {
  if (Space* space = space_of(store, name)) space->changed.erase(group);
  std::string path = datastore_path(store, "/snapshots", name);
  path += name.empty() ? "?" : "&";
  path += "backup-type=" + percent_encode(group.type) + "&backup-id=" + percent_encode(group.id);
  auto answer = co_await client_.get(std::move(path), CallClass::backups);
  Space* space = space_of(store, name);
  if (!space) co_return;
  if (!answer || !answer->is_ok()) {
    space->groups.erase(group);
    co_return;
  }
  auto snapshots = parse_snapshots(store, name, answer->data, findings_);
  if (!snapshots) co_return;
  snapshots->group = std::move(group);
  tell(std::move(*snapshots));
}

}  // namespace monitorix::proxmox

#include "proxmox/source.h"

#include <algorithm>

#include "proxmox/path.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kViewedPeriod = 10s;
constexpr std::chrono::milliseconds kPermissionsFresh = 60s;  // the first inventory has just asked
// Beside 11 calls a minute for the cluster (7 while nobody looks), 2 for each of up to 5 members (a quarter of it while
// nobody looks), and the rota, which leaves a turn to each call of the first round of certificates.
constexpr std::size_t kUnstretchedMembers = 5;
constexpr int kIdleStretch = 4;
constexpr std::chrono::milliseconds kFirstRound = 120s;
constexpr std::chrono::milliseconds kNoMembers = 3s;  // a turn in vain: not a whole period is lost
constexpr std::chrono::milliseconds kLeastWay = 6s, kMostWay = 20s;
constexpr std::chrono::hours kFirstRoundAnew{24};  // away for longer: as if never asked
// Backups get what is left, never less than two calls a minute.
constexpr std::chrono::milliseconds kBackupPeriod = 30s;
constexpr long kBackupCallsAlone = 12, kBackupCallsIdle = 5, kIdlePolls = 2;
constexpr std::chrono::milliseconds kLongestStep = 60s;

}  // namespace

Source::Source(net::HttpClient& http, const Clock& clock, const ClusterConfig& config, Sink sink)
    : clock_(clock),
      client_(http, clock, config),
      sink_(std::move(sink)),
      backups_(client_, clock, [this](decltype(Observation::what) what) { tell(std::move(what)); }),
      known_(decode_identity(config.identity)),
      round_(client_, clock, [this](decltype(Observation::what) what) { tell(std::move(what)); }) {}

void Source::reconfigure(const ClusterConfig& config) {
  client_.reconfigure(config);
  known_ = decode_identity(config.identity);
  permissions_known_ = false;
  backups_.forget();
}

void Source::recall(const FactBook& book, const BackupPlan& plan, const std::vector<std::shared_ptr<const Node>>& nodes,
                    const std::vector<std::shared_ptr<const Guest>>& guests) {
  round_.recall(book, nodes, guests);
  backups_.recall(plan);
  const auto is_fresh = [&](const auto& node) {
    const auto at = node->detail.certificates_at;
    return node->missing || (at && clock_.wall() - *at < kFirstRoundAnew && node->detail.subscription_status);
  };
  if (nodes.empty() || !std::ranges::all_of(nodes, is_fresh)) return;
  // The rare rounds have been gone through: they go on at their own pace.
  at_certificates_ = at_subscription_ = nodes.size();
}

void Source::tell(decltype(Observation::what) what) {
  sink_({.cluster = client_.config().id, .at = clock_.wall(), .what = std::move(what)});
}

void Source::tell_health() {
  if (auto news = client_.health_news()) tell(std::move(*news));
}

std::chrono::milliseconds Source::make_way() {
  round_.owe_turn();
  return std::clamp<std::chrono::milliseconds>(rota_pause(), kLeastWay, kMostWay);
}

std::chrono::milliseconds Source::stretched(std::chrono::milliseconds per_node) const {
  const std::size_t count = std::max<std::size_t>(1, members_.size());
  const std::size_t stretch = std::max(count, kUnstretchedMembers);
  const int idle = viewed_ ? 1 : kIdleStretch;
  return per_node * idle * static_cast<long>(stretch) / static_cast<long>(kUnstretchedMembers) /
         static_cast<long>(count);
}

/// While there is much to catch up with, a small cluster is asked faster: its members leave more of the calls a minute
/// that a cluster may cost, fifty while somebody looks and fifteen while nobody does; thirty where the owner wants more
/// frequent polls than the usual two a minute, which take their share.
std::chrono::milliseconds Source::backup_period() const {
  if (backups_.is_caught_up()) return kBackupPeriod;
  const long members = static_cast<long>(std::min(members_.size(), kUnstretchedMembers));
  const long polls = std::chrono::milliseconds(60s) / std::chrono::milliseconds(client_.config().poll_interval);
  const long calls = viewed_              ? kBackupCallsAlone - 2 * members
                     : polls > kIdlePolls ? kBackupCallsAlone - (members + 1) / 2 - (polls - kIdlePolls)
                                          : kBackupCallsIdle - (members + 1) / 2;
  return std::min(kBackupPeriod, std::chrono::milliseconds(60s) / std::max(1L, calls));
}

std::vector<SourceJob> Source::jobs() {
  const auto interval = std::chrono::milliseconds(client_.config().poll_interval);
  const auto node_job = [this](std::string name, std::chrono::milliseconds per_node, std::string rest, CallClass kind,
                               std::size_t& cursor, Parse parse) {
    std::size_t* at = &cursor;
    return SourceJob{std::move(name), members_.empty() ? kNoMembers : stretched(per_node),
                     [this, rest = std::move(rest), kind, at, parse = std::move(parse)] {
                       return poll_next_node(rest, kind, *at, parse);
                     }};
  };
  const auto into = [this](auto parser) -> Parse {
    return [this, parser](const std::string& node, const Json& data) {
      auto report = parser(node, data, findings_);
      if (report) tell(std::move(*report));
    };
  };
  const auto rarely = std::chrono::milliseconds(6h);
  // Soon of every member once, in turns that the rota leaves; then rarely.
  const auto first_round = [&](std::string name, std::string rest, std::size_t& cursor, Parse parse) {
    const bool is_first = cursor < members_.size();
    SourceJob job = node_job(std::move(name), is_first ? kFirstRound : rarely, std::move(rest), CallClass::identity,
                             cursor, std::move(parse));
    if (is_first)
      job.run = [this, run = std::move(job.run)] {
        round_.owe_turn();
        return run();
      };
    return job;
  };
  return {
      {"resources", viewed_ ? std::min(kViewedPeriod, interval) : interval, [this] { return poll_resources(); }},
      {"silence", 1s, [this] { return watch_silence(); }},
      {"permissions", rarely, [this] { return poll_permissions(); }},
      {"status", 30s, [this] { return poll_membership(); }},
      {"tasks", 30s, [this] { return poll_tasks(); }},
      {"backups", backup_period(), [this] { return poll_backups(); }},
      {"rota", rota_pause(), [this] { return ask_rarely(); }},
      node_job("node_status", 60s, "/status", CallClass::node_status, at_status_, into(&parse_node_status)),
      node_job("storage", 120s, "/storage", CallClass::storage, at_storage_, into(&parse_node_storage)),
      node_job("services", 120s, "/services", CallClass::services, at_services_, into(&parse_node_services)),
      first_round("certificates", "/certificates/info", at_certificates_, into(&parse_certificates)),
      first_round("subscription", "/subscription", at_subscription_, into(&parse_subscription)),
  };
}

net::Task<> Source::poll_permissions() {
  if (permissions_known_ && clock_.steady() - permissions_at_ < kPermissionsFresh) co_return;
  auto answer = co_await client_.get("/access/permissions", CallClass::identity);
  if (!answer || !answer->is_ok()) {
    tell_health();
    co_return;
  }
  const auto permissions = parse_permissions(answer->data);
  if (!permissions) co_return;
  permissions_known_ = true;
  permissions_at_ = clock_.steady();
  sees_everything_ = permissions->sees_everything();
  client_.set_powerless(permissions->sees_nothing());
  backups_.set_rights(*permissions);
  round_.set_rights(*permissions);
  auto identity = co_await identify(client_);
  if (identity) {
    client_.set_wrong_cluster(is_foreign(known_, *identity));
    if (!is_foreign(known_, *identity)) {
      known_ = *identity;
      if (on_identity) on_identity(known_);
    }
  }
  auto nodes = co_await client_.get("/nodes", CallClass::identity);
  if (nodes && nodes->is_ok() && nodes->data.as_array())
    for (const Json& item : *nodes->data.as_array()) {
      if (!item.as_object()) continue;
      const Row row(item, "nodes", findings_);
      const auto name = row.text("node");
      const auto fingerprint = row.text("ssl_fingerprint");
      if (name && fingerprint && !fingerprint->empty()) fingerprints_[*name] = *fingerprint;
    }
  tell_health();
}

net::Task<> Source::poll_resources() {
  if (!permissions_known_) co_await poll_permissions();  // what an empty list means depends on it
  auto answer = co_await client_.get("/cluster/resources", CallClass::resources);
  if (auto polls = client_.take_polls(); !polls.empty()) tell(EndpointPolls{std::move(polls)});
  if (!answer || !answer->is_ok()) {
    tell_health();
    co_return;
  }
  findings_.clear();
  auto resources = parse_resources(answer->data, findings_);
  if (resources && client_.health().state != ClusterState::wrong_cluster) {
    resources->complete = sees_everything_;
    std::vector<std::string> online;
    for (const NodeRow& node : resources->nodes)
      if (node.status != "offline") online.push_back(node.name);
    std::ranges::sort(online);
    members_ = std::move(online);
    backups_.set_members(members_);
    round_.see(*resources, members_);
    tell_health();
    tell(std::move(*resources));
    co_return;
  }
  tell_health();
}

net::Task<> Source::watch_silence() {
  if (client_.flag_silence()) tell_health();
  co_return;
}

net::Task<> Source::poll_membership() {
  auto answer = co_await client_.get("/cluster/status", CallClass::status);
  if (answer && answer->is_ok()) {
    auto membership = parse_membership(answer->data, findings_);
    if (membership) {
      for (auto& member : membership->members)
        if (const auto found = fingerprints_.find(member.name); found != fingerprints_.end())
          member.fingerprint = found->second;
      const Identity seen = identity_of(*membership);
      const bool foreign = is_foreign(known_, seen);
      client_.set_wrong_cluster(foreign);
      if (!foreign) tell(std::move(*membership));
    }
  }
  tell_health();
}

net::Task<> Source::poll_tasks() {
  auto answer = co_await client_.get("/cluster/tasks", CallClass::tasks);
  if (!answer || !answer->is_ok()) co_return;
  auto tasks = parse_tasks(answer->data, findings_);
  if (!tasks) co_return;
  backups_.note(*tasks);
  round_.see(*tasks);
  tell(std::move(*tasks));
}

net::Task<> Source::poll_backups() {
  const SteadyTime now = clock_.steady();
  if (client_.health().state == ClusterState::wrong_cluster || now < backups_asked_until_) co_return;
  backups_asked_until_ = now + kLongestStep;  // one step at a time, from whichever job; one that broke does not block
  co_await backups_.step();
  backups_asked_until_ = {};
}

/// While there is much to catch up with, backups get every second turn of the rare questions: the same number of calls.
/// While somebody looks they also give their turns to those who have taken some; else a turn is a third of a minute.
net::Task<> Source::ask_rarely() {
  if (viewed_ && round_.passes()) co_return;
  backups_turn_ = !backups_turn_ && !backups_.is_caught_up() && clock_.steady() >= backups_asked_until_;
  if (backups_turn_)
    co_await poll_backups();
  else if (!round_.passes())
    co_await round_.ask_next();
}

/// The members take turns, so that the calls are spread and their number does not grow with the cluster.
net::Task<> Source::poll_next_node(std::string rest, CallClass kind, std::size_t& cursor, Parse parse) {
  if (members_.empty()) co_return;
  const std::string node = members_[cursor++ % members_.size()];
  const auto path = node_path(node, rest);
  if (!path) co_return;
  auto answer = co_await client_.get(*path, kind);
  if (!answer) {
    tell_health();
    co_return;
  }
  if (answer->blames_peer())
    tell(PeerTrouble{.node = node, .reason = std::to_string(answer->status) + " " + answer->reason});
  else if (answer->is_ok())
    parse(node, answer->data);
}

}  // namespace monitorix::proxmox

#include "app/orders.h"

#include <algorithm>
#include <memory>

#include "api/answer.h"
#include "base/log.h"
#include "proxmox/current.h"
#include "proxmox/doctor.h"
#include "proxmox/identity.h"
#include "proxmox/path.h"
#include "proxmox/server/parse_server.h"
#include "proxmox/server/server_doctor.h"

namespace monitorix::app {
namespace {

constexpr std::chrono::seconds kLookDeadline{10};
constexpr std::chrono::hours kExamineEvery{24};
constexpr auto kRightsBeyondReading = "Q14";
constexpr std::size_t kMostExaminations = 16;  // at once, of one connection each

api::DoctorCheck translated(proxmox::Finding finding) {
  return {.id = std::move(finding.id),
          .title = std::move(finding.title),
          .found = std::move(finding.found),
          .result = static_cast<api::CheckResult>(finding.verdict),
          .features_lost = std::move(finding.features_lost),
          .fix = std::move(finding.fix),
          .took_ms = finding.took_ms};
}

/// Names of privileges, which no language has other words for.
std::string excess_of(const Reason& found) {
  const auto first = found.params.find("privilege");
  const auto* name = first == found.params.end() ? nullptr : std::get_if<std::string>(&first->second);
  if (!name) return {};
  const auto others = found.params.find("privileges");
  const auto* count = others == found.params.end() ? nullptr : std::get_if<std::int64_t>(&others->second);
  return count ? *name + ", +" + std::to_string(*count) : *name;
}

/// Nothing while not all configurations have been read: what is only partly known would look like few agents.
proxmox::AgentCounts count_agents(const state::ClusterView& cluster) {
  proxmox::AgentCounts counts;
  for (const auto& guest : cluster.guests) {
    if (guest->type != GuestType::qemu || guest->status != GuestStatus::running) continue;
    ++counts.running;
    const auto& config = cluster.facts->of(guest->id).config.value;
    if (!config) return {};
    if (config->has_agent) ++counts.configured;
    if (guest->agent_state == AgentState::running) ++counts.answering;
  }
  return counts;
}

/// Whom the doctor sees, copied: an examination takes minutes, and a picture of the world that is held as long keeps
/// all that was in it.
struct Patient {
  ClusterConfig config{};
  proxmox::AgentCounts agents{};
};

std::optional<Patient> patient_of(const state::Snapshot& world, ClusterId id) {
  if (const auto* view = world.cluster(id)) return Patient{view->config, count_agents(*view)};
  if (const auto* server = world.server(id)) return Patient{server->config, {}};
  return std::nullopt;
}

/// The store's call on the pool. The function runs elsewhere: it holds copies.
template <class T>
net::Task<Result<T>> on_pool(net::WorkerPool& pool, std::function<Result<T>()> work) {
  auto done = co_await net::offload<T>(pool, std::move(work));
  if (!done) co_return fail(api::unstored(done.error()));
  co_return std::move(done);
}

bool is_same_server(const proxmox::Identity& a, const proxmox::Identity& b) {
  const bool shares_store = std::ranges::any_of(a.members, [&](const auto& name) { return b.members.contains(name); });
  return proxmox::is_same_cluster(a, b) && (shares_store || a.members == b.members);
}

/// A backup server is known again by its certificate and its datastores: one certificate may serve several servers.
net::Task<Result<ClusterConfig>> introduce_server(net::HttpClient& http, const Clock& clock, ClusterConfig candidate,
                                                  std::vector<ClusterConfig> known) {
  proxmox::Client client(http, clock, candidate);
  auto usage = co_await client.get("/status/datastore-usage", proxmox::CallClass::resources);
  if (!usage) co_return fail(usage.error());
  if (!usage->is_ok())
    co_return fail(Errc::denied, "the server refuses: " + std::to_string(usage->status) + " " + usage->reason);
  proxmox::Identity identity;
  for (const auto& endpoint : client.health().endpoints)
    if (endpoint.seen) identity.fingerprints.insert(fingerprint_text(endpoint.seen->fingerprint));
  proxmox::Findings odd;
  if (const auto stores = proxmox::parse_datastore_usage(usage->data, odd))
    for (const Datastore& store : stores->datastores) identity.members.insert(store.name);
  for (const ClusterConfig& server : known)
    if (server.id != candidate.id && is_same_server(proxmox::decode_identity(server.identity), identity))
      co_return fail(Errc::conflict, "duplicate_cluster:" + server.id.text());
  candidate.identity = proxmox::encode(identity);
  co_return candidate;
}

}  // namespace

net::Task<Result<ClusterConfig>> introduce(net::HttpClient& http, const Clock& clock, ClusterConfig candidate,
                                           std::vector<ClusterConfig> known) {
  if (candidate.kind == ConnectionKind::pbs)
    co_return co_await introduce_server(http, clock, std::move(candidate), std::move(known));
  proxmox::Client client(http, clock, candidate);
  auto identity = co_await proxmox::identify(client);
  if (!identity) co_return fail(identity.error());
  for (const ClusterConfig& cluster : known)
    if (cluster.id != candidate.id && proxmox::is_same_cluster(proxmox::decode_identity(cluster.identity), *identity))
      co_return fail(Errc::conflict, "duplicate_cluster:" + cluster.id.text());
  candidate.identity = proxmox::encode(*identity);
  co_return candidate;
}

net::Task<api::DoctorReport> call_doctor(net::HttpClient& http, const Clock& clock, ClusterConfig config,
                                         proxmox::AgentCounts agents, proxmox::Pace pace) {
  api::DoctorReport report{.ran_at = clock.wall()};
  std::vector<proxmox::Finding> findings;
  if (config.kind == ConnectionKind::pbs)
    findings = co_await proxmox::examine_server(http, clock, std::move(config));
  else
    findings = co_await proxmox::examine(http, clock, std::move(config), std::move(pace));
  for (auto& finding : findings) {
    if (finding.id == "Q11") finding = proxmox::agents_check(std::move(finding), agents);
    report.checks.push_back(translated(std::move(finding)));
  }
  co_return report;
}

std::vector<ClusterConfig> Orders::known_connections(ConnectionKind kind) const {
  std::vector<ClusterConfig> known;
  const auto snapshot = parts_.inventory.snapshot();
  if (kind == ConnectionKind::pve)
    for (const auto& [id, view] : snapshot->clusters) known.push_back(view->config);
  else
    for (const auto& [id, view] : snapshot->servers) known.push_back(view->config);
  return known;
}

void Orders::show(const ClusterConfig& config) {
  if (config.kind == ConnectionKind::pbs)
    parts_.inventory.put_server(config, parts_.clock.wall());
  else
    parts_.pipeline.spread(parts_.inventory.put_cluster(config, parts_.clock.wall()));
  parts_.fleet.put(config);
}

net::Task<Result<net::Certificate>> Orders::probe(std::string address, int port) {
  co_return co_await parts_.http.look_at_certificate(std::move(address), port, kLookDeadline);
}

net::Task<Result<api::DoctorReport>> Orders::test_connection(ClusterConfig candidate) {
  candidate.id = {};
  co_return co_await call_doctor(parts_.http, parts_.clock, std::move(candidate));
}

net::Task<Result<ClusterConfig>> Orders::create_cluster(ClusterConfig cluster) {
  cluster.id = {};
  auto known = known_connections(cluster.kind);
  auto checked = co_await introduce(parts_.http, parts_.clock, std::move(cluster), std::move(known));
  if (!checked) co_return fail(checked.error());
  std::function<Result<ClusterConfig>()> work = [store = &parts_.store, config = *checked] {
    return store->create_cluster(config);
  };
  auto stored = co_await on_pool<ClusterConfig>(parts_.pool, std::move(work));
  if (!stored) co_return fail(stored.error());
  show(*stored);
  co_return stored;
}

net::Task<Result<ClusterConfig>> Orders::update_cluster(ClusterConfig cluster, std::int64_t expected_version) {
  std::function<Result<ClusterConfig>()> work = [store = &parts_.store, cluster, expected_version] {
    return store->update_cluster(cluster, expected_version);
  };
  auto stored = co_await on_pool<ClusterConfig>(parts_.pool, std::move(work));
  if (!stored) co_return fail(stored.error());
  show(*stored);
  co_return stored;
}

net::Task<Status> Orders::delete_cluster(ClusterId id) {
  std::function<Status()> work = [store = &parts_.store, id] { return store->delete_cluster(id); };
  auto deleted = co_await on_pool<void>(parts_.pool, std::move(work));
  if (!deleted) co_return fail(deleted.error());
  parts_.fleet.remove(id);
  parts_.pipeline.spread(parts_.inventory.remove_cluster(id, parts_.clock.wall()));
  parts_.inventory.remove_server(id, parts_.clock.wall());
  doctors_.erase(id);
  co_return Status{};
}

net::Task<Result<api::DoctorReport>> Orders::run_doctor(ClusterId id) { co_return co_await examine(id, {}); }

net::Task<Result<api::DoctorReport>> Orders::examine(ClusterId id, proxmox::Pace pace) {
  auto patient = patient_of(*parts_.inventory.snapshot(), id);
  if (!patient) co_return fail(Errc::not_found, "no such connection");
  const bool is_server = patient->config.kind == ConnectionKind::pbs;
  auto report =
      co_await call_doctor(parts_.http, parts_.clock, std::move(patient->config), patient->agents, std::move(pace));
  if (!parts_.inventory.snapshot()->cluster(id) && !parts_.inventory.snapshot()->server(id))
    co_return fail(Errc::not_found, "the connection was removed meanwhile");
  doctors_[id] = report;
  DoctorSummary summary{};
  for (const auto& check : report.checks) {
    if (check.result == api::CheckResult::ok) ++summary.ok;
    if (check.result == api::CheckResult::warn) ++summary.warn;
    if (check.result == api::CheckResult::fail) ++summary.fail;
    if (check.id == kRightsBeyondReading) summary.excess = excess_of(check.found);
  }
  if (is_server)
    parts_.pipeline.accept_server(ServerObservation{.server = id, .at = parts_.clock.wall(), .what = summary});
  else
    parts_.pipeline.accept(Observation{.cluster = id, .at = parts_.clock.wall(), .what = summary});
  co_return report;
}

std::optional<std::pair<ClusterId, std::string>> Orders::overdue(const state::Snapshot& world) const {
  const auto is_overdue = [&](const auto& entry) {
    if (entry.second->health.state != ClusterState::ok || examining_.contains(entry.first)) return false;
    const auto report = doctors_.find(entry.first);
    if (report == doctors_.end()) return true;
    const WallTime ran = report->second.ran_at;
    return ran < entry.second->config.updated_at || parts_.clock.wall() - ran > kExamineEvery;
  };
  if (const auto one = std::ranges::find_if(world.clusters, is_overdue); one != world.clusters.end())
    return std::pair{one->first, one->second->config.name};
  if (const auto one = std::ranges::find_if(world.servers, is_overdue); one != world.servers.end())
    return std::pair{one->first, one->second->config.name};
  return std::nullopt;
}

net::Task<> Orders::examine_one_overdue() {
  if (examining_.size() >= kMostExaminations) co_return;
  const auto found = overdue(*parts_.inventory.snapshot());
  if (!found) co_return;
  const auto [id, name] = *found;
  examining_.insert(id);
  proxmox::Pace pace;
  if (auto source = parts_.fleet.source(id)) pace = [source = std::move(source)] { return source->make_way(); };
  // No guard sets the flag back: a coroutine that still waits when the loop ends would reach for us after our end.
  try {
    const auto report = co_await examine(id, std::move(pace));
    if (!report) log::warn("the doctor could not run", {{"cluster", name}, {"error", report.error()}});
  } catch (const std::exception& error) {
    log::error("the doctor could not run", {{"cluster", name}, {"error", std::string(error.what())}});
  }
  examining_.erase(id);
}

std::optional<api::DoctorReport> Orders::last_doctor(ClusterId id) const {
  const auto found = doctors_.find(id);
  return found == doctors_.end() ? std::nullopt : std::optional(found->second);
}

net::Task<Status> Orders::sync_cluster(ClusterId id) { co_return co_await parts_.fleet.poll_now(id); }

net::Task<Status> Orders::sync_guest(GuestId id) {
  const auto guest = parts_.inventory.snapshot()->guest(id);
  if (!guest) co_return fail(Errc::not_found, "no such guest");
  if (const auto source = parts_.fleet.source(guest->cluster)) source->hurry(guest->type, guest->vmid);
  co_return co_await parts_.fleet.poll_now(guest->cluster);
}

net::Task<Result<std::string>> Orders::guest_current(GuestId id) {
  const auto snapshot = parts_.inventory.snapshot();
  const auto guest = snapshot->guest(id);
  if (!guest) co_return fail(Errc::not_found, "no such guest");
  const auto node = snapshot->node(guest->node);
  proxmox::Client* client = parts_.fleet.client(guest->cluster);
  if (!client || !node)
    co_return proxmox::current_json(*guest, nullptr, "the cluster is not being asked", parts_.clock.wall());
  const auto path = proxmox::guest_path(node->name, guest->type, guest->vmid, "/status/current");
  if (!path) co_return fail(path.error());
  auto answer = co_await client->get(*path, proxmox::CallClass::guest);
  if (!answer) co_return proxmox::current_json(*guest, nullptr, answer.error().text, parts_.clock.wall());
  if (!answer->is_ok())
    co_return proxmox::current_json(*guest, nullptr, std::to_string(answer->status) + " " + answer->reason,
                                    parts_.clock.wall());
  co_return proxmox::current_json(*guest, &answer->data, "", parts_.clock.wall());
}

net::Task<Result<Node>> Orders::annotate_node(Node node) {
  std::function<Status()> work = [store = &parts_.store, node] { return store->save_inventory({.nodes = {node}}); };
  auto stored = co_await on_pool<void>(parts_.pool, std::move(work));
  if (!stored) co_return fail(stored.error());
  parts_.pipeline.spread(parts_.inventory.set_node_annotations(node, parts_.clock.wall()));
  const auto now = parts_.inventory.snapshot()->node(node.id);
  co_return now ? *now : node;
}

net::Task<Result<Guest>> Orders::annotate_guest(Guest guest) {
  std::function<Status()> work = [store = &parts_.store, guest] { return store->save_inventory({.guests = {guest}}); };
  auto stored = co_await on_pool<void>(parts_.pool, std::move(work));
  if (!stored) co_return fail(stored.error());
  parts_.pipeline.spread(parts_.inventory.set_guest_annotations(guest, parts_.clock.wall()));
  const auto now = parts_.inventory.snapshot()->guest(guest.id);
  co_return now ? *now : guest;
}

api::BackfillState Orders::backfill(ClusterId id) const {
  const BackfillProgress progress = parts_.backfill.progress(id);
  return {progress.is_running && progress.total > 0, progress.done, progress.total};
}

api::StorageHealth Orders::storage_health() const {
  const auto standing = parts_.keeper.standing();
  return {.engine = parts_.store.engine(),
          .storing = !standing.not_stored_since,
          .not_stored_since = standing.not_stored_since,
          .waiting = standing.queued};
}

void Orders::keep_identity(ClusterId id, const proxmox::Identity& identity, net::Loop& loop) {
  const auto* view = parts_.inventory.snapshot()->cluster(id);
  if (!view) return;
  ClusterConfig config = view->config;
  const std::string text = proxmox::encode(identity);
  if (config.identity == text) return;
  config.identity = text;
  loop.spawn("keep identity", store_identity(std::move(config)));
}

net::Task<> Orders::store_identity(ClusterConfig config) {
  std::function<Result<ClusterConfig>()> work = [store = &parts_.store, config] {
    return store->update_cluster(config, config.version);
  };
  auto stored = co_await on_pool<ClusterConfig>(parts_.pool, std::move(work));
  if (!stored) {  // somebody changed the connection meanwhile, or the database is away: the next time will do
    log::debug("identity not kept", {{"cluster", config.name}, {"error", stored.error()}});
    co_return;
  }
  parts_.pipeline.spread(parts_.inventory.put_cluster(*stored, parts_.clock.wall()));
}

}  // namespace monitorix::app

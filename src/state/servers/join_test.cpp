#include "state/servers/join.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "state/inventory.h"

using namespace monitorix;
using namespace monitorix::state;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = from_ms(1'800'000'000'000);
constexpr ClusterId kOslo{1}, kBergen{2}, kVault{9};

Digest pin(unsigned char fill) {
  Digest out{};
  out.fill(fill);
  return out;
}

ServerStorage storage(std::string name_space, std::string user = "oslo@pbs!pve") {
  ServerStorage out{.name = "backup", .server = "vault.example", .datastore = "main"};
  out.name_space = std::move(name_space);
  out.username = std::move(user);
  return out;
}

ServerSnapshot snapshot(WallTime at, VerifyState verify = VerifyState::ok, std::string comment = {}) {
  ServerSnapshot out{.at = at, .size_bytes = 5'000'000'000, .verify = verify};
  if (!comment.empty()) out.comment = std::move(comment);
  return out;
}

/// Two clusters and a backup server, each of which tells what a case wants.
struct Bench {
  Inventory inventory{};
  WallTime now{kNow};

  Bench() {
    ClusterConfig server{};
    server.id = kVault;
    server.kind = ConnectionKind::pbs;
    server.name = "vault";
    Endpoint endpoint{};
    endpoint.address = "vault.example";
    endpoint.port = 8007;
    endpoint.fingerprints = {Fingerprint{pin(0xAA)}};
    server.endpoints = {endpoint};
    inventory.put_server(server, now);
    say(ClusterHealth{.state = ClusterState::ok});
    say(DatastoreUsages{.datastores = {Datastore{.name = "main"}}});
  }
  template <class What>
  void say(What what) {
    inventory.apply_server(ServerObservation{.server = kVault, .at = now, .what = std::move(what)});
  }
  void connect(ClusterId id, std::vector<std::pair<std::int64_t, std::string>> guests, bool complete = true) {
    ClusterConfig config{};
    config.id = id;
    config.name = "cluster-" + id.text();
    inventory.put_cluster(config, now);
    NodeRow node{};
    node.name = "pve1";
    node.status = "online";
    Resources all{.nodes = {node}};
    all.complete = complete;
    for (auto& [vmid, name] : guests) {
      GuestRow row{};
      row.type = GuestType::qemu;
      row.vmid = vmid;
      row.node = "pve1";
      row.name = name;
      row.status = "running";
      all.guests.push_back(std::move(row));
    }
    inventory.apply(Observation{.cluster = id, .at = now, .what = std::move(all)});
  }
  void writes(ClusterId id, std::vector<ServerStorage> storages) {
    inventory.apply(Observation{.cluster = id, .at = now, .what = ServerStorages{.storages = std::move(storages)}});
  }
  void holds(std::string name_space, std::vector<std::pair<GroupName, std::vector<ServerSnapshot>>> groups,
             std::string owner = "oslo@pbs!pve") {
    names_.push_back(name_space);
    std::ranges::sort(names_);
    say(DatastoreNamespaces{.datastore = "main", .names = names_});
    NamespaceGroups list{.datastore = "main", .name_space = name_space};
    NamespaceSnapshots all{.datastore = "main", .name_space = name_space};
    for (auto& [name, snapshots] : groups) {
      BackupGroup group{.name = name};
      group.owner = owner;
      group.count = static_cast<std::int64_t>(snapshots.size());
      if (!snapshots.empty()) group.last_at = snapshots.front().at;
      list.groups.push_back(group);
      for (auto& one : snapshots) all.rows.push_back({name, one});
    }
    say(std::move(list));
    say(std::move(all));
  }
  const Snapshot& joined() {
    inventory.tick(now);
    picture_ = inventory.snapshot();
    return *picture_;
  }
  GroupCounts counts() {
    const auto& all = joined().joined->counts;
    const auto found = all.find({kVault, "main"});
    return found == all.end() ? GroupCounts{} : found->second;
  }
  const Guest& guest(ClusterId id, std::int64_t vmid = 100) {
    const auto& guests = joined().cluster(id)->guests;
    return **std::ranges::find(guests, vmid, [](const auto& one) { return one->vmid; });
  }
  std::size_t snapshots_of(ClusterId id, std::int64_t vmid = 100) {
    const auto& all = joined().joined->snapshots;
    const auto found = all.find(guest(id, vmid).id);
    return found == all.end() ? 0 : found->second.size();
  }
  const Assurance& assurance(ClusterId id, std::int64_t vmid = 100) {
    const GuestId wanted = guest(id, vmid).id;
    return *joined().cluster(id)->backups->of(wanted);
  }
  /// Guest 100 is in a nightly job of which nothing more is known than `runs`.
  void nightly(ClusterId id, Readable tasks, std::vector<BackupRun> runs = {}) {
    BackupJob job{.id = "nightly", .vmids = {100}};
    job.interval = 24h;
    const auto see = [&](auto what) {
      inventory.apply(Observation{.cluster = id, .at = now, .what = std::move(what)});
    };
    see(BackupJobs{.jobs = {job}});
    see(BackupRuns{.node = "pve1", .readable = tasks, .whole = tasks == Readable::yes, .runs = std::move(runs)});
  }

 private:
  std::vector<std::string> names_{};
  SnapshotPtr picture_{};
};

BackupRun run(BackupResult result, WallTime at) {
  BackupTask task{.upid = "UPID:pve1:" + std::to_string(to_ms(at)) + ":vzdump", .node = "pve1"};
  BackupRun out{.task = std::make_shared<const BackupTask>(std::move(task)), .vmid = 100, .started_at = at};
  out.result = result;
  if (result == BackupResult::failed) out.error = "no space left";
  return out;
}

const GroupName kVm{"vm", "100"};

}  // namespace

TEST_CASE("a group is the guest's of the only cluster that writes there") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.holds("oslo", {{kVm, {snapshot(kNow - 2h), snapshot(kNow - 26h)}}});
  CHECK(bench.snapshots_of(kOslo) == 2);
  CHECK(bench.counts() == GroupCounts{.joined = 1});
  CHECK(bench.assurance(kOslo).server_join == ServerJoin::joined);
}

TEST_CASE("equal VMIDs of two clusters are kept apart by their namespaces") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{100, "mail"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.writes(kBergen, {storage("bergen")});
  bench.holds("oslo", {{kVm, {snapshot(kNow - 2h)}}});
  bench.holds("bergen", {{kVm, {snapshot(kNow - 1h), snapshot(kNow - 3h)}}});
  CHECK(bench.snapshots_of(kOslo) == 1);
  CHECK(bench.snapshots_of(kBergen) == 2);
}

TEST_CASE("equal VMIDs in one namespace and of one owner are ambiguous and nobody's") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{100, "mail"}});
  bench.writes(kOslo, {storage("")});
  bench.writes(kBergen, {storage("")});
  bench.holds("", {{kVm, {snapshot(kNow - 2h)}}});
  CHECK(bench.counts() == GroupCounts{.ambiguous = 1});
  CHECK(bench.snapshots_of(kOslo) == 0);
  CHECK(bench.snapshots_of(kBergen) == 0);
  bench.nightly(kOslo, Readable::yes);
  CHECK(bench.assurance(kOslo).coverage == Coverage::unknown);
  CHECK(bench.assurance(kOslo).reason.code == "ambiguous");
  CHECK(bench.guest(kOslo).backup_state == BackupState::ambiguous);
}

TEST_CASE("in a shared namespace the owner of a group tells who wrote it") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{100, "mail"}});
  bench.writes(kOslo, {storage("", "oslo@pbs!pve")});
  bench.writes(kBergen, {storage("", "bergen@pbs!pve")});
  bench.holds("", {{kVm, {snapshot(kNow - 2h)}}}, "bergen@pbs!pve");
  CHECK(bench.snapshots_of(kOslo) == 0);
  CHECK(bench.snapshots_of(kBergen) == 1);
}

TEST_CASE("in a shared namespace a number that only one cluster has is that cluster's") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{200, "mail"}});
  bench.writes(kOslo, {storage("")});
  bench.writes(kBergen, {storage("")});
  bench.holds("", {{kVm, {snapshot(kNow - 2h)}}});
  CHECK(bench.snapshots_of(kOslo) == 1);
}

TEST_CASE("a cluster that may hide guests decides nothing by not showing one") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{200, "mail"}}, false);
  bench.writes(kOslo, {storage("")});
  bench.writes(kBergen, {storage("")});
  bench.holds("", {{kVm, {snapshot(kNow - 2h)}}});
  CHECK(bench.counts() == GroupCounts{.ambiguous = 1});
  CHECK(bench.snapshots_of(kOslo) == 0);
}

TEST_CASE("in a shared namespace the noted name of the guest tells whose it is") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{100, "mail"}});
  bench.writes(kOslo, {storage("")});
  bench.writes(kBergen, {storage("")});
  bench.holds("", {{kVm, {snapshot(kNow - 2h, VerifyState::ok, "mail, before the move")}}});
  CHECK(bench.snapshots_of(kOslo) == 0);
  CHECK(bench.snapshots_of(kBergen) == 1);
}

TEST_CASE("a group into which two guests wrote is nobody's, whatever its newest notes say") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.connect(kBergen, {{100, "mail"}});
  bench.writes(kOslo, {storage("")});
  bench.writes(kBergen, {storage("")});
  bench.holds("", {{kVm, {snapshot(kNow - 2h, VerifyState::ok, "mail"), snapshot(kNow - 3h, VerifyState::ok, "web")}}});
  CHECK(bench.counts() == GroupCounts{.ambiguous = 1});
}

TEST_CASE("a group where no connected cluster writes is nobody's, and no orphan") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.holds("elsewhere", {{kVm, {snapshot(kNow - 2h)}}});
  CHECK(bench.counts() == GroupCounts{.unassigned = 1});
  CHECK(bench.joined().joined->orphans.empty());
}

TEST_CASE("backups of a guest that its cluster does not have are orphans, unless the cluster may hide it") {
  for (const bool complete : {true, false}) {
    CAPTURE(complete);
    Bench bench;
    bench.connect(kOslo, {{100, "web"}}, complete);
    bench.writes(kOslo, {storage("oslo")});
    bench.holds("oslo", {{{"vm", "905"}, {snapshot(kNow - 4000h, VerifyState::ok, "old-shop")}}});
    const auto& orphans = bench.joined().joined->orphans;
    REQUIRE(orphans.size() == (complete ? 1 : 0));
    if (!complete) continue;
    CHECK(orphans.front().cluster == kOslo);
    CHECK(orphans.front().name == "old-shop");
    CHECK_FALSE(orphans.front().was_known);
    CHECK(orphans.front().size_bytes == 5'000'000'000);
  }
}

TEST_CASE("a container of the same number is another guest") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.holds("oslo", {{{"ct", "100"}, {snapshot(kNow - 2h)}}});
  CHECK(bench.snapshots_of(kOslo) == 0);
  CHECK(bench.counts() == GroupCounts{.orphaned = 1});
}

TEST_CASE("hosts are neither guests nor orphans") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("")});
  bench.holds("", {{{"host", "gateway"}, {snapshot(kNow - 2h)}}, {{"vm", "template"}, {snapshot(kNow - 2h)}}});
  CHECK(bench.counts() == GroupCounts{.hosts = 2});
}

TEST_CASE("which server a storage means: its certificate decides, else address and port") {
  ServerView server;
  Endpoint endpoint{};
  endpoint.address = "10.0.0.5";
  endpoint.port = 8007;
  endpoint.fingerprints = {Fingerprint{pin(0xAA)}};
  server.config.endpoints = {endpoint};
  EndpointHealth health{.state = EndpointState::ok};
  health.seen = ShownCertificate{.fingerprint = pin(0xAA)};
  server.health.endpoints = {health};
  ServerStorage one = storage("");
  struct Case {
    const char* address;
    int port;
    std::optional<Digest> fingerprint;
    bool is_meant;
  };
  const Case cases[] = {
      {"10.0.0.5", 8007, std::nullopt, true},       {"10.0.0.6", 8007, std::nullopt, false},
      {"10.0.0.5", 18007, std::nullopt, false},     {"vault.example", 8007, pin(0xAA), true},
      {"vault.example", 18007, pin(0xAA), true},    {"10.0.0.5", 8007, pin(0xBB), false},
      {"vault.example", 8007, std::nullopt, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.address);
    CAPTURE(c.port);
    one.server = c.address;
    one.port = c.port;
    one.fingerprint = c.fingerprint;
    CHECK(is_meant(one, server) == c.is_meant);
  }
}

TEST_CASE("a snapshot is a backup even where the tasks may not be read") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.nightly(kOslo, Readable::denied);
  bench.holds("oslo", {{kVm, {snapshot(kNow - 2h)}}});
  CHECK(bench.assurance(kOslo).coverage == Coverage::ok);
  CHECK(bench.assurance(kOslo).last_success_at == kNow - 2h);
}

TEST_CASE("a snapshot that is newer than the failed run makes it good, an older one does not") {
  for (const auto age : {1h, 20h}) {
    Bench bench;
    bench.connect(kOslo, {{100, "web"}});
    bench.writes(kOslo, {storage("oslo")});
    bench.nightly(kOslo, Readable::yes, {run(BackupResult::failed, kNow - 10h)});
    bench.holds("oslo", {{kVm, {snapshot(kNow - age)}}});
    CHECK(bench.assurance(kOslo).coverage == (age < 10h ? Coverage::ok : Coverage::failed));
  }
}

TEST_CASE("a newest backup that failed its verification counts as failed, whatever its task said") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.nightly(kOslo, Readable::yes, {run(BackupResult::ok, kNow - 10h)});
  bench.holds("oslo", {{kVm, {snapshot(kNow - 10h, VerifyState::failed), snapshot(kNow - 34h)}}});
  CHECK(bench.assurance(kOslo).coverage == Coverage::failed);
  CHECK(bench.assurance(kOslo).reason.code == "verify_failed");
}

TEST_CASE("a snapshot that is still being written is no backup yet") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.nightly(kOslo, Readable::yes);
  auto open = snapshot(kNow - 5min, VerifyState::none);
  open.is_finished = false;
  open.size_bytes.reset();
  bench.holds("oslo", {{kVm, {open}}});
  CHECK(bench.snapshots_of(kOslo) == 1);
  CHECK(bench.assurance(kOslo).coverage == Coverage::never);
}

TEST_CASE("while a server to which a cluster writes was not read whole, nothing bad is concluded") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.nightly(kOslo, Readable::yes);
  CHECK(bench.assurance(kOslo).coverage == Coverage::unknown);
  CHECK(bench.assurance(kOslo).reason.code == "not_asked_yet");
  bench.holds("oslo", {});
  CHECK(bench.assurance(kOslo).coverage == Coverage::never);
}

TEST_CASE("what was read before stays when the server fails or a datastore is not named for once") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.holds("oslo", {{kVm, {snapshot(kNow - 2h)}}});
  REQUIRE(bench.snapshots_of(kOslo) == 1);
  bench.now += 1min;
  bench.say(ClusterHealth{.state = ClusterState::unreachable});
  bench.say(NamespaceGroups{.datastore = "main", .name_space = "oslo", .readable = Readable::failing});
  bench.say(DatastoreNamespaces{.datastore = "main", .readable = Readable::failing});
  bench.say(DatastoreUsages{});
  CHECK(bench.snapshots_of(kOslo) == 1);
  CHECK_FALSE(bench.joined().server(kVault)->datastores.front().is_listed);
  bench.now += 25h;
  bench.say(DatastoreUsages{});
  CHECK(bench.joined().server(kVault)->datastores.empty());
}

TEST_CASE("a guest's backups go with its server when the connection is removed") {
  Bench bench;
  bench.connect(kOslo, {{100, "web"}});
  bench.writes(kOslo, {storage("oslo")});
  bench.nightly(kOslo, Readable::denied);
  bench.holds("oslo", {{kVm, {snapshot(kNow - 2h)}}});
  REQUIRE(bench.assurance(kOslo).coverage == Coverage::ok);
  bench.inventory.remove_server(kVault, bench.now);
  CHECK(bench.joined().servers.empty());
  CHECK(bench.snapshots_of(kOslo) == 0);
  CHECK(bench.assurance(kOslo).coverage == Coverage::unknown);
}

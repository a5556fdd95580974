#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "store/store_suite.h"

namespace monitorix::store {
namespace {

constexpr WallTime kNow{std::chrono::milliseconds{1'700'000'100'000}};

// `deed(0)` to `deed(count - 1)`, each on a thread of its own; back when all are done.
template <typename Deed>
void at_once(int count, const Deed& deed) {
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) threads.emplace_back([&deed, i] { deed(i); });
  for (auto& thread : threads) thread.join();
}

Session some_session(UserId user, const std::string& family, const std::string& token) {
  Session session;
  session.user = user;
  session.family = family;
  const Digest digest = sha256(token);
  session.token_hash.assign(reinterpret_cast<const char*>(digest.data()), digest.size());
  session.created_at = session.last_used_at = kNow;
  session.expires_at = kNow + std::chrono::hours(1);
  session.ip = "192.0.2.7";
  session.user_agent = "Firefox";
  return session;
}

Node some_node(std::int64_t id, ClusterId cluster, const std::string& name) {
  Node node;
  node.id = NodeId{id};
  node.cluster = cluster;
  node.name = name;
  node.status = NodeStatus::unreachable;
  node.reason = NodeReason::peer_cannot_reach;
  node.status_since = from_ms(1000);
  node.last_check = from_ms(2000);
  node.created_at = from_ms(500);
  node.is_local = true;
  node.maintenance_mode = true;
  node.tags = {"rack-1"};
  node.ip = "10.1.1.1";
  node.corosync_id = 3;
  node.cpu_ratio = 0.1234567890123;
  node.memory_used_bytes = 0;
  node.memory_total_bytes = 64'000'000'000;
  node.net_in_rate = 12.5;
  node.detail.load_1 = 0.25;
  node.detail.kernel = "6.8.12-1-pve \"quoted\"";
  node.detail.pressure.io_full = 0.5;
  node.detail.services = {{"pvedaemon", "PVE API Daemon", "running"}};
  node.detail.certificates = {
      {"pve-ssl.pem", "CN=pve1", "CN=PVE CA", "AA:BB", from_ms(1), from_ms(2), {"pve1", "10.1.1.1"}}};
  node.detail.status_at = from_ms(1999);
  return node;
}

Guest some_guest(std::int64_t id, ClusterId cluster, NodeId node, std::int64_t vmid) {
  Guest guest;
  guest.id = GuestId{id};
  guest.cluster = cluster;
  guest.node = node;
  guest.type = GuestType::lxc;
  guest.vmid = vmid;
  guest.incarnation = 2;
  guest.name = "Web-Æ";
  guest.status = GuestStatus::stopped;
  guest.status_since = from_ms(1000);
  guest.last_check = from_ms(3000);
  guest.created_at = from_ms(900);
  guest.is_template = true;
  guest.stopped_by = StoppedBy::unexpected;
  guest.pool = "prod";
  guest.proxmox_tags = {"a", "b"};
  guest.tags = {"mine"};
  guest.owner = "Kari";
  guest.note = "line 1\nline 2";
  guest.url = "https://example.org";
  guest.backup_policy = BackupPolicy::archived;
  guest.recovery_point_hours = 48;
  guest.backup_note = "sold";
  guest.backup_state = BackupState::not_needed;
  guest.last_backup_at = from_ms(2000);
  guest.cpu_ratio = 0.5;
  guest.memory_used_bytes = 100;
  guest.memory_total_bytes = 200;
  guest.memory_source = MemorySource::balloon;
  guest.disk_total_bytes = 4096;
  guest.disk_used_bytes = 1024;
  guest.disk_capacity_bytes = 2048;
  guest.disk_source = DiskSource::agent;
  guest.ip_addresses = {"10.0.0.5", "2001:db8::5"};
  guest.os_name = "Debian GNU/Linux 12";
  guest.agent_state = AgentState::running;
  guest.uptime_seconds = 77;
  guest.pressure = Pressure{0.1, {}, {}, {}, {}, 0.2};
  return guest;
}

Storage some_storage(std::int64_t id, ClusterId cluster, std::vector<NodeId> nodes, const std::string& name) {
  Storage storage;
  storage.id = StorageId{id};
  storage.cluster = cluster;
  storage.name = name;
  storage.shared = nodes.size() != 1;
  storage.nodes = std::move(nodes);
  storage.plugin_type = "zfspool";
  storage.content = {"images", "rootdir"};
  storage.enabled = true;
  storage.state = StorageState::available;
  storage.status_since = from_ms(10);
  storage.created_at = from_ms(9);
  storage.used_bytes = 1;
  return storage;
}

}  // namespace

ON_BOTH_ENGINES("a user comes back as written, by id and by name in any case") {
  const Stand stand;
  const auto store = stand.open();
  User user = some_user("Kari", Role::editor);
  user.scope_clusters = {ClusterId{3}, ClusterId{5}};
  user.scope_pools = {"prod"};
  user.language = "nb";
  const User made = must(store->create_user(user));
  CHECK(made.id.exists());
  CHECK(made.version == 1);
  const User found = must(store->user_by_name("kARI"));
  CHECK(found.id == made.id);
  CHECK(found.username == "Kari");
  CHECK(found.password_hash == user.password_hash);
  CHECK(found.role == Role::editor);
  CHECK(found.scope_clusters == user.scope_clusters);
  CHECK(found.scope_pools == user.scope_pools);
  CHECK(found.language == user.language);
  CHECK(!found.time_zone);
  CHECK(!found.last_login_at);
  CHECK(found.created_at == user.created_at);
  CHECK(must(store->user_by_id(made.id)).email == "Kari@example.org");
  CHECK(store->user_by_name("nobody").error().code == Errc::not_found);
}

ON_BOTH_ENGINES("a name or e-mail address in another case is taken") {
  const Stand stand;
  const auto store = stand.open();
  must(store->create_user(some_user("kari")));
  CHECK(store->create_user(some_user("KARI")).error().code == Errc::conflict);
  User same_mail = some_user("ola");
  same_mail.email = "Kari@Example.org";
  CHECK(store->create_user(same_mail).error().code == Errc::conflict);
  CHECK(must(store->user_count()) == 1);
}

ON_BOTH_ENGINES("of fifty who come at once, one becomes the first user") {
  const Stand stand;
  const auto store = stand.open();
  std::atomic<int> won{0}, refused{0};
  at_once(50, [&](int i) {
    const auto made = store->create_first_user(some_user("user" + std::to_string(i)));
    if (made) ++won;
    if (!made && made.error().code == Errc::conflict) ++refused;
  });
  CHECK(won == 1);
  CHECK(refused == 49);
  CHECK(must(store->user_count()) == 1);
}

TEST_CASE("two processes on one PostgreSQL make one first user") {
  const PostgresStand stand;
  const auto one = stand.open(), other = stand.open();
  std::atomic<int> won{0}, refused{0};
  at_once(20, [&](int i) {
    const auto made = (i % 2 == 0 ? one : other)->create_first_user(some_user("user" + std::to_string(i)));
    if (made) ++won;
    if (!made && made.error().code == Errc::conflict) ++refused;
  });
  CHECK(won == 1);
  CHECK(refused == 19);
}

ON_BOTH_ENGINES("an update on an old version of a user is refused") {
  const Stand stand;
  const auto store = stand.open();
  User user = must(store->create_user(some_user("kari")));
  user.theme = "dark";
  const User changed = must(store->update_user(user, 1));
  CHECK(changed.version == 2);
  CHECK(changed.theme == "dark");
  CHECK(store->update_user(user, 1).error().code == Errc::conflict);
  CHECK(must(store->update_user(user, 0)).version == 3);
  user.id = UserId{999};
  CHECK(store->update_user(user, 0).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("the last active administrator cannot be deleted, demoted or disabled") {
  const Stand stand;
  const auto store = stand.open();
  User admin = must(store->create_user(some_user("admin")));
  User other = must(store->create_user(some_user("other")));
  other.is_active = false;
  other = must(store->update_user(other, 0));
  User demoted = admin;
  demoted.role = Role::editor;
  CHECK(store->update_user(demoted, 0).error().code == Errc::conflict);
  User disabled = admin;
  disabled.is_active = false;
  CHECK(store->update_user(disabled, 0).error().code == Errc::conflict);
  CHECK(store->delete_user(admin.id).error().code == Errc::conflict);
  other.is_active = true;
  must(store->update_user(other, 0));
  must(store->update_user(demoted, 0));
  CHECK(store->delete_user(other.id).error().code == Errc::conflict);
  must(store->delete_user(admin.id));
  CHECK(store->delete_user(admin.id).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("two administrators who demote each other at once leave one") {
  const Stand stand;
  const auto store = stand.open();
  for (int round = 0; round < 5; ++round) {
    const std::string end = std::to_string(round);
    User one = must(store->create_user(some_user("one" + end)));
    User two = must(store->create_user(some_user("two" + end)));
    for (const User& user : must(store->users()))
      if (user.id != one.id && user.id != two.id) must(store->delete_user(user.id));
    one.role = two.role = Role::viewer;
    std::thread first([&] { (void)store->update_user(one, 0); });
    std::thread second([&] { (void)store->update_user(two, 0); });
    first.join();
    second.join();
    const auto users = must(store->users());
    CHECK(std::count_if(users.begin(), users.end(), [](const User& user) { return user.role == Role::admin; }) == 1);
  }
}

ON_BOTH_ENGINES("a session rotates once; the second of two rotations is refused and inserts nothing") {
  const Stand stand;
  const auto store = stand.open();
  const User user = must(store->create_user(some_user("kari")));
  const Session first = must(store->create_session(some_session(user.id, "f1", "t1")));
  const Session second = must(store->rotate_session(first.id, some_session(user.id, "f1", "t2")));
  CHECK(store->rotate_session(first.id, some_session(user.id, "f1", "t3")).error().code == Errc::conflict);
  CHECK(store->session_by_token(some_session(user.id, "", "t3").token_hash).error().code == Errc::not_found);
  CHECK(must(store->session_by_token(first.token_hash)).rotated_at == kNow);
  const auto live = must(store->live_sessions(user.id, kNow));
  REQUIRE(live.size() == 1);
  CHECK(live[0].id == second.id);
  CHECK(live[0].token_hash == second.token_hash);
  CHECK(live[0].user_agent == "Firefox");
  CHECK(store->rotate_session(SessionId{999}, some_session(user.id, "f1", "t4")).error().code == Errc::not_found);
  // A token that is in use already undoes the whole rotation.
  CHECK(store->rotate_session(second.id, some_session(user.id, "f1", "t1")).error().code == Errc::conflict);
  CHECK(!must(store->session_by_token(second.token_hash)).rotated_at);
}

ON_BOTH_ENGINES("of twenty rotations of one session at once, one succeeds") {
  const Stand stand;
  const auto store = stand.open();
  const User user = must(store->create_user(some_user("kari")));
  const Session session = must(store->create_session(some_session(user.id, "f", "start")));
  std::atomic<int> won{0};
  at_once(20, [&](int i) {
    if (store->rotate_session(session.id, some_session(user.id, "f", "next" + std::to_string(i)))) ++won;
  });
  CHECK(won == 1);
  CHECK(must(store->live_sessions(user.id, kNow)).size() == 1);
}

ON_BOTH_ENGINES("revoked and expired sessions are not live, and go with their user") {
  const Stand stand;
  const auto store = stand.open();
  must(store->create_user(some_user("root")));
  const User user = must(store->create_user(some_user("kari")));
  must(store->create_session(some_session(user.id, "f1", "a")));
  must(store->create_session(some_session(user.id, "f2", "b")));
  must(store->create_session(some_session(user.id, "f3", "c")));
  must(store->revoke_family("f1", kNow));
  CHECK(must(store->live_sessions(user.id, kNow)).size() == 2);
  must(store->revoke_sessions_of(user.id, "f3", kNow));
  CHECK(must(store->live_sessions(user.id, kNow)).front().family == "f3");
  CHECK(must(store->live_sessions(user.id, kNow + std::chrono::hours(2))).empty());
  must(store->delete_expired_sessions(kNow + std::chrono::hours(2)));
  CHECK(!store->session_by_token(some_session(user.id, "", "a").token_hash));
  must(store->create_session(some_session(user.id, "f4", "d")));
  must(store->delete_user(user.id));
  CHECK(!store->session_by_token(some_session(user.id, "", "d").token_hash));
  CHECK(store->create_session(some_session(user.id, "f5", "e")).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("a connection comes back whole, and its endpoints keep their ids") {
  const Stand stand;
  const auto store = stand.open();
  ClusterConfig given = some_cluster("oslo");
  given.tls_mode = TlsMode::ca;
  given.ca_pem = "-----BEGIN CERTIFICATE-----\nMII\n";
  given.identity = R"({"name":"oslo"})";
  given.poll_interval = std::chrono::seconds{20};
  given.paused = true;
  const ClusterConfig made = must(store->create_cluster(given));
  const auto all = must(store->clusters());
  REQUIRE(all.size() == 1);
  const ClusterConfig& read = all[0];
  CHECK(read.id == made.id);
  CHECK(read.token_secret.reveal() == "token-secret");
  CHECK(read.tls_mode == TlsMode::ca);
  CHECK(read.ca_pem == given.ca_pem);
  CHECK(read.identity == given.identity);
  CHECK(read.poll_interval == given.poll_interval);
  CHECK(read.paused);
  CHECK(read.tags == given.tags);
  REQUIRE(read.endpoints.size() == 2);
  CHECK(read.endpoints == made.endpoints);
  CHECK(read.endpoints[0].fingerprints == given.endpoints[0].fingerprints);

  ClusterConfig change = read;
  change.token_secret = Secret();  // not entered again: the stored one stays
  change.endpoints.erase(change.endpoints.begin());
  change.endpoints.push_back(Endpoint{{}, "10.0.0.3", 8006, 2, {}});
  const ClusterConfig changed = must(store->update_cluster(change, 1));
  CHECK(changed.version == 2);
  CHECK(changed.token_secret.reveal() == "token-secret");
  REQUIRE(changed.endpoints.size() == 2);
  CHECK(changed.endpoints[0].id == read.endpoints[1].id);
  CHECK(changed.endpoints[1].address == "10.0.0.3");
  CHECK(store->update_cluster(change, 1).error().code == Errc::conflict);
  CHECK(store->create_cluster(some_cluster("oslo")).error().code == Errc::conflict);
  ClusterConfig twice = some_cluster("bergen");
  twice.endpoints = {Endpoint{{}, "h", 1, 0, {}}, Endpoint{{}, "h", 1, 0, {}}};
  CHECK(store->create_cluster(twice).error().code == Errc::conflict);
  CHECK(must(store->clusters()).size() == 1);
}

ON_BOTH_ENGINES("a backup server is kept as a connection is, and never among the clusters") {
  const Stand stand;
  const auto store = stand.open();
  must(store->create_cluster(some_cluster("oslo")));
  ClusterConfig given = some_cluster("vault", "vault-secret");
  given.kind = ConnectionKind::pbs;
  const ClusterConfig made = must(store->create_cluster(given));
  CHECK(made.kind == ConnectionKind::pbs);
  CHECK(must(store->clusters()).size() == 1);
  CHECK(must(store->clusters()).front().name == "oslo");
  const auto servers = must(store->backup_servers());
  REQUIRE(servers.size() == 1);
  CHECK(servers[0].id == made.id);
  CHECK(servers[0].token_secret.reveal() == "vault-secret");
  ClusterConfig change = made;
  change.token_secret = Secret();
  change.paused = true;
  CHECK(must(store->update_cluster(change, 1)).kind == ConnectionKind::pbs);
  CHECK(must(store->backup_servers()).front().token_secret.reveal() == "vault-secret");
  must(store->delete_cluster(made.id));
  CHECK(must(store->backup_servers()).empty());
  CHECK(must(store->clusters()).size() == 1);
}

ON_BOTH_ENGINES("a ciphertext put into another row does not open") {
  const Stand stand;
  std::int64_t one = 0, two = 0;
  {
    const auto store = stand.open();
    one = must(store->create_cluster(some_cluster("one", "first-secret"))).id.value;
    two = must(store->create_cluster(some_cluster("two", "second-secret"))).id.value;
  }
  static constexpr Query swap{
      "test_swap",
      "UPDATE clusters SET token_secret = (SELECT token_secret FROM clusters WHERE id = ?1) WHERE id = ?2"};
  must(stand.database()->write([&](Link& link) -> Status {
    auto done = link.run(swap, {one, two});
    if (!done) return fail(std::move(done).error());
    return {};
  }));
  const auto clusters = stand.open()->clusters();
  REQUIRE(!clusters);
  CHECK(clusters.error().text.find("two") != std::string::npos);
  CHECK(clusters.error().text.find("first-secret") == std::string::npos);
}

ON_BOTH_ENGINES("another master key, or a lost check value beside secrets, is refused") {
  const Stand stand;
  {
    const auto store = stand.open();
    must(store->create_cluster(some_cluster("oslo")));
  }
  CHECK(open_store(stand.options(), test_keyring('x')).error().code == Errc::denied);
  static constexpr Query lose{"test_lose", "DELETE FROM setting"};
  must(stand.database()->write([](Link& link) -> Status {
    auto done = link.run(lose);
    if (!done) return fail(std::move(done).error());
    return {};
  }));
  CHECK(open_store(stand.options(), test_keyring()).error().code == Errc::denied);
}

TEST_CASE("a guest that only changes what is in no index costs one page of SQLite, with another name some more") {
  const SqliteStand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  InventoryBatch batch;
  for (int i = 1; i <= 50; ++i) batch.guests.push_back(some_guest(i, cluster, NodeId{}, 100 + i));
  must(store->save_inventory(batch));
  const auto log_size = [&] { return std::filesystem::file_size(stand.options().data_directory + "/state.db-wal"); };
  const auto cost_of = [&](const Guest& guest) {
    const auto before = log_size();
    must(store->save_inventory({.guests = {guest}}));
    return (log_size() - before) / (1024 + 24);  // pages, each with its head
  };
  Guest guest = batch.guests[20];
  guest.uptime_seconds = 99;
  guest.last_check = from_ms(9900);
  CHECK(cost_of(guest) == 1);
  guest.name = "another";
  CHECK(cost_of(guest) >= 3);
}

ON_BOTH_ENGINES("the inventory comes back equal, is written over by id, and goes with its connection") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ClusterId other = must(store->create_cluster(some_cluster("bergen"))).id;
  InventoryBatch batch;
  batch.nodes = {some_node(7, cluster, "pve1"), some_node(8, cluster, "pve2"), some_node(9, other, "pve1")};
  batch.guests = {some_guest(100, cluster, NodeId{7}, 101), some_guest(101, other, NodeId{}, 101)};
  batch.storages = {some_storage(5, cluster, {NodeId{7}}, "local"), some_storage(6, cluster, {NodeId{8}}, "local"),
                    some_storage(7, cluster, {NodeId{7}, NodeId{8}}, "nfs")};
  must(store->save_inventory(batch));
  Inventory read = must(store->load_inventory());
  CHECK(read.nodes == batch.nodes);
  CHECK(read.guests == batch.guests);
  CHECK(read.storages == batch.storages);

  batch.guests[0].name = "renamed";
  batch.guests[0].node = NodeId{8};
  batch.guests[0].deleted_at = from_ms(9000);
  batch.guests[0].status = GuestStatus::deleted;
  batch.nodes[1].missing = true;
  batch.storages[2].deleted_at = from_ms(9000);
  must(store->save_inventory({{batch.nodes[1]}, {batch.guests[0]}, {batch.storages[2]}, {}}));
  read = must(store->load_inventory());
  CHECK(read.nodes == batch.nodes);
  CHECK(read.guests == batch.guests);
  CHECK(read.storages == batch.storages);
  for (Guest& guest : batch.guests) {  // nothing of what is in an index, one of them on no node
    guest.status = GuestStatus::paused;
    guest.uptime_seconds = 77;
    guest.last_check = from_ms(9900);
  }
  batch.nodes[0].maintenance_mode = !batch.nodes[0].maintenance_mode;
  must(store->save_inventory(batch));
  read = must(store->load_inventory());
  CHECK(read.nodes == batch.nodes);
  CHECK(read.guests == batch.guests);
  const HighestIds highest = must(store->highest_ids());
  CHECK(highest.node == 9);
  CHECK(highest.guest == 101);
  CHECK(highest.storage == 7);

  must(store->delete_cluster(cluster));
  CHECK(store->delete_cluster(cluster).error().code == Errc::not_found);
  read = must(store->load_inventory());
  CHECK(read.nodes.size() == 1);
  CHECK(read.guests.size() == 1);
  CHECK(read.storages.empty());
  must(store->save_inventory(batch));  // what the poller still had of it is passed over
  CHECK(must(store->load_inventory()).guests.size() == 1);
}

namespace {
KeptBackupRun some_run(ClusterId cluster, std::int64_t vmid, std::int64_t day, BackupResult result) {
  BackupTask task{.upid = "UPID:pve1:" + std::to_string(day) + ":vzdump", .node = "pve1", .storage = "nas"};
  BackupRun run{.task = std::make_shared<const BackupTask>(std::move(task)), .vmid = vmid};
  run.started_at = from_ms(day * 86'400'000);
  run.result = result;
  return {cluster, std::make_shared<const BackupRun>(std::move(run))};
}
}  // namespace

ON_BOTH_ENGINES("backups of a guest come back: the newest, and the newest success however old") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ClusterId other = must(store->create_cluster(some_cluster("bergen"))).id;
  InventoryBatch batch;
  batch.backup_runs = {some_run(cluster, 100, 1, BackupResult::ok), some_run(cluster, 100, 2, BackupResult::warning),
                       some_run(other, 100, 1, BackupResult::ok)};
  for (std::int64_t day = 3; day < 20; ++day)
    batch.backup_runs.push_back(some_run(cluster, 100, day, BackupResult::failed));
  must(store->save_inventory(batch));
  auto read = must(store->load_inventory()).backup_runs;
  REQUIRE(read.size() == 10);
  CHECK(read[0].cluster == cluster);
  CHECK(read[0].run->started_at == from_ms(19LL * 86'400'000));
  CHECK(read[8].run->result == BackupResult::warning);
  CHECK(read[9].cluster == other);
  CHECK(*read[0].run == *batch.backup_runs.back().run);

  BackupRun known = *read[0].run;
  known.from_log = true;
  known.error = "no space left";
  known.size_bytes = 5;
  known.duration = std::chrono::seconds{7};
  must(store->save_inventory({.backup_runs = {{cluster, std::make_shared<const BackupRun>(known)}}}));
  CHECK(*must(store->load_inventory()).backup_runs[0].run == known);

  must(store->delete_cluster(cluster));
  CHECK(must(store->load_inventory()).backup_runs.size() == 1);
  must(store->save_inventory(batch));  // of a connection that is gone: passed over
  CHECK(must(store->load_inventory()).backup_runs.size() == 1);
}

ON_BOTH_ENGINES("a batch with one impossible object stores nothing of it") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  InventoryBatch batch;
  batch.nodes = {some_node(1, cluster, "pve1"), some_node(2, cluster, "pve1")};
  CHECK(store->save_inventory(batch).error().code == Errc::conflict);
  CHECK(must(store->load_inventory()).nodes.empty());
}

ON_BOTH_ENGINES("settings have versions, and the store's own are out of reach") {
  const Stand stand;
  const auto store = stand.open();
  CHECK(must(store->settings()).empty());
  Setting setting{"ui.title", "Æ fleet", 0, kNow, UserId{4}};
  CHECK(must(store->put_setting(setting, 0)).version == 1);
  setting.value = "other";
  CHECK(must(store->put_setting(setting, 1)).version == 2);
  CHECK(store->put_setting(setting, 1).error().code == Errc::conflict);
  const auto all = must(store->settings());
  REQUIRE(all.size() == 1);
  CHECK(all[0].value == "other");
  CHECK(all[0].updated_by == UserId{4});
  setting.key = "internal.key_check";
  CHECK(store->put_setting(setting, 0).error().code == Errc::invalid);
  setting.key = "absent";
  CHECK(store->put_setting(setting, 3).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("the audit log filters and pages, newest first") {
  const Stand stand;
  const auto store = stand.open();
  CHECK(must(store->verify_audit()) == 0);
  for (int i = 1; i <= 30; ++i) {
    AuditEntry entry;
    entry.username = "kari";
    if (i % 2 == 0) entry.user = UserId{2};
    entry.action = i % 3 == 0 ? "login" : "cluster.update";
    entry.resource_type = "cluster";
    entry.resource_id = std::to_string(i);
    entry.success = i % 5 != 0;
    entry.created_at = from_ms(i * 1000);
    must(store->append_audit(entry));
  }
  CHECK(must(store->verify_audit()) == 30);
  AuditFilter filter;
  filter.limit = 10;
  auto page = must(store->audit(filter));
  REQUIRE(page.size() == 10);
  CHECK(page[0].resource_id == "30");
  CHECK(page[0].user == UserId{2});
  CHECK(!page[1].user);
  CHECK(!page[1].changes);
  filter.before_id = page.back().id;
  page = must(store->audit(filter));
  CHECK(page[0].resource_id == "20");
  AuditFilter narrow;
  narrow.action = "login";
  narrow.success = false;
  CHECK(must(store->audit(narrow)).size() == 2);
  narrow = {};
  narrow.user = UserId{2};
  narrow.since = from_ms(20'000);
  CHECK(must(store->audit(narrow)).size() == 6);
  narrow = {};
  narrow.resource_id = "7";
  narrow.resource_type = "cluster";
  CHECK(must(store->audit(narrow)).size() == 1);
}

ON_BOTH_ENGINES("an altered, a missing and a cut-off audit entry are each found") {
  static constexpr Query alter{"test_alter", "UPDATE audit_logs SET success = TRUE WHERE id = 2"};
  static constexpr Query remove_one{"test_remove", "DELETE FROM audit_logs WHERE id = 2"};
  static constexpr Query cut{"test_cut", "DELETE FROM audit_logs WHERE id = 3"};
  struct Case {
    const Query* tamper;
    const char* says;
  };
  for (const auto& step : {Case{&alter, "2 was altered"}, Case{&remove_one, "2 is missing"}, Case{&cut, "cut off"}}) {
    const Stand stand;
    {
      const auto store = stand.open();
      AuditEntry entry;
      entry.action = "login";
      entry.success = false;
      for (int i = 0; i < 3; ++i) must(store->append_audit(entry));
      CHECK(must(store->verify_audit()) == 3);
    }
    must(stand.database()->write([&](Link& link) -> Status {
      auto done = link.run(*step.tamper);
      if (!done) return fail(std::move(done).error());
      return {};
    }));
    const auto verified = stand.open()->verify_audit();
    REQUIRE(!verified);
    CHECK(verified.error().text.find(step.says) != std::string::npos);
  }
}

}  // namespace monitorix::store

#include "state/inventory.h"

#include <algorithm>
#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::state;
using namespace std::chrono_literals;

namespace {

const WallTime kStart = from_ms(1'800'000'000'000);

struct Bench {
  Inventory inventory{};
  WallTime now{kStart};
  ClusterConfig config{};

  Bench() {
    config.id = ClusterId{7};
    config.name = "oslo";
    inventory.put_cluster(config, now);
  }
  template <class What>
  ChangeSet see(What what) {
    return inventory.apply({.cluster = config.id, .at = now, .what = std::move(what)});
  }
  /// The next poll, ten seconds later.
  ChangeSet poll(const Resources& resources) {
    now += 10s;
    return see(resources);
  }
  [[nodiscard]] const ClusterView& view() const { return *inventory.snapshot()->cluster(config.id); }
  [[nodiscard]] const Node& node(std::string_view name) const {
    return **std::ranges::find_if(view().nodes, [&](const auto& n) { return n->name == name; });
  }
  [[nodiscard]] const Guest& guest(std::int64_t vmid) const {
    return **std::ranges::find_if(view().guests.rbegin(), view().guests.rend(),
                                  [&](const auto& g) { return g->vmid == vmid; });
  }
};

NodeRow online(std::string name) {
  NodeRow row{};
  row.name = std::move(name);
  row.status = "online";
  row.cpu_ratio = 0.25;
  row.cpu_count = 8;
  row.memory_used_bytes = 4'000;
  row.memory_total_bytes = 16'000;
  row.uptime_seconds = 1000;
  return row;
}

GuestRow running(std::int64_t vmid, std::string node) {
  GuestRow row{};
  row.type = GuestType::qemu;
  row.vmid = vmid;
  row.node = std::move(node);
  row.name = "web-" + std::to_string(vmid);
  row.status = "running";
  row.cpu_ratio = 0.5;
  row.memory_used_bytes = 1'000;
  row.net_in = 1'000;
  row.net_out = 500;
  row.disk_read = 0;
  row.disk_write = 0;
  row.disk_used_bytes = 0;
  row.uptime_seconds = 100;
  return row;
}

Resources two_nodes() {
  Resources all{};
  all.nodes = {online("pve1"), online("pve2")};
  all.guests = {running(100, "pve1"), running(101, "pve2")};
  return all;
}

PveTask task(std::string type, std::int64_t vmid, WallTime started) {
  std::string upid = "UPID:" + type;
  return {.upid = std::move(upid),
          .node = "pve1",
          .type = std::move(type),
          .id = std::to_string(vmid),
          .user = "root@pam",
          .started_at = started,
          .ended_at = started + 2s,
          .status = "OK"};
}

}  // namespace

TEST_CASE("a first inventory creates every object once, with numbers or unknown") {
  Bench bench;
  const ChangeSet changes = bench.poll(two_nodes());
  CHECK(bench.view().nodes.size() == 2);
  CHECK(bench.view().guests.size() == 2);
  CHECK_FALSE(changes.guests.empty());
  CHECK(bench.node("pve1").status == NodeStatus::online);
  CHECK(bench.guest(100).status == GuestStatus::running);
  CHECK(bench.guest(100).cpu_ratio == 0.5);
  CHECK_FALSE(bench.guest(100).disk_used_bytes);  // a VM's disk use is unknown, never 0
  CHECK_FALSE(bench.guest(100).net_in_rate);      // one reading of a counter is no rate
}

TEST_CASE("the same answer again changes nothing but the time of looking") {
  Bench bench;
  bench.poll(two_nodes());
  const ChangeSet again = bench.poll(two_nodes());
  CHECK(again.nodes.empty());
  CHECK(again.guests.empty());
  bench.now += 60s;
  CHECK(bench.poll(two_nodes()).guests.size() == 2);
}

TEST_CASE("a node has the network rates that were told of it, until nobody tells them any more") {
  Bench bench;
  bench.poll(two_nodes());
  bench.see(NodeFlows{{{"pve1", 5000, 70}, {"stranger", 1, 1}}});
  CHECK(bench.node("pve1").net_in_rate == 5000);
  CHECK(bench.node("pve1").net_out_rate == 70);
  CHECK_FALSE(bench.node("pve2").net_in_rate);
  bench.now += 100s;
  bench.poll(two_nodes());
  CHECK(bench.node("pve1").net_in_rate == 5000);
  bench.now += 100s;
  bench.poll(two_nodes());
  CHECK_FALSE(bench.node("pve1").net_in_rate);
  CHECK_FALSE(bench.node("pve1").net_out_rate);
}

TEST_CASE("counters become rates, and a reset gives neither a negative nor a spike") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  all.guests[0].net_in = 21'000;
  all.guests[0].uptime_seconds = 110;
  bench.poll(all);
  CHECK(bench.guest(100).net_in_rate == 2'000.0);
  CHECK(bench.guest(100).net_out_rate == 0.0);
  all.guests[0].net_in = 100;
  all.guests[0].uptime_seconds = 5;
  bench.poll(all);
  CHECK_FALSE(bench.guest(100).net_in_rate);
}

TEST_CASE("a row that pvestatd has not refreshed keeps the rate") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  all.guests[0].net_in = 21'000;
  all.guests[0].uptime_seconds = 110;
  bench.poll(all);
  bench.poll(all);
  CHECK(bench.guest(100).net_in_rate == 2'000.0);
  all.guests[0].net_in = 41'000;
  all.guests[0].uptime_seconds = 130;
  bench.poll(all);
  CHECK(bench.guest(100).net_in_rate == 1'000.0);  // twenty thousand bytes in twenty seconds
}

TEST_CASE("a dead node is being checked at the first poll and offline at the second") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  all.nodes[1] = {};
  all.nodes[1].name = "pve2";
  all.nodes[1].status = "offline";
  bench.poll(all);
  CHECK(bench.node("pve2").status == NodeStatus::online);
  CHECK(bench.node("pve2").reason == NodeReason::checking);
  bench.poll(all);
  CHECK(bench.node("pve2").status == NodeStatus::offline);
  CHECK_FALSE(bench.node("pve2").cpu_ratio);
  all.nodes[1] = online("pve2");
  bench.poll(all);
  CHECK(bench.node("pve2").status == NodeStatus::online);
}

TEST_CASE("what Proxmox still repeats of a dead node's guests is not believed") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  all.nodes[1] = {};
  all.nodes[1].name = "pve2";
  all.nodes[1].status = "offline";
  bench.poll(all);
  CHECK(bench.guest(101).status == GuestStatus::running);  // the node is only being checked
  bench.poll(all);
  CHECK(bench.guest(101).status == GuestStatus::unknown);
  CHECK_FALSE(bench.guest(101).cpu_ratio);
  CHECK(bench.guest(100).status == GuestStatus::running);
  all.guests[1].node = "pve1";  // high availability has moved it
  bench.poll(all);
  CHECK(bench.guest(101).status == GuestStatus::running);
  CHECK(bench.guest(101).node == bench.node("pve1").id);
}

TEST_CASE("guests of a dead node are unknown, keep their name, and return with their old since") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  const WallTime since = bench.guest(101).status_since;
  const GuestRow whole = all.guests[1];
  all.guests[1] = {};
  all.guests[1].type = GuestType::qemu;
  all.guests[1].vmid = 101;
  all.guests[1].node = "pve2";
  all.guests[1].status = "unknown";
  bench.poll(all);
  CHECK(bench.guest(101).status == GuestStatus::unknown);
  CHECK(bench.guest(101).name == "web-101");
  CHECK_FALSE(bench.guest(101).memory_used_bytes);
  all.guests[1] = whole;
  bench.poll(all);
  CHECK(bench.guest(101).status == GuestStatus::running);
  CHECK(bench.guest(101).status_since == since);
}

TEST_CASE("a peer that cannot be reached is not the same as offline") {
  Bench bench;
  bench.poll(two_nodes());
  bench.see(PeerTrouble{.node = "pve2", .reason = "595 No route to host"});
  CHECK(bench.node("pve2").status == NodeStatus::unreachable);
  CHECK(bench.node("pve2").reason == NodeReason::peer_cannot_reach);
  bench.see(NodeStatusReport{.node = "pve2"});
  bench.poll(two_nodes());
  CHECK(bench.node("pve2").status == NodeStatus::online);
}

TEST_CASE("a node that was off is online with the first answer that says so, whatever its peers met meanwhile") {
  Bench bench;
  bench.poll(two_nodes());
  Resources without = two_nodes();
  without.nodes[1] = {};
  without.nodes[1].name = "pve2";
  without.nodes[1].status = "offline";
  bench.poll(without);
  bench.see(PeerTrouble{.node = "pve2", .reason = "595 No route to host"});
  bench.poll(without);
  CHECK(bench.node("pve2").status == NodeStatus::offline);
  bench.see(PeerTrouble{.node = "pve2", .reason = "595 No route to host"});
  CHECK(bench.node("pve2").status == NodeStatus::offline);
  bench.poll(two_nodes());
  CHECK(bench.node("pve2").status == NodeStatus::online);
  CHECK(bench.node("pve2").reason == NodeReason::ok);
}

TEST_CASE("a guest survives migration and rename") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  const GuestId id = bench.guest(100).id;
  all.guests[0].node = "pve2";
  all.guests[0].name = "www";
  const ChangeSet changes = bench.poll(all);
  CHECK(bench.guest(100).id == id);
  CHECK(bench.guest(100).node == bench.node("pve2").id);
  CHECK(bench.guest(100).name == "www");
  CHECK(changes.guests.front().weight == Weight::status);
}

TEST_CASE("a guest that disappears is missing, then deleted, and its VMID used again is another guest") {
  Bench bench;
  const Resources all = two_nodes();
  Resources without = all;
  without.guests.erase(without.guests.begin());
  bench.poll(all);
  const GuestId id = bench.guest(100).id;
  bench.poll(without);
  CHECK(bench.guest(100).status == GuestStatus::running);  // one answer proves nothing
  bench.poll(without);
  CHECK(bench.guest(100).status == GuestStatus::missing);
  bench.now += 10min;
  bench.poll(without);
  CHECK(bench.guest(100).status == GuestStatus::deleted);
  CHECK(bench.guest(100).deleted_at);
  bench.poll(all);
  CHECK(bench.guest(100).id != id);
  CHECK(bench.guest(100).incarnation == 2);
}

TEST_CASE("a destroy task makes a missing guest deleted at once") {
  Bench bench;
  const Resources all = two_nodes();
  Resources without = all;
  without.guests.erase(without.guests.begin());
  bench.poll(all);
  bench.see(TaskList{{task("qmdestroy", 100, bench.now)}});
  bench.poll(without);
  bench.poll(without);
  CHECK(bench.guest(100).status == GuestStatus::deleted);
}

TEST_CASE("an empty list from a token without rights deletes nobody") {
  Bench bench;
  bench.poll(two_nodes());
  Resources blind{};
  blind.complete = false;
  NodeRow bare{};
  bare.name = "pve1";
  bare.status = "online";
  blind.nodes = {bare};
  for (int again = 0; again < 100; ++again) bench.poll(blind);
  CHECK(bench.guest(100).status == GuestStatus::unknown);
  CHECK(bench.node("pve1").reason == NodeReason::no_permission);
  CHECK(bench.inventory.snapshot()->guest(bench.guest(101).id) != nullptr);
}

TEST_CASE("a stop is put down to who did it") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  for (auto& row : all.guests) row.status = "stopped";
  bench.poll(all);
  CHECK_FALSE(bench.guest(100).stopped_by);  // the task log may be behind
  CHECK_FALSE(bench.guest(100).cpu_ratio);
  bench.see(TaskList{{task("qmshutdown", 100, bench.now - 8s)}});
  CHECK(bench.guest(100).stopped_by == StoppedBy::user);
  bench.now += 50s;
  bench.see(TaskList{{task("qmshutdown", 100, bench.now - 58s)}});
  CHECK(bench.guest(101).stopped_by == StoppedBy::unexpected);
}

TEST_CASE("a guest that ends well after a move ended by itself; a shutdown may have waited long for its guest") {
  Bench bench;
  Resources all = two_nodes();
  bench.poll(all);
  for (auto& row : all.guests) row.status = "stopped";
  bench.poll(all);
  PveTask moved = task("qmigrate", 100, bench.now - 90s), shut = task("vzshutdown", 101, bench.now - 10min);
  moved.ended_at = bench.now - 60s;
  shut.ended_at = bench.now - 5s;
  bench.now += 50s;
  bench.see(TaskList{{moved, shut}});
  CHECK(bench.guest(100).stopped_by == StoppedBy::unexpected);
  CHECK(bench.guest(101).stopped_by == StoppedBy::user);
}

TEST_CASE("equal VMIDs on two clusters are two guests") {
  Bench bench;
  ClusterConfig other{};
  other.id = ClusterId{8};
  other.name = "bergen";
  bench.inventory.put_cluster(other, bench.now);
  bench.poll(two_nodes());
  bench.inventory.apply({.cluster = other.id, .at = bench.now, .what = two_nodes()});
  const auto snapshot = bench.inventory.snapshot();
  CHECK(snapshot->cluster(other.id)->guests.front()->id != snapshot->cluster(bench.config.id)->guests.front()->id);
  CHECK(snapshot->cluster(other.id)->nodes.front()->id != snapshot->cluster(bench.config.id)->nodes.front()->id);
}

TEST_CASE("a shared storage is counted once, a local one per node") {
  Bench bench;
  Resources all = two_nodes();
  for (const auto* node : {"pve1", "pve2"}) {
    StorageRow shared{};
    shared.node = node;
    shared.name = "nas";
    shared.status = node == std::string_view("pve1") ? "unknown" : "available";
    shared.shared = true;
    if (shared.status == "available") {
      shared.used_bytes = 60;
      shared.total_bytes = 100;
    }
    StorageRow local = shared;
    local.name = "local";
    local.shared = false;
    all.storages.push_back(shared);
    all.storages.push_back(local);
  }
  bench.poll(all);
  CHECK(bench.view().storages.size() == 3);
  const auto nas = std::ranges::find_if(bench.view().storages, [](const auto& s) { return s->name == "nas"; });
  CHECK((*nas)->nodes.size() == 2);
  CHECK((*nas)->used_bytes == 60);
  CHECK((*nas)->state == StorageState::available);
}

TEST_CASE("when nobody answers, everything is unknown with its reason and nothing is stopped") {
  Bench bench;
  bench.poll(two_nodes());
  for (const auto& [state, reason] : {std::pair{ClusterState::unreachable, NodeReason::cluster_unreachable},
                                      std::pair{ClusterState::auth_failed, NodeReason::auth_failed},
                                      std::pair{ClusterState::tls_mismatch, NodeReason::tls_mismatch}}) {
    bench.see(ClusterHealth{.state = state});
    CHECK(bench.node("pve1").status == NodeStatus::unknown);
    CHECK(bench.node("pve1").reason == reason);
    CHECK(bench.guest(100).status == GuestStatus::unknown);
  }
  bench.see(ClusterHealth{.state = ClusterState::ok});
  bench.poll(two_nodes());
  CHECK(bench.guest(100).status == GuestStatus::running);
}

TEST_CASE("an overdue inventory says so, and one more answer clears it") {
  Bench bench;
  bench.poll(two_nodes());
  bench.poll(two_nodes());
  bench.inventory.tick(bench.now);  // the first look at the guests' backups
  CHECK(bench.inventory.tick(bench.now + 10s).empty());
  CHECK_FALSE(bench.inventory.tick(bench.now + 12s).empty());
  CHECK(bench.node("pve1").reason == NodeReason::checking);
  bench.poll(two_nodes());
  CHECK(bench.node("pve1").reason == NodeReason::ok);
}

TEST_CASE("a reader keeps its picture while the world moves on, and ids survive a restart") {
  Bench bench;
  bench.poll(two_nodes());
  const auto before = bench.inventory.snapshot();
  Resources all = two_nodes();
  all.guests[0].status = "stopped";
  bench.poll(all);
  CHECK(before->cluster(bench.config.id)->guests.front()->status == GuestStatus::running);
  CHECK(bench.inventory.snapshot()->revision > before->revision);

  Inventory next(NextIds{.node = 50, .guest = 50, .storage = 50});
  std::vector<Node> nodes;
  std::vector<Guest> guests;
  for (const auto& node : bench.view().nodes) nodes.push_back(*node);
  for (const auto& guest : bench.view().guests) guests.push_back(*guest);
  nodes.back().detail.pve_version = "9.2.1";
  next.restore({bench.config}, nodes, guests, {}, bench.now);
  CHECK_FALSE(next.snapshot()->guest(bench.guest(101).id)->cpu_ratio);
  CHECK(next.snapshot()->cluster(bench.config.id)->version == "9.2.1");  // else nothing is read back for minutes
  Resources more = two_nodes();
  more.guests.push_back(running(102, "pve1"));
  next.apply({.cluster = bench.config.id, .at = bench.now + 10s, .what = more});
  CHECK(next.snapshot()->guest(bench.guest(101).id)->status == GuestStatus::running);
  CHECK(next.snapshot()->cluster(bench.config.id)->guests.back()->id == GuestId{50});
}

TEST_CASE("fields of ours stay when Proxmox answers") {
  Bench bench;
  bench.poll(two_nodes());
  Guest wanted = bench.guest(100);
  wanted.note = "do not touch";
  wanted.tags = {"vip"};
  bench.inventory.set_guest_annotations(wanted, bench.now);
  bench.poll(two_nodes());
  CHECK(bench.guest(100).note == "do not touch");
  CHECK(bench.guest(100).tags == std::vector<std::string>{"vip"});
}

TEST_CASE("what the doctor found last is part of its cluster, and news only when it differs") {
  Bench bench;
  const auto first = bench.see(DoctorSummary{.ok = 9, .warn = 1});
  CHECK(first.cluster_changed);
  CHECK(bench.view().doctor == DoctorSummary{.ok = 9, .warn = 1});
  CHECK_FALSE(bench.see(DoctorSummary{.ok = 9, .warn = 1}).cluster_changed);
}

TEST_CASE("an imported guest keeps its number and annotations when its cluster tells its type") {
  Bench bench;
  Guest imported{};
  imported.id = GuestId{42};
  imported.cluster = bench.config.id;
  imported.type = GuestType::unknown;
  imported.vmid = 100;
  imported.name = "as it was called";
  imported.tags = {"prod"};
  Inventory inventory({.node = 10, .guest = 43, .storage = 1});
  inventory.restore({bench.config}, {}, {imported}, {}, kStart);
  Resources all = two_nodes();
  all.guests[0].type = GuestType::lxc;
  const auto changes = inventory.apply({.cluster = bench.config.id, .at = kStart + 10s, .what = all});
  const auto world = inventory.snapshot();
  const auto guest = world->guest(GuestId{42});
  REQUIRE(guest);
  CHECK(guest->type == GuestType::lxc);
  CHECK(guest->tags == std::vector<std::string>{"prod"});
  CHECK(guest->status == GuestStatus::running);
  CHECK(world->cluster(bench.config.id)->guests.size() == 2);
  CHECK(std::ranges::any_of(changes.guests,
                            [](const auto& one) { return one.id == GuestId{42} && one.weight == Weight::status; }));
  const auto later = inventory.apply({.cluster = bench.config.id, .at = kStart + 20s, .what = all});
  CHECK(inventory.snapshot()->cluster(bench.config.id)->guests.size() == 2);
}

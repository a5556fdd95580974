#include "sim/world/events.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

using std::chrono::seconds;
const WallTime kNow{seconds{1'795'400'000}};

World quiet_world(int nodes = 3) {
  WorldPlan plan;
  plan.nodes = nodes;
  plan.guests = 40;
  plan.has_events = false;
  return build_world(plan, kNow);
}

int some_running(const Cluster& cluster, std::size_t node) {
  for (const auto& guest : cluster.guests) {
    if (guest.is_running && guest.node == node && guest.ha_state.empty()) return guest.vmid;
  }
  FAIL("no running guest on that node");
  return 0;
}

}  // namespace

TEST_CASE("a stop is seen at once and leaves a task that ends") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  const auto vmid = some_running(cluster, 0);
  const auto revision = cluster.revision;
  REQUIRE(stop_guest(cluster, vmid, kNow));
  CHECK_FALSE(cluster.find_guest(vmid)->is_running);
  CHECK(cluster.revision > revision);
  CHECK_FALSE(cluster.tasks.back().ended);
  advance(cluster, kNow + seconds{5});
  REQUIRE(cluster.tasks.back().ended);
  CHECK(cluster.tasks.back().status == "OK");
  REQUIRE(start_guest(cluster, vmid, kNow + seconds{9}));
  CHECK(guest_uptime(*cluster.find_guest(vmid), kNow + seconds{19}) == 10);
}

TEST_CASE("a migration locks, takes its time, and its counters begin again") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  const auto vmid = some_running(cluster, 0);
  REQUIRE(migrate_guest(cluster, vmid, 1, kNow, seconds{20}));
  CHECK(cluster.find_guest(vmid)->lock == "migrate");
  CHECK_FALSE(stop_guest(cluster, vmid, kNow));
  advance(cluster, kNow + seconds{19});
  CHECK(cluster.find_guest(vmid)->node == 0);
  advance(cluster, kNow + seconds{21});
  CHECK(cluster.find_guest(vmid)->node == 1);
  CHECK(cluster.find_guest(vmid)->lock.empty());
  CHECK(cluster.find_guest(vmid)->started == kNow + seconds{20});
}

TEST_CASE("a backup holds the lock until its task ends") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  const auto vmid = some_running(cluster, 0);
  REQUIRE(backup_guest(cluster, vmid, kNow, seconds{30}));
  CHECK(cluster.find_guest(vmid)->lock == "backup");
  CHECK(cluster.tasks.back().type == "vzdump");
  advance(cluster, kNow + seconds{31});
  CHECK(cluster.find_guest(vmid)->lock.empty());
  CHECK(cluster.tasks.back().ended == kNow + seconds{30});
}

TEST_CASE("a backup that is ordered to fail ends its task with errors, and the next goes well again") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  const auto vmid = some_running(cluster, 0);
  cluster.find_guest(vmid)->backup_failure.clear();
  REQUIRE(backup_guest(cluster, vmid, kNow, seconds{30}, "no space left"));
  advance(cluster, kNow + seconds{31});
  CHECK(cluster.tasks.back().status == "job errors");
  REQUIRE(cluster.tasks.back().dumps.size() == 1);
  CHECK(cluster.tasks.back().dumps[0].error == "no space left");
  REQUIRE(backup_guest(cluster, vmid, kNow + seconds{60}, seconds{30}));
  advance(cluster, kNow + seconds{91});
  CHECK(cluster.tasks.back().status == "OK");
}

TEST_CASE("a touch changes the load of one guest and of no other") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  const auto vmid = some_running(cluster, 0);
  std::vector<double> before;
  for (const auto& guest : cluster.guests) before.push_back(guest_cpu(guest, kNow));
  REQUIRE(touch_guest(cluster, vmid));
  for (std::size_t i = 0; i < cluster.guests.size(); ++i) {
    CHECK((guest_cpu(cluster.guests[i], kNow) != before[i]) == (cluster.guests[i].vmid == vmid));
  }
}

TEST_CASE(
    "a node that dies is offline soon, its guests unknown after five minutes, its HA guests elsewhere after two") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  auto* managed = cluster.find_guest(some_running(cluster, 0));
  managed->ha_state = "started";
  const auto managed_vmid = managed->vmid;
  const auto plain_vmid = some_running(cluster, 0);
  kill_node(cluster, 0, kNow, seconds{1});
  CHECK(cluster.is_online(0, kNow));
  CHECK_FALSE(cluster.is_online(0, kNow + seconds{1}));
  CHECK(cluster.is_quorate(kNow + seconds{2}));
  advance(cluster, kNow + seconds{61});
  CHECK(cluster.find_guest(managed_vmid)->ha_state == "fence");
  advance(cluster, kNow + seconds{121});
  CHECK(cluster.find_guest(managed_vmid)->node != 0);
  CHECK(cluster.find_guest(managed_vmid)->ha_state == "started");
  CHECK(cluster.find_guest(plain_vmid)->node == 0);
  CHECK(cluster.is_known(*cluster.find_guest(plain_vmid), kNow + seconds{299}));
  CHECK_FALSE(cluster.is_known(*cluster.find_guest(plain_vmid), kNow + seconds{301}));
}

TEST_CASE("a node that comes back starts its guests again") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  const auto vmid = some_running(cluster, 0);
  kill_node(cluster, 0, kNow, seconds{1});
  revive_node(cluster, 0, kNow + seconds{30});
  CHECK_FALSE(cluster.find_guest(vmid)->is_running);
  advance(cluster, kNow + seconds{36});
  CHECK(cluster.find_guest(vmid)->is_running);
  CHECK(cluster.nodes[0].booted == kNow + seconds{30});
}

TEST_CASE("without a majority nothing fails over") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  auto* managed = cluster.find_guest(some_running(cluster, 0));
  managed->ha_state = "started";
  kill_node(cluster, 0, kNow, seconds{1});
  kill_node(cluster, 1, kNow, seconds{1});
  CHECK_FALSE(cluster.is_quorate(kNow + seconds{2}));
  advance(cluster, kNow + seconds{200});
  CHECK(managed->node == 0);
}

TEST_CASE("a guest can be made, renamed and destroyed") {
  auto world = quiet_world();
  auto& cluster = world.clusters[0];
  REQUIRE(create_guest(cluster, 5'000, 1, GuestKind::lxc, kNow));
  CHECK_FALSE(create_guest(cluster, 5'000, 1, GuestKind::lxc, kNow));
  REQUIRE(rename_guest(cluster, 5'000, "other"));
  CHECK(cluster.find_guest(5'000)->name == "other");
  REQUIRE(delete_guest(cluster, 5'000, kNow));
  CHECK(cluster.find_guest(5'000) == nullptr);
}

TEST_CASE("left to itself the world lives: in a day there are starts, moves, backups and snapshots") {
  WorldPlan plan;
  plan.guests = 40;
  auto world = build_world(plan, kNow);
  auto& cluster = world.clusters[0];
  std::vector<std::string> seen;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    advance(cluster, kNow + std::chrono::minutes{minute});
    seen.push_back(cluster.tasks.back().type);
  }
  for (const std::string_view type : {"vzdump", "qmigrate", "qmstart", "qmstop", "qmsnapshot"}) {
    CAPTURE(type);
    CHECK(std::count(seen.begin(), seen.end(), type) > 0);
  }
  const auto running =
      std::count_if(cluster.guests.begin(), cluster.guests.end(), [](const Guest& g) { return g.is_running; });
  CHECK(running > 20);
  CHECK(cluster.tasks.size() <= 800);
}

}  // namespace monitorix::sim

#include "sim/world/load.h"

#include <doctest/doctest.h>

namespace monitorix::sim {

namespace {

const WallTime kNow{std::chrono::seconds{1'795'400'000}};

World small_world() {
  WorldPlan plan;
  plan.guests = 60;
  plan.has_events = false;
  return build_world(plan, kNow);
}

}  // namespace

TEST_CASE("the same seed gives the same world and the same loads") {
  const auto one = small_world();
  const auto other = small_world();
  REQUIRE(one.clusters[0].guests.size() == 60);
  for (std::size_t i = 0; i < one.clusters[0].guests.size(); ++i) {
    const auto& a = one.clusters[0].guests[i];
    const auto& b = other.clusters[0].guests[i];
    CHECK(a.name == b.name);
    CHECK(guest_cpu(a, kNow) == guest_cpu(b, kNow));
    CHECK(guest_memory(a, kNow) == guest_memory(b, kNow));
  }
}

TEST_CASE("counters only grow while a guest runs, and begin at nothing") {
  const auto world = small_world();
  for (const auto& guest : world.clusters[0].guests) {
    if (!guest.is_running) continue;
    CHECK(guest_counters(guest, guest.started).net_in == 0);
    Traffic last;
    for (int step = 1; step < 3'000; ++step) {
      const auto now = guest_counters(guest, guest.started + std::chrono::seconds{step * 47});
      REQUIRE(now.net_in >= last.net_in);
      REQUIRE(now.net_out >= last.net_out);
      REQUIRE(now.disk_read >= last.disk_read);
      REQUIRE(now.disk_write >= last.disk_write);
      last = now;
    }
  }
}

TEST_CASE("the rate of the round-robin file is the slope of the counter") {
  const auto world = small_world();
  for (const auto& guest : world.clusters[0].guests) {
    if (!guest.is_running) continue;
    const auto at = guest.started + std::chrono::hours{5};
    const auto slope = (guest_counters(guest, at + std::chrono::seconds{30}).net_in -
                        guest_counters(guest, at - std::chrono::seconds{30}).net_in) /
                       60;
    CHECK(slope == doctest::Approx(guest_rates(guest, at).net_in).epsilon(0.01));
  }
}

TEST_CASE("there is day and night") {
  const auto world = small_world();
  double least = 1e9;
  double most = 0;
  for (int hour = 0; hour < 24; ++hour) {
    const auto load = sum_guests(world.clusters[0], 0, kNow + std::chrono::hours{hour}).cores;
    least = std::min(least, load);
    most = std::max(most, load);
  }
  CHECK(most > 1.3 * least);
}

TEST_CASE("loads stay within what the machine has") {
  const auto world = small_world();
  const auto& cluster = world.clusters[0];
  for (int minute = 0; minute < 600; ++minute) {
    const auto at = kNow + std::chrono::minutes{minute};
    for (const auto& guest : cluster.guests) {
      REQUIRE(guest_cpu(guest, at) > 0);
      REQUIRE(guest_cpu(guest, at) < 1);
      REQUIRE(guest_memory(guest, at) < guest.max_memory);
    }
    const auto load = node_load(cluster.nodes[0], sum_guests(cluster, 0, at), at);
    REQUIRE(load.cpu < 1);
    REQUIRE(load.memory_used < cluster.nodes[0].memory);
    for (const auto& storage : cluster.storages) {
      REQUIRE(storage_used(storage, cluster.nodes[0], at) <= storage_total(storage, cluster.nodes[0]));
    }
  }
}

TEST_CASE("what a node's counters grow by is what its rates say") {
  const auto world = small_world();
  for (const auto& node : world.clusters[0].nodes) {
    CHECK(node_counters(node, node.booted).net_in == 0);
    for (int hour = 0; hour < 48; ++hour) {
      const auto at = node.booted + std::chrono::hours{hour};
      const auto before = node_counters(node, at), after = node_counters(node, at + std::chrono::seconds{10});
      const auto load = node_load(node, {}, at + std::chrono::seconds{5});
      CHECK((after.net_in - before.net_in) / 10 == doctest::Approx(load.net_in).epsilon(1e-4));
      CHECK((after.net_out - before.net_out) / 10 == doctest::Approx(load.net_out).epsilon(1e-4));
    }
  }
}

TEST_CASE("a storage that grows is fuller a day later, and a shared one is the same on every node") {
  auto world = small_world();
  auto& storage = world.clusters[0].storages[3];
  REQUIRE(storage.is_shared);
  storage.growth = 0.03;
  const auto& nodes = world.clusters[0].nodes;
  int grown = 0;
  for (int day = 0; day < 28; ++day) {
    const auto at = kNow + std::chrono::hours{24 * day};
    CHECK(storage_fill(storage, nodes[0], at) == storage_fill(storage, nodes[1], at));
    grown += storage_fill(storage, nodes[0], at + std::chrono::hours{24}) > storage_fill(storage, nodes[0], at) ? 1 : 0;
  }
  CHECK(grown >= 24);  // but for the days on which it was pruned
}

}  // namespace monitorix::sim

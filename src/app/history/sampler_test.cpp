#include "app/history/sampler.h"

#include <doctest/doctest.h>

#include "app/testing/no_keeper.h"
#include "history/objects.h"

using namespace monitorix;
using namespace monitorix::app;
using history::GuestColumn, history::NodeColumn, history::StorageColumn, history::TotalColumn;
using namespace std::chrono_literals;

namespace {

struct Bench {
  NoKeeper keeper{};
  history::Recorder recorder{keeper};
  state::Inventory inventory{};
  Sampler sampler{recorder, inventory};
  WallTime now{from_ms(1'780'876'800'000)};
  Resources seen{};

  Bench() {
    ClusterConfig config;
    config.id = ClusterId{7};
    config.name = "oslo";
    config.endpoints = {Endpoint{EndpointId{3}, "192.0.2.1", 8006, 0, {}},
                        Endpoint{EndpointId{4}, "192.0.2.2", 8006, 1, {}}};
    inventory.put_cluster(config, now);
    NodeRow node;
    node.name = "pve1";
    node.status = "online";
    node.cpu_ratio = 0.25;
    node.cpu_count = 8;
    node.memory_used_bytes = 4096;
    node.memory_total_bytes = 16'384;
    seen.nodes.push_back(node);
    for (const std::int64_t vmid : {100, 101}) {
      GuestRow guest;
      guest.type = GuestType::qemu;
      guest.vmid = vmid;
      guest.node = "pve1";
      guest.status = vmid == 100 ? "running" : "stopped";
      guest.cpu_ratio = 0.5;
      guest.cpu_count = 2;
      guest.memory_used_bytes = 1000;
      guest.memory_total_bytes = 2000;
      guest.net_in = 0;
      guest.net_out = 0;
      guest.disk_read = 0;
      guest.disk_write = 0;
      guest.uptime_seconds = 50;
      seen.guests.push_back(guest);
    }
    StorageRow storage;
    storage.node = "pve1";
    storage.name = "local";
    storage.status = "available";
    storage.used_bytes = 10;
    storage.total_bytes = 100;
    seen.storages.push_back(storage);
  }
  void poll(std::chrono::milliseconds after = 10s) {
    now += after;
    const Observation observation{ClusterId{7}, now, seen};
    inventory.apply(observation);
    sampler.take(observation);
  }
  void run(std::int64_t bytes) {  // the running guest goes on living for a poll
    seen.guests[0].net_in = *seen.guests[0].net_in + bytes;
    seen.guests[0].uptime_seconds = *seen.guests[0].uptime_seconds + 10;
  }
  history::Rows rows(const std::string& object) {
    const auto info = recorder.find(object);
    REQUIRE(info);
    return recorder.rows(info->id, 0, INT64_MAX / 4);
  }
};

std::optional<std::int64_t> at(const history::Rows& rows, std::size_t column, std::size_t row) {
  return rows.columns[column].has(row) ? std::optional(rows.columns[column].values[row]) : std::nullopt;
}

}  // namespace

TEST_CASE("answers that come a little early or late lie on a regular grid, and time never goes back") {
  TickGrid grid;
  const auto t = [&](std::int64_t ms) { return grid.next(from_ms(1'000'000'000 + ms)); };
  CHECK(t(0) == 1'000'000);
  CHECK(t(10'900) == 1'000'010);
  CHECK(t(19'200) == 1'000'020);
  CHECK(t(30'400) == 1'000'030);
  CHECK(t(34'000) == 1'000'035);  // somebody asked for it at once
  CHECK(t(35'400) == std::nullopt);
  CHECK(t(48'000) == 1'000'048);  // too far off: a grid of its own
  CHECK(t(58'100) == 1'000'058);
  CHECK(t(20'000) == std::nullopt);
}

TEST_CASE("a poll leaves a row for each object, and a guest that does not run has only its status") {
  Bench bench;
  bench.poll();
  const history::Rows running = bench.rows("c7/qemu/100/1"), stopped = bench.rows("c7/qemu/101/1");
  REQUIRE(running.size() == 1);
  CHECK(at(running, GuestColumn::cpu, 0) == 50'000);
  CHECK(at(running, GuestColumn::memory, 0) == 1000);
  CHECK(at(running, GuestColumn::net_in, 0) == 0);
  CHECK(at(running, GuestColumn::status, 0) == 0);
  CHECK(at(running, GuestColumn::disk, 0) == std::nullopt);  // a VM's is unknown, not 0
  REQUIRE(stopped.size() == 1);
  CHECK(at(stopped, GuestColumn::status, 0) == static_cast<std::int64_t>(history::SeriesStatus::stopped));
  for (std::size_t column = 1; column < GuestColumn::status; ++column) CHECK(at(stopped, column, 0) == std::nullopt);
  CHECK(at(bench.rows("c7/node/pve1"), NodeColumn::cpu, 0) == 25'000);
  CHECK(at(bench.rows("c7/storage/pve1/local"), StorageColumn::used, 0) == 10);
}

TEST_CASE("sums grow by what flowed: nothing jumps when a guest begins anew, leaves or comes") {
  Bench bench;
  bench.poll();
  bench.run(5000);
  bench.poll();
  bench.run(0);
  bench.seen.guests[0].net_in = 100;  // it was started again
  bench.seen.guests[0].uptime_seconds = 5;
  bench.poll();
  bench.run(900);
  bench.seen.guests.erase(bench.seen.guests.begin() + 1);
  bench.poll();
  for (const char* object : {"c7", "c7/node/pve1/guests"}) {
    const history::Rows rows = bench.rows(object);
    REQUIRE(rows.size() == 4);
    CHECK(at(rows, TotalColumn::net_in, 0) == 0);
    CHECK(at(rows, TotalColumn::net_in, 1) == 5000);
    CHECK(at(rows, TotalColumn::net_in, 2) == 5000);
    CHECK(at(rows, TotalColumn::net_in, 3) == 5900);
    CHECK(at(rows, TotalColumn::members, 2) == 2);
    CHECK(at(rows, TotalColumn::members, 3) == 1);
    CHECK(at(rows, TotalColumn::running, 3) == 1);
  }
  CHECK(at(bench.rows("c7"), TotalColumn::disk, 3) == 10);
  CHECK(at(bench.rows("c7"), TotalColumn::cpu, 3) == 25'000);
}

TEST_CASE("a cluster that does not answer leaves a hole, and drops out of the fleet's sum") {
  Bench bench;
  bench.poll();
  bench.sampler.take_fleet(bench.now);
  CHECK(at(bench.rows("fleet"), TotalColumn::running, 0) == 1);
  bench.sampler.take_fleet(bench.now + 200s);
  CHECK(bench.rows("fleet").size() == 1);
  bench.poll(300s);
  CHECK(bench.rows("c7/qemu/100/1").size() == 2);
}

TEST_CASE("each inventory poll leaves a row for the endpoint that was asked, one that failed without a time") {
  Bench bench;
  const auto took = [&](std::vector<EndpointPolls::One> polls) {
    bench.now += 10s;
    const Observation observation{ClusterId{7}, bench.now, EndpointPolls{std::move(polls)}};
    CHECK(bench.inventory.apply(observation).empty());
    bench.sampler.take(observation);
  };
  took({{EndpointId{3}, 12'345us}});
  took({{EndpointId{3}, std::nullopt}, {EndpointId{4}, 7'000us}});
  took({{EndpointId{9}, 1ms}});  // gone meanwhile
  const history::Rows first = bench.rows("c7/endpoint/192.0.2.1:8006"),
                      second = bench.rows("c7/endpoint/192.0.2.2:8006");
  REQUIRE(first.size() == 2);
  CHECK(first.t()[1] == first.t()[0] + 10'000);  // ms
  CHECK(at(first, history::CheckColumn::latency, 0) == 123);
  CHECK(at(first, history::CheckColumn::status, 0) == 0);
  CHECK(at(first, history::CheckColumn::latency, 1) == std::nullopt);
  CHECK(at(first, history::CheckColumn::status, 1) == static_cast<std::int64_t>(history::SeriesStatus::down));
  REQUIRE(second.size() == 1);
  CHECK(at(second, history::CheckColumn::latency, 0) == 70);
  CHECK(bench.recorder.series().size() == 2);
}

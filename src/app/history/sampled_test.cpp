#include "app/history/sampled.h"

#include <doctest/doctest.h>

#include "history/rate.h"

using namespace monitorix;
using namespace monitorix::app;
using history::GuestColumn, history::StorageColumn;
using proxmox::Sampled;

namespace {

Sampled running(std::int64_t time, double uptime) {
  Sampled one;
  one.time = time;
  one[proxmox::Metric::uptime] = uptime;
  one[proxmox::Metric::cpu_current] = 0.25;
  one[proxmox::Metric::mem_used] = 4096;
  one[proxmox::Metric::mem_total] = 8192;
  one[proxmox::Metric::net_in] = 1000 * uptime;
  one[proxmox::Metric::net_out] = 10 * uptime;
  return one;
}

}  // namespace

TEST_CASE("a sample of a running guest is the row that a poll would have made of it") {
  Guest guest{};
  guest.status = GuestStatus::running;
  const auto rows = guest_rows(guest, {running(100, 50)});
  REQUIRE(rows.size() == 1);
  const auto row = history::row_of(rows, 0);
  CHECK(rows.t()[0] == 100);
  CHECK(row.values[GuestColumn::cpu] == 25'000);
  CHECK(row.values[GuestColumn::memory] == 4096);
  CHECK(row.values[GuestColumn::net_in] == 50'000);
  CHECK(row.values[GuestColumn::uptime] == 50);
  CHECK(row.values[GuestColumn::status] == 0);
  CHECK_FALSE(row.has(GuestColumn::disk));
  CHECK_FALSE(row.has(GuestColumn::disk_read));
}

TEST_CASE("a guest that does not run has a state and nothing else, and one that is paused says so") {
  Sampled idle;
  idle.time = 100;
  idle[proxmox::Metric::uptime] = 0;
  idle[proxmox::Metric::mem_total] = 8192;
  Guest guest{};
  guest.status = GuestStatus::running;
  const auto row = history::row_of(guest_rows(guest, {idle}), 0);
  CHECK(row.known == 1u << GuestColumn::status);
  CHECK(row.values[GuestColumn::status] == static_cast<std::int64_t>(history::SeriesStatus::stopped));
  guest.status = GuestStatus::paused;
  const auto paused = history::row_of(guest_rows(guest, {running(100, 50)}), 0);
  CHECK(paused.values[GuestColumn::status] == static_cast<std::int64_t>(history::SeriesStatus::paused));
}

TEST_CASE("a storage that does not answer has no row") {
  Sampled dead, well;
  dead.time = 100;
  dead[proxmox::Metric::disk_total] = 0;
  dead[proxmox::Metric::disk_used] = 0;
  well.time = 110;
  well[proxmox::Metric::disk_total] = 50;
  well[proxmox::Metric::disk_used] = 20;
  const auto rows = storage_rows({dead, well});
  REQUIRE(rows.size() == 1);
  CHECK(history::row_of(rows, 0).values[StorageColumn::used] == 20);
}

TEST_CASE("what a node's cards carry follows from its last two samples, by its own clock") {
  proxmox::Exported exported;
  exported["node/a"] = {running(100, 50), running(110, 60), running(121, 70)};
  exported["node/once"] = {running(120, 70)};
  exported["node/booted"] = {running(110, 5000), running(120, 4)};
  exported["node/gone"] = {running(10, 50), running(20, 60)};
  exported["qemu/7"] = {running(110, 60), running(120, 70)};
  const NodeFlows flows = node_flows(exported);
  REQUIRE(flows.rows.size() == 1);
  CHECK(flows.rows[0].node == "a");
  CHECK(flows.rows[0].net_in == 1000);
  CHECK(flows.rows[0].net_out == 10);
}

#include "app/orders.h"

#include <doctest/doctest.h>
#include <filesystem>
#include <stdexcept>

#include "base/text.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::app;

namespace {

/// A clock that can break, as memory can run out: in the middle of anything.
class FragileClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override {
    if (is_broken) throw std::runtime_error("broken on purpose");
    return clock_.wall();
  }
  [[nodiscard]] SteadyTime steady() const override { return clock_.steady(); }
  bool is_broken{false};

 private:
  ManualClock clock_{};
};

struct Directory {
  std::filesystem::path path{std::filesystem::temp_directory_path() / ("monitorix_orders_" + to_hex(random_bytes(8)))};
  Directory() { std::filesystem::create_directories(path); }
  ~Directory() { std::filesystem::remove_all(path); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
};

std::unique_ptr<store::Store> open_in(const Directory& directory, const Keyring& keyring) {
  store::OpenOptions options;
  options.data_directory = directory.path.string();
  auto opened = store::open_store(options, keyring);
  REQUIRE(opened);
  REQUIRE((*opened)->migrate());
  return std::move(*opened);
}

/// The parts that orders need, and one connection without an address, which the doctor has something to say about.
struct House {
  Directory directory{};
  Keyring keyring{*Keyring::from_master(Secret(random_bytes(32)))};
  FragileClock clock{};
  std::unique_ptr<store::Store> store{open_in(directory, keyring)};
  net::Loop loop{};
  net::WorkerPool pool{"readers", 1, 8};
  net::HttpClient http{loop};
  poll::Poller poller{loop, clock};
  state::Inventory inventory{};
  live::Hub hub{[this] { return inventory.snapshot(); }, "epoch"};
  store::InventoryWriter keeper{*store, clock};
  store::FactKeeper facts{*store, clock};
  Archive archive{*store::open_keeper({.data_directory = directory.path.string()}), clock};
  Sampler sampler{archive.recorder(), inventory};
  Pipeline pipeline{inventory, hub, keeper, facts, sampler};
  Fleet fleet{http, poller, clock, pipeline, [](ClusterId, const proxmox::Identity&) {}};
  Backfill backfill{Backfill::Parts{archive, inventory, clock, loop, pool, [](ClusterId) { return nullptr; }}};
  Orders orders{Orders::Parts{*store, pool, inventory, pipeline, fleet, http, keeper, backfill, clock}};
  ClusterId cluster{1};

  House() {
    ClusterConfig config;
    config.id = cluster;
    config.name = "oslo";
    inventory.put_cluster(config, clock.wall());
    ClusterHealth health;
    health.state = ClusterState::ok;
    inventory.apply({.cluster = cluster, .at = clock.wall(), .what = health});
  }
};

net::Task<bool> examined(Orders& orders) {
  co_await orders.examine_one_overdue();
  co_return true;
}

}  // namespace

TEST_CASE("an examination that breaks does not end all later ones") {
  House house;
  house.clock.is_broken = true;
  CHECK(net::run_now(house.loop, examined(house.orders)));  // it breaks, and is logged
  CHECK_FALSE(house.orders.last_doctor(house.cluster));
  house.clock.is_broken = false;
  CHECK(net::run_now(house.loop, examined(house.orders)));
  REQUIRE(house.orders.last_doctor(house.cluster));
  CHECK(house.orders.last_doctor(house.cluster)->checks.size() == 1);
}

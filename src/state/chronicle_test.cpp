#include "state/chronicle.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "model/names.h"
#include "state/inventory.h"

using namespace monitorix;
using namespace monitorix::state;
using namespace std::chrono_literals;

namespace {

const WallTime kStart = from_ms(1'800'000'000'000);

NodeRow node(std::string name, std::string status = "online") {
  NodeRow row{};
  row.name = std::move(name);
  row.status = std::move(status);
  row.cpu_ratio = 0.25;
  row.uptime_seconds = 1000;
  return row;
}

GuestRow guest(std::int64_t vmid, std::string on, std::string status = "running") {
  GuestRow row{};
  row.vmid = vmid;
  row.node = std::move(on);
  row.name = "web-" + std::to_string(vmid);
  row.status = std::move(status);
  row.uptime_seconds = 100;
  return row;
}

StorageRow storage(std::string on, std::string status) {
  StorageRow row{};
  row.node = std::move(on);
  row.name = "local";
  row.status = std::move(status);
  row.used_bytes = 10;
  return row;
}

Resources world_of(std::vector<GuestRow> guests, std::string second = "online") {
  Resources all{};
  all.nodes = {node("pve1"), node("pve2", std::move(second))};
  all.guests = std::move(guests);
  return all;
}

PveTask task(std::string type, std::string id, WallTime started, std::optional<std::string> status = "OK") {
  std::string upid = "UPID:pve1:" + type + ":" + id;
  return {std::move(upid), "pve1",  std::move(type), std::move(id),
          "root@pam",      started, started + 90s,   std::move(status)};
}

/// "vm:1 state running>stopped", in the order told.
std::string line(const Event& event) {
  std::string out = event.object + ' ' + std::string(name_of(event.kind)) + ' ';
  if (event.task) return out + event.task->type;
  return out + event.from.value_or("") + '>' + event.to.value_or("");
}
using Lines = std::vector<std::string>;

struct Bench {
  std::unique_ptr<Inventory> inventory{std::make_unique<Inventory>()};
  std::unique_ptr<Chronicle> chronicle{};
  WallTime now{kStart};
  ClusterConfig config{};
  std::vector<Event> last{};

  Bench() {
    config.id = ClusterId{7};
    config.name = "oslo";
    inventory->put_cluster(config, now);
    chronicle = std::make_unique<Chronicle>(*inventory->snapshot());
  }
  /// Ten seconds later; what is told of it.
  template <class What>
  Lines see(What what) {
    now += 10s;
    const auto changes = inventory->apply({.cluster = config.id, .at = now, .what = std::move(what)});
    last = chronicle->tell(changes, *inventory->snapshot());
    Lines out;
    for (const Event& event : last) out.push_back(line(event));
    return out;
  }
  Lines connection(ClusterState state) {
    ClusterHealth health{};
    health.state = state;
    return see(health);
  }
  /// The program ends and starts: what was stored is what is known.
  void restart() {
    const auto view = inventory->snapshot()->clusters.at(config.id);
    std::vector<Node> nodes;
    std::vector<Guest> guests;
    std::vector<Storage> storages;
    for (const auto& one : view->nodes) nodes.push_back(*one);
    for (const auto& one : view->guests) guests.push_back(*one);
    for (const auto& one : view->storages) storages.push_back(*one);
    inventory = std::make_unique<Inventory>(NextIds{.node = 100, .guest = 100, .storage = 100});
    inventory->restore({config}, nodes, guests, storages, now);
    chronicle = std::make_unique<Chronicle>(*inventory->snapshot());
  }
};

}  // namespace

TEST_CASE("what was so when the first inventory came did not happen") {
  Bench bench;
  Membership members{};
  members.members = {{.name = "pve1", .online = true}, {.name = "pve2", .online = true}};
  CHECK(bench.see(members).empty());
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve2", "stopped")})).empty());
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve2", "stopped")})).empty());
}

TEST_CASE("a guest that starts, stops, pauses, moves or is new is told once, with the names of then") {
  Bench bench;
  bench.see(world_of({guest(100, "pve1")}));
  CHECK(bench.see(world_of({guest(100, "pve1", "stopped")})) == Lines{"vm:1 state running>stopped"});
  CHECK(bench.last[0].name == "web-100");
  CHECK(bench.last[0].at == bench.now);
  CHECK(bench.last[0].until == bench.now);
  CHECK(bench.see(world_of({guest(100, "pve1", "stopped")})).empty());
  CHECK(bench.see(world_of({guest(100, "pve1", "paused")})) == Lines{"vm:1 state stopped>paused"});
  CHECK(bench.see(world_of({guest(100, "pve2")})) == Lines{"vm:1 state paused>running", "vm:1 migration pve1>pve2"});
  CHECK(bench.see(world_of({guest(100, "pve2"), guest(101, "pve2")})) == Lines{"vm:2 appeared >running"});
}

TEST_CASE("a guest that is gone is missing, then deleted, and each is told once") {
  Bench bench;
  bench.see(world_of({guest(100, "pve1"), guest(101, "pve1")}));
  CHECK(bench.see(world_of({guest(100, "pve1")})).empty());  // one answer may be wrong
  CHECK(bench.see(world_of({guest(100, "pve1")})) == Lines{"vm:2 state running>missing"});
  CHECK(bench.last[0].severity == EventSeverity::warning);
  bench.now += 11min;
  CHECK(bench.see(world_of({guest(100, "pve1")})) == Lines{"vm:2 state missing>deleted"});
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve1")})) == Lines{"vm:3 appeared >running"});
}

TEST_CASE("a cut connection is one event, not one of each guest, and its end tells only what changed meanwhile") {
  Bench bench;
  CHECK(bench.connection(ClusterState::ok).empty());  // connecting was no state
  bench.see(world_of({guest(100, "pve1"), guest(101, "pve1")}));
  CHECK(bench.connection(ClusterState::unreachable) == Lines{"cluster:7 state ok>unreachable"});
  CHECK(bench.last[0].severity == EventSeverity::error);
  CHECK(bench.last[0].name == "oslo");
  CHECK(bench.connection(ClusterState::ok) == Lines{"cluster:7 state unreachable>ok"});
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve1", "stopped")})) ==
        Lines{"vm:2 state running>stopped"});
}

TEST_CASE("a node that goes and comes back is told for itself and its cluster, its guests are not") {
  Bench bench;
  bench.see(world_of({guest(100, "pve1"), guest(101, "pve2")}));
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve2")}, "offline")).empty());
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve2")}, "offline")) ==
        Lines{"node:2 state online>offline"});
  CHECK(bench.last[0].place == "cluster:7");
  CHECK(bench.last[0].severity == EventSeverity::error);
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve2")})) == Lines{"node:2 state offline>online"});
}

TEST_CASE("a storage that is inactive is told, though it was unknown in between") {
  Bench bench;
  Resources all = world_of({});
  all.storages = {storage("pve1", "available")};
  bench.see(all);
  all.storages = {storage("pve1", "unknown")};
  CHECK(bench.see(all).empty());
  NodeStorageReport report{};
  report.node = "pve1";
  report.rows = {{.name = "local", .active = false}};
  CHECK(bench.see(report) == Lines{"storage:1 state available>inactive"});
}

TEST_CASE("what changed while we were off is one event when it is seen, and nothing else is one") {
  Bench bench;
  bench.see(world_of({guest(100, "pve1"), guest(101, "pve1"), guest(102, "pve1")}));
  bench.restart();
  auto lines =
      bench.see(world_of({guest(100, "pve1"), guest(101, "pve2"), guest(102, "pve1", "stopped"), guest(103, "pve1")}));
  CHECK(lines == Lines{"vm:2 migration pve1>pve2", "vm:3 state running>stopped", "vm:100 appeared >running"});
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(101, "pve2"), guest(102, "pve1", "stopped"), guest(103, "pve1")}))
            .empty());
}

TEST_CASE("a task is told when it has ended, as its guest's or its node's, at its own time") {
  Bench bench;
  PveTask running = task("vzdump", "100", kStart);
  running.ended_at.reset();
  running.status.reset();
  CHECK(bench.see(TaskList{{running, task("aptupdate", "", kStart)}}).empty());  // whose they are is not known yet
  CHECK(bench.see(world_of({guest(100, "pve1")})) == Lines{"node:1 task aptupdate"});
  CHECK(bench.see(TaskList{{task("vzdump", "100", kStart, "job errors"), task("aptupdate", "", kStart)}}) ==
        Lines{"vm:1 task vzdump"});
  const Event& told = bench.last[0];
  CHECK(told.place == "node:1");
  CHECK(told.at == kStart);
  CHECK(told.until == kStart + 90s);
  CHECK(told.severity == EventSeverity::error);
  CHECK(told.task->status == "job errors");
  CHECK(told.task->user == "root@pam");
  CHECK(bench.see(TaskList{{task("vzdump", "100", kStart, "job errors")}}).empty());
}

TEST_CASE("the task that made a guest is told again as the guest's, under the same key") {
  Bench bench;
  bench.see(world_of({guest(100, "pve1")}));
  CHECK(bench.see(TaskList{{task("qmcreate", "105", kStart)}}) == Lines{"node:1 task qmcreate"});
  const std::string key = bench.last[0].key;
  CHECK(bench.see(world_of({guest(100, "pve1"), guest(105, "pve1")})) ==
        Lines{"vm:2 appeared >running", "vm:2 task qmcreate"});
  CHECK(bench.last[1].key == key);
}

TEST_CASE("a later guest with the same number does not inherit the tasks of the one before") {
  Bench bench;
  bench.see(world_of({guest(100, "pve1"), guest(101, "pve1")}));
  const WallTime then = bench.now;
  bench.see(world_of({guest(100, "pve1")}));
  bench.see(world_of({guest(100, "pve1")}));
  bench.now += 11min;
  bench.see(world_of({guest(100, "pve1")}));
  bench.see(world_of({guest(100, "pve1"), guest(101, "pve1")}));
  PveTask later = task("qmstart", "101", bench.now);
  CHECK(bench.see(TaskList{{task("qmstop", "101", then), later}}) == Lines{"vm:3 task qmstart", "vm:2 task qmstop"});
}

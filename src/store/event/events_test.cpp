#include <set>

#include "store/store_suite.h"
#include "store/writer.h"

namespace monitorix::store {
namespace {

using namespace std::chrono_literals;

const WallTime kNoon = from_ms(1'790'000'000'000);

Event state_of(ClusterId cluster, const std::string& object, WallTime at, const std::string& to) {
  Event event;
  event.cluster = cluster;
  event.kind = EventKind::state;
  event.severity = EventSeverity::warning;
  event.at = event.until = at;
  event.object = object;
  event.name = "web «7»";
  event.from = "running";
  event.to = to;
  event.key = object + "|state|" + std::to_string(to_ms(at)) + "|" + to;
  return event;
}

Event task_of(ClusterId cluster, WallTime from, WallTime until, const std::string& upid) {
  Event event;
  event.cluster = cluster;
  event.kind = EventKind::task;
  event.severity = EventSeverity::error;
  event.at = from;
  event.until = until;
  event.object = "vm:7";
  event.place = "node:2";
  event.name = "web";
  event.task = EndedTask{upid, "pve2", "vzdump", "root@pam", "107", "job errors"};
  event.key = "task|" + upid;
  return event;
}

EventFilter all_of(std::vector<std::string> objects) { return {std::move(objects), kNoon - 24h, kNoon + 24h, {}, 100}; }

std::vector<std::string> keys(const std::vector<Event>& events) {
  std::vector<std::string> out;
  out.reserve(events.size());
  for (const Event& event : events) out.push_back(event.key);
  return out;
}

}  // namespace

ON_BOTH_ENGINES("an event comes back as it was written, of its object and of the place where it was") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const Event task = task_of(cluster, kNoon, kNoon + 20min, "UPID:pve2:1");
  const Event state = state_of(cluster, "vm:7", kNoon + 1h, "stopped");
  must(store->save_inventory({.events = {task, state}}));
  auto read = must(store->events(all_of({"vm:7"})));
  REQUIRE(read.size() == 2);
  CHECK(read[0].id > 0);
  read[0].id = read[1].id = 0;
  CHECK(read[0] == state);
  CHECK(read[1] == task);
  CHECK(keys(must(store->events(all_of({"node:2"})))) == std::vector{task.key});
  CHECK(must(store->events(all_of({"vm:7", "node:2"}))).size() == 2);  // once, though both have it
  CHECK(must(store->events(all_of({"node:7"}))).empty());
}

ON_BOTH_ENGINES("one happening is written once, however often it is told, and learns whose it was") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  Event early = task_of(cluster, kNoon, kNoon + 1min, "UPID:pve2:9");  // before its guest was known
  early.object = "node:2";
  early.place = "";
  must(store->save_inventory({.events = {early, early}}));
  const Event known = task_of(cluster, kNoon, kNoon + 1min, "UPID:pve2:9");
  must(store->save_inventory({.events = {known}}));
  must(store->save_inventory({.events = {early}}));  // what is known is not forgotten again
  const auto read = must(store->events(all_of({"vm:7", "node:2"})));
  REQUIRE(read.size() == 1);
  CHECK(read[0].object == "vm:7");
  CHECK(read[0].place == "node:2");
}

ON_BOTH_ENGINES("a window has what was going on in it, the newest first, page by page") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  InventoryBatch batch;
  batch.events.push_back(task_of(cluster, kNoon - 2h, kNoon + 1min, "long"));
  batch.events.push_back(task_of(cluster, kNoon - 2h, kNoon - 1min, "over"));
  for (int i = 0; i < 5; ++i)  // two at one moment
    batch.events.push_back(state_of(cluster, "vm:7", kNoon + 1min * (i / 2), "state-" + std::to_string(i)));
  batch.events.push_back(state_of(cluster, "vm:7", kNoon + 1h, "later"));
  must(store->save_inventory(batch));
  EventFilter filter{{"vm:7"}, kNoon, kNoon + 1h, {}, 2};
  std::vector<std::string> seen;
  for (int page = 0; page < 10; ++page) {
    const auto read = must(store->events(filter));
    if (read.empty()) break;
    for (const Event& event : read) seen.push_back(event.to.value_or(event.key));
    filter.before = std::pair{read.back().at, read.back().id};
  }
  CHECK(seen == std::vector<std::string>{"state-4", "state-3", "state-2", "state-1", "state-0", "task|long"});
}

ON_BOTH_ENGINES("old events go in steps, and those of a connection with it") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId oslo = must(store->create_cluster(some_cluster("oslo"))).id;
  const ClusterId bergen = must(store->create_cluster(some_cluster("bergen"))).id;
  InventoryBatch batch;
  for (int i = 0; i < 5; ++i) batch.events.push_back(state_of(oslo, "vm:7", kNoon - 1h * i, "stopped"));
  batch.events.push_back(state_of(bergen, "vm:8", kNoon, "stopped"));
  must(store->save_inventory(batch));
  CHECK(must(store->erase_events(kNoon - 90min, 2)) == 2);
  CHECK(must(store->erase_events(kNoon - 90min, 2)) == 1);
  CHECK(must(store->erase_events(kNoon - 90min, 2)) == 0);
  CHECK(must(store->events(all_of({"vm:7", "vm:8"}))).size() == 3);
  must(store->delete_cluster(oslo));
  CHECK(must(store->events(all_of({"vm:7", "vm:8"}))).size() == 1);
  must(store->save_inventory({.events = {state_of(oslo, "vm:7", kNoon, "running")}}));  // too late, and no error
  CHECK(must(store->events(all_of({"vm:7", "vm:8"}))).size() == 1);
}

TEST_CASE("events wait for a database that is away, and of too many the oldest go") {
  const SqliteStand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ManualClock clock;
  InventoryWriter writer(*store, clock);
  const auto most = static_cast<int>(InventoryWriter::kMostEvents);
  InventoryBatch batch;
  for (int i = 0; i < most + 3; ++i) batch.events.push_back(state_of(cluster, "vm:7", kNoon + 1s * i, "stopped"));
  writer.add(std::move(batch));
  CHECK(writer.standing().queued == InventoryWriter::kMostEvents);
  CHECK(writer.standing().dropped == 3);
  must(writer.flush());
  CHECK(writer.standing().queued == 0);
  const auto oldest = must(store->events({{"vm:7"}, kNoon - 1h, kNoon + 6s, {}, 10}));
  REQUIRE(oldest.size() == 3);
  CHECK(oldest.back().at == kNoon + 3s);
}

}  // namespace monitorix::store

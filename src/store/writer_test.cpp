#include "store/writer.h"

#include <atomic>
#include <thread>

#include "store/store_suite.h"

namespace monitorix::store {
namespace {

Guest guest_of(std::int64_t id, ClusterId cluster, const std::string& name) {
  Guest guest;
  guest.id = GuestId{id};
  guest.cluster = cluster;
  guest.vmid = id;
  guest.name = name;
  return guest;
}

InventoryBatch guests(std::vector<Guest> list) { return {{}, std::move(list), {}}; }

}  // namespace

ON_BOTH_ENGINES("the newest of each object is stored, the older is never written") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ManualClock clock;
  InventoryWriter writer(*store, clock);
  writer.add(guests({guest_of(1, cluster, "old"), guest_of(2, cluster, "two")}));
  writer.add(guests({guest_of(1, cluster, "new")}));
  CHECK(writer.standing().queued == 2);
  must(writer.flush());
  CHECK(writer.standing().queued == 0);
  CHECK(writer.standing().stored == 2);
  const auto read = must(store->load_inventory()).guests;
  REQUIRE(read.size() == 2);
  CHECK(read[0].name == "new");
}

ON_BOTH_ENGINES("an object that the database refuses does not hold up the others") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ManualClock clock;
  InventoryWriter writer(*store, clock);
  Guest twin = guest_of(2, cluster, "twin");
  twin.vmid = 1;  // the same identity under another id
  writer.add(guests({guest_of(1, cluster, "one"), twin, guest_of(3, cluster, "three")}));
  must(writer.flush());
  CHECK(writer.standing().refused == 1);
  CHECK(!writer.standing().not_stored_since);
  CHECK(must(store->load_inventory()).guests.size() == 2);
}

ON_BOTH_ENGINES("many batches from many threads all arrive, the last of each object") {
  const Stand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ManualClock clock;
  InventoryWriter writer(*store, clock);
  std::atomic<bool> done{false};
  std::thread flusher([&] {
    while (!done) (void)writer.flush();
  });
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 20; ++round)
        for (int i = 0; i < 25; ++i)
          writer.add(guests({guest_of(thread * 25 + i + 1, cluster, "round " + std::to_string(round))}));
    });
  for (auto& thread : threads) thread.join();
  done = true;
  flusher.join();
  must(writer.flush());
  const auto read = must(store->load_inventory()).guests;
  CHECK(read.size() == 100);
  for (const Guest& guest : read) CHECK(guest.name == "round 19");
}

TEST_CASE("objects are due half a minute after the last were stored, backups wait a quarter of an hour for others") {
  const SqliteStand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  ManualClock clock;
  InventoryWriter writer(*store, clock);
  CHECK(!writer.is_due());
  BackupRun found;
  found.task = std::make_shared<const BackupTask>();
  found.vmid = 100;
  const auto run = std::make_shared<const BackupRun>(found);
  writer.add({.backup_runs = {{cluster, run}}});
  CHECK(!writer.is_due());
  clock.advance(InventoryWriter::kBackupsMayWait - std::chrono::seconds(1));
  writer.add({.backup_runs = {{cluster, run}}});  // the wait is that of the first
  CHECK(!writer.is_due());
  clock.advance(std::chrono::seconds(1));
  CHECK(writer.is_due());
  must(writer.flush(InventoryWriter::Extent::due));
  CHECK(writer.standing().queued == 0);
  writer.add(guests({guest_of(1, cluster, "one")}));
  writer.add({.backup_runs = {{cluster, run}}});
  CHECK(!writer.is_due());
  clock.advance(InventoryWriter::kApart - std::chrono::seconds(1));
  CHECK(!writer.is_due());
  clock.advance(std::chrono::seconds(1));
  CHECK(writer.is_due());
  clock.advance(InventoryWriter::kEventsApart - InventoryWriter::kApart);
  CHECK(!writer.is_due());
  writer.add({.events = {Event{}}});
  CHECK(writer.is_due());
  clock.advance(InventoryWriter::kApart - InventoryWriter::kEventsApart);
  must(writer.flush(InventoryWriter::Extent::due));
  CHECK(writer.standing().queued == 1);  // the backup waits on
  CHECK(!writer.is_due());
  clock.advance(std::chrono::seconds(100));
  writer.add(guests({guest_of(1, cluster, "two")}));
  CHECK(writer.is_due());  // at once after a quiet time
  must(writer.flush());
  CHECK(writer.standing().queued == 0);
}

TEST_CASE("the queue is bounded: the longest waiting guests go first and are counted") {
  const SqliteStand stand;
  const auto store = stand.open();
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  const ManualClock clock;
  InventoryWriter writer(*store, clock, 3);
  Node node;
  node.id = NodeId{1};
  node.cluster = cluster;
  node.name = "pve1";
  writer.add({{node}, {}, {}});
  for (int i = 1; i <= 5; ++i) writer.add(guests({guest_of(i, cluster, "g")}));
  CHECK(writer.standing().queued == 3);
  CHECK(writer.standing().dropped == 3);
  must(writer.flush());
  const Inventory read = must(store->load_inventory());
  CHECK(read.nodes.size() == 1);
  REQUIRE(read.guests.size() == 2);
  CHECK(read.guests[0].id.value == 4);
}

TEST_CASE("while PostgreSQL is stopped the newest is kept and its absence told; storing resumes by itself") {
  PrivatePostgres server;
  auto store = must(open_store({"", server.url("postgres"), false}, test_keyring()));
  must(store->migrate());
  const ClusterId cluster = must(store->create_cluster(some_cluster("oslo"))).id;
  ManualClock clock;
  InventoryWriter writer(*store, clock);
  must(writer.flush());
  server.stop("immediate");
  writer.add(guests({guest_of(1, cluster, "first"), guest_of(2, cluster, "second")}));
  const WallTime failed_at = clock.wall();
  CHECK(writer.flush().error().code == Errc::unavailable);
  clock.advance(std::chrono::minutes(1));
  writer.add(guests({guest_of(1, cluster, "newest")}));
  CHECK(!writer.flush());
  CHECK(writer.standing().not_stored_since == failed_at);
  CHECK(!writer.standing().last_error.empty());
  CHECK(writer.standing().queued == 2);
  CHECK(store->user_count().error().code == Errc::unavailable);
  CHECK(store->create_user(some_user("kari")).error().code == Errc::unavailable);

  server.start();
  const auto ready = std::chrono::steady_clock::now();
  while (!writer.flush() && std::chrono::steady_clock::now() - ready < std::chrono::seconds(10))
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  CHECK(std::chrono::steady_clock::now() - ready < std::chrono::seconds(2));
  CHECK(!writer.standing().not_stored_since);
  CHECK(writer.standing().queued == 0);
  const auto read = must(store->load_inventory()).guests;
  REQUIRE(read.size() == 2);
  CHECK(read[0].name == "newest");

  // A restart between two calls is not even noticed.
  server.stop("fast");
  server.start();
  must(store->create_user(some_user("kari")));
  CHECK(must(store->user_count()) == 1);
}

}  // namespace monitorix::store

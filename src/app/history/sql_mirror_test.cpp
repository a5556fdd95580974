// Averages for SQL users, from real samples through sealing to rows that a plain connection reads.

#include "app/history/sql_mirror.h"

#include <cmath>

#include "history/objects.h"
#include "history/retention.h"
#include "state/inventory.h"
#include "store/store_suite.h"

namespace monitorix::app {

using namespace store;  // the stands
using history::GuestColumn, history::NodeColumn, history::kDaySeconds;

namespace {

constexpr std::int64_t kDay = 20'612 * kDaySeconds;

WallTime at(std::int64_t seconds) { return from_ms(seconds * 1000); }

std::unique_ptr<Link> link_of(const PostgresStand& stand) {
  return must(PostgresLink::open(must(postgres_connection_text(PostgresStand::url_of(stand.name))), 0));
}
std::unique_ptr<Link> link_of(const SqliteStand& stand) {
  return must(SqliteLink::open(stand.options().data_directory + "/state.db", SqliteLink::Mode::reader));
}

constexpr Query kCount{"count", "SELECT count(*) FROM metrics"};
constexpr Query kOfGuest{"of_guest", R"(
SELECT recorded_at, value, unit FROM metrics WHERE vm_id = ?1 AND metric_type = ?2 ORDER BY recorded_at)"};
constexpr Query kOfNode{"of_node", R"(
SELECT recorded_at, value, unit FROM metrics WHERE node_id = ?1 AND metric_type = ?2 ORDER BY recorded_at)"};
constexpr Query kOldest{"oldest", "SELECT min(recorded_at) FROM metrics"};

/// A cluster with a node and some guests, whose samples are known.
struct House {
  explicit House(const auto& stand, int guests = 3)
      : store(stand.open()),
        keeper(must(open_keeper(stand.options()))),
        link(link_of(stand)) {
    must(recorder.open(at(kDay)));
    ClusterConfig cluster = must(store->create_cluster(some_cluster("oslo")));
    Node node;
    node.id = NodeId{4};
    node.cluster = cluster.id;
    node.name = "pve1";
    std::vector<Guest> all;
    for (int i = 0; i < guests; ++i) {
      Guest guest;
      guest.id = GuestId{10 + i};
      guest.cluster = cluster.id;
      guest.node = node.id;
      guest.vmid = 100 + i;
      guest.name = "guest-" + std::to_string(i);
      guest.status = GuestStatus::running;
      all.push_back(guest);
    }
    must(store->save_inventory({{node}, all, {}}));
    state::Inventory inventory;
    inventory.restore({cluster}, {node}, all, {}, at(kDay));
    world = inventory.snapshot();
    series.push_back(
        recorder.series_for(history::SeriesKind::node, history::object_key(node), history::kNodeSet, 10, at(kDay)));
    for (const Guest& guest : all)
      series.push_back(recorder.series_for(history::SeriesKind::guest, history::object_key(guest), history::kGuestSet,
                                           10, at(kDay)));
  }

  void record(std::int64_t from, std::int64_t to) {
    for (std::int64_t t = from; t < to; t += 10) {
      const std::int64_t tick = (t - kDay) / 10;
      history::Row node;
      node.set(NodeColumn::cpu, 20'000 + tick % 500);
      node.set(NodeColumn::memory, 3 << 20);
      node.set(NodeColumn::memory_total, 4 << 20);
      node.set(NodeColumn::status, 0);
      recorder.record(1, history::kNodeSet, at(t), {{series[0], node}});
      std::vector<history::Sample> samples;
      for (std::size_t i = 1; i < series.size(); ++i) {
        history::Row row;
        row.set(GuestColumn::cpu, 10'000 * static_cast<std::int64_t>(i % 7) + tick % 1'000);
        row.set(GuestColumn::memory, (1 << 20) * static_cast<std::int64_t>(1 + tick % 3));
        row.set(GuestColumn::memory_total, 8 << 20);
        row.set(GuestColumn::net_in, (tick + 1'000) * 10 * 2'048);
        row.set(GuestColumn::uptime, (tick + 1'000) * 10);
        row.set(GuestColumn::status, 0);
        samples.push_back({series[i], row});
      }
      recorder.record(1, history::kGuestSet, at(t), samples);
    }
    must(recorder.flush(at(to)));
  }
  void seal(std::int64_t now) {
    while (must(recorder.seal_some(at(now)))) {}
  }
  /// Until nothing is due, in a mirror of its own, as after a start.
  int mirror(std::int64_t step, std::int64_t now, const history::Retention& retention = {}) {
    SqlMirror mirror({*store, *keeper, recorder, reader}, step);
    mirror.see(world);
    int steps = 1;
    while (mirror.step(at(now), retention)) ++steps;
    return steps;
  }
  std::int64_t count() { return must(link->run(kCount, {})).front().integer(0); }

  std::unique_ptr<Store> store;
  std::unique_ptr<history::Keeper> keeper;
  std::unique_ptr<Link> link;
  history::Recorder recorder{*keeper};
  history::Reader reader{*keeper, recorder};
  state::SnapshotPtr world{};
  std::vector<history::SeriesId> series{};  // the node's, then those of the guests
};

}  // namespace

ON_BOTH_ENGINES("the averages of a sealed hour are the reader's, and mirroring it twice does not double them") {
  const Stand stand;
  House house(stand);
  house.record(kDay, kDay + 2 * 3600);
  house.seal(kDay + 2 * 3600 + 90);
  const std::int64_t now = kDay + 2 * 3600 + 120;
  house.mirror(3600, now);
  // cpu, memory and network_in of three guests, cpu and memory of a node; nothing of disks that nobody knows.
  CHECK(house.count() == 2 * (3 * 3 + 2));
  const history::Plan plan{3600, kDay, kDay + 2 * 3600, history::Resolution::coarse};
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto read = must(house.reader.read(house.series[static_cast<std::size_t>(i + 1)],
                                             {GuestColumn::cpu, GuestColumn::memory, GuestColumn::net_in}, plan));
    const auto cpu = must(house.link->run(kOfGuest, {10 + i, std::string("cpu")}));
    const auto memory = must(house.link->run(kOfGuest, {10 + i, std::string("memory")}));
    const auto network = must(house.link->run(kOfGuest, {10 + i, std::string("network_in")}));
    REQUIRE(cpu.size() == 2);
    REQUIRE(memory.size() == 2);
    REQUIRE(network.size() == 2);
    for (std::size_t hour = 0; hour < 2; ++hour) {
      CHECK(cpu[hour].integer(0) == (kDay + static_cast<std::int64_t>(hour) * 3600) * 1000);
      CHECK(*cpu[hour].maybe_real(1) == doctest::Approx(100 * read.columns[0][hour].average).epsilon(1e-9));
      CHECK(cpu[hour].text(2) == "%");
      CHECK(*memory[hour].maybe_real(1) ==
            doctest::Approx(100 * read.columns[1][hour].average / (8 << 20)).epsilon(1e-9));
      CHECK(*network[hour].maybe_real(1) == doctest::Approx(read.columns[2][hour].average).epsilon(1e-9));
      CHECK(*network[hour].maybe_real(1) == doctest::Approx(2'048).epsilon(0.01));
      CHECK(network[hour].text(2) == "bytes/s");
    }
  }
  CHECK(*must(house.link->run(kOfNode, {std::int64_t{4}, std::string("memory")})).front().maybe_real(1) ==
        doctest::Approx(75));
  house.mirror(3600, now);  // nothing is due
  CHECK(house.count() == 22);
  must(house.store->write_mirror(
      {kDay / 3600 - 1, {}, true}));  // the mark of before: a crash before the end of the hour
  house.mirror(3600, now);
  CHECK(house.count() == 22);
  CHECK(must(house.store->mirrored_hour()) == kDay / 3600 + 1);
  // It never shows among the settings of people.
  for (const Setting& one : must(house.store->settings())) CHECK(!one.key.starts_with("internal."));
}

ON_BOTH_ENGINES("rows of five minutes are twelve an hour, hours that were missed are caught up, and off means none") {
  const Stand stand;
  House house(stand, 120);  // three batches
  house.record(kDay, kDay + 3600);
  house.seal(kDay + 3700);
  house.mirror(0, kDay + 3700);
  CHECK(house.count() == 0);
  CHECK(!must(house.store->mirrored_hour()));
  CHECK(house.mirror(300, kDay + 3700) >= 4);
  const std::int64_t hourly = 12 * (120 * 3 + 2);
  CHECK(house.count() == hourly);
  house.record(kDay + 3700, kDay + 3 * 3600);
  house.seal(kDay + 3 * 3600 + 100);
  house.mirror(300, kDay + 3 * 3600 + 100);
  const auto cpu = must(house.link->run(kOfGuest, {std::int64_t{10}, std::string("cpu")}));
  CHECK(cpu.size() == 36);
  for (std::size_t i = 1; i < cpu.size(); ++i) CHECK(cpu[i].integer(0) == cpu[i - 1].integer(0) + 300'000);
}

ON_BOTH_ENGINES("an hour that was mirrored in part is done again from its beginning") {
  const Stand stand;
  House house(stand, 120);
  house.record(kDay, kDay + 3600);
  house.seal(kDay + 3700);
  {
    SqlMirror killed({*house.store, *house.keeper, house.recorder, house.reader}, 3600);
    killed.see(house.world);
    CHECK(killed.step(at(kDay + 3700), {}));
    CHECK(killed.step(at(kDay + 3700), {}));
  }
  CHECK(house.count() > 0);
  CHECK(!must(house.store->mirrored_hour()));
  house.mirror(3600, kDay + 3700);
  CHECK(house.count() == 120 * 3 + 2);
}

ON_BOTH_ENGINES("what is older than hours are kept is erased in small steps, also while the mirror is off") {
  const Stand stand;
  House house(stand, 120);
  house.record(kDay, kDay + 4 * 3600);
  house.seal(kDay + 4 * 3600 + 100);
  house.mirror(3600, kDay + 4 * 3600 + 100);
  const std::int64_t rows = house.count();
  CHECK(rows == 4 * (120 * 3 + 2));
  const history::Retention kept{.raw = 0, .fine = 0, .coarse = 10 * kDaySeconds};
  CHECK(house.mirror(0, kDay + 9 * kDaySeconds, kept) == 1);
  CHECK(house.count() == rows);
  CHECK(house.mirror(0, kDay + 12 * kDaySeconds, kept) == 2);  // 1,000 rows, then the rest
  CHECK(house.count() == 0);
  CHECK(must(house.link->run(kOldest, {})).front().is_null(0));
}

TEST_CASE("the views for Grafana tell names and times, and hold nothing that is secret") {
  static constexpr Query kColumns{"columns", R"(
SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'grafana' ORDER BY 1, 2)"};
  // The query of docs/guide/history.md, with the numbers that Grafana puts into it: kDay and an hour later.
  static constexpr Query kGuide{"guide", R"(
SELECT m.recorded_at AS time, v.name AS metric, m.value
FROM grafana.metrics m JOIN grafana.vms v ON v.id = m.vm_id
WHERE m.metric_type = 'cpu' AND v.cluster = 'oslo'
  AND m.recorded_ms BETWEEN 1000::bigint * 1780876800 AND 1000::bigint * 1780880400
ORDER BY m.recorded_at)"};
  static constexpr Query kNode{"node", "SELECT cluster, name, status FROM grafana.nodes"};
  const PostgresStand stand;
  House house(stand);
  house.record(kDay, kDay + 3600);
  house.seal(kDay + 3700);
  house.mirror(3600, kDay + 3700);
  const auto rows = must(house.link->run(kGuide, {}));
  REQUIRE(rows.size() == 3);
  CHECK(rows.front().text(1).starts_with("guest-"));
  const auto node = must(house.link->run(kNode, {}));
  REQUIRE(node.size() == 1);
  CHECK(node.front().text(0) == "oslo");
  CHECK(node.front().text(2) == "unknown");
  for (const Row& row : must(house.link->run(kColumns, {}))) {
    const std::string column = row.text(1);
    for (const char* word : {"secret", "token", "password", "hash", "doc", "fingerprint"})
      CHECK_MESSAGE(column.find(word) == std::string::npos, column);
  }
  // Whoever may read the views needs nothing else.
  auto& link = *house.link;
  must(link.script("DROP ROLE IF EXISTS monitorix_read_test"));
  must(link.script("CREATE ROLE monitorix_read_test"));
  must(link.script("GRANT USAGE ON SCHEMA grafana TO monitorix_read_test"));
  must(link.script("GRANT SELECT ON ALL TABLES IN SCHEMA grafana TO monitorix_read_test"));
  must(link.script("SET ROLE monitorix_read_test"));
  CHECK(must(link.run(kGuide, {})).size() == 3);
  static constexpr Query kForbidden{"forbidden", "SELECT token_secret FROM clusters"};
  CHECK(!link.run(kForbidden, {}));
  must(link.script("RESET ROLE"));
  must(link.script("DROP OWNED BY monitorix_read_test"));
  must(link.script("DROP ROLE monitorix_read_test"));
}

}  // namespace monitorix::app

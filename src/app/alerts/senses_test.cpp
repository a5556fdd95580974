#include "app/alerts/senses.h"

#include <doctest/doctest.h>

#include "alert/default_rules/default_rules.h"
#include "state/inventory.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr ClusterId kCluster{1};

/// A cluster of one node that is observed every ten seconds, and the engine that hears of it.
struct Bench {
  state::Inventory inventory{};
  Senses senses{};
  alert::State engine{};
  alert::Now now{alert::RunTime{100'000s}, from_ms(1'700'000'000'000)};
  Resources rows{};

  explicit Bench(int guests) {
    inventory.put_cluster({.id = kCluster, .name = "oslo"}, now.wall);
    for (const Rule& rule : alert::default_rules()) alert::step(engine, alert::PutRule{rule}, now);
    senses.heed(engine.rules);
    for (const auto& event : senses.begin(*inventory.snapshot(), {}, now)) alert::step(engine, event, now);
    rows.nodes.push_back({.name = "pve1", .status = "online"});
    for (int i = 0; i < guests; ++i)
      rows.guests.push_back({.type = GuestType::lxc,
                             .vmid = 100 + i,
                             .node = "pve1",
                             .status = "running",
                             .name = "guest " + std::to_string(i),
                             .cpu_ratio = 0.2,
                             .memory_used_bytes = 100,
                             .memory_total_bytes = 1000,
                             .uptime_seconds = 1'000'000});
  }
  std::size_t poll() {
    now.run += 10s;
    now.wall += 10s;
    (void)inventory.apply({.cluster = kCluster, .at = now.wall, .what = ClusterHealth{.state = ClusterState::ok}});
    return take(inventory.apply({.cluster = kCluster, .at = now.wall, .what = rows}), Senses::Extent::polled);
  }
  void tasks(TaskList list) {
    take(inventory.apply({.cluster = kCluster, .at = now.wall, .what = std::move(list)}), Senses::Extent::changes);
  }
  /// What is worked out once a second.
  void judge() {
    for (const ChangeSet& changes : inventory.tick(now.wall)) take(changes, Senses::Extent::changes);
  }
  std::size_t take(const ChangeSet& changes, Senses::Extent extent) {
    std::size_t changed = 0;
    for (const auto& event : senses.take(*inventory.snapshot(), changes, extent, now))
      changed += alert::step(engine, event, now).alerts.size();
    return changed;
  }
  [[nodiscard]] std::size_t guests_known() const {
    return static_cast<std::size_t>(std::count_if(engine.member_at.begin(), engine.member_at.end(),
                                                  [](const auto& one) { return one.first.kind == EntityKind::guest; }));
  }
  [[nodiscard]] const Alert* open_alert(EntityKind kind) const {
    for (const auto& [id, alert] : engine.alerts)
      if (alert.row.target.entity.kind == kind && alert.row.state != AlertState::resolved) return &alert.row;
    return nullptr;
  }
};

}  // namespace

TEST_CASE("ten thousand guests that are well have no place in the engine, and one that is not has one") {
  Bench bench(10'000);
  for (int i = 0; i < 3; ++i) CHECK(bench.poll() == 0);
  CHECK(bench.guests_known() == 0);
  CHECK(bench.engine.pairs.size() < 50);
  bench.rows.guests[7].cpu_ratio = 0.99;
  for (int i = 0; i < 35; ++i) bench.poll();
  CHECK(bench.guests_known() == 1);
  REQUIRE(bench.open_alert(EntityKind::guest));
  CHECK(bench.open_alert(EntityKind::guest)->state == AlertState::firing);

  bench.rows.guests[7].cpu_ratio = 0.1;
  for (int i = 0; i < 15; ++i) bench.poll();
  CHECK_FALSE(bench.open_alert(EntityKind::guest));
  bench.now.run += 3h;
  bench.now.wall += 3h;
  alert::advance(bench.engine, bench.now);
  alert::forget_settled(bench.engine);
  bench.senses.tidy(bench.engine, *bench.inventory.snapshot(), bench.now);
  CHECK(bench.guests_known() == 0);
}

TEST_CASE("a guest that stops by itself is an outage, one that a person stopped is not") {
  for (const bool is_ordered : {false, true}) {
    CAPTURE(is_ordered);
    Bench bench(3);
    bench.poll();
    bench.tasks({});
    if (is_ordered)
      bench.tasks({{{.upid = "UPID:1", .node = "pve1", .type = "vzstop", .id = "100", .started_at = bench.now.wall}}});
    bench.rows.guests[0].status = "stopped";
    for (int i = 0; i < 6; ++i) {
      bench.poll();
      if (is_ordered)
        bench.tasks(
            {{{.upid = "UPID:1", .node = "pve1", .type = "vzstop", .id = "100", .started_at = bench.now.wall}}});
      else
        bench.tasks({{{.upid = "UPID:2", .node = "pve1", .type = "aptupdate", .started_at = bench.now.wall}}});
    }
    CHECK((bench.open_alert(EntityKind::guest) != nullptr) == !is_ordered);
  }
}

namespace {

/// A guest of which a backup is wanted every day; the last good one is forty hours old.
void make_late(Bench& bench) {
  bench.poll();
  Guest guest = *bench.inventory.snapshot()->cluster(kCluster)->guests[0];
  guest.recovery_point_hours = 24;
  bench.take(bench.inventory.set_guest_annotations(guest, bench.now.wall), Senses::Extent::changes);
  BackupRun run{.vmid = guest.vmid, .started_at = bench.now.wall - 40h, .result = BackupResult::ok};
  run.task = std::make_shared<const BackupTask>(BackupTask{.upid = "UPID:old", .node = "pve1"});
  BackupRuns runs{.node = "pve1", .readable = Readable::yes};
  runs.runs = {run};
  runs.whole = true;
  bench.take(bench.inventory.apply({.cluster = kCluster, .at = bench.now.wall, .what = runs}), Senses::Extent::changes);
  bench.judge();
  bench.poll();
}

}  // namespace

TEST_CASE("a backup that is cut off with its cluster makes the one that is too old no news") {
  Bench bench(3);
  make_late(bench);
  REQUIRE(bench.open_alert(EntityKind::guest));
  const AlertId id = bench.open_alert(EntityKind::guest)->id;
  CHECK(bench.open_alert(EntityKind::guest)->evidence.code == "alert.backup_late");
  const PveTask backup{.upid = "UPID:now", .node = "pve1", .type = "vzdump", .id = "100", .started_at = bench.now.wall};
  for (int i = 0; i < 30; ++i) {  // five minutes; it ends after two what is not so any more
    bench.tasks({{backup}});
    bench.judge();
    bench.poll();
  }
  CHECK(bench.inventory.snapshot()->cluster(kCluster)->guests[0]->backup_state == BackupState::ok);  // excused
  REQUIRE(bench.open_alert(EntityKind::guest));
  CHECK(bench.open_alert(EntityKind::guest)->state == AlertState::firing);
  bench.tasks({});
  for (int i = 0; i < 30; ++i) {
    bench.judge();
    bench.poll();
  }
  REQUIRE(bench.open_alert(EntityKind::guest));
  CHECK(bench.open_alert(EntityKind::guest)->id == id);
  CHECK(bench.open_alert(EntityKind::guest)->reopen_count == 0);
}

TEST_CASE("what was open and ended while nobody looked ends after the start") {
  Bench bench(3);
  make_late(bench);
  REQUIRE(bench.open_alert(EntityKind::guest));
  const GuestId guest = bench.inventory.snapshot()->cluster(kCluster)->guests[0]->id;
  Senses anew;  // another process, whose world says that all is well
  anew.heed(bench.engine.rules);
  for (const auto& event : anew.begin(*bench.inventory.snapshot(), {guest}, bench.now))
    alert::step(bench.engine, event, bench.now);
  bench.senses = std::move(anew);
  Guest well = *bench.inventory.snapshot()->cluster(kCluster)->guests[0];
  well.recovery_point_hours = 72;
  bench.take(bench.inventory.set_guest_annotations(well, bench.now.wall), Senses::Extent::changes);
  for (int i = 0; i < 20; ++i) {
    bench.now.run += 60s;
    bench.now.wall += 60s;
    bench.judge();
    bench.poll();
    alert::advance(bench.engine, bench.now);
  }
  CHECK(bench.inventory.snapshot()->cluster(kCluster)->guests[0]->backup_state == BackupState::ok);
  CHECK_FALSE(bench.open_alert(EntityKind::guest));
}

TEST_CASE("a node that is offline is one alert, and its guests are none") {
  Bench bench(20);
  bench.poll();
  bench.rows.nodes.push_back({.name = "pve2", .status = "online"});
  bench.poll();
  bench.rows.nodes[0].status = "offline";
  for (auto& row : bench.rows.guests) row.status = "unknown";
  for (int i = 0; i < 6; ++i) bench.poll();
  REQUIRE(bench.open_alert(EntityKind::node));
  CHECK(bench.open_alert(EntityKind::node)->state == AlertState::firing);
  CHECK_FALSE(bench.open_alert(EntityKind::guest));
  bench.rows.nodes[0].status = "online";
  for (auto& row : bench.rows.guests) row.status = "running";
  for (int i = 0; i < 3; ++i) bench.poll();
  CHECK_FALSE(bench.open_alert(EntityKind::node));
}

TEST_CASE("a failed backup that the cluster told is one alert with what we read ourselves") {
  Bench bench(3);
  bench.poll();
  bench.poll();
  const auto guest = bench.inventory.snapshot()->clusters.at(kCluster)->guests.front();
  for (const auto& event :
       bench.senses.take_failed_backups(*bench.inventory.snapshot()->cluster(kCluster), {guest}, bench.now))
    alert::step(bench.engine, event, bench.now);
  REQUIRE(bench.open_alert(EntityKind::guest));
  CHECK(bench.engine.rules.at(bench.open_alert(EntityKind::guest)->rule).key == "backup_failed");
  for (int i = 0; i < 20; ++i) bench.poll();  // what was read is older than what was told
  CHECK(bench.open_alert(EntityKind::guest));
  for (int i = 0; i < 80; ++i) bench.poll();
  CHECK(bench.engine.alerts.size() == 1);
}

TEST_CASE("a token that may do more than read is an alert of its cluster, until it may not") {
  Bench bench(0);
  bench.poll();
  const auto see = [&](std::string excess) {
    bench.take(bench.inventory.apply({.cluster = kCluster,
                                      .at = bench.now.wall,
                                      .what = DoctorSummary{.ok = 9, .warn = 1, .excess = std::move(excess)}}),
               Senses::Extent::changes);
  };
  see("");
  CHECK_FALSE(bench.open_alert(EntityKind::cluster));
  see("VM.PowerMgmt, +3");
  REQUIRE(bench.open_alert(EntityKind::cluster));
  CHECK(bench.open_alert(EntityKind::cluster)->evidence.text == "VM.PowerMgmt, +3");
  see("");
  for (int i = 0; i < 15; ++i) bench.poll();
  CHECK_FALSE(bench.open_alert(EntityKind::cluster));
}

TEST_CASE("a risk that went while we were away is over when its cluster is seen again") {
  Bench before(0);
  before.poll();
  const auto node = before.inventory.snapshot()->clusters.at(kCluster)->nodes.front();
  const Target target{entity_of(node->id), "zfs_degraded:pve1/tank"};
  alert::step(before.engine, alert::Condition{target, "zfs_degraded", alert::Truth::yes, Severity::critical, {}},
              before.now);
  REQUIRE(before.open_alert(EntityKind::node));
  before.engine.members.at(before.engine.member_at.at(target.entity)).conditions.clear();  // as after a start
  before.senses.recall(before.engine, *before.inventory.snapshot());
  for (int i = 0; i < 15; ++i) before.poll();
  CHECK_FALSE(before.open_alert(EntityKind::node));
}

}  // namespace monitorix::app

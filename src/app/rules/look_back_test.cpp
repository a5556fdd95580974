// Rules over a recorded past: samples through sealing and folding on a real database, and the engine fed with the same.

#include "app/rules/look_back.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "alert/engine.h"
#include "history/objects.h"
#include "history/seal.h"
#include "state/inventory.h"
#include "store/store_suite.h"

namespace monitorix::app {

using namespace store;  // the stand
using namespace std::chrono_literals;
using history::GuestColumn, history::kDaySeconds;

namespace {

constexpr std::int64_t kBegin = 20'612 * kDaySeconds, kEnd = kBegin + 2 * kDaySeconds + 1800;

WallTime at(std::int64_t seconds) { return from_seconds(seconds); }

Rule busy() {
  Rule rule{.name = "busy", .kind = RuleKind::metric, .metric = Metric::cpu_ratio, .comparison = Comparison::at_least};
  rule.selector.type = EntityKind::guest;
  rule.levels = {{.severity = Severity::warning, .threshold = 0.8}, {.severity = Severity::critical, .threshold = 0.9}};
  rule.confirm_for = 300s;
  rule.keep_for = 120s;
  return rule;
}

/// Some guests, each with the processor that a test gives it every ten seconds.
struct House {
  explicit House(int count) {
    must(recorder.open(at(kBegin)));
    const ClusterConfig cluster{.id = ClusterId{1}, .name = "oslo"};
    Node node;
    node.id = NodeId{4};
    node.cluster = cluster.id;
    node.name = "pve1";
    for (int i = 0; i < count; ++i) {
      Guest guest;
      guest.id = GuestId{10 + i};
      guest.cluster = cluster.id;
      guest.node = node.id;
      guest.vmid = 100 + i;
      guest.status = GuestStatus::running;
      guest.cpu_ratio = 0.1;
      guests.push_back(guest);
      series.push_back(recorder.series_for(history::SeriesKind::guest, history::object_key(guest), history::kGuestSet,
                                           10, at(kBegin)));
    }
    state::Inventory inventory;
    inventory.restore({cluster}, {node}, guests, {}, at(kBegin));
    world = inventory.snapshot();
  }
  /// In ratio * 100,000; below zero: the guest is off.
  void record(const std::function<std::int64_t(std::size_t guest, std::int64_t t)>& cpu) {
    for (std::int64_t t = kBegin; t < kEnd; t += 10) {
      std::vector<history::Sample> samples;
      for (std::size_t i = 0; i < series.size(); ++i) {
        const std::int64_t value = cpu(i, t);
        history::Row row;
        row.set(GuestColumn::status,
                static_cast<std::int64_t>(value < 0 ? history::SeriesStatus::stopped : history::SeriesStatus::up));
        if (value >= 0) row.set(GuestColumn::cpu, value);
        samples.push_back({series[i], row});
      }
      recorder.record(1, history::kGuestSet, at(t), samples);
      if (t % 3600 == 120) keep(t);
    }
    keep(kEnd);
  }
  void keep(std::int64_t now) {
    must(recorder.flush(at(now)));
    while (must(recorder.seal_some(at(now)))) {}
    while (must(recorder.fold_some(at(now)))) {}
  }
  api::RulePast ask(const Rule& rule, const LookBackLimits& limits = {}, const api::RuleFit& first = {}) {
    const auto look = look_back_of(
        {recorder, reader}, rule, *world, first, [](Entity) { return true; }, at(kEnd), limits);
    REQUIRE(look);
    return must(look());
  }

  SqliteStand stand{};
  std::unique_ptr<history::Keeper> keeper{open()};
  history::Recorder recorder{*keeper};
  history::Reader reader{*keeper, recorder};
  std::vector<Guest> guests{};
  std::vector<history::SeriesId> series{};
  state::SnapshotPtr world{};

 private:
  std::unique_ptr<history::Keeper> open() {
    (void)stand.open();
    return must(open_keeper(stand.options()));
  }
};

}  // namespace

TEST_CASE("a rule is told how often it would have fired, on whom, when and how badly") {
  House house(3);
  const std::int64_t busy_from = kBegin + 5 * 3600 + 3500;  // over an hour's end
  house.record([&](std::size_t guest, std::int64_t t) -> std::int64_t {
    if (guest == 1 && t >= busy_from && t < busy_from + 900) return t < busy_from + 450 ? 85'000 : 95'000;
    if (guest == 1 && t >= kBegin + kDaySeconds && t < kBegin + kDaySeconds + 200) return 99'000;  // too short
    if (guest == 2 && t >= kEnd - 1200) return 82'000;                                             // still
    return 10'000;
  });
  const api::RulePast past = house.ask(busy());
  CHECK(past.days == 7);
  REQUIRE(past.times == 2);
  CHECK(past.is_partial);  // of seven days there are two
  CHECK(past.left_out.empty());
  CHECK(past.episodes[0].entity == Entity{EntityKind::guest, 12});
  CHECK(past.episodes[0].severity == Severity::warning);
  CHECK(past.episodes[0].began == at(kEnd - 900));
  CHECK(!past.episodes[0].ended);
  CHECK(past.episodes[1].entity == Entity{EntityKind::guest, 11});
  CHECK(past.episodes[1].severity == Severity::critical);
  CHECK(past.episodes[1].began == at(busy_from + 300));
  CHECK(past.episodes[1].ended == at(busy_from + 900 + 120));
  CHECK(past.episodes[1].peak == doctest::Approx(0.95));
}

TEST_CASE("hours that were left out change nothing: the engine says the same of every sample") {
  House house(6);
  std::mt19937 random(4711);
  std::vector<double> value(6, 0.4);
  std::map<std::int64_t, std::vector<std::int64_t>> told;
  house.record([&](std::size_t guest, std::int64_t t) {
    auto& all = told[t];
    const double pull = 0.5 + 0.05 * static_cast<double>(guest);
    value[guest] += (static_cast<double>(random() % 2001) - 1000) / 15'000 + (pull - value[guest]) / 60;
    const bool is_off = guest == 3 && t / 7200 % 5 == 0;
    all.push_back(is_off ? -1 : std::clamp<std::int64_t>(std::llround(value[guest] * 1e5), 0, 100'000));
    return all.back();
  });
  Rule rule = busy();
  rule.min_delta = 0.02;
  const api::RulePast past = house.ask(rule);

  rule.id = RuleId{1};
  std::multiset<std::pair<std::int64_t, std::int64_t>> expected, got;  // guest, began
  for (std::size_t guest = 0; guest < 6; ++guest) {
    alert::State engine;
    const Entity entity = entity_of(house.guests[guest].id);
    const auto moment = [](std::int64_t t) { return alert::Now{alert::RunTime{std::chrono::seconds{t}}, at(t)}; };
    alert::step(engine, alert::PutRule{rule}, moment(kBegin - 10));
    alert::step(engine, alert::Placed{entity, {}, {}}, moment(kBegin - 10));
    bool was_firing = false;
    for (const auto& [t, all] : told) {
      alert::advance(engine, moment(t));
      if (all[guest] >= 0)
        alert::step(engine, alert::Sample{entity, Metric::cpu_ratio, static_cast<double>(all[guest]) * 1e-5},
                    moment(t));
      const bool is_firing = std::ranges::any_of(engine.alerts, [](const auto& one) {
        return one.second.row.state == AlertState::firing || one.second.row.state == AlertState::recovering;
      });
      if (is_firing && !was_firing) expected.emplace(entity.id, t);
      was_firing = is_firing;
    }
  }
  for (const auto& one : past.episodes) got.emplace(one.entity.id, to_seconds(one.began));
  CHECK(past.times == static_cast<std::int64_t>(expected.size()));
  CHECK(expected.size() > 10);
  CHECK(got == expected);
}

TEST_CASE("five-minute averages stand for samples that nobody kept, and the answer says that it is less exact") {
  House house(1);
  history::Rows rows(history::kGuestSet + history::kRollupOffset);
  const std::int64_t day = kBegin - 4 * kDaySeconds;
  for (std::int64_t t = day; t < day + kDaySeconds; t += 300) {
    rows.columns[0].values.push_back(t);
    const std::int64_t cpu = t >= day + 7200 && t < day + 9000 ? 93'000 : 20'000;
    for (const auto part : {history::Part::min, history::Part::avg, history::Part::max})
      push_value(rows, history::rollup_column(rows.set, GuestColumn::cpu, part), cpu);
  }
  settle(rows);
  const history::ChunkKey key{house.series[0], history::Resolution::fine, day};
  auto blob = must(history::encode_chunk(rows, history::window_of(key, rows.set), history::Origin::mixed,
                                         history::Packing::compressed));
  must(house.keeper->write({.chunks = {{key, std::move(blob)}}}));
  const api::RulePast past = house.ask(busy());
  REQUIRE(past.times == 1);
  CHECK(past.is_partial);
  CHECK(past.episodes[0].severity == Severity::critical);
  CHECK(past.episodes[0].began == at(day + 7500));
  CHECK(past.episodes[0].ended == at(day + 9000 + 120));
}

TEST_CASE("what there was no time or no record for is left out by name, and nothing is claimed of it") {
  House house(4);
  house.record([](std::size_t, std::int64_t t) { return t > kEnd - 1200 ? 99'000 : 1'000; });
  api::RuleFit first;
  first.matches = {{.target = {{EntityKind::guest, 13}, {}}}};
  const api::RulePast some = house.ask(busy(), {.objects = 1}, first);
  CHECK(some.times == 1);
  CHECK(some.episodes.front().entity.id == 13);  // what fires now comes first
  CHECK(some.left_out.size() == 3);
  CHECK(some.is_partial);
  const api::RulePast none = house.ask(busy(), {.budget = -1ms});
  CHECK(!none.times);
  CHECK(none.left_out.size() == 4);
  CHECK(none.is_partial);
  const api::RulePast few = house.ask(busy(), {.episodes = 2});
  CHECK(few.times == 4);
  CHECK(few.episodes.size() == 2);

  Rule rule = busy();
  rule.kind = RuleKind::check_state;
  CHECK(!look_back_of(
      {house.recorder, house.reader}, rule, *house.world, {}, [](Entity) { return true; }, at(kEnd)));
}

TEST_CASE("two may look back at a time") {
  const Turnstile door;
  int looked = 0;
  const api::LookBack inner = door.admit([&]() -> Result<api::RulePast> { return ++looked, api::RulePast{}; });
  const api::LookBack middle = door.admit([&]() -> Result<api::RulePast> {
    CHECK(!inner());
    return api::RulePast{};
  });
  const api::LookBack outer = door.admit([&]() -> Result<api::RulePast> { return middle(); });
  CHECK(outer());
  CHECK(looked == 0);
  CHECK(inner());
  CHECK(looked == 1);
}

}  // namespace monitorix::app

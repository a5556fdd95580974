#include "alert/kept/kept.h"

#include <doctest/doctest.h>

#include "alert/testing/house.h"

namespace monitorix::alert {
namespace {

/// What a database would hold.
struct Shelf {
  std::map<AlertId, KeptAlert> alerts{};
  std::map<IncidentId, Incident> incidents{};

  void take(const AlertBatch& batch) {
    for (const KeptAlert& one : batch.alerts) alerts[one.row.id] = one;
    for (const AlertId id : batch.vanished) alerts.erase(id);
    for (const Incident& one : batch.incidents) incidents[one.id] = one;
  }
  [[nodiscard]] KeptAlerts kept() const {
    KeptAlerts all;
    for (const auto& [id, one] : alerts) all.alerts.push_back(one);
    for (const auto& [id, one] : incidents) all.incidents.push_back(one);
    return all;
  }
};

/// A house whose engine may be stopped and started.
struct Restarting {
  const History& history;
  Stand stand;
  Shelf shelf{};
  std::vector<WantedMessage> told{};
  std::vector<Event> orders{};  ///< silences and windows, which are kept elsewhere

  explicit Restarting(const History& h) : history(h), stand(furnished(h)) {}

  void take(Outcome outcome) {
    shelf.take(batch_of(stand.state, outcome, stand.now()));
    for (WantedMessage& one : outcome.wanted) told.push_back(std::move(one));
  }
  void put(const Event& event) { take(step(stand.state, event, stand.now())); }
  void run_to(std::int64_t second) {
    while (stand.time() < second) {
      stand.run_to(stand.time() + 1, [&](Outcome outcome) { take(std::move(outcome)); });
    }
  }
  void restart() {
    State fresh;
    const Stand config = furnished(history);
    fresh.rules = config.state.rules;
    fresh.routes = config.state.routes;
    for (const auto& [id, channel] : config.state.channels) fresh.channels[id].policy = channel.policy;
    std::vector<Placed> places;
    for (const Member& member : stand.state.members)
      if (member.exists) places.push_back({member.entity, member.labels, member.needs});
    stand.state = std::move(fresh);
    for (const Event& order : orders) put(order);
    take(restore(stand.state, shelf.kept(), stand.now()));
    for (const Placed& place : places) put(place);
    take(resolve_orphans(stand.state, stand.now()));
  }
};

void check_told(const std::vector<WantedMessage>& told) {
  std::set<std::string> keys;
  std::map<std::pair<AlertId, ChannelId>, TellingKind> last;
  for (const WantedMessage& one : told) {
    REQUIRE(keys.insert(one.dedup_key).second);
    for (const MessageLine& line : one.lines) {
      if (line.kind == TellingKind::resolved) {
        REQUIRE(last.contains({line.alert, one.channel}));
        REQUIRE(last[{line.alert, one.channel}] != TellingKind::resolved);
      }
      if (line.kind == TellingKind::firing || line.kind == TellingKind::resolved)
        last[{line.alert, one.channel}] = line.kind;
    }
  }
}

}  // namespace

TEST_CASE(
    "an engine that is stopped at any moment goes on: one alert a pair, nothing told twice, no end without begin") {
  for (int i = 0; i < histories(150, 5); ++i) {
    const std::uint64_t seed = static_cast<std::uint64_t>(i) + 5'000'000;
    CAPTURE(seed);
    const History history = Weather(seed).make();
    Random random(seed);
    Restarting house(history);
    std::map<Entity, Standing> standing;
    std::size_t next = 0;
    for (int now = 1; now < history.end; ++now) {
      house.run_to(now);
      for (; next < history.acts.size() && history.acts[next].at <= now; ++next) {
        const auto event = meant_by(history.acts[next], house.stand);
        if (!event) continue;
        if (std::holds_alternative<PutSilence>(*event) || std::holds_alternative<PutWindow>(*event))
          house.orders.push_back(*event);
        if (const auto* report = std::get_if<Report>(&*event)) standing[report->entity] = report->standing;
        if (const auto* gone = std::get_if<Removed>(&*event)) standing.erase(gone->entity);
        house.put(*event);
      }
      if (chance(random, 0.01)) house.restart();
      std::set<std::pair<RuleId, Target>> open;
      for (const auto& [id, alert] : house.stand.state.alerts)
        if (alert.row.state != AlertState::resolved) REQUIRE(open.insert({alert.row.rule, alert.row.target}).second);
    }
    for (int k = 1; k < 10; ++k) {
      house.put(RemoveSilence{SilenceId{k}});
      house.put(RemoveWindow{WindowId{k}});
    }
    for (const auto& [entity, is] : standing) {  // all is well again
      house.run_to(house.stand.time() + 1);
      house.put(Report{.entity = entity, .standing = Standing::up, .started = house.stand.now().run});
    }
    house.run_to(house.stand.time() + 5400);
    check_told(house.told);
    for (const auto& [id, kept] : house.shelf.alerts) {
      if (kept.row.rule != kStateRule) continue;
      REQUIRE(kept.row.state == AlertState::resolved);
      for (const ChannelId channel : {kMail, kPager}) {  // who heard of its begin heard of its end
        std::optional<TellingKind> last;
        for (const WantedMessage& one : house.told)
          for (const MessageLine& line : one.lines)
            if (line.alert == id && one.channel == channel &&
                (line.kind == TellingKind::firing || line.kind == TellingKind::resolved))
              last = line.kind;
        if (last) REQUIRE(*last == TellingKind::resolved);
      }
    }
  }
}

TEST_CASE(
    "a wait for its time to hold goes on where it stood, and a clock that was set makes it neither longer nor "
    "shorter") {
  Stand stand;
  stand.put(PutRule{{.id = kStateRule, .kind = RuleKind::check_state, .confirm_for = seconds{100}}});
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  Shelf shelf;
  stand.run_to(60);
  const AlertId id = stand.open_alert(service(1))->id;
  shelf.alerts[id] = {stand.state.alerts.at(id).row, encode_plan(stand.state, stand.state.alerts.at(id), stand.now())};
  for (const std::int64_t shift : {0, -86'400, 400, 86'400}) {
    Stand later;
    later.put(PutRule{{.id = kStateRule, .kind = RuleKind::check_state, .confirm_for = seconds{100}}});
    later.run_to(70);
    later.wall_shift = seconds{shift};
    restore(later.state, shelf.kept(), later.now());
    later.place(service(1));
    CHECK(later.open_alert(service(1))->id == id);
    later.run_to(later.time() + (shift == 0 ? 29 : 39));
    CHECK(later.open_alert(service(1))->state == AlertState::pending);
    later.run_to(later.time() + 1);
    CHECK(later.open_alert(service(1))->state == AlertState::firing);
  }
}

TEST_CASE("the plan of an alert reads back as it was, and damaged text is refused") {
  Stand stand;
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  stand.run_to(50);
  const Tracked& alert = stand.state.alerts.begin()->second;
  const std::string text = encode_plan(stand.state, alert, stand.now());
  Plan plan;
  Pair pair;
  REQUIRE(decode_plan(text, stand.now(), plan, pair));
  Tracked again = alert;
  again.plan = plan;
  CHECK(encode_plan(stand.state, again, stand.now()) == text);
  Random random(1);
  int refused = 0;
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = text;
    damaged[random() % damaged.size()] = static_cast<char>(32 + random() % 90);
    if (chance(random, 0.3)) damaged.resize(random() % damaged.size());
    Plan other;
    Pair clocks;
    if (!decode_plan(damaged, stand.now(), other, clocks)) ++refused;
  }
  CHECK(refused > 1000);
}

TEST_CASE("what ended while nobody looked ends when somebody does, though the engine never heard that it began") {
  Stand stand;
  const RuleId rule{7};
  stand.put(PutRule{{.id = rule, .kind = RuleKind::pve_event, .condition = "zfs_degraded"}});
  stand.place(node(1));
  stand.put(Condition{{node(1), "tank"}, "zfs_degraded", Truth::yes, Severity::critical, {}});
  Shelf shelf;
  Outcome all;
  for (const auto& [id, alert] : stand.state.alerts) all.alerts.push_back(id);
  for (const auto& [id, group] : stand.state.groups) all.incidents.push_back(id);
  shelf.take(batch_of(stand.state, all, stand.now()));
  REQUIRE(shelf.alerts.size() == 1);
  Stand later;
  later.put(PutRule{{.id = rule, .kind = RuleKind::pve_event, .condition = "zfs_degraded"}});
  later.place(node(1));
  (void)restore(later.state, shelf.kept(), later.now());
  REQUIRE(later.open_alert(node(1)));
  later.put(Condition{{node(1), "backup"}, "zfs_degraded", Truth::no, Severity::critical, {}});
  CHECK(later.open_alert(node(1)));  // of another pool
  later.put(Condition{{node(1), "tank"}, "zfs_degraded", Truth::no, Severity::critical, {}});
  CHECK_FALSE(later.open_alert(node(1)));
}

}  // namespace monitorix::alert

#include "alert/engine.h"

#include <doctest/doctest.h>

#include "alert/debts.h"
#include "alert/testing/stand.h"

namespace monitorix::alert {
namespace {

using Texts = std::vector<std::string>;

/// A node with one guest that has one service; all of them well.
void furnish(Stand& stand) {
  stand.place(node(1));
  stand.place(guest(2), {node(1)});
  stand.place(service(3), {guest(2)});
  for (const Entity one : {node(1), guest(2), service(3)}) stand.report(one, Standing::up);
}

Rule metric_rule() {
  return {.id = RuleId{2},
          .name = "memory",
          .kind = RuleKind::metric,
          .metric = Metric::memory_ratio,
          .levels = {{.severity = Severity::warning, .threshold = 0.85, .clear = 0.8},
                     {.severity = Severity::critical, .threshold = 0.95, .clear = 0.9}},
          .confirm_for = seconds{60},
          .keep_for = seconds{30},
          .min_delta = 0.02,
          .cooldown = milliseconds{0}};
}

}  // namespace

TEST_CASE("the first critical outage of a quiet node is told at once, and its end once") {
  Stand stand;
  stand.place(node(1));
  stand.report(node(1), Standing::up);
  stand.run_to(10);
  stand.report(node(1), Standing::down);
  CHECK(stand.told() == Texts{"firing 1"});
  stand.run_to(100);
  stand.report(node(1), Standing::up);
  stand.run_to(200);
  CHECK(stand.told() == Texts{"firing 1", "resolved 1"});
  CHECK(stand.state.groups.begin()->second.row.state == IncidentState::resolved);
}

TEST_CASE("a node that takes its guest and service with it is one message down and one up, and one incident") {
  Stand stand;
  furnish(stand);
  stand.run_to(10);
  stand.report(service(3), Standing::down);  // sees it first
  stand.run_to(15);
  stand.report(node(1), Standing::soft_down);
  stand.report(guest(2), Standing::down);
  stand.run_to(25);
  stand.report(node(1), Standing::down);
  stand.run_to(300);
  CHECK(stand.told() == Texts{"firing 1"});
  CHECK(stand.state.groups.size() == 1);
  const Alert* below = stand.open_alert(service(3));
  REQUIRE(below);
  CHECK(below->held->kind == HoldKind::parent);
  CHECK(below->root_cause == stand.open_alert(node(1))->id);
  CHECK(stand.state.groups.begin()->second.row.root == below->root_cause);
  stand.report(node(1), Standing::up);
  stand.run_to(330);
  stand.report(guest(2), Standing::up);
  stand.run_to(360);
  stand.report(service(3), Standing::up);
  stand.run_to(1000);
  CHECK(stand.told() == Texts{"firing 1", "resolved 1"});
  CHECK(stand.state.groups.begin()->second.row.state == IncidentState::resolved);
}

TEST_CASE("a service that stays down after its node came back is told when nothing excuses it any more") {
  Stand stand;
  furnish(stand);
  stand.run_to(10);
  stand.report(node(1), Standing::down);
  stand.report(service(3), Standing::down);
  stand.run_to(100);
  stand.report(node(1), Standing::up);
  stand.report(guest(2), Standing::up);
  stand.run_to(400);
  CHECK(stand.told() == Texts{"firing 1", "resolved 1", "firing 3"});
  CHECK(stand.sent.back().at == 280);  // 60 s to settle, 120 s to boot
  REQUIRE(stand.sent.back().message.lines.front().was_held);
  CHECK(stand.sent.back().message.lines.front().was_held->kind == HoldKind::parent);
}

TEST_CASE("a reboot that nobody saw is known by the uptime") {
  Stand stand;
  furnish(stand);
  stand.run_to(60);
  stand.report(service(3), Standing::down);
  CHECK(std::count(stand.asked.begin(), stand.asked.end(), node(1)) == 1);
  stand.run_to(62);
  stand.report(node(1), Standing::up, seconds{20});
  stand.report(guest(2), Standing::up);
  stand.run_to(100);
  stand.report(service(3), Standing::up);
  stand.run_to(400);
  CHECK(stand.told().empty());
}

TEST_CASE("a redundancy group is lost with its last member only") {
  Stand stand;
  stand.place(node(1));
  stand.place(node(2));
  stand.put(Placed{service(3), {.name = "vip"}, {{{node(1), node(2)}}}});
  for (const Entity one : {node(1), node(2), service(3)}) stand.report(one, Standing::up);
  stand.run_to(10);
  stand.report(node(1), Standing::down);
  stand.report(service(3), Standing::down);
  stand.run_to(12);
  stand.report(node(2), Standing::up);
  stand.run_to(60);
  for (const std::string& text : stand.told()) CHECK(text != "firing 3");
  CHECK(stand.open_alert(service(3))->held == std::nullopt);
  stand.report(node(2), Standing::down);
  CHECK(stand.open_alert(service(3))->held->kind == HoldKind::parent);
}

TEST_CASE("needs in a circle hold nobody for ever") {
  Stand stand;
  stand.place(service(1), {service(2)});
  stand.place(service(2), {service(1)});
  stand.report(service(1), Standing::down);
  stand.report(service(2), Standing::down);
  stand.run_to(300);
  stand.report(service(1), Standing::up);
  stand.report(service(2), Standing::up);
  stand.run_to(600);
  CHECK(!stand.state.members[0].was_away);
  CHECK(!stand.state.members[1].was_away);
}

TEST_CASE("a number must hold, with two samples, and its severity moves within one alert") {
  Stand stand;
  stand.put(RemoveRule{kStateRule});
  stand.put(PutRule{metric_rule()});
  stand.place(guest(1));
  const auto sample = [&](double value) { stand.put(Sample{guest(1), Metric::memory_ratio, value}); };
  sample(0.99);
  stand.run_to(59);
  CHECK(stand.open_alert(guest(1))->state == AlertState::pending);
  stand.run_to(64);  // a gap shorter than "no data"
  sample(0.87);
  const Alert* alert = stand.open_alert(guest(1));
  CHECK(alert->state == AlertState::firing);
  CHECK(alert->severity == Severity::warning);
  stand.run_to(70);
  sample(0.96);
  stand.run_to(130);
  sample(0.96);
  CHECK(alert->severity == Severity::critical);
  stand.run_to(140);
  sample(0.89);  // clear, but not by two points
  CHECK(alert->severity == Severity::critical);
  stand.run_to(150);
  sample(0.87);
  CHECK(alert->severity == Severity::warning);
  stand.run_to(160);
  sample(0.5);
  CHECK(alert->state == AlertState::recovering);
  stand.run_to(195);
  sample(0.5);
  CHECK(alert->state == AlertState::resolved);
  stand.run_to(300);
  CHECK(stand.told() == Texts{"firing 1", "firing 1", "resolved 1"});
}

TEST_CASE("one sample raises nothing, however long it stays the last") {
  Stand stand;
  stand.put(PutRule{metric_rule()});
  stand.place(guest(1));
  stand.put(Sample{guest(1), Metric::memory_ratio, 1.0});
  stand.run_to(600);
  stand.put(Sample{guest(1), Metric::memory_ratio, 0.1});
  stand.run_to(700);
  CHECK(stand.told().empty());
  CHECK(stand.state.alerts.empty());
}

TEST_CASE("what is unknown opens nothing, resolves nothing and stops the clock") {
  Stand stand;
  Rule rule{.id = kStateRule, .kind = RuleKind::check_state, .confirm_for = seconds{60}};
  stand.put(PutRule{rule});
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  stand.run_to(30);
  stand.report(service(1), Standing::unknown);
  stand.run_to(500);
  CHECK(stand.open_alert(service(1))->state == AlertState::pending);
  stand.report(service(1), Standing::down);
  stand.run_to(529);
  CHECK(stand.open_alert(service(1))->state == AlertState::pending);
  stand.run_to(530);
  CHECK(stand.open_alert(service(1))->state == AlertState::firing);
  stand.report(service(1), Standing::unknown);
  stand.run_to(5000);
  CHECK(stand.open_alert(service(1))->state == AlertState::firing);
}

TEST_CASE("resolved by hand it is quiet for five minutes, and then a new alert if it still holds") {
  Stand stand;
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  const AlertId first = stand.open_alert(service(1))->id;
  stand.run_to(60);
  stand.put(ResolveByHand{first, "ann"});
  stand.run_to(359);
  CHECK(!stand.open_alert(service(1)));
  stand.run_to(360);
  REQUIRE(stand.open_alert(service(1)));
  CHECK(stand.open_alert(service(1))->id != first);
  CHECK(stand.alert(first).resolve_reason == ResolveReason::manual);
}

TEST_CASE("who goes takes their alerts along, and what waits to be told is called back") {
  Stand stand;
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  const AlertId id = stand.open_alert(service(1))->id;
  stand.put(Removed{service(1)});
  CHECK(stand.alert(id).resolve_reason == ResolveReason::deleted);
  CHECK(stand.cancelled == std::vector<AlertId>{id});
  stand.run_to(100);
  CHECK(stand.told() == Texts{"firing 1", "resolved 1"});
}

TEST_CASE("a guest that stops for its backup alarms nobody; the same stop without a task does") {
  Stand stand;
  furnish(stand);
  stand.run_to(100);
  stand.put(WorkBegan{guest(2), HoldKind::task, "vzdump", "UPID:pve1:1"});
  stand.report(guest(2), Standing::down);
  stand.report(service(3), Standing::down);
  stand.run_to(200);
  CHECK(stand.open_alert(guest(2))->held->kind == HoldKind::task);
  CHECK(stand.open_alert(guest(2))->held->ref == "UPID:pve1:1");
  stand.report(guest(2), Standing::up);
  stand.put(WorkEnded{guest(2), "UPID:pve1:1"});
  stand.run_to(230);
  stand.report(service(3), Standing::up);
  stand.run_to(600);
  CHECK(stand.told().empty());
  stand.report(guest(2), Standing::down);
  stand.run_to(700);
  CHECK(stand.told() == Texts{"firing 2"});
}

TEST_CASE("a task that never ends holds its time and no longer") {
  Stand stand;
  furnish(stand);
  stand.run_to(10);
  stand.put(WorkBegan{guest(2), HoldKind::lock, "snapshot", "snapshot"});
  stand.report(guest(2), Standing::down);
  stand.leap_to(6 * 3600 + 9);
  CHECK(stand.told().empty());
  stand.leap_to(6 * 3600 + 60);
  CHECK(stand.told() == Texts{"firing 2"});
}

TEST_CASE("an acknowledged alert is not repeated nor escalated until it gets worse") {
  Stand stand;
  stand.put(PutChannel{{.id = kPager, .burst = 1000}});
  stand.put(PutRoute{{.id = kRoute,
                      .name = "all",
                      .steps = {{.channels = {kMail}}, {.after = seconds{900}, .channels = {kPager}}},
                      .is_default = true}});
  stand.place(service(1));
  stand.report(service(1), Standing::degraded);
  stand.run_to(20);
  CHECK(stand.told() == Texts{"firing 1"});
  stand.put(Acknowledge{stand.open_alert(service(1))->id, {.by = "ann"}});
  CHECK(stand.state.groups.begin()->second.row.state == IncidentState::acknowledged);
  stand.leap_to(100'000);
  CHECK(stand.told().size() == 1);
  stand.report(service(1), Standing::down);
  stand.run_to(100'100);
  CHECK(!stand.open_alert(service(1))->ack);
  CHECK(stand.told() == Texts{"firing 1", "firing 1", "firing 1"});
  CHECK(stand.sent[2].message.channel == kPager);
}

TEST_CASE("a step that reached nobody is followed by the next one at once") {
  Stand stand;
  stand.put(PutChannel{{.id = kPager, .burst = 1000}});
  stand.put(PutRoute{{.id = kRoute,
                      .name = "all",
                      .steps = {{.channels = {kMail}}, {.after = seconds{900}, .channels = {kPager}}},
                      .is_default = true}});
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  stand.run_to(20);
  const AlertId alert = stand.open_alert(service(1))->id;
  const auto next = next_step_of(stand.state, stand.state.alerts.at(alert), stand.now());
  REQUIRE(next);
  CHECK(next->step == 1);
  CHECK(next->at == run_at(900));
  CHECK(next->channels == std::vector{kPager});
  stand.put(StepFailed{alert, 0});
  stand.run_to(22);  // the group has spoken a moment ago, but nobody heard it
  CHECK(stand.told() == Texts{"firing 1", "firing 1"});
  CHECK(stand.sent[1].message.channel == kPager);
  CHECK(!next_step_of(stand.state, stand.state.alerts.at(alert), stand.now()));
  stand.put(StepFailed{alert, 1});
  stand.leap_to(2000);
  CHECK(stand.told().size() == 2);
}

TEST_CASE("a step outside its hours waits for them, and says so") {
  Stand stand;
  stand.put(PutChannel{{.id = kPager, .burst = 1000}});
  // The clock of the stand shows 22:13:20 at its second 0.
  const WeekHours day{.from = std::chrono::hours{23}, .until = std::chrono::hours{24}};
  stand.put(PutRoute{{.id = kRoute,
                      .name = "all",
                      .steps = {{.channels = {kMail}}, {.after = seconds{600}, .channels = {kPager}, .hours = day}},
                      .is_default = true}});
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  stand.run_to(20);
  const AlertId alert = stand.open_alert(service(1))->id;
  const auto next = next_step_of(stand.state, stand.state.alerts.at(alert), stand.now());
  REQUIRE(next);
  CHECK(next->at == run_at(2800));
  stand.leap_to(2790);
  CHECK(stand.told().size() == 1);
  stand.leap_to(2900);
  CHECK(stand.told().size() == 2);
  CHECK(stand.sent[1].at == 2800);
  stand.put(Acknowledge{alert, {.by = "ann"}});
  CHECK(!next_step_of(stand.state, stand.state.alerts.at(alert), stand.now()));
}

TEST_CASE("reminders follow the severity and count themselves") {
  Stand stand;
  stand.place(service(1));
  stand.report(service(1), Standing::down);
  stand.leap_to(3600 * 9);
  CHECK(stand.told() == Texts{"firing 1", "reminder 1", "reminder 1"});
  CHECK(stand.sent[1].at == 4 * 3600);
  CHECK(stand.sent[1].message.repeat == 1);
  CHECK(stand.sent[2].message.repeat == 2);
  CHECK(stand.sent[1].message.dedup_key != stand.sent[2].message.dedup_key);
}

TEST_CASE("a day forward or back on the clock fires and resolves nothing") {
  Stand stand;
  furnish(stand);
  stand.run_to(50);
  stand.report(service(3), Standing::down);
  stand.run_to(100);
  const auto before = stand.told();
  for (const int days : {1, -1, -1, 1}) {
    stand.wall_shift += std::chrono::hours{24 * days};
    stand.run_to(stand.time() + 10);
  }
  CHECK(stand.told() == before);
  CHECK(stand.open_alert(service(3))->state == AlertState::firing);
}

TEST_CASE("two that fire together are one message, and the cause comes first") {
  Stand stand;
  stand.place(node(1));
  stand.place(guest(5), {node(1)});
  stand.place(guest(4), {node(1)});
  for (const Entity one : {node(1), guest(4), guest(5)}) stand.report(one, Standing::up);
  stand.run_to(10);
  stand.report(guest(5), Standing::down);
  stand.report(guest(4), Standing::down);
  stand.run_to(11);
  stand.report(node(1), Standing::up);
  stand.run_to(30);
  CHECK(stand.told() == Texts{"firing 5,4"});
}

}  // namespace monitorix::alert

#include "store/alert/alert_store.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using namespace std::chrono_literals;

const WallTime kNoon = from_ms(1'790'000'000'000);

KeptAlert some_alert(std::int64_t id, std::int64_t service) {
  KeptAlert kept;
  Alert& row = kept.row;
  row.id = AlertId{id};
  row.rule = RuleId{3};
  row.target = {{EntityKind::service, service}, "certificate:0"};
  row.state = AlertState::firing;
  row.severity = Severity::critical;
  row.opened_at = row.since = kNoon;
  row.last_true_at = kNoon + 5s;
  row.root_cause = AlertId{1};
  row.ack = Acknowledgement{"ann", "on it «now»", kNoon + 1s, kNoon + 1h, true};
  row.held = Held{HoldKind::task, "UPID:pve1:1", kNoon, {}};
  row.flap_score = 1.9375;
  row.flap_at = kNoon;
  row.value = 0.953;
  row.threshold = 0.95;
  row.evidence = "conn_refused";
  row.incident = IncidentId{1};
  row.reopen_count = 2;
  row.version = 7;
  kept.plan = R"({"v":1})";
  return kept;
}

Incident some_incident(std::int64_t id, std::vector<AlertId> alerts) {
  return {.id = IncidentId{id},
          .route = RouteId{2},
          .scope = {EntityKind::node, 4},
          .root = alerts.empty() ? AlertId{} : alerts.front(),
          .severity = Severity::critical,
          .opened_at = kNoon,
          .alerts = std::move(alerts),
          .version = 3};
}

Rule some_rule(RouteId route) {
  Rule rule{.name = "memory of «web»", .is_active = false, .kind = RuleKind::metric};
  rule.selector = {EntityKind::guest, {{EntityKind::guest, 7}}, {ClusterId{1}}, {"gold"}, {"a", "b"}};
  rule.metric = Metric::memory_ratio;
  rule.severity = Severity::info;
  rule.comparison = Comparison::at_least;
  rule.levels = {{Severity::warning, 0.1 + 0.2, 0.25, 5min}, {Severity::critical, 0.95, {}, {}}};
  rule.confirm_for = 5min;
  rule.keep_for = 2min;
  rule.min_delta = 0.02;
  rule.absent = Absent::alert;
  rule.no_data = NoData::resolve;
  rule.route = route;
  rule.exceptions = {{{EntityKind::guest, {}, {}, {}, {"dev"}}, true, {}},
                     {{}, false, {{Severity::warning, 0.5, {}, {}}}}};
  rule.key = "guest_memory";
  return rule;
}

}  // namespace

ON_BOTH_ENGINES("alerts, incidents and their timeline come back as they were written") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  const KeptAlert first = some_alert(1, 10), second = some_alert(2, 11);
  const Incident incident = some_incident(1, {AlertId{1}, AlertId{2}});
  const std::vector<Happening> happenings{{IncidentId{1}, AlertId{1}, HappeningKind::opened, kNoon, "conn_refused"},
                                          {IncidentId{1}, AlertId{1}, HappeningKind::told, kNoon, "firing 1"}};
  must(alerts.save({.alerts = {first, second}, .incidents = {incident}, .happenings = happenings}));
  const KeptAlerts kept = must(alerts.kept(kNoon));
  CHECK(kept.alerts == std::vector{first, second});
  CHECK(kept.incidents == std::vector{incident});
  CHECK(kept.next_alert == 3);
  CHECK(kept.next_incident == 2);
  CHECK(must(alerts.timeline(IncidentId{1}, 10)) == happenings);
  CHECK(must(alerts.alerts_of(IncidentId{1})).size() == 2);
  CHECK(must(alerts.alerts(AlertId{}, 10)).front() == second.row);
  CHECK(must(alerts.alerts(AlertId{2}, 10)).front() == first.row);
}

ON_BOTH_ENGINES("of a rule and a target one alert at most is open, and the next begins in the batch that ends it") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  KeptAlert first = some_alert(1, 10), again = some_alert(2, 10);
  must(alerts.save({.alerts = {first}}));
  CHECK(!alerts.save({.alerts = {some_alert(5, 12), again}}));
  CHECK(must(alerts.alerts(AlertId{}, 10)).size() == 1);  // nothing of the batch is left
  first.row.state = AlertState::resolved;
  first.row.resolve_reason = ResolveReason::condition;
  first.row.resolved_at = kNoon + 1min;
  must(alerts.save({.alerts = {again, first}}));
  CHECK(must(alerts.kept(kNoon + 2min)).alerts == std::vector{again});
  CHECK(must(alerts.kept(kNoon)).alerts == std::vector{first, again});
}

ON_BOTH_ENGINES("what nobody was told of leaves no row, and an incident that joined another one neither") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  must(alerts.save({.alerts = {some_alert(1, 10)}, .incidents = {some_incident(1, {AlertId{1}})}}));
  must(alerts.save({.vanished = {AlertId{1}}, .incidents = {some_incident(1, {})}}));
  CHECK(must(alerts.alerts(AlertId{}, 10)).empty());
  CHECK(must(alerts.incidents(IncidentId{}, 10)).empty());
}

ON_BOTH_ENGINES("what ended long ago is erased in steps, and what is open stays") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  for (std::int64_t id = 1; id <= 5; ++id) {
    KeptAlert one = some_alert(id, id);
    Incident incident = some_incident(id, {AlertId{id}});
    one.row.incident = incident.id;
    if (id < 5) {
      one.row.state = AlertState::resolved;
      incident.state = IncidentState::resolved;
      one.row.resolved_at = incident.resolved_at = kNoon + std::chrono::minutes{id};
    }
    must(alerts.save({.alerts = {one},
                      .incidents = {incident},
                      .happenings = {{incident.id, one.row.id, HappeningKind::opened, kNoon, ""}}}));
  }
  CHECK(must(alerts.erase(kNoon + 4min, 2)) == 4);
  CHECK(must(alerts.erase(kNoon + 4min, 2)) == 2);
  CHECK(must(alerts.erase(kNoon + 4min, 2)) == 0);
  CHECK(must(alerts.alerts(AlertId{}, 10)).size() == 2);
  CHECK(must(alerts.timeline(IncidentId{1}, 10)).empty());
  CHECK(must(alerts.timeline(IncidentId{5}, 10)).size() == 1);
}

ON_BOTH_ENGINES("rules, silences and windows keep every choice, and a change of an old form is refused") {
  const Stand stand;
  const auto store = stand.open();
  AlertStore& alerts = store->alerts();
  const RouteId route = must(alerts.create(Route{.name = "everybody", .steps = {{.is_to_all = true}}}, kNoon)).item.id;
  auto rule = must(alerts.create(some_rule(route), kNoon));
  CHECK(!alerts.create(some_rule(route), kNoon));  // its key is taken
  Rule expected = some_rule(route);
  expected.id = rule.item.id;
  CHECK(must(alerts.rules()).front().item == expected);
  expected.name = "memory";
  rule = must(alerts.update(expected, rule.version, kNoon + 1s));
  CHECK(rule.version == 2);
  CHECK(rule.item == expected);
  CHECK(alerts.update(expected, 1, kNoon).error().code == Errc::conflict);
  must(alerts.remove(expected.id));
  CHECK(alerts.remove(expected.id).error().code == Errc::not_found);
  CHECK(alerts.update(expected, 0, kNoon).error().code == Errc::not_found);

  Silence silence{.matchers = {{"name", "web*", true}, {"tag", "dev", false}},
                  .alert = AlertId{4},
                  .starts_at = kNoon,
                  .ends_at = kNoon + 1h,
                  .until_resolved = true,
                  .author = "ann",
                  .comment = "moving «it»"};
  silence.id = must(alerts.create(silence, kNoon)).item.id;
  CHECK(must(alerts.silences()).front().item == silence);
  Window window{.name = "patch night",
                .starts_at = kNoon,
                .duration = 2h,
                .rrule = "FREQ=MONTHLY;BYDAY=2TU",
                .time_zone = "Europe/Oslo",
                .mute = Mute::all,
                .ceiling = Severity::warning,
                .author = "bo"};
  window.selector.tags = {"prod"};
  window.id = must(alerts.create(window, kNoon)).item.id;
  CHECK(must(alerts.windows()).front().item == window);
  must(alerts.remove(silence.id));
  must(alerts.remove(window.id));
  CHECK(must(alerts.silences()).empty());
  CHECK(must(alerts.windows()).empty());
}

}  // namespace monitorix::store

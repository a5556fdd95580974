#include "api/alerts/incident_list.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <functional>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;

namespace {

using namespace std::chrono_literals;

Alert alert_of(std::int64_t id, std::int64_t node, AlertState state, WallTime at) {
  Alert alert{.id = AlertId{id}, .rule = RuleId{1}, .target = {{EntityKind::node, node}, std::to_string(id)}};
  alert.state = state;
  alert.opened_at = alert.since = alert.last_true_at = at;
  if (state == AlertState::resolved) alert.resolved_at = at;
  alert.incident = IncidentId{id};
  return alert;
}

/// Incidents 1..n that are over, each with one alert of its own.
void keep_past(House& house, std::int64_t count, std::int64_t node) {
  AlertBatch batch;
  const WallTime now = house.clock.wall();
  for (std::int64_t id = 1; id <= count; ++id) {
    batch.alerts.push_back({alert_of(id, node, AlertState::resolved, now), "{}"});
    Incident incident{.id = IncidentId{id}, .scope = {EntityKind::node, node}, .root = AlertId{id}};
    incident.state = IncidentState::resolved;
    incident.opened_at = now;
    incident.resolved_at = now;
    incident.alerts = {AlertId{id}};
    batch.incidents.push_back(std::move(incident));
  }
  REQUIRE(house.store->alerts().save(batch));
}

/// What is wrong now, as app/ draws it; nothing of it is in the store.
void go_wrong(House& house, std::vector<std::int64_t> ids, std::int64_t node) {
  auto picture = std::make_shared<state::AlertPicture>();
  for (const std::int64_t id : ids) {
    auto view = std::make_shared<state::IncidentView>();
    view->id = view->row.id = IncidentId{id};
    view->row.root = AlertId{id};
    view->row.opened_at = view->updated_at = house.clock.wall();
    auto alert = std::make_shared<state::AlertView>();
    alert->row = alert_of(id, node, AlertState::firing, house.clock.wall());
    alert->name = "pve1";
    view->alerts.push_back(std::move(alert));
    picture->incidents.push_back(std::move(view));
  }
  house.on_loop([&] { house.inventory.set_alerts(picture, house.clock.wall()); });
}

std::vector<std::int64_t> page_through(House& house, const std::string& query) {
  std::vector<std::int64_t> ids;
  std::string cursor;
  do {
    const auto page = Json::parse(house.as(house.admin(), "GET", "/api/incidents?" + query + cursor).body);
    REQUIRE(page);
    for (const Json& one : *page->find("items")->as_array()) ids.push_back(std::stoll(*one.find("id")->as_string()));
    const auto* next = page->find("next_cursor")->as_string();
    cursor = next ? "&cursor=" + *next : "";
  } while (!cursor.empty());
  return ids;
}

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  return settings;
}

}  // namespace

TEST_CASE("incidents are read page by page, each once and newest first, stored already or not") {
  House house(generous());
  (void)house.cluster();
  const auto node = house.inventory.snapshot()->clusters.begin()->second->nodes.front()->id.value;
  keep_past(house, 250, node);
  go_wrong(house, {120, 251, 252}, node);
  std::vector<std::int64_t> expected;
  for (std::int64_t id = 252; id > 0; --id) expected.push_back(id);
  for (const std::string limit : {"7", "100", "1000"}) CHECK(page_through(house, "limit=" + limit) == expected);
  CHECK(page_through(house, "limit=2&state=open&state=acknowledged") == std::vector<std::int64_t>{252, 251, 120});
  expected.erase(std::ranges::find(expected, 120));
  expected.erase(expected.begin(), expected.begin() + 2);
  CHECK(page_through(house, "limit=60&state=resolved") == expected);
  const auto counted = Json::parse(house.as(house.admin(), "GET", "/api/incidents?limit=3&count=true").body);
  REQUIRE(counted);
  CHECK(*counted->find("total")->as_int() == 252);
  CHECK(house.as(house.admin(), "GET", "/api/incidents?cursor=nonsense").status == 400);
}

TEST_CASE("alerts in an envelope are read page by page, each once and newest first") {
  House house(generous());
  (void)house.cluster();
  keep_past(house, 130, house.inventory.snapshot()->clusters.begin()->second->nodes.front()->id.value);
  std::vector<std::int64_t> ids;
  std::string cursor;
  do {
    const auto page =
        Json::parse(house.as(house.admin(), "GET", "/api/alerts?resolved=true&limit=50&envelope=true" + cursor).body);
    REQUIRE(page);
    for (const Json& one : *page->find("items")->as_array()) ids.push_back(std::stoll(*one.find("id")->as_string()));
    const auto* next = page->find("next_cursor")->as_string();
    cursor = next ? "&cursor=" + *next : "";
  } while (!cursor.empty());
  REQUIRE(ids.size() == 130);
  CHECK(std::ranges::is_sorted(ids, std::greater{}));
  CHECK(ids.front() == 130);
  const auto bare = house.as(house.admin(), "GET", "/api/alerts?limit=50");
  CHECK(bare.header("X-Total-Count") == "130");
}

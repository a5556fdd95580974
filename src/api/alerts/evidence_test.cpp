#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;

TEST_CASE("the evidence of a service's alert is what its checks answered, for those who may see the service") {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  House house(settings);
  const auto token = house.admin();
  const auto id = house
                      .as(token, "POST", "/api/services",
                          R"({"name":"shop","type":"https","target":"https://dead.example/","retries":0})")
                      .text("id");
  for (int n = 0; n < 3; ++n) {
    (void)house.as(token, "POST", "/api/services/" + id + "/check");
    house.on_loop([&] {
      house.clock.advance(std::chrono::minutes{1});
      house.show();
    });
  }
  Alert alert{.id = AlertId{1}, .rule = RuleId{1}, .target = {{EntityKind::service, std::stoll(id)}, {}}};
  alert.state = AlertState::firing;
  alert.opened_at = alert.since = alert.last_true_at = house.clock.wall();
  alert.incident = IncidentId{1};
  REQUIRE(house.store->alerts().save(AlertBatch{.alerts = {{alert, "{}"}}}));
  const auto shown = house.as(token, "GET", "/api/alerts/1/evidence");
  REQUIRE(shown.status == 200);
  const auto evidence = Json::parse(shown.body);
  REQUIRE(evidence);
  const auto& checks = *evidence->find("checks")->as_array();
  REQUIRE(!checks.empty());
  CHECK(checks.size() < 3);  // the same answer again is no news
  CHECK(*checks.front().find("service_id")->as_string() == id);
  CHECK(*checks.front().find("status")->as_string() == "down");
  CHECK(!checks.front().find("reason")->as_string()->empty());
  CHECK(shown.body.find("canary") == std::string::npos);  // what it saw is asked for by itself
}

#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"

namespace monitorix::api::testing {
namespace {

constexpr const char* kPaths = "/api/escalations";
constexpr const char* kEverybody = R"({"name":"All","steps":[{"after_minutes":0,"all_channels":true}]})";

std::string errors_of(const Reply& reply) {
  const auto json = Json::parse(reply.body);
  std::string out;
  if (!json || json->find("errors") == nullptr) return out;
  for (const Json& one : *json->find("errors")->as_array()) out += *one.find("field")->as_string() + " ";
  return out;
}

/// Two channels, 1 and 2, and a path to all of them.
void furnish(House& house) {
  for (const char* name : {"mail", "pager"})
    REQUIRE(house
                .as(house.admin(), "POST", "/api/notification-channels",
                    R"({"name":")" + std::string(name) + R"(","type":"slack","webhook_url":"https://h.example/x"})")
                .status == 201);
  REQUIRE(house.as(house.admin(), "POST", kPaths, kEverybody).status == 201);
}

std::string steps(const std::string& them) { return R"({"name":"On call","steps":[)" + them + "]}"; }

}  // namespace

TEST_CASE("a path is shown as it was given, and the engine hears of each change") {
  House house;
  furnish(house);
  const auto admin = house.admin();
  const auto made = house.as(
      admin, "POST", kPaths,
      R"({"name":"On call","steps":[{"after_minutes":0,"channel_ids":["1"]},{"after_minutes":15,"channel_ids":["2","1"],)"
      R"("min_severity":"critical","time_window":{"days":["SU","MO"],"from":"22:30","to":"07:00","time_zone":"Europe/Oslo"}}],)"
      R"("repeat_last_minutes":30})");
  REQUIRE_MESSAGE(made.status == 201, made.body);
  CHECK(made.header("Location") == "/api/escalations/2");
  CHECK(made.body.find(R"("time_window":{"days":["MO","SU"],"from":"22:30","to":"07:00","time_zone":"Europe/Oslo"})") !=
        std::string::npos);
  CHECK(made.body.find(R"("channel_ids":["2","1"],"min_severity":"critical")") != std::string::npos);
  CHECK(made.body.find(R"("repeat_last_minutes":30,"is_default":false,"rule_count":0)") != std::string::npos);
  REQUIRE(house.routes.size() == 2);
  CHECK(house.routes[0].is_default);
  CHECK(house.routes[1].steps.at(1).after == std::chrono::minutes{15});
  CHECK(house.routes[1].steps.at(1).hours->days == 0x41);

  const auto one = house.as(admin, "GET", "/api/escalations/2");
  const std::string tag = one.header("ETag");
  CHECK(house.as(admin, "PUT", "/api/escalations/2", R"({"is_default":true})", {{"If-Match", tag}}).status == 200);
  CHECK(house.as(admin, "PUT", "/api/escalations/2", R"({"name":"x"})", {{"If-Match", tag}}).status == 412);
  CHECK(house.routes[1].is_default);
  CHECK_FALSE(house.routes[0].is_default);
  CHECK(house.as(admin, "DELETE", "/api/escalations/1").status == 204);
  CHECK(house.routes.size() == 1);
  const auto log = house.as(admin, "GET", "/api/audit-logs").body;
  for (const char* deed : {R"("action":"create")", R"("action":"update")", R"("action":"delete")"})
    CHECK(log.find(std::string(deed)) != std::string::npos);
  CHECK(log.find(R"("resource_type":"escalation")") != std::string::npos);
}

TEST_CASE("what cannot be meant is refused at its field") {
  House house;
  furnish(house);
  const auto refused = [&](const std::string& body, const std::string& fields) {
    const auto reply = house.as(house.admin(), "POST", kPaths, body);
    CHECK_MESSAGE(reply.status == 422, body);
    CHECK_MESSAGE(errors_of(reply) == fields, reply.body);
  };
  refused(R"({"name":"x"})", "steps ");
  refused(steps(R"({"after_minutes":0})"), "steps[0].channel_ids ");
  refused(steps(R"({"after_minutes":0,"channel_ids":[]})"), "steps[0].channel_ids ");
  refused(steps(R"({"after_minutes":0,"channel_ids":["3"]})"), "steps[0].channel_ids ");
  refused(steps(R"({"after_minutes":0,"all_channels":true,"channel_ids":["1"]})"), "steps[0].channel_ids ");
  refused(steps(R"({"channel_ids":["1"]})"), "steps[0].after_minutes ");
  refused(steps(R"({"after_minutes":5,"channel_ids":["1"]},{"after_minutes":4,"channel_ids":["2"]})"),
          "steps[1].after_minutes ");
  refused(steps(R"({"after_minutes":0,"channel_ids":["1"],"min_severity":"bad"})"), "steps[0].min_severity ");
  const auto hours = [&](const std::string& window) {
    return steps(R"({"after_minutes":0,"channel_ids":["1"],"time_window":)" + window + "}");
  };
  refused(hours(R"({"from":"22:00"})"), "steps[0].time_window.to ");
  refused(hours(R"({"from":"22:60","to":"24:01"})"), "steps[0].time_window.from steps[0].time_window.to ");
  refused(hours(R"({"from":"24:00","to":"2a:00"})"), "steps[0].time_window.to steps[0].time_window.from ");
  refused(hours(R"({"from":"22:00","to":"07:00","days":[]})"), "steps[0].time_window.days ");
  refused(hours(R"({"from":"22:00","to":"07:00","days":["XX"]})"), "steps[0].time_window.days ");
  refused(R"({"name":"x","steps":[{"after_minutes":0,"channel_ids":["1"]}],"repeat_last_minutes":0})",
          "repeat_last_minutes ");
  const auto turned = house.as(house.admin(), "PUT", "/api/escalations/1", R"({"is_default":false})");
  CHECK(turned.status == 422);
  CHECK(errors_of(turned) == "is_default ");
  CHECK(house.routes.size() == 1);
}

TEST_CASE("a path that is needed stays: the default one, and one that rules take") {
  House house;
  furnish(house);
  const auto admin = house.admin();
  REQUIRE(house.as(admin, "POST", kPaths, steps(R"({"after_minutes":0,"channel_ids":["1"]})")).status == 201);
  const auto first = house.as(admin, "DELETE", "/api/escalations/1");
  CHECK(first.status == 409);
  CHECK(first.text("code") == "path_is_default");
  const auto rule = house.as(admin, "POST", "/api/alert-rules", R"({"name":"web","route_id":"2"})");
  REQUIRE_MESSAGE(rule.status == 201, rule.body);
  CHECK(rule.text("route_id") == "2");
  CHECK(house.as(admin, "GET", "/api/escalations/2").body.find(R"("rule_count":1)") != std::string::npos);
  const auto used = house.as(admin, "DELETE", "/api/escalations/2");
  CHECK(used.status == 409);
  CHECK(used.text("code") == "path_in_use");
  CHECK(used.text("detail").find("rules take this path") != std::string::npos);
  const auto path = "/api/alert-rules/" + rule.text("id");
  const auto nowhere = house.as(admin, "PUT", path, R"({"route_id":"9"})");
  CHECK(nowhere.status == 422);
  CHECK(errors_of(nowhere) == "route_id ");
  CHECK(house.as(admin, "PUT", path, R"({"route_id":null})").body.find(R"("route_id":null)") != std::string::npos);
  CHECK(house.as(admin, "DELETE", "/api/escalations/2").status == 204);
}

TEST_CASE("a channel leaves the paths with its removal, unless a step would tell nobody") {
  House house;
  furnish(house);
  const auto admin = house.admin();
  const auto made =
      house.as(admin, "POST", kPaths,
               steps(R"({"after_minutes":0,"channel_ids":["1","2"]},{"after_minutes":5,"channel_ids":["2"]})"));
  REQUIRE(made.status == 201);
  const auto kept = house.as(admin, "DELETE", "/api/notification-channels/2");
  CHECK(kept.status == 409);
  CHECK(kept.text("code") == "channel_in_use");
  CHECK(kept.text("detail").find("step 2 of the escalation path On call") != std::string::npos);
  CHECK(house.as(admin, "DELETE", "/api/notification-channels/1").status == 204);
  const auto left = house.as(admin, "GET", "/api/escalations/2").body;
  CHECK(left.find(R"("channel_ids":["1")") == std::string::npos);
  CHECK(left.find(R"("after_minutes":0,"all_channels":false,"channel_ids":["2"])") != std::string::npos);
}

}  // namespace monitorix::api::testing

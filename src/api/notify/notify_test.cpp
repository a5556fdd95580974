#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"

namespace monitorix::api::testing {
namespace {

constexpr const char* kChannels = "/api/notification-channels";

std::string errors_of(const Reply& reply) {
  const auto json = Json::parse(reply.body);
  std::string out;
  if (!json || json->find("errors") == nullptr) return out;
  for (const Json& one : *json->find("errors")->as_array()) out += *one.find("field")->as_string() + " ";
  return out;
}

}  // namespace

TEST_CASE("what opens a channel is never shown, to nobody") {
  House house;
  const auto admin = house.admin();
  const auto made = house.as(admin, "POST", kChannels,
                             R"({"name":"chat","type":"slack","webhook_url":"https://hooks.example/canary-1/x"})");
  REQUIRE(made.status == 201);
  CHECK(made.text("webhook_url") == "https://hooks.example/…");
  const auto mail = house.as(
      admin, "POST", kChannels,
      R"({"name":"mail","type":"email","settings":{"host":"mx.example","user":"u","password":"canary-2","from":"a@b.c","to":"d@e.f"}})");
  REQUIRE(mail.status == 201);
  CHECK(mail.body.find(R"("secrets":["password"])") != std::string::npos);
  const auto hook = house.as(
      admin, "POST", "/api/webhooks",
      R"({"name":"hook","url":"https://h.example/canary-3","secret":"canary-4","headers":[{"name":"X-Key","value":"canary-5"}]})");
  REQUIRE(hook.status == 201);
  for (const char* path : {kChannels, "/api/webhooks", "/api/notification-channels/1", "/api/notification-channels/2",
                           "/api/notification-channels/3", "/api/webhooks/3", "/api/notifications", "/api/audit-logs",
                           "/api/notification-channels/3/preview", "/api/settings"}) {
    const auto shown = house.as(admin, "GET", path);
    CHECK(shown.status == 200);
    CHECK_MESSAGE(shown.body.find("canary") == std::string::npos, path);
  }
  CHECK(house.as(admin, "GET", "/api/webhooks/1").status == 404);  // that is a chat
}

TEST_CASE("a secret stays when it is not given, and is asked for when it would go elsewhere") {
  House house;
  const auto admin = house.admin();
  REQUIRE(house
              .as(admin, "POST", kChannels,
                  R"({"name":"push","type":"gotify","settings":{"server":"https://a.example","token":"t-1"}})")
              .status == 201);
  const std::string path = std::string(kChannels) + "/1";
  CHECK(house.as(admin, "PUT", path, R"({"name":"other"})").status == 200);
  CHECK(house.store->outbox().channel(ChannelId{1})->channel.secrets.at("token").reveal() == "t-1");
  const auto moved = house.as(admin, "PUT", path, R"({"settings":{"server":"https://evil.example"}})");
  CHECK(moved.status == 422);
  CHECK(errors_of(moved) == "settings.token ");
  CHECK(house.as(admin, "PUT", path, R"({"settings":{"server":"https://b.example","token":"t-2"}})").status == 200);
  CHECK(house.store->outbox().channel(ChannelId{1})->channel.secrets.at("token").reveal() == "t-2");
  CHECK(house.as(admin, "PUT", path, R"({"type":"ntfy"})").status == 422);
  CHECK(house.as(admin, "PUT", path, R"({"settings":{"tokn":"x"}})").status == 422);
  REQUIRE(
      house
          .as(admin, "POST", "/api/webhooks",
              R"({"name":"hook","url":"https://h.example/in","secret":"s-1","headers":[{"name":"X-Key","value":"k"}]})")
          .status == 201);
  const auto turned = house.as(admin, "PUT", "/api/webhooks/2", R"({"url":"https://evil.example/in"})");
  CHECK(turned.status == 422);
  CHECK(errors_of(turned) == "headers secret ");
}

TEST_CASE("what a receiver said is for editors; what it meant is for everybody") {
  House house;
  const auto admin = house.admin();
  REQUIRE(
      house.as(admin, "POST", kChannels, R"({"name":"c","type":"slack","webhook_url":"https://h.example/x"})").status ==
      201);
  REQUIRE(house.as(admin, "POST", "/api/notifications", R"({"title":"one","key":"k"})").status == 202);
  store::Turn turn{.channel = ChannelId{1}, .owner = "test", .now = house.clock.wall()};
  const auto row = house.store->outbox().take_turn(turn)->next;
  REQUIRE(row);
  turn.takes_next = false;
  turn.settled = store::Settled{.id = row->id, .fence = row->fence, .channel = ChannelId{1}};
  turn.settled->result = {.outcome = Sent::never, .said = "answered with status 404", .answer = "their words"};
  REQUIRE(house.store->outbox().take_turn(turn));
  const auto to_viewer = house.as(house.token_of("viewer"), "GET", "/api/notifications?state=dead").body;
  CHECK(to_viewer.find("status 404") != std::string::npos);
  CHECK(to_viewer.find("their words") == std::string::npos);
  CHECK(house.as(house.token_of("editor"), "GET", "/api/notifications").body.find("their words") != std::string::npos);
}

TEST_CASE("a message by hand goes to the channels that want it, once") {
  House house;
  const auto admin = house.admin();
  REQUIRE(house
              .as(admin, "POST", kChannels,
                  R"({"name":"all","type":"slack","webhook_url":"https://a.example/x","send_resolved":false})")
              .status == 201);
  REQUIRE(house
              .as(admin, "POST", kChannels,
                  R"({"name":"hot","type":"slack","webhook_url":"https://b.example/x","severity_filter":["critical"]})")
              .status == 201);
  const auto ids = [&](const std::string& body) {
    const auto reply = house.as(admin, "POST", "/api/notifications", body);
    CHECK(reply.status == 202);
    std::string out;
    const auto json = Json::parse(reply.body);
    for (const Json& id : *json->find("notification_ids")->as_array()) out += *id.as_string() + " ";
    return out;
  };
  CHECK(ids(R"({"title":"a","key":"k","severity":"critical"})") == "1 2 ");
  CHECK(ids(R"({"title":"a","key":"k","severity":"critical"})") == "1 2 ");
  CHECK(ids(R"({"title":"b","key":"l","severity":"info"})") == "3 ");
  CHECK(ids(R"({"title":"a","key":"k","severity":"critical","kind":"resolved"})") == "4 ");
  CHECK(ids(R"({"title":"c","key":"m","severity":"critical","channel_ids":["2"]})") == "5 ");
  CHECK(house.as(admin, "POST", "/api/notifications", R"({"title":"x","channel_ids":["9"]})").status == 422);
  CHECK(house.as(admin, "POST", "/api/notifications", R"({"title":"x","kind":"resolved"})").status == 422);
  CHECK(house.as(admin, "POST", "/api/notifications", R"({"title":"x","link":"javascript:1"})").status == 422);
}

}  // namespace monitorix::api::testing

// API keys over the whole service (S17): what they open, and how they end.
#include <doctest/doctest.h>
#include <regex>
#include <thread>

#include "api/auth/api_key.h"
#include "api/testing/house.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using testing::House;
using testing::Reply;

Reply make(House& house, const std::string& token, const std::string& scopes, const std::string& more = {}) {
  return house.as(token, "POST", "/api/api-keys", R"({"name":"script","scopes":[)" + scopes + "]" + more + "}");
}

TEST_CASE("the form of an API key is recognised, and no two are alike") {
  const FreshKey one = make_api_key(), two = make_api_key();
  CHECK(std::regex_match(one.text.reveal(), std::regex("mx_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")));
  CHECK(is_api_key(one.text.reveal()));
  CHECK(one.text.reveal().starts_with(one.prefix + "_"));
  CHECK(one.hash == api_key_hash(one.text.reveal()));
  CHECK(one.hash != two.hash);
  for (const auto& wrong : {one.text.reveal() + "A", one.text.reveal().substr(1),
                            "mx_" + one.text.reveal().substr(4) + "=", std::string("mx_"), std::string()})
    CHECK_FALSE(is_api_key(wrong));
}

TEST_CASE("an API key is shown once, reads as its owner, and its use is noted") {
  House house;
  const auto token = house.admin();
  const auto made = make(house, token, R"("read")");
  REQUIRE(made.status == 201);
  const std::string key = made.text("key");
  CHECK(key.starts_with(made.text("prefix")));
  CHECK(house.as(key, "GET", "/api/vms").status == 200);
  CHECK(house.as(key, "GET", "/api/auth/me").text("username") == "the-admin");
  const auto listed = house.as(token, "GET", "/api/api-keys");
  CHECK(listed.status == 200);
  CHECK(listed.body.find(made.text("prefix")) != std::string::npos);
  CHECK(listed.body.find(key) == std::string::npos);
  // The use is noted beside the answers, not before them.
  bool is_noted = false;
  for (int tries = 0; tries < 400 && !is_noted; ++tries) {
    is_noted = house.as(token, "GET", "/api/api-keys").body.find(R"("last_used_at":null)") == std::string::npos;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  CHECK(is_noted);
}

TEST_CASE("a key opens what its scopes say, never more than its owner may, and never what belongs to a person") {
  House house;
  const auto admin = house.admin();
  const std::string reader = make(house, admin, R"("read")").text("key");
  CHECK(house.as(reader, "GET", "/api/users").status == 403);
  CHECK(house.as(reader, "GET", "/api/users").text("code") == "scope_missing");
  const std::string master = make(house, admin, R"("read","admin")").text("key");
  CHECK(house.as(master, "GET", "/api/users").status == 200);
  const std::string exporter = make(house, admin, R"("metrics")").text("key");
  CHECK(house.as(exporter, "GET", "/api/vms").status == 403);
  for (const auto& key : {reader, master}) {
    CHECK(make(house, key, R"("read")").status == 403);
    CHECK(house.as(key, "GET", "/api/api-keys").status == 403);
    CHECK(house.as(key, "GET", "/api/auth/sessions").status == 403);
    CHECK(house.as(key, "DELETE", "/api/auth/sessions").status == 403);
    CHECK(house.as(key, "PUT", "/api/auth/me", R"({"theme":"dark"})").status == 403);
    CHECK(house.as(key, "PUT", "/api/auth/change-password", R"({"old_password":"a","new_password":"b"})").status ==
          403);
  }
  const auto viewer = house.token_of("viewer");
  const auto refused = make(house, viewer, R"("operate")");
  CHECK(refused.status == 422);
  CHECK(refused.body.find("above_role") != std::string::npos);
  CHECK(make(house, viewer, R"("read")").status == 201);
}

TEST_CASE("a revoked key, one that ran out, and one whose owner sank or left open nothing") {
  House house;
  const auto admin = house.admin();
  const auto made = make(house, admin, R"("read")");
  CHECK(house.as(made.text("key"), "GET", "/api/vms").status == 200);
  CHECK(house.as(admin, "DELETE", "/api/api-keys/" + made.text("id")).status == 204);
  CHECK(house.as(made.text("key"), "GET", "/api/vms").status == 401);
  CHECK(house.as(admin, "DELETE", "/api/api-keys/" + made.text("id")).status == 404);

  const auto brief = make(house, admin, R"("read")", R"(,"expires_at":")" + std::string("2000-01-01T00:00:00Z") + "\"");
  CHECK(brief.status == 422);

  const auto editor = house.token_of("editor");
  const std::string key = make(house, editor, R"("configure")").text("key");
  CHECK(house.as(key, "GET", "/api/vms").status == 200);
  const std::string id = house.as(editor, "GET", "/api/auth/me").text("id");
  CHECK(house.as(key, "POST", "/api/nodes/999999/sync").status == 404);  // an operator's deed on what is not there
  CHECK(house.as(admin, "PUT", "/api/users/" + id, R"({"role":"viewer"})").status == 200);
  CHECK(house.as(key, "POST", "/api/nodes/999999/sync").status == 403);
  CHECK(house.as(key, "GET", "/api/vms").status == 200);
  CHECK(house.as(admin, "PUT", "/api/users/" + id + "/toggle-active").status == 200);
  CHECK(house.as(key, "GET", "/api/vms").status == 401);
}

TEST_CASE("a key that has run out is told apart from one that never was") {
  House house;
  const auto admin = house.admin();
  const auto soon = house.clock.wall() + std::chrono::hours(1);
  const auto made = make(house, admin, R"("read")", R"(,"expires_at":")" + rfc3339(soon) + "\"");
  REQUIRE(made.status == 201);
  CHECK(house.as(made.text("key"), "GET", "/api/vms").status == 200);
  house.clock.advance(std::chrono::hours(2));
  const auto late = house.as(made.text("key"), "GET", "/api/vms");
  CHECK(late.status == 401);
  CHECK(late.text("code") == "token_expired");
  const auto forged = house.as(make_api_key().text.reveal(), "GET", "/api/vms");
  CHECK(forged.status == 401);
  CHECK(house.as("mx_nonsense", "GET", "/api/vms").status == 401);
}

TEST_CASE("a key in an address or a cookie is nothing, on every route") {
  Settings settings;
  settings.rate_limits.enabled = false;
  House house(settings);
  const std::string key = make(house, house.admin(), R"("admin")").text("key");
  for (const auto& route : house.service->routes()) {
    if (route.access == Access::open) continue;
    std::string path = route.pattern;
    while (path.find('{') != std::string::npos) path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "1");
    CHECK_MESSAGE(house.ask(route.method, path + "?token=" + key + "&api_key=" + key).status == 401, path);
    CHECK_MESSAGE(house.ask(route.method, path, {{"Cookie", "mx_rt=" + key}}).status == 401, path);
  }
}

TEST_CASE("everybody sees and revokes his own keys, an administrator all") {
  House house;
  const auto admin = house.admin(), viewer = house.token_of("viewer");
  const auto his = make(house, viewer, R"("read")");
  const auto mine = make(house, admin, R"("read")");
  CHECK(house.as(viewer, "GET", "/api/api-keys").body.find(mine.text("prefix")) == std::string::npos);
  CHECK(house.as(admin, "GET", "/api/api-keys").body.find(his.text("prefix")) != std::string::npos);
  CHECK(house.as(viewer, "DELETE", "/api/api-keys/" + mine.text("id")).status == 404);
  CHECK(house.as(admin, "DELETE", "/api/api-keys/" + his.text("id")).status == 204);
  CHECK(house.as(his.text("key"), "GET", "/api/vms").status == 401);
  const auto log = house.as(admin, "GET", "/api/audit-logs?resource_type=api_key").body;
  CHECK(log.find("revoke") != std::string::npos);
  CHECK(log.find(his.text("key")) == std::string::npos);
}

}  // namespace
}  // namespace monitorix::api

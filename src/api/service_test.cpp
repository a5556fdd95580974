#include "api/service.h"

#include <doctest/doctest.h>
#include <thread>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;

namespace {

std::string registration(const std::string& name, const std::string& token) {
  return R"({"username":")" + name + R"(","email":")" + name +
         R"(@example.org","password":"a-long-sentence-9","setup_token":")" + token + "\"}";
}

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  return settings;
}

Headers from_page(const std::string& refresh, const std::string& csrf,
                  const std::string& origin = "http://monitor.example:8000") {
  Headers headers{{"Cookie", "mx_csrf=" + csrf + "; mx_rt=" + refresh}, {"X-CSRF-Token", csrf}};
  if (!origin.empty()) headers.emplace_back("Origin", origin);
  return headers;
}

}  // namespace

TEST_CASE("the first account needs the setup token, and there is one first account only") {
  House house(generous());
  CHECK(house.sign_in("admin", "admin").status == 401);
  CHECK(house.as("", "POST", "/api/auth/register", registration("ola", "")).status == 403);
  CHECK(house.as("", "POST", "/api/auth/register", registration("ola", "guess")).status == 403);
  CHECK(house.as("", "GET", "/api/version").body.find("\"setup_required\":true") != std::string::npos);
  const auto token = house.setup_token;
  std::vector<std::thread> rush;
  rush.reserve(50);
  std::atomic<int> made{0};
  for (int n = 0; n < 50; ++n)
    rush.emplace_back([&, n] {
      made += house.as("", "POST", "/api/auth/register", registration("user" + std::to_string(n), token)).status == 201;
    });
  for (auto& one : rush) one.join();
  CHECK(made == 1);
  CHECK(house.store->user_count().value() == 1);
  CHECK(house.setup_token.empty());
  CHECK(house.as("", "POST", "/api/auth/register", registration("late", token)).status == 403);
}

TEST_CASE("the setup token is made anew when its hour is over") {
  House house(generous());
  const auto old = house.setup_token;
  house.on_loop([&] { house.clock.advance(std::chrono::minutes{61}); });
  CHECK(house.as("", "POST", "/api/auth/register", registration("ola", old)).status == 403);
  for (int n = 0; n < 40 && house.setup_token == old; ++n) std::this_thread::sleep_for(std::chrono::milliseconds{100});
  CHECK(house.as("", "POST", "/api/auth/register", registration("ola", house.setup_token)).status == 201);
}

TEST_CASE("wrong name and wrong password give the same answer") {
  House house(generous());
  (void)house.admin();
  const auto a = house.sign_in("the-admin", "wrong-password-1");
  const auto b = house.sign_in("nobody", "wrong-password-1");
  CHECK(a.status == 401);
  CHECK(a.text("detail") == b.text("detail"));
  CHECK(a.text("code") == b.text("code"));
}

TEST_CASE("the refresh cookie opens only our own page's requests, and rotates") {
  House house(generous());
  (void)house.admin();
  const auto in = house.sign_in("the-admin", kPassword);
  REQUIRE(in.status == 200);
  const auto refresh = in.cookie("mx_rt");
  const auto csrf = in.cookie("mx_csrf");
  REQUIRE(!refresh.empty());
  CHECK(in.body.find(refresh) == std::string::npos);
  CHECK(house.ask("POST", "/api/auth/refresh").status == 401);
  CHECK(house.ask("POST", "/api/auth/refresh", {{"Cookie", "mx_rt=" + refresh}}).status == 403);
  CHECK(house.ask("POST", "/api/auth/refresh", from_page(refresh, csrf, "")).status == 403);
  CHECK(house.ask("POST", "/api/auth/refresh", from_page(refresh, csrf, "https://evil.example")).status == 403);
  auto other = from_page(refresh, csrf);
  other[1].second = "another-token-of-length";
  CHECK(house.ask("POST", "/api/auth/refresh", other).status == 403);
  auto with_bad_header = other;
  with_bad_header.emplace_back("Authorization", "Bearer nonsense");
  CHECK(house.ask("POST", "/api/auth/refresh", with_bad_header).status == 403);

  const auto next = house.ask("POST", "/api/auth/refresh", from_page(refresh, csrf));
  REQUIRE(next.status == 200);
  CHECK(next.cookie("mx_rt") != refresh);
  CHECK(house.as(next.text("access_token"), "GET", "/api/auth/me").status == 200);
  // Another tab with the old one, within the grace.
  CHECK(house.ask("POST", "/api/auth/refresh", from_page(refresh, csrf)).status == 200);
  house.on_loop([&] { house.clock.advance(std::chrono::seconds{25}); });
  CHECK(house.ask("POST", "/api/auth/refresh", from_page(refresh, csrf)).status == 401);
  CHECK(house.ask("POST", "/api/auth/refresh", from_page(next.cookie("mx_rt"), csrf)).status == 401);
  CHECK(house.as(next.text("access_token"), "GET", "/api/auth/me").status == 401);
}

TEST_CASE("a refresh token is no access token, and no credential is read from the address") {
  House house(generous());
  const auto token = house.admin();
  const auto in = house.as("", "POST", "/api/auth/login?refresh=body",
                           R"({"username":"the-admin","password":"a-long-sentence-9"})");
  REQUIRE(in.status == 200);
  CHECK(in.cookie("mx_rt").empty());
  CHECK(house.as(in.text("refresh_token"), "GET", "/api/auth/me").status == 401);
  CHECK(house.ask("GET", "/api/auth/me?token=" + token).status == 401);
  CHECK(house.ask("GET", "/api/auth/me?access_token=" + token).status == 401);
}

TEST_CASE("what ends rights ends tokens at once: logout, new password, disabling") {
  House house(generous());
  const auto admin = house.admin();
  const auto viewer = house.token_of("viewer");
  REQUIRE(house.as(viewer, "GET", "/api/vms").status == 200);
  const auto me = house.as(viewer, "GET", "/api/auth/me").text("id");
  CHECK(house.as(admin, "PUT", "/api/users/" + me + "/toggle-active").status == 200);
  CHECK(house.as(viewer, "GET", "/api/vms").status == 401);
  const auto second = house.sign_in("the-admin", kPassword).text("access_token");
  CHECK(house.as(second, "POST", "/api/auth/logout").status == 204);
  CHECK(house.as(second, "GET", "/api/vms").status == 401);
  CHECK(house.as(admin, "GET", "/api/vms").status == 200);
  CHECK(house
            .as(admin, "PUT", "/api/auth/change-password",
                R"({"old_password":"wrong","new_password":"another-sentence-8"})")
            .status == 422);
  CHECK(house
            .as(admin, "PUT", "/api/auth/change-password",
                R"({"old_password":"a-long-sentence-9","new_password":"another-sentence-8"})")
            .status == 204);
  CHECK(house.as(admin, "GET", "/api/vms").status == 401);
  CHECK(house.sign_in("the-admin", "another-sentence-8").status == 200);
}

TEST_CASE("the last active administrator stays") {
  House house(generous());
  const auto admin = house.admin();
  const auto id = house.as(admin, "GET", "/api/auth/me").text("id");
  CHECK(house.as(admin, "DELETE", "/api/users/" + id).status == 409);
  CHECK(house.as(admin, "PUT", "/api/users/" + id, R"({"role":"viewer"})").status == 409);
  CHECK(house.as(admin, "PUT", "/api/users/" + id + "/toggle-active").status == 409);
}

TEST_CASE("a list is answered whole, compressed, or not at all when the reader has it") {
  House house(generous());
  (void)house.cluster();
  const auto token = house.admin();
  const auto plain = house.as(token, "GET", "/api/vms?limit=1000");
  REQUIRE(plain.status == 200);
  const auto etag = plain.header("ETag");
  CHECK(plain.header("X-Total-Count") == "3");
  const auto packed = house.as(token, "GET", "/api/vms?limit=1000", "", {{"Accept-Encoding", "gzip"}});
  CHECK(packed.header("Content-Encoding") == "gzip");
  CHECK(packed.body.size() < plain.body.size());
  CHECK(house.as(token, "GET", "/api/vms?limit=1000", "", {{"If-None-Match", etag}}).status == 304);
  CHECK(house.as(token, "GET", "/api/vms?limit=1000", "", {{"If-None-Match", packed.header("ETag")}}).status == 304);
  house.on_loop([&] { house.commands->poll(ClusterId{1}, 0.75); });
  CHECK(house.as(token, "GET", "/api/vms?limit=1000", "", {{"If-None-Match", etag}}).status == 200);
}

TEST_CASE("pages of a list join to the whole, in any order") {
  House house(generous());
  (void)house.cluster();
  const auto token = house.admin();
  for (const std::string sort : {"", "&sort=name", "&sort=-cpu_ratio,name", "&sort=-vmid"}) {
    std::string cursor;
    std::string joined;
    for (int pages = 0; pages < 5; ++pages) {
      const auto page = house.as(token, "GET", "/api/vms?limit=1" + sort + (cursor.empty() ? "" : "&cursor=" + cursor));
      REQUIRE(page.status == 200);
      joined += (joined.empty() ? "" : ",") + page.body.substr(1, page.body.size() - 2);
      cursor = page.header("X-Next-Cursor");
      if (cursor.empty()) break;
    }
    CHECK('[' + joined + ']' == house.as(token, "GET", "/api/vms?limit=1000" + sort).body);
  }
}

TEST_CASE("what is not known is refused by name") {
  House house(generous());
  const auto token = house.admin();
  CHECK(house.as(token, "GET", "/api/vms?colour=red").text("code") == "unknown_parameter");
  CHECK(house.as(token, "GET", "/api/vms?limit=0").status == 400);
  CHECK(house.as(token, "GET", "/api/vms?sort=colour").status == 400);
  CHECK(house.as(token, "PUT", "/api/auth/me", R"({"colour":"red"})").status == 422);
  CHECK(house.as(token, "GET", "/api/vms", "", {{"X-API-Version", "v2"}}).status == 406);
  CHECK(house.as(token, "DELETE", "/api/vms").header("Allow") == "GET, HEAD");
}

TEST_CASE("a scope hides what lies outside it, in lists and one by one") {
  House house(generous());
  const auto cluster = house.cluster();
  const auto admin = house.admin();
  const auto viewer = house.token_of("viewer");
  const auto id = house.as(viewer, "GET", "/api/auth/me").text("id");
  REQUIRE(
      house.as(admin, "PUT", "/api/users/" + id, R"({"scope":{"cluster_ids":[],"pools":["blue"],"tags":[]}})").status ==
      200);
  const auto seen = Json::parse(house.as(viewer, "GET", "/api/vms").body);
  REQUIRE(seen->as_array()->size() == 1);
  const auto all = Json::parse(house.as(admin, "GET", "/api/vms").body);
  int hidden = 0;
  for (const auto& guest : *all->as_array())
    hidden += house.as(viewer, "GET", "/api/vms/" + *guest.find("id")->as_string()).status == 404;
  CHECK(hidden == 2);
  REQUIRE(
      house.as(admin, "PUT", "/api/users/" + id, R"({"scope":{"cluster_ids":["999"],"pools":[],"tags":[]}})").status ==
      200);
  CHECK(house.as(viewer, "GET", "/api/clusters/" + cluster).status == 404);
  CHECK(Json::parse(house.as(viewer, "GET", "/api/nodes").body)->as_array()->empty());
}

TEST_CASE("a saved secret goes nowhere new without being entered again, and is never shown") {
  House house(generous());
  const auto id = house.cluster();
  const auto token = house.admin();
  const auto shown = house.as(token, "GET", "/api/clusters/" + id);
  CHECK(shown.body.find("canary-secret") == std::string::npos);
  const auto endpoints = Json::parse(house.as(token, "GET", "/api/clusters/" + id + "/endpoints").body);
  const auto endpoint = *(*endpoints->find("items")->as_array())[0].find("id")->as_string();
  const auto path = "/api/clusters/" + id + "/endpoints/" + endpoint;
  CHECK(house.as(token, "PUT", path, R"({"address":"evil.example"})").status == 422);
  CHECK(house.as(token, "PUT", path, R"({"port":8007})").status == 422);
  CHECK(house.as(token, "PUT", path, R"({"address":"moved.example","token_secret":"canary-secret-2"})").status == 200);
  CHECK(house.as(token, "PUT", path, R"({"priority":3})").status == 200);
  CHECK(house.as(token, "PUT", "/api/clusters/" + id, R"({"tls":{"mode":"ca"}})").status == 422);
  CHECK(house.as(token, "PUT", "/api/clusters/" + id, R"({"tags":["oslo"]})", {{"If-Match", "\"1.abc\""}}).status ==
        412);
}

TEST_CASE("verification cannot be turned off: the fingerprint seen is shown to be pinned") {
  House house(generous());
  const auto answer = house.as(
      house.admin(), "POST", "/api/nodes",
      R"({"name":"a","url":"https://pve.example:8006","username":"mon@pve!read","token":"x","verify_ssl":false})");
  CHECK(answer.status == 422);
  CHECK(answer.text("fingerprint_sha256").starts_with("AB:AB"));
}

TEST_CASE("the same key and body make one connection, another body is a conflict") {
  House house(generous());
  const auto token = house.admin();
  const std::string body =
      R"({"name":"once","endpoints":[{"address":"once.example"}],"token_id":"mon@pve!read","token_secret":"s","tls":{"mode":"ca"}})";
  const auto first = house.as(token, "POST", "/api/clusters", body, {{"Idempotency-Key", "k1"}});
  REQUIRE(first.status == 201);
  CHECK(house.as(token, "POST", "/api/clusters", body, {{"Idempotency-Key", "k1"}}).body == first.body);
  CHECK(house.as(token, "POST", "/api/clusters", R"({"name":"other"})", {{"Idempotency-Key", "k1"}}).text("code") ==
        "idempotency_conflict");
  const auto twice = house.as(token, "POST", "/api/clusters", body);
  CHECK(twice.text("code") == "duplicate_cluster");
  CHECK(twice.text("cluster_id") == first.text("id"));
}

TEST_CASE("limits count per user and per address, and a setting changes them") {
  House house;
  const auto token = house.admin();
  REQUIRE(house.as(token, "PUT", "/api/settings", R"({"rate_limits":{"user_per_minute":5}})").status == 200);
  int refused = 0;
  for (int n = 0; n < 10; ++n) refused += house.as(token, "GET", "/api/vms").status == 429;
  CHECK(refused > 0);
  CHECK(house.ask("GET", "/health").status == 200);
  int spoofed = 0;
  for (int n = 0; n < 140; ++n)
    spoofed += house.ask("GET", "/api/vms", {{"X-Forwarded-For", "198.51.100." + std::to_string(n)}}, "", "203.0.113.5")
                   .status == 429;
  CHECK(spoofed > 30);
}

TEST_CASE("history is kept for as long as the setting says, and a coarser part never shorter than a finer one") {
  House house;
  const auto token = house.admin();
  const auto change = [&](const std::string& body) { return house.as(token, "PUT", "/api/settings", body); };
  CHECK(house.as(token, "GET", "/api/settings")
            .body.find(R"("history":{"raw_days":7,"minute_days":90,"hour_days":730})") != std::string::npos);
  CHECK(change(R"({"history":{"raw_days":14}})").status == 200);
  CHECK(house.retention.raw == 14 * history::kDaySeconds);
  CHECK(house.retention.fine == 90 * history::kDaySeconds);
  for (const char* bad :
       {R"({"history":{"raw_days":91}})", R"({"history":{"raw_days":0}})", R"({"history":{"raw_days":-1}})",
        R"({"history":{"minute_days":3}})", R"({"history":{"years":3}})"})
    CHECK_MESSAGE(change(bad).status == 422, bad);
  CHECK(house.retention.raw == 14 * history::kDaySeconds);
  CHECK(change(R"({"history":{"raw_days":0,"minute_days":0,"hour_days":0}})").status == 200);
  CHECK(house.retention.coarse == 0);
}

TEST_CASE("what history takes is told to administrators: its size now, and a day of all that is watched") {
  House house;
  const auto token = house.admin();
  const auto cost = house.as(token, "GET", "/api/settings/history-cost");
  REQUIRE(cost.status == 200);
  const auto told = Json::parse(cost.body);
  REQUIRE(told);
  const auto number = [&](std::string_view name) { return *told->find(name)->as_int(); };
  CHECK(number("size_bytes") == *house.keeper->size_bytes());
  CHECK(number("raw_bytes_per_day") > number("minute_bytes_per_day"));
  CHECK(number("minute_bytes_per_day") > number("hour_bytes_per_day"));
  CHECK(number("hour_bytes_per_day") > 0);
  CHECK(house.as(token, "GET", "/api/settings/history-cost?days=3").status == 400);
}

TEST_CASE("every answer carries the headers that keep pages safe") {
  House house(generous());
  const auto answer = house.as(house.admin(), "GET", "/api/vms");
  CHECK(answer.header("Content-Security-Policy").find("unsafe") == std::string::npos);
  CHECK(answer.header("X-Content-Type-Options") == "nosniff");
  CHECK(answer.header("Referrer-Policy") == "no-referrer");
  CHECK(answer.header("Strict-Transport-Security").empty());
  CHECK(answer.header("Access-Control-Allow-Origin").empty());
  CHECK(house.ask("GET", "/api/nothing").text("code") == "not_found");
  CHECK(house.ask("GET", "/api/vms", {{"X-Request-Id", "abc-1"}}).header("X-Request-Id") == "abc-1");
}

TEST_CASE("a WebSocket opens with a ticket from our own origin, once") {
  House house(generous());
  const auto ticket = house.as(house.admin(), "POST", "/api/auth/ws-ticket").text("ticket");
  const Headers own{{"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Origin", "http://monitor.example:8000"}};
  Headers foreign = own;
  foreign[2].second = "https://evil.example";
  CHECK(house.ask("GET", "/ws?ticket=" + ticket, foreign).status == 403);
  CHECK(house.ask("GET", "/ws?ticket=" + ticket, {own[0], own[1]}).status == 403);
  CHECK(house.ask("GET", "/ws?ticket=guess", own).status == 401);
  CHECK(house.ask("GET", "/ws?ticket=" + ticket, own).status == 101);
  CHECK(house.ask("GET", "/ws?ticket=" + ticket, own).status == 401);
}

TEST_CASE("over plain HTTP from afar nobody signs in unless the owner said so") {
  House strict(generous());
  (void)strict.admin();
  const std::string body = R"({"username":"the-admin","password":"a-long-sentence-9"})";
  CHECK(strict.ask("POST", "/api/auth/login", {{"Content-Type", "application/json"}}, body, "192.0.2.7").status == 403);
  auto settings = generous();
  settings.insecure_http = true;
  House home(settings);
  (void)home.admin();
  const auto in = home.ask("POST", "/api/auth/login", {{"Content-Type", "application/json"}}, body, "192.0.2.7");
  CHECK(in.status == 200);
  CHECK(!in.cookie("mx_rt").empty());
  CHECK(in.cookie("__Secure-mx_rt").empty());
}

TEST_CASE("the audit log tells what was changed, and of secrets only that they were") {
  House house(generous());
  const auto id = house.cluster();
  const auto token = house.admin();
  REQUIRE(house
              .as(token, "PUT", "/api/clusters/" + id,
                  R"({"name":"renamed","poll_interval_seconds":60,"token_secret":"canary-secret-3"})")
              .status == 200);
  const auto guest = *(*Json::parse(house.as(token, "GET", "/api/vms").body)->as_array())[0].find("id")->as_string();
  REQUIRE(house.as(token, "PUT", "/api/vms/" + guest, R"({"note":"mind the fan"})").status == 200);
  const auto viewer = house.token_of("viewer");
  const auto user = house.as(viewer, "GET", "/api/auth/me").text("id");
  REQUIRE(house.as(token, "PUT", "/api/users/" + user, R"({"role":"editor"})").status == 200);
  const auto log = house.as(token, "GET", "/api/audit-logs?limit=100").body;
  CHECK(log.find(R"("name":{"from":)") != std::string::npos);
  CHECK(log.find(R"("to":"renamed"})") != std::string::npos);
  CHECK(log.find(R"("poll_interval_seconds":{"from":30,"to":60})") != std::string::npos);
  CHECK(log.find(R"("token_secret":{"changed":true})") != std::string::npos);
  CHECK(log.find(R"("note":{"from":null,"to":"mind the fan"})") != std::string::npos);
  CHECK(log.find(R"("role":{"from":"viewer","to":"editor"})") != std::string::npos);
  CHECK(log.find("canary-secret") == std::string::npos);
}

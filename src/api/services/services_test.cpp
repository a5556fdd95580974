#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;
using namespace std::chrono_literals;

namespace {

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  return settings;
}

Json parsed(const Reply& reply) {
  auto json = Json::parse(reply.body);
  REQUIRE_MESSAGE(json, reply.body);
  return *json;
}

std::string made(House& house, const std::string& body) {
  const auto reply = house.as(house.admin(), "POST", "/api/services", body);
  CHECK_MESSAGE(reply.status == 201, reply.body);
  return reply.text("id");
}

std::string http(const std::string& name, const std::string& host, const std::string& more = "") {
  return R"({"name":")" + name + R"(","type":"https","target":"https://)" + host + R"(/")" + more + "}";
}

std::string error_of(const Reply& reply) {
  const auto json = parsed(reply);
  const auto* errors = json.find("errors");
  if (!errors || errors->as_array()->empty()) return "";
  return *errors->as_array()->front().find("field")->as_string();
}

}  // namespace

TEST_CASE("a service is made, listed with where it stands, changed and forgotten") {
  House house(generous());
  const auto token = house.admin();
  const auto id = made(house, http("Shop", "shop.example", R"(,"tags":["a"],"retries":0)"));
  CHECK(house.as(token, "POST", "/api/services/" + id + "/check").text("status") == "up");
  const auto list = parsed(house.as(token, "GET", "/api/services?status=up&tag=a&q=SHOP"));
  REQUIRE(list.as_array()->size() == 1);
  const Json& one = list.as_array()->front();
  CHECK(*one.find("status")->as_string() == "up");
  CHECK(*one.find("response_time")->as_number() == 12);
  CHECK(one.find("heartbeat")->find("cells")->as_string()->size() == 90);
  CHECK(parsed(house.as(token, "GET", "/api/services?status=down")).as_array()->empty());
  const auto shown = house.as(token, "GET", "/api/services/" + id);
  const auto old = shown.header("ETag");
  CHECK(house.as(token, "PUT", "/api/services/" + id, R"({"name":"Store"})", {{"If-Match", old}}).text("name") ==
        "Store");
  CHECK(house.as(token, "PUT", "/api/services/" + id, R"({"name":"Late"})", {{"If-Match", old}}).status == 412);
  CHECK(house.as(token, "PUT", "/api/services/" + id, R"({"target":"https://dead.example/"})").status == 200);
  house.on_loop([&] { house.clock.advance(60s); });
  const auto down = house.as(token, "POST", "/api/services/" + id + "/check");
  CHECK(down.text("reason") == "http_status");
  CHECK(house.as(token, "GET", "/api/services/" + id).text("status") == "down");
  CHECK(house.as(token, "POST", "/api/services/" + id + "/toggle-active").text("status") == "paused");
  CHECK(house.as(token, "POST", "/api/services/" + id + "/check").status == 409);
  CHECK(house.as(token, "DELETE", "/api/services/" + id).status == 204);
  CHECK(house.as(token, "GET", "/api/services/" + id).status == 404);
}

TEST_CASE("what cannot be checked is refused with the field that is wrong") {
  House house(generous());
  const auto token = house.admin();
  const auto wrong = [&](const std::string& body) {
    const auto reply = house.as(token, "POST", "/api/services", body);
    CHECK_MESSAGE(reply.status == 422, body);
    return reply.status == 422 ? error_of(reply) : std::string();
  };
  CHECK(wrong(R"({"name":"x","type":"http","target":"https://a/"})") == "target");
  CHECK(wrong(R"({"name":"x","type":"https","target":"https://u:p@a/"})") == "target");
  CHECK(wrong(R"({"name":"x","type":"http","target":"file:///etc/passwd"})") == "target");
  CHECK(wrong(R"({"name":"x","type":"ping","target":"-c1"})") == "target");
  CHECK(wrong(R"({"name":"x","type":"port","target":"a"})") == "port");
  CHECK(wrong(R"({"name":"x","type":"smoke","target":"a"})") == "type");
  CHECK(wrong(R"({"type":"ping","target":"a"})") == "name");
  CHECK(wrong(R"({"name":"x","type":"ping","target":"a","check_interval":5,"timeout":5})") == "timeout");
  CHECK(wrong(R"({"name":"x","type":"ping","target":"a","check_interval":20,"retry_interval":30})") ==
        "retry_interval");
  CHECK(wrong(R"({"name":"x","type":"ping","target":"a","vm_id":"5"})") == "vm_id");
  CHECK(wrong(R"({"name":"x","type":"custom","custom_command":"rm -rf /"})") == "options.custom.command");
  CHECK(wrong(R"({"name":"x","type":"custom","custom_script":"echo"})") == "custom_script");
  CHECK(wrong(R"({"name":"x","type":"push","options":{"push":{"cron":"61 * * * *"}}})") == "options.push.cron");
  CHECK(wrong(R"({"name":"x","type":"push","options":{"push":{"time_zone":"../etc"}}})") == "options.push.time_zone");
  CHECK(wrong(R"({"name":"x","type":"composite"})") == "options.composite.member_ids");
  CHECK(wrong(http("x", "a", R"(,"assertions":[{"source":"body","op":"~","value":"x"}])")) == "assertions[0].value");
  CHECK(wrong(http("x", "a", R"(,"options":{"http":{"expected_status":"20"}})")) == "options.http.expected_status");
  CHECK(wrong(http("x", "a", R"(,"options":{"http":{"headers":[{"name":"a b","value":"c"}]}})")) ==
        "options.http.headers[0].name");
  const auto with_token = [&](const std::string& rest) {
    return wrong(http("x", "a", R"(,"options":{"http":{"auth":"oauth2")" + rest + "}}"));
  };
  CHECK(with_token(R"(,"user":"u","secret":"s")") == "options.http.token_url");
  CHECK(with_token(R"(,"user":"u","secret":"s","token_url":"file:///etc/passwd")") == "options.http.token_url");
  CHECK(with_token(R"(,"user":"u","secret":"s","token_url":"https://a:b@sso/")") == "options.http.token_url");
  CHECK(with_token(R"(,"secret":"s","token_url":"https://sso/")") == "options.http.user");
  CHECK(with_token(R"(,"user":"u","token_url":"https://sso/")") == "options.http.secret");
  CHECK(with_token(R"(,"user":"u","secret":"s","token_url":"https://sso/","token_credentials":"x")") ==
        "options.http.token_credentials");
  CHECK(wrong(http("x", "a", R"(,"colour":1)")) == "colour");
  // And what only looks odd is fine.
  for (const auto* name : {"a'; SELECT * FROM users; --", "<script>", "Übung", "rm -rf /"})
    (void)made(house, R"({"name":")" + std::string(name) + R"(","type":"ping","target":"2001:db8::1"})");
}

TEST_CASE("secrets go in and never come out, and stay when the others change") {
  House house(generous());
  const auto token = house.admin();
  const std::string secret = R"(,"options":{"http":{"auth":"basic","user":"kari","secret":"canary-one",)"
                             R"("headers":[{"name":"X-Api-Key","value":"canary-two"},{"name":"Accept","value":"a/b"}],)"
                             R"("proxy":"http://u:canary-three@proxy:3128"}})";
  const auto id = made(house, http("Shop", "shop.example", secret));
  const auto shown = house.as(token, "GET", "/api/services/" + id);
  CHECK(shown.body.find("canary") == std::string::npos);
  const auto json = parsed(shown);
  const auto* options = json.find("options")->find("http");
  CHECK(*options->find("has_secret")->as_bool());
  CHECK(options->find("headers")->as_array()->front().find("value")->is_null());
  CHECK(house.as(token, "GET", "/api/services").body.find("canary") == std::string::npos);
  // As it was answered it may be sent back: nothing is lost.
  const std::string back = R"({"options":)" + json.find("options")->dump() + "}";
  std::string without = back;  // what is only said in answers
  for (const char* said : {R"("has_secret":true)", R"("has_client_key":false)"})
    if (const auto at = without.find(said); at != std::string::npos) {
      const bool has_comma = without[at + std::string(said).size()] == ',';
      without.erase(at, std::string(said).size() + (has_comma ? 1 : 0));
    }
  const auto again = house.as(token, "PUT", "/api/services/" + id, without);
  CHECK_MESSAGE(again.status == 200, again.body);
  const auto kept = house.watch.service(ServiceId{std::stoll(id)});
  CHECK(kept->http.secret.reveal() == "canary-one");
  CHECK(kept->http.headers.front().second == "canary-two");
  CHECK(kept->http.proxy == "http://u:canary-three@proxy:3128");
  CHECK(house.as(token, "PUT", "/api/services/" + id, R"({"options":{"http":{"secret":null}}})").status == 200);
  CHECK(house.watch.service(ServiceId{std::stoll(id)})->http.secret.empty());
  CHECK(house.as(token, "GET", "/api/audit-logs").body.find("canary") == std::string::npos);
}

TEST_CASE("a kept secret is not led to another server") {
  House house(generous());
  const auto token = house.token_of("editor");
  const auto put = [&](const std::string& id, const std::string& body) {
    const auto reply = house.as(token, "PUT", "/api/services/" + id, body);
    return reply.status == 422 ? error_of(reply) : std::to_string(reply.status);
  };
  const auto id = made(house, http("Shop", "shop.example",
                                   R"(,"options":{"http":{"auth":"basic","user":"kari",)"
                                   R"("secret":"canary-one"}})"));
  const auto kept = [&] { return house.watch.service(ServiceId{std::stoll(id)})->http.secret.reveal(); };
  CHECK(put(id, R"({"name":"Web shop","target":"https://shop.example/other"})") == "200");
  CHECK(put(id, R"({"target":"https://thief.example/"})") == "options.http.secret");
  CHECK(put(id, R"({"target":"https://shop.example:8443/"})") == "options.http.secret");
  CHECK(put(id, R"({"address_override":"192.0.2.9"})") == "options.http.secret");
  CHECK(put(id, R"({"options":{"http":{"proxy":"http://thief.example:3128"}}})") == "options.http.secret");
  CHECK(put(id, R"({"options":{"http":{"auth":"oauth2","token_url":"https://thief.example/"}}})") ==
        "options.http.secret");
  CHECK(kept() == "canary-one");
  CHECK(put(id, R"({"target":"https://new.example/","options":{"http":{"secret":"canary-one"}}})") == "200");
  CHECK(put(id, R"({"options":{"http":{"auth":"none"}}})") == "200");
  CHECK(kept() == "canary-one");
  CHECK(put(id, R"({"target":"https://newer.example/"})") == "200");
  CHECK(kept().empty());
  const auto key = made(house, http("Api", "api.example",
                                    R"(,"options":{"http":{"headers":[)"
                                    R"({"name":"X-Api-Key","value":"canary-two"}]}})"));
  CHECK(put(key, R"({"target":"https://thief.example/"})") == "options.http.headers");
  CHECK(put(key, R"({"target":"https://thief.example/","options":{"http":{"headers":[)"
                 R"({"name":"X-Api-Key","value":null}]}}})") == "options.http.headers");
  CHECK(put(key,
            R"({"target":"https://thief.example/","options":{"http":{"headers":[{"name":"X-Api-Key","value":null},)"
            R"({"name":"X-Api-Key","value":"x"}]}}})") == "options.http.headers");
  CHECK(put(key, R"({"target":"https://new.example/","options":{"http":{"headers":[)"
                 R"({"name":"X-Api-Key","value":"canary-three"}]}}})") == "200");
}

TEST_CASE("a test stores nothing, and five a minute are enough") {
  House house(generous());
  const auto token = house.token_of("editor");
  const auto body = http("try", "dead.example");
  const auto first = house.as(token, "POST", "/api/services/test", body);
  CHECK(first.status == 200);
  CHECK(*parsed(first).find("evidence")->find("body")->as_string() == "canary-of-the-body");
  for (int more = 0; more < 4; ++more) CHECK(house.as(token, "POST", "/api/services/test", body).status == 200);
  const auto sixth = house.as(token, "POST", "/api/services/test", body);
  CHECK(sixth.status == 429);
  CHECK_FALSE(sixth.header("Retry-After").empty());
  CHECK(parsed(house.as(token, "GET", "/api/services")).as_array()->empty());
}

TEST_CASE("what a failed check saw is for editors, and never for viewers") {
  House house(generous());
  const auto token = house.admin();
  const auto id = made(house, http("Shop", "dead.example", R"(,"retries":0)"));
  (void)house.as(token, "POST", "/api/services/" + id + "/check");
  const auto viewer = house.token_of("viewer");
  const auto list = house.as(viewer, "GET", "/api/health-checks?service_id=" + id);
  CHECK(list.body.find("canary") == std::string::npos);
  const auto checks = parsed(list);
  REQUIRE(checks.as_array()->size() == 1);
  const auto check = *checks.as_array()->front().find("id")->as_string();
  CHECK(*checks.as_array()->front().find("has_evidence")->as_bool());
  CHECK(house.as(viewer, "GET", "/api/health-checks/" + check + "/evidence").status == 403);
  CHECK(house.as(house.token_of("operator"), "GET", "/api/health-checks/" + check + "/evidence").status == 403);
  CHECK(house.as(house.token_of("editor"), "GET", "/api/health-checks/" + check + "/evidence").text("body") ==
        "canary-of-the-body");
}

TEST_CASE("a heartbeat comes with its secret address, from whatever sends it") {
  House house(generous());
  const auto token = house.admin();
  const auto reply = house.as(token, "POST", "/api/services", R"({"name":"job","type":"push"})");
  const auto secret = reply.text("push_token");
  REQUIRE(secret.size() == 40);
  const auto id = reply.text("id");
  house.on_loop([&] { house.clock.advance(1s); });
  CHECK(house.ask("GET", "/api/push/" + secret).body == R"({"ok":true})");
  CHECK(house.as(token, "GET", "/api/services/" + id).text("status") == "up");
  CHECK(house.as(token, "GET", "/api/services/" + id).body.find(secret) == std::string::npos);
  house.on_loop([&] { house.clock.advance(1s); });
  CHECK(
      house.ask("POST", "/api/push/" + secret + "?exit_code=3", {{"Content-Type", "text/plain"}}, "it broke").status ==
      200);
  CHECK(house.as(token, "GET", "/api/services/" + id).text("status") == "down");
  CHECK(house.ask("GET", "/api/push/" + std::string(40, 'a')).status == 404);
  CHECK(house.ask("GET", "/api/push/" + secret + "?status=perhaps").status == 400);
  CHECK(house.ask("GET", "/api/push/" + secret + "?exit_code=256").status == 400);
  const auto next = house.as(token, "POST", "/api/services/" + id + "/push-token").text("token");
  CHECK(house.ask("GET", "/api/push/" + secret).status == 404);
  int fine = 0;
  for (int ping = 0; ping < 70; ++ping) fine += house.ask("GET", "/api/push/" + next).status == 200 ? 1 : 0;
  CHECK(fine >= 55);
  CHECK(fine <= 60);
}

TEST_CASE("a composite cannot go around in a circle, and its members cannot be taken from under it") {
  House house(generous());
  const auto token = house.admin();
  const auto one = made(house, http("one", "a.example"));
  const auto inner =
      made(house, R"({"name":"inner","type":"composite","options":{"composite":{"member_ids":[")" + one + R"("]}}})");
  const auto outer =
      made(house, R"({"name":"outer","type":"composite","options":{"composite":{"member_ids":[")" + inner + R"("]}}})");
  const auto circle = house.as(token, "PUT", "/api/services/" + inner,
                               R"({"options":{"composite":{"member_ids":[")" + outer + R"("]}}})");
  CHECK(circle.status == 422);
  CHECK(house.as(token, "DELETE", "/api/services/" + one).status == 409);
  (void)house.as(token, "POST", "/api/services/" + one + "/check");
  for (int second = 0; second < 3; ++second)
    house.on_loop([&] {
      house.clock.advance(1s);
      house.show();
    });
  CHECK(house.as(token, "GET", "/api/services/" + outer).text("status") == "up");
}

TEST_CASE("who sees only a part of the fleet sees only its services") {
  House house(generous());
  const auto token = house.admin();
  const auto cluster = house.cluster();
  const auto vms = parsed(house.as(token, "GET", "/api/vms?status=running"));
  const auto vm = *vms.as_array()->front().find("id")->as_string();
  house.on_loop([&] {
    store::InventoryBatch batch;
    for (const auto& [id, view] : house.inventory.snapshot()->clusters) {
      for (const auto& node : view->nodes) batch.nodes.push_back(*node);
      for (const auto& guest : view->guests) batch.guests.push_back(*guest);
    }
    REQUIRE(house.store->save_inventory(batch));
  });
  const auto bound = made(house, http("bound", "a.example", R"(,"vm_id":")" + vm + "\""));
  const auto alone = made(house, http("alone", "b.example"));
  const auto narrow = house.as(
      token, "POST", "/api/users",
      R"({"username":"narrow","email":"n@example.org","password":"a-long-sentence-9","role":"editor","scope":{"cluster_ids":["99"],"pools":[],"tags":[]}})");
  REQUIRE(narrow.status == 201);
  const auto eyes = house.sign_in("narrow", kPassword).text("access_token");
  CHECK(parsed(house.as(eyes, "GET", "/api/services")).as_array()->empty());
  for (const auto& id : {bound, alone}) CHECK(house.as(eyes, "GET", "/api/services/" + id).status == 404);
  CHECK(house.as(eyes, "POST", "/api/services", http("x", "a", R"(,"vm_id":")" + vm + "\"")).status == 422);
  CHECK(parsed(house.as(token, "GET", "/api/services?vm_id=" + vm)).as_array()->size() == 1);
  CHECK(parsed(house.as(token, "GET", "/api/services?cluster_id=" + cluster)).as_array()->size() == 1);
}

TEST_CASE("the ports of a guest are tried twice a minute, whoever asks") {
  House house;
  const auto token = house.admin();
  (void)house.cluster();
  const auto vms = parsed(house.as(token, "GET", "/api/vms?status=running"));
  const auto of = [&](std::size_t at) {
    const auto vm = *vms.as_array()->at(at).find("id")->as_string();
    return house.as(token, "GET", "/api/services/proposals?vm_id=" + vm);
  };
  CHECK(of(0).status == 200);
  CHECK(of(0).status == 200);
  const auto refused = of(0);
  CHECK(refused.status == 429);
  CHECK(refused.body.find("twice a minute") != std::string::npos);
  CHECK_FALSE(refused.header("Retry-After").empty());
  CHECK(of(1).status == 200);
}

TEST_CASE("uptime and time lines speak of time") {
  House house(generous());
  const auto token = house.admin();
  const auto id = made(house, http("Shop", "shop.example", R"(,"retries":0,"recover_after":1)"));
  const auto check = [&] { return house.as(token, "POST", "/api/services/" + id + "/check").status; };
  const auto wait = [&](std::chrono::seconds span) { house.on_loop([&] { house.clock.advance(span); }); };
  CHECK(check() == 200);
  wait(100s);
  CHECK(check() == 200);
  CHECK(house.as(token, "PUT", "/api/services/" + id, R"({"target":"https://dead.example/"})").status == 200);
  wait(60s);
  CHECK(check() == 200);
  wait(60s);
  CHECK(house.as(token, "PUT", "/api/services/" + id, R"({"target":"https://shop.example/"})").status == 200);
  CHECK(check() == 200);
  const auto uptime = parsed(house.as(token, "GET", "/api/services/" + id + "/uptime?hours=1"));
  CHECK(*uptime.find("down_ms")->as_int() == 60'000);
  CHECK(*uptime.find("up_ms")->as_int() == 160'000);
  CHECK(*uptime.find("outages")->as_int() == 1);
  CHECK(*uptime.find("uptime_percent")->as_number() == 72.7272);
  const auto states = parsed(house.as(token, "GET", "/api/services/" + id + "/states?hours=1&cells=10"));
  CHECK(states.find("intervals")->as_array()->size() >= 2);
  CHECK(states.find("cells")->as_array()->size() == 10);
  wait(1s);
  const auto timeline = parsed(house.as(token, "GET", "/api/services/" + id + "/timeline"));
  const auto& newest = timeline.find("items")->as_array()->front();
  CHECK(*newest.find("from")->as_string() == "down");
  CHECK(*newest.find("to")->as_string() == "up");
  const auto sla = parsed(house.as(token, "GET", "/api/services/" + id + "/sla?months=2&time_zone=Europe/Oslo"));
  CHECK(sla.find("months")->as_array()->size() == 1);
  const auto latency = parsed(house.as(token, "GET", "/api/services/" + id + "/latency"));
  CHECK(*latency.find("count")->as_int() == 3);
  const auto checks = parsed(house.as(token, "GET", "/api/health-checks?limit=2&service_id=" + id));
  REQUIRE(checks.as_array()->size() == 2);
  CHECK(*checks.as_array()->front().find("status")->as_string() == "up");
  CHECK(*checks.as_array()->back().find("status")->as_string() == "down");
  const auto stats = parsed(house.as(token, "GET", "/api/health-checks/stats/" + id));
  CHECK(*stats.find("up")->as_int() == 3);
  CHECK(*stats.find("down")->as_int() == 1);
  const auto series = house.as(token, "GET", "/api/metrics/series?metric=latency_seconds&object=service:" + id);
  CHECK(series.status == 200);
}

// What happened, as charts and timelines tell it, through the whole service on a real database.

#include <algorithm>
#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"
#include "base/time_text.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;
using namespace std::chrono_literals;

namespace {

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  return settings;
}

Json ask(House& house, const std::string& target, const std::string& role = "admin") {
  const auto reply = house.as(role == "admin" ? house.admin() : house.token_of(role), "GET", target);
  CHECK_MESSAGE(reply.status == 200, reply.body);
  auto parsed = Json::parse(reply.body);
  REQUIRE(parsed);
  return *parsed;
}

std::string text(const Json& json, const char* member) {
  const auto* found = json.find(member);
  return found && found->as_string() ? *found->as_string() : "";
}

struct Scene {
  House house{generous()};
  ClusterId cluster{ClusterId{std::stoll(house.cluster())}};

  void see(const std::vector<Event>& events) {
    auto given = events;
    for (Event& event : given) {
      event.cluster = cluster;
      if (event.key.empty()) event.key = event.object + '|' + std::to_string(to_ms(event.at));
    }
    REQUIRE(house.store->save_inventory({.events = given}));
  }
  WallTime now() { return house.clock.wall(); }
  std::vector<Json> marks(const std::string& object, const std::string& role = "admin",
                          const std::string& metric = "cpu_ratio") {
    const auto answer = ask(house, "/api/metrics/series?metric=" + metric + "&object=" + object, role);
    return *answer.find("marks")->as_array();
  }
};

Event state_of(std::string object, WallTime at, std::string from, std::string to) {
  Event event{};
  event.kind = EventKind::state;
  event.at = event.until = at;
  event.object = std::move(object);
  event.name = "then";
  event.from = std::move(from);
  event.to = std::move(to);
  return event;
}

Event backup_of(std::string object, WallTime from, WallTime until) {
  Event event = state_of(std::move(object), from, "", "");
  event.kind = EventKind::task;
  event.severity = EventSeverity::error;
  event.until = until;
  event.place = "node:1";
  event.from.reset();
  event.to.reset();
  event.task = EndedTask{"UPID:1", "pve1", "vzdump", "root@pam", "100", "job errors"};
  return event;
}

}  // namespace

TEST_CASE("a chart has the marks of its object, a node's also the tasks that ran on it, a fleet's only states") {
  Scene scene;
  const WallTime at = scene.now() - 30min;
  Event node = state_of("node:1", at + 2min, "online", "offline");
  node.place = "cluster:" + scene.cluster.text();
  scene.see({backup_of("vm:1", at, at + 10min), state_of("vm:1", at + 1min, "running", "stopped"), node,
             state_of("vm:1", at - 24h, "stopped", "running")});
  const auto kinds = [&](const std::string& object) {
    std::string out;
    for (const Json& mark : scene.marks(object)) {
      const auto t = *mark.find("t")->as_int();
      if (t >= to_ms(at)) out += text(mark, "kind") + ' ' + text(mark, "object") + ", ";
    }
    return out;
  };
  CHECK(kinds("vm:1") == "task vm:1, state vm:1, ");
  CHECK(kinds("node:1") == "task vm:1, state node:1, ");
  CHECK(kinds("vm:2").empty());
  CHECK(kinds("cluster:" + scene.cluster.text()) == "state node:1, ");
  CHECK(kinds("fleet") == "state node:1, ");

  const auto marks = scene.marks("vm:1");
  const Json& task = marks.front();
  CHECK(*task.find("until")->as_int() == to_ms(at + 10min));
  CHECK(text(task, "severity") == "error");
  CHECK(text(*task.find("task"), "type") == "vzdump");
  CHECK(text(*task.find("task"), "outcome") == "failed");
  CHECK(text(*task.find("task"), "status") == "job errors");
  CHECK(task.find("from")->is_null());
  const Json& state = marks[1];
  CHECK(text(state, "from") == "running");
  CHECK(text(state, "to") == "stopped");
  CHECK(state.find("until")->is_null());
  CHECK(state.find("task")->is_null());
}

TEST_CASE("of more than 500 marks the newest are kept, by time") {
  Scene scene;
  std::vector<Event> events;
  events.reserve(510);
  for (int i = 0; i < 510; ++i) events.push_back(state_of("vm:2", scene.now() - 1s * (i + 1), "stopped", "running"));
  scene.see(events);
  const auto marks = scene.marks("vm:2");
  REQUIRE(marks.size() == 500);
  CHECK(*marks.back().find("t")->as_int() == to_ms(scene.now() - 1s));
  CHECK(*marks.front().find("t")->as_int() == to_ms(scene.now() - 500s));
}

TEST_CASE("a timeline pages through what happened, newest first") {
  Scene scene;
  std::vector<Event> events;
  events.reserve(7);
  for (int i = 0; i < 7; ++i)
    events.push_back(state_of("vm:2", scene.now() - 400 * 24h + 1h * i, "x", std::to_string(i)));
  scene.see(events);
  std::string seen, cursor;
  int pages = 0;
  do {
    const auto page = ask(scene.house, "/api/vms/2/timeline?limit=3" + (cursor.empty() ? "" : "&cursor=" + cursor));
    for (const Json& entry : *page.find("items")->as_array()) seen += text(entry, "to");
    cursor = text(page, "next_cursor");
  } while (!cursor.empty() && ++pages < 5);
  CHECK(seen == "6543210");
  const auto since = rfc3339(scene.now() - 400 * 24h + 5h), until = rfc3339(scene.now() - 400 * 24h + 6h);
  const auto some = ask(scene.house, "/api/vms/2/timeline?since=" + since + "&until=" + until);
  CHECK(some.find("items")->as_array()->size() == 1);
  const auto refused = [&](const std::string& target) {
    return scene.house.as(scene.house.admin(), "GET", target).status;
  };
  CHECK(refused("/api/vms/2/timeline?cursor=nonsense") == 400);
  CHECK(refused("/api/vms/2/timeline?kind=x") == 400);
  CHECK(refused("/api/vms/999/timeline") == 404);
}

TEST_CASE("who may see one pool hears nothing of the tasks of others, on whatever page") {
  Scene scene;
  const WallTime at = scene.now() - 30min;
  Event node_task = backup_of("node:1", at, at + 1min);
  node_task.place.clear();
  Event mine = backup_of("vm:1", at + 2min, at + 3min), other = backup_of("vm:2", at + 4min, at + 5min);
  mine.key = "mine";
  other.key = "other";
  scene.see({node_task, mine, other});
  const std::string body =
      R"({"username":"narrow","email":"n@example.org","password":"a-long-sentence-9","role":"viewer",)"
      R"("scope":{"cluster_ids":[],"pools":["blue"],"tags":[]}})";
  REQUIRE(scene.house.as(scene.house.admin(), "POST", "/api/users", body).status == 201);
  scene.house.adopt("narrow", scene.house.sign_in("narrow", kPassword).text("access_token"));
  for (const Json& mark : scene.marks("node:1", "narrow")) CHECK(text(mark, "object") == "vm:1");
  CHECK_FALSE(scene.marks("node:1", "narrow").empty());
  const auto timeline = ask(scene.house, "/api/nodes/1/timeline", "narrow");
  for (const Json& entry : *timeline.find("items")->as_array()) CHECK(text(entry, "object") == "vm:1");
  CHECK(scene.house.as(scene.house.token_of("narrow"), "GET", "/api/vms/2/timeline").status == 404);
}

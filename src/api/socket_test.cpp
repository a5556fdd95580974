#include "api/socket.h"

#include <atomic>
#include <deque>
#include <doctest/doctest.h>
#include <mutex>
#include <thread>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;

namespace {

/// A line without a network: what we say is read by the socket, what it says is kept.
class Line final : public net::WebSocket {
 public:
  net::Task<Result<std::string>> read() override {
    for (;;) {
      if (!is_open()) co_return fail(Errc::unreachable, "closed");
      if (auto next = take()) co_return *next;
      co_await net::sleep_for(std::chrono::milliseconds{5});
    }
  }
  bool send(net::Frame frame) override {
    const std::lock_guard lock(mutex_);
    said_.push_back(frame.head + (frame.body ? *frame.body : ""));
    return true;
  }
  [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
  [[nodiscard]] std::chrono::milliseconds stalled_for() const override { return stalled; }
  void drop_queue() override {}
  void on_drained(std::function<void()>) override {}
  void close(std::uint16_t code, std::string_view) override { closed = code; }
  [[nodiscard]] bool is_open() const override { return closed == 0; }

  void say(std::string text) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(std::move(text));
  }
  /// The next message of that type, waiting two seconds at most; "" when none came.
  std::string next(const std::string& type) {
    for (int tries = 0; tries < 200; ++tries, std::this_thread::sleep_for(std::chrono::milliseconds{10})) {
      const std::lock_guard lock(mutex_);
      while (!said_.empty()) {
        auto text = std::move(said_.front());
        said_.pop_front();
        if (text.starts_with("{\"type\":\"" + type + "\"")) return text;
      }
    }
    return "";
  }
  bool closes_with(int code) {
    for (int tries = 0; tries < 300 && closed == 0; ++tries) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return closed == code;
  }
  std::atomic<int> closed{0};
  std::atomic<std::chrono::milliseconds> stalled{std::chrono::milliseconds{0}};

 private:
  std::optional<std::string> take() {
    const std::lock_guard lock(mutex_);
    if (heard_.empty()) return std::nullopt;
    auto text = std::move(heard_.front());
    heard_.pop_front();
    return text;
  }
  std::mutex mutex_{};
  std::deque<std::string> heard_{}, said_{};
};

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  return settings;
}

std::string subscribe(const std::string& id, const std::string& stream) {
  return R"({"type":"subscribe","data":{"id":")" + id + R"(","stream":")" + stream + R"("}})";
}

}  // namespace

TEST_CASE("a page says hello, subscribes, and sees what the list shows") {
  House house(generous());
  (void)house.cluster();
  const auto line = std::make_shared<Line>();
  REQUIRE(house.open_socket(house.admin(), line) == 101);
  CHECK(line->next("hello").find("\"epoch\":\"epoch-1\"") != std::string::npos);
  line->say(subscribe("a", "vms"));
  const auto snapshot = Json::parse(line->next("snapshot"));
  REQUIRE(snapshot);
  const auto list = Json::parse(house.as(house.admin(), "GET", "/api/vms").body);
  CHECK(snapshot->find("data")->find("items")->dump() == list->dump());
  line->say(R"({"type":"ping","data":{"timestamp":"t-1"}})");
  CHECK(line->next("pong").find("\"t-1\"") != std::string::npos);
  line->say(R"({"type":"resync","data":{"id":"a"}})");
  CHECK(!line->next("snapshot").empty());
}

TEST_CASE("what is wrong comes over the line as the list shows it, and so does what goes wrong next") {
  House house(generous());
  (void)house.cluster();
  const auto go_wrong = [&](std::int64_t count) {
    auto picture = std::make_shared<state::AlertPicture>();
    for (std::int64_t id = 1; id <= count; ++id) {
      auto view = std::make_shared<state::IncidentView>();
      view->id = view->row.id = IncidentId{id};
      view->updated_at = house.clock.wall();
      auto alert = std::make_shared<state::AlertView>();
      alert->row.id = AlertId{id};
      alert->row.target.entity = {EntityKind::monitor, 1};
      alert->name = "Monitorix";
      view->alerts.push_back(std::move(alert));
      picture->incidents.push_back(std::move(view));
    }
    house.on_loop([&] { house.inventory.set_alerts(picture, house.clock.wall()); });
  };
  go_wrong(1);
  const auto line = std::make_shared<Line>();
  REQUIRE(house.open_socket(house.admin(), line) == 101);
  line->say(subscribe("a", "incidents"));
  const auto snapshot = Json::parse(line->next("snapshot"));
  REQUIRE(snapshot);
  const auto list = [&] {
    return Json::parse(house.as(house.admin(), "GET", "/api/incidents?state=open&state=acknowledged").body)
        ->find("items")
        ->dump();
  };
  CHECK(snapshot->find("data")->find("items")->dump() == list());
  go_wrong(2);
  house.on_loop([&] { house.tell(); });
  const auto delta = Json::parse(line->next("delta"));
  REQUIRE(delta);
  const auto set = delta->find("data")->find("set")->dump();
  CHECK(list().find(set.substr(1, set.size() - 2)) != std::string::npos);
}

TEST_CASE("mistakes are answered, and only ten malformed messages close the line") {
  House house(generous());
  const auto line = std::make_shared<Line>();
  REQUIRE(house.open_socket(house.admin(), line) == 101);
  const auto is_error = [&](const std::string& said, const std::string& code) {
    line->say(said);
    return line->next("error").find("\"code\":\"" + code + "\"") != std::string::npos;
  };
  CHECK(is_error(R"({"type":"dance"})", "unknown_type"));
  CHECK(is_error(subscribe("a", "weather"), "bad_request"));
  CHECK(is_error(subscribe("", "vms"), "bad_request"));
  CHECK(is_error(R"({"type":"subscribe","data":{"id":"f","stream":"vms","filter":{"colour":"red"}}})", "bad_request"));
  CHECK(is_error(R"({"type":"unsubscribe","data":{"id":"nobody"}})", "not_found"));
  for (int n = 0; n < 32; ++n) line->say(subscribe("s" + std::to_string(n), "clusters"));
  CHECK(is_error(subscribe("s0", "clusters"), "already_exists"));
  CHECK(is_error(subscribe("one-more", "clusters"), "too_large"));
  CHECK(line->closed == 0);
  for (int n = 0; n < 10; ++n) line->say("not json");
  CHECK(line->closes_with(1008));
}

TEST_CASE("who is disabled is told and cut within two seconds, as is who signs out or changes role") {
  House house(generous());
  const auto admin = house.admin();
  const auto begin = [&](const std::string& role) {
    auto line = std::make_shared<Line>();
    REQUIRE(house.open_socket(house.token_of(role), line) == 101);
    return line;
  };
  const auto viewer = begin("viewer");
  const auto editor = begin("editor");
  const auto operator_line = begin("operator");
  const auto bystander = begin("admin");
  const auto id = [&](const std::string& role) {
    return house.as(house.token_of(role), "GET", "/api/auth/me").text("id");
  };
  const auto viewer_id = id("viewer");
  const auto editor_id = id("editor");
  REQUIRE(house.as(admin, "PUT", "/api/users/" + viewer_id + "/toggle-active").status == 200);
  REQUIRE(house.as(admin, "PUT", "/api/users/" + editor_id, R"({"role":"viewer"})").status == 200);
  REQUIRE(house.as(house.token_of("operator"), "POST", "/api/auth/logout").status == 204);
  CHECK(viewer->next("bye").find("user_disabled") != std::string::npos);
  CHECK(viewer->closes_with(4403));
  CHECK(editor->next("bye").find("role_changed") != std::string::npos);
  CHECK(editor->closes_with(4401));
  CHECK(operator_line->next("bye").find("signed_out") != std::string::npos);
  CHECK(operator_line->closes_with(4401));
  CHECK(bystander->closed == 0);
}

TEST_CASE("a line that takes nothing for thirty seconds is closed, an expired token ends another") {
  House house(generous());
  const auto slow = std::make_shared<Line>();
  const auto old = std::make_shared<Line>();
  REQUIRE(house.open_socket(house.admin(), slow) == 101);
  REQUIRE(house.open_socket(house.admin(), old) == 101);
  slow->stalled = std::chrono::seconds{31};
  CHECK(slow->closes_with(1013));
  CHECK(old->closed == 0);
  house.on_loop([&] { house.clock.advance(std::chrono::minutes{31}); });
  CHECK(old->next("bye").find("token_expired") != std::string::npos);
  CHECK(old->closes_with(4401));
}

#include "proxmox/client.h"

#include <doctest/doctest.h>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;
using net::answer_of;

namespace {

constexpr std::string_view kOk = "HTTP/1.1 200 OK";
const std::string kRows = answer_of(kOk, "", R"({"data":[]})");

/// A member whose answer the test may change while it runs.
struct Member {
  std::mutex mutex{};
  std::string answer{kRows};
  std::atomic<std::chrono::milliseconds> delay{0ms};
  net::ScriptedServer server{[this](net::Talk& talk) {
    while (!talk.read_head().empty()) {
      std::this_thread::sleep_for(delay.load());
      const std::scoped_lock lock(mutex);
      if (answer.empty() || !talk.write(answer)) return;
    }
  }};
  void say(std::string words) {
    const std::scoped_lock lock(mutex);
    answer = std::move(words);
  }
};

struct Stage {
  ManualClock clock{};
  Member first{}, second{};
  net::Loop loop{};
  net::HttpClient http{loop};
  Client client;

  explicit Stage(int members = 1) : client(http, clock, config(members)) {}

  ClusterConfig config(int members) {
    ClusterConfig made{};
    made.id = ClusterId{7};
    made.token_id = "monitor@pve!x";
    made.token_secret = Secret("0000");
    made.tls_mode = TlsMode::fingerprint;
    for (int at = 0; at < members; ++at) {
      const auto& server = (at == 0 ? first : second).server;
      Endpoint endpoint{};
      endpoint.id = EndpointId{at + 1};
      endpoint.address = "127.0.0.1";
      endpoint.port = static_cast<std::uint16_t>(server.port());
      endpoint.priority = at;
      endpoint.fingerprints = {Fingerprint{server.identity().fingerprint()}};
      made.endpoints.push_back(endpoint);
    }
    return made;
  }
  Result<Reply> get(CallClass kind = CallClass::resources) {
    return net::run_now(loop,
                        client.get(kind == CallClass::node_status ? "/nodes/a/status" : "/cluster/resources", kind));
  }
  ClusterState state() { return client.health().state; }
};

}  // namespace

TEST_CASE("a member that answers every call with 500 is trouble, and well again with its first answer") {
  Stage stage;
  REQUIRE(stage.get());
  CHECK(stage.state() == ClusterState::ok);
  stage.first.say(answer_of("HTTP/1.1 500 got no worker", "", R"({"data":null})"));
  CHECK_FALSE(stage.get());
  CHECK(stage.state() == ClusterState::degraded);
  CHECK_FALSE(stage.get());
  const auto health = stage.client.health();
  CHECK(health.state == ClusterState::unreachable);
  REQUIRE(health.error);
  CHECK(health.error->text == "it answers 500 got no worker");
  CHECK(health.error->code == "status");
  CHECK(std::get<std::string>(health.error->params.at("said")) == "500 got no worker");
  stage.first.say(kRows);
  CHECK(stage.get());
  CHECK(stage.state() == ClusterState::ok);
  CHECK_FALSE(stage.client.health().error);
}

TEST_CASE("a server that does not know the calls of a cluster is trouble, an optional call may be missing") {
  for (const auto* said : {"501 Method 'GET /cluster/resources' not implemented", "404 Not Found"}) {
    Stage stage;
    REQUIRE(stage.get());
    stage.first.say(answer_of("HTTP/1.1 " + std::string(said), "", ""));
    CHECK_FALSE(stage.get());
    CHECK_FALSE(stage.get());
    const auto health = stage.client.health();
    CHECK(health.state == ClusterState::unreachable);
    REQUIRE(health.error);
    CHECK(health.error->code == "unknown_call");
    CHECK(health.error->text == "it does not know a call that every Proxmox VE knows (" + std::string(said) + ")");
    CHECK_FALSE(stage.get(CallClass::status));
    for (const auto optional : {CallClass::tasks, CallClass::node_status, CallClass::identity}) {
      const auto got = stage.get(optional);
      REQUIRE(got);
      CHECK_FALSE(got->is_ok());
    }
    stage.first.say(kRows);
    CHECK(stage.get());
    CHECK(stage.state() == ClusterState::ok);
  }
}

TEST_CASE("a redirect is not followed and not an answer") {
  Stage stage;
  stage.first.say(answer_of("HTTP/1.1 302 Found", "Location: http://169.254.169.254/\r\n", ""));
  const auto got = stage.get();
  REQUIRE_FALSE(got);
  CHECK(got.error().text == "it answers 302 Found");
  CHECK(stage.first.server.connections() == 1);
}

TEST_CASE("595 to a call about a member blames that member, not the one that was asked") {
  Stage stage;
  REQUIRE(stage.get());
  stage.first.say(answer_of("HTTP/1.1 595 No route to host", "", ""));
  const auto got = stage.get(CallClass::node_status);
  REQUIRE(got);
  CHECK(got->blames_peer());
  CHECK(stage.state() == ClusterState::ok);
}

TEST_CASE("when one member fails the next is asked in the same breath") {
  Stage stage(2);
  REQUIRE(stage.get());
  stage.first.say(answer_of("HTTP/1.1 500 broken", "", ""));
  const auto got = stage.get();
  REQUIRE(got);
  CHECK(got->endpoint == EndpointId{2});
  CHECK(stage.state() == ClusterState::degraded);
  stage.first.say(kRows);
  CHECK(stage.get()->endpoint == EndpointId{2});  // sticky: it answers
}

TEST_CASE("samples are asked of exactly one member, kept as text, and the inventory stays where it was") {
  Stage stage(2);
  const auto get_from = [&](int endpoint) {
    return net::run_now(stage.loop, stage.client.get_from(EndpointId{endpoint}, "/x", CallClass::metrics));
  };
  REQUIRE(stage.get());
  const auto second = get_from(2);
  REQUIRE(second);
  CHECK(second->endpoint == EndpointId{2});
  CHECK(second->data.is_null());
  CHECK(second->body == R"({"data":[]})");
  const auto inventory = stage.get();
  REQUIRE(inventory);
  CHECK(inventory->endpoint == EndpointId{1});
  CHECK(get_from(3).error().code == Errc::unavailable);
  stage.second.say(answer_of("HTTP/1.1 501 Method 'GET' not implemented", "", ""));
  REQUIRE(get_from(2));
  CHECK(get_from(2)->status == 501);
  CHECK(stage.client.health().state == ClusterState::ok);
}

TEST_CASE("a refused token is asked again only after minutes") {
  Stage stage;
  stage.first.say(answer_of("HTTP/1.1 401 No ticket", "", ""));
  const auto got = stage.get();
  REQUIRE_FALSE(got);
  CHECK(got.error().code == Errc::denied);
  CHECK(stage.state() == ClusterState::auth_failed);
  const auto connections = stage.first.server.connections();
  stage.first.say(kRows);
  stage.clock.advance(4min);
  CHECK_FALSE(stage.get());
  CHECK(stage.first.server.connections() == connections);
  stage.clock.advance(2min);
  CHECK(stage.get());
  CHECK(stage.state() == ClusterState::ok);
}

TEST_CASE("a refused token is asked again at once when somebody saves the connection, though it is the same token") {
  Stage stage;
  stage.first.say(answer_of("HTTP/1.1 401 No ticket", "", ""));
  CHECK_FALSE(stage.get());
  stage.first.say(kRows);
  CHECK_FALSE(stage.get());
  stage.client.reconfigure(stage.config(1));
  CHECK(stage.get());
  CHECK(stage.state() == ClusterState::ok);
}

TEST_CASE("a certificate that nobody confirmed stops its member without a byte, until a human decides") {
  Stage stage;
  ClusterConfig changed = stage.config(1);
  changed.endpoints.front().fingerprints = {Fingerprint{stage.second.server.identity().fingerprint()}};
  stage.client.reconfigure(changed);
  CHECK_FALSE(stage.get());
  CHECK(stage.state() == ClusterState::tls_mismatch);
  CHECK(stage.first.server.http_bytes() == 0);
  const auto connections = stage.first.server.connections();
  stage.clock.advance(24h);
  CHECK_FALSE(stage.get());
  CHECK(stage.first.server.connections() == connections);
  const auto seen = stage.client.health().endpoints.front().seen;
  REQUIRE(seen);
  CHECK(seen->fingerprint == stage.first.server.identity().fingerprint());
  stage.client.reconfigure(stage.config(1));
  CHECK(stage.get());
  CHECK(stage.state() == ClusterState::ok);
}

TEST_CASE("garbage is a failure with a reason, never an empty fleet") {
  Stage stage;
  stage.first.say(answer_of(kOk, "", "\x01\x02 not JSON"));
  CHECK_FALSE(stage.get());
  CHECK_FALSE(stage.get());
  CHECK(stage.state() == ClusterState::unreachable);
  CHECK(stage.client.health().error);
}

TEST_CASE("an inventory cannot become hundreds of times as large from one answer to the next") {
  Stage stage;
  const std::string large = answer_of(kOk, "", R"({"data":[{"id":")" + std::string(9u << 20, 'x') + R"("}]})");
  stage.first.say(large);
  CHECK(stage.get());  // nothing is known of it yet
  stage.first.say(kRows);
  CHECK(stage.get());
  stage.first.say(large);
  const auto refused = stage.get();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::too_large);
  CHECK(stage.get(CallClass::backups));       // these grow by themselves
  stage.client.reconfigure(stage.config(1));  // somebody saw to it
  CHECK(stage.get());
}

TEST_CASE("a class of calls that fails five times in a row rests, the inventory does not") {
  Stage stage;
  REQUIRE(stage.get());
  stage.first.say(answer_of("HTTP/1.1 500 broken", "", ""));
  for (int round = 0; round < 5; ++round) stage.get(CallClass::node_status);
  const auto rested = stage.get(CallClass::node_status);
  REQUIRE_FALSE(rested);
  CHECK(rested.error().code == Errc::unavailable);
  stage.first.say(kRows);
  CHECK(stage.get());
  stage.clock.advance(31s);
  CHECK(stage.get(CallClass::node_status));
}

TEST_CASE("a member that keeps the inventory waiting is flagged long before the deadline") {
  Stage stage;
  REQUIRE(stage.get());
  CHECK_FALSE(stage.client.flag_silence());
  stage.first.delay = 300ms;
  const auto asking = [&]() -> net::Task<bool> {
    stage.loop.spawn("watch", [](Stage& s) -> net::Task<> {
      co_await net::sleep_for(100ms);
      CHECK_FALSE(s.client.flag_silence());
      s.clock.advance(6s);
      CHECK(s.client.flag_silence());
      CHECK_FALSE(s.client.flag_silence());  // told once
      CHECK(s.state() == ClusterState::degraded);
      REQUIRE(s.client.health().error);
      CHECK(s.client.health().error->text == "no answer within 5 s");
      CHECK(s.client.health().error->code == "silent");
    }(stage));
    const auto got = co_await stage.client.get("/cluster/resources", CallClass::resources);
    co_return got.has_value();
  };
  CHECK(net::run_now(stage.loop, asking()));
  CHECK(stage.state() == ClusterState::ok);
}

TEST_CASE("how long each endpoint took for the inventory is told once, failures without a time") {
  Stage stage;
  REQUIRE(stage.get());
  REQUIRE(stage.get(CallClass::node_status));  // not an inventory call
  auto polls = stage.client.take_polls();
  REQUIRE(polls.size() == 1);
  CHECK(polls[0].endpoint == EndpointId{1});
  REQUIRE(polls[0].took);
  CHECK(*polls[0].took > 0us);
  CHECK(stage.client.take_polls().empty());
  stage.first.say(answer_of("HTTP/1.1 500 broken", "", ""));
  stage.client.reconfigure(stage.config(2));
  REQUIRE(stage.get());
  polls = stage.client.take_polls();
  REQUIRE(polls.size() == 2);
  CHECK(polls[0].endpoint == EndpointId{1});
  CHECK(!polls[0].took);
  CHECK(polls[1].endpoint == EndpointId{2});
  CHECK(polls[1].took);
}

TEST_CASE("what we cost is counted by class") {
  Stage stage;
  REQUIRE(stage.get());
  REQUIRE(stage.get());
  REQUIRE(stage.get(CallClass::node_status));
  const auto load = stage.client.health().load;
  CHECK(load.requests_per_minute == 3);
  CHECK(load.bytes_per_minute > 0);
  CHECK(load.by_class.size() == 2);
  stage.clock.advance(61s);
  CHECK(stage.client.health().load.requests_per_minute == 0);
}

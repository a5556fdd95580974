#include "proxmox/rota/round.h"

#include <algorithm>
#include <doctest/doctest.h>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;
using net::answer_of;

namespace {

net::Task<int> ask(Round& round) {
  co_await round.ask_next();
  co_return 0;
}

/// A cluster that knows the answers it was given, by the end of a path; all others are 501.
struct Stage {
  std::mutex mutex{};
  std::map<std::string, std::pair<std::string, std::string>, std::less<>> answers{};  ///< status line, body
  std::vector<std::string> paths{};
  net::ScriptedServer server{[this](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const std::scoped_lock lock(mutex);
      const std::string path = head.substr(4, head.find(' ', 4) - 4);
      paths.push_back(path.substr(std::string("/api2/json").size()));
      const auto known = std::ranges::find_if(answers, [&](const auto& one) { return path.ends_with(one.first); });
      const bool is_written = known == answers.end()
                                  ? talk.write(answer_of("HTTP/1.1 501 not implemented", "", ""))
                                  : talk.write(answer_of("HTTP/1.1 " + known->second.first, "",
                                                         R"({"data":)" + known->second.second + "}"));
      if (!is_written) return;
    }
  }};
  ManualClock clock{};
  net::Loop loop{};
  net::HttpClient http{loop};
  Client client{http, clock, config()};
  std::vector<GuestFactsReport> told{};
  Round round{client, clock, [this](decltype(Observation::what) what) {
                if (auto* of_guest = std::get_if<GuestFactsReport>(&what)) told.push_back(std::move(*of_guest));
              }};
  Resources resources{};

  ClusterConfig config() const {
    ClusterConfig made{};
    made.id = ClusterId{7};
    made.token_id = "monitor@pve!x";
    made.token_secret = Secret("0000");
    Endpoint endpoint{.id = EndpointId{1}, .address = "127.0.0.1"};
    endpoint.port = static_cast<std::uint16_t>(server.port());
    endpoint.fingerprints = {Fingerprint{server.identity().fingerprint()}};
    made.endpoints.push_back(endpoint);
    return made;
  }

  Stage() {
    say("/disks/list", "200 OK", "[]");
    say("/snapshot", "200 OK", "[]");
    say("/config", "200 OK", R"({"agent":"1"})");
    say("/agent/get-fsinfo", "200 OK", R"({"result":[]})");
    say("/agent/network-get-interfaces", "200 OK", R"({"result":[]})");
    say("/agent/get-osinfo", "200 OK", R"({"result":{"name":"Debian"}})");
    say("/agent/get-host-name", "200 OK", R"({"result":{"host-name":"web"}})");
    resources.guests.push_back({.type = GuestType::qemu, .vmid = 100, .node = "pve1", .status = "running"});
    see();
  }
  void say(const std::string& path, std::string status, std::string body = "null") {
    const std::scoped_lock lock(mutex);
    answers[path] = {std::move(status), std::move(body)};
  }
  void see() { round.see(resources, {"pve1"}); }
  /// Everything that is asked during `length`, with one turn each `step`.
  std::vector<std::string> hear(std::chrono::seconds length, std::chrono::seconds step = 1s) {
    {
      const std::scoped_lock lock(mutex);
      paths.clear();
    }
    for (std::chrono::seconds at{0}; at < length; at += step) {
      (void)net::run_now(loop, ask(round));
      clock.advance(step);
    }
    const std::scoped_lock lock(mutex);
    return paths;
  }
};

long about(const std::vector<std::string>& paths, std::string_view part) {
  return std::ranges::count_if(paths, [&](const std::string& path) { return path.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("a running VM is asked by its agent once its configuration has one, and each question in its period") {
  Stage stage;
  const auto first = stage.hear(30s);
  CHECK(about(first, "/100/config") == 1);
  CHECK(about(first, "/agent/get-fsinfo") == 1);
  CHECK(about(first, "/agent/get-host-name") == 1);
  CHECK(about(first, "/snapshot") == 1);
  const auto hour = stage.hear(3600s, 5s);
  CHECK(about(hour, "/agent/get-fsinfo") >= 3);
  CHECK(about(hour, "/agent/get-fsinfo") <= 5);
  CHECK(about(hour, "/agent/get-osinfo") == 0);
  CHECK(about(hour, "/100/config") == 0);
}

TEST_CASE("no question is wasted on a VM without an agent, on one that stands, or on a container's agent") {
  Stage stage;
  stage.say("/config", "200 OK", "{}");
  CHECK(about(stage.hear(60s), "/agent/") == 0);

  Stage stopped;
  stopped.resources.guests.front().status = "stopped";
  stopped.resources.guests.push_back({.type = GuestType::lxc, .vmid = 200, .node = "pve1", .status = "stopped"});
  stopped.say("/interfaces", "200 OK", "[]");
  stopped.see();
  const auto heard = stopped.hear(60s);
  CHECK(about(heard, "/100/config") == 1);
  CHECK(about(heard, "/200/config") == 1);
  CHECK(about(heard, "/agent/") == 0);
  CHECK(about(heard, "/interfaces") == 0);
  for (GuestRow& guest : stopped.resources.guests) guest.status = "running";
  stopped.see();
  const auto later = stopped.hear(60s);
  CHECK(about(later, "/qemu/100/agent/get-fsinfo") == 1);
  CHECK(about(later, "/lxc/200/interfaces") == 1);
  CHECK(about(later, "/lxc/200/agent") == 0);
}

TEST_CASE("a dead agent is asked one question after 1, 5, 15 and 60 minutes, and all at once when it is back") {
  Stage stage;
  (void)stage.hear(30s);
  for (const auto* call : {"/agent/get-fsinfo", "/agent/network-get-interfaces", "/agent/get-osinfo"})
    stage.say(call, "500 QEMU guest agent is not running");
  const auto dead = stage.hear(4h, 5s);
  CHECK(about(dead, "/agent/") >= 4);
  CHECK(about(dead, "/agent/") <= 9);  // three questions every fifteen minutes would be 33
  const auto& last = stage.told.back().facts;
  CHECK((last.file_systems.missing || last.interfaces.missing || last.os.missing));
  CHECK(stage.client.health().state != ClusterState::degraded);  // a dead agent is no trouble of the cluster
  CHECK(stage.round.pause(true) < 10s);

  stage.say("/agent/get-fsinfo", "200 OK", R"({"result":[]})");
  stage.say("/agent/network-get-interfaces", "200 OK", R"({"result":[]})");
  stage.say("/agent/get-osinfo", "200 OK", R"({"result":{"name":"Debian"}})");
  SUBCASE("in its turn") {
    const auto back = stage.hear(70min, 5s);
    CHECK(about(back, "/agent/get-fsinfo") >= 1);
    CHECK(about(back, "/agent/network-get-interfaces") >= 1);
    CHECK(about(back, "/agent/get-osinfo") >= 1);
  }
  SUBCASE("when somebody asks") {
    stage.round.hurry(GuestType::qemu, 100);
    const auto back = stage.hear(20s, 1s);
    CHECK(about(back, "/agent/get-fsinfo") == 1);
    CHECK(about(back, "/agent/network-get-interfaces") == 1);
    CHECK(about(back, "/agent/get-osinfo") == 1);
  }
}

TEST_CASE("a missing privilege is named as Proxmox VE names it, and one refusal is enough for an agent") {
  const std::vector<std::pair<std::string, std::string>> refusals{
      {"403 Permission check failed (/vms/100, VM.Monitor)", "VM.Monitor"},
      {"403 Permission check failed (/vms/100, VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted)", "VM.GuestAgent.Audit"},
      {"403 no", "VM.GuestAgent.Audit"}};
  for (const auto& [said, named] : refusals) {
    Stage stage;
    for (const auto* call : {"/agent/get-fsinfo", "/agent/network-get-interfaces", "/agent/get-osinfo"})
      stage.say(call, said);
    CHECK(about(stage.hear(20min, 5s), "/agent/") == 1);
    const auto& why = std::ranges::find_if(stage.told, [](const auto& report) {
                        return report.facts.file_systems.is_asked();
                      })->facts.file_systems.missing;
    REQUIRE(why);
    CHECK(std::get<std::string>(why->params.at("privilege")) == named);
    for (const auto* call : {"/agent/get-fsinfo", "/agent/network-get-interfaces"})
      stage.say(call, "200 OK", R"({"result":[]})");
    stage.say("/agent/get-osinfo", "200 OK", R"({"result":{}})");
    CHECK(about(stage.hear(15min, 5s), "/agent/") >= 3);  // the privilege was given
  }
}

TEST_CASE("after a task that changes a guest its configuration and snapshots are asked at once, its agent is not") {
  Stage stage;
  (void)stage.hear(30s);
  PveTask old{.upid = "UPID:1", .type = "qmconfig", .id = "100", .ended_at = stage.clock.wall()};
  stage.round.see(TaskList{{old}});
  CHECK(stage.hear(5s).empty());  // it was over before we came
  PveTask running{.upid = "UPID:2", .type = "qmsnapshot", .id = "100"};
  stage.round.see(TaskList{{old, running}});
  CHECK(stage.hear(5s).empty());
  running.ended_at = stage.clock.wall();
  stage.round.see(TaskList{{old, running}});
  const auto heard = stage.hear(5s);
  CHECK(about(heard, "/100/config") == 1);
  CHECK(about(heard, "/snapshot") == 1);
  CHECK(about(heard, "/agent/") == 0);
  const PveTask backup{.upid = "UPID:3", .type = "vzdump", .id = "100", .ended_at = stage.clock.wall()};
  stage.round.see(TaskList{{backup}});
  CHECK(stage.hear(5s).empty());
}

TEST_CASE("a guest that comes later is asked for its configuration before all else") {
  Stage stage;
  (void)stage.hear(30s);
  stage.resources.guests.push_back({.type = GuestType::qemu, .vmid = 101, .node = "pve1", .status = "running"});
  stage.see();
  const auto heard = stage.hear(2s);
  REQUIRE_FALSE(heard.empty());
  CHECK(heard.front() == "/nodes/pve1/qemu/101/config");
}

TEST_CASE("calls that others made take turns away, but not from a guest that somebody looks at") {
  Stage stage;
  (void)stage.hear(60s);
  while (stage.round.passes()) continue;  // what its own questions took
  stage.round.owe_turn();
  stage.round.owe_turn();
  CHECK(stage.round.passes());
  stage.round.hurry(GuestType::qemu, 100);
  CHECK_FALSE(stage.round.passes());
  const auto hurried = stage.hear(20s);
  CHECK(about(hurried, "/100/config") == 1);
  CHECK(stage.round.passes());
}

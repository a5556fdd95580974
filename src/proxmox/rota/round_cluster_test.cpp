#include <doctest/doctest.h>
#include <map>
#include <set>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"
#include "proxmox/rota/round.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using net::answer_of;
using namespace std::chrono_literals;

namespace {

/// A cluster of one member that answers by path, what is not named here with 501, and a rota that asks it.
struct Asked {
  std::map<std::string, std::string> answers{};
  std::multiset<std::string> calls{};
  net::ScriptedServer server{[this](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const auto from = head.find("/api2/json") + 10;
      const auto path = head.substr(from, head.find(' ', from) - from);
      calls.insert(path);
      const auto known = answers.find(path);
      if (!talk.write(known == answers.end() ? answer_of("HTTP/1.1 501 not here", "", "") : known->second)) return;
    }
  }};
  ManualClock clock{};
  net::Loop loop{};
  net::HttpClient http{loop};
  NodeFacts node{};
  ClusterFacts cluster{};
  Client client{http, clock, config()};
  Round round{client, clock, [this](decltype(Observation::what) what) {
                if (const auto* report = std::get_if<NodeFactsReport>(&what)) take_newer(node, report->facts);
                if (const auto* report = std::get_if<ClusterFactsReport>(&what)) take_newer(cluster, report->facts);
              }};

  ClusterConfig config() {
    ClusterConfig out{};
    out.token_id = "monitor@pve!x";
    out.token_secret = Secret("0000");
    Endpoint endpoint{};
    endpoint.address = "127.0.0.1";
    endpoint.port = static_cast<std::uint16_t>(server.port());
    endpoint.fingerprints = {Fingerprint{server.identity().fingerprint()}};
    out.endpoints = {endpoint};
    return out;
  }
  void data(const std::string& path, const std::string& json) {
    answers[path] = answer_of("HTTP/1.1 200 OK", "", R"({"data":)" + json + "}");
  }
  void status(const std::string& path, const std::string& line) {
    answers[path] = answer_of("HTTP/1.1 " + line, "", "");
  }
  static net::Task<int> turns(Round& round, int times) {
    for (int turn = 0; turn < times; ++turn) co_await round.ask_next();
    co_return times;
  }
  void ask(int times) { net::run_now(loop, turns(round, times)); }
};

}  // namespace

TEST_CASE("a round asks the cluster and its members in turn, and says why something is not known") {
  Asked asked;
  asked.data("/cluster/ha/status/current", R"([{"type":"quorum","quorate":1}])");
  asked.data("/cluster/config/qdevice", "{}");
  asked.data("/nodes/a/disks/zfs", R"([{"name":"tank","health":"ONLINE"}])");
  asked.data("/nodes/a/disks/zfs/tank", R"({"name":"tank","errors":"No known data errors"})");
  asked.status("/nodes/a/disks/lvmthin", "403 Permission check failed (/nodes/a, Sys.Audit)");
  asked.data("/nodes/a/replication", "[]");
  asked.status("/nodes/a/time", "595 No route to host");
  asked.status("/nodes/a/disks/list", "500 command '/sbin/lvs' failed");
  asked.data("/nodes/a/apt/versions", "null");
  asked.round.see({}, {"a"});
  SUBCASE("with a token that may see guests") {
    asked.round.set_rights({{{"/", {"VM.Audit", "Sys.Audit"}}}});
    asked.ask(12);
    CHECK(asked.node.replication.value);
  }
  SUBCASE("with one that may not, an empty list proves nothing") {
    asked.round.set_rights({{{"/", {"Sys.Audit"}}}});
    asked.ask(12);
    CHECK_FALSE(asked.node.replication.value);
    CHECK(asked.node.replication.missing->code == "privilege_missing");
  }
  CHECK(asked.cluster.ha.value);
  REQUIRE(asked.cluster.qdevice.value);
  CHECK_FALSE(asked.cluster.qdevice.value->exists);
  REQUIRE(asked.node.zfs.value);
  CHECK(asked.node.zfs.value->front().errors == "No known data errors");
  CHECK(asked.node.thin_pools.missing->code == "privilege_missing");
  CHECK(asked.node.clock.missing->code == "status");
  CHECK(asked.node.disks.missing->code == "status");
  CHECK(asked.node.software.missing->code == "garbage");
  CHECK(asked.calls.count("/nodes/a/disks/lvmthin") == 1);
}

TEST_CASE("what is not installed is not asked again for hours, and a later failure keeps the last answer") {
  Asked asked;
  asked.status("/nodes/a/disks/zfs", "500 zfsutils-linux not installed");
  asked.data("/nodes/a/time", R"({"time":1795389360})");
  asked.round.see({}, {"a"});
  asked.ask(12);
  CHECK(asked.node.zfs.missing->code == "not_installed");
  REQUIRE(asked.node.clock.value);
  CHECK_FALSE(asked.node.clock.missing);
  asked.status("/nodes/a/time", "596 Connection timed out");
  asked.clock.advance(20min);
  asked.ask(12);
  CHECK(asked.calls.count("/nodes/a/disks/zfs") == 1);
  CHECK(asked.calls.count("/nodes/a/time") == 2);
  CHECK(asked.node.clock.value);
  CHECK(asked.node.clock.missing);
}

TEST_CASE("while something is highly available, it is asked every minute") {
  Asked asked;
  asked.data("/cluster/ha/status/current",
             R"([{"type":"quorum","quorate":1},{"type":"service","sid":"vm:1","state":"started"}])");
  asked.data("/cluster/ha/status/manager_status", R"({"manager_status":{"node_status":{"b":"fence"}}})");
  asked.round.see({}, {"a"});
  asked.ask(20);
  REQUIRE(asked.cluster.ha.value);
  CHECK(asked.cluster.ha.value->fenced_nodes == std::vector<std::string>{"b"});
  asked.clock.advance(61s);
  asked.ask(20);
  CHECK(asked.calls.count("/cluster/ha/status/current") == 2);
  asked.data("/cluster/ha/status/current", R"([{"type":"quorum","quorate":1}])");
  asked.clock.advance(61s);
  asked.ask(20);
  CHECK(asked.calls.count("/cluster/ha/status/current") == 3);
  asked.clock.advance(5min);
  asked.ask(20);
  CHECK(asked.calls.count("/cluster/ha/status/current") == 3);
}

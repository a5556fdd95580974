#include "proxmox/doctor.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <map>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using net::answer_of;

namespace {

/// A node that answers by path; what is not named here does not exist.
struct Host {
  std::map<std::string, std::string> answers{};
  net::ScriptedServer server{[this](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const auto from = head.find("/api2/json") + 10;
      const auto known = answers.find(head.substr(from, head.find(' ', from) - from));
      if (!talk.write(known == answers.end() ? answer_of("HTTP/1.1 501 not here", "", "") : known->second)) return;
    }
  }};
  void data(const std::string& path, const std::string& json) {
    answers[path] = answer_of("HTTP/1.1 200 OK", "", R"({"data":)" + json + "}");
  }
};

std::vector<Finding> examined(Host& node, bool with_right_pin = true) {
  ManualClock clock{};
  net::Loop loop{};
  net::HttpClient http{loop};
  ClusterConfig config{};
  config.token_id = "monitor@pve!x";
  config.token_secret = Secret("0000");
  Endpoint endpoint{};
  endpoint.address = "127.0.0.1";
  endpoint.port = static_cast<std::uint16_t>(node.server.port());
  endpoint.fingerprints = {Fingerprint{with_right_pin ? node.server.identity().fingerprint() : Digest{}}};
  config.endpoints = {endpoint};
  return net::run_now(loop, examine(http, clock, config));
}

const Finding& finding(const std::vector<Finding>& all, const std::string& id, const std::string& title = {}) {
  const auto at = std::ranges::find_if(
      all, [&](const Finding& one) { return one.id == id && (title.empty() || one.title == title); });
  REQUIRE(at != all.end());
  return *at;
}

std::int64_t count_in(const Finding& one, const std::string& name) {
  return std::get<std::int64_t>(one.found.params.at(name));
}

}  // namespace

TEST_CASE("what the doctor finds has a code and values for every language, and one English sentence") {
  Host node;
  node.data("/version", R"({"version":"8.4.1"})");
  node.data("/access/permissions", R"({"/":{"VM.Audit":1,"Sys.Audit":1,"Datastore.Audit":1,"VM.PowerMgmt":1}})");
  node.data("/nodes",
            R"([{"node":"a","status":"online"},{"node":"b","status":"online"},{"node":"c","status":"offline"}])");
  node.data("/cluster/resources", R"([{"id":"node/a"}])");
  node.data("/cluster/status", "[]");
  node.answers["/nodes/a/storage"] = answer_of("HTTP/1.1 403 Permission check failed", "", "");
  node.answers["/nodes/a/disks/list"] = answer_of("HTTP/1.1 403 Permission check failed (/nodes/a, Sys.Audit)", "", "");
  node.answers["/nodes/a/disks/zfs"] = answer_of("HTTP/1.1 500 zfsutils-linux not installed", "", "");
  const auto all = examined(node);
  CHECK(finding(all, "Q2").found == Reason{"answers", "answers", {}});
  CHECK(finding(all, "Q4").found == Reason{"version", "8.4.1", {{"version", "8.4.1"}}});
  CHECK(finding(all, "Q5").found.code == "token_accepted");
  const auto& rights = finding(all, "Q6");
  CHECK(rights.found.code == "rights_missing");
  REQUIRE(rights.features_lost.size() == 1);
  CHECK(rights.features_lost.front() == Reason{"pools", "pools", {}});
  const auto& power = finding(all, "Q14");
  CHECK(power.found.code == "may_change");
  CHECK(std::get<std::string>(power.found.params.at("privilege")) == "VM.PowerMgmt");
  const auto& members = finding(all, "Q9");
  CHECK(members.found.code == "members_without_endpoint");
  CHECK(members.found.text.starts_with("3 members, 1 endpoint:"));
  CHECK(count_in(members, "members") == 3);
  CHECK(count_in(members, "endpoints") == 1);
  const auto& resources = finding(all, "Q8", "/cluster/resources");
  CHECK(resources.found.code == "rows");
  CHECK(resources.found.text.starts_with("1 row, "));
  CHECK(count_in(resources, "rows") == 1);
  CHECK(finding(all, "Q8", "/cluster/tasks").found.code == "not_offered");
  const auto& storage = finding(all, "Q8", "/nodes/a/storage");
  CHECK(storage.found.code == "not_allowed");
  CHECK(storage.features_lost.front().code == "node_storage");
  const auto& disks = finding(all, "Q8", "/nodes/a/disks/list");
  CHECK(disks.features_lost.front().code == "disks");
  CHECK(disks.found.text.find("Sys.Audit") != std::string::npos);
  CHECK(disks.fix->find("pveum acl modify /") != std::string::npos);
  CHECK(finding(all, "Q8", "/nodes/a/disks/zfs").verdict == Verdict::skip);
  for (const char* call : {"/cluster/ha/status/current", "/cluster/config/qdevice", "/nodes/a/disks/lvmthin",
                           "/nodes/a/apt/versions", "/nodes/a/replication", "/nodes/a/time"})
    CHECK(finding(all, "Q8", call).found.code == "not_offered");
  CHECK(count_in(finding(all, "Q15"), "requests") > 5);
  CHECK(finding(all, "Q16").found.code == "backups_readable");
}

TEST_CASE("a token without the right on nodes is told that it cannot know how backups ended, and what would mend it") {
  Host node;
  node.data("/version", R"({"version":"9.2.11"})");
  node.data("/access/permissions", R"({"/":{"VM.Audit":1,"Sys.Audit":1},"/nodes":{"VM.Audit":1}})");
  node.data("/nodes", R"([{"node":"a","status":"online"}])");
  node.data("/cluster/backup", "[]");
  const auto all = examined(node);
  const auto& backups = finding(all, "Q16");
  CHECK(backups.verdict == Verdict::fail);
  CHECK(backups.found.code == "backups_denied");
  REQUIRE(backups.features_lost.size() == 1);
  CHECK(backups.features_lost.front().code == "backup_runs");
  CHECK(backups.fix->starts_with("pveum acl modify / --users "));
}

TEST_CASE("whether guest agents may be asked, which line allows it, and what it costs on 8") {
  const auto agents = [](const std::string& version, const std::string& privileges) {
    Host node;
    node.data("/version", R"({"version":")" + version + "\"}");
    node.data("/access/permissions", R"({"/":{"VM.Audit":1)" + privileges + "}}");
    return finding(examined(node), "Q11");
  };
  CHECK(agents("9.2.1", R"(,"VM.GuestAgent.Audit":1)").found.code == "agents_allowed");
  CHECK(agents("9.2.1", R"(,"VM.GuestAgent.Unrestricted":1)").verdict == Verdict::ok);
  CHECK(agents("8.4.1", R"(,"VM.Monitor":1)").verdict == Verdict::ok);
  const auto of_9 = agents("9.2.1", R"(,"VM.Monitor":1)");
  CHECK(of_9.verdict == Verdict::warn);
  CHECK(std::get<std::string>(of_9.found.params.at("privilege")) == "VM.GuestAgent.Audit");
  CHECK(of_9.fix->find("PVEAuditor") != std::string::npos);
  const auto of_8 = agents("8.4.1", "");
  CHECK(of_8.verdict == Verdict::skip);  // doing without is a choice
  CHECK(of_8.fix->starts_with("pveum role add MonitorixAgent --privs VM.Monitor && pveum acl modify / --users "));
  CHECK(of_8.features_lost.front().code == "agents");
}

TEST_CASE("of the VMs that run it is told how many have an agent and how many of these answer") {
  const Finding allowed{.id = "Q11", .found = {.code = "agents_allowed"}};
  CHECK(agents_check(allowed, {}).found.code == "agents_allowed");
  const auto all = agents_check(allowed, {.running = 9, .configured = 5, .answering = 5});
  CHECK(all.verdict == Verdict::ok);
  CHECK(all.found.text == "9 VMs run, 5 of them with a guest agent, and 5 of these answer");
  CHECK(agents_check(allowed, {.running = 1, .configured = 1, .answering = 0}).verdict == Verdict::warn);
  const Finding denied{.id = "Q11", .found = {.code = "agents_not_allowed"}, .verdict = Verdict::skip};
  CHECK(agents_check(denied, {.running = 9, .configured = 5}).found.code == "agents_not_allowed");
}

TEST_CASE("what goes wrong on the way has a code, too, and what mends it is a line to copy") {
  Host node;
  SUBCASE("a refused token") {
    node.answers["/version"] = answer_of("HTTP/1.1 401 No ticket", "", "");
    const auto all = examined(node);
    const auto& token = finding(all, "Q5");
    CHECK(token.found.code == "token_refused");
    CHECK(std::get<std::string>(token.found.params.at("said")) == "No ticket");
    CHECK(token.fix == "pveum user token list 'monitor@pve'");
  }
  SUBCASE("a certificate that nobody confirmed") {
    const auto all = examined(node, false);
    const auto& certificate = finding(all, "Q3");
    CHECK(certificate.found.code == "certificate_refused");
    CHECK(certificate.fix->starts_with("openssl "));
  }
  SUBCASE("something that is not JSON") {
    node.answers["/version"] = answer_of("HTTP/1.1 200 OK", "", "<html>");
    const auto all = examined(node);
    CHECK(finding(all, "Q4").found.code == "garbage");
  }
  SUBCASE("another status") {
    node.answers["/version"] = answer_of("HTTP/1.1 500 broken", "", "");
    const auto all = examined(node);
    CHECK(finding(all, "Q4").found == Reason{"status", "500 broken", {{"said", "500 broken"}}});
  }
}

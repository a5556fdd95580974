#include "proxmox/parse.h"

#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <random>

#include "proxmox/identity.h"
#include "proxmox/path.h"
#include "proxmox/token.h"
#include "proxmox/value.h"

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {
Json data(const std::string& text) { return *parse_envelope("{\"data\":" + text + "}"); }
}  // namespace

TEST_CASE("numbers may be texts, and what is no number is a finding, not a lost object") {
  Findings findings;
  const auto resources = parse_resources(
      data(
          R"([{"type":"qemu","vmid":"100","node":"pve1","status":"running","cpu":"0.5","mem":1.5e3,"maxmem":"many","netin":"","uptime":"12"},
               {"type":"lxc","vmid":0,"status":"running"}, {"type":"sdn","id":"sdn/x"}, 7])"),
      findings);
  REQUIRE(resources);
  REQUIRE(resources->guests.size() == 1);
  CHECK(resources->guests[0].vmid == 100);
  CHECK(resources->guests[0].cpu_ratio == 0.5);
  CHECK(resources->guests[0].memory_used_bytes == 1500);
  CHECK_FALSE(resources->guests[0].memory_total_bytes);
  CHECK_FALSE(resources->guests[0].net_in);
  CHECK(findings == Findings{"cluster/resources: maxmem"});
}

TEST_CASE("negative and absurd numbers are unknown") {
  Findings findings;
  const auto resources = parse_resources(
      data(R"([{"type":"node","node":"a","status":"online","cpu":-1,"mem":-5,"maxmem":1e300,"uptime":3}])"), findings);
  REQUIRE(resources);
  CHECK_FALSE(resources->nodes[0].cpu_ratio);
  CHECK_FALSE(resources->nodes[0].memory_used_bytes);
  CHECK_FALSE(resources->nodes[0].memory_total_bytes);
  CHECK(resources->nodes[0].uptime_seconds == 3);
  CHECK(findings.size() == 3);
}

TEST_CASE("garbage is refused with a reason") {
  for (const auto* bad : {"", "<html>", "{}", "{\"data\":", "[1]", "null"}) CHECK_FALSE(parse_envelope(bad));
  Findings findings;
  CHECK_FALSE(parse_resources(data("{}"), findings));
  CHECK_FALSE(parse_membership(data("7"), findings));
  CHECK_FALSE(parse_node_status("a", data("[]"), findings));
}

TEST_CASE("mutated answers never crash the reader") {
  std::ifstream in(std::string(MONITORIX_TEST_DATA) + "/pve/pve-9.2.11/ok_cluster_resources.json");
  const std::string whole{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto recording = Json::parse(whole);
  REQUIRE(recording);
  const std::string body = recording->find("body")->dump();
  std::mt19937 random(20261123);
  int read = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bent = body;
    for (int times = static_cast<int>(random() % 4) + 1; times > 0; --times) {
      const std::size_t at = random() % bent.size();
      switch (random() % 4) {
        case 0: bent[at] = static_cast<char>(random()); break;
        case 1: bent.erase(at, random() % 20); break;
        case 2: bent.insert(at, bent.substr(random() % bent.size(), random() % 30)); break;
        default: bent.replace(at, 1, "9"); break;
      }
      if (bent.empty()) bent = "{";
    }
    const auto envelope = parse_envelope(bent);
    if (!envelope) continue;
    Findings findings;
    if (parse_resources(*envelope, findings)) ++read;
  }
  CHECK(read > 100);  // the mutations reach the reader, not only the syntax check
}

TEST_CASE("a token is taken in every form that people paste") {
  for (const auto* text :
       {"monitorix@pve!main=abc-1", " monitorix@pve!main=abc-1\n", "PVEAPIToken=monitorix@pve!main=abc-1",
        "Authorization: PVEAPIToken=monitorix@pve!main=abc-1"}) {
    const auto token = parse_token(text);
    REQUIRE_MESSAGE(token, text);
    CHECK(token->id == "monitorix@pve!main");
    CHECK(token->secret.reveal() == "abc-1");
  }
  for (const auto* bad : {"", "x", "root@pam=s", "root!a=s", "@pam!ab=s", "root@pam!ab=", "root@pam!a=s",
                          "ro ot@pam!ab=s", "root@pam!ab:s"})
    CHECK_FALSE(parse_token(bad));
}

TEST_CASE("what comes from outside cannot leave its path segment") {
  CHECK(*node_path("pve-1", "/status") == "/nodes/pve-1/status");
  CHECK(*guest_path("pve1", GuestType::lxc, 100, "/status/current") == "/nodes/pve1/lxc/100/status/current");
  for (const auto* bad : {"", ".", "..", "a/b", "a%2fb", "-x", "a b", "å"}) CHECK_FALSE(node_path(bad, ""));
  CHECK_FALSE(guest_path("pve1", GuestType::qemu, 0, ""));
}

TEST_CASE("tags come apart at every separator, sorted and once") {
  CHECK(split_tags("web;prod,web  db") == std::vector<std::string>{"db", "prod", "web"});
}

TEST_CASE("a cluster is the same by one certificate, and foreign by none of anything") {
  const Identity oslo{.cluster_name = "oslo", .members = {"1/pve1", "2/pve2"}, .fingerprints = {"AA", "BB"}};
  const Identity renewed{.cluster_name = "oslo", .members = {"1/pve1", "2/pve2"}, .fingerprints = {"CC", "BB"}};
  const Identity bergen{.cluster_name = "oslo", .members = {"1/a", "2/b"}, .fingerprints = {"DD"}};
  CHECK(is_same_cluster(oslo, renewed));
  CHECK_FALSE(is_same_cluster(oslo, bergen));
  CHECK_FALSE(is_foreign(oslo, renewed));
  CHECK(is_foreign(oslo, bergen));
  CHECK_FALSE(is_foreign({}, bergen));
  const Identity again = decode_identity(encode(oslo));
  CHECK(again.members == oslo.members);
  CHECK(again.fingerprints == oslo.fingerprints);
}

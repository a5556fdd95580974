#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "proxmox/rota/topic.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;

namespace {

Json json(std::string_view text) {
  auto parsed = Json::parse(text);
  REQUIRE(parsed);
  return std::move(*parsed);
}

/// What a real server sent, and its status.
struct Recorded {
  std::int64_t status{};
  Json data{};
};

Recorded recorded(const std::string& file) {
  std::ifstream in(std::string(MONITORIX_TEST_DATA) + "/pve/" + file, std::ios::binary);
  REQUIRE_MESSAGE(in, file);
  const auto whole = Json::parse(std::string{std::istreambuf_iterator<char>(in), {}});
  REQUIRE(whole);
  const Json* body = whole->find("body");
  const Json* data = body ? body->find("data") : nullptr;
  return {*whole->find("status")->as_int(), data ? *data : Json{}};
}

}  // namespace

TEST_CASE("disks are read with numbers as texts, and what a drive does not tell stays unknown") {
  Findings findings;
  const auto disks = parse_disks(
      json(
          R"([{"devpath":"/dev/sdb","size":"1000204886016","type":"hdd","wearout":"N/A","health":"OK","vendor":"unknown"},
               {"devpath":"/dev/nvme0n1","size":512110190592,"type":"nvme","wearout":97,"health":"PASSED","model":"X","used":"ZFS"},
               {"devpath":"/dev/sdc","type":"ssd","wearout":"4","health":"FAILED"},
               {"devpath":"/dev/sdd","type":"hdd","wearout":0},
               {"size":5}, null, "x", {"devpath":""}])"),
      findings);
  REQUIRE(disks);
  REQUIRE(disks->size() == 4);
  CHECK((*disks)[0].path == "/dev/nvme0n1");
  CHECK((*disks)[0].worn_ratio == doctest::Approx(0.03));
  CHECK((*disks)[0].used_as == "ZFS");
  CHECK((*disks)[1].size_bytes == 1000204886016);
  CHECK_FALSE((*disks)[1].worn_ratio);
  CHECK_FALSE((*disks)[1].vendor);
  CHECK((*disks)[2].worn_ratio == doctest::Approx(0.96));
  CHECK((*disks)[2].health == "FAILED");
  CHECK_FALSE((*disks)[2].size_bytes);
  CHECK_FALSE((*disks)[3].worn_ratio);
  CHECK_FALSE(parse_disks(json("null"), findings));
  CHECK_FALSE(parse_disks(json("{}"), findings));
}

TEST_CASE("replication keeps what failed and what never ran apart") {
  Findings findings;
  const auto jobs = parse_replication(
      json(R"([{"id":"101-0","guest":"101","target":"pve2","schedule":"*/15","last_sync":0,"last_try":1795389000,
                "next_sync":1795389900,"duration":"3.2","fail_count":"4","error":"command 'zfs send' failed"},
               {"id":"100-0","guest":100,"last_sync":1795389300,"fail_count":0,"duration":1.5,"disable":1},
               {"guest":3}, 7])"),
      findings);
  REQUIRE(jobs);
  REQUIRE(jobs->size() == 2);
  CHECK((*jobs)[0].id == "100-0");
  CHECK((*jobs)[0].disabled);
  CHECK((*jobs)[0].last_sync_at == from_seconds(1795389300));
  CHECK_FALSE((*jobs)[0].error);
  CHECK_FALSE((*jobs)[0].target);
  const auto& failing = (*jobs)[1];
  CHECK(failing.vmid == 101);
  CHECK(failing.fail_count == 4);
  CHECK(failing.duration_seconds == doctest::Approx(3.2));
  CHECK_FALSE(failing.last_sync_at);
  CHECK(failing.error == "command 'zfs send' failed");
  CHECK_FALSE(parse_replication(json("null"), findings));
}

TEST_CASE("the clock of a node is compared with the middle of the call") {
  Findings findings;
  const WallTime asked = from_seconds(1'795'389'360);
  const auto same = parse_clock(json(R"({"time":1795389361,"localtime":1795392961,"timezone":"Europe/Oslo"})"), asked,
                                asked + 2s, findings);
  REQUIRE(same);
  CHECK(same->ahead_seconds == doctest::Approx(0.5));
  CHECK(same->uncertainty_seconds == doctest::Approx(1.5));
  CHECK(same->time_zone == "Europe/Oslo");
  const auto behind = parse_clock(json(R"({"time":"1795389290"})"), asked, asked + 100ms, findings);
  REQUIRE(behind);
  CHECK(behind->ahead_seconds == doctest::Approx(-69.55));
  CHECK_FALSE(behind->time_zone);
  CHECK_FALSE(parse_clock(json("null"), asked, asked, findings));
  CHECK_FALSE(parse_clock(json(R"({"timezone":"UTC"})"), asked, asked, findings));
}

TEST_CASE("what real servers sent is read without loss") {
  Findings findings;
  for (const std::string version : {"pve-8.4.1", "pve-9.2.11"}) {
    CAPTURE(version);
    const auto disks = recorded(version + "/ok_disks.json");  // the recorded machines had no LVM tools
    CHECK(disks.status == 500);
    CHECK_FALSE(parse_disks(disks.data, findings));
    const auto replication = recorded(version + "/ok_replication.json");
    const auto jobs = parse_replication(replication.data, findings);
    REQUIRE(jobs);
    CHECK(jobs->empty());
    const auto ha = parse_ha_status(recorded(version + "/ok_cluster_ha_status.json").data, findings);
    REQUIRE(ha);
    CHECK(ha->quorate == true);
    CHECK(ha->fencing == (version == "pve-9.2.11" ? std::optional<std::string>("standby") : std::nullopt));
    CHECK_FALSE(ha->manager);
    CHECK(ha->local_managers.empty());
  }
  const auto time = recorded("pve-8.4.1/ok_time.json");
  const auto clock = parse_clock(time.data, from_seconds(1'795'389'360), from_seconds(1'795'389'360), findings);
  REQUIRE(clock);
  CHECK(clock->ahead_seconds == doctest::Approx(0.5));
  CHECK(clock->time_zone == "Etc/UTC");
  CHECK(recorded("pve-9.2.11/ok_time.json").status == 500);
  CHECK_FALSE(parse_clock(recorded("pve-9.2.11/ok_time.json").data, {}, {}, findings));
  CHECK(findings.empty());
}

TEST_CASE("no reader falls over an answer that is another call's, and times beyond reason are unknown") {
  int tried = 0;
  for (const std::string version : {"/pve/pve-8.4.1", "/pve/pve-9.2.11"})
    for (const auto& entry : std::filesystem::directory_iterator(MONITORIX_TEST_DATA + version)) {
      const auto answer = recorded(entry.path().string().substr(std::string(MONITORIX_TEST_DATA "/pve/").size()));
      Findings findings;
      ZfsPool pool{};
      HaStatus status{};
      (void)parse_disks(answer.data, findings);
      (void)parse_zfs_pools(answer.data, findings);
      (void)read_zfs_detail(pool, answer.data, findings);
      (void)parse_thin_pools(answer.data, findings);
      (void)parse_software(answer.data, findings);
      (void)parse_replication(answer.data, findings);
      (void)parse_clock(answer.data, {}, {}, findings);
      (void)parse_ha_status(answer.data, findings);
      (void)read_ha_manager(status, answer.data, findings);
      (void)parse_qdevice(answer.data, findings);
      ++tried;
    }
  CHECK(tried > 150);
  Findings findings;
  const auto jobs =
      parse_replication(json(R"([{"id":"1-0","last_sync":9223372036854775807,"next_sync":-5}])"), findings);
  REQUIRE(jobs);
  CHECK_FALSE(jobs->front().last_sync_at);
  CHECK_FALSE(jobs->front().next_sync_at);
  CHECK_FALSE(parse_clock(json(R"({"time":99999999999999})"), {}, {}, findings));
}

#include <doctest/doctest.h>

#include "proxmox/rota/topic.h"

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

Json json(std::string_view text) {
  auto parsed = Json::parse(text);
  REQUIRE(parsed);
  return std::move(*parsed);
}

}  // namespace

TEST_CASE("ZFS pools come with health and sizes, and what is missing stays unknown") {
  Findings findings;
  const auto pools = parse_zfs_pools(
      json(
          R"([{"name":"tank","health":"DEGRADED","size":"3985729650688","alloc":1000,"free":2000,"frag":"12","dedup":1},
               {"name":"rpool"}, {"health":"ONLINE"}, null])"),
      findings);
  REQUIRE(pools);
  REQUIRE(pools->size() == 2);
  CHECK((*pools)[0].name == "rpool");
  CHECK_FALSE((*pools)[0].health);
  CHECK_FALSE((*pools)[0].size_bytes);
  CHECK((*pools)[1].size_bytes == 3985729650688);
  CHECK((*pools)[1].fragmented_ratio == doctest::Approx(0.12));
  CHECK_FALSE(parse_zfs_pools(json("null"), findings));
}

TEST_CASE("one pool tells its scrub, its errors and its disks, each where it belongs") {
  Findings findings;
  ZfsPool pool{.name = "tank"};
  REQUIRE(read_zfs_detail(
      pool, json(R"({"name":"tank","state":"DEGRADED","scan":"scrub repaired 0B in 00:12:01\n\twith 0 errors",
                     "errors":"No known data errors","action":"Replace the device.",
                     "children":[{"name":"mirror-0","state":"DEGRADED","read":0,"write":0,"cksum":0,"children":[
                       {"name":"sda","state":"ONLINE","read":"0","write":0,"cksum":0},
                       {"name":"sdb","state":"FAULTED","read":3,"write":"12","cksum":0,"msg":"too many errors"}]},
                       "x"]})"),
      findings));
  CHECK(pool.health == "DEGRADED");
  CHECK(pool.scan == "scrub repaired 0B in 00:12:01 with 0 errors");
  CHECK(pool.errors == "No known data errors");
  CHECK_FALSE(pool.status);
  REQUIRE(pool.devices.size() == 3);
  CHECK(pool.devices[0].depth == 0);
  CHECK(pool.devices[2].depth == 1);
  CHECK(pool.devices[2].write_errors == 12);
  CHECK(pool.devices[2].note == "too many errors");
  CHECK_FALSE(read_zfs_detail(pool, json("null"), findings));
  std::string deep = R"({"name":"d"})";
  for (int at = 0; at < 14; ++at) deep = R"({"name":"d","children":[)" + deep + "]}";
  REQUIRE(read_zfs_detail(pool, json(deep), findings));
  CHECK(pool.devices.size() < 20);
}

TEST_CASE("thin pools tell the use of data and of metadata") {
  Findings findings;
  const auto pools = parse_thin_pools(json(R"([{"lv":"data","vg":"pve","lv_size":"1000","used":870,"metadata_size":100,
                                                "metadata_used":"96.0"}, {"lv":"other"}, {"vg":"x"}])"),
                                      findings);
  REQUIRE(pools);
  REQUIRE(pools->size() == 2);
  CHECK((*pools)[0].name == "other");
  CHECK_FALSE((*pools)[0].used_bytes);
  CHECK((*pools)[1].used_bytes == 870);
  CHECK((*pools)[1].metadata_used_bytes == 96);
  CHECK_FALSE(parse_thin_pools(json("{}"), findings));
}

TEST_CASE("packages are compared, and of kernels the running one with the newest that is installed") {
  Findings findings;
  const auto software = parse_software(
      json(
          R"([{"Package":"proxmox-ve","OldVersion":"9.0.0","Version":"9.0.0","CurrentState":"Installed","RunningKernel":"6.14.8-2-pve"},
               {"Package":"pve-manager","OldVersion":"9.2.3","Version":"9.2.11","CurrentState":"Installed"},
               {"Package":"proxmox-kernel-6.14.8-2-pve-signed","OldVersion":"6.14.8-2","Version":"6.14.8-2","CurrentState":"Installed"},
               {"Package":"proxmox-kernel-6.14.11-3-pve-signed","OldVersion":"6.14.11-3","CurrentState":"Installed"},
               {"Package":"proxmox-kernel-6.17.2-1-pve-signed","Version":"6.17.2-1","CurrentState":"NotInstalled"},
               {"Package":"proxmox-kernel-6.14","OldVersion":"6.14.11-3","Version":"6.14.11-3","CurrentState":"Installed"},
               {"Package":"ceph","Version":"19.2","CurrentState":"NotInstalled"}, null, {"Version":"1"}])"),
      findings);
  REQUIRE(software);
  CHECK(software->updates == std::vector<PackageUpdate>{{"pve-manager", "9.2.3", "9.2.11"}});
  CHECK(software->running_kernel == "6.14.8-2-pve");
  CHECK(software->newest_kernel == "6.14.11-3-pve");
  CHECK(software->kernel_outdated == true);
  const auto silent = parse_software(json(R"([{"Package":"pve-manager","OldVersion":"9.2.3"}])"), findings);
  REQUIRE(silent);
  CHECK(silent->updates.empty());
  CHECK_FALSE(silent->running_kernel);
  CHECK_FALSE(silent->kernel_outdated);
  CHECK_FALSE(parse_software(json("null"), findings));
}

TEST_CASE("high availability: a manager whose sign of life is old is dead, by the clocks of the cluster") {
  Findings findings;
  auto status =
      parse_ha_status(json(R"#([{"type":"quorum","id":"quorum","quorate":"1"},{"type":"fencing","armed-state":"armed"},
               {"type":"master","node":"a","timestamp":1000500,"status":"a (active, Fri Nov 27 15:51:21 2026)"
},
               {"type":"lrm","node":"b","timestamp":1000379,"status":"b (idle, x)"},
               {"type":"lrm","node":"a","timestamp":"1000498","status":"a (active, x)"},
               {"type":"lrm","node":"c","status":"c (old timestamp - dead?, x)"},
               {"type":"lrm","node":"d","status":"d (unable to read lrm status)"},
               {"type":"service","sid":"vm:101","node":"b","state":"error","request_state":"started"},
               {"type":"service","sid":"ct:100","node":"a","crm_state":"fence"},
               {"type":"service"}, {"type":"new"}, 5])#"),
                      findings);
  REQUIRE(status);
  CHECK(status->quorate == true);
  CHECK(status->fencing == "armed");
  REQUIRE(status->manager);
  CHECK_FALSE(status->manager->is_dead);
  REQUIRE(status->local_managers.size() == 4);
  CHECK_FALSE(status->local_managers[0].is_dead);
  CHECK(status->local_managers[0].state == "active");
  CHECK(status->local_managers[1].is_dead);
  CHECK(status->local_managers[2].is_dead);
  CHECK(status->local_managers[3].state == "unable to read lrm status");
  REQUIRE(status->resources.size() == 2);
  CHECK(status->resources[0].state == "fence");
  CHECK(status->resources[1].wanted == "started");
  REQUIRE(read_ha_manager(*status, json(R"({"manager_status":{"node_status":{"a":"online","c":"fence"}},
      "lrm_status":{"d":{"timestamp":1000100},"e":{"timestamp":1}}})"),
                          findings));
  CHECK(status->fenced_nodes == std::vector<std::string>{"c"});
  CHECK(status->local_managers[3].is_dead);
  CHECK_FALSE(read_ha_manager(*status, json("null"), findings));
  CHECK_FALSE(parse_ha_status(json("null"), findings));
}

TEST_CASE("a QDevice is there when it says anything at all") {
  Findings findings;
  const auto none = parse_qdevice(json("{}"), findings);
  REQUIRE(none);
  CHECK_FALSE(none->exists);
  const auto down =
      parse_qdevice(json(R"({"QNetd host":"192.0.2.9:5403","State":"Connect failed","Model":"Net"})"), findings);
  REQUIRE(down);
  CHECK(down->exists);
  CHECK_FALSE(down->is_connected());
  CHECK(parse_qdevice(json(R"({"State":"Connected"})"), findings)->is_connected());
  CHECK_FALSE(parse_qdevice(json("null"), findings));
  CHECK_FALSE(parse_qdevice(json("[]"), findings));
}

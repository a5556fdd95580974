#include <doctest/doctest.h>

#include "base/json.h"
#include "sim/pve/api.h"

namespace monitorix::sim {

namespace {

struct Asked {
  explicit Asked(Version version)
      : world(build_world({.nodes = 3, .guests = 60, .version = version}, kNow)),
        api(world) {}

  Answer get(const std::string& path, const std::string& label = "full") {
    auto request = parse_head("GET /api2/json" + path + " HTTP/1.1").value();
    for (const auto& token : api.tokens(0))
      if (token.label == label) request.headers.emplace_back("Authorization", "PVEAPIToken=" + token.text());
    return api.answer(0, 0, request, kNow);
  }
  Json data(const std::string& path) {
    const auto answer = get(path);
    REQUIRE(answer.status == 200);
    return *Json::parse(answer.body->plain()).value().find("data");
  }
  std::vector<Json> rows(const std::string& path) { return *data(path).as_array(); }
  Hardware& hardware() {
    ++world.clusters[0].revision;
    return world.clusters[0].nodes[1].hardware;
  }

  static constexpr WallTime kNow{std::chrono::seconds{1'795'389'360}};
  World world;
  Api api;
};

std::string text(const Json& object, std::string_view name) {
  const auto* value = object.find(name);
  return value && value->as_string() ? *value->as_string() : "";
}

const Json& first(const Json& rows) { return rows.as_array()->front(); }

}  // namespace

TEST_CASE("both versions tell of disks, pools, packages, copies and votes, and only to who may hear it") {
  for (const auto version : {Version::v8_4, Version::v9_2}) {
    Asked asked(version);
    CHECK(first(asked.data("/nodes/oslo-2/disks/list")).as_object());
    CHECK(text(first(asked.data("/nodes/oslo-2/disks/zfs")), "health") == "ONLINE");
    CHECK(text(asked.data("/nodes/oslo-2/disks/zfs/tank"), "errors") == "No known data errors");
    CHECK(asked.get("/nodes/oslo-2/disks/zfs/other").status == 500);
    CHECK(first(asked.data("/nodes/oslo-2/disks/lvmthin")).find("metadata_used"));
    CHECK(asked.data("/nodes/oslo-2/apt/versions").as_array()->size() > 5);
    CHECK(asked.data("/cluster/config/qdevice").as_object()->empty());
    CHECK_FALSE(asked.data("/cluster/replication").as_array()->empty());
    std::size_t jobs = 0;
    for (const char* node : {"oslo-1", "oslo-2", "oslo-3"})
      jobs += asked.data(std::string("/nodes/") + node + "/replication").as_array()->size();
    CHECK(jobs == asked.data("/cluster/replication").as_array()->size());
    for (const char* path : {"/nodes/oslo-2/disks/list", "/nodes/oslo-2/disks/zfs", "/nodes/oslo-2/disks/zfs/tank",
                             "/nodes/oslo-2/disks/lvmthin", "/nodes/oslo-2/apt/versions", "/nodes/oslo-2/time",
                             "/cluster/config/qdevice", "/cluster/ha/status/current"})
      CHECK_MESSAGE(asked.get(path, "noacl").status == 403, path);
    const auto none = asked.get("/nodes/oslo-2/replication", "noacl");
    CHECK(none.status == 200);
    CHECK(none.body->plain() == R"({"data":[]})");
  }
}

TEST_CASE("what is ordered to be bad is told as a real node tells it") {
  Asked asked(Version::v9_2);
  asked.hardware() = {.pool_state = "DEGRADED",
                      .pool_errors = 2,
                      .disk_health = "FAILED",
                      .disk_left = 4,
                      .thin_fill = 0.96,
                      .has_newer_kernel = true,
                      .failed_copies = 3,
                      .is_lrm_stuck = true,
                      .dead_services = {"chrony"}};
  CHECK(text(first(asked.data("/nodes/oslo-2/disks/zfs")), "health") == "DEGRADED");
  const auto pool = asked.data("/nodes/oslo-2/disks/zfs/tank");
  CHECK(text(pool, "errors").starts_with("2 data errors"));
  CHECK(text(first(*pool.find("children")), "state") == "DEGRADED");
  bool has_failing = false, has_kernel = false, has_dead = false;
  for (const Json& disk : asked.rows("/nodes/oslo-2/disks/list"))
    has_failing = has_failing || (text(disk, "health") == "FAILED" && *disk.find("wearout")->as_int() == 4);
  CHECK(has_failing);
  for (const Json& package : asked.rows("/nodes/oslo-2/apt/versions"))
    has_kernel = has_kernel || text(package, "Package") == "proxmox-kernel-6.17.2-1-pve-signed";
  CHECK(has_kernel);
  for (const Json& service : asked.rows("/nodes/oslo-2/services"))
    has_dead = has_dead || (text(service, "name") == "chrony" && text(service, "state") == "dead");
  CHECK(has_dead);
  for (const Json& job : asked.rows("/nodes/oslo-2/replication")) CHECK(*job.find("fail_count")->as_int() == 3);
  bool has_stuck = false;
  for (const Json& row : asked.rows("/cluster/ha/status/current"))
    has_stuck = has_stuck ||
                (text(row, "id") == "lrm:oslo-2" && text(row, "status").find("old timestamp") != std::string::npos);
  CHECK(has_stuck);
  asked.world.clusters[0].qdevice = QDevice::lost;
  ++asked.world.clusters[0].revision;
  CHECK(text(asked.data("/cluster/config/qdevice"), "State") == "Connect failed");
}

TEST_CASE("a member that is late is late for its peers, too, and the others are not") {
  Asked asked(Version::v9_2);
  asked.api.lateness = [](std::size_t, std::size_t node, const Request&) {
    return node == 1 ? std::chrono::milliseconds{5'000} : std::chrono::milliseconds{0};
  };
  CHECK(asked.get("/nodes/oslo-2/disks/list").delay.count() == 5'000);
  CHECK(asked.get("/nodes/oslo-1/disks/list").delay.count() == 0);
  CHECK(asked.get("/cluster/resources").delay.count() == 0);
}

}  // namespace monitorix::sim

#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;

namespace {

Json answer(House& house, const std::string& path) {
  const auto reply = house.as(house.admin(), "GET", path);
  REQUIRE_MESSAGE(reply.status == 200, reply.body);
  return Json::parse(reply.body).value();
}

std::string node_id(House& house, const std::string& name) {
  const auto nodes = answer(house, "/api/nodes");
  for (const Json& node : *nodes.as_array())
    if (*node.find("name")->as_string() == name) return *node.find("id")->as_string();
  FAIL("no node " << name);
  return {};
}

}  // namespace

TEST_CASE("facts of a node come with their age, or with the reason why there are none") {
  House house;
  house.cluster();
  const auto first = "/api/nodes/" + node_id(house, "pve1"), second = "/api/nodes/" + node_id(house, "pve2");
  const auto disks = answer(house, first + "/disks");
  CHECK(*disks.find("items")->as_array()->front().find("health")->as_string() == "FAILED");
  CHECK(disks.find("collected_at")->as_string());
  CHECK(disks.find("unavailable_reason")->is_null());
  const auto denied = answer(house, second + "/disks");
  CHECK(denied.find("items")->as_array()->empty());
  CHECK(denied.find("collected_at")->is_null());
  CHECK(*denied.find("unavailable_code")->as_string() == "privilege_missing");
  CHECK(*denied.find("unavailable_params")->find("privilege")->as_string() == "Sys.Audit");
  const auto unasked = answer(house, second + "/zfs");
  CHECK(unasked.find("collected_at")->is_null());
  CHECK(unasked.find("unavailable_code")->is_null());
  const auto jobs = answer(house, first + "/replication");
  CHECK(jobs.find("items")->as_array()->front().find("vm_id")->as_string());
  CHECK(*answer(house, first + "/updates").find("kernel_outdated")->as_bool());
  CHECK(*answer(house, first + "/clock").find("ahead_seconds")->as_number() == doctest::Approx(-7.5));
  CHECK(*answer(house, first + "/thin-pools").find("items")->as_array()->front().find("used_bytes")->as_int() == 90);
  const auto node = answer(house, first);
  CHECK(*node.find("kernel_outdated")->as_bool());
  CHECK(*node.find("updates_pending")->as_int() == 1);
  CHECK(answer(house, second).find("updates_pending")->is_null());
  for (const char* part : {"/disks", "/zfs", "/thin-pools", "/replication", "/updates", "/clock"}) {
    CHECK(house.as(house.admin(), "GET", std::string("/api/nodes/99999") + part).status == 404);
    CHECK(house.as(house.admin(), "GET", first + part + "?x=1").status == 400);
  }
}

TEST_CASE("the risks of a cluster come worst first, counted in the list of clusters, and nobody else's are seen") {
  House house;
  const auto id = house.cluster();
  const auto risks = answer(house, "/api/clusters/" + id + "/risks");
  const auto& items = *risks.find("items")->as_array();
  REQUIRE(items.size() > 6);
  CHECK(*items.front().find("severity")->as_string() == "critical");
  CHECK(*items.back().find("severity")->as_string() == "info");
  std::map<std::string, std::int64_t> counted;
  for (const Json& item : items) {
    ++counted[*item.find("severity")->as_string()];
    CHECK_FALSE(item.find("text")->as_string()->empty());
  }
  CHECK(*risks.find("quorum")->find("margin")->as_int() == 0);
  CHECK(*risks.find("quorum")->find("has_qdevice")->as_bool() == false);
  CHECK(*risks.find("ha")->find("resources")->as_array()->front().find("state")->as_string() == "error");
  const auto cluster = answer(house, "/api/clusters/" + id);
  for (const char* severity : {"critical", "warning", "info"})
    CHECK(*cluster.find("risk_counts")->find(severity)->as_int() == counted[severity]);
  CHECK(house.as(house.admin(), "GET", "/api/clusters/99999/risks").status == 404);
}

#include <doctest/doctest.h>

#include "api/inbound/alertmanager.h"
#include "api/inbound/notice.h"
#include "api/testing/house.h"

namespace monitorix::api {
namespace {

using testing::House;

std::string fault_of(const std::string& body) {
  const auto read = read_outside_alerts(body);
  return read ? "none" : read.error().text;
}

std::string key_of(House& house, const std::string& owner, const std::string& scopes) {
  return house.as(owner, "POST", "/api/api-keys", R"({"name":"k","scopes":[)" + scopes + "]}").text("key");
}

}  // namespace

TEST_CASE("what Prometheus sends is read: the same labels are the same alert, whatever their order") {
  const auto read = read_outside_alerts(
      R"([{"labels":{"alertname":"HostDown","instance":"nas1:9100","severity":"page"},"annotations":{"summary":"It is gone"},
          "startsAt":"2026-11-28T08:00:00.123456789Z","endsAt":"2026-11-28T09:04:00+01:00","generatorURL":"http://p/g"},
          {"labels":{"severity":"page","instance":"nas1:9100","alertname":"HostDown","empty":""},"endsAt":"0001-01-01T00:00:00Z"},
          {"labels":{"alertname":"HostDown","instance":"nas2:9100"}}])");
  REQUIRE_MESSAGE(read, read.error().text);
  REQUIRE(read->size() == 3);
  const OutsideAlert& first = read->front();
  CHECK(first.name == "HostDown");
  CHECK(first.about == "nas1:9100");
  CHECK(first.text == "It is gone");
  CHECK(first.severity == Severity::critical);
  CHECK(first.ends_at == from_ms(1'795'853'040'000));
  CHECK((*read)[1].fingerprint == first.fingerprint);
  CHECK_FALSE((*read)[1].ends_at);
  CHECK((*read)[2].fingerprint != first.fingerprint);
}

TEST_CASE("times: an end before the start is refused, the zero time of Go is none") {
  CHECK(fault_of(R"([{"labels":{"a":"b"},"startsAt":"2026-11-28T08:00:00Z","endsAt":"2026-11-28T07:00:00Z"}])") ==
        "[0] ends before it starts");
  const auto read = read_outside_alerts(
      R"([{"labels":{"a":"b"},"endsAt":"0001-01-01T00:00:00Z"},{"labels":{"a":"b"},"endsAt":"2026-11-28T07:00:00Z"}])");
  REQUIRE(read);
  CHECK_FALSE((*read)[0].ends_at);
  CHECK((*read)[1].ends_at);
  CHECK((*read)[0].fingerprint == (*read)[1].fingerprint);
  CHECK((*read)[0].name == "Alert");
  CHECK((*read)[0].severity == Severity::warning);
}

TEST_CASE("hostile alerts are refused with the place and what is wrong there") {
  CHECK(fault_of("") != "none");
  CHECK(fault_of("{}") == "the body must be an array of alerts");
  CHECK(fault_of("[1]") == "[0] must be an object");
  CHECK(fault_of("[{}]") == "[0].labels must have at least one label");
  CHECK(fault_of(R"([{"labels":{"a":""}}])") == "[0].labels must have at least one label");
  CHECK(fault_of(R"([{"labels":[]}])") == "[0].labels must be an object of texts");
  CHECK(fault_of(R"([{"labels":{"a":1}}])") == "[0].labels.a must be a text");
  CHECK(fault_of(R"([{"labels":{"a\u0000b":"x"}}])").find("not printable") != std::string::npos);
  CHECK(fault_of(R"([{"labels":{"a":")" + std::string(2049, 'x') + R"("}}])").find("longer than 2048") !=
        std::string::npos);
  CHECK(fault_of(R"([{"labels":{"a":"b"},"startsAt":"yesterday"}])").find("[0].startsAt must be a time") == 0);
  std::string many = "[";
  for (std::size_t i = 0; i <= kMostOutsideAlerts; ++i) many += R"({"labels":{"a":"b"}},)";
  many.back() = ']';
  CHECK(fault_of(many) == "more than 1000 alerts at once");
  const auto deceiving = read_outside_alerts("[{\"labels\":{\"alertname\":\"a\\n\\u202eb\\u0007\"}}]");
  REQUIRE(deceiving);
  CHECK(deceiving->front().name ==
        "a \\u202e"
        "b\\u0007");
}

TEST_CASE("a notification of Proxmox VE is read by the template of the guide") {
  const auto read = read_notice(
      R"({"title":"vzdump backup status (pve1): backup failed","message":"\nDetails\n=======","severity":"error",
          "timestamp":1764316800,"fields":{"type":"vzdump","hostname":"pve1","job-id":"backup-1"}})");
  REQUIRE(read);
  CHECK(read->severity == Severity::critical);
  CHECK(read->text == "Details");
  CHECK(read->hostname == "pve1");
  CHECK(read->job == "backup-1");
  CHECK(read->at == from_ms(1'764'316'800'000));
  CHECK_FALSE(read_notice(R"({"title":"t","severity":"info"})")->severity);
  CHECK(read_notice(R"({"title":"t","timestamp":"1764316800"})")->at == from_ms(1'764'316'800'000));
  CHECK_FALSE(read_notice(R"({"title":"t","timestamp":1e300})")->at);
  CHECK_FALSE(read_notice(R"({"severity":"error"})"));
  CHECK_FALSE(read_notice("[]"));
}

TEST_CASE("a notification about backups says whose failed, by the table of vzdump") {
  const auto failed = [](const std::string& message, const char* type = "vzdump") {
    const auto read = read_notice(R"({"title":"t","severity":"error","message":")" + message +
                                  R"(","fields":{"type":")" + std::string(type) + R"("}})");
    REQUIRE(read);
    return read->failed_guests;
  };
  using Ids = std::vector<std::int64_t>;
  const std::string table = R"(Details\n=======\nVMID    Name           Status    Time    Size    Filename\n)";
  CHECK(
      failed(
          table +
          R"(100     web            ok        10s     1 GiB   /dump/a\n104     db.example     err       3s      0 B     null\n)") ==
      Ids{104});
  CHECK(failed(R"(101 FAILED 00:00:01 no such volume\n101 FAILED again\n102  err\n)") == Ids{101, 102});
  CHECK(failed(table + R"(104 db err)", "replication").empty());
  CHECK(failed(R"(99 a err\n1000000000 b err\n-104 c err\n104x d err\n\u0000 err\n   \nerr 104\nerror: 3 failed)")
            .empty());
  std::string many;
  for (int vmid = 100; vmid < 3000; ++vmid) many += std::to_string(vmid) + R"( g err\n)";
  CHECK(failed(many).size() == 1000);
}

TEST_CASE("a key of the scope hooks reports alerts, and opens nothing else") {
  House house;
  const std::string body = R"([{"labels":{"alertname":"Disk"}}])";
  const std::string hooks = key_of(house, house.admin(), R"("hooks")"),
                    reader = key_of(house, house.admin(), R"("read")");
  CHECK(house.ask("POST", "/api/v2/alerts", {}, body).status == 401);
  CHECK(house.as(reader, "POST", "/api/v2/alerts", body).status == 403);
  CHECK(house.as(hooks, "POST", "/api/v2/alerts", body).status == 200);
  CHECK(house.reported.size() == 1);
  CHECK(house.as(hooks, "POST", "/api/v2/alerts", "[{}]").status == 400);
  CHECK(house.as(hooks, "GET", "/api/vms").status == 403);
  CHECK(house.as(hooks, "GET", "/metrics").status == 403);
  CHECK(house.as(hooks, "GET", "/api/v2/alerts").status == 405);
  CHECK(house.as(key_of(house, house.admin(), R"("metrics")"), "POST", "/api/v2/alerts", body).status == 403);
  CHECK(key_of(house, house.token_of("viewer"), R"("hooks")").empty());
}

TEST_CASE("a cluster's hook has a token that is shown once, renewed and taken back") {
  House house;
  const std::string id = house.cluster(), admin = house.admin(), place = "/api/clusters/" + id + "/hook-token";
  const std::string notice = R"({"title":"backup failed","severity":"error"})";
  CHECK(house.as(admin, "GET", place).body.find(R"("has_token":false)") != std::string::npos);
  CHECK(house.as(admin, "DELETE", place).status == 404);
  const std::string first = house.as(admin, "POST", place).text("path");
  const auto taken = house.ask("POST", first, {{"Content-Type", "text/plain"}}, notice);
  CHECK(taken.status == 202);
  REQUIRE(house.notices.size() == 1);
  CHECK(house.notices.front().first.text() == id);
  CHECK(house.ask("POST", first, {}, "no JSON").status == 400);
  const auto state = house.as(house.token_of("viewer"), "GET", place);
  CHECK(state.body.find(R"("has_token":true)") != std::string::npos);
  CHECK(state.body.find(first.substr(first.rfind('/') + 1)) == std::string::npos);
  const std::string second = house.as(admin, "POST", place).text("path");
  CHECK(house.ask("POST", first, {}, notice).status == 404);
  CHECK(house.ask("POST", second, {}, notice).status == 202);
  CHECK(house.as(admin, "DELETE", place).status == 204);
  CHECK(house.ask("POST", second, {}, notice).status == 404);
}

TEST_CASE("notifications are taken sixty times a minute, and guessing tokens is limited by address") {
  House house;
  const std::string id = house.cluster();
  const std::string path = house.as(house.admin(), "POST", "/api/clusters/" + id + "/hook-token").text("path");
  int taken = 0;
  while (house.ask("POST", path, {}, R"({"title":"t"})").status == 202 && taken < 100) ++taken;
  CHECK(taken == 60);
  int guesses = 0;
  while (house.ask("POST", "/api/hooks/proxmox/abc", {}, "{}").status == 404 && guesses < 200) ++guesses;
  CHECK(guesses <= 100);
}

}  // namespace monitorix::api

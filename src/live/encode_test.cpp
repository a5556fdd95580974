#include "live/encode.h"

#include <doctest/doctest.h>

#include "base/json.h"

using namespace monitorix;

TEST_CASE("what is unknown is null, never zero") {
  Guest guest;
  guest.id = GuestId{7};
  JsonWriter out;
  live::encode_guest(out, guest);
  const auto json = Json::parse(out.text());
  REQUIRE(json);
  for (const char* name :
       {"cpu_usage", "cpu_ratio", "memory_usage", "memory_used_bytes", "disk_usage", "uptime", "node_id", "pressure",
        "stopped_by", "last_check", "net_in_bytes_per_second", "last_backup_at"})
    CHECK_MESSAGE(json->find(name)->is_null(), name);
  CHECK(*json->find("id")->as_string() == "7");
}

TEST_CASE("ratios carry four decimals and the original's percents two") {
  Guest guest;
  guest.cpu_ratio = 0.123456;
  guest.memory_used_bytes = 1;
  guest.memory_total_bytes = 3;
  JsonWriter out;
  live::encode_guest(out, guest);
  CHECK(out.text().find("\"cpu_ratio\":0.1235") != std::string::npos);
  CHECK(out.text().find("\"cpu_usage\":12.35") != std::string::npos);
  CHECK(out.text().find("\"memory_usage\":33.33") != std::string::npos);
}

TEST_CASE("a delta carries the id and the changed members only, and nothing when none differs") {
  Guest before;
  before.id = GuestId{3};
  Guest after = before;
  JsonWriter none;
  CHECK_FALSE(live::encode_guest_delta(none, before, after));
  CHECK(none.size() == 0);
  after.status = GuestStatus::running;
  JsonWriter out;
  CHECK(live::encode_guest_delta(out, before, after));
  CHECK(out.text() == R"({"id":"3","status":"running"})");
}

TEST_CASE("the token never stands in a cluster's object") {
  state::ClusterView view;
  view.config.token_id = "a@pve!b";
  view.config.token_secret = Secret("canary-5f2c");
  JsonWriter out;
  live::encode_cluster(out, view);
  CHECK(out.text().find("canary") == std::string::npos);
  CHECK(out.text().find("\"has_token\":true") != std::string::npos);
}

TEST_CASE("why a cluster is in trouble is told as text, as a code and as values, and as a change of these") {
  state::ClusterView before;
  before.config.id = ClusterId{4};
  state::ClusterView after = before;
  after.health.error = Reason{"silent", "no answer within 5 s", {{"seconds", std::int64_t{5}}, {"said", "x"}}};
  JsonWriter delta;
  REQUIRE(live::encode_cluster_delta(delta, before, after));
  CHECK(delta.text() == R"({"id":"4","last_error":"no answer within 5 s","last_error_code":"silent",)"
                        R"("last_error_params":{"said":"x","seconds":5}})");
  JsonWriter whole;
  live::encode_cluster(whole, before);
  CHECK(whole.text().find(R"("last_error":null,"last_error_code":null,"last_error_params":{})") != std::string::npos);
}

#include "proxmox/server/parse_server.h"

#include <doctest/doctest.h>

#include "proxmox/token.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;

namespace {

Json data(const std::string& json) {
  auto parsed = parse_envelope(R"({"data":)" + json + "}");
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("usage of datastores: numbers, a month, whether it fills") {
  Findings odd;
  const auto usage = parse_datastore_usage(
      data(
          R"([{"store":"main","total":1000,"used":"700","avail":300,"history":[0.6,null,0.7],"history-start":1800000000,
                "history-delta":86400,"estimated-full-date":1900000000,
                "gc-status":{"index-data-bytes":9000,"disk-bytes":700,"pending-bytes":5,"removed-bytes":6,"still-bad":0}},
               {"store":"steady","total":1000,"used":1,"avail":999,"history":[0.1],"history-start":1800000000,
                "history-delta":86400,"estimated-full-date":1600000000},
               {"store":"away","error":"unable to open chunk store"},
               {"store":"../etc"},{"total":3},7,null])"),
      odd);
  REQUIRE(usage);
  REQUIRE(usage->datastores.size() == 3);
  const Datastore& away = usage->datastores[0];
  CHECK(away.error == "unable to open chunk store");
  CHECK_FALSE(away.total_bytes);
  CHECK(away.trend == UsageTrend::unknown);
  const Datastore& main = usage->datastores[1];
  CHECK(main.used_bytes == 700);
  CHECK(main.history == std::vector<std::optional<double>>{0.6, std::nullopt, 0.7});
  CHECK(main.history_step == 24h);
  CHECK(main.trend == UsageTrend::growing);
  CHECK(main.full_at == from_seconds(1'900'000'000));
  CHECK(main.garbage->index_bytes == 9000);
  const Datastore& steady = usage->datastores[2];
  CHECK(steady.trend == UsageTrend::steady);
  CHECK_FALSE(steady.full_at);
  CHECK_FALSE(steady.garbage);
}

TEST_CASE("a long history becomes the means of neighbours") {
  std::string points;
  for (int at = 0; at < 1'440; ++at) points += (at ? "," : "") + std::string(at < 720 ? "0.2" : "0.4");
  Findings odd;
  const auto usage = parse_datastore_usage(
      data(R"([{"store":"main","history-start":1800000000,"history-delta":1800,"history":[)" + points + "]}]"), odd);
  REQUIRE(usage);
  const Datastore& store = usage->datastores.front();
  REQUIRE(store.history.size() == 60);
  CHECK(*store.history.front() == doctest::Approx(0.2));
  CHECK(*store.history.back() == doctest::Approx(0.4));
  CHECK(store.history_step == 12h);
}

TEST_CASE("snapshots: what was verified, and one that is still being written") {
  Findings odd;
  const auto snapshots = parse_snapshots(
      "main", "site/oslo",
      data(R"([{"backup-type":"vm","backup-id":"100","backup-time":1800000000,"size":5,"protected":true,"comment":"web",
                "verification":{"state":"ok","upid":"UPID:x"},"files":[]},
               {"backup-type":"vm","backup-id":"100","backup-time":1800086400,"files":[]},
               {"backup-type":"ct","backup-id":"7","backup-time":1800000000,"size":6,"verification":{"state":"failed"}},
               {"backup-type":"vm","backup-id":"a b","backup-time":1800000000},
               {"backup-type":"pod","backup-id":"1","backup-time":1800000000},
               {"backup-type":"vm","backup-id":"100","backup-time":"soon"}])"),
      odd);
  REQUIRE(snapshots);
  REQUIRE(snapshots->rows.size() == 3);
  CHECK(snapshots->rows[0].group == GroupName{"ct", "7"});
  CHECK(snapshots->rows[0].snapshot.verify == VerifyState::failed);
  CHECK_FALSE(snapshots->rows[1].snapshot.is_finished);
  CHECK(snapshots->rows[1].snapshot.verify == VerifyState::none);
  CHECK(snapshots->rows[2].snapshot.verify == VerifyState::ok);
  CHECK(snapshots->rows[2].snapshot.is_protected);
  CHECK(snapshots->rows[2].snapshot.comment == "web");
}

TEST_CASE("jobs of all kinds: last result, next run, where a sync comes from") {
  Findings odd;
  const auto syncs = parse_server_jobs(
      ServerJobKind::sync,
      data(R"([{"id":"s-1","store":"copies","ns":"a","remote":"other","remote-store":"main","remote-ns":"site",
                "schedule":"hourly","last-run-endtime":1800000000,"last-run-state":"WARNINGS: 2","next-run":1800003600},
               {"id":"s-2","store":"copies","remote-store":"main","last-run-state":"connection refused"},
               {"id":"s-3","store":"copies"},{"store":"copies"}])"),
      odd);
  REQUIRE(syncs);
  REQUIRE(syncs->jobs.size() == 3);
  CHECK(syncs->jobs[0].remote == "other:main/site");
  CHECK(syncs->jobs[0].name_space == "a");
  CHECK(syncs->jobs[0].result == BackupResult::warning);
  CHECK(syncs->jobs[0].last_run_at == from_seconds(1'800'000'000));
  CHECK(syncs->jobs[1].remote == "main");
  CHECK(syncs->jobs[1].result == BackupResult::failed);
  CHECK(syncs->jobs[2].result == BackupResult::unknown);
  const auto collections = parse_server_jobs(
      ServerJobKind::gc, data(R"([{"store":"main","schedule":"daily","last-run-state":"OK","disk-bytes":7}])"), odd);
  REQUIRE(collections);
  CHECK(collections->jobs.front().id == "main");
  CHECK_FALSE(collections->jobs.front().name_space);
  CHECK(collections->jobs.front().result == BackupResult::ok);
}

TEST_CASE("namespaces and groups: what could not stand in a path is left out") {
  Findings odd;
  const auto spaces = parse_namespaces(
      "main", data(R"([{"ns":""},{"ns":"site/oslo"},{"ns":"site"},{"ns":"../x"},{"ns":"a//b"},{"ns":"a?b"},{}])"), odd);
  REQUIRE(spaces);
  CHECK(spaces->names == std::vector<std::string>{"", "site", "site/oslo"});
  CHECK_FALSE(is_namespace("1/2/3/4/5/6/7/8"));
  CHECK(datastore_path("main", "/groups", "site/oslo") == "/admin/datastore/main/groups?ns=site%2Foslo");
  const auto groups =
      parse_groups("main", "", data(R"([{"backup-type":"vm","backup-id":"100","last-backup":1800000000,"backup-count":3,
                            "owner":"pve@pbs!x","files":[]},{"backup-type":"host","backup-id":"gw","backup-count":1}])"),
                   odd);
  REQUIRE(groups);
  REQUIRE(groups->groups.size() == 2);
  CHECK(groups->groups[1].owner == "pve@pbs!x");
  CHECK(groups->groups[1].count == 3);
  CHECK_FALSE(groups->groups[0].last_at);
}

TEST_CASE("storages of a cluster that write to a backup server") {
  Findings odd;
  const std::string pin =
      "AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA:AA";
  const auto storages = parse_server_storages(
      data(R"([{"storage":"local","type":"dir"},{"storage":"b","type":"pbs","server":"vault","datastore":"main",
                "namespace":"site/oslo","username":"pve@pbs!x","port":"8443","fingerprint":")" +
           pin +
           R"("},{"storage":"c","type":"pbs","server":"vault","datastore":"main"},{"storage":"d","type":"pbs"}])"),
      odd);
  REQUIRE(storages);
  REQUIRE(storages->storages.size() == 2);
  CHECK(storages->storages[0].port == 8443);
  CHECK(storages->storages[0].fingerprint->front() == 0xAA);
  CHECK(storages->storages[1].port == 8007);
  CHECK(storages->storages[1].name_space.empty());
}

TEST_CASE("what is no list is refused, and an empty list is an answer") {
  Findings odd;
  for (const char* answer : {"null", "{}", "7", "\"text\""}) {
    CAPTURE(answer);
    CHECK_FALSE(parse_datastore_usage(data(answer), odd));
    CHECK_FALSE(parse_server_jobs(ServerJobKind::sync, data(answer), odd));
    CHECK_FALSE(parse_namespaces("main", data(answer), odd));
    CHECK_FALSE(parse_groups("main", "", data(answer), odd));
    CHECK_FALSE(parse_snapshots("main", "", data(answer), odd));
    CHECK_FALSE(parse_server_storages(data(answer), odd));
  }
  CHECK(parse_groups("main", "", data("[]"), odd)->groups.empty());
}

TEST_CASE("a backup server's token has its secret behind a colon in the header") {
  CHECK(authorization(ConnectionKind::pbs, "mon@pbs!x", Secret("0-1")).reveal() == "PBSAPIToken=mon@pbs!x:0-1");
  CHECK(authorization(ConnectionKind::pve, "mon@pve!x", Secret("0-1")).reveal() == "PVEAPIToken=mon@pve!x=0-1");
  const auto pasted = parse_token("Authorization: PBSAPIToken=mon@pbs!main:0-1");
  REQUIRE(pasted);
  CHECK(pasted->id == "mon@pbs!main");
  CHECK(pasted->secret.reveal() == "0-1");
}

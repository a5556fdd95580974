#include "proxmox/server/server_source.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <mutex>

#include "net/scripted_server.h"
#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;
using net::answer_of;

namespace {

/// A backup server that answers by the whole target, and remembers what it was asked and with which header.
struct Host {
  std::mutex mutex{};
  std::map<std::string, std::string> answers{};
  std::vector<std::string> asked{};
  std::string header{};
  net::ScriptedServer server{[this](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const auto from = head.find("/api2/json") + 10;
      const std::string target = head.substr(from, head.find(' ', from) - from);
      const std::scoped_lock lock(mutex);
      asked.push_back(target);
      if (head.find("PBSAPIToken=mon@pbs!x:0000") != std::string::npos) header = "right";
      const auto known = answers.find(target);
      if (!talk.write(known == answers.end() ? answer_of("HTTP/1.1 404 Not Found", "", "") : known->second)) return;
    }
  }};
  void data(const std::string& path, const std::string& json) {
    const std::scoped_lock lock(mutex);
    answers[path] = answer_of("HTTP/1.1 200 OK", "", R"({"data":)" + json + "}");
  }
  std::size_t times(std::string_view start) {
    const std::scoped_lock lock(mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(asked, [&](const std::string& one) { return one.starts_with(start); }));
  }
  std::size_t count() {
    const std::scoped_lock lock(mutex);
    return asked.size();
  }
};

struct Stage {
  ManualClock clock{};
  Host host{};
  net::Loop loop{};
  net::HttpClient http{loop};
  std::vector<decltype(ServerObservation::what)> told{};
  ServerSource source;

  Stage() : source(http, clock, config(), [this](ServerObservation one) { told.push_back(std::move(one.what)); }) {
    host.data("/version", R"({"version":"4.0","release":"14"})");
    host.data("/access/permissions", R"({"/":{"Datastore.Audit":true,"Sys.Audit":true}})");
    host.data("/status/datastore-usage", R"([{"store":"main","total":100,"used":70,"avail":30}])");
    for (const char* kind : {"verify", "gc", "prune", "sync?sync-direction=all"})
      host.data("/admin/" + std::string(kind), "[]");
    host.data("/admin/datastore/main/namespace", R"([{"ns":""},{"ns":"oslo"}])");
    host.data("/admin/datastore/main/groups", "[]");
    groups(8, 1'700'000'000);
    host.data("/admin/datastore/main/snapshots?ns=oslo", "[]");
    host.data("/admin/datastore/main/snapshots?ns=oslo&backup-type=vm&backup-id=100", "[]");
  }
  ClusterConfig config() {
    ClusterConfig made{};
    made.kind = ConnectionKind::pbs;
    made.token_id = "mon@pbs!x";
    made.token_secret = Secret("0000");
    Endpoint endpoint{};
    endpoint.id = EndpointId{1};
    endpoint.address = "127.0.0.1";
    endpoint.port = static_cast<std::uint16_t>(host.server.port());
    endpoint.fingerprints = {Fingerprint{host.server.identity().fingerprint()}};
    made.endpoints = {endpoint};
    return made;
  }
  /// So many groups, of which the first was backed up last at this time.
  void groups(int count, std::int64_t first_at) {
    std::string rows;
    for (int at = 0; at < count; ++at)
      rows += (at ? "," : "") + std::string(R"({"backup-type":"vm","backup-id":")") + std::to_string(100 + at) +
              R"(","backup-count":2,"last-backup":)" + std::to_string(at == 0 ? first_at : 1'700'000'000) + "}";
    host.data("/admin/datastore/main/groups?ns=oslo", "[" + rows + "]");
  }
  void usage() {
    const auto poll = [](ServerSource& own) -> net::Task<bool> {
      co_await own.poll_usage();
      co_return true;
    };
    net::run_now(loop, poll(source));
  }
  void steps(int count) {
    const auto step = [](ServerSource& own) -> net::Task<bool> {
      co_await own.step();
      co_return true;
    };
    for (int at = 0; at < count; ++at) net::run_now(loop, step(source));
  }
};

}  // namespace

TEST_CASE("a backup server is read whole with one call a step, and then only what changed") {
  Stage stage;
  stage.usage();
  CHECK(stage.host.header == "right");
  CHECK(stage.host.count() == 3);
  stage.steps(20);
  CHECK(stage.host.count() == 11);  // 4 kinds of jobs, namespaces, groups of two, snapshots of eight groups in one
  CHECK(stage.source.is_caught_up());
  CHECK(stage.host.times("/admin/datastore/main/snapshots") == 1);
  stage.steps(20);
  CHECK(stage.host.count() == 11);

  stage.clock.advance(15min);
  stage.usage();
  stage.steps(20);
  CHECK(stage.host.count() == 11 + 1 + 7);  // nothing changed: no snapshots

  stage.clock.advance(15min);
  stage.groups(8, 1'700'090'000);
  stage.usage();
  stage.steps(20);
  CHECK(stage.host.times("/admin/datastore/main/snapshots?ns=oslo&backup-type=vm&backup-id=100") == 1);
  CHECK(stage.host.times("/admin/datastore/main/snapshots") == 2);
}

TEST_CASE("when a verification has ended, all snapshots of its datastore are asked for again") {
  Stage stage;
  const auto verified = [&](int at) {
    stage.host.data("/admin/verify",
                    R"([{"id":"v-1","store":"main","last-run-endtime":)" + std::to_string(1'700'000'000 + at) + "}]");
  };
  verified(1);
  stage.usage();
  stage.steps(20);
  CHECK(stage.host.times("/admin/datastore/main/snapshots") == 1);
  stage.clock.advance(15min);
  stage.steps(20);
  CHECK(stage.host.times("/admin/datastore/main/snapshots") == 1);
  stage.clock.advance(15min);
  verified(2);
  stage.steps(20);
  CHECK(stage.host.times("/admin/datastore/main/snapshots") == 3);  // both namespaces
}

TEST_CASE("syncs are not called absent where the token may not see them") {
  Stage stage;
  stage.usage();
  stage.steps(20);
  bool was_told = false;
  for (const auto& one : stage.told)
    if (const auto* jobs = std::get_if<ServerJobs>(&one); jobs && jobs->kind == ServerJobKind::sync) {
      was_told = true;
      CHECK(jobs->readable == Readable::denied);
    }
  CHECK(was_told);
}

TEST_CASE("a server that is no backup server is told by name, and nothing more is asked of it") {
  Stage stage;
  stage.host.answers.erase("/status/datastore-usage");
  stage.usage();
  stage.steps(5);
  CHECK(stage.host.times("/admin") == 0);
  const auto health = stage.source.client().health();
  REQUIRE(health.error);
  CHECK(health.error->code == "not_a_backup_server");
}

#include "proxmox/backups/rounds.h"

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

const char* kUpid = "UPID:pve1:000000F2:00078E5A:6B0375C2:vzdump::root@pam:";
const char* kLogOf = "/nodes/pve1/tasks/UPID%3Apve1%3A000000F2%3A00078E5A%3A6B0375C2%3Avzdump%3A%3Aroot%40pam%3A/log";

/// A member that answers by the path without its parameters, and remembers what it was asked.
struct Host {
  std::mutex mutex{};
  std::map<std::string, std::string> answers{};
  std::vector<std::string> asked{};
  net::ScriptedServer server{[this](net::Talk& talk) {
    for (std::string head = talk.read_head(); !head.empty(); head = talk.read_head()) {
      const auto from = head.find("/api2/json") + 10;
      const std::string whole = head.substr(from, head.find(' ', from) - from);
      const std::scoped_lock lock(mutex);
      asked.push_back(whole);
      const auto known = answers.find(whole.substr(0, whole.find('?')));
      if (!talk.write(known == answers.end() ? answer_of("HTTP/1.1 501 not here", "", "") : known->second)) return;
    }
  }};
  void data(const std::string& path, const std::string& json) {
    const std::scoped_lock lock(mutex);
    answers[path] = answer_of("HTTP/1.1 200 OK", "", R"({"data":)" + json + "}");
  }
  std::size_t times(std::string_view path) {
    const std::scoped_lock lock(mutex);
    return static_cast<std::size_t>(
        std::ranges::count_if(asked, [&](const std::string& one) { return one.substr(0, one.find('?')) == path; }));
  }
};

struct Stage {
  ManualClock clock{WallTime{std::chrono::seconds{0x6B0375C2 + 3600}}};
  Host host{};
  net::Loop loop{};
  net::HttpClient http{loop};
  Client client;
  std::vector<decltype(Observation::what)> told{};
  BackupRounds rounds;

  Stage()
      : client(http, clock, config()),
        rounds(client, clock, [this](auto what) { told.push_back(std::move(what)); }) {
    host.data("/cluster/backup", R"([{"id":"nightly","type":"vzdump","enabled":"1","all":1,"exclude":"101",
                                      "schedule":"02:30","next-run":1800000000}])");
    host.data("/cluster/backup-info/not-backed-up", R"([{"vmid":101,"name":"x","type":"lxc"}])");
    host.data("/cluster/backup/nightly/included_volumes",
              R"({"children":[{"id":100,"type":"qemu","children":[{"id":"100:scsi0","included":1,"reason":"enabled"},
                  {"id":"100:scsi1","included":0,"reason":"disabled"}]}]})");
    host.data("/nodes/pve1/tasks", "[" + row(kUpid, "", "job errors") + "]");
    host.data(kLogOf, R"x([{"n":2,"t":"ERROR: Backup of VM 100 failed - no space"},
                            {"n":1,"t":"INFO: Starting Backup of VM 100 (qemu)"}])x");
    rounds.set_members({"pve1"});
  }
  ClusterConfig config() {
    ClusterConfig made{};
    made.token_id = "monitor@pve!x";
    made.token_secret = Secret("0000");
    Endpoint endpoint{};
    endpoint.id = EndpointId{1};
    endpoint.address = "127.0.0.1";
    endpoint.port = static_cast<std::uint16_t>(host.server.port());
    endpoint.fingerprints = {Fingerprint{host.server.identity().fingerprint()}};
    made.endpoints = {endpoint};
    return made;
  }
  static std::string row(const std::string& upid, const std::string& id, const std::string& status) {
    return R"({"upid":")" + upid + R"(","node":"pve1","type":"vzdump","id":")" + id +
           R"(","starttime":1795388866,"endtime":1795388900,"user":"root@pam","status":")" + status + R"("})";
  }
  void rights(const std::string& json) { rounds.set_rights(*parse_permissions(*Json::parse(json))); }
  void steps(int count) {
    for (int at = 0; at < count; ++at) {
      const auto step = [](BackupRounds& own) -> net::Task<bool> {
        co_await own.step();
        co_return true;
      };
      net::run_now(loop, step(rounds));
    }
  }
  template <class What>
  std::vector<What> all() {
    std::vector<What> found;
    for (const auto& one : told)
      if (const auto* what = std::get_if<What>(&one)) found.push_back(*what);
    return found;
  }
};

}  // namespace

TEST_CASE("all that is known of backups is asked once, a call a step, and then it is quiet until the next round") {
  Stage stage;
  stage.rights(R"({"/":{"Sys.Audit":1}})");
  stage.steps(10);
  CHECK(stage.host.asked.size() == 5);
  CHECK(stage.rounds.is_caught_up());
  const auto jobs = stage.all<BackupJobs>();
  REQUIRE(jobs.size() == 1);
  REQUIRE(jobs[0].jobs.size() == 1);
  CHECK(jobs[0].jobs[0].all);
  CHECK(jobs[0].jobs[0].excluded == std::vector<std::int64_t>{101});
  CHECK(jobs[0].jobs[0].interval == 24h);
  CHECK(stage.all<NotBackedUp>()[0].vmids == std::vector<std::int64_t>{101});
  CHECK(stage.all<BackupContents>()[0].rows[0].excluded_disks == std::vector<ExcludedDisk>{{"scsi1", "disabled"}});
  const auto runs = stage.all<BackupRuns>();
  REQUIRE(runs.size() == 2);
  CHECK_FALSE(runs[0].whole);  // the list is read, but not what its task did to each guest
  CHECK(runs[1].whole);
  REQUIRE(runs[1].runs.size() == 1);
  CHECK(runs[1].runs[0].error == "no space");
  stage.clock.advance(5min);
  CHECK_FALSE(stage.rounds.is_caught_up());
  stage.steps(10);
  CHECK(stage.host.asked.size() == 6);  // the task list only; its task is known
  CHECK(stage.host.times(kLogOf) == 1);
}

TEST_CASE("a task list that would come filtered is not asked for") {
  Stage stage;
  stage.rights(R"({"/":{"VM.Audit":1}})");
  stage.host.answers["/cluster/backup"] =
      answer_of("HTTP/1.1 403 Permission check failed (/, Sys.Audit)", "", R"({"data":null})");
  stage.steps(6);
  CHECK(stage.host.times("/nodes/pve1/tasks") == 0);
  CHECK(stage.all<BackupJobs>()[0].readable == Readable::denied);
  CHECK(stage.all<BackupRuns>()[0].readable == Readable::denied);
}

TEST_CASE("nothing is asked before the rights are known") {
  Stage stage;
  stage.steps(3);
  CHECK(stage.host.asked.empty());
}

TEST_CASE("a backup that ends is told from the cluster's task list at once, and its log is read after") {
  Stage stage;
  stage.rights(R"({"/":{"Sys.Audit":1}})");
  stage.host.data("/nodes/pve1/tasks", "[]");
  stage.steps(10);
  const std::string upid = "UPID:pve1:000000F3:00078E5A:6B0375C2:vzdump:100:root@pam:";
  Findings findings;
  const auto list = parse_tasks(*Json::parse("[" + Stage::row(upid, "100", "OK") + "]"), findings);
  stage.told.clear();
  stage.rounds.note(*list);
  REQUIRE(stage.all<BackupRuns>().size() == 1);
  CHECK(stage.all<BackupRuns>()[0].runs[0].result == BackupResult::ok);
  CHECK_FALSE(stage.rounds.is_caught_up());
  stage.rounds.note(*list);
  CHECK(stage.all<BackupRuns>().size() == 1);
}

TEST_CASE("logs that were read before a restart are not read again") {
  Stage stage;
  stage.rounds.known_logs = [] { return std::unordered_set<std::string>{kUpid}; };
  stage.rights(R"({"/":{"Sys.Audit":1}})");
  stage.steps(10);
  CHECK(stage.host.times(kLogOf) == 0);
}

TEST_CASE("a log of several pages is read page by page") {
  Stage stage;
  stage.rights(R"({"/":{"Sys.Audit":1}})");
  std::string page = "[";
  for (int line = 1; line <= 2000; ++line)
    page += std::string(line > 1 ? "," : "") + R"({"n":)" + std::to_string(line) +
            R"(,"t":"INFO: Starting Backup of VM 100"})";
  stage.host.data(kLogOf, page + "]");
  stage.steps(7);
  CHECK(stage.host.times(kLogOf) >= 1);
  CHECK(stage.host.asked.back().find("start=2000") != std::string::npos);
}

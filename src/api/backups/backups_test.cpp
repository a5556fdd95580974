#include <doctest/doctest.h>

#include "api/testing/house.h"
#include "base/json.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;
using namespace std::chrono_literals;

namespace {

BackupRun run(std::int64_t vmid, BackupResult result, WallTime at) {
  BackupTask task{.upid = "UPID:pve1:" + std::to_string(to_ms(at)) + ":vzdump", .node = "pve1", .storage = "local"};
  BackupRun out{.task = std::make_shared<const BackupTask>(std::move(task)), .vmid = vmid, .started_at = at};
  out.duration = 60s;
  out.result = result;
  if (result == BackupResult::failed) out.error = "no space left";
  return out;
}

struct Bench {
  House house{};
  std::string id{house.cluster()};

  template <class What>
  void see(What what) {
    house.on_loop([&] {
      const ClusterId cluster{std::stoll(id)};
      house.inventory.apply({.cluster = cluster, .at = house.clock.wall(), .what = std::move(what)});
      house.inventory.tick(house.clock.wall());
    });
  }
  void know() {
    BackupJob job{.id = "nightly", .vmids = {100}};
    job.schedule = "02:30";
    job.interval = 24h;
    job.next_run = house.clock.wall() + 3h;
    see(BackupJobs{.jobs = {job}});
    see(BackupRuns{.node = "pve2", .whole = true});
    see(BackupRuns{.node = "pve1",
                   .whole = true,
                   .runs = {run(100, BackupResult::ok, house.clock.wall() - 30h),
                            run(100, BackupResult::failed, house.clock.wall() - 6h)}});
  }
  Json get(const std::string& path, const std::string& token) {
    const auto reply = house.as(token, "GET", path);
    REQUIRE(reply.status == 200);
    return *Json::parse(reply.body);
  }
  Json get(const std::string& path) { return get(path, house.admin()); }
};

std::string text(const Json& json, std::string_view name) {
  const Json* found = json.find(name);
  return found && found->as_string() ? *found->as_string() : std::string();
}

const Json::Array& items(const Json& list) { return *list.find("items")->as_array(); }

}  // namespace

TEST_CASE("the coverage says the worst first, with the reason as a code and its jobs") {
  Bench bench;
  bench.know();
  const auto all = bench.get("/api/backups/coverage?count=true");
  REQUIRE(items(all).size() >= 2);
  const Json& worst = items(all)[0];
  CHECK(text(worst, "state") == "failed");
  CHECK(text(worst, "reason_code") == "last_failed");
  CHECK(text(*worst.find("reason_params"), "error") == "no space left");
  CHECK(*(*worst.find("job_ids")->as_array())[0].as_string() == "nightly");
  CHECK(text(items(all)[1], "state") == "no_job");
  CHECK(items(bench.get("/api/backups/coverage?state=failed")).size() == 1);
  CHECK(items(bench.get("/api/backups/coverage?vm_id=" + text(worst, "vm_id"))).size() == 1);
  CHECK(bench.house.as(bench.house.admin(), "GET", "/api/backups/coverage?colour=red").status == 400);
  const auto page = bench.get("/api/backups/coverage?limit=1");
  CHECK(text(items(bench.get("/api/backups/coverage?limit=1&cursor=" + text(page, "next_cursor")))[0], "vm_id") !=
        text(worst, "vm_id"));
}

TEST_CASE("runs come newest first and can be asked for by guest, result and time; jobs say when they run next") {
  Bench bench;
  bench.know();
  const auto runs = bench.get("/api/backups");
  REQUIRE(items(runs).size() == 2);
  CHECK(text(items(runs)[0], "result") == "failed");
  CHECK(text(items(runs)[0], "error") == "no space left");
  CHECK(text(items(runs)[1], "storage_name") == "local");
  CHECK(items(bench.get("/api/backups?state=ok")).size() == 1);
  CHECK(items(bench.get("/api/backups?vm_id=999")).empty());
  const auto since = std::to_string(to_ms(bench.house.clock.wall() - 10h));
  CHECK(items(bench.get("/api/backups?since=" + since)).size() == 1);
  const auto jobs = bench.get("/api/backups/jobs");
  REQUIRE(items(jobs).size() == 1);
  CHECK(text(items(jobs)[0], "job_id") == "nightly");
  CHECK(*items(jobs)[0].find("interval_seconds")->as_int() == 86'400);
  CHECK(*items(jobs)[0].find("vm_count")->as_int() == 1);
  CHECK_FALSE(text(items(jobs)[0], "next_run_at").empty());
}

TEST_CASE("what may not be read is said, and counts as neither good nor bad") {
  Bench bench;
  bench.see(BackupJobs{.readable = Readable::denied});
  const auto summary = bench.get("/api/backups/summary");
  CHECK(*summary.find("no_job")->as_int() == 0);
  CHECK(*summary.find("unknown")->as_int() > 0);
  CHECK(text((*summary.find("clusters")->as_array())[0], "jobs") == "denied");
  CHECK(bench.get("/api/dashboard/stats").find("vms_without_backup")->is_null());
  bench.know();
  CHECK(*bench.get("/api/dashboard/stats").find("vms_without_backup")->as_int() >= 1);
}

TEST_CASE("an editor parks a guest with a note: it is so at once, and written in the audit log") {
  Bench bench;
  bench.know();
  const std::string id = text(items(bench.get("/api/backups/coverage"))[0], "vm_id");
  const std::string body = R"({"backup_policy":"archived","recovery_point_hours":48,"backup_note":"sold"})";
  CHECK(bench.house.as(bench.house.token_of("operator"), "PUT", "/api/vms/" + id, body).status == 403);
  const auto put = bench.house.as(bench.house.token_of("editor"), "PUT", "/api/vms/" + id, body);
  REQUIRE(put.status == 200);
  CHECK(put.text("backup_state") == "not_needed");
  CHECK(put.text("backup_note") == "sold");
  CHECK(text(items(bench.get("/api/backups/coverage?vm_id=" + id))[0], "state") == "archived");
  const auto log = bench.house.as(bench.house.admin(), "GET", "/api/audit-logs").body;
  CHECK(log.find("backup_policy") != std::string::npos);
  for (const char* wrong : {R"({"backup_policy":"never"})", R"({"recovery_point_hours":0})", R"({"backup_policy":1})"})
    CHECK(bench.house.as(bench.house.token_of("editor"), "PUT", "/api/vms/" + id, wrong).status == 422);
  const auto cleared = bench.house.as(bench.house.token_of("editor"), "PUT", "/api/vms/" + id,
                                      R"({"backup_policy":"required","recovery_point_hours":null,"backup_note":null})");
  CHECK(cleared.text("backup_state") == "failed");
}

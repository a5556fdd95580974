#include <algorithm>
#include <doctest/doctest.h>
#include <functional>

#include "state/backups/backup_book.h"
#include "state/inventory.h"

using namespace monitorix;
using namespace monitorix::state;
using namespace std::chrono_literals;

namespace {

const WallTime kNow = from_ms(1'800'000'000'000);

NodeRow online(std::string name) {
  NodeRow row{};
  row.name = std::move(name);
  row.status = "online";
  row.cpu_ratio = 0.25;
  return row;
}

GuestRow guest_row(std::int64_t vmid, std::string node) {
  GuestRow row{};
  row.type = GuestType::qemu;
  row.vmid = vmid;
  row.node = std::move(node);
  row.name = "web-" + std::to_string(vmid);
  row.status = "running";
  return row;
}

BackupJob job(std::string id, std::vector<std::int64_t> vmids, std::chrono::seconds interval = 24h) {
  BackupJob out{.id = std::move(id)};
  out.vmids = std::move(vmids);
  out.interval = interval;
  return out;
}

BackupRun run(std::int64_t vmid, BackupResult result, WallTime at, const std::string& node = "pve1") {
  BackupTask task{.upid = "UPID:" + node + ":" + std::to_string(to_ms(at)) + ":vzdump", .node = node};
  BackupRun out{.task = std::make_shared<const BackupTask>(std::move(task)), .vmid = vmid, .started_at = at};
  out.result = result;
  out.duration = 60s;
  if (result == BackupResult::failed) out.error = "no space left";
  return out;
}

/// A cluster of two members with guest 100 on pve1, of which all is known: one nightly job, one success.
struct Bench {
  Inventory inventory{};
  WallTime now{kNow};
  ClusterId id{7};
  Resources resources{};

  explicit Bench(ClusterId of = ClusterId{7}) : id(of) { connect(); }
  void connect() {
    ClusterConfig config{};
    config.id = id;
    config.name = "oslo";
    inventory.put_cluster(config, now);
    resources.nodes = {online("pve1"), online("pve2")};
    resources.guests = {guest_row(100, "pve1")};
    see(resources);
  }
  template <class What>
  void see(What what) {
    inventory.apply({.cluster = id, .at = now, .what = std::move(what)});
  }
  void poll() {
    now += 10s;
    see(resources);
  }
  void know_jobs(std::vector<BackupJob> jobs) { see(BackupJobs{.jobs = std::move(jobs)}); }
  void know_tasks(std::vector<BackupRun> runs) {
    see(BackupRuns{.node = "pve1", .whole = true, .runs = std::move(runs)});
    see(BackupRuns{.node = "pve2", .whole = true});
  }
  void nightly(std::vector<BackupRun> runs) {
    know_jobs({job("nightly", {100})});
    know_tasks(std::move(runs));
  }
  void contents(std::string of, std::vector<ExcludedDisk> disks) {
    see(BackupContents{.job = std::move(of), .rows = {{100, std::move(disks)}}});
  }
  void task(std::string status, WallTime began, bool has_ended = false) {
    PveTask one{};
    one.upid = "UPID:pve1:running:vzdump";
    one.node = "pve1";
    one.type = "vzdump";
    one.id = "100";
    one.started_at = began;
    if (has_ended) one.ended_at = began + 1min;
    if (!status.empty()) one.status = std::move(status);
    see(TaskList{.tasks = {one}});
  }
  void person(std::function<void(Guest&)> edit) {
    Guest wanted = guest();
    edit(wanted);
    inventory.set_guest_annotations(wanted, now);
  }
  const ClusterView& judged() {
    inventory.tick(now);
    return *inventory.snapshot()->cluster(id);
  }
  [[nodiscard]] const Guest& guest(std::int64_t vmid = 100) const {
    const auto& guests = inventory.snapshot()->cluster(id)->guests;
    return **std::find_if(guests.rbegin(), guests.rend(), [&](const auto& one) { return one->vmid == vmid; });
  }
  Assurance assurance(std::int64_t vmid = 100) {
    const auto* found = judged().backups->of(guest(vmid).id);
    REQUIRE(found);
    return *found;
  }
};

const WallTime kLastNight = kNow - 10h, kNightBefore = kNow - 34h;
using enum BackupResult;

struct Case {
  const char* title;
  Coverage coverage;
  const char* reason;
  BackupState state;
  std::function<void(Bench&)> story;
};

const std::vector<Case> kCases{
    {"backed up last night", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) { b.nightly({run(100, ok, kLastNight)}); }},
    {"no job", Coverage::no_job, "no_job", BackupState::none,
     [](Bench& b) {
       b.know_jobs({job("nightly", {101})});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"no job at all, and Proxmox says so too", Coverage::no_job, "no_job", BackupState::none,
     [](Bench& b) {
       b.know_jobs({});
       b.see(NotBackedUp{{100}});
       b.know_tasks({});
     }},
    {"Proxmox counts it in a job where we do not find it", Coverage::unknown, "sources_disagree", BackupState::unknown,
     [](Bench& b) {
       BackupJob pool = job("pool", {});
       pool.pool = "hidden";
       b.know_jobs({pool});
       b.now += 1min;
       b.see(NotBackedUp{{}});
       b.know_tasks({});
     }},
    {"a disk that the job leaves out", Coverage::excluded_disk, "disks_excluded", BackupState::partial,
     [](Bench& b) {
       b.nightly({run(100, ok, kLastNight)});
       b.contents("nightly", {{"scsi1", "backup=no"}});
     }},
    {"a disk that one of two jobs takes in", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.know_jobs({job("nightly", {100}), job("weekly", {100}, 24h * 7)});
       b.contents("nightly", {{"scsi1", "backup=no"}});
       b.contents("weekly", {});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"failed, then succeeded", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.nightly({run(100, failed, kNightBefore), run(100, ok, kLastNight)});
     }},
    {"succeeded, then failed", Coverage::failed, "last_failed", BackupState::failed,
     [](Bench& b) {
       b.nightly({run(100, ok, kNightBefore), run(100, failed, kLastNight)});
     }},
    {"failed, told in the other order", Coverage::failed, "last_failed", BackupState::failed,
     [](Bench& b) {
       b.nightly({run(100, failed, kLastNight), run(100, ok, kNightBefore)});
     }},
    {"two jobs: the more frequent one counts", Coverage::late, "late", BackupState::late,
     [](Bench& b) {
       b.know_jobs({job("nightly", {100}), job("weekly", {100}, 24h * 7)});
       b.know_tasks({run(100, ok, kNightBefore)});
     }},
    {"with warnings is backed up", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) { b.nightly({run(100, warning, kLastNight)}); }},
    {"archived by a person", Coverage::archived, "archived", BackupState::not_needed,
     [](Bench& b) {
       b.know_jobs({});
       b.know_tasks({});
       b.person([](Guest& g) { g.backup_policy = BackupPolicy::archived; });
     }},
    {"needs none, says a person", Coverage::not_needed, "not_needed", BackupState::not_needed,
     [](Bench& b) {
       b.nightly({run(100, failed, kLastNight)});
       b.person([](Guest& g) { g.backup_policy = BackupPolicy::not_needed; });
     }},
    {"a person wants it more often than the job", Coverage::late, "late", BackupState::late,
     [](Bench& b) {
       b.nightly({run(100, ok, kLastNight)});
       b.person([](Guest& g) { g.recovery_point_hours = 4; });
     }},
    {"a person is content with less", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.nightly({run(100, ok, kNightBefore)});
       b.person([](Guest& g) { g.recovery_point_hours = 48; });
     }},
    {"migrated while it was backed up", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.nightly({});
       b.resources.guests[0].lock = "backup";
       b.poll();
       b.resources.guests[0] = guest_row(100, "pve2");
       b.poll();
       b.see(BackupRuns{.node = "pve1", .runs = {run(100, ok, b.now - 2min)}});
     }},
    {"running now, after a good one", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.nightly({run(100, ok, kLastNight)});
       b.resources.guests[0].lock = "backup";
       b.poll();
       b.task("", b.now - 1min);
     }},
    {"late, but the next one is running", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.nightly({run(100, ok, kNow - 27h)});
       b.task("", kNow - 1h);
     }},
    {"running now, after a failed one", Coverage::failed, "last_failed", BackupState::failed,
     [](Bench& b) {
       b.nightly({run(100, failed, kLastNight)});
       b.task("", kNow - 1h);
     }},
    {"a job that is disabled", Coverage::no_job, "job_disabled", BackupState::none,
     [](Bench& b) {
       BackupJob off = job("nightly", {100});
       off.enabled = false;
       b.know_jobs({off});
       b.now += 1min;
       b.see(NotBackedUp{{}});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a job of all guests", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       BackupJob all = job("all", {});
       all.all = true;
       b.know_jobs({all});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a job of all guests but this one", Coverage::no_job, "no_job", BackupState::none,
     [](Bench& b) {
       BackupJob all = job("all", {});
       all.all = true;
       all.excluded = {100};
       b.know_jobs({all});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a job of its pool", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.resources.guests[0].pool = "production";
       b.poll();
       BackupJob pool = job("pool", {});
       pool.pool = "production";
       b.know_jobs({pool});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a job of a pool that the token cannot see, as Proxmox works it out", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       BackupJob pool = job("pool", {});
       pool.pool = "hidden";
       b.know_jobs({pool});
       b.contents("pool", {});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a job bound to another node", Coverage::no_job, "job_elsewhere", BackupState::none,
     [](Bench& b) {
       BackupJob bound = job("nightly", {100});
       bound.node = "pve2";
       b.know_jobs({bound});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a job bound to its node", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       BackupJob bound = job("nightly", {100});
       bound.node = "pve1";
       b.know_jobs({bound});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"killed with its node, without an end: what was before still counts", Coverage::late, "late", BackupState::late,
     [](Bench& b) {
       b.nightly({run(100, ok, kNightBefore)});
       b.task("", kNow - 1h);
       b.now += 24h;
       b.see(TaskList{});
     }},
    {"a task of which nobody knows how it ended does not count as failed", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.nightly({run(100, ok, kLastNight), run(100, unknown, kNow - 1h)});
     }},
    {"a token that may not read jobs", Coverage::unknown, "jobs_denied", BackupState::unknown,
     [](Bench& b) {
       b.see(BackupJobs{.readable = Readable::denied});
       b.know_tasks({run(100, ok, kLastNight)});
     }},
    {"a token that may not read tasks", Coverage::unknown, "tasks_denied", BackupState::unknown,
     [](Bench& b) {
       b.know_jobs({job("nightly", {100})});
       b.see(BackupRuns{.node = "pve1", .readable = Readable::denied});
       b.see(BackupRuns{.node = "pve2", .readable = Readable::denied});
     }},
    {"no rights at all", Coverage::unknown, "jobs_denied", BackupState::unknown,
     [](Bench& b) {
       b.see(BackupJobs{.readable = Readable::denied});
       b.see(BackupRuns{.node = "pve1", .readable = Readable::denied});
     }},
    {"not every member has been asked", Coverage::unknown, "not_asked_yet", BackupState::unknown,
     [](Bench& b) {
       b.know_jobs({job("nightly", {100})});
       b.see(BackupRuns{.node = "pve1", .whole = true});
     }},
    {"an old success while logs still wait to be read is not late yet", Coverage::unknown, "not_asked_yet",
     BackupState::unknown,
     [](Bench& b) {
       b.know_jobs({job("nightly", {100})});
       b.see(BackupRuns{.node = "pve1", .runs = {run(100, ok, kNow - 24h * 4)}});
     }},
    {"an old failure while logs still wait to be read is not the last word", Coverage::unknown, "not_asked_yet",
     BackupState::unknown,
     [](Bench& b) {
       b.know_jobs({job("nightly", {100})});
       b.see(BackupRuns{.node = "pve1", .runs = {run(100, ok, kNow - 24h * 5), run(100, failed, kNow - 24h * 4)}});
     }},
    {"nothing has been asked", Coverage::unknown, "not_asked_yet", BackupState::unknown, [](Bench&) {}},
    {"late by its schedule", Coverage::late, "late", BackupState::late,
     [](Bench& b) { b.nightly({run(100, ok, kNow - 27h)}); }},
    {"an hour after its time is not late", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) { b.nightly({run(100, ok, kNow - 25h)}); }},
    {"over the weekend nothing is late", Coverage::ok, "covered", BackupState::ok,
     [](Bench& b) {
       b.know_jobs({job("workdays", {100}, 72h)});
       b.know_tasks({run(100, ok, kNow - 70h)});
     }},
    {"a schedule that is not understood makes nothing late", Coverage::ok, "interval_unknown", BackupState::ok,
     [](Bench& b) {
       BackupJob odd = job("odd", {100});
       odd.interval.reset();
       b.know_jobs({odd});
       b.know_tasks({run(100, ok, kNow - 24h * 30)});
     }},
    {"in a job, but never backed up", Coverage::never, "never_succeeded", BackupState::none,
     [](Bench& b) { b.nightly({}); }},
};

}  // namespace

TEST_CASE("how well a guest is backed up is the worst that is true, and nothing follows from what was not read") {
  for (const Case& one : kCases) {
    CAPTURE(one.title);
    Bench bench;
    one.story(bench);
    const Assurance found = bench.assurance();
    CHECK(found.coverage == one.coverage);
    CHECK(found.reason.code == one.reason);
    CHECK(bench.guest().backup_state == one.state);
  }
}

TEST_CASE("a template is not asked about, and a deleted guest no more") {
  Bench bench;
  bench.resources.guests.push_back(guest_row(900, "pve1"));
  bench.resources.guests.back().is_template = true;
  bench.poll();
  bench.nightly({});
  CHECK_FALSE(bench.judged().backups->of(bench.guest(900).id));
  CHECK(bench.guest(900).backup_state == BackupState::not_needed);
  bench.resources.guests.erase(bench.resources.guests.begin());
  for (int i = 0; i < 80; ++i) bench.poll();
  REQUIRE(bench.guest(100).status == GuestStatus::deleted);
  CHECK_FALSE(bench.judged().backups->of(bench.guest(100).id));
}

TEST_CASE("a guest that got the number of a deleted one did not get its backups") {
  Bench bench;
  bench.nightly({run(100, ok, kLastNight)});
  const GuestId first = bench.guest().id;
  bench.resources.guests.clear();
  for (int i = 0; i < 80; ++i) bench.poll();
  bench.resources.guests = {guest_row(100, "pve1")};
  bench.poll();
  REQUIRE(bench.guest().id != first);
  CHECK(bench.assurance().coverage == Coverage::never);
  const auto& view = *bench.judged().backups;
  REQUIRE(view.runs.size() == 1);
  CHECK(view.run_guests[0] == first);
}

TEST_CASE("equal numbers in two clusters are two guests") {
  Bench bench;
  bench.nightly({run(100, failed, kLastNight)});
  bench.id = ClusterId{8};
  bench.connect();
  bench.nightly({run(100, ok, kLastNight)});
  CHECK(bench.assurance().coverage == Coverage::ok);
  bench.id = ClusterId{7};
  CHECK(bench.assurance().coverage == Coverage::failed);
}

TEST_CASE("what the log told is not overwritten by the task's own line") {
  Bench bench;
  BackupRun told = run(100, failed, kLastNight);
  told.from_log = true;
  told.error = "command 'lvcreate' failed";
  BackupRun plain = run(100, failed, kLastNight);
  plain.error = "job errors";
  bench.nightly({plain});
  bench.see(BackupRuns{.node = "pve1", .runs = {told}});
  bench.see(BackupRuns{.node = "pve1", .runs = {plain}});
  CHECK(bench.assurance().reason.params == Reason::Params{{"error", "command 'lvcreate' failed"}});
  CHECK(bench.judged().backups->runs.size() == 1);
}

TEST_CASE("of many runs the newest are kept, and the newest success however old it is") {
  Bench bench;
  std::vector<BackupRun> runs{run(100, ok, kNow - 24h * 20), run(100, ok, kNow - 24h * 21)};
  for (int day = 1; day < 20; ++day) runs.push_back(run(100, failed, kNow - 24h * day));
  bench.nightly(runs);
  const Assurance found = bench.assurance();
  CHECK(found.coverage == Coverage::failed);
  CHECK(found.last_success_at == kNow - 24h * 20);
  CHECK(bench.judged().backups->runs.size() == kKeptRuns);
}

TEST_CASE("after a restart a guest is what it was until the jobs have been asked anew") {
  Bench first;
  first.nightly({run(100, ok, kLastNight)});
  first.judged();
  REQUIRE(first.guest().backup_state == BackupState::ok);
  Inventory second{NextIds{10, 10, 10}};
  ClusterConfig config{};
  config.id = first.id;
  second.restore({config}, {}, {first.guest()}, {}, kNow);
  second.restore_backups(first.id, {run(100, ok, kLastNight)});
  second.tick(kNow);
  const auto snapshot = second.snapshot();
  CHECK(snapshot->guest(first.guest().id)->backup_state == BackupState::ok);
  CHECK(snapshot->guest(first.guest().id)->last_backup_at == kLastNight);
  CHECK(snapshot->cluster(first.id)->backups->runs.size() == 1);
}

TEST_CASE("reading that fails for once takes nothing back; a right that was taken away does") {
  Bench bench;
  bench.nightly({run(100, ok, kLastNight)});
  bench.see(BackupJobs{.readable = Readable::failing});
  CHECK(bench.assurance().coverage == Coverage::ok);
  bench.see(BackupJobs{.readable = Readable::denied});
  CHECK(bench.assurance().coverage == Coverage::unknown);
}

TEST_CASE("a change of a guest's backups is written and shown, and a quiet minute changes nothing") {
  Bench bench;
  bench.nightly({run(100, ok, kLastNight)});
  const auto changes = bench.inventory.tick(bench.now);
  REQUIRE(changes.size() == 1);
  REQUIRE(changes[0].guests.size() == 1);
  CHECK(changes[0].guests[0].weight == Weight::status);
  const auto shown = bench.judged().backups;
  bench.now += 2min;
  CHECK(bench.judged().backups == shown);
}

#include "proxmox/backups/task_log.h"

#include <doctest/doctest.h>

using namespace monitorix;
using namespace monitorix::proxmox;
using namespace std::chrono_literals;

namespace {

PveTask ended(std::string status, std::string id = "") {
  PveTask task{};
  task.upid = "UPID:pve1:000000F2:00078E5A:6B0375C2:vzdump::root@pam:";
  task.node = "pve1";
  task.type = "vzdump";
  task.id = std::move(id);
  task.started_at = from_seconds(1'700'000'000);
  task.ended_at = task.started_at + 10min;
  task.status = std::move(status);
  return task;
}

std::vector<BackupRun> runs_of(std::initializer_list<std::string_view> lines, const PveTask& task) {
  TaskLog log;
  for (const auto line : lines) log.add(line);
  return log.runs(task);
}

}  // namespace

TEST_CASE("a task of several guests tells of each: one that went well, one that failed") {
  const auto runs =
      runs_of({"INFO: starting new backup job: vzdump 100 101 102 --storage nas --mode snapshot --quiet 1",
               "INFO: Starting Backup of VM 100 (qemu)",
               "INFO: Backup started at 2026-01-31 02:30:05",
               "INFO: status = running",
               "INFO: include disk 'scsi0' 'local-lvm:vm-100-disk-0' 32G",
               "INFO: creating vzdump archive '/mnt/pve/nas/dump/vzdump-qemu-100.vma.zst'",
               "INFO: 100% (32.0 GiB of 32.0 GiB) in 3m 2s, read: 85.3 MiB/s, write: 80.0 MiB/s",
               "INFO: archive file size: 5.50GB",
               "INFO: Finished Backup of VM 100 (00:03:05)",
               "INFO: Backup finished at 2026-01-31 02:33:10",
               "INFO: Starting Backup of VM 101 (lxc)",
               "INFO: Backup started at 2026-01-31 02:33:10",
               "ERROR: Backup of VM 101 failed - command 'lvcreate' failed: exit code 5",
               "INFO: Failed at 2026-01-31 02:33:12",
               "INFO: Starting Backup of VM 102 (qemu)",
               "INFO: Backup started at 2026-01-31 02:33:12",
               "WARN: skipping disk without a size",
               "INFO: Finished Backup of VM 102 (01:00:00)",
               "INFO: Backup job finished with errors",
               "TASK ERROR: job errors"},
              ended("job errors"));
  REQUIRE(runs.size() == 3);
  CHECK(runs[0].vmid == 100);
  CHECK(runs[0].result == BackupResult::ok);
  CHECK(runs[0].duration == 185s);
  CHECK(runs[0].size_bytes == 5'905'580'032);
  CHECK(runs[0].started_at == from_seconds(1'700'000'000));
  CHECK(runs[0].task->storage == "nas");
  CHECK(runs[1].result == BackupResult::failed);
  CHECK(runs[1].error == "command 'lvcreate' failed: exit code 5");
  CHECK(runs[1].duration == 2s);
  CHECK(runs[1].started_at == from_seconds(1'700'000'185));
  CHECK_FALSE(runs[1].size_bytes);
  CHECK(runs[2].result == BackupResult::warning);
  CHECK(runs[2].duration == 3600s);
  CHECK(runs[2].from_log);
}

TEST_CASE("a guest that was begun and not told of again failed with its task, or is unknown") {
  const auto begun = {std::string_view("INFO: Starting Backup of VM 100 (qemu)")};
  const auto stopped = runs_of(begun, ended("interrupted by signal"));
  REQUIRE(stopped.size() == 1);
  CHECK(stopped[0].result == BackupResult::failed);
  CHECK(stopped[0].error == "interrupted by signal");
  for (const char* status : {"OK", "unexpected status", ""}) {
    CAPTURE(status);
    CHECK(runs_of(begun, ended(status))[0].result == BackupResult::unknown);
  }
}

TEST_CASE("a guest that could not even be begun is named by its error alone") {
  const auto runs = runs_of({"ERROR: Backup of VM 105 failed - no such VM"}, ended("job errors"));
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].vmid == 105);
  CHECK(runs[0].result == BackupResult::failed);
}

TEST_CASE("lines that are damaged say nothing") {
  CHECK(runs_of({"", "INFO: Starting Backup of VM", "INFO: Starting Backup of VM x", "INFO: Finished Backup of VM 100",
                 "INFO: Starting Backup of VM 99999999999999999999", "INFO: archive file size: 3GB", "WARN: x",
                 "ERROR: Backup of VM 1 succeeded", "Starting Backup of VM 100"},
                ended("OK"))
            .empty());
  const auto runs = runs_of({"INFO: Starting Backup of VM 100 (qemu)", "INFO: Backup started at 2026-13-31 02:30:05",
                             "INFO: archive file size: much", "INFO: Finished Backup of VM 100 (soon)"},
                            ended("OK"));
  REQUIRE(runs.size() == 1);
  CHECK(runs[0].result == BackupResult::ok);
  CHECK_FALSE(runs[0].duration);
  CHECK_FALSE(runs[0].size_bytes);
}

TEST_CASE("the task's own line tells how a backup of one guest ended") {
  CHECK(run_of(ended("OK", "100"), 100).result == BackupResult::ok);
  CHECK(run_of(ended("OK", "100"), 100).duration == 600s);
  CHECK(run_of(ended("WARNINGS: 2", "100"), 100).result == BackupResult::warning);
  const auto failed = run_of(ended("job errors", "100"), 100);
  CHECK(failed.result == BackupResult::failed);
  CHECK(failed.error == "job errors");
  CHECK_FALSE(failed.from_log);
  CHECK(run_of(ended("unexpected status", "100"), 100).result == BackupResult::unknown);
}

#pragma once
// What is asked about backups, one call a step, so that it costs what its steps cost, whatever the cluster's size:
// the jobs, what is in none of them and to which backup servers the cluster writes every 15 minutes, what each job
// takes in as often, the finished vzdump tasks of each member every 5 minutes, and once the log of each task that needs
// it. On the loop.

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "model/observation.h"
#include "model/watched/backup_plan.h"
#include "proxmox/backups/task_log.h"
#include "proxmox/client.h"
#include "proxmox/parse.h"

namespace monitorix::proxmox {

class BackupRounds {
 public:
  using Tell = std::function<void(decltype(Observation::what))>;
  BackupRounds(Client& client, const Clock& clock, Tell tell)
      : client_(client),
        clock_(clock),
        tell_(std::move(tell)) {}

  /// Tasks whose logs were read before this program began; asked once.
  std::function<std::unordered_set<std::string>()> known_logs{};

  /// The jobs as they were known before this program began: they are read again when their time comes.
  void recall(const BackupPlan& plan);
  void set_members(const std::vector<std::string>& online);
  void set_rights(const Permissions& rights) { rights_ = rights; }
  /// The cluster's task list, which comes every 30 s: a backup that has just ended is there first.
  void note(const TaskList& tasks);
  net::Task<> step();
  /// Nothing waits but the next round.
  [[nodiscard]] bool is_caught_up() const;
  void forget();  ///< another token or cluster: all is asked anew

 private:
  /// One reading of a list, newest first, maybe in several pages.
  struct Reading {
    std::vector<BackupRun> runs{};   ///< of this page
    std::set<std::string> single{};  ///< guests whose newest log was asked for
    int shared{0};                   ///< logs of several guests asked for
    std::int64_t offset{0};          ///< of the page to come
  };
  struct Member {
    SteadyTime due{};
    std::optional<WallTime> seen_until{};  ///< of the last whole reading
    Reading reading{};
    bool owes_whole{false};  ///< its list was read to the end, but a log of several guests still waits
  };
  struct Log {
    PveTask task{};
    TaskLog lines{};
    std::int64_t offset{0};
  };

  net::Task<> ask_jobs();
  net::Task<> ask_not_backed_up();
  net::Task<> ask_server_storages();
  net::Task<> ask_contents(std::string job);
  net::Task<> ask_tasks(std::string node);
  net::Task<> ask_log();
  void begin();
  [[nodiscard]] bool has_shared_log(const std::string& node) const;
  [[nodiscard]] bool may_read_tasks(const std::string& node) const;
  void note_task(const PveTask& task, const Member& member, Reading& reading);
  [[nodiscard]] const std::string* due_member() const;
  [[nodiscard]] const std::string* due_job() const;

  Client& client_;
  const Clock& clock_;
  Tell tell_;
  Findings findings_{};
  std::optional<Permissions> rights_{};
  std::map<std::string, Member> members_{};
  std::map<std::string, SteadyTime> jobs_{};  ///< when what it takes in is due
  SteadyTime jobs_due_{}, not_backed_up_due_{}, storages_due_{};
  std::deque<Log> logs_{};
  std::unordered_set<std::uint64_t> handled_{}, logs_known_{};  // hashes of UPIDs: there are tens of thousands
  bool log_was_last_{false};
  bool begun_{false};
};

}  // namespace monitorix::proxmox

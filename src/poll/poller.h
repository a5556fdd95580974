#pragma once
// When each is asked: named jobs in groups (one group per cluster), each with its own period, a stable phase and
// 10 % jitter, so that nothing bursts at the full minute (proxmox B1). A job that still runs when its time comes is
// skipped and counted, never queued (B6). Knows nothing of what a job does. On the loop.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "net/task.h"

namespace monitorix::poll {

struct Job {
  std::string name{};
  std::chrono::milliseconds period{};
  std::function<net::Task<>()> run{};
};

class Poller {
 public:
  Poller(net::Loop& loop, const Clock& clock);
  ~Poller();

  /// Makes the group's jobs exactly these: known names keep their phase and take the new period, unknown ones start
  /// (the first in the list at once, the others spread over the next seconds), names no longer there end.
  void set_jobs(const std::string& group, std::vector<Job> jobs);
  void remove_group(const std::string& group);
  /// Runs a job now, out of turn; returns when it is done. Errc::not_found, or unavailable when it already runs.
  net::Task<Status> run_now(std::string group, std::string name);
  [[nodiscard]] std::uint64_t skipped() const;
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// Pure: when a job is due next, counted from now. `seed` gives every job a place of its own in the period.
std::chrono::milliseconds first_delay(std::uint64_t seed, std::chrono::milliseconds period, std::size_t position);
std::chrono::milliseconds next_delay(std::uint64_t seed, std::uint64_t round, std::chrono::milliseconds period);

}  // namespace monitorix::poll

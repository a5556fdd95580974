#pragma once
// What a runner holds of each check, of each run on its way, and of who waits for a result. Private to
// check_runner.cpp.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/alarm.h"
#include "poll/check_plan.h"
#include "poll/check_runner.h"
#include "poll/run_queue.h"

namespace monitorix::poll {

/// Somebody who waits for a result.
struct Waiter {
  explicit Waiter(net::Loop& loop) : bell(loop.context()) { bell.expires_at(SteadyTime::max()); }
  net::Alarm bell;
  std::optional<Result<CheckResult>> result{};
  void ring(Result<CheckResult> what) {
    result = std::move(what);
    bell.cancel();
  }
};

struct Entry;

/// One run on its way.
struct Flight {
  std::shared_ptr<const Service> service{};
  Waiting place{};
  WallTime scheduled_at{}, started_at{};
  SteadyTime began{}, cut_at{};
  net::Cancellation cancel{};
  bool is_done{false};
  std::size_t at{};  ///< among the flights
  Entry* entry{};    ///< null once the service was forgotten
};

struct Entry : CheckMark {
  std::shared_ptr<const Service> service{};
  CheckRunner::Kept kept{};  ///< the taker's
  std::string address{};
  bool was_up{false};
  RunQueue::Place* place{};  ///< while it waits
  bool is_off_place{false};  ///< its next turn may not be the one of its phase
  SteadyTime due{};          ///< while it waits: the latest of its turns
  std::shared_ptr<Flight> flight{};
  std::optional<SteadyTime> last_start{};
  std::vector<std::shared_ptr<Waiter>> waiters{};
};

}  // namespace monitorix::poll

#pragma once
// Runs checks when they are due (checks.md §4), on the loop. Knows neither probes nor verdicts: `Run` does the one,
// `Take` the other. Neither may throw; what a run throws is UNKNOWN(local_fault). At most 512 runs at once and 4 to one
// address; a quarter of the places is kept for checks that were UP, so that dead targets cannot starve live ones; what
// waits goes by due time, and not many at once (start_pace.h). A check that is due while it runs or waits is skipped
// and counted, so nothing here grows beyond the number of checks.

#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "base/clock.h"
#include "model/service/check_result.h"
#include "model/service/run_counters.h"
#include "model/service/service.h"
#include "net/task.h"
#include "poll/run_queue.h"

namespace monitorix::poll {

/// How a check goes on after a result.
struct Pace {
  bool is_soft{false};  ///< SOFT_DOWN or SOFT_UP: comes again after its retry interval
  bool was_up{false};   ///< the last verdict was UP
};

class CheckRunner {
 public:
  /// Its result is never null.
  using Run =
      std::function<net::Task<std::shared_ptr<CheckResult>>(std::shared_ptr<const Service>, WallTime scheduled_at)>;
  /// What the taker keeps of a service; it is handed back and not looked at.
  using Kept = void*;
  /// The result is the taker's, who may change it; it is not null.
  using Take = std::function<Pace(Kept, const std::shared_ptr<CheckResult>&)>;
  /// These are about to be run: the taker may ask for their memory meanwhile (base/fetch_ahead.h).
  using Foresee = std::function<void(std::span<const Kept>)>;

  CheckRunner(net::Loop& loop, const Clock& clock, Run run, Take take, RunLimits limits = {}, Foresee foresee = {});
  ~CheckRunner();
  CheckRunner(const CheckRunner&) = delete;
  CheckRunner& operator=(const CheckRunner&) = delete;

  /// Adds a service, or takes its new form (a run of the old one is not taken any more); one that is not active is not
  /// run. `pace` is what its stored state says and counts when the service is new here.
  void put(std::shared_ptr<const Service> service, Pace pace = {}, Kept kept = nullptr);
  void remove(ServiceId service);
  /// Its first run need not wait for its place.
  void begin_soon(ServiceId service);

  /// Runs a check now, before all that wait (C14), or waits for the run that is on already. Errc::unavailable when the
  /// last run began less than half a retry interval ago, not_found when it is unknown or not active, cancelled when it
  /// was removed meanwhile.
  net::Task<Result<CheckResult>> run_now(ServiceId service);
  /// The same for who does not wait, as a parent that is to be verified; false when it is refused.
  bool request(ServiceId service);
  /// Its next run is at `due` at the latest.
  void expect(ServiceId service, WallTime due);

  [[nodiscard]] RunCounters counters() const;
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace monitorix::poll

#pragma once
// Services at work: loaded at start, run when due, judged, shown, stored, told. Ties watch, runner, prober, store,
// history and the world together. On the loop but for load() and finish(), which block and run without it.

#include <atomic>
#include <unordered_map>

#include "api/dependencies.h"
#include "check/prober.h"
#include "history/recorder.h"
#include "net/task.h"
#include "poll/check_runner.h"
#include "state/inventory.h"
#include "store/store.h"
#include "store/writer.h"
#include "watch/clock_jumps.h"
#include "watch/watch.h"

namespace monitorix::app {

class Checks {
 public:
  /// A check that began then says that something is down. Is it rather us? The reason why nothing is known; "" = no.
  using Doubt = std::function<std::string(const CheckResult& result, SteadyTime began)>;
  struct Parts {
    net::Loop& loop;
    store::Store& store;
    state::Inventory& inventory;
    history::Recorder& recorder;
    store::InventoryWriter& events;
    const Clock& clock;
    Doubt doubt{};
    std::function<void()> told{};  ///< everybody sees news of services now
  };
  Checks(Parts parts, check::ProberSettings settings, std::chrono::hours results_kept);
  ~Checks();

  Status load();                                       ///< blocks; before the loop runs, after the world was restored
  void begin();                                        ///< from now on checks run
  void stop();                                         ///< no check runs any more; quick
  void finish();                                       ///< blocks; after the loop: the last of it to the store
  void request(ServiceId id) { runner_.request(id); }  ///< as soon as its turn allows
  [[nodiscard]] api::CheckDoor door();
  /// When checks were last sure before this start.
  [[nodiscard]] std::optional<WallTime> last_beat() const { return last_beat_; }
  /// Why results are not being stored; "" when they are.
  [[nodiscard]] const std::string& storing_fault() const { return problem_; }

 private:
  void tick();
  void look_at_clock(WallTime now, SteadyTime moment);
  std::optional<CheckResult> doubted(const CheckResult& result, WallTime now, SteadyTime moment);
  void show();
  void put(const ServiceRecord& record);
  void remove(ServiceId id);
  void schedule(const std::shared_ptr<const Service>& service);
  net::Task<Result<CheckResult>> run_now(ServiceId id);
  void record(const std::vector<std::shared_ptr<const CheckResult>>& results);
  history::SeriesId series_of(ServiceId id);
  void store_some();
  void erase_old();

  Parts parts_;
  check::ProberSettings settings_;
  std::chrono::hours results_kept_;
  watch::Watch watch_{};
  watch::ClockJumps jumps_{};
  check::Prober prober_;
  std::vector<watch::Watched*> soon_{};  ///< scratch
  poll::CheckRunner runner_;
  std::unordered_map<ServiceId, history::SeriesId> series_{};
  WallTime beaten_at_{}, erased_at_{};
  std::optional<WallTime> last_beat_{};
  std::string problem_{};  ///< of the last attempt to store
  std::atomic<bool> is_storing_{false};
  net::WorkerPool writer_{"checks", 1, 4};  // ends first
};

}  // namespace monitorix::app

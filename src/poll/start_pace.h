#pragma once
// How many checks may start within a tenth of a second: as many as fall due in one by the plan, and a few more. So what
// was held up - by a busy machine, a full database, a pause of our own - is caught up with little by little and never
// in a burst. Pure.

#include <chrono>
#include <cstddef>
#include <deque>

#include "base/clock.h"

namespace monitorix::poll {

class StartPace {
 public:
  static constexpr std::chrono::milliseconds kWindow{100};
  /// Beyond what is due: enough to catch up, and for places that lie close together.
  static constexpr std::size_t kMore{6};

  /// `starts` each second, by the plan.
  void set_rate(double starts);
  [[nodiscard]] bool may_start(SteadyTime now);
  /// When the next one may start; not after `now` if one may now.
  [[nodiscard]] SteadyTime next(SteadyTime now);
  void note_start(SteadyTime now);
  /// Most starts within a window, of this minute and the last.
  [[nodiscard]] std::size_t most(SteadyTime now);

 private:
  void forget_old(SteadyTime now);

  std::size_t limit_{kMore};
  std::deque<SteadyTime> recent_{};  ///< starts of the last window, oldest first
  SteadyTime minute_{};              ///< begin of the one that `most_now_` is of
  std::size_t most_now_{0}, most_before_{0};
};

}  // namespace monitorix::poll

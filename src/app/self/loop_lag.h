#pragma once
// How late the loop is with what is due: what it is busy with, everything else waits for. On the loop.

#include <algorithm>
#include <optional>
#include <utility>

#include "base/clock.h"

namespace monitorix::app {

class LoopLag {
 public:
  /// Who stood still for 2.5 s was surely called so late, wherever between two calls that began.
  static constexpr std::chrono::milliseconds kPeriod{1'000}, kRemembered{60'000}, kTooLate{1'500};

  /// Called every kPeriod, as the loop sees it; how late it is.
  std::chrono::milliseconds tick(SteadyTime now) {
    const auto late = last_ == SteadyTime{} ? std::chrono::milliseconds{0} : late_at(now);
    last_ = now;
    if (now - since_ > kRemembered) {
      before_ = std::exchange(worst_, std::chrono::milliseconds{0});
      since_ = now;
    }
    worst_ = std::max(worst_, late);
    if (late > kTooLate) too_late_at_ = now;
    return late;
  }
  /// The worst of the last minute or two.
  [[nodiscard]] std::chrono::milliseconds worst() const { return std::max(worst_, before_); }
  /// Too late at any moment since then; also when it is just coming back and was not called yet.
  [[nodiscard]] bool was_too_late(SteadyTime since, SteadyTime now) const {
    if (last_ == SteadyTime{}) return false;
    return late_at(now) > kTooLate || (too_late_at_ && *too_late_at_ >= since);
  }

 private:
  [[nodiscard]] std::chrono::milliseconds late_at(SteadyTime now) const {
    const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_) - kPeriod;
    return std::max(late, std::chrono::milliseconds{0});
  }

  SteadyTime last_{}, since_{};
  std::optional<SteadyTime> too_late_at_{};
  std::chrono::milliseconds worst_{0}, before_{0};
};

}  // namespace monitorix::app

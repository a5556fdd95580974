#pragma once
// How late the loop is with what is due: what it is busy with, everything else waits for. On the loop.

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace monitorix::app {

class LoopLag {
 public:
  static constexpr std::chrono::milliseconds kPeriod{500}, kRemembered{60'000};

  /// Called every kPeriod, as the loop sees it.
  void tick(SteadyTime now) {
    const auto late = last_ == SteadyTime{} ? std::chrono::milliseconds{0} : late_at(now);
    last_ = now;
    if (now - since_ > kRemembered) {
      before_ = std::exchange(worst_, std::chrono::milliseconds{0});
      since_ = now;
    }
    worst_ = std::max(worst_, late);
  }
  /// The worst of the last minute or two.
  [[nodiscard]] std::chrono::milliseconds worst() const { return std::max(worst_, before_); }

 private:
  [[nodiscard]] std::chrono::milliseconds late_at(SteadyTime now) const {
    const auto late = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_) - kPeriod;
    return std::max(late, std::chrono::milliseconds{0});
  }

  SteadyTime last_{}, since_{};
  std::chrono::milliseconds worst_{0}, before_{0};
};

}  // namespace monitorix::app

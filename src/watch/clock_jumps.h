#pragma once
// The wall clock beside the one that only measures: when somebody moves it, or this machine slept, what lies between is
// nobody's silence, and what only its dates say of a certificate is in doubt. Pure.

#include <optional>
#include <string>

#include "base/clock.h"
#include "model/service/check_result.h"

namespace monitorix::watch {

struct ClockJump {
  WallTime from{}, to{};  ///< what it would read, and what it reads
};

class ClockJumps {
 public:
  /// Less is a clock that is being set right, and harms nobody.
  static constexpr std::chrono::seconds kNoticed{5};
  /// So long a moved clock is doubted.
  static constexpr std::chrono::hours kDoubt{24};

  /// To be called with each tick and before each result; a jump since the last look.
  std::optional<ClockJump> look(WallTime wall, SteadyTime steady);
  /// A failure that would not be one by the clock as it was before it was moved, as the unknown that it is.
  [[nodiscard]] std::optional<CheckResult> doubt(const CheckResult& result, WallTime wall, SteadyTime steady) const;

 private:
  std::optional<WallTime> last_wall_{};
  SteadyTime last_steady_{}, moved_at_{};
  std::chrono::milliseconds moved_{0};  ///< all jumps together
};

}  // namespace monitorix::watch

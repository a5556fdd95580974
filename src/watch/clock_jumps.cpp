#include "watch/clock_jumps.h"

namespace monitorix::watch {

std::optional<ClockJump> ClockJumps::look(WallTime wall, SteadyTime steady) {
  const auto passed = std::chrono::floor<std::chrono::milliseconds>(steady - last_steady_);
  const WallTime expected = last_wall_.value_or(wall) + (last_wall_ ? passed : std::chrono::milliseconds{0});
  last_wall_ = wall;
  last_steady_ = steady;
  const auto moved = wall - expected;
  if (std::chrono::abs(moved) < kNoticed) return std::nullopt;
  moved_ += moved;
  moved_at_ = steady;
  return ClockJump{expected, wall};
}

std::optional<CheckResult> ClockJumps::doubt(const CheckResult& result, WallTime wall, SteadyTime steady) const {
  if (std::chrono::abs(moved_) < kNoticed || steady - moved_at_ > kDoubt) return std::nullopt;
  if (result.verdict != Verdict::down || !result.certificate) return std::nullopt;
  const WallTime unmoved = wall - moved_;
  const bool was_valid = result.reason == "tls_not_yet_valid"
                             ? result.certificate->not_before <= unmoved
                             : result.reason == "tls_expired" && result.certificate->chain_not_after > unmoved;
  if (!was_valid) return std::nullopt;
  const auto seconds = std::chrono::round<std::chrono::seconds>(moved_).count();
  CheckResult out = result;
  out.verdict = Verdict::unknown;
  out.reason = "local_fault";
  out.parameter.clear();
  out.detail = "the clock of this machine was moved by " + std::to_string(seconds) +
               " s, and only by its time the certificate is not valid: look at its time synchronisation";
  return out;
}

}  // namespace monitorix::watch

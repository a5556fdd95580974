#pragma once
// Time comes in through Clock. WallTime is stored and shown, SteadyTime measures. Only app/ makes a SystemClock.

#include <chrono>
#include <cstdint>

namespace monitorix {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime wall() const = 0;
  [[nodiscard]] virtual SteadyTime steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  [[nodiscard]] SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

/// A clock that tests turn by hand.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = WallTime{std::chrono::milliseconds{1'700'000'000'000}}) : wall_(start) {}
  [[nodiscard]] WallTime wall() const override { return wall_; }
  [[nodiscard]] SteadyTime steady() const override { return steady_; }
  void advance(std::chrono::milliseconds by) {
    wall_ += by;
    steady_ += by;
  }

 private:
  WallTime wall_;
  SteadyTime steady_{std::chrono::hours{1}};
};

/// Milliseconds since 1970 UTC, the form that databases and series keep.
inline std::int64_t to_ms(WallTime at) { return at.time_since_epoch().count(); }
inline WallTime from_ms(std::int64_t ms) { return WallTime{std::chrono::milliseconds{ms}}; }
/// Whole seconds since 1970 UTC; what is past the second is left off.
inline std::int64_t to_seconds(WallTime at) {
  return std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
}
inline WallTime from_seconds(std::int64_t seconds) { return WallTime{std::chrono::seconds{seconds}}; }

}  // namespace monitorix

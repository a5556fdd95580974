#pragma once
// Counters to rates. A counter begins again at zero when its guest starts, moves or is restored: then the interval has
// no rate. So a rate is never negative, and never a spike made of two different lives of a counter. Pure.

#include <cstdint>
#include <optional>
#include <utility>

#include "history/head.h"

namespace monitorix::history {

/// Two samples further apart have no rate between them: nobody knows when the bytes flowed.
inline constexpr std::int64_t kLongestInterval = 600;  // seconds
/// Above this a counter was replaced, whatever it says: 400 Gbit/s is half of it.
inline constexpr std::int64_t kFastestRate = 100'000'000'000;  // bytes a second

/// True when `after` is of another life than `before`: its uptime says it began after `before` was taken, or went back.
bool began_anew(const std::optional<std::int64_t>& uptime_before, const std::optional<std::int64_t>& uptime_after,
                std::int64_t seconds);

/// How long a counter took from one reading to the next: by its owner's own clock (uptime) where that is known and went
/// on, for an answer may be off its tick and pvestatd off both; else what we `waited`. Seconds.
std::int64_t seconds_by_uptime(const std::optional<std::int64_t>& uptime_before,
                               const std::optional<std::int64_t>& uptime_after, std::int64_t waited);

/// The growth of a counter over `seconds`; nothing after a reset, a long silence or an impossible jump.
std::optional<std::int64_t> counter_growth(std::int64_t before, std::int64_t after, std::int64_t seconds);

/// True when `after` says again what `before` said: pvestatd had nothing new. Its time is not that of a reading.
bool is_repeat(unsigned raw_set, const TimedRow& before, const TimedRow& after);

/// The same of two rows of a raw set.
std::int64_t seconds_between(unsigned raw_set, const TimedRow& before, const TimedRow& after);

/// The growth of `column` between two rows of a raw set, with all of the above; nothing when either is unknown.
std::optional<std::int64_t> growth_between(unsigned raw_set, std::size_t column, const TimedRow& before,
                                           const TimedRow& after);

/// Walks along the rows of a series; `before` is the last reading that was new, the one that growth is counted from.
class Readings {
 public:
  explicit Readings(unsigned raw_set, std::optional<TimedRow> before = std::nullopt)
      : set_(raw_set),
        before_(std::move(before)) {}
  [[nodiscard]] const std::optional<TimedRow>& before() const { return before_; }
  void pass(const TimedRow& row) {
    if (!before_ || !is_repeat(set_, *before_, row)) before_ = row;
  }

 private:
  unsigned set_;
  std::optional<TimedRow> before_;
};

}  // namespace monitorix::history

#pragma once
// Five-field cron expressions: lists, ranges, steps, names of months and days, 7 = Sunday, @hourly @daily @midnight
// @weekly @monthly @yearly @annually. Day of month and day of week are alternatives when both are restricted.
// In the nights the clock changes it does as Debian's cron: a time that does not exist comes right after the gap, one
// that exists twice comes once; expressions whose minute or hour begins with * go by the clock as it runs.

#include <bitset>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/zone/zone.h"

namespace monitorix::verdict {

class Cron {
 public:
  /// Refuses with a text that names the field; so are dates that never come, like 30 February.
  static Result<Cron> parse(std::string_view text);

  /// The first time after `after`.
  [[nodiscard]] std::optional<WallTime> next(WallTime after, const Zone& zone) const;

 private:
  [[nodiscard]] bool has_day(std::chrono::local_days day) const;
  [[nodiscard]] std::optional<WallTime> next_by_clock(WallTime after, const Zone& zone) const;
  [[nodiscard]] std::optional<WallTime> next_by_date(WallTime after, const Zone& zone) const;

  std::bitset<60> minutes_{};
  std::bitset<24> hours_{};
  std::bitset<32> days_{};
  std::bitset<13> months_{};
  std::bitset<7> weekdays_{};
  bool any_day_{true}, any_weekday_{true};  // the field begins with *
  bool by_clock_{false};
};

}  // namespace monitorix::verdict

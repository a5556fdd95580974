#pragma once
// How a time zone goes on after the last change its file lists: the POSIX TZ line at the end of it, as
// "CET-1CEST,M3.5.0,M10.5.0/3". Pure.

#include <chrono>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace monitorix {

/// A day of the year and a time of that day, on the clock that is valid before the change.
struct YearlyMoment {
  enum class Kind { month_week_day, julian, day_of_year } kind{};
  unsigned month{}, week{}, weekday{};  ///< week 5 = the last one
  unsigned day{};                       ///< julian: 1..365 and never 29 February; day_of_year: 0..365
  std::chrono::seconds time{7200};
  [[nodiscard]] std::chrono::sys_seconds in(std::chrono::year year) const;  ///< as if the clock were UTC's
};

struct YearlyRule {
  std::chrono::seconds standard{0}, summer{0};  ///< local minus UTC
  std::optional<YearlyMoment> summer_begins{}, summer_ends{};
  [[nodiscard]] std::chrono::seconds offset_at(std::chrono::sys_seconds at) const;
};

Result<YearlyRule> parse_yearly_rule(std::string_view text);

}  // namespace monitorix

#pragma once
// The part of RFC 5545's RRULE that maintenance needs: DAILY, WEEKLY, MONTHLY, YEARLY with INTERVAL, COUNT, UNTIL,
// BYDAY (with ordinals by month), BYMONTHDAY, BYMONTH. Other parts are refused, not ignored. Pure; weeks begin on
// Monday.

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/zone/zone.h"

namespace monitorix::alert {

struct Recurrence {
  enum class Frequency : std::uint8_t { daily, weekly, monthly, yearly } frequency{};
  int interval{1};
  std::optional<int> count{};
  std::optional<LocalSeconds> until{};  ///< the last start that is allowed
  bool until_is_utc{false};
  struct Weekday {
    int ordinal{};  ///< 0 = each; -1 = the last of the month
    std::chrono::weekday day{};
  };
  std::vector<Weekday> weekdays{};
  std::vector<int> month_days{};  ///< -1 = the last day
  std::vector<unsigned> months{};
};

Result<Recurrence> parse_recurrence(std::string_view text);

/// Does it recur on this day, when it first happened on `first`? Without COUNT and UNTIL.
bool recurs_on(const Recurrence& rule, std::chrono::local_days first, std::chrono::local_days day);

/// The latest start at or before `at`, not older than `reach`, and the first one after it within ten years.
struct Around {
  std::optional<WallTime> before{}, after{};
};
Around starts_around(const Recurrence& rule, WallTime first, const Zone& zone, WallTime at, std::chrono::seconds reach);

}  // namespace monitorix::alert

#include "alert/overlay/window.h"

#include <algorithm>

#include "alert/overlay/recurrence.h"

namespace monitorix::alert {
namespace {

using namespace std::chrono;

const Zone& zone_of(const Zones& zones, const std::string& name) {
  static const Zone kUtc;
  const auto found = zones.find(name);
  return found == zones.end() ? kUtc : found->second;
}

bool has_day(const WeekHours& hours, local_days day) {
  return (hours.days >> (weekday{day}.iso_encoding() - 1) & 1) != 0;
}

}  // namespace

WindowNow window_at(const Window& window, const Zones& zones, WallTime at) {
  if (!window.is_active) return {};
  Around around;
  if (window.rrule.empty()) {
    (window.starts_at <= at ? around.before : around.after) = window.starts_at;
  } else {
    const auto rule = parse_recurrence(window.rrule);
    if (!rule) return {};
    around = starts_around(*rule, window.starts_at, zone_of(zones, window.time_zone), at, window.duration);
  }
  if (around.before && at < *around.before + window.duration) return {true, *around.before + window.duration};
  return {false, around.after};
}

bool is_within(const WeekHours& hours, const Zones& zones, WallTime at) {
  const LocalSeconds local = zone_of(zones, hours.time_zone).to_local(at);
  const local_days today = floor<days>(local);
  const auto time = local - today;
  if (hours.from < hours.until) return has_day(hours, today) && time >= hours.from && time < hours.until;
  return (has_day(hours, today) && time >= hours.from) || (has_day(hours, today - days{1}) && time < hours.until);
}

std::optional<WallTime> next_opening(const WeekHours& hours, const Zones& zones, WallTime at) {
  const Zone& zone = zone_of(zones, hours.time_zone);
  const local_days today = floor<days>(zone.to_local(at));
  for (int i = 0; i <= 8; ++i) {
    const local_days day = today + days{i};
    const WallTime opens = zone.to_wall(LocalSeconds{day} + hours.from);
    if (has_day(hours, day) && opens > at) return opens;
  }
  return std::nullopt;
}

}  // namespace monitorix::alert

#pragma once
// When maintenance windows, quiet hours and the hours of a route's step are open. Pure; wall time and zones come in.

#include <map>
#include <string>

#include "base/result.h"
#include "base/zone/zone.h"
#include "model/alert/quiet.h"
#include "model/alert/route.h"

namespace monitorix::alert {

using Zones = std::map<std::string, Zone>;

struct WindowNow {
  bool is_on{false};
  std::optional<WallTime> changes_at{};  ///< when it begins or ends next
};
/// A window whose rule cannot be read is never on; the API refuses such a rule.
WindowNow window_at(const Window& window, const Zones& zones, WallTime at);

bool is_within(const WeekHours& hours, const Zones& zones, WallTime at);
/// The first opening after `at`; nothing for hours without a day.
std::optional<WallTime> next_opening(const WeekHours& hours, const Zones& zones, WallTime at);

}  // namespace monitorix::alert

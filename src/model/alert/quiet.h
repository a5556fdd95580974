#pragma once
// What a person sets to be left in peace: silences by matcher and maintenance windows (alerts.md §4). Neither changes a
// state, a timeline or a number (alerts:A3). Times are wall times.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/alert/rule.h"

namespace monitorix {

struct Alert;
struct Silence;
struct Window;
using AlertId = Id<Alert>;
using SilenceId = Id<Silence>;
using WindowId = Id<Window>;

/// Labels of an alert: kind, id, name, cluster, pool, tag (any of them), node, rule, severity. `*` in a value stands
/// for any text.
struct Matcher {
  std::string label{}, value{};
  bool is_equal{true};
  bool operator==(const Matcher&) const = default;
};

struct Silence {
  SilenceId id{};
  std::vector<Matcher> matchers{};  ///< all of them must fit
  AlertId alert{};                  ///< a snooze: this alert only, and no matchers
  WallTime starts_at{}, ends_at{};  ///< at most one year
  bool until_resolved{false};       ///< of a snooze: ends with its alert at the latest
  std::string author{}, comment{};
  bool operator==(const Silence&) const = default;
};

enum class Mute : std::uint8_t { notifications, all };

/// Maintenance, and quiet hours (alerts:A10): a window with a ceiling lets what is worse through.
struct Window {
  WindowId id{};
  std::string name{};
  Selector selector{};   ///< and what hangs on it
  WallTime starts_at{};  ///< of the first occurrence
  std::chrono::seconds duration{3600};
  std::string rrule{};      ///< RFC 5545, without DTSTART; empty = once
  std::string time_zone{};  ///< whose clock the rule follows; empty = UTC
  Mute mute{};
  Severity ceiling{Severity::critical};  ///< the worst that is held
  bool is_active{true};
  std::string author{};
  bool operator==(const Window&) const = default;
};

}  // namespace monitorix

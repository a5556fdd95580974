#pragma once
// Who is told, in which order, and how much a channel may be told (alerts.md §6). How a channel sends is notify's.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/alert/rule.h"

namespace monitorix {

/// Hours of the week on the clock of a zone. `until` at or before `from` goes over midnight and belongs to the day it
/// began.
struct WeekHours {
  std::uint8_t days{0x7f};  ///< bit 0 = Monday
  std::chrono::minutes from{0}, until{1440};
  std::string time_zone{};  ///< IANA name; empty = UTC
  bool operator==(const WeekHours&) const = default;
};

struct RouteStep {
  std::chrono::milliseconds after{0};  ///< since the alert could first be told
  std::vector<ChannelId> channels{};
  bool is_to_all{false};  ///< to every channel there is; whoever knows them fills `channels`
  Severity min_severity{Severity::info};
  std::optional<WeekHours> hours{};
  bool operator==(const RouteStep&) const = default;
};

struct Route {
  RouteId id{};
  std::string name{};
  std::vector<RouteStep> steps{};
  /// How often the last step is told again; absent = as the severity says.
  std::optional<std::chrono::milliseconds> repeat_last{};
  bool is_default{false};
  std::string key{};  ///< of the one that came with the house; a user's own has none
  bool operator==(const Route&) const = default;
};

/// What the planner needs to know of a channel.
struct ChannelPolicy {
  ChannelId id{};
  bool is_active{true};
  bool send_resolved{true};
  std::vector<Severity> severities{};      ///< empty = all
  std::vector<std::string> alert_types{};  ///< empty = all; by alert_type_of
  /// The storm guard: so many messages in any window of this length, never more. A minute for who receives them: one
  /// may be two seconds longer on its way than another.
  int burst{5};
  std::chrono::milliseconds burst_period{62'000};
  bool operator==(const ChannelPolicy&) const = default;
};

}  // namespace monitorix

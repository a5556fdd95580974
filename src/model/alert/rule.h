#pragma once
// Alert rules (alerts.md §2): of what, from when and how badly. Data only; alert/ has the deeds. All spans are
// milliseconds; thresholds are in the metric's own unit (ratios 0..1, degrees Celsius, seconds).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/alert/entity.h"
#include "model/watched/risk.h"

namespace monitorix {

struct Rule;
struct Route;
struct Channel;
using RuleId = Id<Rule>;
using RouteId = Id<Route>;
using ChannelId = Id<Channel>;

/// `no_data`: nothing was heard for a while. `certificate` and `pve_event` speak of conditions by their code.
enum class RuleKind : std::uint8_t { check_state, metric, no_data, certificate, pve_event };
enum class Comparison : std::uint8_t { above, at_least, below, at_most };
enum class Absent : std::uint8_t { ignore, alert };        ///< may silence itself put the flag "no data" on an alert?
enum class NoData : std::uint8_t { keep, fire, resolve };  ///< and then?

/// Numbers that rules can look at. Ratios are 0..1.
enum class Metric : std::uint8_t {
  cpu_ratio,
  memory_ratio,
  disk_ratio,
  swap_ratio,
  iowait_ratio,
  memory_pressure_ratio,
  io_pressure_ratio,
  full_in_seconds,  ///< forecast of when a file system or storage is full
  temperature_celsius,
  response_seconds,
};
inline constexpr std::size_t kMetricCount = 10;

/// Whom a rule, an exception or a window is about. Every list that is not empty must hold one of the entity's own.
struct Selector {
  std::optional<EntityKind> type{};
  std::vector<Entity> entities{};
  std::vector<ClusterId> clusters{};
  std::vector<std::string> pools{}, tags{};
  bool operator==(const Selector&) const = default;
};

/// One threshold. Several make one alert whose severity moves (alerts:A5).
struct Level {
  Severity severity{Severity::warning};
  double threshold{};
  /// Where it ends; absent = 5 % of the threshold on the safe side.
  std::optional<double> clear{};
  /// How long it must hold; absent = the rule's.
  std::optional<std::chrono::milliseconds> confirm_for{};
  bool operator==(const Level&) const = default;
};

/// Some entities are judged otherwise; the last one that fits counts.
struct Exception {
  Selector where{};
  bool is_off{false};
  std::vector<Level> levels{};  ///< empty = the rule's
  bool operator==(const Exception&) const = default;
};

struct Rule {
  RuleId id{};
  std::string name{};
  bool is_active{true};
  RuleKind kind{};
  Selector selector{};
  Metric metric{};          ///< of kind metric
  std::string condition{};  ///< of kinds certificate and pve_event: the code, or its begin with a `*`
  /// Of a state or condition; absent = as bad as what was reported says.
  std::optional<Severity> severity{};
  Comparison comparison{};
  std::vector<Level> levels{};  ///< of kind metric, mildest first, at most one per severity
  std::chrono::milliseconds confirm_for{0}, keep_for{0};
  double min_delta{0};  ///< how far past its clear threshold a level must be before the severity falls
  std::chrono::milliseconds cooldown{300'000};
  Absent absent{};
  NoData no_data{};
  std::chrono::milliseconds no_data_after{65'000};  ///< 2 intervals + timeout of a poll
  RouteId route{};                                  ///< none = the default route
  std::vector<ChannelId> channels{};                ///< of the route's; empty = each that wants it
  std::vector<Exception> exceptions{};
  std::string key{};  ///< of a default rule; a user's own rule has none
  bool operator==(const Rule&) const = default;
};

}  // namespace monitorix

#pragma once
// Uptime, coverage, error budget (checks U4-U8, U10, U11): integer milliseconds, exact fractions, nothing rounded up.

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "verdict/timeline/interval.h"

namespace monitorix::verdict {

/// Milliseconds per state, outside and inside maintenance. Sums add up in any order.
struct Totals {
  std::array<std::int64_t, kShownCount> outside{}, inside{};
  [[nodiscard]] std::int64_t of(Shown state) const {
    return outside[static_cast<std::size_t>(state)] + inside[static_cast<std::size_t>(state)];
  }
  [[nodiscard]] std::int64_t whole() const;
  void add(const Totals& other);
  void add(const Interval& interval);
  bool operator==(const Totals&) const = default;
};

Totals totals_of(const std::vector<Interval>& composed);

enum class Counting : std::uint8_t { count, exclude };

/// What an SLA counts. The defaults are those of a service: a user could not use it while its node was down.
struct SlaPolicy {
  Counting unreachable{Counting::count};    ///< `exclude` = on neither side (an SLA of a component)
  Counting maintenance{Counting::exclude};  ///< `count` = as if there had been no window
  bool degraded_is_up{true};
  bool operator==(const SlaPolicy&) const = default;
};

/// An exact share. A whole of 0 does not exist: uptime of nothing is null, never 0 % nor 100 %.
struct Share {
  std::int64_t part{}, whole{};
  bool operator==(const Share&) const = default;
};

std::optional<Share> uptime(const Totals& totals, const SlaPolicy& policy);
/// Time we can speak about, of the time there was to speak about; the totals hold nothing before creation.
std::optional<Share> coverage(const Totals& totals);
/// Below 99.9 % it is shown beside uptime; a month below 95 % has insufficient data (checks U7).
bool is_coverage_worth_showing(const std::optional<Share>& coverage);
bool is_insufficient(const std::optional<Share>& coverage);

/// Percent with that many digits behind the point, as an integer: 99.9996 % with 3 digits is 99'999. Cut, never rounded
/// up: only a part that is the whole gives 100 % (checks U8).
std::int64_t truncated_percent(const Share& share, int digits);
/// For the wire: 0..1 with `digits` places, cut the same way.
double truncated_ratio(const Share& share, int digits = 6);

/// A target as parts of a million: 99.9 % = 999'000.
using PerMillion = std::int64_t;
/// What may still fail, in milliseconds; negative when it is overspent (checks U10).
std::chrono::milliseconds error_budget(const Totals& totals, const SlaPolicy& policy, PerMillion target);
/// How many times faster than allowed the budget is spent; nothing without time or with a target of 100 %.
std::optional<double> burn_rate(const Totals& totals, const SlaPolicy& policy, PerMillion target);
/// 14.4x over 1 h and 5 min, or 6x over 6 h and 30 min.
struct BurnWindows {
  Totals five_minutes{}, half_hour{}, hour{}, six_hours{};
};
bool burns_fast(const BurnWindows& windows, const SlaPolicy& policy, PerMillion target);

/// An outage is DOWN time between two times the check was good; what nobody saw in between does not make it two.
struct Repair {
  std::int64_t outages{0};
  std::optional<std::chrono::milliseconds> mean_to_repair{};         ///< MTTR
  std::optional<std::chrono::milliseconds> mean_between_failures{};  ///< MTBF: up time by outages
  std::optional<std::chrono::milliseconds> longest{};
};
Repair repairs_of(const std::vector<Interval>& composed);

}  // namespace monitorix::verdict

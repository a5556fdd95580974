#include "verdict/timeline/uptime.h"

#include <algorithm>
#include <numeric>

namespace monitorix::verdict {
namespace {

constexpr std::int64_t kMillion = 1'000'000;
constexpr double kFastBurn = 14.4, kSlowBurn = 6.0;

std::int64_t counted(const Totals& totals, const SlaPolicy& policy, Shown state) {
  return policy.maintenance == Counting::count ? totals.of(state) : totals.outside[static_cast<std::size_t>(state)];
}

/// Good and all time of which the policy speaks.
Share shares(const Totals& totals, const SlaPolicy& policy) {
  const std::int64_t up = counted(totals, policy, Shown::up);
  const std::int64_t degraded = counted(totals, policy, Shown::degraded);
  const std::int64_t down = counted(totals, policy, Shown::down);
  const std::int64_t unreachable =
      policy.unreachable == Counting::count ? counted(totals, policy, Shown::unreachable) : 0;
  return {policy.degraded_is_up ? up + degraded : up, up + degraded + down + unreachable};
}

/// part / whole x 10^places, cut. Digit by digit, because the product would overflow for long times.
std::int64_t scaled(const Share& share, int places) {
  std::int64_t value = share.part / share.whole;
  std::int64_t rest = share.part % share.whole;
  for (int i = 0; i < places; ++i) {
    rest *= 10;
    value = value * 10 + rest / share.whole;
    rest %= share.whole;
  }
  return value;
}

}  // namespace

std::int64_t Totals::whole() const {
  return std::accumulate(outside.begin(), outside.end(),
                         std::accumulate(inside.begin(), inside.end(), std::int64_t{0}));
}

void Totals::add(const Totals& other) {
  for (std::size_t i = 0; i < kShownCount; ++i) {
    outside[i] += other.outside[i];
    inside[i] += other.inside[i];
  }
}

void Totals::add(const Interval& interval) {
  auto& side = interval.in_maintenance ? inside : outside;
  side[static_cast<std::size_t>(interval.state)] += interval.length().count();
}

Totals totals_of(const std::vector<Interval>& composed) {
  Totals totals;
  for (const Interval& one : composed) totals.add(one);
  return totals;
}

std::optional<Share> uptime(const Totals& totals, const SlaPolicy& policy) {
  const Share share = shares(totals, policy);
  if (share.whole == 0) return std::nullopt;
  return share;
}

std::optional<Share> coverage(const Totals& totals) {
  const std::int64_t whole = totals.whole() - totals.of(Shown::paused);
  if (whole == 0) return std::nullopt;
  return Share{whole - totals.of(Shown::unknown), whole};
}

bool is_coverage_worth_showing(const std::optional<Share>& coverage) {
  return coverage && coverage->part * 1000 < coverage->whole * 999;
}

bool is_insufficient(const std::optional<Share>& coverage) {
  return !coverage || coverage->part * 100 < coverage->whole * 95;
}

std::int64_t truncated_percent(const Share& share, int digits) { return scaled(share, digits + 2); }

double truncated_ratio(const Share& share, int digits) {
  double unit = 1;
  for (int i = 0; i < digits; ++i) unit *= 10;
  return static_cast<double>(scaled(share, digits)) / unit;
}

std::chrono::milliseconds error_budget(const Totals& totals, const SlaPolicy& policy, PerMillion target) {
  const Share share = shares(totals, policy);
  const std::int64_t allowed =
      share.whole / kMillion * (kMillion - target) + share.whole % kMillion * (kMillion - target) / kMillion;
  return std::chrono::milliseconds{allowed - (share.whole - share.part)};
}

std::optional<double> burn_rate(const Totals& totals, const SlaPolicy& policy, PerMillion target) {
  const Share share = shares(totals, policy);
  if (share.whole == 0 || target >= kMillion) return std::nullopt;
  const double failed = static_cast<double>(share.whole - share.part) / static_cast<double>(share.whole);
  return failed * static_cast<double>(kMillion) / static_cast<double>(kMillion - target);
}

bool burns_fast(const BurnWindows& windows, const SlaPolicy& policy, PerMillion target) {
  const auto is_at_least = [&](const Totals& totals, double bar) {
    return burn_rate(totals, policy, target).value_or(0) >= bar;
  };
  return (is_at_least(windows.hour, kFastBurn) && is_at_least(windows.five_minutes, kFastBurn)) ||
         (is_at_least(windows.six_hours, kSlowBurn) && is_at_least(windows.half_hour, kSlowBurn));
}

Repair repairs_of(const std::vector<Interval>& composed) {
  Repair repair;
  std::chrono::milliseconds up{0}, down{0}, this_one{0}, longest{0};
  bool is_down = false;
  for (const Interval& one : composed) {
    if (one.in_maintenance) continue;
    if (one.state == Shown::up || one.state == Shown::degraded) {
      up += one.length();
      is_down = false;
    } else if (one.state == Shown::down) {
      if (!is_down) {
        ++repair.outages;
        this_one = std::chrono::milliseconds{0};
      }
      is_down = true;
      down += one.length();
      this_one += one.length();
      longest = std::max(longest, this_one);
    }
  }
  if (repair.outages == 0) return repair;
  repair.mean_to_repair = down / repair.outages;
  repair.mean_between_failures = up / repair.outages;
  repair.longest = longest;
  return repair;
}

}  // namespace monitorix::verdict

#include "history/derived/forecast.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace monitorix::history {
namespace {

constexpr double kSecondsOfDay = 86'400;
constexpr std::size_t kDaysPerStep = 20;
/// A step is larger than this share of the capacity, and than so many usual daily changes.
constexpr double kLeastStep = 0.02, kUnusual = 8;
/// Of the standard normal distribution, two-sided for kForecastConfidence.
constexpr double kZ = 1.2816;

struct Day {
  double at{}, used{};  ///< days; the mean of what was seen of the day
};

std::vector<Day> days_of(std::span<const Level> levels) {
  std::vector<Day> out;
  const std::int64_t origin = levels.empty() ? 0 : levels.front().t;
  for (std::size_t i = 0; i < levels.size();) {
    const std::int64_t day = levels[i].t / 86'400;
    double used = 0, at = 0, count = 0;
    for (; i < levels.size() && levels[i].t / 86'400 == day; ++i, ++count) {
      used += levels[i].used;
      at += static_cast<double>(levels[i].t - origin) / kSecondsOfDay;
    }
    out.push_back({at / count, used / count});
  }
  return out;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

// A deletion spread over midnight shows as two changes of one sign, one after the other: they are one step.
void take_out_steps(std::vector<Day>& days, double capacity) {
  std::vector<double> changes;
  for (std::size_t i = 1; i < days.size(); ++i) changes.push_back(days[i].used - days[i - 1].used);
  const double usual = median(changes);
  std::vector<double> distances;
  distances.reserve(changes.size());
  for (const double change : changes) distances.push_back(std::abs(change - usual));
  const double least = std::max(kLeastStep * capacity, kUnusual * median(distances));
  std::vector<bool> is_step;
  std::size_t steps = 0;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    is_step.push_back(distances[i] > least);
    const bool goes_on = i > 0 && is_step[i - 1] && (changes[i] > usual) == (changes[i - 1] > usual);
    if (is_step[i] && !goes_on) ++steps;
  }
  if (steps > std::max<std::size_t>(1, days.size() / kDaysPerStep)) return;
  double moved = 0;
  for (std::size_t i = 1; i < days.size(); ++i) {
    if (is_step[i - 1]) moved += changes[i - 1] - usual;
    days[i].used -= moved;
  }
}

struct Slopes {
  double middle{}, low{}, high{};
};

// Sen's interval: the slopes whose ranks lie z standard deviations of Kendall's S to either side of the middle.
Slopes slopes_of(const std::vector<Day>& days) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < days.size(); ++i)
    for (std::size_t j = i + 1; j < days.size(); ++j)
      slopes.push_back((days[j].used - days[i].used) / (days[j].at - days[i].at));
  std::ranges::sort(slopes);
  const auto n = static_cast<double>(days.size()), count = static_cast<double>(slopes.size());
  const double reach = kZ * std::sqrt(n * (n - 1) * (2 * n + 5) / 18);
  const auto at = [&](double rank) { return slopes[static_cast<std::size_t>(std::clamp(rank, 0.0, count - 1))]; };
  return {median(slopes), at(std::floor((count - reach) / 2)), at(std::ceil((count + reach) / 2))};
}

}  // namespace

Forecast forecast(std::span<const Level> levels, std::optional<double> capacity) {
  Forecast out{.confidence = kForecastConfidence};
  std::vector<Day> days = days_of(levels);
  out.basis_days = static_cast<int>(days.size());
  const auto because = [&](Forecast::Reason reason) {
    out.reason = reason;
    return out;
  };
  if (!capacity || *capacity <= 0) return because(Forecast::Reason::no_capacity);
  if (days.size() < static_cast<std::size_t>(kLeastDays)) return because(Forecast::Reason::too_little_data);
  const double room = *capacity - levels.back().used;
  if (room <= 0) {
    out.days = out.low_days = out.high_days = 0;
    return out;
  }
  take_out_steps(days, *capacity);
  const Slopes slopes = slopes_of(days);
  const auto until_full = [&](double slope) {
    const double wait = slope > 0 ? room / slope : kFarthestDays + 1;
    return wait <= kFarthestDays ? std::optional(wait) : std::nullopt;
  };
  if (slopes.middle <= 0 && slopes.high <= 0) return because(Forecast::Reason::not_growing);
  if (slopes.low <= 0) {
    out.low_days = until_full(slopes.high);
    return because(slopes.middle < 0 ? Forecast::Reason::not_growing
                   : out.low_days    ? Forecast::Reason::no_clear_trend
                                     : Forecast::Reason::far_away);
  }
  out.low_days = until_full(slopes.high);
  out.days = until_full(slopes.middle);
  out.high_days = until_full(slopes.low);
  if (!out.days) return because(Forecast::Reason::far_away);
  return out;
}

std::string_view name_of(Forecast::Reason reason) {
  switch (reason) {
    case Forecast::Reason::none: return "none";
    case Forecast::Reason::no_capacity: return "no_capacity";
    case Forecast::Reason::too_little_data: return "too_little_data";
    case Forecast::Reason::not_growing: return "not_growing";
    case Forecast::Reason::no_clear_trend: return "no_clear_trend";
    case Forecast::Reason::far_away: return "far_away";
  }
  return "none";
}

}  // namespace monitorix::history

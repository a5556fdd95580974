#pragma once
// When something fills up, from how full it was: the slope of Theil and Sen (the median of the slopes between all pairs
// of days) over daily values, with the range of slopes that Sen's rank interval allows.
//   H. Theil, "A rank-invariant method of linear and polynomial regression analysis", Proc. KNAW 53 (1950) 386-392.
//   P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63 (1968) 1379-1389.
// A median of slopes is not moved by single odd days, as a least-squares line is. A deletion or a large copy is more
// than that: it moves the level of all later days. So up to one step in 20 days is taken out first, with the level
// before it put onto the level after it; where steps come more often, they are how the thing grows, and they stay.
// Pure.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace monitorix::history {

struct Level {
  std::int64_t t{};  ///< seconds since 1970 UTC
  double used{};
};

struct Forecast {
  /// Why no day is named.
  enum class Reason : std::uint8_t {
    none,
    no_capacity,      ///< its size is not known
    too_little_data,  ///< fewer than kLeastDays days
    not_growing,
    no_clear_trend,  ///< the range of slopes holds both growth and none; low_days says when it is full at the earliest
    far_away,        ///< beyond kFarthestDays
  };
  std::optional<double> days{}, low_days{}, high_days{};
  double confidence{};  ///< of the range between low and high
  int basis_days{};     ///< days with a value
  Reason reason{Reason::none};
};

inline constexpr std::string_view kForecastMethod = "theil_sen_daily";
inline constexpr int kBasisDays = 90, kLeastDays = 7;
inline constexpr double kFarthestDays = 3650, kForecastConfidence = 0.8;

/// `levels` by time, any number of a day; the last one is how full it is now.
Forecast forecast(std::span<const Level> levels, std::optional<double> capacity);

std::string_view name_of(Forecast::Reason reason);

}  // namespace monitorix::history

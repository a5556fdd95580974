#include "state/series.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

// One block of memory per object: a ring of polls (float per column) and a ring of minutes (average as float, minimum
// and maximum as the upper half of a float: three digits are enough for a band).

namespace monitorix::state {
namespace {

constexpr std::size_t kPolls = 60;  // ten minutes at ten seconds
constexpr std::size_t kMinutes = 60;
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kFineSpan = 10 * kMinute;
constexpr std::int64_t kRecent = 5 * kMinute;
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

std::uint16_t squeeze(float value) { return static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16u); }
float widen(std::uint16_t half) { return std::bit_cast<float>(static_cast<std::uint32_t>(half) << 16u); }

}  // namespace

struct Series::Rings {
  struct Minute {
    double sum{0};
    float minimum{kUnknown}, maximum{kUnknown};
    std::uint32_t count{0};
  };

  explicit Rings(std::size_t count)
      : columns(count),
        polls(kPolls * count, kUnknown),
        averages(kMinutes * count, kUnknown),
        minima(kMinutes * count, squeeze(kUnknown)),
        maxima(kMinutes * count, squeeze(kUnknown)),
        open(count) {}

  std::size_t columns;
  std::array<std::int64_t, kPolls> poll_at{};
  std::array<std::int64_t, kMinutes> minute_at{};  // start of the minute in ms; 0 = empty
  std::vector<float> polls, averages;
  std::vector<std::uint16_t> minima, maxima;
  std::vector<Minute> open;
  std::int64_t open_minute{0};
  std::size_t next_poll{0};
  std::int64_t last_at{0};

  void close_minute() {
    const std::size_t slot = static_cast<std::size_t>(open_minute / kMinute) % kMinutes;
    minute_at[slot] = open_minute;
    for (std::size_t column = 0; column < columns; ++column) {
      Minute& minute = open[column];
      const std::size_t at = slot * columns + column;
      averages[at] = minute.count != 0 ? static_cast<float>(minute.sum / minute.count) : kUnknown;
      minima[at] = squeeze(minute.minimum);
      maxima[at] = squeeze(minute.maximum);
      minute = {};
    }
  }
};

Series::Series(std::size_t columns) : rings_(std::make_unique<Rings>(columns)) {}
Series::~Series() = default;

void Series::add(WallTime at, const float* values) {
  Rings& rings = *rings_;
  const std::int64_t now = to_ms(at);
  if (now <= rings.last_at) return;
  rings.last_at = now;
  const std::int64_t minute = now / kMinute * kMinute;
  if (rings.open_minute != 0 && minute != rings.open_minute) rings.close_minute();
  rings.open_minute = minute;
  const std::size_t slot = rings.next_poll;
  rings.next_poll = (slot + 1) % kPolls;
  rings.poll_at[slot] = now;
  for (std::size_t column = 0; column < rings.columns; ++column) {
    const float value = values[column];
    rings.polls[slot * rings.columns + column] = value;
    if (std::isnan(value)) continue;
    Rings::Minute& open = rings.open[column];
    open.sum += static_cast<double>(value);
    ++open.count;
    open.minimum = std::isnan(open.minimum) ? value : std::min(open.minimum, value);
    open.maximum = std::isnan(open.maximum) ? value : std::max(open.maximum, value);
  }
}

std::vector<SeriesPoint> Series::read(std::size_t column, WallTime from, WallTime to) const {
  const Rings& rings = *rings_;
  std::vector<SeriesPoint> points;
  if (column >= rings.columns || rings.last_at == 0) return points;
  std::int64_t fine_from = rings.last_at - kFineSpan;
  std::int64_t oldest_poll = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t at : rings.poll_at)
    if (at > fine_from) oldest_poll = std::min(oldest_poll, at);
  fine_from = oldest_poll;
  for (std::size_t step = 0; step < kMinutes; ++step) {
    const std::int64_t minute = rings.open_minute - static_cast<std::int64_t>(kMinutes - step) * kMinute;
    if (minute < to_ms(from) || minute >= to_ms(to) || minute + kMinute > fine_from) continue;
    const std::size_t slot = static_cast<std::size_t>(minute / kMinute) % kMinutes;
    if (rings.minute_at[slot] != minute) continue;
    const std::size_t at = slot * rings.columns + column;
    const float average = rings.averages[at];
    // Rounding to half a float must not put the band inside its own average.
    points.push_back({from_ms(minute), average, std::min(average, widen(rings.minima[at])),
                      std::max(average, widen(rings.maxima[at]))});
  }
  for (std::size_t step = 0; step < kPolls; ++step) {
    const std::size_t slot = (rings.next_poll + step) % kPolls;
    const std::int64_t at = rings.poll_at[slot];
    if (at == 0 || at < fine_from || at < to_ms(from) || at >= to_ms(to)) continue;
    const float value = rings.polls[slot * rings.columns + column];
    points.push_back({from_ms(at), value, value, value});
  }
  return points;
}

float Series::recent_mean(std::size_t column) const {
  const Rings& rings = *rings_;
  double sum = 0;
  int count = 0;
  for (std::size_t slot = 0; slot < kPolls; ++slot) {
    const float value = rings.polls[slot * rings.columns + column];
    if (rings.poll_at[slot] == 0 || rings.poll_at[slot] < rings.last_at - kRecent || std::isnan(value)) continue;
    sum += static_cast<double>(value);
    ++count;
  }
  return count == 0 ? kUnknown : static_cast<float>(sum / count);
}

}  // namespace monitorix::state

#include "state/series.h"

#include <cmath>
#include <limits>

namespace monitorix::state {
namespace {

constexpr std::size_t kPolls = 60;  // ten minutes at ten seconds
constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kSpan = 10 * kMinute;
constexpr std::int64_t kRecent = 5 * kMinute;
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

}  // namespace

struct Series::Rings {
  explicit Rings(std::size_t count) : columns(count), polls(kPolls * count, kUnknown) {}

  std::size_t columns;
  std::array<std::int64_t, kPolls> poll_at{};  // ms; 0 = empty
  std::vector<float> polls;
  std::size_t next_poll{0};
  std::int64_t last_at{0};
};

Series::Series(std::size_t columns) : rings_(std::make_unique<Rings>(columns)) {}
Series::~Series() = default;

void Series::add(WallTime at, const float* values) {
  Rings& rings = *rings_;
  const std::int64_t now = to_ms(at);
  if (now <= rings.last_at) return;
  rings.last_at = now;
  const std::size_t slot = rings.next_poll;
  rings.next_poll = (slot + 1) % kPolls;
  rings.poll_at[slot] = now;
  for (std::size_t column = 0; column < rings.columns; ++column)
    rings.polls[slot * rings.columns + column] = values[column];
}

std::vector<SeriesPoint> Series::read(std::size_t column, WallTime from, WallTime to) const {
  const Rings& rings = *rings_;
  std::vector<SeriesPoint> points;
  if (column >= rings.columns) return points;
  for (std::size_t step = 0; step < kPolls; ++step) {
    const std::size_t slot = (rings.next_poll + step) % kPolls;
    const std::int64_t at = rings.poll_at[slot];
    if (at == 0 || at <= rings.last_at - kSpan || at < to_ms(from) || at >= to_ms(to)) continue;
    points.push_back({from_ms(at), rings.polls[slot * rings.columns + column]});
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

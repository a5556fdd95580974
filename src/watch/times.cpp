// Response times of a service: the open hour and day, and the last day in four parts for lists.

#include <algorithm>

#include "watch/watched.h"

namespace monitorix::watch {
namespace {

using namespace std::chrono_literals;

template <class Length>
WallTime floor_to(WallTime at, Length length) {
  const auto step = std::chrono::duration_cast<std::chrono::milliseconds>(length).count();
  return from_ms(to_ms(at) / step * step);
}

void shift_quarters(ResponseTimes& times, WallTime at) {
  const WallTime quarter = floor_to(at, kQuarterDay);
  if (times.quarter == WallTime{}) times.quarter = quarter;
  for (int steps = 0; times.quarter < quarter && steps < 4; ++steps) {
    std::rotate(times.quarters.begin(), times.quarters.begin() + 1, times.quarters.end());
    times.quarters.back() = {};
    times.quarter += kQuarterDay;
  }
  times.quarter = std::max(times.quarter, quarter);
}

KeptHistogram kept(const Watched& one, HistogramSpan span) {
  const ResponseTimes& times = one.times;
  if (span == HistogramSpan::hour)
    return {one.service->id, span, times.hour, times.total.encode(), times.first_byte.encode()};
  verdict::Histogram total = times.day_total, first_byte = times.day_first_byte;
  total.merge(times.total);
  first_byte.merge(times.first_byte);
  return {one.service->id, span, times.day, total.encode(), first_byte.encode()};
}

/// Ends the open hour, and the day with it when that is over too.
void end_hour(Watched& one, WallTime at, std::vector<KeptHistogram>& done) {
  ResponseTimes& times = one.times;
  if (times.hour != WallTime{} && !times.total.is_empty()) {
    done.push_back(kept(one, HistogramSpan::hour));
    done.push_back(kept(one, HistogramSpan::day));
    times.day_total.merge(times.total);
    times.day_first_byte.merge(times.first_byte);
    times.quarters.back().merge(times.total);
  }
  times.total = {};
  times.first_byte = {};
  times.is_unsaved = false;
  times.hour = floor_to(at, 1h);
  const WallTime day = floor_to(at, 24h);
  if (day == times.day) return;
  times.day = day;
  times.day_total = {};
  times.day_first_byte = {};
}

}  // namespace

void note_times(Watched& one, const CheckResult& result, std::vector<KeptHistogram>& done) {
  if (one.service->type == ServiceType::composite) return;  // takes no time of its own
  if (one.service->type == ServiceType::push && result.took.count() == 0) return;
  ResponseTimes& times = one.times;
  if (floor_to(result.scheduled_at, 1h) != times.hour) end_hour(one, result.scheduled_at, done);
  shift_quarters(times, result.scheduled_at);
  times.total.add(result.took.count());
  if (result.phases.first_byte) times.first_byte.add(*result.phases.first_byte);
  if (!times.is_unsaved) times.saved_at = result.scheduled_at;
  times.is_unsaved = true;
}

void note_kept_hour(Watched& one, const KeptHistogram& hour, WallTime now) {
  ResponseTimes& times = one.times;
  auto total = verdict::Histogram::decode(hour.total);
  auto first_byte = verdict::Histogram::decode(hour.first_byte);
  if (!total || !first_byte || hour.begin > now) return;
  if (times.hour == WallTime{}) {
    times.hour = floor_to(now, 1h);
    times.day = floor_to(now, 24h);
  }
  if (hour.begin == times.hour) {
    times.total.merge(*total);
    times.first_byte.merge(*first_byte);
    return shift_quarters(times, now);
  }
  if (hour.begin >= times.day) {
    times.day_total.merge(*total);
    times.day_first_byte.merge(*first_byte);
  }
  shift_quarters(times, now);
  const auto age = (times.quarter - floor_to(hour.begin, kQuarterDay)) / kQuarterDay;
  if (age >= 0 && age < 4) times.quarters[static_cast<std::size_t>(3 - age)].merge(*total);
}

void keep_times(Watched& one, WallTime now, std::vector<KeptHistogram>& into) {
  if (!one.times.is_unsaved) return;
  into.push_back(kept(one, HistogramSpan::hour));
  into.push_back(kept(one, HistogramSpan::day));
  one.times.is_unsaved = false;
  one.times.saved_at = now;
}

}  // namespace monitorix::watch

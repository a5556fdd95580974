#include "history/rate.h"

namespace monitorix::history {
namespace {

// pvestatd refreshes what it says every 10 s, so that two answers may be off by that much each.
constexpr std::int64_t kUptimeSlack = 25;

std::optional<std::int64_t> uptime_of(unsigned raw_set, const Row& row) {
  const std::size_t column = uptime_column(raw_set);
  return column != 0 && row.has(column) ? std::optional(row.values[column]) : std::nullopt;
}

}  // namespace

bool began_anew(const std::optional<std::int64_t>& uptime_before, const std::optional<std::int64_t>& uptime_after,
                std::int64_t seconds) {
  if (!uptime_before || !uptime_after) return false;
  if (*uptime_before < 0 || *uptime_after < 0 || *uptime_before > INT64_MAX - seconds) return true;
  return *uptime_after < *uptime_before || *uptime_before + seconds - *uptime_after > kUptimeSlack + seconds / 2;
}

std::int64_t seconds_by_uptime(const std::optional<std::int64_t>& uptime_before,
                               const std::optional<std::int64_t>& uptime_after, std::int64_t waited) {
  const bool went_on = uptime_before && uptime_after && *uptime_before >= 0 && *uptime_after > *uptime_before;
  return went_on ? *uptime_after - *uptime_before : waited;
}

std::optional<std::int64_t> counter_growth(std::int64_t before, std::int64_t after, std::int64_t seconds) {
  if (before < 0 || after < before || seconds <= 0 || seconds > kLongestInterval) return std::nullopt;
  const std::int64_t growth = after - before;
  if (growth / seconds > kFastestRate) return std::nullopt;
  return growth;
}

bool is_repeat(unsigned raw_set, const TimedRow& before, const TimedRow& after) {
  const auto uptime = uptime_of(raw_set, after.row);
  if (!uptime || uptime != uptime_of(raw_set, before.row)) return false;
  const auto columns = raw_columns(raw_set);
  for (std::size_t c = 1; c < columns.size(); ++c) {
    if (columns[c].fold != Fold::counter) continue;
    if (before.row.has(c) != after.row.has(c) || before.row.values[c] != after.row.values[c]) return false;
  }
  return true;
}

std::int64_t seconds_between(unsigned raw_set, const TimedRow& before, const TimedRow& after) {
  return seconds_by_uptime(uptime_of(raw_set, before.row), uptime_of(raw_set, after.row),
                           (after.t - before.t) / ticks_per_second(raw_set));
}

std::optional<std::int64_t> growth_between(unsigned raw_set, std::size_t column, const TimedRow& before,
                                           const TimedRow& after) {
  if (!before.row.has(column) || !after.row.has(column) || is_repeat(raw_set, before, after)) return std::nullopt;
  const std::int64_t seconds = (after.t - before.t) / ticks_per_second(raw_set);
  if (began_anew(uptime_of(raw_set, before.row), uptime_of(raw_set, after.row), seconds)) return std::nullopt;
  if (seconds <= 0 || seconds > kLongestInterval) return std::nullopt;
  return counter_growth(before.row.values[column], after.row.values[column], seconds_between(raw_set, before, after));
}

}  // namespace monitorix::history

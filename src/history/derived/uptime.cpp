#include "history/derived/uptime.h"

#include <algorithm>

namespace monitorix::history {
namespace {

/// A sample that comes later than this after the one before it leaves a hole: three were missed, or two minutes passed.
std::int64_t longest_hold(std::int64_t step) { return std::max<std::int64_t>(120, 3 * step); }

std::optional<std::size_t> status_column(unsigned raw_set) {
  const auto columns = raw_columns(raw_set);
  for (std::size_t c = columns.size(); c-- > 1;)
    if (columns[c].fold == Fold::status) return c;
  return std::nullopt;
}

bool is_up(SeriesStatus status) { return status == SeriesStatus::up || status == SeriesStatus::degraded; }

void add_raw(const Rows& rows, const UptimeWindow& window, Uptime& out) {
  const auto column = status_column(rows.set);
  if (!column) return;
  const std::int64_t ticks = ticks_per_second(rows.set);
  const Cells& status = rows.columns[*column];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!status.has(i)) continue;
    const auto its = static_cast<SeriesStatus>(status.values[i]);
    if (its == SeriesStatus::unreachable) continue;
    const std::int64_t t = rows.t()[i] / ticks, next = i + 1 < rows.size() ? rows.t()[i + 1] / ticks : window.to;
    const std::int64_t until = next - t <= longest_hold(window.sample_step) ? next : t + window.sample_step;
    const std::int64_t seconds = std::min(until, window.to) - std::max(t, window.from);
    if (seconds <= 0) continue;
    (is_up(its) ? out.up : out.down) += seconds;
    if (t < window.from) continue;
    ++out.checks;
    out.up_checks += is_up(its) ? 1 : 0;
  }
}

void add_rollup(const Rows& rows, const UptimeWindow& window, Uptime& out) {
  const auto raw = status_column(rows.set - kRollupOffset);
  if (!raw) return;
  const Cells& worst = rows.columns[rollup_column(rows.set, *raw, Part::worst)];
  const Cells& up_seconds = rows.columns[rollup_column(rows.set, *raw, Part::up)];
  const Cells& samples = rows.columns[1];
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows.t()[i] < window.from || rows.t()[i] >= window.to || !worst.has(i)) continue;
    const std::int64_t room = std::min(window.bucket, window.to - rows.t()[i]);
    const std::int64_t up = up_seconds.has(i) ? std::clamp<std::int64_t>(up_seconds.values[i], 0, room) : 0;
    const std::int64_t count = samples.has(i) ? samples.values[i] : 0;
    out.up += up;
    const auto its = static_cast<SeriesStatus>(worst.values[i]);
    const std::int64_t known =
        is_up(its) || its == SeriesStatus::unreachable ? up : std::clamp(count * window.sample_step, up, room);
    out.down += known - up;
    if (known == 0) continue;
    out.checks += count;
    out.up_checks += count * up / known;
  }
}

}  // namespace

Uptime uptime_of(const Rows& rows, const UptimeWindow& window) {
  Uptime out;
  if (!rows.columns.empty()) window.bucket == 0 ? add_raw(rows, window, out) : add_rollup(rows, window, out);
  out.unknown = std::max<std::int64_t>(0, window.to - window.from - out.up - out.down);
  return out;
}

}  // namespace monitorix::history

// The share of time that guests ran and nodes were online (history/derived/uptime.h).

#include "history/derived/uptime.h"

#include <cmath>

#include "api/history/question.h"
#include "api/list.h"
#include "base/steps.h"
#include "history/rate.h"

namespace monitorix::api {
namespace {

using history::Resolution;

constexpr std::int64_t kMostHours = 8'784;  // a leap year

/// The finest that is kept for all of the window, and small enough to be read: by raw samples it is exact.
Resolution resolution_for(const history::Retention& retention, std::int64_t from, std::int64_t to, std::int64_t now) {
  const auto reaches = [&](std::int64_t kept) { return kept == 0 || from >= now - kept; };
  if (reaches(retention.raw) && to - from <= 8 * history::kDaySeconds) return Resolution::raw;
  return reaches(retention.fine) && to - from <= 100 * history::kDaySeconds ? Resolution::fine : Resolution::coarse;
}

Result<history::Uptime> read_uptime(history::Reader& reader, const history::SeriesInfo& series, Resolution resolution,
                                    history::UptimeWindow window) {
  const bool is_raw = resolution == Resolution::raw;
  window.bucket = is_raw ? 0 : history::step_of(resolution, 0);
  std::optional<std::size_t> status = history::column_of_metric(series.set, "status");
  if (!status) return fail(Errc::invalid, "the object has no status");
  const std::int64_t from = is_raw ? window.from - history::kLongestInterval : step_down(window.from, window.bucket);
  history::Uptime out;
  const auto take = [&](std::size_t, history::Chunk chunk) { out = history::uptime_of(chunk.rows, window); };
  auto read = reader.rows_of({&series, 1}, {*status}, resolution, from, window.to, take);
  if (!read) return fail(std::move(read).error());
  return out;
}

/// Cut, never rounded up: only what was never down is 100 %.
std::optional<double> percent(std::optional<double> share) {
  if (share) *share = std::floor(*share * 1e6) / 1e4;
  return share;
}

double minutes(std::int64_t seconds) { return std::round(static_cast<double>(seconds) / 6) / 10; }

net::Task<Answer> answer(Desk& desk, Call& call, const char* kind) {
  if (auto known = call.query.allow({"hours"}); !known) co_return bad_query(known.error());
  const auto hours = call.query.number("hours", 24, 1, kMostHours);
  if (!hours) co_return bad_query(hours.error());
  const auto object = find_series_object(call.caller, *desk.house.snapshot(), std::string(kind) + ':' + call.ids[0]);
  if (!object) co_return not_found();
  const std::int64_t now = to_seconds(desk.house.clock.wall());
  const history::UptimeWindow window{now - *hours * 3600, now, object->step, 0};
  history::Uptime seen{.unknown = window.to - window.from};
  if (const auto info = series_of(desk, *object)) {
    const auto resolution = resolution_for(desk.house.retention(), window.from, window.to, now);
    std::function<Result<history::Uptime>()> work = [reader = &desk.house.reader, its = *info, resolution, window] {
      return read_uptime(*reader, its, resolution, window);
    };
    auto read = co_await net::offload<history::Uptime>(desk.house.readers, std::move(work));
    if (!read) co_return from_error(read.error());
    seen = *read;
  }
  const auto known = static_cast<double>(seen.up + seen.down) / static_cast<double>(window.to - window.from);
  JsonWriter out;
  out.begin_object().member("uptime_percent", percent(seen.share())).member("downtime_minutes", minutes(seen.down));
  out.member("total_checks", seen.checks).member("online_checks", seen.up_checks).member("period_hours", *hours);
  out.member("unknown_minutes", minutes(seen.unknown)).member("coverage_ratio", std::floor(known * 1e4) / 1e4);
  out.end_object();
  co_return json(out);
}

net::Task<Answer> of_guest(Desk& desk, Call& call) { return answer(desk, call, "vm"); }
net::Task<Answer> of_node(Desk& desk, Call& call) { return answer(desk, call, "node"); }

}  // namespace

void add_uptime_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/vms/{id}/uptime", Access::viewer, with(desk, of_guest));
  must_add(router, "GET", "/api/nodes/{id}/uptime", Access::viewer, with(desk, of_node));
}

}  // namespace monitorix::api

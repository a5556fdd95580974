// When a storage, or whatever has a used and a total, will be full (history/derived/forecast.h).

#include "history/derived/forecast.h"

#include <cmath>

#include "api/history/question.h"
#include "api/list.h"
#include "base/steps.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using history::kDaySeconds;
using history::kHourSeconds;

/// What fills up, when the question does not say.
std::string_view usual_metric(unsigned set) {
  switch (set) {
    case history::kStorageSet: return "used_bytes";
    case history::kNodeSet: return "rootfs_used_bytes";
    default: return "disk_used_bytes";
  }
}

struct Filling {
  std::string metric{};
  std::size_t used{}, total{};  ///< columns of the raw set
};

/// `metric` and the one that says how much there is: "used_bytes" and "total_bytes" with the same beginning.
std::optional<Filling> filling_of(unsigned set, const std::string& metric) {
  static constexpr std::string_view kEnd = "used_bytes";
  if (!metric.ends_with(kEnd)) return std::nullopt;
  const auto used = history::column_of_metric(set, metric);
  const auto total = history::column_of_metric(set, metric.substr(0, metric.size() - kEnd.size()) + "total_bytes");
  if (!used || !total) return std::nullopt;
  return Filling{metric, *used, *total};
}

struct Past {
  std::vector<history::Level> levels{};
  std::optional<double> capacity{};
};

Result<Past> read_past(history::Reader& reader, history::SeriesId series, const Filling& filling, std::int64_t now) {
  const history::Plan plan{kHourSeconds, step_down(now, kDaySeconds) - (history::kBasisDays - 1) * kDaySeconds,
                           step_up(now, kHourSeconds), history::Resolution::coarse};
  const auto reading = reader.read(series, {filling.used, filling.total}, plan);
  if (!reading) return fail(reading.error());
  Past past;
  for (const history::Point& point : reading->columns[0])
    if (!point.is_gap()) past.levels.push_back({point.t, point.average});
  for (const history::Point& point : reading->columns[1])
    if (!point.is_gap()) past.capacity = point.average;
  return past;
}

std::optional<double> tenths(std::optional<double> days) {
  if (days) *days = std::round(*days * 10) / 10;
  return days;
}

net::Task<Answer> show(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"object", "metric"}); !known) co_return bad_query(known.error());
  const std::string text = call.query.text("object");
  if (text.empty()) co_return bad_query({Errc::invalid, "object: give one"});
  const auto object = find_series_object(call.caller, *desk.house.snapshot(), text);
  if (!object) co_return not_found();
  const auto* named = call.query.find("metric");
  const auto filling = filling_of(object->set, named ? *named : std::string(usual_metric(object->set)));
  if (!filling)
    co_return invalid_field("metric", "unknown", "only a metric of which there is a used and a total can fill up");
  const auto now = desk.house.clock.wall();
  Past past;
  if (const auto info = series_of(desk, *object)) {
    std::function<Result<Past>()> work = [reader = &desk.house.reader, id = info->id, its = *filling,
                                          at = to_seconds(now)] { return read_past(*reader, id, its, at); };
    auto read = co_await net::offload<Past>(desk.house.readers, std::move(work));
    if (!read) co_return from_error(read.error());
    past = std::move(*read);
  }
  const auto seen = history::forecast(past.levels, past.capacity);
  JsonWriter out;
  out.begin_object().member("object", text).member("metric", filling->metric);
  std::optional<std::string> full_at;
  if (seen.days)
    full_at = rfc3339(now + std::chrono::duration_cast<std::chrono::milliseconds>(
                                std::chrono::duration<double, std::ratio<86'400>>(*seen.days)));
  out.member("full_at", full_at).member("days_left", tenths(seen.days)).member("low_days", tenths(seen.low_days));
  out.member("high_days", tenths(seen.high_days)).member("confidence_ratio", seen.confidence);
  out.member("basis_days", seen.basis_days).member("method", history::kForecastMethod);
  const bool is_known = seen.reason == history::Forecast::Reason::none;
  out.member("reason", is_known ? std::nullopt : std::optional(history::name_of(seen.reason))).end_object();
  co_return json(out);
}

}  // namespace

void add_forecast_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/metrics/forecast", Access::viewer, with(desk, show));
}

}  // namespace monitorix::api

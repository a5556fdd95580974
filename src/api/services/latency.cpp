// Response times from histograms: percentiles of hours or days, never of averages.

#include "api/history/question.h"
#include "api/list.h"
#include "api/services/services.h"
#include "verdict/histogram.h"

namespace monitorix::api {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t kMostHours = 8'784;
constexpr auto kHoursKept = 14 * 24h;
constexpr double kHalf = 0.5, kMost = 0.95, kNearlyAll = 0.99;

struct Step {
  WallTime begin{};
  verdict::Histogram times{};
};

struct Wish {
  ServiceId id{};
  HistogramSpan span{};
  WallTime from{}, to{};
  bool of_first_byte{false};
  std::optional<Step> open{};  ///< what is in memory only
};

WallTime floor_to(WallTime at, std::chrono::milliseconds step) {
  return from_ms(to_ms(at) / step.count() * step.count());
}

/// The stored ones, with the open one in the place of what was stored of it.
Result<std::vector<Step>> read_steps(store::Store& store, const Wish& wish) {
  auto kept = store.services().histograms(wish.id, wish.span, wish.from, wish.to);
  if (!kept) return fail(kept.error());
  std::vector<Step> steps;
  for (const KeptHistogram& one : *kept) {
    auto times = verdict::Histogram::decode(wish.of_first_byte ? one.first_byte : one.total);
    if (times && !(wish.open && wish.open->begin == one.begin)) steps.push_back({one.begin, std::move(*times)});
  }
  if (wish.open && wish.open->begin >= wish.from && wish.open->begin < wish.to) steps.push_back(*wish.open);
  return steps;
}

std::optional<double> in_ms(const std::optional<std::int64_t>& microseconds) {
  return microseconds ? std::optional(static_cast<double>(*microseconds) / 1000) : std::nullopt;
}

void write_steps(JsonWriter& out, const std::vector<Step>& steps) {
  out.key("columns").begin_array();
  for (const char* name : {"t", "count", "p50_ms", "p95_ms", "p99_ms", "max_ms"}) out.value(name);
  out.end_array().key("points").begin_array();
  for (const Step& step : steps) {
    if (step.times.is_empty()) continue;
    out.begin_array().value(to_ms(step.begin)).value(step.times.count());
    for (const double q : {kHalf, kMost, kNearlyAll, 1.0}) out.value(in_ms(step.times.percentile(q)));
    out.end_array();
  }
  out.end_array();
}

/// The distribution, in buckets of a quarter of an octave.
void write_buckets(JsonWriter& out, const verdict::Histogram& all) {
  constexpr int kPerOctave = 4;
  out.key("buckets").begin_array();
  struct Bucket {
    std::uint64_t from{}, to{}, count{};
  };
  std::optional<Bucket> open;
  const auto write = [&] {
    if (!open) return;
    out.begin_object().member("from_us", open->from).member("to_us", open->to).member("count", open->count);
    out.end_object();
  };
  for (const auto& [value, count] : all.values()) {
    std::uint64_t octave = 1;
    while (octave * 2 <= value) octave *= 2;
    const std::uint64_t width = std::max<std::uint64_t>(1, octave / kPerOctave);
    const std::uint64_t from = value / width * width;
    if (!open || open->from != from) {
      write();
      open = Bucket{from, from + width, 0};
    }
    open->count += count;
  }
  write();
  out.end_array();
}

net::Task<Answer> show_latency(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"hours", "from", "to", "of"}); !known) co_return bad_query(known.error());
  const std::string of = call.query.find("of") ? call.query.text("of") : "total";
  if (of != "total" && of != "first_byte") co_return problem(400, "bad_request", "of must be total or first_byte");
  const auto view = visible_service(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!view) co_return not_found();
  const auto window = read_window(desk, call.query, 24, kMostHours);
  if (!window) co_return bad_query(window.error());
  const WallTime from = from_seconds(window->first), to = from_seconds(window->second);
  const bool by_hour = desk.house.clock.wall() - from <= kHoursKept;
  const std::chrono::milliseconds step = by_hour ? 1h : 24h;
  Wish wish{view->id,
            by_hour ? HistogramSpan::hour : HistogramSpan::day,
            floor_to(from, step),
            to + 1s,
            of == "first_byte",
            std::nullopt};
  if (const auto open = desk.house.checks.watch.open_times(view->id)) {
    const auto& times = by_hour ? (wish.of_first_byte ? open->first_byte : open->total)
                                : (wish.of_first_byte ? open->day_first_byte : open->day_total);
    if (!times.is_empty()) wish.open = Step{by_hour ? open->hour : open->day, times};
  }
  auto asking = desk.ask<std::vector<Step>>([wish](store::Store& store) { return read_steps(store, wish); });
  const auto steps = co_await std::move(asking);
  if (!steps) co_return from_error(steps.error());
  verdict::Histogram all;
  for (const Step& one : *steps) all.merge(one.times);
  JsonWriter out;
  out.begin_object().member("from_ms", to_ms(from)).member("to_ms", to_ms(to));
  out.member("step_ms", std::int64_t{step.count()}).member("count", all.count());
  out.member("p50_ms", in_ms(all.percentile(kHalf))).member("p95_ms", in_ms(all.percentile(kMost)));
  out.member("p99_ms", in_ms(all.percentile(kNearlyAll))).member("max_ms", in_ms(all.maximum()));
  write_steps(out, *steps);
  write_buckets(out, all);
  co_return json(out.end_object());
}

}  // namespace

void add_latency_route(Router& router, Desk& desk);
void add_latency_route(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/services/{id}/latency", Access::viewer, with(desk, show_latency));
}

}  // namespace monitorix::api

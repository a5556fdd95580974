#include "api/routes/series.h"

#include <algorithm>
#include <cmath>

#include "api/access.h"
#include "api/desk.h"
#include "api/list.h"
#include "history/objects.h"

namespace monitorix::api {
namespace {

using history::Point;

constexpr std::size_t kMostObjects = 50, kMostMetrics = 20;
constexpr std::int64_t kUsualSpan = 3600;  // seconds

struct Asked {
  history::Wish wish{};
  std::string fn{};
  std::vector<std::string> objects{}, metrics{};
};

/// What a worker reads and writes down, without touching the loop's world.
struct Job {
  struct One {
    std::string object{};
    history::SeriesId series{};  ///< 0 = nothing was recorded yet
    unsigned set{};
    std::vector<std::size_t> columns{};
  };
  std::vector<One> series{};
  std::vector<std::string> metrics{};
  std::string fn{};
  history::Plan plan{};
  std::int64_t sample_step{10};  ///< of the polls
  WallTime from{}, to{};
};

Result<Asked> read_asked(const Desk& desk, const Query& query) {
  if (auto known = query.allow({"object", "metric", "from", "to", "points", "fn"}); !known) return fail(known.error());
  const auto from = query.time("from");
  if (!from) return fail(from.error());
  const auto to = query.time("to");
  if (!to) return fail(to.error());
  const auto points = query.number("points", history::kUsualPoints, 2, history::kMostPoints);
  if (!points) return fail(points.error());
  Asked asked{{}, query.text("fn"), query.all("object"), query.all("metric")};
  if (!asked.fn.empty() && asked.fn != "avg" && asked.fn != "min" && asked.fn != "max")
    return fail(Errc::invalid, "fn must be avg, min or max");
  asked.wish.to = to_seconds(to->value_or(desk.house.clock.wall()));
  asked.wish.from = *from ? to_seconds(**from) : asked.wish.to - kUsualSpan;
  asked.wish.points = *points;
  if (asked.objects.empty() || asked.objects.size() > kMostObjects) return fail(Errc::invalid, "object: give 1 to 50");
  if (asked.metrics.empty() || asked.metrics.size() > kMostMetrics) return fail(Errc::invalid, "metric: give 1 to 20");
  return asked;
}

double tidy(double value) { return std::round(value * 1e4) / 1e4; }

void write_value(JsonWriter& out, double value) {
  if (std::isnan(value))
    out.null();
  else
    out.value(tidy(value));
}

void write_point(JsonWriter& out, const Point& point, const std::string& fn) {
  out.begin_array().value(point.t * 1000);
  if (fn.empty() || fn == "avg") write_value(out, point.average);
  if (fn.empty() || fn == "min") write_value(out, point.minimum);
  if (fn.empty() || fn == "max") write_value(out, point.maximum);
  out.end_array();
}

/// Before the first and after the last known point nothing is said. Between them a hole is told by nulls, but for one
/// that is no longer than the distance of two samples: there nothing was missed.
void write_points(JsonWriter& out, const std::vector<Point>& points, const Job& job) {
  out.begin_array();
  const auto is_known = [](const Point& point) { return !point.is_gap(); };
  const auto first = std::find_if(points.begin(), points.end(), is_known);
  const auto last = std::find_if(points.rbegin(), points.rend(), is_known).base();
  for (auto at = first; at < last;) {
    if (is_known(*at)) {
      write_point(out, *at++, job.fn);
      continue;
    }
    const auto end = std::find_if(at, last, is_known);
    if ((end - at) * job.plan.step >= 2 * job.sample_step)
      for (auto hole = at; hole != end; ++hole) write_point(out, *hole, job.fn);
    at = end;
  }
  out.end_array();
}

std::string_view origin_of(history::Origin origin) { return origin == history::Origin::live ? "live" : "mixed"; }

void write_series(JsonWriter& out, const Job& job, const Job::One& one, const history::Reading& reading) {
  static const std::vector<Point> nothing;
  for (std::size_t i = 0; i < one.columns.size(); ++i) {
    const history::Column& column = history::raw_columns(one.set)[one.columns[i]];
    out.begin_object().member("object", one.object).member("metric", column.metric).member("unit", column.unit);
    out.member("origin", origin_of(reading.origin)).key("columns").begin_array().value("t");
    if (job.fn.empty())
      out.value("avg").value("min").value("max");
    else
      out.value(job.fn);
    out.end_array().key("points");
    write_points(out, i < reading.columns.size() ? reading.columns[i] : nothing, job);
    out.end_object();
  }
}

Result<std::string> read_and_write(history::Reader& reader, const Job& job) {
  JsonWriter out;
  out.begin_object().member("from_ms", to_ms(job.from)).member("to_ms", to_ms(job.to));
  out.member("step_ms", job.plan.step * 1000).key("series").begin_array();
  bool is_partial = false;
  for (const Job::One& one : job.series) {
    history::Reading reading;
    if (one.series != 0) {
      auto read = reader.read(one.series, one.columns, job.plan);
      if (!read) return fail(std::move(read).error());
      reading = std::move(*read);
    }
    is_partial |= reading.is_partial;
    write_series(out, job, one, reading);
  }
  out.end_array().key("marks").raw("[]").member("partial", is_partial).end_object();
  return out.take();
}

net::Task<Answer> series(Desk& desk, Call& call) {
  const auto asked = read_asked(desk, call.query);
  if (!asked) co_return bad_query(asked.error());
  if (asked->wish.from >= asked->wish.to) co_return invalid_field("from", "out_of_range", "must be before to");
  const auto world = desk.house.snapshot();
  Job job{.metrics = asked->metrics,
          .fn = asked->fn,
          .from = from_seconds(asked->wish.from),
          .to = from_seconds(asked->wish.to)};
  history::Wish wish = asked->wish;
  for (const std::string& text : asked->objects) {
    const auto object = find_series_object(call.caller, *world, text);
    if (!object) co_return not_found();
    Job::One one{text, 0, object->set, {}};
    for (const std::string& metric : asked->metrics) {
      const auto column = history::column_of_metric(object->set, metric);
      if (!column) co_return invalid_field("metric", "unknown", "'" + metric + "' is not known for " + object->kind);
      one.columns.push_back(*column);
    }
    std::int64_t step = object->step;
    if (const auto info = desk.house.recorder.find(object->key); info && info->set == object->set) {
      one.series = info->id;
      step = std::min(step, info->step);  // between polls there may be more
    }
    wish.sample_step = std::max(wish.sample_step, step);
    job.sample_step = std::max(job.sample_step, object->step);
    job.series.push_back(std::move(one));
  }
  const auto plan = history::plan_of(wish, desk.house.retention(), to_seconds(desk.house.clock.wall()));
  if (!plan) co_return invalid_field("from", "out_of_range", plan.error().text);
  const auto chunks = (plan->to - plan->from) / history::span_of(plan->resolution) + 1;
  if (chunks * static_cast<std::int64_t>(job.series.size()) > static_cast<std::int64_t>(history::Reader::kMostChunks))
    co_return invalid_field("object", "too_many", "so many objects over so long a time; ask for fewer of either");
  job.plan = *plan;
  std::function<Result<std::string>()> work = [reader = &desk.house.reader, job = std::move(job)] {
    return read_and_write(*reader, job);
  };
  auto body = co_await net::offload<std::string>(desk.house.readers, std::move(work));
  if (!body) co_return from_error(body.error());
  co_return json(std::move(*body));
}

}  // namespace

std::optional<SeriesObject> find_series_object(const Caller& caller, const state::Snapshot& world,
                                               const std::string& text) {
  if (text == "fleet") {
    if (!caller.signed_in || caller.scope != live::Scope{}) return std::nullopt;
    return SeriesObject{"fleet", std::string(history::kFleetKey), history::kTotalSet, 10};
  }
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string kind = text.substr(0, colon), id = text.substr(colon + 1);
  const auto step = [&](ClusterId cluster) {
    const auto* view = world.cluster(cluster);
    return view == nullptr ? 10 : static_cast<std::int64_t>(view->config.poll_interval.count());
  };
  if (kind == "vm") {
    const auto guest = visible_guest(caller, world, id);
    if (guest) return SeriesObject{kind, history::object_key(*guest), history::kGuestSet, step(guest->cluster)};
  } else if (kind == "node") {
    const auto node = visible_node(caller, world, id);
    if (node) return SeriesObject{kind, history::object_key(*node), history::kNodeSet, step(node->cluster)};
  } else if (kind == "node_guests") {
    const auto node = visible_node(caller, world, id);
    if (node) return SeriesObject{kind, history::guests_key(*node), history::kTotalSet, step(node->cluster)};
  } else if (kind == "storage") {
    const auto storage = visible_storage(caller, world, id);
    if (!storage) return std::nullopt;
    const auto node = storage->nodes.empty() ? nullptr : world.node(storage->nodes.front());
    return SeriesObject{kind, history::object_key(*storage, node ? node->name : ""), history::kStorageSet,
                        step(storage->cluster)};
  } else if (kind == "cluster") {
    const auto cluster = visible_cluster(caller, world, id);
    if (cluster)
      return SeriesObject{kind, history::object_key(cluster->config.id), history::kTotalSet, step(cluster->config.id)};
  }
  return std::nullopt;
}

void add_series_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/metrics/series", Access::viewer, with(desk, series));
}

}  // namespace monitorix::api

#include "api/history/points_json.h"

#include <algorithm>
#include <cmath>

namespace monitorix::api {
namespace {

using history::Point;

constexpr std::size_t kMostMarks = 500;

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

std::string_view origin_of(history::Origin origin) { return origin == history::Origin::live ? "live" : "mixed"; }

void write_series(JsonWriter& out, const Question& question, const Question::One& one, const history::Reading& reading,
                  Names names) {
  for (std::size_t i = 0; i < one.columns.size(); ++i) {
    const history::Column& column = history::raw_columns(one.set)[one.columns[i]];
    out.begin_object().member("object", one.object);
    if (names == Names::told) out.member("name", one.name);
    out.member("metric", column.metric).member("unit", column.unit);
    out.member("origin", origin_of(reading.origin)).key("columns").begin_array().value("t");
    if (question.fn.empty())
      out.value("avg").value("min").value("max");
    else
      out.value(question.fn);
    out.end_array().key("points").begin_array();
    if (i < reading.columns.size())
      for (const Point& point : told_points(reading.columns[i], question.plan.step, question.sample_step))
        write_point(out, point, question.fn);
    out.end_array().end_object();
  }
}

/// Marks of what happened in the window, by time. A store that does not answer leaves the points as they are.
bool write_marks(JsonWriter& out, store::Store& store, const Question& question) {
  auto happened =
      read_happened(store, {question.event_objects, question.from, question.to, {}, 0}, question.sees, kMostMarks);
  out.begin_array();
  if (happened) {
    std::ranges::reverse(happened->events);
    for (const Event& event : happened->events) {
      out.begin_object().member("t", to_ms(event.at));
      out.member("until", event.until > event.at ? std::optional(to_ms(event.until)) : std::nullopt);
      write_event(out, event);
      out.end_object();
    }
  }
  out.end_array();
  return happened.has_value();
}

}  // namespace

double tidy(double value) { return std::round(value * 1e4) / 1e4; }

std::vector<Point> told_points(const std::vector<Point>& points, std::int64_t step, std::int64_t sample_step) {
  std::vector<Point> out;
  const auto is_known = [](const Point& point) { return !point.is_gap(); };
  const auto first = std::find_if(points.begin(), points.end(), is_known);
  const auto last = std::find_if(points.rbegin(), points.rend(), is_known).base();
  for (auto at = first; at < last;) {
    if (is_known(*at)) {
      out.push_back(*at++);
      continue;
    }
    const auto end = std::find_if(at, last, is_known);
    if ((end - at) * step >= 2 * sample_step) out.insert(out.end(), at, end);
    at = end;
  }
  return out;
}

Result<std::string> series_json(const Dependencies& house, const Question& question, Names names) {
  JsonWriter out;
  out.begin_object().member("from_ms", to_ms(question.from)).member("to_ms", to_ms(question.to));
  out.member("step_ms", question.plan.step * 1000).key("series").begin_array();
  bool is_partial = false;
  for (const Question::One& one : question.series) {
    history::Reading reading;
    if (one.series != 0) {
      auto read = house.reader.read(one.series, one.columns, question.plan);
      if (!read) return fail(std::move(read).error());
      reading = std::move(*read);
    }
    is_partial |= reading.is_partial;
    write_series(out, question, one, reading, names);
  }
  out.end_array().key("marks");
  is_partial |= !write_marks(out, house.store, question);
  out.member("partial", is_partial).end_object();
  return out.take();
}

}  // namespace monitorix::api

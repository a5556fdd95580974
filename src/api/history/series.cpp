// Points of any window at any zoom, for charts; and the same as files.

#include "api/history/csv.h"
#include "api/history/points_json.h"
#include "api/list.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using Body = std::shared_ptr<const Encoded>;

/// Points that one file may hold; made in memory, about 25 MB.
constexpr std::size_t kMostFilePoints = 250'000;

net::Task<Answer> series(Desk& desk, Call& call) {
  auto read = read_question(desk, call, Metrics::named, history::kUsualPoints);
  if (auto* wrong = std::get_if<Answer>(&read)) co_return std::move(*wrong);
  // Written and compressed by the worker: twenty metrics of fifty objects are megabytes.
  std::function<Result<Body>()> work = [house = &desk.house,
                                        question = std::move(std::get<Question>(read))]() -> Result<Body> {
    auto body = series_json(*house, question, Names::left_out);
    if (!body) return fail(std::move(body).error());
    return encode_once(std::move(*body));
  };
  auto body = co_await net::offload<Body>(desk.house.readers, std::move(work));
  if (!body) co_return from_error(body.error());
  Answer answer;
  answer.encoded = std::move(*body);
  co_return answer;
}

Result<std::string> series_csv(history::Reader& reader, const Question& question) {
  std::string out;
  CsvRow head(out);
  for (const char* name : {"time", "object", "name", "metric", "unit"}) head.text(name);
  for (const char* fn : {"avg", "min", "max"})
    if (question.fn.empty() || question.fn == fn) head.text(fn);
  head.end();
  for (const Question::One& one : question.series) {
    if (one.series == 0) continue;
    const auto reading = reader.read(one.series, one.columns, question.plan);
    if (!reading) return fail(reading.error());
    for (std::size_t i = 0; i < one.columns.size(); ++i) {
      const history::Column& column = history::raw_columns(one.set)[one.columns[i]];
      for (const auto& point : told_points(reading->columns[i], question.plan.step, question.sample_step)) {
        CsvRow row(out);
        row.text(rfc3339(from_seconds(point.t))).text(one.object).text(one.name).text(column.metric).text(column.unit);
        if (question.fn.empty() || question.fn == "avg") row.number(tidy(point.average));
        if (question.fn.empty() || question.fn == "min") row.number(tidy(point.minimum));
        if (question.fn.empty() || question.fn == "max") row.number(tidy(point.maximum));
        row.end();
      }
    }
  }
  return out;
}

/// "monitorix-20261101T000000Z-20261130T000000Z.csv"
std::string file_name(const Question& question, std::string_view ending) {
  const auto compact = [](WallTime at) {
    std::string text;
    for (const char c : rfc3339(at).substr(0, 19))
      if (c != '-' && c != ':') text += c;
    return text + "Z";
  };
  return "monitorix-" + compact(question.from) + "-" + compact(question.to) + "." + std::string(ending);
}

enum class FileForm { csv, json };

net::Task<Answer> make_file(Desk& desk, Call& call, FileForm form) {
  auto read = read_question(desk, call, Metrics::all_when_unnamed, history::kMostPointsUnasked);
  if (auto* wrong = std::get_if<Answer>(&read)) co_return std::move(*wrong);
  auto& question = std::get<Question>(read);
  std::size_t columns = 0;
  for (const Question::One& one : question.series) columns += one.columns.size();
  if (columns * question.plan.count() > kMostFilePoints)
    co_return invalid_field("points", "too_many",
                            "a file holds at most 250,000 points; ask for fewer objects, metrics or points");
  const bool is_csv = form == FileForm::csv;
  Answer answer;
  answer.content_type = is_csv ? "text/csv; charset=utf-8" : "application/json";
  answer.headers.emplace_back("Content-Disposition",
                              "attachment; filename=\"" + file_name(question, is_csv ? "csv" : "json") + "\"");
  std::function<Result<Body>()> work = [house = &desk.house, is_csv, asked = std::move(question)]() -> Result<Body> {
    auto body = is_csv ? series_csv(house->reader, asked) : series_json(*house, asked, Names::told);
    if (!body) return fail(std::move(body).error());
    return encode_once(std::move(*body));
  };
  auto body = co_await net::offload<Body>(desk.house.readers, std::move(work));
  if (!body) co_return from_error(body.error());
  answer.encoded = std::move(*body);
  co_return answer;
}

net::Task<Answer> export_csv(Desk& desk, Call& call) { return make_file(desk, call, FileForm::csv); }
net::Task<Answer> export_json(Desk& desk, Call& call) { return make_file(desk, call, FileForm::json); }

}  // namespace

void add_series_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/metrics/series", Access::viewer, with(desk, series));
  must_add(router, "GET", "/api/metrics/export/csv", Access::viewer, with(desk, export_csv));
  must_add(router, "GET", "/api/metrics/export/json", Access::viewer, with(desk, export_json));
}

}  // namespace monitorix::api

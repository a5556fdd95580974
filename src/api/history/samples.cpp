// GET /api/metrics as the original Monitorix answered it: percents of nodes and guests, newest first. It kept a row a
// minute; here the rows are made from history when they are asked for.

#include <algorithm>
#include <cmath>

#include "api/access.h"
#include "api/history/points_json.h"
#include "api/list.h"
#include "base/time_text.h"
#include "history/objects.h"
#include "history/rate.h"

namespace monitorix::api {
namespace {

using history::GuestColumn, history::NodeColumn;

constexpr std::size_t kMostSamples = 1'000;
constexpr std::int64_t kMostHours = 720, kHour = 3600;
/// The original's rhythm.
constexpr std::int64_t kEvery = 60;

struct Percent {
  std::string_view type;
  std::size_t part, whole;  ///< columns of the raw set; whole 0 = the part is a ratio already
};
constexpr Percent kOfGuests[] = {{"cpu", GuestColumn::cpu, 0},
                                 {"memory", GuestColumn::memory, GuestColumn::memory_total},
                                 {"disk", GuestColumn::disk, GuestColumn::disk_total}};
constexpr Percent kOfNodes[] = {{"cpu", NodeColumn::cpu, 0},
                                {"memory", NodeColumn::memory, NodeColumn::memory_total},
                                {"disk", NodeColumn::disk, NodeColumn::disk_total}};

struct Subject {
  std::string node_id{}, vm_id{};  ///< one of them
  history::SeriesInfo series{};
};

struct Sample {
  std::int64_t t{};
  const Subject* subject{};
  std::string_view type{};
  double value{};
};

struct Asked {
  std::vector<Subject> nodes{}, guests{};
  std::vector<std::string> types{};  ///< none = all
  std::size_t limit{kMostSamples};
  history::Plan plan{};
};

void add_samples(const Subject& subject, std::span<const Percent> percents, const Asked& asked,
                 const history::Rows& rows, std::vector<Sample>& out) {
  if (rows.empty()) return;
  for (const Percent& one : percents) {
    if (!wanted(asked.types, one.type)) continue;
    const auto parts = history::points_of(asked.plan, rows, one.part);
    const auto wholes = one.whole == 0 ? parts : history::points_of(asked.plan, rows, one.whole);
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const double value = 100 * (one.whole == 0 ? parts[i].average : parts[i].average / wholes[i].average);
      if (std::isfinite(value)) out.push_back({parts[i].t, &subject, one.type, value});
    }
  }
}

/// The newest ones stay; called now and then, so that what is held stays small.
void keep_newest(std::vector<Sample>& samples, std::size_t limit) {
  std::ranges::stable_sort(samples, std::ranges::greater{}, &Sample::t);
  if (samples.size() > limit) samples.resize(limit);
}

Status read_into(history::Reader& reader, const std::vector<Subject>& subjects, std::span<const Percent> percents,
                 const Asked& asked, std::vector<Sample>& out) {
  std::vector<history::SeriesInfo> series;
  series.reserve(subjects.size());
  for (const Subject& one : subjects) series.push_back(one.series);
  std::vector<std::size_t> columns;
  for (const Percent& one : percents) {
    columns.push_back(one.part);
    if (one.whole != 0) columns.push_back(one.whole);
  }
  auto read = reader.rows_of(series, columns, asked.plan.resolution, asked.plan.from, asked.plan.to,
                             [&](std::size_t at, const history::Chunk& chunk) {
                               add_samples(subjects[at], percents, asked, chunk.rows, out);
                               if (out.size() > 20 * asked.limit) keep_newest(out, asked.limit);
                             });
  if (!read) return fail(std::move(read).error());
  return {};
}

Result<std::string> read_and_write(history::Reader& reader, const Asked& asked) {
  std::vector<Sample> samples;
  if (auto done = read_into(reader, asked.nodes, kOfNodes, asked, samples); !done) return fail(std::move(done).error());
  if (auto done = read_into(reader, asked.guests, kOfGuests, asked, samples); !done)
    return fail(std::move(done).error());
  keep_newest(samples, asked.limit);
  JsonWriter out;
  out.begin_array();
  const auto maybe = [](const std::string& id) { return id.empty() ? std::nullopt : std::optional(id); };
  for (const Sample& one : samples) {
    const std::string& id = one.subject->vm_id.empty() ? one.subject->node_id : one.subject->vm_id;
    const char* kind = one.subject->vm_id.empty() ? "node" : "vm";
    out.begin_object().member("id", kind + id + '-' + std::string(one.type) + '-' + std::to_string(one.t));
    out.member("node_id", maybe(one.subject->node_id)).member("vm_id", maybe(one.subject->vm_id));
    out.member("metric_type", one.type).member("value", tidy(one.value)).member("unit", "%");
    out.member("recorded_at", rfc3339(from_seconds(one.t))).end_object();
  }
  out.end_array();
  return out.take();
}

Result<Asked> read_asked(const Query& query) {
  if (auto known = query.allow({"node_id", "vm_id", "metric_type", "hours", "aggregate", "limit"}); !known)
    return fail(known.error());
  const auto most = static_cast<std::int64_t>(kMostSamples);
  const auto limit = query.number("limit", most, 1, most);
  if (!limit) return fail(limit.error());
  Asked asked;
  asked.limit = static_cast<std::size_t>(*limit);
  asked.types = query.all("metric_type");
  for (const std::string& type : asked.types)
    if (type != "cpu" && type != "memory" && type != "disk")
      return fail(Errc::invalid, "metric_type must be cpu, memory or disk");
  return asked;
}

void add_subject(const Desk& desk, const Node& node, std::vector<Subject>& out) {
  auto info = desk.house.recorder.find(history::object_key(node));
  if (info && info->set == history::kNodeSet) out.push_back({node.id.text(), "", std::move(*info)});
}
void add_subject(const Desk& desk, const Guest& guest, std::vector<Subject>& out) {
  auto info = desk.house.recorder.find(history::object_key(guest));
  if (info && info->set == history::kGuestSet) out.push_back({"", guest.id.text(), std::move(*info)});
}

/// Those named, else all that the caller sees; false when one that is named does not exist for the caller.
bool find_subjects(const Desk& desk, const Call& call, Asked& asked) {
  const auto world = desk.house.snapshot();
  const auto node_ids = call.query.all("node_id"), vm_ids = call.query.all("vm_id");
  for (const std::string& id : node_ids) {
    const auto node = visible_node(call.caller, *world, id);
    if (!node) return false;
    add_subject(desk, *node, asked.nodes);
  }
  for (const std::string& id : vm_ids) {
    const auto guest = visible_guest(call.caller, *world, id);
    if (!guest) return false;
    add_subject(desk, *guest, asked.guests);
  }
  if (!node_ids.empty() || !vm_ids.empty()) return true;
  for (const auto& [id, view] : world->clusters) {
    for (const auto& node : view->nodes)
      if (live::may_see(call.caller.scope, *node)) add_subject(desk, *node, asked.nodes);
    for (const auto& guest : view->guests)
      if (live::may_see(call.caller.scope, *guest)) add_subject(desk, *guest, asked.guests);
  }
  return true;
}

/// Aggregated: as many points as let the whole window into the answer. Else the minutes; of many objects those of the
/// last hour, for more of them than that would not be shown.
history::Wish wish_for(const Asked& asked, std::int64_t hours, bool is_aggregated, std::int64_t now) {
  const auto types = static_cast<std::int64_t>(asked.types.empty() ? 3 : asked.types.size());
  const auto objects = static_cast<std::int64_t>(std::max<std::size_t>(1, asked.nodes.size() + asked.guests.size()));
  const auto each = std::max<std::int64_t>(1, static_cast<std::int64_t>(asked.limit) / (types * objects));
  if (is_aggregated) return {now - hours * kHour, now, each, kEvery};
  if (objects > 1) hours = 1;
  return {now - hours * kHour, now, std::min(hours * kHour / kEvery, history::kMostPoints), kEvery};
}

net::Task<Answer> list(Desk& desk, Call& call) {
  auto asked = read_asked(call.query);
  if (!asked) co_return bad_query(asked.error());
  const auto hours = call.query.number("hours", 24, 1, kMostHours);
  if (!hours) co_return bad_query(hours.error());
  const auto is_aggregated = call.query.flag("aggregate", false);
  if (!is_aggregated) co_return bad_query(is_aggregated.error());
  if (!find_subjects(desk, call, *asked)) co_return not_found();
  const std::int64_t now = to_seconds(desk.house.clock.wall());
  const auto wish = wish_for(*asked, *hours, *is_aggregated, now);
  const auto plan = history::plan_of(wish, desk.house.retention(), now);
  if (!plan) co_return invalid_field("hours", "out_of_range", plan.error().text);
  asked->plan = *plan;
  std::function<Result<std::string>()> work = [reader = &desk.house.reader, all = std::move(*asked)] {
    return read_and_write(*reader, all);
  };
  auto body = co_await net::offload<std::string>(desk.house.readers, std::move(work));
  if (!body) co_return from_error(body.error());
  co_return json(std::move(*body));
}

}  // namespace

void add_sample_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/metrics", Access::viewer, with(desk, list));
}

}  // namespace monitorix::api

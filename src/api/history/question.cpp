#include "api/history/question.h"

#include <algorithm>

#include "api/access.h"
#include "api/list.h"
#include "api/services/services.h"
#include "history/objects.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostObjects = 50, kMostMetrics = 20;
constexpr std::int64_t kUsualSpan = 3600;  // seconds

struct Asked {
  history::Wish wish{};
  std::string fn{};
  std::vector<std::string> objects{}, metrics{};
};

Result<Asked> read_asked(const Desk& desk, const Query& query, Metrics metrics, std::int64_t usual_points) {
  if (auto known = query.allow({"object", "metric", "from", "to", "points", "fn"}); !known) return fail(known.error());
  const auto from = query.time("from");
  if (!from) return fail(from.error());
  const auto to = query.time("to");
  if (!to) return fail(to.error());
  const auto points = query.number("points", usual_points, 2, history::kMostPoints);
  if (!points) return fail(points.error());
  Asked asked{{}, query.text("fn"), query.all("object"), query.all("metric")};
  if (!asked.fn.empty() && asked.fn != "avg" && asked.fn != "min" && asked.fn != "max")
    return fail(Errc::invalid, "fn must be avg, min or max");
  asked.wish.to = to_seconds(to->value_or(desk.house.clock.wall()));
  asked.wish.from = *from ? to_seconds(**from) : asked.wish.to - kUsualSpan;
  asked.wish.points = *points;
  if (asked.objects.empty() || asked.objects.size() > kMostObjects) return fail(Errc::invalid, "object: give 1 to 50");
  const bool may_be_unnamed = metrics == Metrics::all_when_unnamed;
  if ((asked.metrics.empty() && !may_be_unnamed) || asked.metrics.size() > kMostMetrics)
    return fail(Errc::invalid, "metric: give 1 to 20");
  return asked;
}

}  // namespace

std::variant<Question, Answer> read_question(const Desk& desk, const Call& call, Metrics metrics,
                                             std::int64_t usual_points) {
  const auto asked = read_asked(desk, call.query, metrics, usual_points);
  if (!asked) return bad_query(asked.error());
  if (asked->wish.from >= asked->wish.to) return invalid_field("from", "out_of_range", "must be before to");
  const auto world = desk.house.snapshot();
  Question question{.fn = asked->fn, .from = from_seconds(asked->wish.from), .to = from_seconds(asked->wish.to)};
  question.sees = sight_of(call.caller, world);
  history::Wish wish = asked->wish;
  for (const std::string& text : asked->objects) {
    const auto object = find_series_object(call.caller, *world, text);
    if (!object) return not_found();
    for (auto& key : event_objects(*world, text)) question.event_objects.push_back(std::move(key));
    Question::One one{text, object->name, 0, object->set, {}};
    for (const std::string& metric : asked->metrics) {
      const auto column = history::column_of_metric(object->set, metric);
      if (!column) return invalid_field("metric", "unknown", "'" + metric + "' is not known for " + object->kind);
      one.columns.push_back(*column);
    }
    if (asked->metrics.empty())
      for (std::size_t c = 1; c < history::raw_columns(object->set).size(); ++c) one.columns.push_back(c);
    std::int64_t step = object->step;
    if (const auto info = series_of(desk, *object)) {
      one.series = info->id;
      step = std::min(step, info->step);  // between polls there may be more
    }
    wish.sample_step = std::max(wish.sample_step, step);
    question.sample_step = std::max(question.sample_step, object->step);
    question.series.push_back(std::move(one));
  }
  const auto plan = history::plan_of(wish, desk.house.retention(), to_seconds(desk.house.clock.wall()));
  if (!plan) return invalid_field("from", "out_of_range", plan.error().text);
  const auto chunks = (plan->to - plan->from) / history::span_of(plan->resolution) + 1;
  if (chunks * static_cast<std::int64_t>(question.series.size()) >
      static_cast<std::int64_t>(history::Reader::kMostChunks))
    return invalid_field("object", "too_many", "so many objects over so long a time; ask for fewer of either");
  question.plan = *plan;
  return question;
}

Result<std::pair<std::int64_t, std::int64_t>> read_window(const Desk& desk, const Query& query,
                                                          std::int64_t usual_hours, std::int64_t most_hours) {
  const auto from = query.time("from");
  if (!from) return fail(from.error());
  const auto to = query.time("to");
  if (!to) return fail(to.error());
  const auto hours = query.number("hours", usual_hours, 1, most_hours);
  if (!hours) return fail(hours.error());
  if (query.find("hours") && *from) return fail(Errc::invalid, "give hours or from, not both");
  const std::int64_t end = to_seconds(to->value_or(desk.house.clock.wall()));
  const std::int64_t begin = *from ? to_seconds(**from) : end - *hours * 3600;
  if (begin >= end) return fail(Errc::invalid, "from must be before to");
  if (end - begin > most_hours * 3600)
    return fail(Errc::invalid, "at most " + std::to_string(most_hours) + " hours can be asked at once");
  if (begin < history::kOldest) return fail(Errc::invalid, "nothing is kept from before 2020");
  return std::pair{begin, end};
}

std::optional<history::SeriesInfo> series_of(const Desk& desk, const SeriesObject& object) {
  auto info = desk.house.recorder.find(object.key);
  if (!info || info->set != object.set) return std::nullopt;
  return info;
}

std::int64_t step_of(const state::Snapshot& world, ClusterId cluster) {
  const auto* view = world.cluster(cluster);
  return view == nullptr ? 10 : static_cast<std::int64_t>(view->config.poll_interval.count());
}

namespace {

/// Of a cluster that the caller sees.
std::optional<SeriesObject> find_endpoint(const Caller& caller, const state::Snapshot& world, const std::string& id) {
  for (const auto& [cluster, view] : world.clusters)
    for (const Endpoint& one : view->config.endpoints) {
      if (one.id.text() != id || !visible_cluster(caller, world, cluster.text())) continue;
      return SeriesObject{"endpoint", history::object_key(cluster, one), one.address + ":" + std::to_string(one.port),
                          history::kCheckSet, step_of(world, cluster)};
    }
  return std::nullopt;
}

}  // namespace

std::optional<SeriesObject> find_series_object(const Caller& caller, const state::Snapshot& world,
                                               const std::string& text) {
  if (text == "fleet") {
    if (!caller.signed_in || caller.scope != live::Scope{}) return std::nullopt;
    return SeriesObject{"fleet", std::string(history::kFleetKey), "fleet", history::kTotalSet, 10};
  }
  const auto colon = text.find(':');
  if (colon == std::string::npos) return std::nullopt;
  const std::string kind = text.substr(0, colon), id = text.substr(colon + 1);
  if (kind == "vm") {
    if (const auto guest = visible_guest(caller, world, id))
      return SeriesObject{kind, history::object_key(*guest), guest->name, history::kGuestSet,
                          step_of(world, guest->cluster)};
  } else if (kind == "node" || kind == "node_guests") {
    const auto node = visible_node(caller, world, id);
    if (!node) return std::nullopt;
    const std::int64_t step = step_of(world, node->cluster);
    if (kind == "node") return SeriesObject{kind, history::object_key(*node), node->name, history::kNodeSet, step};
    return SeriesObject{kind, history::guests_key(*node), node->name, history::kTotalSet, step};
  } else if (kind == "storage") {
    const auto storage = visible_storage(caller, world, id);
    if (!storage) return std::nullopt;
    const auto node = storage->nodes.empty() ? nullptr : world.node(storage->nodes.front());
    return SeriesObject{kind, history::object_key(*storage, node ? node->name : ""), storage->name,
                        history::kStorageSet, step_of(world, storage->cluster)};
  } else if (kind == "service") {
    if (const auto view = visible_service(caller, world, id))
      return SeriesObject{kind, history::object_key(view->id), view->service->name, history::kCheckSet,
                          std::max<std::int64_t>(1, view->service->interval.count() / 1000)};
  } else if (kind == "endpoint") {
    return find_endpoint(caller, world, id);
  } else if (kind == "cluster") {
    if (const auto cluster = visible_cluster(caller, world, id))
      return SeriesObject{kind, history::object_key(cluster->config.id), cluster->config.name, history::kTotalSet,
                          step_of(world, cluster->config.id)};
  }
  return std::nullopt;
}

}  // namespace monitorix::api

// Rules and selectors as JSON, and back.

#include "api/alerts/rule_json.h"

#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

constexpr std::int64_t kLongest = 604'800;
constexpr double kMostNumber = 1e15;
constexpr std::string_view kSeverities = "critical, warning, info";

struct IdList {
  std::string_view name{};
  EntityKind kind{};
};
constexpr std::array<IdList, 4> kIdLists{{{"node_ids", EntityKind::node},
                                          {"vm_ids", EntityKind::guest},
                                          {"storage_ids", EntityKind::storage},
                                          {"service_ids", EntityKind::service}}};

bool is_ratio(Metric metric) {
  return metric != Metric::full_in_seconds && metric != Metric::temperature_celsius &&
         metric != Metric::response_seconds;
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

void write_levels(JsonWriter& out, const std::vector<Level>& levels) {
  out.key("levels").begin_array();
  for (const Level& level : levels) {
    out.begin_object().member("severity", severity_name(level.severity)).member("threshold", level.threshold);
    out.member("clear_threshold", level.clear);
    out.member("for_seconds", level.confirm_for
                                  ? std::optional<std::int64_t>(duration_cast<seconds>(*level.confirm_for).count())
                                  : std::nullopt);
    out.end_object();
  }
  out.end_array();
}

std::optional<std::string> only(const Rule& rule, EntityKind kind) {
  const auto& entities = rule.selector.entities;
  if (entities.size() != 1 || entities.front().kind != kind) return std::nullopt;
  return std::to_string(entities.front().id);
}

std::vector<Level> read_levels(Fields& body, std::string_view name) {
  std::vector<Level> levels;
  auto all = body.objects(name, 3);
  if (!all) return levels;
  for (Fields& one : *all) {
    Level level;
    read_choice(one, "severity", level.severity, kSeverities);
    if (!one.has("severity")) one.wrong("severity", "required", "must be given");
    const auto threshold = one.decimal("threshold", -kMostNumber, kMostNumber);
    if (!threshold) one.wrong("threshold", "required", "must be given");
    level.threshold = threshold.value_or(0);
    if (!one.is_null("clear_threshold")) level.clear = one.decimal("clear_threshold", -kMostNumber, kMostNumber);
    if (!one.is_null("for_seconds"))
      if (const auto span = one.number("for_seconds", 0, kLongest)) level.confirm_for = seconds{*span};
    for (const Level& other : levels)
      if (other.severity >= level.severity) one.wrong("severity", "invalid", "mildest first, one per severity");
    if (level.clear == level.threshold) one.wrong("clear_threshold", "invalid", "must differ from the threshold");
    body.take_errors(one);
    levels.push_back(level);
  }
  return levels;
}

void read_seconds(Fields& body, std::string_view name, std::int64_t least, std::chrono::milliseconds& into) {
  if (const auto span = body.number(name, least, kLongest)) into = seconds{*span};
}

/// The short form: one threshold, as in the original, where ratios were percent.
void read_short_level(Fields& body, Rule& rule) {
  if (!body.has("threshold") || body.is_null("threshold")) {
    (void)body.decimal("clear_threshold", -kMostNumber, kMostNumber);
    return;
  }
  Level level{.severity = rule.severity.value_or(Severity::warning)};
  level.threshold = body.decimal("threshold", -kMostNumber, kMostNumber).value_or(0);
  if (!body.is_null("clear_threshold")) level.clear = body.decimal("clear_threshold", -kMostNumber, kMostNumber);
  if (is_ratio(rule.metric) && level.threshold > 1) {
    level.threshold /= 100;
    if (level.clear) *level.clear /= 100;
  }
  rule.levels = {level};
}

void read_object(Fields& body, std::string_view name, EntityKind kind, Rule& rule) {
  if (!body.has(name)) return;
  std::erase_if(rule.selector.entities, [&](Entity entity) { return entity.kind == kind; });
  if (body.is_null(name)) return;
  const auto text = body.text(name, {1, 20});
  const auto id = text ? parse_id(*text) : std::nullopt;
  if (id)
    rule.selector.entities.push_back({kind, *id});
  else
    body.wrong(name, "invalid", "is not an id");
}

void read_exceptions(Fields& body, Rule& rule) {
  auto all = body.objects("exceptions", 100);
  if (!all) return;
  rule.exceptions.clear();
  for (Fields& one : *all) {
    Exception exception;
    read_selector(one, "selector", exception.where);
    exception.is_off = one.flag("is_off").value_or(false);
    exception.levels = read_levels(one, "levels");
    body.take_errors(one);
    rule.exceptions.push_back(std::move(exception));
  }
}

void read_route_id(Fields& body, Rule& rule) {
  if (!body.has("route_id")) return;
  rule.route = {};
  if (body.is_null("route_id")) return;
  const auto text = body.text("route_id", {1, 20});
  const auto id = text ? parse_id(*text) : std::nullopt;
  if (id)
    rule.route = RouteId{*id};
  else if (text)
    body.wrong("route_id", "invalid", "is not an id");
}

void check_whole(Fields& body, const Rule& rule) {
  const bool has_code = rule.kind == RuleKind::certificate || rule.kind == RuleKind::pve_event;
  if (rule.kind == RuleKind::metric && rule.levels.empty())
    body.wrong("levels", "required", "a rule about a number needs a threshold");
  if (has_code && rule.condition.empty()) body.wrong("condition", "required", "must be given");
  const bool is_upward = rule.comparison == Comparison::above || rule.comparison == Comparison::at_least;
  for (const Level& level : rule.levels)
    if (level.clear && (is_upward ? *level.clear >= level.threshold : *level.clear <= level.threshold))
      body.wrong("clear_threshold", "invalid", "must be on the safe side of the threshold");
}

}  // namespace

void write_selector(JsonWriter& out, const Selector& selector) {
  out.begin_object();
  out.member("type", selector.type ? std::optional(std::string(name_of(*selector.type))) : std::nullopt);
  out.key("cluster_ids").begin_array();
  for (const ClusterId id : selector.clusters) out.value(id.text());
  out.end_array();
  for (const IdList& list : kIdLists) {
    out.key(list.name).begin_array();
    for (const Entity entity : selector.entities)
      if (entity.kind == list.kind) out.value(std::to_string(entity.id));
    out.end_array();
  }
  write_texts(out, "pools", selector.pools);
  write_texts(out, "tags", selector.tags);
  out.end_object();
}

void read_selector(Fields& body, std::string_view name, Selector& into) {
  auto object = body.object(name);
  if (!object) return;
  into = {};
  if (object->has("type") && !object->is_null("type")) {
    EntityKind kind{};
    read_choice(*object, "type", kind, "monitor, cluster, node, guest, storage, service");
    into.type = kind;
  }
  const auto ids = [&](std::string_view list, std::size_t most, auto take) {
    const auto texts = object->texts(list, most, {1, 20});
    if (!texts) return;
    for (const std::string& text : *texts) {
      if (const auto id = parse_id(text))
        take(*id);
      else
        object->wrong(list, "invalid", "is not an id");
    }
  };
  ids("cluster_ids", 100, [&](std::int64_t id) { into.clusters.push_back(ClusterId{id}); });
  for (const IdList& list : kIdLists)
    ids(list.name, 1000, [&](std::int64_t id) { into.entities.push_back({list.kind, id}); });
  if (auto pools = object->texts("pools", 100, {1, 100})) into.pools = std::move(*pools);
  if (auto tags = object->texts("tags", 100, {1, 100})) into.tags = std::move(*tags);
  body.take_errors(*object);
}

void read_rule(Fields& body, RuleBody of, Rule& rule) {
  const bool is_new = of == RuleBody::new_rule;
  if (is_new)
    rule.name = body.required_text("name", {1, 100});
  else if (const auto name = body.text("name", {1, 100}))
    rule.name = *name;
  const bool has_metric = body.has("metric_type") && !body.is_null("metric_type");
  if (has_metric) {
    read_choice(body, "metric_type", rule.metric,
                "cpu, memory, disk, swap, iowait, memory_pressure, io_pressure, full_in, temperature, response_time");
    if (is_new) rule.kind = RuleKind::metric;
  }
  read_choice(body, "kind", rule.kind, "check_state, metric, no_data, certificate, pve_event");
  if (body.has("operator") && !body.is_null("operator")) read_choice(body, "operator", rule.comparison, "> >= < <=");
  if (is_new && rule.kind == RuleKind::metric) {
    rule.confirm_for = seconds{300};
    rule.keep_for = seconds{120};
    rule.min_delta = is_ratio(rule.metric) ? 0.02 : 0;
  }
  if (body.has("severity")) {
    rule.severity.reset();
    if (!body.is_null("severity")) read_choice(body, "severity", rule.severity.emplace(), kSeverities);
  }
  read_short_level(body, rule);
  if (body.has("levels")) {
    auto levels = read_levels(body, "levels");
    if (!levels.empty() || !body.has("threshold")) rule.levels = std::move(levels);
  }
  if (const auto condition = body.text("condition", {0, 100, true})) rule.condition = *condition;
  read_selector(body, "selector", rule.selector);
  read_object(body, "node_id", EntityKind::node, rule);
  read_object(body, "vm_id", EntityKind::guest, rule);
  read_object(body, "service_id", EntityKind::service, rule);
  read_exceptions(body, rule);
  read_seconds(body, "for_seconds", 0, rule.confirm_for);
  read_seconds(body, "keep_for_seconds", 0, rule.keep_for);
  read_seconds(body, "no_data_after_seconds", 10, rule.no_data_after);
  rule.min_delta = body.decimal("min_delta", 0, kMostNumber).value_or(rule.min_delta);
  if (const auto cooldown = body.number("cooldown_minutes", 0, 10'080)) rule.cooldown = std::chrono::minutes{*cooldown};
  read_choice(body, "absent", rule.absent, "ignore, alert");
  read_choice(body, "no_data", rule.no_data, "keep, fire, resolve");
  if (const auto channels = body.texts("channel_ids", 100, {1, 20})) {
    rule.channels.clear();
    for (const std::string& text : *channels) {
      if (const auto id = parse_id(text))
        rule.channels.push_back(ChannelId{*id});
      else
        body.wrong("channel_ids", "invalid", "is not an id");
    }
  }
  read_route_id(body, rule);
  rule.is_active = body.flag("is_active").value_or(rule.is_active);
  check_whole(body, rule);
}

void write_rule(JsonWriter& out, const store::Versioned<Rule>& kept, const RuleUse& use) {
  const Rule& rule = kept.item;
  const bool is_metric = rule.kind == RuleKind::metric;
  const Level* mildest = is_metric && !rule.levels.empty() ? &rule.levels.front() : nullptr;
  const auto severity = mildest ? std::optional(mildest->severity) : rule.severity;
  const auto word = [&](std::string_view text) { return is_metric ? std::optional(std::string(text)) : std::nullopt; };
  out.begin_object().member("id", rule.id.text()).member("key", none_if_empty(rule.key)).member("name", rule.name);
  out.member("kind", name_of(rule.kind)).member("metric_type", word(name_of(rule.metric)));
  out.member("operator", word(name_of(rule.comparison)));
  out.member("threshold", mildest ? std::optional(mildest->threshold) : std::nullopt);
  out.member("clear_threshold", mildest ? mildest->clear : std::nullopt);
  out.member("severity", severity ? std::optional(std::string(severity_name(*severity))) : std::nullopt);
  write_levels(out, rule.levels);
  out.member("condition", none_if_empty(rule.condition)).key("selector");
  write_selector(out, rule.selector);
  out.member("node_id", only(rule, EntityKind::node)).member("vm_id", only(rule, EntityKind::guest));
  out.member("service_id", only(rule, EntityKind::service)).key("exceptions").begin_array();
  for (const Exception& one : rule.exceptions) {
    out.begin_object().key("selector");
    write_selector(out, one.where);
    out.member("is_off", one.is_off);
    write_levels(out, one.levels);
    out.end_object();
  }
  out.end_array().member("for_seconds", std::int64_t{duration_cast<seconds>(rule.confirm_for).count()});
  out.member("keep_for_seconds", std::int64_t{duration_cast<seconds>(rule.keep_for).count()});
  out.member("min_delta", rule.min_delta);
  out.member("cooldown_minutes", std::int64_t{duration_cast<std::chrono::minutes>(rule.cooldown).count()});
  out.member("absent", name_of(rule.absent)).member("no_data", name_of(rule.no_data));
  out.member("no_data_after_seconds", std::int64_t{duration_cast<seconds>(rule.no_data_after).count()});
  out.member("route_id", rule.route.exists() ? std::optional(rule.route.text()) : std::nullopt);
  out.key("channel_ids").begin_array();
  for (const ChannelId id : rule.channels) out.value(id.text());
  out.end_array().member("is_active", rule.is_active).member("open_alert_count", use.open);
  out.member("last_triggered", when(use.last)).member("updated_at", rfc3339(kept.updated_at)).end_object();
}

}  // namespace monitorix::api

#include "store/alert/alert_doc.h"

#include "model/alert/alert_names.h"
#include "store/service/fields_of_json.h"

namespace monitorix::store {
namespace {

std::string_view word_of(Severity value) { return severity_name(value); }
template <class Enum>
std::string_view word_of(Enum value) {
  return name_of(value);
}

/// A choice by its word; a word that is none keeps what was there.
template <class Field, class Enum>
void choice(Field& field, std::string_view name, Enum& value) {
  std::string text{word_of(value)};
  field(name, text);
  value = alert_word<Enum>(text).value_or(value);
}
template <class Field, class Enum>
void choice(Field& field, std::string_view name, std::optional<Enum>& value) {
  std::string text{value ? word_of(*value) : std::string_view{}};
  field(name, text);
  value = alert_word<Enum>(text);
}
template <class Field, class Tag>
void id(Field& field, std::string_view name, Id<Tag>& value) {
  field(name, value.value);
}

constexpr auto kEntity = [](auto& field, Entity& one) {
  choice(field, "kind", one.kind);
  field("id", one.id);
};
constexpr auto kCluster = [](auto& field, ClusterId& one) { id(field, "id", one); };
constexpr auto kChannel = [](auto& field, ChannelId& one) { id(field, "id", one); };
constexpr auto kSelector = [](auto& field, Selector& one) {
  choice(field, "type", one.type);
  field.list("entities", one.entities, kEntity);
  field.list("clusters", one.clusters, kCluster);
  field("pools", one.pools);
  field("tags", one.tags);
};

/// A member that is an object: as a list of one, which both archives know.
template <class Field, class T, class Describe>
void part(Field& field, std::string_view name, T& value, Describe describe) {
  std::vector<T> one{value};
  field.list(name, one, describe);
  if (!one.empty()) value = one.front();
}
/// A number with a fraction, as text that reads back the same.
template <class Field>
void real(Field& field, std::string_view name, std::optional<double>& value) {
  JsonWriter out;
  std::string text = value ? out.value(*value).take() : std::string();
  field(name, text);
  const auto json = Json::parse(text);
  value = json ? json->as_number() : std::nullopt;
}
template <class Field>
void real(Field& field, std::string_view name, double& value) {
  std::optional<double> maybe = value;
  real(field, name, maybe);
  value = maybe.value_or(value);
}

constexpr auto kLevel = [](auto& field, Level& one) {
  choice(field, "severity", one.severity);
  real(field, "threshold", one.threshold);
  real(field, "clear", one.clear);
  field("for_ms", one.confirm_for);
};
constexpr auto kException = [](auto& field, Exception& one) {
  part(field, "where", one.where, kSelector);
  field("off", one.is_off);
  field.list("levels", one.levels, kLevel);
};
constexpr auto kRule = [](auto& field, Rule& one) {
  field("name", one.name);
  field("active", one.is_active);
  choice(field, "kind", one.kind);
  part(field, "selector", one.selector, kSelector);
  choice(field, "metric", one.metric);
  field("condition", one.condition);
  choice(field, "severity", one.severity);
  choice(field, "operator", one.comparison);
  field.list("levels", one.levels, kLevel);
  field("for_ms", one.confirm_for);
  field("keep_for_ms", one.keep_for);
  real(field, "min_delta", one.min_delta);
  field("cooldown_ms", one.cooldown);
  choice(field, "absent", one.absent);
  choice(field, "no_data", one.no_data);
  field("no_data_after_ms", one.no_data_after);
  id(field, "route", one.route);
  field.list("channels", one.channels, kChannel);
  field.list("exceptions", one.exceptions, kException);
};
constexpr auto kHours = [](auto& field, WeekHours& one) {
  std::int64_t days = one.days;
  field("days", days);
  one.days = static_cast<std::uint8_t>(days & 0x7f);
  field("from_min", one.from);
  field("until_min", one.until);
  field("time_zone", one.time_zone);
};
constexpr auto kStep = [](auto& field, RouteStep& one) {
  field("after_ms", one.after);
  field.list("channels", one.channels, kChannel);
  field("all", one.is_to_all);
  choice(field, "min_severity", one.min_severity);
  field.maybe("hours", one.hours, kHours);
};
constexpr auto kRoute = [](auto& field, Route& one) {
  field("name", one.name);
  field("key", one.key);
  field.list("steps", one.steps, kStep);
  field("repeat_last_ms", one.repeat_last);
};
constexpr auto kMatcher = [](auto& field, Matcher& one) {
  field("label", one.label);
  field("value", one.value);
  field("equal", one.is_equal);
};
constexpr auto kSilence = [](auto& field, Silence& one) {
  field.list("matchers", one.matchers, kMatcher);
  id(field, "alert", one.alert);
  field("starts_at", one.starts_at);
  field("ends_at", one.ends_at);
  field("until_resolved", one.until_resolved);
  field("author", one.author);
  field("comment", one.comment);
};
constexpr auto kWindow = [](auto& field, Window& one) {
  field("name", one.name);
  part(field, "selector", one.selector, kSelector);
  field("starts_at", one.starts_at);
  field("duration_s", one.duration);
  field("rrule", one.rrule);
  field("time_zone", one.time_zone);
  choice(field, "mute", one.mute);
  choice(field, "ceiling", one.ceiling);
  field("active", one.is_active);
  field("author", one.author);
};
constexpr auto kAck = [](auto& field, Acknowledgement& one) {
  field("by", one.by);
  field("note", one.note);
  field("at", one.at);
  field("until", one.until);
  field("sticky", one.is_sticky);
};
constexpr auto kHeld = [](auto& field, Held& one) {
  choice(field, "kind", one.kind);
  field("ref", one.ref);
  field("since", one.since);
  field("until", one.until);
};
constexpr auto kAlert = [](auto& field, Alert& one) {
  field("since", one.since);
  field("last_true_at", one.last_true_at);
  choice(field, "resolve_reason", one.resolve_reason);
  id(field, "root_cause", one.root_cause);
  field.maybe("ack", one.ack, kAck);
  field.maybe("held", one.held, kHeld);
  real(field, "flap_score", one.flap_score);
  field("flap_at", one.flap_at);
  field("flapping", one.is_flapping);
  field("no_data", one.has_no_data);
  real(field, "value", one.value);
  real(field, "threshold", one.threshold);
  field("evidence", one.evidence);
  field("reopen_count", one.reopen_count);
};

}  // namespace

std::string doc_of(const Rule& rule) { return members_text(rule, kRule); }
void read_doc(const std::string& doc, Rule& rule) { read_members(doc, rule, kRule); }
std::string doc_of(const Route& route) { return members_text(route, kRoute); }
void read_doc(const std::string& doc, Route& route) { read_members(doc, route, kRoute); }
std::string doc_of(const Silence& silence) { return members_text(silence, kSilence); }
void read_doc(const std::string& doc, Silence& silence) { read_members(doc, silence, kSilence); }
std::string doc_of(const Window& window) { return members_text(window, kWindow); }
void read_doc(const std::string& doc, Window& window) { read_members(doc, window, kWindow); }
std::string doc_of(const Alert& alert) { return members_text(alert, kAlert); }
void read_doc(const std::string& doc, Alert& alert) { read_members(doc, alert, kAlert); }

}  // namespace monitorix::store

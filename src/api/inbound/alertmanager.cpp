#include "api/inbound/alertmanager.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostLabels = 64, kMostName = 128, kMostValue = 2048, kMostText = 8192;
constexpr std::size_t kShownName = 120, kShownText = 300;

using Labels = std::vector<std::pair<std::string, std::string>>;

/// One line that cannot deceive, as people are shown it.
std::string shown(std::string_view text, std::size_t most) {
  std::string line = valid_utf8(text, most);
  std::ranges::replace(line, '\n', ' ');
  return escape_controls(line);
}

Result<Labels> read_labels(const Json* json, const std::string& place, std::size_t most_value) {
  Labels labels;
  if (!json || json->is_null()) return labels;
  const auto* object = json->as_object();
  if (!object) return fail(Errc::invalid, place + " must be an object of texts");
  if (object->size() > kMostLabels) return fail(Errc::invalid, place + " has more than 64 members");
  for (const auto& [name, value] : *object) {
    if (name.empty() || name.size() > kMostName || escape_controls(name) != name)
      return fail(Errc::invalid, place + " has a name that is empty, longer than 128 bytes or not printable");
    const std::string* text = value.as_string();
    if (!text) return fail(Errc::invalid, place + "." + name + " must be a text");
    if (text->size() > most_value)
      return fail(Errc::invalid, place + "." + name + " is longer than " + std::to_string(most_value) + " bytes");
    if (!text->empty()) labels.emplace_back(name, valid_utf8(*text, most_value));  // an empty label is no label
  }
  std::ranges::sort(labels);  // what is the same alert must not hang on how it was written
  return labels;
}

std::string_view value_of(const Labels& labels, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    for (const auto& [label, value] : labels)
      if (label == name) return value;
  return {};
}

/// Lengths stand between the texts, so that no two sets of labels make the same bytes.
std::string fingerprint_of(const Labels& labels) {
  std::string bytes;
  for (const auto& [name, value] : labels)
    bytes += std::to_string(name.size()) + ':' + name + std::to_string(value.size()) + ':' + value;
  const auto digest = sha256(bytes);
  return to_hex({reinterpret_cast<const char*>(digest.data()), 8});
}

Severity severity_of(std::string_view word) {
  const std::string lower = lower_ascii(word);
  const auto is_one_of = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, lower) != words.end();
  };
  if (is_one_of({"critical", "error", "page", "emergency", "disaster", "fatal"})) return Severity::critical;
  if (is_one_of({"info", "information", "notice", "none", "debug"})) return Severity::info;
  return Severity::warning;
}

/// Absent, null, and the zero time that Go writes for "none" are all no time.
Result<std::optional<WallTime>> read_time(const Json* json, const std::string& place) {
  if (!json || json->is_null()) return std::optional<WallTime>{};
  const std::string* text = json->as_string();
  const auto at = text ? parse_rfc3339(*text) : std::nullopt;
  if (!at) return fail(Errc::invalid, place + " must be a time as 2027-01-31T12:00:00Z");
  return *at <= WallTime{} ? std::optional<WallTime>{} : at;
}

Result<OutsideAlert> read_one(const Json& json, const std::string& place) {
  if (!json.as_object()) return fail(Errc::invalid, place + " must be an object");
  OutsideAlert alert;
  auto labels = read_labels(json.find("labels"), place + ".labels", kMostValue);
  if (!labels) return fail(std::move(labels).error());
  if (labels->empty()) return fail(Errc::invalid, place + ".labels must have at least one label");
  const auto notes = read_labels(json.find("annotations"), place + ".annotations", kMostText);
  if (!notes) return fail(notes.error());
  const auto starts = read_time(json.find("startsAt"), place + ".startsAt");
  if (!starts) return fail(starts.error());
  const auto ends = read_time(json.find("endsAt"), place + ".endsAt");
  if (!ends) return fail(ends.error());
  if (*starts && *ends && **ends < **starts) return fail(Errc::invalid, place + " ends before it starts");
  alert.ends_at = *ends;
  alert.labels = std::move(*labels);
  alert.fingerprint = fingerprint_of(alert.labels);
  const std::string_view name = value_of(alert.labels, {"alertname"});
  alert.name = name.empty() ? "Alert" : shown(name, kShownName);
  alert.about = shown(value_of(alert.labels, {"instance", "host", "hostname", "node", "name", "job"}), kShownName);
  alert.severity = severity_of(value_of(alert.labels, {"severity", "level", "priority"}));
  alert.text = shown(value_of(*notes, {"summary", "description", "message", "title"}), kShownText);
  return alert;
}

}  // namespace

Result<std::vector<OutsideAlert>> read_outside_alerts(std::string_view body) {
  const auto json = Json::parse(body);
  if (!json) return fail(json.error());
  const auto* array = json->as_array();
  if (!array) return fail(Errc::invalid, "the body must be an array of alerts");
  if (array->size() > kMostOutsideAlerts) return fail(Errc::invalid, "more than 1000 alerts at once");
  std::vector<OutsideAlert> alerts;
  for (std::size_t i = 0; i < array->size(); ++i) {
    auto one = read_one((*array)[i], "[" + std::to_string(i) + "]");
    if (!one) return fail(std::move(one).error());
    alerts.push_back(std::move(*one));
  }
  return alerts;
}

}  // namespace monitorix::api

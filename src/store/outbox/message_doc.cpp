#include "store/outbox/message_doc.h"

#include "base/json.h"
#include "base/json_writer.h"
#include "store/fact/reason_doc.h"

namespace monitorix::store {
namespace {

void read(const Json& from, std::string_view name, std::string& into) {
  if (const Json* member = from.find(name))
    if (const auto* text = member->as_string()) into = *text;
}
void read(const Json& from, std::string_view name, bool& into) {
  if (const Json* member = from.find(name))
    if (const auto* flag = member->as_bool()) into = *flag;
}
void read(const Json& from, std::string_view name, std::optional<WallTime>& into) {
  if (const Json* member = from.find(name))
    if (const auto* number = member->as_int()) into = from_ms(*number);
}
void read(const Json& from, std::string_view name, std::vector<std::string>& into) {
  const Json* member = from.find(name);
  if (member == nullptr || member->as_array() == nullptr) return;
  into.clear();
  for (const Json& one : *member->as_array())
    if (const auto* text = one.as_string()) into.push_back(*text);
}

void read(const Json& from, std::string_view name, Topic& into) {
  const Json* topic = from.find(name);
  if (topic == nullptr) return;
  read(*topic, "subject", into.subject);
  read(*topic, "key", into.key);
  read(*topic, "fault", into.fault);
}

void write(JsonWriter& out, const Topic& topic) {
  out.begin_object().member("subject", topic.subject).member("key", topic.key).member("fault", topic.fault);
  out.end_object();
}

std::optional<std::int64_t> number(const std::optional<WallTime>& at) {
  return at ? std::optional(to_ms(*at)) : std::nullopt;
}

void write(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

}  // namespace

std::string doc_of(const Message& message) {
  JsonWriter out;
  out.begin_object().member("kind", name_of(message.kind)).member("severity", message.severity);
  out.member("alert_type", message.alert_type).member("title", message.title).member("cause", message.cause);
  out.key("topic");
  write(out, message.topic);
  out.key("why");
  put_reason(out, {.code = message.why.code, .params = message.why.params});
  write(out, "affected", message.affected);
  out.key("topics").begin_array();
  for (const Topic& topic : message.topics) write(out, topic);
  out.end_array();
  out.member("affected_more", message.affected_more).member("since", number(message.since));
  out.member("until", number(message.until)).member("held", message.held).member("link", message.link);
  out.member("held_by", message.held_by).member("held_until", number(message.held_until));
  return out.end_object().take();
}

Message read_message(const std::string& doc) {
  Message out;
  const auto json = Json::parse(doc);
  if (!json) return out;
  std::string kind;
  read(*json, "kind", kind);
  out.kind = message_kind(kind).value_or(out.kind);
  read(*json, "severity", out.severity);
  read(*json, "alert_type", out.alert_type);
  read(*json, "title", out.title);
  read(*json, "cause", out.cause);
  read(*json, "topic", out.topic);
  if (const Json* why = json->find("why")) out.why = reason_in(*why);
  read(*json, "affected", out.affected);
  if (const Json* topics = json->find("topics"); topics && topics->as_array())
    for (const Json& one : *topics->as_array()) {
      Topic& topic = out.topics.emplace_back();
      read(one, "subject", topic.subject);
      read(one, "key", topic.key);
      read(one, "fault", topic.fault);
    }
  if (const Json* more = json->find("affected_more"))
    if (const auto* count = more->as_int()) out.affected_more = static_cast<int>(*count);
  read(*json, "since", out.since);
  read(*json, "until", out.until);
  read(*json, "held", out.held);
  read(*json, "held_by", out.held_by);
  read(*json, "held_until", out.held_until);
  read(*json, "link", out.link);
  return out;
}

std::string doc_of(const Channel& channel) {
  JsonWriter out;
  out.begin_object().member("send_resolved", channel.send_resolved).member("language", channel.language);
  out.member("time_zone", channel.time_zone);
  write(out, "alert_types", channel.alert_types);
  write(out, "severity_filter", channel.severity_filter);
  out.key("options").begin_object();
  for (const auto& [name, value] : channel.options) out.member(name, value);
  return out.end_object().end_object().take();
}

void read_doc(const std::string& doc, Channel& channel) {
  const auto json = Json::parse(doc);
  if (!json) return;
  read(*json, "send_resolved", channel.send_resolved);
  read(*json, "language", channel.language);
  read(*json, "time_zone", channel.time_zone);
  read(*json, "alert_types", channel.alert_types);
  read(*json, "severity_filter", channel.severity_filter);
  const Json* options = json->find("options");
  if (options == nullptr || options->as_object() == nullptr) return;
  for (const auto& [name, value] : *options->as_object())
    if (const auto* text = value.as_string()) channel.options[name] = *text;
}

Secret secrets_of(const Channel& channel) {
  JsonWriter out;
  out.begin_object();
  for (const auto& [name, secret] : channel.secrets) out.member(name, secret.reveal());
  return Secret(out.end_object().take());
}

void read_secrets(const Secret& secrets, Channel& channel) {
  const auto json = Json::parse(secrets.reveal());
  if (!json || json->as_object() == nullptr) return;
  for (const auto& [name, value] : *json->as_object())
    if (const auto* text = value.as_string()) channel.secrets[name] = Secret(*text);
}

}  // namespace monitorix::store

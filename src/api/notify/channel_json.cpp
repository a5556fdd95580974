#include "api/notify/channel_json.h"

#include <algorithm>

#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostLine = 2048, kMostText = 16'384;

std::size_t most_of(const ChannelField& field) { return field.kind == FieldKind::text ? kMostText : kMostLine; }

bool is_choice(std::string_view choices, const std::string& value) {
  return (" " + std::string(choices) + " ").find(" " + value + " ") != std::string::npos;
}

/// One field of the settings; absent = nothing was said, "" = it is taken away.
std::optional<std::string> read_setting(Fields& settings, const ChannelField& field) {
  if (!settings.has(field.name)) return std::nullopt;
  if (settings.is_null(field.name)) return "";
  if (field.kind == FieldKind::number) {
    const auto number = settings.number(field.name, 1, 65'535);
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  }
  auto text = settings.text(field.name, {0, most_of(field), false, field.kind != FieldKind::text});
  if (text && field.kind == FieldKind::choice && !text->empty() && !is_choice(field.choices, *text))
    settings.wrong(field.name, "invalid", "must be one of " + std::string(field.choices));
  return text;
}

/// Puts what was read into the channel and asks for secrets that would go elsewhere than before.
class SettingsReader {
 public:
  SettingsReader(Channel& channel, ChannelBody of) : channel_(channel), before_(channel), of_(of) {}

  void put(const ChannelField& field, const std::optional<std::string>& value) {
    if (!value) return;
    given_.emplace_back(field.name);
    const std::string name(field.name);
    if (field.is_secret) {
      if (value->empty())
        channel_.secrets.erase(name);
      else
        channel_.secrets[name] = Secret(*value);
    } else if (value->empty()) {
      channel_.options.erase(name);
    } else {
      channel_.options[name] = *value;
    }
  }

  void finish(const Desk& desk, Fields& body, std::string_view prefix) {
    if (of_ == ChannelBody::change && aims_elsewhere())
      for (const ChannelField& field : channel_fields(channel_.type))
        if (field.is_secret && channel_.secrets.contains(std::string(field.name)) && !was_given(field.name))
          body.wrong(std::string(prefix) + std::string(field.name), "required",
                     "must be entered again, because it would go to another address");
    for (const ChannelFault& fault : desk.house.notify.faults(channel_)) {
      const bool is_setting = fault.field != "time_zone";
      body.wrong((is_setting ? std::string(prefix) : std::string()) + fault.field, "invalid", fault.text);
    }
  }

 private:
  [[nodiscard]] bool was_given(std::string_view name) const { return std::ranges::find(given_, name) != given_.end(); }
  [[nodiscard]] bool aims_elsewhere() const {
    return std::ranges::any_of(channel_fields(channel_.type), [this](const ChannelField& field) {
      if (!field.is_aim) return false;
      return field.is_secret ? secret_of(channel_, field.name) != secret_of(before_, field.name)
                             : option_of(channel_, field.name) != option_of(before_, field.name);
    });
  }

  Channel& channel_;
  const Channel before_;
  ChannelBody of_;
  std::vector<std::string> given_{};
};

void read_common(Fields& body, ChannelBody of, Channel& channel) {
  const bool is_new = of == ChannelBody::new_channel;
  if (auto name = is_new ? std::optional(body.required_text("name", {1, 100})) : body.text("name", {1, 100}))
    channel.name = std::move(*name);
  if (auto types = body.texts("alert_types", 50, {1, 100})) channel.alert_types = std::move(*types);
  if (const auto flag = body.flag("is_active")) channel.is_active = *flag;
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const std::string& text : texts) out.value(text);
  out.end_array();
}

/// Only where it leads, not what opens it.
std::optional<std::string> masked_url(const Channel& channel) {
  const std::string& url = secret_of(channel, "webhook_url");
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return std::nullopt;
  return url.substr(0, std::min(url.find_first_of("/?#", scheme + 3), url.size())) + "/…";
}

std::optional<std::string> when(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

void write_standing(JsonWriter& out, const ChannelRecord& record) {
  out.member("is_active", record.channel.is_active).member("last_delivery_at", when(record.last_delivery_at));
  out.member("last_error_at", when(record.last_error_at)).member("last_error", none_if_empty(record.last_error));
  out.member("queue_depth", record.waiting).member("dead_letters", record.dead);
  out.member("created_at", rfc3339(record.channel.created_at)).member("updated_at", rfc3339(record.updated_at));
}

}  // namespace

void read_channel(const Desk& desk, Fields& body, ChannelBody of, Channel& channel) {
  read_common(body, of, channel);
  const auto type =
      of == ChannelBody::new_channel ? std::optional(body.required_text("type", {1, 20})) : body.text("type", {1, 20});
  if (of == ChannelBody::new_channel && type) {
    if (const auto known = channel_type(*type))
      channel.type = *known;
    else
      return body.wrong("type", "invalid", "is none of the types of channels");
  } else if (type && *type != name_of(channel.type)) {
    body.wrong("type", "invalid", "stays what it was; make another channel instead");
  }
  if (const auto filter = body.texts("severity_filter", 3, {1, 20})) {
    channel.severity_filter = *filter;
    for (const std::string& one : *filter)
      if (!is_choice("critical warning info", one))
        body.wrong("severity_filter", "invalid", "critical, warning or info");
  }
  if (const auto language = body.text("language", {2, 2})) {
    channel.language = *language;
    if (!is_choice("en nb sv da fi fr de", *language)) body.wrong("language", "invalid", "is none that we speak");
  }
  if (auto zone = body.text("time_zone", {1, 64})) channel.time_zone = std::move(*zone);
  if (const auto flag = body.flag("send_resolved")) channel.send_resolved = *flag;
  SettingsReader reader(channel, of);
  auto settings = body.object("settings");
  for (const ChannelField& field : channel_fields(channel.type)) {
    if (settings) reader.put(field, read_setting(*settings, field));
    if (field.name == "webhook_url" && body.has("webhook_url")) reader.put(field, read_setting(body, field));
  }
  if (settings) body.take_errors(*settings);
  reader.finish(desk, body, "settings.");
}

void read_webhook(const Desk& desk, Fields& body, ChannelBody of, Channel& channel) {
  channel.type = ChannelType::webhook;
  read_common(body, of, channel);
  SettingsReader reader(channel, of);
  for (const ChannelField& field : channel_fields(channel.type)) {
    if (field.name == "headers") continue;
    ChannelField shown = field;
    if (field.name == "webhook_url") shown.name = "url";
    const auto value = read_setting(body, shown);
    reader.put(field, value);
  }
  if (auto headers = body.objects("headers", 30)) {
    std::string lines;
    for (Fields& header : *headers) {
      lines += header.required_text("name", {1, 100}) + ": " + header.text("value", {0, 4096}).value_or("") + "\n";
      body.take_errors(header);
    }
    for (const ChannelField& field : channel_fields(channel.type))
      if (field.name == "headers") reader.put(field, lines);
  }
  reader.finish(desk, body, "");
}

void write_channel(JsonWriter& out, const ChannelRecord& record) {
  const Channel& channel = record.channel;
  out.begin_object().member("id", channel.id.text()).member("name", channel.name);
  out.member("type", name_of(channel.type)).member("webhook_url", masked_url(channel)).key("settings").begin_object();
  for (const ChannelField& field : channel_fields(channel.type)) {
    if (field.is_secret) continue;
    const std::string value = option_of(channel, field.name);
    out.key(field.name);
    if (value.empty())
      out.null();
    else if (field.kind == FieldKind::number)
      out.raw(value);
    else
      out.value(value);
  }
  out.end_object().key("secrets").begin_array();
  for (const auto& [name, secret] : channel.secrets)
    if (!secret.empty()) out.value(name);
  out.end_array();
  write_texts(out, "alert_types", channel.alert_types);
  write_texts(out, "severity_filter", channel.severity_filter);
  out.member("language", channel.language).member("time_zone", channel.time_zone);
  out.member("send_resolved", channel.send_resolved);
  write_standing(out, record);
  out.end_object();
}

void write_webhook(JsonWriter& out, const ChannelRecord& record) {
  const Channel& channel = record.channel;
  out.begin_object().member("id", channel.id.text()).member("name", channel.name);
  out.member("url", masked_url(channel)).member("method", option_of(channel, "method")).key("headers").begin_array();
  for (std::string_view rest = secret_of(channel, "headers"); !rest.empty();) {  // their names; values are write-only
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (!line.empty())
      out.begin_object().member("name", trim(line.substr(0, line.find(':')))).key("value").null().end_object();
  }
  out.end_array().member("has_secret", !secret_of(channel, "secret").empty());
  out.member("template", none_if_empty(option_of(channel, "template")));
  write_texts(out, "alert_types", channel.alert_types);
  write_standing(out, record);
  out.end_object();
}

}  // namespace monitorix::api

#include "base/crypto.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "base/time_text.h"
#include "model/notify/channel_fields.h"
#include "notify/header_lines.h"
#include "notify/outgoing.h"
#include "notify/template_text.h"

// Webhooks and programs: the facts as JSON, or a template of the channel's own. What is sent is signed over the time
// and the body, so that neither can be taken and used again with the other.
namespace monitorix::notify {
namespace {

std::optional<std::string> when(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

TemplateValues values_of(const Letter& letter, const Rendered& rendered) {
  const Message& message = letter.message;
  return {{"id", message.dedup_key},
          {"kind", std::string(name_of(message.kind))},
          {"state", rendered.is_good ? "resolved" : "firing"},
          {"severity", message.severity},
          {"alert_type", message.alert_type},
          {"heading", rendered.heading},
          {"title", message.title},
          {"cause", rendered.cause},
          {"affected", joined(message.affected)},
          {"since", when(message.since).value_or("")},
          {"until", when(message.until).value_or("")},
          {"link", rendered.link},
          {"alert_id", message.alert},
          {"incident_id", message.incident},
          {"channel", letter.channel.name},
          {"text", plain_body(rendered, 8000)}};
}

std::string variable(std::string_view name, std::string_view value) {
  std::string text(value);
  std::erase(text, '\0');
  return "MONITORIX_" + std::string(name) + "=" + text;
}

}  // namespace

std::string facts_json(const Letter& letter, const Rendered& rendered) {
  const Message& message = letter.message;
  JsonWriter out;
  out.begin_object().member("version", 1).member("id", message.dedup_key).member("kind", name_of(message.kind));
  out.member("state", rendered.is_good ? "resolved" : "firing").member("severity", message.severity);
  out.member("alert_type", none_if_empty(message.alert_type)).member("heading", rendered.heading);
  out.member("title", message.title).member("cause", message.cause).key("affected").begin_array();
  for (const std::string& name : message.affected) out.value(name);
  out.end_array().member("affected_more", message.affected_more).member("since", when(message.since));
  out.member("until", when(message.until)).member("held", none_if_empty(message.held));
  out.member("link", none_if_empty(rendered.link)).member("alert_id", none_if_empty(message.alert));
  out.member("incident_id", none_if_empty(message.incident)).member("channel", letter.channel.name);
  return out.end_object().take();
}

Result<HttpOut> compose_webhook(const Letter& letter, const Rendered& rendered) {
  const Channel& channel = letter.channel;
  const std::string own = option_of(channel, "template");
  HttpOut out = json_out(secret_of(channel, "webhook_url"), facts_json(letter, rendered));
  out.method = option_of(channel, "method");
  if (!own.empty()) {
    auto filled = fill_template(own, values_of(letter, rendered));
    if (!filled) return fail(std::move(filled).error().within("template"));
    out.body = std::move(*filled);
    if (form_of(own) == TemplateForm::text) out.headers.front().second = Secret("text/plain; charset=utf-8");
  }
  auto lines = parse_header_lines(secret_of(channel, "headers"));
  if (!lines) return fail(std::move(lines).error().within("headers"));
  for (auto& [name, value] : *lines) {
    if (lower_ascii(name) == "content-type")
      out.headers.front().second = std::move(value);
    else
      out.headers.emplace_back(std::move(name), std::move(value));
  }
  out.headers.emplace_back("X-Monitorix-Id", Secret(letter.message.dedup_key));
  out.headers.emplace_back("Idempotency-Key", Secret(letter.message.dedup_key));
  const std::string stamp = std::to_string(to_seconds(letter.now));
  out.headers.emplace_back("X-Monitorix-Timestamp", Secret(stamp));
  if (const std::string& key = secret_of(channel, "secret"); !key.empty())
    out.headers.emplace_back("X-Monitorix-Signature",
                             Secret("sha256=" + to_hex(hmac_sha256(key, stamp + "." + out.body))));
  return out;
}

ExecOut compose_exec(const Letter& letter, const Rendered& rendered) {
  const Message& message = letter.message;
  ExecOut out{.program = option_of(letter.channel, "program"), .input = facts_json(letter, rendered) + "\n"};
  out.environment = {variable("ID", message.dedup_key),
                     variable("KIND", name_of(message.kind)),
                     variable("SEVERITY", message.severity),
                     variable("HEADING", rendered.heading),
                     variable("TITLE", one_line(message.title, 1000)),
                     variable("CAUSE", rendered.cause),
                     variable("LINK", rendered.link),
                     variable("ALERT_ID", message.alert),
                     variable("INCIDENT_ID", message.incident)};
  return out;
}

}  // namespace monitorix::notify

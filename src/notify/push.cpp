#include "base/json_writer.h"
#include "base/text.h"
#include "base/time_text.h"
#include "model/notify/channel_fields.h"
#include "notify/outgoing.h"

// ntfy (JSON at the server's root), Gotify (/message), Pushover (/1/messages.json), PagerDuty (Events API v2), Apprise
// (/notify of apprise-api).
namespace monitorix::notify {
namespace {

/// 0 = something ended, 1 = notice, 2 = warning, 3 = critical.
int urgency(const Letter& letter, const Rendered& rendered) {
  if (rendered.is_good) return 0;
  if (letter.message.kind == MessageKind::test || letter.message.severity == "info") return 1;
  return letter.message.severity == "critical" ? 3 : 2;
}

HttpOut ntfy(const Letter& letter, const Rendered& rendered) {
  constexpr int kPriorities[] = {3, 2, 4, 5};
  constexpr std::string_view kTags[] = {"white_check_mark", "information_source", "warning", "rotating_light"};
  const auto level = static_cast<std::size_t>(urgency(letter, rendered));
  JsonWriter out;
  out.begin_object().member("topic", option_of(letter.channel, "topic")).member("title", rendered.heading);
  const std::string body = plain_body({.cause = rendered.cause, .facts = rendered.facts}, 3800);  // 4096 are allowed
  out.member("message", body.empty() ? rendered.heading : body).member("priority", kPriorities[level]);
  out.key("tags").begin_array().value(kTags[level]).end_array();
  if (!rendered.link.empty()) out.member("click", rendered.link);
  out.end_object();
  HttpOut call = json_out(at_server(letter.channel, "/"), out.take());
  if (const std::string& token = secret_of(letter.channel, "token"); !token.empty())
    call.headers.emplace_back("Authorization", Secret("Bearer " + token));
  return call;
}

HttpOut gotify(const Letter& letter, const Rendered& rendered) {
  constexpr int kPriorities[] = {4, 2, 6, 9};
  JsonWriter out;
  out.begin_object().member("title", rendered.heading);
  const std::string body = plain_body(rendered, 8000);
  out.member("message", body.empty() ? rendered.heading : body);
  out.member("priority", kPriorities[urgency(letter, rendered)]).key("extras").begin_object();
  out.key("client::display").begin_object().member("contentType", "text/plain").end_object();
  if (!rendered.link.empty()) {
    out.key("client::notification").begin_object().key("click").begin_object();
    out.member("url", rendered.link).end_object().end_object();
  }
  out.end_object().end_object();
  HttpOut call = json_out(at_server(letter.channel, "/message"), out.take());
  call.headers.emplace_back("X-Gotify-Key", Secret(secret_of(letter.channel, "token")));
  return call;
}

HttpOut pushover(const Letter& letter, const Rendered& rendered) {
  constexpr int kPriorities[] = {0, -1, 1, 2};
  const int priority = kPriorities[urgency(letter, rendered)];
  JsonWriter out;
  out.begin_object().member("token", secret_of(letter.channel, "token"));
  out.member("user", secret_of(letter.channel, "user_key")).member("title", shortened(rendered.heading, 250));
  const std::string body = plain_body({.cause = rendered.cause, .facts = rendered.facts}, 1000);
  out.member("message", body.empty() ? rendered.heading : body).member("priority", priority);
  if (priority == 2) out.member("retry", 60).member("expire", 3600);  // an emergency says how long it is repeated
  out.member("timestamp", to_seconds(letter.message.since.value_or(letter.now)));
  if (!rendered.link.empty() && rendered.link.size() <= 512)
    out.member("url", rendered.link).member("url_title", shortened(rendered.link_text, 100));
  out.end_object();
  return json_out(at_server(letter.channel, "/1/messages.json"), out.take());
}

/// All messages of an alert carry the alert's key, so that its end closes what its beginning opened. What came and went
/// before anybody was told opens nothing that nobody would close.
HttpOut pager_duty(const Letter& letter, const Rendered& rendered) {
  const Message& message = letter.message;
  const std::string severity =
      message.severity == "critical" || message.severity == "info" ? message.severity : "warning";
  JsonWriter out;
  out.begin_object().member("routing_key", secret_of(letter.channel, "routing_key"));
  out.member("event_action", rendered.is_good ? "resolve" : "trigger");
  out.member("dedup_key", shortened("monitorix-" + (message.alert.empty() ? "test" : message.alert), 255));
  out.member("client", "Monitorix");
  if (!rendered.link.empty()) out.member("client_url", rendered.link);
  out.key("payload").begin_object().member("summary", shortened(rendered.heading, 1024));
  out.member("source", one_line(message.title, 200)).member("severity", severity);
  out.member("timestamp", rfc3339(message.since.value_or(letter.now))).key("custom_details").begin_object();
  if (!rendered.cause.empty()) out.member("cause", rendered.cause);
  for (const auto& [word, value] : rendered.facts) out.member(word, value);
  out.end_object().end_object().key("links").begin_array();
  if (!rendered.link.empty())
    out.begin_object().member("href", rendered.link).member("text", rendered.link_text).end_object();
  out.end_array().end_object();
  return json_out(at_server(letter.channel, "/v2/enqueue"), out.take());
}

HttpOut apprise(const Letter& letter, const Rendered& rendered) {
  constexpr std::string_view kTypes[] = {"success", "info", "warning", "failure"};
  const std::string &key = secret_of(letter.channel, "key"), &urls = secret_of(letter.channel, "urls");
  JsonWriter out;
  out.begin_object().member("title", rendered.heading);
  const std::string body = plain_body(rendered, 8000);
  out.member("body", body.empty() ? rendered.heading : body).member("format", "text");
  out.member("type", kTypes[urgency(letter, rendered)]);
  if (key.empty()) out.member("urls", urls);
  if (const std::string tags = option_of(letter.channel, "tags"); !tags.empty()) out.member("tag", tags);
  out.end_object();
  return json_out(at_server(letter.channel, key.empty() ? "/notify" : "/notify/" + percent_encode(key)), out.take());
}

}  // namespace

Result<HttpOut> compose_push(const Letter& letter, const Rendered& rendered) {
  switch (letter.channel.type) {
    case ChannelType::ntfy: return ntfy(letter, rendered);
    case ChannelType::gotify: return gotify(letter, rendered);
    case ChannelType::pushover: return pushover(letter, rendered);
    case ChannelType::pagerduty: return pager_duty(letter, rendered);
    case ChannelType::apprise: return apprise(letter, rendered);
    default: return fail(Errc::invalid, "not a push service");
  }
}

}  // namespace monitorix::notify

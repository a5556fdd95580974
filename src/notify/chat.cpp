#include "base/json_writer.h"
#include "base/text.h"
#include "base/time_text.h"
#include "model/notify/channel_fields.h"
#include "notify/outgoing.h"

// Slack (incoming webhook, blocks), Discord (webhook, one embed), Teams (workflow, adaptive card), Telegram
// (sendMessage in HTML), Matrix (m.room.message). Where a receiver knows text that is not markup, that is what it gets.
namespace monitorix::notify {
namespace {

std::string title_of(const Rendered& rendered, std::size_t most) { return shortened(rendered.heading, most); }

HttpOut slack(const Letter& letter, const Rendered& rendered) {
  JsonWriter out;
  const auto plain = [&out](std::string_view text) {
    out.begin_object().member("type", "plain_text").member("text", text).member("emoji", false).end_object();
  };
  out.begin_object().member("text", escape_slack(title_of(rendered, 1000))).key("attachments").begin_array();
  out.begin_object().member("color", rendered.color).key("blocks").begin_array();
  out.begin_object().member("type", "header").key("text");
  plain(title_of(rendered, 150));
  out.end_object();
  if (const std::string body = plain_body({.cause = rendered.cause, .facts = rendered.facts}, 2900); !body.empty()) {
    out.begin_object().member("type", "section").key("text");
    plain(body);
    out.end_object();
  }
  if (!rendered.link.empty()) {
    out.begin_object().member("type", "actions").key("elements").begin_array();
    out.begin_object().member("type", "button").member("url", rendered.link).key("text");
    plain(rendered.link_text);
    out.end_object().end_array().end_object();
  }
  out.end_array().end_object().end_array().end_object();
  return json_out(secret_of(letter.channel, "webhook_url"), out.take());
}

HttpOut discord(const Letter& letter, const Rendered& rendered) {
  JsonWriter out;
  out.begin_object().member("username", "Monitorix").key("allowed_mentions").begin_object().key("parse").begin_array();
  out.end_array().end_object().key("embeds").begin_array().begin_object();
  out.member("title", shortened(escape_markdown(rendered.heading), 256));
  if (!rendered.cause.empty()) out.member("description", shortened(escape_markdown(rendered.cause), 3000));
  if (!rendered.link.empty()) out.member("url", rendered.link);
  out.member("color", std::stoi(rendered.color.substr(1), nullptr, 16));
  out.member("timestamp", rfc3339(letter.now)).key("fields").begin_array();
  for (const auto& [word, value] : rendered.facts)
    out.begin_object()
        .member("name", shortened(escape_markdown(word), 256))
        .member("value", shortened(escape_markdown(value), 1024))
        .member("inline", value.size() <= 40)
        .end_object();
  out.end_array().end_object().end_array().end_object();
  return json_out(secret_of(letter.channel, "webhook_url"), out.take());
}

/// Text blocks of a card read Markdown; runs of rich text do not.
void write_runs(JsonWriter& out, std::string_view text, bool is_heading, const Rendered& rendered) {
  const std::string_view color = rendered.is_good ? "Good" : rendered.color == "#c62828" ? "Attention" : "Default";
  out.begin_object().member("type", "RichTextBlock").key("inlines").begin_array().begin_object();
  out.member("type", "TextRun").member("text", text);
  if (is_heading) out.member("size", "Large").member("weight", "Bolder").member("color", color);
  out.end_object().end_array().end_object();
}

HttpOut teams(const Letter& letter, const Rendered& rendered) {
  JsonWriter out;
  out.begin_object().member("type", "message").key("attachments").begin_array().begin_object();
  out.member("contentType", "application/vnd.microsoft.card.adaptive").key("contentUrl").null().key("content");
  out.begin_object().member("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
  out.member("type", "AdaptiveCard").member("version", "1.4").key("body").begin_array();
  write_runs(out, rendered.heading, true, rendered);
  if (!rendered.cause.empty()) write_runs(out, rendered.cause, false, rendered);
  for (const auto& [word, value] : rendered.facts) write_runs(out, word + ": " + value, false, rendered);
  out.end_array();
  if (!rendered.link.empty()) {
    out.key("actions").begin_array().begin_object().member("type", "Action.OpenUrl");
    out.member("title", rendered.link_text).member("url", rendered.link).end_object().end_array();
  }
  out.end_object().end_object().end_array().end_object();
  return json_out(secret_of(letter.channel, "webhook_url"), out.take());
}

/// At most 4096 characters after the markup was read; bytes are never fewer than those.
HttpOut telegram(const Letter& letter, const Rendered& rendered) {
  std::string text = "<b>" + escape_html(rendered.heading) + "</b>";
  const std::string body = plain_body({.cause = rendered.cause, .facts = rendered.facts}, 3500);
  if (!body.empty()) text += "\n" + escape_html(body);
  if (!rendered.link.empty())
    text += "\n<a href=\"" + escape_html(rendered.link) + "\">" + escape_html(rendered.link_text) + "</a>";
  JsonWriter out;
  out.begin_object().member("chat_id", option_of(letter.channel, "chat_id"));
  if (const std::string thread = option_of(letter.channel, "thread_id"); !thread.empty())
    out.key("message_thread_id").raw(thread);
  out.member("text", text).member("parse_mode", "HTML").key("link_preview_options");
  out.begin_object().member("is_disabled", true).end_object();
  if (letter.message.severity == "info") out.member("disable_notification", true);
  out.end_object();
  return json_out(at_server(letter.channel, "/bot" + secret_of(letter.channel, "bot_token") + "/sendMessage"),
                  out.take());
}

HttpOut matrix(const Letter& letter, const Rendered& rendered) {
  const Channel& channel = letter.channel;
  std::string html =
      "<p><strong><font color=\"" + rendered.color + "\">" + escape_html(rendered.heading) + "</font></strong></p>";
  if (!rendered.cause.empty()) html += "<p>" + escape_html(rendered.cause) + "</p>";
  for (const auto& [word, value] : rendered.facts)
    html += "<p>" + escape_html(word) + ": " + escape_html(value) + "</p>";
  if (!rendered.link.empty())
    html += "<p><a href=\"" + escape_html(rendered.link) + "\">" + escape_html(rendered.link_text) + "</a></p>";
  JsonWriter out;
  out.begin_object().member("msgtype", "m.text").member("format", "org.matrix.custom.html");
  out.member("body", rendered.heading + "\n" + plain_body(rendered, 8000)).member("formatted_body", html).end_object();
  // The same transaction id is the same event to the homeserver: what comes twice is shown once.
  HttpOut call = json_out(at_server(channel, "/_matrix/client/v3/rooms/" + percent_encode(option_of(channel, "room")) +
                                                 "/send/m.room.message/" + letter.message.dedup_key),
                          out.take());
  call.method = "PUT";
  call.headers.emplace_back("Authorization", Secret("Bearer " + secret_of(channel, "token")));
  return call;
}

}  // namespace

Result<HttpOut> compose_chat(const Letter& letter, const Rendered& rendered) {
  switch (letter.channel.type) {
    case ChannelType::slack: return slack(letter, rendered);
    case ChannelType::discord: return discord(letter, rendered);
    case ChannelType::teams: return teams(letter, rendered);
    case ChannelType::telegram: return telegram(letter, rendered);
    case ChannelType::matrix: return matrix(letter, rendered);
    default: return fail(Errc::invalid, "not a chat");
  }
}

}  // namespace monitorix::notify

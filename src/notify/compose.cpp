#include <algorithm>

#include "base/text.h"
#include "model/notify/channel_fields.h"
#include "net/outbound/url.h"
#include "notify/header_lines.h"
#include "notify/mail/mail_address.h"
#include "notify/mail/mail_html.h"
#include "notify/outgoing.h"
#include "notify/template_text.h"

namespace monitorix::notify {
namespace {

bool is_chat(ChannelType type) {
  return type == ChannelType::slack || type == ChannelType::discord || type == ChannelType::teams ||
         type == ChannelType::telegram || type == ChannelType::matrix;
}

template <class T>
Result<Outgoing> any(Result<T> made) {
  if (!made) return fail(std::move(made).error());
  return Outgoing(std::move(*made));
}

std::string fault_of(const ChannelField& field, const std::string& value) {
  if (value.empty()) return field.is_required && field.fallback.empty() ? "is needed" : "";
  if (field.kind != FieldKind::text && !is_one_line(value)) return "must be one line";
  if (field.kind == FieldKind::url) {
    const auto url = net::parse_url(value);
    if (!url) return url.error().text;
    if (!url->user.empty() || !url->password.empty()) return "must not hold a user or a password";
    if (!field.is_secret && url->path != "/" && value.find('?') != std::string::npos) return "must not hold a query";
  }
  return {};
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// What more than one field decides.
void check_whole(const Channel& channel, std::vector<ChannelFault>& faults) {
  const auto wrong = [&faults](std::string field, std::string text) {
    faults.push_back({std::move(field), std::move(text)});
  };
  const auto option = [&channel](std::string_view name) { return option_of(channel, name); };
  if (channel.type == ChannelType::email) {
    if (!option("from").empty() && !parse_mail_address(option("from"))) wrong("from", "is not an address of mail");
    if (!option("to").empty() && !parse_mail_addresses(option("to"))) wrong("to", "holds what is no address of mail");
    if (!option("user").empty() && secret_of(channel, "password").empty()) wrong("password", "a user needs a password");
  }
  if (channel.type == ChannelType::webhook) {
    if (auto lines = parse_header_lines(secret_of(channel, "headers")); !lines) wrong("headers", lines.error().text);
    if (!faults.empty()) return;
    const Message nothing{};
    const Zone utc;
    const Letter letter{channel, nothing, {channel.language, utc, {}}, {}};
    if (auto tried = compose_webhook(letter, render(nothing, letter.reader)); !tried)
      wrong("template", tried.error().text);
  }
  if (channel.type == ChannelType::telegram && !option("thread_id").empty() && !is_number(option("thread_id")))
    wrong("thread_id", "must be a number");
  if (channel.type == ChannelType::apprise && secret_of(channel, "key").empty() && secret_of(channel, "urls").empty())
    wrong("key", "a key or addresses are needed");
}

void replace_all(std::string& text, std::string_view what) {
  if (what.size() < 4) return;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 3))
    text.replace(at, what.size(), "***");
}

}  // namespace

std::string at_server(const Channel& channel, std::string_view path) {
  std::string server = option_of(channel, "server");
  while (server.ends_with('/')) server.pop_back();
  return server + std::string(path);
}

HttpOut json_out(std::string url, std::string body) {
  HttpOut out{.url = Secret(std::move(url)), .body = std::move(body)};
  out.headers.emplace_back("Content-Type", Secret("application/json"));
  return out;
}

Result<Outgoing> compose(const Letter& letter) {
  const Rendered rendered = render(letter.message, letter.reader);
  const ChannelType type = letter.channel.type;
  if (type == ChannelType::email) return any(compose_mail(letter, rendered));
  if (type == ChannelType::webhook) return any(compose_webhook(letter, rendered));
  if (type == ChannelType::exec) return Outgoing(compose_exec(letter, rendered));
  return any(is_chat(type) ? compose_chat(letter, rendered) : compose_push(letter, rendered));
}

Result<Preview> preview_of(const Letter& letter) {
  const auto out = compose(letter);
  if (!out) return fail(out.error());
  const Rendered rendered = render(letter.message, letter.reader);
  Preview preview{.heading = rendered.heading, .text = plain_body(rendered, 16'000)};
  if (const auto* http = std::get_if<HttpOut>(&*out)) preview.body = http->body;
  if (const auto* program = std::get_if<ExecOut>(&*out)) preview.body = program->input;
  if (letter.channel.type == ChannelType::email) preview.html = mail_html(rendered, letter.channel.language);
  for (const auto& [name, secret] : letter.channel.secrets) replace_all(preview.body, secret.reveal());
  return preview;
}

std::vector<ChannelFault> faults_of(const Channel& channel) {
  std::vector<ChannelFault> out;
  for (const ChannelField& field : channel_fields(channel.type)) {
    const std::string value = field.is_secret ? secret_of(channel, field.name) : option_of(channel, field.name);
    if (std::string fault = fault_of(field, value); !fault.empty()) out.push_back({std::string(field.name), fault});
  }
  if (out.empty()) check_whole(channel, out);
  return out;
}

}  // namespace monitorix::notify

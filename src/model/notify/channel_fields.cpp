#include "model/notify/channel_fields.h"

#include <algorithm>
#include <array>

namespace monitorix {
namespace {

using enum FieldKind;

constexpr std::array<std::string_view, 13> kTypes{"email",     "webhook", "slack",  "discord", "teams",
                                                  "telegram",  "ntfy",    "gotify", "matrix",  "pushover",
                                                  "pagerduty", "apprise", "exec"};

constexpr ChannelField secret(std::string_view name, bool is_required, FieldKind kind = line) {
  return {.name = name, .kind = kind, .is_required = is_required, .is_secret = true};
}
constexpr ChannelField server(std::string_view fallback) {
  return {.name = "server", .kind = url, .is_required = fallback.empty(), .is_aim = true, .fallback = fallback};
}
constexpr ChannelField plain(std::string_view name, bool is_required, std::string_view fallback = {}) {
  return {.name = name, .kind = line, .is_required = is_required, .fallback = fallback};
}
/// An address that is itself the key to somebody's channel.
constexpr ChannelField kSecretUrl{
    .name = "webhook_url", .kind = url, .is_required = true, .is_secret = true, .is_aim = true};

constexpr std::array kEmail{
    ChannelField{.name = "host", .is_required = true, .is_aim = true},
    ChannelField{.name = "port", .kind = number, .is_aim = true, .fallback = "587"},
    ChannelField{
        .name = "tls", .kind = choice, .is_aim = true, .fallback = "starttls", .choices = "implicit starttls none"},
    plain("user", false),
    secret("password", false),
    plain("from", true),
    plain("to", true)};
constexpr std::array kWebhook{
    kSecretUrl, ChannelField{.name = "method", .kind = choice, .fallback = "POST", .choices = "POST PUT PATCH"},
    secret("headers", false, text), secret("secret", false), ChannelField{.name = "template", .kind = text}};
constexpr std::array kSlack{kSecretUrl};
constexpr std::array kDiscord{kSecretUrl};
constexpr std::array kTeams{kSecretUrl};
constexpr std::array kTelegram{server("https://api.telegram.org"), secret("bot_token", true), plain("chat_id", true),
                               plain("thread_id", false)};
constexpr std::array kNtfy{server("https://ntfy.sh"), plain("topic", true), secret("token", false)};
constexpr std::array kGotify{server({}), secret("token", true)};
constexpr std::array kMatrix{server({}), secret("token", true), plain("room", true)};
constexpr std::array kPushover{server("https://api.pushover.net"), secret("token", true), secret("user_key", true)};
constexpr std::array kPagerDuty{server("https://events.pagerduty.com"), secret("routing_key", true)};
constexpr std::array kApprise{server({}), secret("key", false), secret("urls", false), plain("tags", false)};
constexpr std::array kExec{plain("program", true)};

}  // namespace

std::span<const ChannelField> channel_fields(ChannelType type) {
  switch (type) {
    case ChannelType::email: return kEmail;
    case ChannelType::webhook: return kWebhook;
    case ChannelType::slack: return kSlack;
    case ChannelType::discord: return kDiscord;
    case ChannelType::teams: return kTeams;
    case ChannelType::telegram: return kTelegram;
    case ChannelType::ntfy: return kNtfy;
    case ChannelType::gotify: return kGotify;
    case ChannelType::matrix: return kMatrix;
    case ChannelType::pushover: return kPushover;
    case ChannelType::pagerduty: return kPagerDuty;
    case ChannelType::apprise: return kApprise;
    case ChannelType::exec: return kExec;
  }
  return {};
}

std::string_view name_of(ChannelType type) { return kTypes.at(static_cast<std::size_t>(type)); }

std::optional<ChannelType> channel_type(std::string_view name) {
  const auto found = std::ranges::find(kTypes, name);
  if (found == kTypes.end()) return std::nullopt;
  return static_cast<ChannelType>(found - kTypes.begin());
}

std::string option_of(const Channel& channel, std::string_view name) {
  const auto found = channel.options.find(std::string(name));
  if (found != channel.options.end() && !found->second.empty()) return found->second;
  for (const ChannelField& field : channel_fields(channel.type))
    if (field.name == name) return std::string(field.fallback);
  return {};
}

const std::string& secret_of(const Channel& channel, std::string_view name) {
  static const std::string kNone;
  const auto found = channel.secrets.find(std::string(name));
  return found == channel.secrets.end() ? kNone : found->second.reveal();
}

bool wants(const Channel& channel, std::string_view alert_type, std::string_view severity) {
  const auto takes = [](const std::vector<std::string>& wanted, std::string_view value) {
    return wanted.empty() || value.empty() || std::ranges::find(wanted, value) != wanted.end();
  };
  return channel.is_active && takes(channel.alert_types, alert_type) && takes(channel.severity_filter, severity);
}

}  // namespace monitorix

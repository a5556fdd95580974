#include "model/service/service_names.h"

#include <array>
#include <charconv>

namespace monitorix {
namespace {

constexpr std::array<std::string_view, 9> kTypes{"http", "https", "ping",      "port",  "dns",
                                                 "tls",  "push",  "composite", "custom"};
constexpr std::array<std::string_view, 4> kFamilies{"auto", "v4", "v6", "both"};
constexpr std::array<std::string_view, 3> kRedirects{"follow", "same_host", "none"};
constexpr std::array<std::string_view, 5> kAuths{"none", "basic", "bearer", "proxmox_token", "oauth2"};
constexpr std::array<std::string_view, 2> kCredentials{"header", "body"};
constexpr std::array<std::string_view, 5> kEncodings{"auto", "json", "form", "xml", "text"};
constexpr std::array<std::string_view, 3> kRules{"all", "any", "k_of_n"};
constexpr std::array<std::string_view, 3> kKeeps{"none", "on_failure", "always"};
constexpr std::array<std::string_view, 9> kStartTls{"none", "smtp",     "imap", "pop3", "ftp",
                                                    "xmpp", "postgres", "ldap", "mysql"};
constexpr std::array<std::string_view, 4> kVerdicts{"up", "warning", "down", "unknown"};

constexpr const auto& words(ServiceType) { return kTypes; }
constexpr const auto& words(IpFamily) { return kFamilies; }
constexpr const auto& words(RedirectMode) { return kRedirects; }
constexpr const auto& words(HttpAuth) { return kAuths; }
constexpr const auto& words(TokenCredentials) { return kCredentials; }
constexpr const auto& words(BodyEncoding) { return kEncodings; }
constexpr const auto& words(CompositeRule) { return kRules; }
constexpr const auto& words(KeepEvidence) { return kKeeps; }
constexpr const auto& words(StartTls) { return kStartTls; }
constexpr const auto& words(Verdict) { return kVerdicts; }

template <class Enum>
std::string_view word_of(Enum value) {
  return words(value).at(static_cast<std::size_t>(value));
}

std::optional<int> status_in(std::string_view text) {
  int status = 0;
  const auto end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, status);
  if (text.size() != 3 || error != std::errc{} || at != end || status < 100 || status > 599) return std::nullopt;
  return status;
}

}  // namespace

std::string_view name_of(ServiceType value) { return word_of(value); }
std::string_view name_of(IpFamily value) { return word_of(value); }
std::string_view name_of(RedirectMode value) { return word_of(value); }
std::string_view name_of(HttpAuth value) { return word_of(value); }
std::string_view name_of(TokenCredentials value) { return word_of(value); }
std::string_view name_of(BodyEncoding value) { return word_of(value); }
std::string_view name_of(CompositeRule value) { return word_of(value); }
std::string_view name_of(KeepEvidence value) { return word_of(value); }
std::string_view name_of(StartTls value) { return word_of(value); }
std::string_view name_of(Verdict value) { return word_of(value); }

template <class Enum>
std::optional<Enum> service_word(std::string_view name) {
  const auto& all = words(Enum{});
  for (std::size_t at = 0; at < all.size(); ++at)
    if (all[at] == name) return static_cast<Enum>(at);
  return std::nullopt;
}

template std::optional<ServiceType> service_word(std::string_view);
template std::optional<IpFamily> service_word(std::string_view);
template std::optional<RedirectMode> service_word(std::string_view);
template std::optional<HttpAuth> service_word(std::string_view);
template std::optional<TokenCredentials> service_word(std::string_view);
template std::optional<BodyEncoding> service_word(std::string_view);
template std::optional<CompositeRule> service_word(std::string_view);
template std::optional<KeepEvidence> service_word(std::string_view);
template std::optional<StartTls> service_word(std::string_view);
template std::optional<Verdict> service_word(std::string_view);

std::string status_ranges_text(const std::vector<StatusRange>& ranges) {
  std::string text;
  for (const StatusRange& range : ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += "-" + std::to_string(range.last);
  }
  return text;
}

std::optional<std::vector<StatusRange>> parse_status_ranges(std::string_view text) {
  std::vector<StatusRange> ranges;
  while (!text.empty()) {
    const auto comma = text.find(',');
    std::string_view part = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    const auto dash = part.find('-');
    const auto first = status_in(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : status_in(part.substr(dash + 1));
    if (!first || !last || *last < *first) return std::nullopt;
    ranges.push_back({*first, *last});
    if (comma != std::string_view::npos && text.empty()) return std::nullopt;
  }
  return ranges.empty() ? std::nullopt : std::optional(ranges);
}

}  // namespace monitorix

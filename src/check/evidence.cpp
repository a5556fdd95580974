#include "check/evidence.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace monitorix::check {
namespace {

constexpr std::size_t kMostBody = 4096, kMostHeaders = 4096, kMostRequest = 2048, kShortestSecret = 4;
constexpr const char* kDots = "•••";
constexpr std::array kSecretHeaders{"authorization", "proxy-authorization", "cookie",
                                    "set-cookie",    "x-api-key",           "x-auth-token"};
constexpr std::array kSecretParts{"key", "token", "secret", "password", "passwd", "pass", "auth", "signature", "sig"};

bool names_a_secret(std::string_view header) {
  const std::string name = lower_ascii(header);
  if (std::ranges::any_of(kSecretHeaders, [&](const char* known) { return name == known; })) return true;
  return std::ranges::any_of(kSecretParts, [&](std::string_view part) {
    const auto at = name.find(part);
    return at != std::string::npos && (at == 0 || name[at - 1] == '-' || name[at - 1] == '_') &&
           (at + part.size() == name.size() || name[at + part.size()] == '-');
  });
}

void mask(std::string& text, std::string_view secret) {
  if (secret.size() < kShortestSecret) return;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), kDots);
}

/// In an address: ?token=… and the like.
std::string masked_query(const std::string& url) {
  const auto question = url.find('?');
  if (question == std::string::npos) return url;
  std::string out = url.substr(0, question + 1);
  for (std::size_t at = question + 1; at < url.size();) {
    const std::size_t end = std::min(url.find('&', at), url.size());
    const std::string pair = url.substr(at, end - at);
    const auto equals = pair.find('=');
    out += equals != std::string::npos && names_a_secret(pair.substr(0, equals)) ? pair.substr(0, equals + 1) + kDots
                                                                                 : pair;
    if (end < url.size()) out += '&';
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string without_secrets(const Service& service, const Finding& finding, std::string text) {
  const std::string& secret = service.http.secret.reveal();
  mask(text, secret);
  mask(text, percent_encode(secret));
  mask(text, finding.token.reveal());
  mask(text, base64(service.http.user + ':' + secret));
  mask(text, service.tls.client_key_pem.reveal());
  for (const auto& [name, value] : service.http.headers)
    if (names_a_secret(name)) mask(text, value);
  for (const std::string& argument : service.custom.arguments) {
    const auto equals = argument.find('=');
    if (equals != std::string::npos && argument.starts_with("--") &&
        names_a_secret(std::string_view(argument).substr(2, equals - 2)))
      mask(text, std::string_view(argument).substr(equals + 1));
  }
  return text;
}

Evidence evidence_of(const Service& service, const Finding& finding) {
  Evidence out{};
  out.request = valid_utf8(without_secrets(service, finding, masked_query(finding.request)), kMostRequest);
  std::string headers;
  for (const auto& [name, value] : finding.headers) {
    headers += name + ": " + (names_a_secret(name) ? std::string(kDots) : value) + '\n';
    if (headers.size() > kMostHeaders) break;
  }
  out.headers = valid_utf8(without_secrets(service, finding, std::move(headers)), kMostHeaders);
  // Masked before it is cut, so that no half of a secret stays at the end.
  const std::string_view body =
      finding.body ? std::string_view(*finding.body).substr(0, 4 * kMostBody) : std::string_view();
  out.body = valid_utf8(without_secrets(service, finding, std::string(body)), kMostBody);
  return out;
}

}  // namespace monitorix::check

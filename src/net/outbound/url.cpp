#include "net/outbound/url.h"

#include <charconv>
#include <curl/curl.h>
#include <memory>

namespace monitorix::net {
namespace {

constexpr std::size_t kMostUrl = 8192;
using Parts = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

std::string part(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  std::string out;
  if (curl_url_get(url, which, &text, flags) == CURLUE_OK && text) out = text;
  curl_free(text);
  return out;
}

Result<Url> taken_apart(CURLU* url) {
  Url out{};
  const std::string scheme = part(url, CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return fail(Errc::invalid, "only http:// and https:// are called");
  out.is_https = scheme == "https";
  out.host = part(url, CURLUPART_HOST, CURLU_PUNYCODE);
  if (out.host.starts_with('[') && out.host.ends_with(']')) {
    out.host = out.host.substr(1, out.host.size() - 2);
    if (const std::string zone = part(url, CURLUPART_ZONEID); !zone.empty()) out.host += '%' + zone;
  }
  if (out.host.empty() || out.host.starts_with('-')) return fail(Errc::invalid, "the address names no host");
  const std::string port = part(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
  std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (out.port < 1 || out.port > 65535) return fail(Errc::invalid, "the address has no possible port");
  out.path = part(url, CURLUPART_PATH);
  if (const std::string query = part(url, CURLUPART_QUERY); !query.empty()) out.path += '?' + query;
  out.user = part(url, CURLUPART_USER, CURLU_URLDECODE);
  out.password = part(url, CURLUPART_PASSWORD, CURLU_URLDECODE);
  return out;
}

bool is_plain(std::string_view text) {
  for (const char letter : text)
    if (static_cast<unsigned char>(letter) <= 0x20 || letter == 0x7f) return false;
  return text.size() <= kMostUrl;
}

}  // namespace

std::string Url::origin() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (is_https ? "https://" : "http://") + (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

std::string Url::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string out = (is_https ? "https://" : "http://") + (v6 ? '[' + host + ']' : host);
  if (port != (is_https ? 443 : 80)) out += ':' + std::to_string(port);
  return out + path;
}

Result<Url> parse_url(std::string_view text) {
  if (!is_plain(text)) return fail(Errc::invalid, "the address holds a blank or is too long");
  const Parts url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK)
    return fail(Errc::invalid, "not an address like https://host:port/path");
  return taken_apart(url.get());
}

Result<Url> follow(const Url& from, std::string_view location) {
  if (!is_plain(location)) return fail(Errc::invalid, "the address holds a blank or is too long");
  const Parts url(curl_url(), &curl_url_cleanup);
  if (curl_url_set(url.get(), CURLUPART_URL, from.text().c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, std::string(location).c_str(), 0) != CURLUE_OK)
    return fail(Errc::invalid, "the redirect leads to no address");
  auto out = taken_apart(url.get());
  if (out) out->user.clear(), out->password.clear();
  return out;
}

}  // namespace monitorix::net

#include "api/auth/cookies.h"

#include <algorithm>

#include "api/auth/throttle.h"
#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

constexpr std::string_view kSecureName = "__Secure-mx_rt";
constexpr std::string_view kPlainName = "mx_rt";
constexpr std::string_view kCsrfName = "mx_csrf";

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace

Way way_of(const net::Request& request, const std::vector<std::string>& trusted_proxies, bool insecure_http) {
  Way way;
  const bool by_proxy = !trusted_proxies.empty() && net::address_in(request.peer, trusted_proxies);
  way.address = client_address(request.peer, request.header("x-forwarded-for"), trusted_proxies);
  way.is_secure = request.over_tls || (by_proxy && trim(request.header("x-forwarded-proto")) == "https");
  way.may_use_cookies = way.is_secure || insecure_http || (is_loopback(way.address) && !by_proxy);
  return way;
}

std::optional<std::string> cookie(const net::Request& request, std::string_view name) {
  auto rest = request.header("cookie");
  while (!rest.empty()) {
    const auto end = rest.find(';');
    const auto pair = trim(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=')
      return std::string(pair.substr(name.size() + 1));
  }
  return std::nullopt;
}

std::optional<std::string> refresh_cookie(const net::Request& request, bool is_secure) {
  auto found = cookie(request, is_secure ? kSecureName : kPlainName);
  return found && !found->empty() ? found : std::nullopt;
}

std::string set_refresh_cookie(const std::string& token, bool is_secure) {
  std::string text(is_secure ? kSecureName : kPlainName);
  text += '=' + token + "; Path=/api/auth; HttpOnly; SameSite=Strict; Max-Age=" + (token.empty() ? "0" : "604800");
  return is_secure ? text + "; Secure" : text;
}

std::string set_csrf_cookie(const std::string& token, bool is_secure) {
  std::string text(kCsrfName);
  text += '=' + token + "; Path=/; SameSite=Strict; Max-Age=604800";
  return is_secure ? text + "; Secure" : text;
}

bool has_csrf_proof(const net::Request& request) {
  const auto sent = request.header("x-csrf-token");
  const auto kept = cookie(request, kCsrfName);
  return kept && kept->size() >= 16 && equal_constant_time(sent, *kept);
}

bool is_own_origin(const net::Request& request, bool is_secure, const std::vector<std::string>& named) {
  const auto origin = request.header("origin");
  if (origin.empty() || origin == "null") return false;
  const std::string own = (is_secure ? "https://" : "http://") + std::string(request.header("host"));
  return lower_ascii(origin) == lower_ascii(own) || std::ranges::find(named, origin) != named.end();
}

}  // namespace monitorix::api

#pragma once
// The refresh cookie, the CSRF pair and the Origin rule: what concerns browsers only (S15-S18, S30).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_server.h"

namespace monitorix::api {

/// How a request reached us, after believing trusted proxies only.
struct Way {
  std::string address{};        ///< the client's
  bool is_secure{false};        ///< TLS to us, or to a trusted proxy that says so
  bool may_use_cookies{false};  ///< secure, loopback, or insecure_http was set by the owner
};
Way way_of(const net::Request& request, const std::vector<std::string>& trusted_proxies, bool insecure_http);

std::optional<std::string> cookie(const net::Request& request, std::string_view name);
std::optional<std::string> refresh_cookie(const net::Request& request, bool is_secure);
std::string set_refresh_cookie(const std::string& token, bool is_secure);  ///< "" clears it
std::string set_csrf_cookie(const std::string& token, bool is_secure);

/// The header equals the cookie, and both exist.
bool has_csrf_proof(const net::Request& request);
/// Origin is ours or one of the named; an absent one is not.
bool is_own_origin(const net::Request& request, bool is_secure, const std::vector<std::string>& named);

}  // namespace monitorix::api

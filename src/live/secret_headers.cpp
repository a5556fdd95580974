#include "live/secret_headers.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace monitorix::live {

bool is_secret_header(std::string_view name) {
  constexpr auto kWhole = std::to_array<std::string_view>({"authorization", "proxy-authorization", "cookie"});
  constexpr auto kEnds = std::to_array<std::string_view>(
      {"key", "token", "secret", "password", "auth", "credential", "session", "signature"});
  const std::string lowered = lower_ascii(name);
  return std::ranges::find(kWhole, lowered) != kWhole.end() ||
         std::ranges::any_of(kEnds, [&](std::string_view end) { return lowered.ends_with(end); });
}

std::string without_password(const std::string& url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
  const auto end = url.find_first_of("/?#", begin);
  const auto at = url.substr(0, end).rfind('@');
  if (at == std::string::npos || at < begin) return url;
  const auto colon = url.find(':', begin);
  if (colon == std::string::npos || colon > at) return url;
  return url.substr(0, colon + 1) + "***" + url.substr(at);
}

}  // namespace monitorix::live

#pragma once
// One hop of an HTTP check: what is asked of which origin, and how it is dialled. Each hop is looked up, judged and
// dialled anew (security S55). Included by this room only.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check/finding.h"
#include "net/outbound/url.h"

namespace monitorix::check {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Hop {
  std::string method{};
  net::Url url{};
  Headers headers{};
  std::string body{};
  bool is_home{true};  ///< still the origin that the credentials are meant for
};

struct Proxy {
  std::string host{}, text{};
  int port{};
};

std::string bare(std::string_view text);  ///< without what would smuggle a second header
bool has_header(const Headers& headers, std::string_view name);
/// "" when there is none; nothing when it is not one that we speak to.
std::optional<Proxy> proxy_of(const std::string& text);
/// Where a hop is dialled: the proxy, the service's override for its own origin, or the name.
net::Task<net::Outcome<Target>> target_of(Tools& tools, Attempt attempt, Hop hop, Proxy proxy);
net::HttpCall call_of(const Attempt& attempt, const Hop& hop, const net::SocketAddress& to,
                      std::optional<net::SocketAddress> from);

}  // namespace monitorix::check

#pragma once
// What an HTTP question brought: the same from libcurl and from a line of our own.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/outbound/fault.h"
#include "net/outbound/peer_chain.h"

namespace monitorix::net {

/// Microseconds; absent when it did not happen.
struct HttpTimes {
  std::optional<std::int64_t> connect{}, tls{}, send{}, first_byte{}, transfer{};
};

struct HttpAnswer {
  std::optional<Fault> fault{};
  int status{0};
  std::string version{};  ///< 1.0, 1.1, 2
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};  ///< its first `keep_bytes`
  std::int64_t body_bytes{0};
  HttpTimes times{};
  std::optional<PeerChain> peer{};
  [[nodiscard]] const std::string* header(std::string_view name) const;  ///< case-insensitive, first
};

}  // namespace monitorix::net

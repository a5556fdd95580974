#pragma once
// One HTTP question and its answer over libcurl on the loop, to an address that was judged before: HTTP/1.1 and 2, no
// redirects (the caller follows them, so that each hop is judged), no environment. Bytes are counted after
// decompression in our own callback. On the loop only.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "net/https/http_answer.h"
#include "net/outbound/fault.h"
#include "net/outbound/limit.h"
#include "net/outbound/policy.h"
#include "net/outbound/trust.h"
#include "net/outbound/url.h"
#include "net/task.h"

namespace monitorix::net {

enum class HttpVersion : std::uint8_t { automatic, v1_1, v2 };

struct HttpCall {
  std::string method{"GET"};
  Url url{};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{}, user_agent{};
  HttpVersion version{};
  TlsTerms tls{};      ///< `name` may differ from the URL's host: SNI, while the Host header stays
  SocketAddress to{};  ///< of the host, or of the proxy
  std::optional<SocketAddress> from{};
  std::string proxy{};                ///< http://, https:// or socks5:// with host and port
  std::string proxy_host{};           ///< the host in it
  bool decompress{true};              ///< asks for a compressed body and unfolds it; else it is taken as it comes
  std::int64_t keep_bytes{4096};      ///< of the body, for whom wants to read it
  std::int64_t most_bytes{10 << 20};  ///< a body beyond this is given up
  std::string warm_key{};             ///< connections are kept for calls of the same key; empty = a fresh one
  std::shared_ptr<const OutboundPolicy> policy{};
};

class Exchanges {
 public:
  Exchanges(Loop& loop, TrustStore& trust);
  ~Exchanges();
  Exchanges(const Exchanges&) = delete;
  Exchanges& operator=(const Exchanges&) = delete;

  Task<HttpAnswer> ask(HttpCall call, std::shared_ptr<Limit> limit);
  void drop_warm();  ///< all kept connections, after a change of policy

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace monitorix::net

#pragma once
// HTTP/1.1 server with the limits of security S60-S61 (Beast inside). One coroutine per connection on the loop.
// The handler is called with a complete request; it never throws (an escaping exception becomes a bare 500).

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/task.h"

namespace monitorix::net {

class WebSocket;

struct Request {
  std::string method{};
  std::string target{};  ///< as sent
  std::string path{};    ///< before '?', still percent-encoded
  std::string query{};   ///< after '?', raw
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::string peer{};  ///< address of the socket's other side, without port
  bool over_tls{false};
  [[nodiscard]] std::string_view header(std::string_view name) const;  ///< case-insensitive; "" when absent
};

struct Response {
  int status{200};
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::shared_ptr<const std::string> shared_body{};  ///< used instead of `body` when set; many answers share one
  bool close{false};
  /// When set (and the request asks for it) the connection becomes a WebSocket and this runs its whole life.
  std::function<Task<>(std::shared_ptr<WebSocket>)> upgrade{};
  std::string subprotocol{};  ///< sent in the handshake answer when not empty
};

using Handler = std::function<Task<Response>(Request)>;

struct ServerOptions {
  std::string address{"127.0.0.1"};
  int port{8000};  ///< 0 = a free one
  std::string tls_cert_file{}, tls_key_file{};
  std::size_t max_header_bytes{16u << 10}, max_headers{100}, max_target_bytes{8u << 10};
  std::size_t max_body_bytes{1u << 20};
  std::chrono::milliseconds header_timeout{10'000}, idle_timeout{60'000};
  std::chrono::milliseconds body_patience{10'000};   ///< then a body must have come at 1 KiB/s or faster
  std::chrono::milliseconds websocket_ping{30'000};  ///< W9: silent for 2.5 times this = gone
  std::size_t max_connections{2048}, max_connections_per_address{64};
  std::size_t max_websockets{4096};
  /// Requests for this path are WebSocket handshakes with limits of their own (S31) until they are answered.
  std::string websocket_path{"/ws"};
  std::size_t max_handshake_bytes{4u << 10}, max_handshakes{200}, max_handshakes_per_address{20};
  std::chrono::milliseconds handshake_timeout{5'000};
  std::vector<std::string> exempt_addresses{};  ///< CIDRs of trusted proxies, exempt from the limits per address
};

class HttpServer {
 public:
  HttpServer(Loop& loop, ServerOptions options, Handler handler);
  ~HttpServer();
  Status start();                  ///< binds and begins to accept
  [[nodiscard]] int port() const;  ///< the port really bound
  void stop();
  [[nodiscard]] std::size_t connections() const;

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

/// True when `address` lies in one of the CIDRs ("10.0.0.0/8", "::1", "127.0.0.1").
bool address_in(std::string_view address, const std::vector<std::string>& cidrs);

}  // namespace monitorix::net

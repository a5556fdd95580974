#pragma once
// Outgoing HTTP(S) by libcurl multi on the loop. Every call has deadlines and a byte limit; no redirects, no
// environment proxy, HTTP/1.1 only. A warm connection that breaks before the first answer byte is retried once.
// Connections are kept per `pool_key`; drop_connections(pool_key) after any change of trust.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "net/task.h"
#include "net/tls.h"

namespace monitorix::net {

struct Deadlines {
  std::chrono::milliseconds connect{5000};  ///< TCP, and again for TLS
  std::chrono::milliseconds first_byte{15000};
  std::chrono::milliseconds total{45000};
};

struct ClientRequest {
  std::string url{};
  std::string pool_key{};  ///< one per endpoint
  Trust trust{TrustPins{}};
  Secret authorization{};  ///< value of the Authorization header; empty = none
  std::vector<std::pair<std::string, std::string>> headers{};
  Deadlines deadlines{};
  std::size_t max_bytes{16u << 20};  ///< of the decompressed body
};

struct ClientResponse {
  int status{};
  std::string reason{};  ///< free text of the status line: Proxmox puts its errors there
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};          ///< decompressed
  std::uint64_t wire_bytes{};  ///< received, headers included
  std::chrono::microseconds took{};
  bool reused_connection{false};
  std::optional<Certificate> certificate{};  ///< of this connection's handshake; absent on a reused one
  [[nodiscard]] const std::string* header(std::string_view name) const;  ///< case-insensitive, first
};

class HttpClient {
 public:
  explicit HttpClient(Loop& loop, std::size_t max_concurrent = 64);
  ~HttpClient();
  /// Errc: tls_mismatch (certificate not trusted, text shows what was seen), timeout, unreachable, too_large, protocol.
  Task<Result<ClientResponse>> get(ClientRequest request);
  /// Handshake only: what certificate does host:port show? Sends no HTTP byte.
  Task<Result<Certificate>> look_at_certificate(std::string host, int port, std::chrono::milliseconds deadline);
  /// After a tls_mismatch of this key: the certificate that was refused.
  [[nodiscard]] std::optional<Certificate> refused_certificate(const std::string& pool_key) const;
  void drop_connections(const std::string& pool_key);
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace monitorix::net

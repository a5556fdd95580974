#pragma once
// For tests only: a TLS server on loopback that plays a script for each connection, with a certificate of its own.
// Every connection has a thread; the script may be as rude as it likes.

#include <atomic>
#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <openssl/ssl.h>
#include <string>
#include <string_view>
#include <thread>

#include "base/crypto.h"

namespace monitorix::net {

struct Identity {
  std::shared_ptr<EVP_PKEY> key{};
  std::shared_ptr<X509> certificate{};
  [[nodiscard]] Digest fingerprint() const;
  [[nodiscard]] std::string certificate_pem() const;
  [[nodiscard]] std::string key_pem() const;
};
/// Self-signed, for the name "localhost" and `address`.
Identity make_identity(const std::string& address = "127.0.0.1");

/// One connection as the script sees it.
class Talk {
 public:
  Talk(SSL* ssl, std::size_t number) : ssl_(ssl), number_(number) {}
  /// The next request's head; "" when the client is gone.
  std::string read_head();
  bool write(std::string_view bytes);
  [[nodiscard]] std::size_t number() const { return number_; }  ///< 1 for the first connection
  [[nodiscard]] std::size_t bytes_read() const { return bytes_read_; }

 private:
  SSL* ssl_;
  std::size_t number_, bytes_read_{0};
};

class ScriptedServer {
 public:
  using Script = std::function<void(Talk&)>;
  explicit ScriptedServer(Script script, Identity identity = make_identity());
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/") const;
  [[nodiscard]] const Identity& identity() const { return identity_; }
  [[nodiscard]] std::size_t connections() const { return connections_; }
  [[nodiscard]] std::size_t http_bytes() const { return http_bytes_; }  ///< received after handshakes
  /// Before this the TCP connection is accepted, but nobody answers the handshake.
  void delay_handshake(std::chrono::milliseconds delay) { delay_ = delay; }

 private:
  void accept_loop();
  void serve(int socket, std::size_t number);

  Script script_;
  Identity identity_;
  std::shared_ptr<SSL_CTX> context_;
  int listener_{-1}, port_{0};
  std::atomic<std::size_t> connections_{0}, http_bytes_{0};
  std::atomic<std::chrono::milliseconds> delay_{std::chrono::milliseconds{0}};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_{};  // guards sockets_, threads_
  std::list<int> sockets_{};
  std::list<std::thread> threads_{};
  std::thread acceptor_{};
};

/// An answer with a Content-Length.
std::string answer_of(std::string_view status_line, std::string_view headers, std::string_view body);
std::string gzipped(std::string_view text);

}  // namespace monitorix::net

#pragma once
// For tests only: a blocking TCP client that sends exactly what it is told, and a server on a thread of its own.

#include <arpa/inet.h>
#include <chrono>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "net/http_server.h"

namespace monitorix::net {

class RawClient {
 public:
  explicit RawClient(int port, int receive_buffer = 0) : RawClient() {
    if (receive_buffer > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    connect(port);
  }
  RawClient() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connect(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Exactly `count` bytes, or fewer when the other side closed.
  std::string receive(std::size_t count) {
    std::string out(count, '\0');
    std::size_t have = 0;
    while (have < count) {
      const auto got = ::recv(socket_, out.data() + have, count - have, 0);
      if (got <= 0) break;
      have += static_cast<std::size_t>(got);
    }
    out.resize(have);
    return out;
  }
  std::string receive_until(std::string_view end) {
    std::string out;
    while (!out.ends_with(end)) {
      const std::string byte = receive(1);
      if (byte.empty()) break;
      out += byte;
    }
    return out;
  }
  std::string receive_all() { return receive(64u << 20); }
  /// A head and the body that its Content-Length announces.
  std::string receive_answer() {
    std::string out = receive_until("\r\n\r\n");
    if (const auto at = out.find("Content-Length: "); at != std::string::npos)
      out += receive(std::stoul(out.substr(at + 16)));
    return out;
  }

 private:
  int socket_;
};

/// A server with its loop on a thread; ends with the scope.
class RunningServer {
 public:
  RunningServer(ServerOptions options, Handler handler) : server_(loop_, on_any_port(options), std::move(handler)) {
    started_ = server_.start();
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~RunningServer() {
    loop_.stop();
    thread_.join();
  }
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  [[nodiscard]] int port() const { return server_.port(); }
  [[nodiscard]] const Status& started() const { return started_; }
  Loop& loop() { return loop_; }
  HttpServer& server() { return server_; }

 private:
  static ServerOptions on_any_port(ServerOptions options) {
    options.port = 0;
    return options;
  }
  Loop loop_{};
  HttpServer server_;
  Status started_{};
  std::thread thread_{};
};

}  // namespace monitorix::net

#pragma once
// For tests only: a plain TCP server on loopback that plays a script for each connection, as rude as the script likes.

#include <arpa/inet.h>
#include <atomic>
#include <cstdlib>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace monitorix::check {

class RudeTalk {
 public:
  explicit RudeTalk(int socket) : socket_(socket) {}
  /// "" when the client is gone.
  std::string read_head() {
    std::string out;
    char byte = 0;
    while (!out.ends_with("\r\n\r\n") && ::recv(socket_, &byte, 1, 0) == 1) out += byte;
    return out.ends_with("\r\n\r\n") ? out : std::string();
  }
  /// That many bytes, or fewer when the client is gone.
  std::string read(std::size_t count) {
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
  bool write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void break_off() const {
    const linger at_once{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  }

 private:
  int socket_;
};

class RudeServer {
 public:
  using Script = std::function<void(RudeTalk&)>;
  explicit RudeServer(Script script)
      : script_(std::move(script)),
        listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0)
      std::abort();
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  ~RudeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    ::close(listener_);
  }
  RudeServer(const RudeServer&) = delete;
  RudeServer& operator=(const RudeServer&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      ++connections_;
      const std::lock_guard lock(mutex_);
      sockets_.push_back(socket);
      threads_.emplace_back([this, socket] {
        RudeTalk talk(socket);
        script_(talk);
        const std::lock_guard held(mutex_);
        sockets_.remove(socket);
        ::close(socket);
      });
    }
  }

  Script script_;
  int listener_, port_{0};
  std::atomic<int> connections_{0};
  std::mutex mutex_{};  // guards sockets_
  std::list<int> sockets_{};
  std::list<std::thread> threads_{};
  std::thread acceptor_{};
};

}  // namespace monitorix::check

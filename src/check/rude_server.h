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

/// The port that it got.
inline int bind_to_loopback(int socket) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

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
    port_ = bind_to_loopback(listener_);
    if (::listen(listener_, 64) != 0) std::abort();
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

/// A name server on loopback for which every name is 127.0.0.1; deaf to the first questions.
class DeafNameServer {
 public:
  explicit DeafNameServer(int deaf_to) : deaf_to_(deaf_to), socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    port_ = bind_to_loopback(socket_);
    thread_ = std::thread([this] { answer_all(); });
  }
  ~DeafNameServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  DeafNameServer(const DeafNameServer&) = delete;
  DeafNameServer& operator=(const DeafNameServer&) = delete;

  [[nodiscard]] std::string text() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  void answer_all() {
    static constexpr std::size_t kHeader = 12, kTypeAndClass = 4;
    static constexpr std::string_view kAnswer{"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1", 16};
    for (;;) {
      char bytes[512];
      sockaddr_in who{};
      socklen_t size = sizeof(who);
      const auto got = ::recvfrom(socket_, bytes, sizeof(bytes), 0, reinterpret_cast<sockaddr*>(&who), &size);
      if (got < static_cast<ssize_t>(kHeader)) return;
      if (deaf_to_-- > 0) continue;
      const std::string question(bytes, static_cast<std::size_t>(got));
      const std::size_t end = question.find('\0', kHeader) + 1 + kTypeAndClass;
      std::string answer = question.substr(0, 2) + std::string("\x81\x80\0\1\0\1\0\0\0\0", 10);
      answer += question.substr(kHeader, end - kHeader) + std::string(kAnswer);
      ::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&who), size);
    }
  }

  int deaf_to_, socket_, port_{0};
  std::thread thread_{};
};

}  // namespace monitorix::check

#include "app/line/control_socket.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/log.h"

namespace monitorix::app {
namespace {

constexpr std::uint32_t kMaxMessage = 16u << 20;
constexpr int kPatienceSeconds = 10;  // a client that says nothing holds the thread no longer

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

bool read_all(int socket, char* into, std::size_t count) {
  while (count > 0) {
    const ssize_t got = ::recv(socket, into, count, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    into += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int socket, const char* from, std::size_t count) {
  while (count > 0) {
    const ssize_t put = ::send(socket, from, count, MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    from += put;
    count -= static_cast<std::size_t>(put);
  }
  return true;
}

bool send_message(int socket, const std::string& text) {
  const auto size = static_cast<std::uint32_t>(text.size());
  std::array<char, 4> head{};
  for (unsigned at = 0; at < 4; ++at) head[at] = static_cast<char>(size >> 8u * at & 0xFFu);
  return text.size() <= kMaxMessage && write_all(socket, head.data(), head.size()) &&
         write_all(socket, text.data(), text.size());
}

std::optional<std::string> receive_message(int socket) {
  std::array<unsigned char, 4> head{};
  if (!read_all(socket, reinterpret_cast<char*>(head.data()), head.size())) return std::nullopt;
  std::uint32_t size = 0;
  for (unsigned at = 0; at < 4; ++at) size |= static_cast<std::uint32_t>(head[at]) << 8u * at;
  if (size > kMaxMessage) return std::nullopt;
  std::string text(size, '\0');
  if (!read_all(socket, text.data(), text.size())) return std::nullopt;
  return text;
}

std::optional<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return std::nullopt;
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

}  // namespace

struct ControlServer::Impl {
  std::string path;
  Handler handler;
  Descriptor listener{};
  Descriptor wake{};
  std::thread thread{};

  void serve() {
    for (;;) {
      std::array<pollfd, 2> events{pollfd{listener.number(), POLLIN, 0}, pollfd{wake.number(), POLLIN, 0}};
      if (::poll(events.data(), events.size(), -1) < 0 && errno != EINTR) return;
      if (events[1].revents != 0) return;
      if ((events[0].revents & POLLIN) == 0) continue;
      const Descriptor peer(::accept4(listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!peer.is_open()) continue;
      const timeval patience{kPatienceSeconds, 0};
      ::setsockopt(peer.number(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
      ::setsockopt(peer.number(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
      const auto request = receive_message(peer.number());
      if (request) send_message(peer.number(), handler(*request));
    }
  }
};

ControlServer::ControlServer(std::string path, Handler handler)
    : impl_(std::make_unique<Impl>(Impl{std::move(path), std::move(handler)})) {}

ControlServer::~ControlServer() { stop(); }

Status ControlServer::start() {
  const auto address = address_of(impl_->path);
  if (!address) return fail(Errc::invalid, "control socket " + impl_->path + ": the path is too long");
  ::unlink(impl_->path.c_str());  // the data directory's lock is ours: whoever made it is gone
  impl_->listener = Descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  impl_->wake = Descriptor(::eventfd(0, EFD_CLOEXEC));
  const mode_t before = ::umask(0177);
  const bool bound = impl_->listener.is_open() && impl_->wake.is_open() &&
                     ::bind(impl_->listener.number(), generic(*address), sizeof(*address)) == 0;
  ::umask(before);
  if (!bound || ::listen(impl_->listener.number(), 8) != 0)
    return fail(Errc::io, "control socket " + impl_->path + ": " + std::strerror(errno));
  impl_->thread = std::thread([impl = impl_.get()] { impl->serve(); });
  return {};
}

void ControlServer::stop() {
  if (!impl_->thread.joinable()) return;
  const std::uint64_t one = 1;
  if (::write(impl_->wake.number(), &one, sizeof(one)) != sizeof(one)) log::warn("control socket does not wake");
  impl_->thread.join();
  ::unlink(impl_->path.c_str());
}

Result<std::optional<std::string>> ask_server(const std::string& path, const std::string& request) {
  const auto address = address_of(path);
  if (!address) return fail(Errc::invalid, "control socket " + path + ": the path is too long");
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return fail(Errc::io, std::strerror(errno));
  if (::connect(socket.number(), generic(*address), sizeof(*address)) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return std::optional<std::string>{};
    return fail(errno == EACCES ? Errc::denied : Errc::io, "control socket " + path + ": " + std::strerror(errno));
  }
  if (!send_message(socket.number(), request)) return fail(Errc::io, "the server does not take the order");
  auto answer = receive_message(socket.number());
  if (!answer) return fail(Errc::io, "the server hung up without an answer");
  return answer;
}

}  // namespace monitorix::app

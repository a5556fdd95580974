#include "app/self/service_manager.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace monitorix::app {
namespace {

std::optional<std::int64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [at, error] = std::from_chars(text, end, value);
  return error == std::errc{} && at == end && value > 0 ? std::optional(value) : std::nullopt;
}

}  // namespace

ServiceManager ServiceManager::from_environment() {
  const char* socket = std::getenv("NOTIFY_SOCKET");
  if (!socket) return {};
  const auto microseconds = number_in("WATCHDOG_USEC");
  const auto process = number_in("WATCHDOG_PID");
  const bool is_ours = microseconds && (!process || *process == ::getpid());
  return {socket, is_ours ? std::optional(std::chrono::microseconds{*microseconds}) : std::nullopt};
}

bool ServiceManager::say(std::string_view state) const {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return false;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // a name that is no file
  const int line = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (line < 0) return false;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const auto sent =
      ::sendto(line, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address), length);
  ::close(line);
  return sent == static_cast<ssize_t>(state.size());
}

std::optional<std::chrono::milliseconds> ServiceManager::period() const {
  if (!watchdog_) return std::nullopt;
  // A third: one that is late does not end us.
  return std::max(std::chrono::duration_cast<std::chrono::milliseconds>(*watchdog_ / 3),
                  std::chrono::milliseconds{100});
}

}  // namespace monitorix::app

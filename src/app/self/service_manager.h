#pragma once
// Tells systemd that we are ready, alive and stopping, by the protocol of sd_notify(3): datagrams to the socket that it
// names. Without one, as in a container, nothing is said. On the loop.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace monitorix::app {

class ServiceManager {
 public:
  /// From NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  static ServiceManager from_environment();
  ServiceManager() = default;
  ServiceManager(std::string socket, std::optional<std::chrono::microseconds> watchdog)
      : socket_(std::move(socket)),
        watchdog_(watchdog) {}

  /// READY=1, WATCHDOG=1, STOPPING=1. False when nobody took it.
  bool say(std::string_view state) const;  // NOLINT(modernize-use-nodiscard): nothing else can be done then
  /// How often WATCHDOG=1 must be said; nothing when nobody waits for it.
  [[nodiscard]] std::optional<std::chrono::milliseconds> period() const;

 private:
  std::string socket_{};
  std::optional<std::chrono::microseconds> watchdog_{};
};

}  // namespace monitorix::app

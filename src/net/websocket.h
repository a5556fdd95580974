#pragma once
// One WebSocket peer (server side): bounded queue, gathered writes, protocol pings, limits of security S33-S34.
// All calls on the loop's thread.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "net/task.h"

namespace monitorix::net {

/// A text message in two pieces, written without copying: a head of this peer's own, a body that many peers share.
struct Frame {
  std::string head{};
  std::shared_ptr<const std::string> body{};
  [[nodiscard]] std::size_t size() const { return head.size() + (body ? body->size() : 0); }
};

class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// The next text message (<= 16 KiB), or Errc::unreachable when the peer is gone or silent for 75 s,
  /// Errc::protocol when it broke a rule (the socket is then closed already).
  virtual Task<Result<std::string>> read() = 0;
  /// Queues a message; false when closed. The caller watches queued_bytes() and drops by its own policy.
  virtual bool send(Frame frame) = 0;
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  /// How long the oldest queued byte has waited without any progress of the peer; 0 when the queue is empty.
  [[nodiscard]] virtual std::chrono::milliseconds stalled_for() const = 0;
  /// Drops all queued messages except the one being written.
  virtual void drop_queue() = 0;
  /// Runs once whenever the queue has become empty.
  virtual void on_drained(std::function<void()> callback) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  [[nodiscard]] virtual bool is_open() const = 0;
};

}  // namespace monitorix::net

#pragma once
// The ICMP socket of one family: opens it in the kind that is allowed, sends many echoes with one call, reads replies
// and errors. Knows nothing of who waits. Included by net/'s .cpp files only.

#include <array>
#include <functional>
#include <string>

#include "net/outbound/echo.h"
#include "net/outbound/echo_packet.h"

namespace monitorix::net {

class EchoSocket {
 public:
  struct Outgoing {
    const EchoTerms* terms{};  ///< outlives the call
    Echo echo{};
  };
  struct Reply {
    SocketAddress from{};
    Echo echo{};
    std::chrono::nanoseconds received{};  ///< of the kernel's wall clock; 0 = unknown
  };
  struct Refused {
    SocketAddress to{}, by{};
    Echo echo{};
    int type{}, code{};
  };

  explicit EchoSocket(IcmpFamily family) : family_(family) {}
  ~EchoSocket() { close(); }
  EchoSocket(const EchoSocket&) = delete;
  EchoSocket& operator=(const EchoSocket&) = delete;

  /// Trouble::permission, or local when there is no descriptor.
  Outcome<void> open();
  void close();
  [[nodiscard]] bool is_open() const { return socket_ >= 0; }
  [[nodiscard]] int descriptor() const { return socket_; }
  /// How many of them went out; below that count, errno says why the next one did not.
  std::size_t send(const std::vector<Outgoing>& echoes, std::size_t from);
  /// false when the socket is broken and must be made anew.
  bool read_replies(const std::function<void(const Reply&)>& take);
  void read_errors(const std::function<void(const Refused&)>& take);

 private:
  static constexpr std::size_t kBatch = 64;
  [[nodiscard]] int level() const;
  void set_options() const;

  IcmpFamily family_;
  int socket_{-1};
  bool raw_{false};
  std::array<std::string, kBatch> packets_{};  ///< of the last call; their memory serves the next
};

}  // namespace monitorix::net

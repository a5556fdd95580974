#pragma once
// One TCP connection to somebody, plain at first and TLS when asked for: judged by the outbound policy on the address
// itself, one deadline for all. On the loop only. A line is used by one coroutine.

#include <memory>
#include <optional>
#include <string_view>

#include "net/outbound/fault.h"
#include "net/outbound/limit.h"
#include "net/outbound/peer_chain.h"
#include "net/outbound/policy.h"
#include "net/outbound/trust.h"
#include "net/task.h"

namespace monitorix::net {

/// May this socket be made? The one gate that every outgoing socket passes.
std::optional<Fault> forbidden(const SocketAddress& to, const OutboundPolicy& policy);
/// A judged, unconnected, non-blocking socket, bound to `from` when given; errors as fault_of_errno tells.
Outcome<int> open_socket(const SocketAddress& to, int kind, const std::optional<SocketAddress>& from,
                         const OutboundPolicy& policy);

/// Why a connection did not come about: a missing route is ours when the kernel knows none, else a router's word.
Fault fault_of_connect(int error, const SocketAddress& to, const std::optional<SocketAddress>& from);

class Line {
 public:
  static Task<Outcome<std::unique_ptr<Line>>> dial(Loop& loop, const OutboundPolicy& policy, SocketAddress to,
                                                   std::optional<SocketAddress> from, std::shared_ptr<Limit> limit);
  ~Line();
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  Task<Outcome<void>> start_tls(TrustStore& trust, const TlsTerms& terms);
  Task<Outcome<void>> write(std::string_view bytes);
  /// At least one byte, or 0 when the peer closed.
  Task<Outcome<std::size_t>> read_some(char* into, std::size_t room);
  /// What the peer showed; also after a handshake that failed for it.
  [[nodiscard]] const std::optional<PeerChain>& peer() const;
  [[nodiscard]] bool is_tls() const;
  /// The one of the offered protocols that the peer took; "" when it took none.
  [[nodiscard]] std::string_view protocol() const;
  /// Gives the plain socket away, connected.
  int release();

 private:
  struct Impl;
  explicit Line(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace monitorix::net

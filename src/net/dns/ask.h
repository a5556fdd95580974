#pragma once
// One question to one DNS server: UDP with its repeats, TCP when the answer was cut, or TLS. An answer of another
// question, id or sender is not taken.

#include <optional>
#include <string>

#include "net/dns/message.h"
#include "net/outbound/fault.h"
#include "net/outbound/limit.h"
#include "net/outbound/peer_chain.h"
#include "net/outbound/policy.h"
#include "net/outbound/trust.h"
#include "net/task.h"

namespace monitorix::net {

enum class DnsTransport : std::uint8_t { udp, tcp, tls };

struct DnsCall {
  SocketAddress server{};
  DnsQuestion question{};
  DnsTransport transport{DnsTransport::udp};
  std::optional<SocketAddress> from{};
  TlsTerms tls{};
};

struct DnsAnswer {
  DnsMessage message{};
  std::chrono::microseconds connect{}, tls{}, answer{};  ///< connect and tls: 0 over UDP
  std::optional<PeerChain> peer{};
};

Task<Outcome<DnsAnswer>> ask_dns(Loop& loop, const OutboundPolicy& policy, TrustStore& trust, DnsCall call,
                                 std::shared_ptr<Limit> limit);

}  // namespace monitorix::net

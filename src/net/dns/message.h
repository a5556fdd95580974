#pragma once
// DNS messages (RFC 1035, EDNS of RFC 6891) as they go over the wire, and records as text. Pure; reads foreign bytes
// with a limit on everything.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/outbound/address.h"

namespace monitorix::net {

struct DnsQuestion {
  std::string name{};  ///< without the last dot; "" = the root
  std::uint16_t type{1};
  bool recursive{true};
  bool authentic{false};  ///< asks whether the answer was validated (AD)
};

struct DnsRecord {
  std::string name{};
  std::uint16_t type{}, kind{};  ///< kind: 1 = IN
  std::uint32_t ttl{};
  /// As zone files write it, names without the last dot: `10 mail.example.org`; unknown types in hex.
  std::string text{};
  std::string target{};                    ///< of CNAME, NS, PTR
  std::optional<SocketAddress> address{};  ///< of A, AAAA; port 0
  std::optional<std::uint32_t> serial{};   ///< of SOA
};

struct DnsMessage {
  std::uint16_t id{};
  bool is_answer{false}, truncated{false}, authentic{false};
  int rcode{0};
  std::vector<DnsQuestion> questions{};
  std::vector<DnsRecord> answers{}, authorities{};
};

/// Errc::invalid when the name is none (labels of 1 to 63 bytes, 253 in all).
Result<std::string> encode_question(std::uint16_t id, const DnsQuestion& question);
Result<DnsMessage> parse_dns_message(std::string_view bytes);
/// Is this the answer to that question? (id, name and type; names without regard to case)
bool answers_question(const DnsMessage& message, std::uint16_t id, const DnsQuestion& question);

std::optional<std::uint16_t> dns_type(std::string_view name);  ///< of those that we can show
std::string dns_rcode(int number);                             ///< NOERROR, NXDOMAIN, …
/// 4.3.2.1.in-addr.arpa and its kin.
std::string reverse_name(const SocketAddress& address);
bool same_dns_name(std::string_view one, std::string_view other);

}  // namespace monitorix::net

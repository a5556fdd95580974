#pragma once
// Whom we may call (security S50-S55). Decided on the socket address at connect time, never on text; a v4 address that
// is wrapped into a v6 one is judged as the v4 it is. Pure but for own_addresses().

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/outbound/address.h"

namespace monitorix::net {

struct Cidr {
  std::array<std::uint8_t, 16> bits{};  ///< v4 stands in the last four bytes, mapped
  int length{128};                      ///< of the mapped form: 10.0.0.0/8 has 104
  bool operator==(const Cidr&) const = default;
};
/// "127.0.0.0/8", "fe80::/10", "192.0.2.1".
Result<Cidr> parse_cidr(std::string_view text);

struct OutboundPolicy {
  std::vector<Cidr> allowed{};  ///< an administrator's list; opens what is not open, but nothing that is never
  std::vector<SocketAddress> own_listeners{};  ///< never called; 0.0.0.0 and :: stand for all addresses of this machine
  bool private_by_list{false};                 ///< private networks are closed too unless the list opens them (S54)
};

enum class Ruling : std::uint8_t {
  allowed,
  unspecified,
  multicast,
  metadata,
  loopback,
  link_local,
  private_network,
  own_listener
};

/// `own` are the addresses of this machine; asked only when a listener is bound to all of them.
Ruling judge(const SocketAddress& address, const OutboundPolicy& policy, const std::vector<SocketAddress>& own);
/// The same with the addresses that this machine has now.
Ruling judge(const SocketAddress& address, const OutboundPolicy& policy);
std::vector<SocketAddress> own_addresses();
/// Is it on the administrator's list?
bool is_listed(const SocketAddress& address, const OutboundPolicy& policy);
/// One sentence for people: what it is, and what an administrator can do about it.
std::string explain(Ruling ruling, const SocketAddress& address);

}  // namespace monitorix::net

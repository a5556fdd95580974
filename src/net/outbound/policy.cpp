#include "net/outbound/policy.h"

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <charconv>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <optional>

namespace monitorix::net {
namespace {

using Bits = std::array<std::uint8_t, 16>;
constexpr int kMappedBits = 96;  // ::ffff:0:0/96 is where v4 stands in the common form

Bits mapped(std::uint32_t v4) {
  Bits out{};
  out[10] = out[11] = 0xff;
  for (std::size_t at = 0; at < 4; ++at) out[12 + at] = static_cast<std::uint8_t>(v4 >> (24 - 8 * at));
  return out;
}

std::uint32_t number_at(const Bits& bits, std::size_t at) {
  return static_cast<std::uint32_t>(bits[at]) << 24 | static_cast<std::uint32_t>(bits[at + 1]) << 16 |
         static_cast<std::uint32_t>(bits[at + 2]) << 8 | bits[at + 3];
}

bool begins_with(const Bits& bits, std::initializer_list<std::uint8_t> prefix) {
  return std::equal(prefix.begin(), prefix.end(), bits.begin());
}

bool is_zero(const Bits& bits, std::size_t from, std::size_t to) {
  return std::all_of(bits.begin() + static_cast<long>(from), bits.begin() + static_cast<long>(to),
                     [](std::uint8_t byte) { return byte == 0; });
}

Bits bits_of(const SocketAddress& address) {
  if (address.is_v4()) return mapped(ntohl(address.as_v4().sin_addr.s_addr));
  Bits out{};
  std::memcpy(out.data(), &address.as_v6().sin6_addr, out.size());
  return out;
}

/// The v4 addresses that a v6 one may lead to, by one of the ways networks carry v4 in v6. NAT64 with a prefix of its
/// own (RFC 8215) can hold it in several places (RFC 6052), therefore several answers.
std::vector<std::uint32_t> embedded(const Bits& bits) {
  if (begins_with(bits, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return {number_at(bits, 12)};  // mapped
  if (is_zero(bits, 0, 8) && bits[8] == 0xff && bits[9] == 0xff && bits[10] == 0 && bits[11] == 0)
    return {number_at(bits, 12)};  // translated, RFC 2765
  if (is_zero(bits, 0, 12)) {      // compatible; :: and ::1 are themselves
    const std::uint32_t inside = number_at(bits, 12);
    return inside > 1 ? std::vector{inside} : std::vector<std::uint32_t>{};
  }
  if (begins_with(bits, {0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0})) return {number_at(bits, 12)};  // NAT64
  if (begins_with(bits, {0, 0x64, 0xff, 0x9b, 0, 1})) {  // 64:ff9b:1::/48: after 48, 56, 64 or 96 bits, byte 8 left out
    const auto around = [&](std::size_t from) {
      std::uint32_t out = 0;
      for (std::size_t taken = 0, at = from; taken < 4; ++at) {
        if (at == 8) continue;
        out = out << 8 | bits[at];
        ++taken;
      }
      return out;
    };
    std::vector<std::uint32_t> all{around(6), around(7), around(9), number_at(bits, 12)};
    // Where one reading is meant, the others see its zeros.
    const bool any = std::ranges::any_of(all, [](std::uint32_t v4) { return v4 >> 24 != 0; });
    if (any) std::erase_if(all, [](std::uint32_t v4) { return v4 >> 24 == 0; });
    return all;
  }
  if (begins_with(bits, {0x20, 0x02})) return {number_at(bits, 2)};  // 6to4
  if (begins_with(bits, {0x20, 0x01, 0, 0}))                         // Teredo: server, client
    return {number_at(bits, 4), ~number_at(bits, 12)};
  if ((bits[8] == 0 || bits[8] == 2) && bits[9] == 0 && bits[10] == 0x5e && bits[11] == 0xfe)  // ISATAP
    return {number_at(bits, 12)};
  return {};
}

Ruling rule_v4(std::uint32_t v4) {
  const auto within = [v4](std::uint32_t network, int length) { return (v4 ^ network) >> (32 - length) == 0; };
  if (within(0x00000000, 8)) return Ruling::unspecified;  // Linux takes 0.0.0.0 for itself
  if (v4 == 0xa9fea9fe || v4 == 0xa9feaa02 || v4 == 0xa9feaa17 || v4 == 0x646464c8 || v4 == 0xc00000c0)
    return Ruling::metadata;  // 169.254.169.254, .170.2, .170.23 (AWS), 100.100.100.200 (Alibaba), 192.0.0.192 (Oracle)
  if (v4 == 0xa83f8110) return Ruling::metadata;  // 168.63.129.16 (Azure)
  if (within(0xe0000000, 4) || v4 == 0xffffffff) return Ruling::multicast;
  if (within(0x7f000000, 8)) return Ruling::loopback;
  if (within(0xa9fe0000, 16)) return Ruling::link_local;
  return Ruling::allowed;
}

Ruling rule_v6(const Bits& bits) {
  if (is_zero(bits, 0, 16)) return Ruling::unspecified;
  if (bits[0] == 0xff) return Ruling::multicast;
  constexpr Bits kAws{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};     // fd00:ec2::254
  constexpr Bits kAwsPods{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x23};    // fd00:ec2::23
  constexpr Bits kGoogle{0xfd, 0x20, 0, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54};  // fd20:ce::254
  constexpr Bits kScaleway{0xfd, 0, 0, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x42};      // fd00:42::42
  if (bits == kAws || bits == kAwsPods || bits == kGoogle || bits == kScaleway) return Ruling::metadata;
  if (begins_with(bits, {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) && number_at(bits, 12) == 0xa9fea9fe)
    return Ruling::metadata;  // fe80::a9fe:a9fe, used where v4 is absent
  if (is_zero(bits, 0, 15) && bits[15] == 1) return Ruling::loopback;
  if (bits[0] == 0xfe && (bits[1] & 0xc0) == 0x80) return Ruling::link_local;
  return Ruling::allowed;
}

bool lies_in(const Bits& bits, const Cidr& range) {
  const auto whole = static_cast<std::size_t>(range.length / 8);
  if (!std::equal(bits.begin(), bits.begin() + static_cast<long>(whole), range.bits.begin())) return false;
  const int rest = range.length % 8;
  return rest == 0 || ((bits[whole] ^ range.bits[whole]) >> (8 - rest)) == 0;
}

bool is_never(Ruling ruling) {
  return ruling == Ruling::unspecified || ruling == Ruling::multicast || ruling == Ruling::metadata;
}

bool is_private(const Bits& bits) {
  if (!begins_with(bits, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return (bits[0] & 0xfe) == 0xfc;
  return bits[12] == 10 || (bits[12] == 172 && (bits[13] & 0xf0) == 16) || (bits[12] == 192 && bits[13] == 168) ||
         (bits[12] == 100 && (bits[13] & 0xc0) == 64);
}

/// Judges one plain form; the list opens loopback, link-local and, where they are closed, private networks.
Ruling rule(const Bits& bits, Ruling by_range, const OutboundPolicy& policy) {
  if (by_range == Ruling::allowed && policy.private_by_list && is_private(bits)) by_range = Ruling::private_network;
  if (by_range == Ruling::allowed || is_never(by_range)) return by_range;
  const bool opened = std::ranges::any_of(policy.allowed, [&](const Cidr& range) { return lies_in(bits, range); });
  return opened ? Ruling::allowed : by_range;
}

/// The forms under which an address could reach somebody; of one of IPv4 it is the only one.
using Forms = boost::container::small_vector<Bits, 1>;

/// Itself, and each v4 inside it.
Forms forms_of(const SocketAddress& address) {
  const Bits bits = bits_of(address);
  Forms out{bits};
  if (!address.is_v4())
    for (const std::uint32_t v4 : embedded(bits)) out.push_back(mapped(v4));
  return out;
}

bool is_everybody(const SocketAddress& listener) {
  return rule_v6(bits_of(listener)) == Ruling::unspecified ||
         (listener.is_v4() && listener.as_v4().sin_addr.s_addr == INADDR_ANY);
}

bool is_loopback(const Bits& bits) {
  if (begins_with(bits, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff})) return bits[12] == 127;
  return rule_v6(bits) == Ruling::loopback;
}

bool is_own(const Forms& forms, int port, const OutboundPolicy& policy, const std::vector<SocketAddress>& own) {
  for (const SocketAddress& listener : policy.own_listeners) {
    if (listener.port() != port) continue;
    for (const Bits& form : forms) {
      if (form == bits_of(listener)) return true;
      if (!is_everybody(listener)) continue;
      if (is_loopback(form)) return true;
      if (std::ranges::any_of(own, [&](const SocketAddress& mine) { return bits_of(mine) == form; })) return true;
    }
  }
  return false;
}

}  // namespace

Result<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  const std::string_view host = text.substr(0, slash);
  const auto address = SocketAddress::parse(host, 0);
  const bool dotted = std::ranges::count(host, '.') == 3 || host.find(':') != std::string_view::npos;
  if (!address || !dotted) return fail(Errc::invalid, "not an IP network, like 192.0.2.0/24");
  const int most = address->is_v4() ? 32 : 128;
  int length = most;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc() || end != digits.data() + digits.size() || length < 0 || length > most)
      return fail(Errc::invalid, "the length of the network must be 0 to " + std::to_string(most));
  }
  return Cidr{bits_of(*address), address->is_v4() ? kMappedBits + length : length};
}

Ruling judge(const SocketAddress& address, const OutboundPolicy& policy, const std::vector<SocketAddress>& own) {
  const Forms forms = forms_of(address);
  if (is_own(forms, address.port(), policy, own)) return Ruling::own_listener;
  if (!address.is_v4())
    if (const Ruling outer = rule(forms[0], rule_v6(forms[0]), policy); outer != Ruling::allowed) return outer;
  for (std::size_t at = address.is_v4() ? 0 : 1; at < forms.size(); ++at)
    if (const Ruling inner = rule(forms[at], rule_v4(number_at(forms[at], 12)), policy); inner != Ruling::allowed)
      return inner;
  return Ruling::allowed;
}

Ruling judge(const SocketAddress& address, const OutboundPolicy& policy) {
  const bool may_be_own = std::ranges::any_of(policy.own_listeners, [&](const SocketAddress& listener) {
    return listener.port() == address.port() && is_everybody(listener);
  });
  return judge(address, policy, may_be_own ? own_addresses() : std::vector<SocketAddress>{});
}

bool is_listed(const SocketAddress& address, const OutboundPolicy& policy) {
  const Bits bits = bits_of(address);
  return std::ranges::any_of(policy.allowed, [&](const Cidr& range) { return lies_in(bits, range); });
}

std::vector<SocketAddress> own_addresses() {
  std::vector<SocketAddress> out;
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return out;
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* at = list; at; at = at->ifa_next) {
    if (!at->ifa_addr) continue;
    const socklen_t size = at->ifa_addr->sa_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
    if (const auto address = SocketAddress::from(at->ifa_addr, size)) out.push_back(*address);
  }
  return out;
}

std::string explain(Ruling ruling, const SocketAddress& address) {
  std::string who = address.host();
  switch (ruling) {
    case Ruling::allowed: return who + " may be called";
    case Ruling::unspecified: return who + " stands for no machine; it is never called";
    case Ruling::multicast: return who + " is a multicast or broadcast address; it is never called";
    case Ruling::metadata: return who + " is a cloud's metadata service; it is never called";
    case Ruling::loopback:
      return who + " is this machine itself; an administrator can open it in the list of outbound networks";
    case Ruling::link_local:
      return who + " is a link-local address; an administrator can open it in the list of outbound networks";
    case Ruling::private_network:
      return who + " is a private address; an administrator can open it in the list of outbound networks";
    case Ruling::own_listener: return address.text() + " is where Monitorix itself listens; it is never called";
  }
  return who;
}

}  // namespace monitorix::net

#include "net/outbound/address.h"

#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>
#include <net/if.h>
#include <tuple>

namespace monitorix::net {
namespace {

std::optional<int> port_of(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535) return std::nullopt;
  return port;
}

/// inet_ntop goes through printf, and every check names its address.
std::string dotted(std::uint32_t host_order) {
  std::array<char, INET_ADDRSTRLEN> text{};
  char* end = text.data();
  for (int shift = 24; shift >= 0; shift -= 8) {
    end = std::to_chars(end, text.data() + text.size(), (host_order >> shift) & 0xffu).ptr;
    if (shift > 0) *end++ = '.';
  }
  return {text.data(), end};
}

std::uint32_t scope_of(const std::string& zone) {
  if (const unsigned index = ::if_nametoindex(zone.c_str()); index != 0) return index;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(zone.data(), zone.data() + zone.size(), number);
  return error == std::errc() && end == zone.data() + zone.size() ? number : 0;
}

}  // namespace

std::optional<SocketAddress> SocketAddress::from(const sockaddr* address, socklen_t length) {
  SocketAddress out;
  if (!address || length < sizeof(sa_family_t)) return std::nullopt;
  if (address->sa_family == AF_INET && length >= sizeof(sockaddr_in)) {
    std::memcpy(&out.storage_.v4, address, sizeof(sockaddr_in));
  } else if (address->sa_family == AF_INET6 && length >= sizeof(sockaddr_in6)) {
    std::memcpy(&out.storage_.v6, address, sizeof(sockaddr_in6));
  } else {
    return std::nullopt;
  }
  return out;
}

SocketAddress SocketAddress::v4(std::uint32_t host_order, int port) {
  SocketAddress out;
  out.storage_.v4.sin_family = AF_INET;
  out.storage_.v4.sin_port = htons(static_cast<std::uint16_t>(port));
  out.storage_.v4.sin_addr.s_addr = htonl(host_order);
  return out;
}

SocketAddress SocketAddress::v6(const in6_addr& address, int port, std::uint32_t scope) {
  SocketAddress out;
  out.storage_.v6.sin6_family = AF_INET6;
  out.storage_.v6.sin6_port = htons(static_cast<std::uint16_t>(port));
  out.storage_.v6.sin6_addr = address;
  out.storage_.v6.sin6_scope_id = scope;
  return out;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view host, int port) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.size() > 100) return std::nullopt;
  const std::string text(host);
  if (text.find(':') == std::string::npos) {
    in_addr v4_address{};
    // inet_aton takes what comes after a blank for a remark.
    if (text.find_first_of(" \t\r\n") != std::string::npos || ::inet_aton(text.c_str(), &v4_address) == 0)
      return std::nullopt;
    return v4(ntohl(v4_address.s_addr), port);
  }
  const auto percent = text.find('%');
  in6_addr v6_address{};
  if (::inet_pton(AF_INET6, text.substr(0, percent).c_str(), &v6_address) != 1) return std::nullopt;
  return v6(v6_address, port, percent == std::string::npos ? 0 : scope_of(text.substr(percent + 1)));
}

std::optional<SocketAddress> SocketAddress::parse_with_port(std::string_view text, int default_port) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view host = text.substr(0, end + 1), rest = text.substr(end + 1);
    if (rest.empty()) return parse(host, default_port);
    const auto port = rest.starts_with(':') ? port_of(rest.substr(1)) : std::nullopt;
    return port ? parse(host, *port) : std::nullopt;
  }
  const auto first = text.find(':');
  if (first == std::string_view::npos || first != text.rfind(':')) return parse(text, default_port);
  const auto port = port_of(text.substr(first + 1));
  return port ? parse(text.substr(0, first), *port) : std::nullopt;
}

int SocketAddress::port() const { return ntohs(is_v4() ? storage_.v4.sin_port : storage_.v6.sin6_port); }

SocketAddress SocketAddress::with_port(int port) const {
  SocketAddress out = *this;
  (out.is_v4() ? out.storage_.v4.sin_port : out.storage_.v6.sin6_port) = htons(static_cast<std::uint16_t>(port));
  return out;
}

std::string SocketAddress::host() const {
  if (is_v4()) return dotted(ntohl(storage_.v4.sin_addr.s_addr));
  if (family() != AF_INET6) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  std::string out = ::inet_ntop(AF_INET6, &storage_.v6.sin6_addr, text.data(), text.size());
  if (storage_.v6.sin6_scope_id == 0) return out;
  std::array<char, IF_NAMESIZE> name{};
  const char* known = ::if_indextoname(storage_.v6.sin6_scope_id, name.data());
  return out + '%' + (known ? std::string(known) : std::to_string(storage_.v6.sin6_scope_id));
}

std::string SocketAddress::text() const {
  return (is_v4() ? host() : '[' + host() + ']') + ':' + std::to_string(port());
}

bool SocketAddress::operator==(const SocketAddress& other) const {
  if (family() != other.family() || port() != other.port()) return false;
  if (is_v4()) return storage_.v4.sin_addr.s_addr == other.storage_.v4.sin_addr.s_addr;
  return std::memcmp(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr, sizeof(in6_addr)) == 0 &&
         storage_.v6.sin6_scope_id == other.storage_.v6.sin6_scope_id;
}

bool SocketAddress::operator<(const SocketAddress& other) const {
  if (family() != other.family()) return family() < other.family();
  if (is_v4())
    return std::tuple(ntohl(storage_.v4.sin_addr.s_addr), port()) <
           std::tuple(ntohl(other.storage_.v4.sin_addr.s_addr), other.port());
  const int order = std::memcmp(&storage_.v6.sin6_addr, &other.storage_.v6.sin6_addr, sizeof(in6_addr));
  if (order != 0) return order < 0;
  return std::tuple(storage_.v6.sin6_scope_id, port()) < std::tuple(other.storage_.v6.sin6_scope_id, other.port());
}

}  // namespace monitorix::net

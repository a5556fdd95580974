#pragma once
// An IP address and port as the kernel takes it. A value; never a name.

#include <netinet/in.h>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace monitorix::net {

class SocketAddress {
 public:
  SocketAddress() { storage_.v6 = {}; }
  static std::optional<SocketAddress> from(const sockaddr* address, socklen_t length);
  static SocketAddress v4(std::uint32_t host_order, int port);
  static SocketAddress v6(const in6_addr& address, int port, std::uint32_t scope = 0);
  /// Every spelling that the C library takes for a number: 127.1, 0x7f.1, 2130706433, [::1], fe80::1%eth0.
  static std::optional<SocketAddress> parse(std::string_view host, int port);
  /// "ip", "ip:port", "[ip]:port"; the port given stands in when the text has none.
  static std::optional<SocketAddress> parse_with_port(std::string_view text, int default_port);

  [[nodiscard]] int family() const { return storage_.any.sa_family; }
  [[nodiscard]] bool is_v4() const { return family() == AF_INET; }
  [[nodiscard]] int port() const;
  [[nodiscard]] const sockaddr* data() const { return &storage_.any; }
  [[nodiscard]] socklen_t size() const { return is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }
  [[nodiscard]] const sockaddr_in& as_v4() const { return storage_.v4; }
  [[nodiscard]] const sockaddr_in6& as_v6() const { return storage_.v6; }
  [[nodiscard]] SocketAddress with_port(int port) const;
  [[nodiscard]] std::string host() const;  ///< 192.0.2.1, fe80::1%eth0
  [[nodiscard]] std::string text() const;  ///< 192.0.2.1:80, [2001:db8::1]:80
  bool operator==(const SocketAddress& other) const;
  bool operator<(const SocketAddress& other) const;

 private:
  union Storage {
    sockaddr any;
    sockaddr_in v4;
    sockaddr_in6 v6;
  } storage_;
};

}  // namespace monitorix::net

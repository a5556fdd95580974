#include "net/outbound/echo_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <sys/socket.h>
#include <unistd.h>

namespace monitorix::net {
namespace {

constexpr std::size_t kRoom = 256;  // more of a reply than its nonce is not looked at
constexpr int kReceiveBuffer = 4 << 20;

const char* kHowToAllow =
    "Monitorix may not ping here: set sysctl net.ipv4.ping_group_range=\"0 2147483647\", or give it CAP_NET_RAW "
    "(systemd: AmbientCapabilities=CAP_NET_RAW; compose: cap_add: [NET_RAW]; or setcap cap_net_raw+ep on the program)";

struct Control {
  alignas(cmsghdr) std::array<char, 256> bytes{};
  std::size_t used{0};

  template <class T>
  void add(int level, int type, const T& value) {
    auto* header = reinterpret_cast<cmsghdr*>(bytes.data() + used);
    header->cmsg_level = level;
    header->cmsg_type = type;
    header->cmsg_len = CMSG_LEN(sizeof(T));
    std::memcpy(CMSG_DATA(header), &value, sizeof(T));
    used += CMSG_SPACE(sizeof(T));
  }
};

void add_wishes(Control& control, const EchoTerms& terms) {
  const bool v4 = terms.to.is_v4();
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (terms.ttl) control.add(level, v4 ? IP_TTL : IPV6_HOPLIMIT, *terms.ttl);
  if (terms.dscp) control.add(level, v4 ? IP_TOS : IPV6_TCLASS, *terms.dscp << 2);
  if (terms.from && terms.from->is_v4() == v4) {
    if (v4) {
      in_pktinfo info{};
      info.ipi_spec_dst = terms.from->as_v4().sin_addr;
      control.add(level, IP_PKTINFO, info);
    } else {
      in6_pktinfo info{};
      info.ipi6_addr = terms.from->as_v6().sin6_addr;
      control.add(level, IPV6_PKTINFO, info);
    }
  }
}

}  // namespace

int EchoSocket::level() const { return family_ == IcmpFamily::v4 ? IPPROTO_IP : IPPROTO_IPV6; }

Outcome<void> EchoSocket::open() {
  if (is_open()) return {};
  const int domain = family_ == IcmpFamily::v4 ? AF_INET : AF_INET6;
  const int protocol = family_ == IcmpFamily::v4 ? static_cast<int>(IPPROTO_ICMP) : static_cast<int>(IPPROTO_ICMPV6);
  raw_ = false;
  socket_ = ::socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (socket_ < 0 && (errno == EACCES || errno == EPERM || errno == EPROTONOSUPPORT)) {
    socket_ = ::socket(domain, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    raw_ = socket_ >= 0;
    if (socket_ < 0 && (errno == EACCES || errno == EPERM || errno == EPROTONOSUPPORT))
      return broken(Trouble::permission, Phase::send, kHowToAllow);
  }
  if (socket_ < 0) return broken(fault_of_errno(errno, Phase::send, Heard::at_once, "ICMP"));
  set_options();
  return {};
}

void EchoSocket::set_options() const {
  const int on = 1, any_size = IP_PMTUDISC_DONT;
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof(kReceiveBuffer));
  ::setsockopt(socket_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on));
  if (family_ == IcmpFamily::v4) {
    ::setsockopt(socket_, IPPROTO_IP, IP_RECVERR, &on, sizeof(on));
    ::setsockopt(socket_, IPPROTO_IP, IP_MTU_DISCOVER, &any_size, sizeof(any_size));
    icmp_filter replies_only{};
    replies_only.data = ~(1u << ICMP_ECHOREPLY);
    if (raw_) ::setsockopt(socket_, SOL_RAW, ICMP_FILTER, &replies_only, sizeof(replies_only));
  } else {
    ::setsockopt(socket_, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof(on));
    icmp6_filter replies_only{};
    ICMP6_FILTER_SETBLOCKALL(&replies_only);
    ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &replies_only);
    if (raw_) ::setsockopt(socket_, IPPROTO_ICMPV6, ICMP6_FILTER, &replies_only, sizeof(replies_only));
  }
}

void EchoSocket::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

std::size_t EchoSocket::send(const std::vector<Outgoing>& echoes, std::size_t from) {
  const std::size_t count = std::min(kBatch, echoes.size() - from);
  std::array<Control, kBatch> controls{};
  std::array<iovec, kBatch> parts{};
  std::array<mmsghdr, kBatch> messages{};
  for (std::size_t at = 0; at < count; ++at) {
    const Outgoing& out = echoes[from + at];
    packets_[at] = make_echo(family_, out.echo, out.terms->size, std::move(packets_[at]));
    parts[at] = {packets_[at].data(), packets_[at].size()};
    msghdr& head = messages[at].msg_hdr;
    head.msg_name = const_cast<sockaddr*>(out.terms->to.data());
    head.msg_namelen = out.terms->to.size();
    head.msg_iov = &parts[at];
    head.msg_iovlen = 1;
    if (!out.terms->ttl && !out.terms->dscp && !out.terms->from) continue;
    add_wishes(controls[at], *out.terms);
    head.msg_control = controls[at].bytes.data();
    head.msg_controllen = controls[at].used;
  }
  const int sent = ::sendmmsg(socket_, messages.data(), static_cast<unsigned>(count), MSG_NOSIGNAL);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

bool EchoSocket::read_replies(const std::function<void(const Reply&)>& take) {
  std::array<std::array<char, kRoom>, kBatch> rooms;
  std::array<Control, kBatch> controls;
  std::array<sockaddr_in6, kBatch> names;
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> messages;
  for (int turn = 0; turn < 16; ++turn) {
    for (std::size_t at = 0; at < kBatch; ++at) {
      parts[at] = {rooms[at].data(), kRoom};
      messages[at].msg_hdr = {
          &names[at], sizeof(names[at]), &parts[at], 1, controls[at].bytes.data(), controls[at].bytes.size(), 0};
    }
    const int got = ::recvmmsg(socket_, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (got < 0)
      return errno == EAGAIN || errno == EINTR || errno == EHOSTUNREACH || errno == ENETUNREACH ||
             errno == ECONNREFUSED || errno == EPROTO || errno == EACCES || errno == EMSGSIZE || errno == ENOPROTOOPT ||
             errno == EOPNOTSUPP || errno == EHOSTDOWN || errno == ENONET;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got); ++at) {
      msghdr& head = messages[at].msg_hdr;
      const auto from = SocketAddress::from(reinterpret_cast<sockaddr*>(&names[at]), head.msg_namelen);
      const auto echo = parse_reply(family_, {rooms[at].data(), std::min<std::size_t>(messages[at].msg_len, kRoom)},
                                    raw_ && family_ == IcmpFamily::v4 ? Front::ip : Front::icmp);
      if (!from || !echo) continue;
      Reply reply{*from, *echo};
      for (cmsghdr* note = CMSG_FIRSTHDR(&head); note; note = CMSG_NXTHDR(&head, note)) {
        if (note->cmsg_level != SOL_SOCKET || note->cmsg_type != SCM_TIMESTAMPNS) continue;
        timespec at_time{};
        std::memcpy(&at_time, CMSG_DATA(note), sizeof(at_time));
        reply.received = std::chrono::seconds{at_time.tv_sec} + std::chrono::nanoseconds{at_time.tv_nsec};
      }
      take(reply);
    }
    if (static_cast<std::size_t>(got) < kBatch) return true;
  }
  return true;
}

void EchoSocket::read_errors(const std::function<void(const Refused&)>& take) {
  for (int turn = 0; turn < 1024; ++turn) {
    std::array<char, kRoom> room;
    Control control;
    sockaddr_in6 name{};
    iovec part{room.data(), room.size()};
    msghdr head{&name, sizeof(name), &part, 1, control.bytes.data(), control.bytes.size(), 0};
    const auto got = ::recvmsg(socket_, &head, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (got < 0) return;
    const auto to = SocketAddress::from(reinterpret_cast<sockaddr*>(&name), head.msg_namelen);
    const auto echo = parse_quoted(family_, {room.data(), std::min(static_cast<std::size_t>(got), room.size())});
    if (!to || !echo) continue;
    const int wanted = family_ == IcmpFamily::v4 ? IP_RECVERR : IPV6_RECVERR;
    for (cmsghdr* note = CMSG_FIRSTHDR(&head); note; note = CMSG_NXTHDR(&head, note)) {
      if (note->cmsg_level != level() || note->cmsg_type != wanted) continue;
      auto* error = reinterpret_cast<sock_extended_err*>(CMSG_DATA(note));
      if (error->ee_origin != SO_EE_ORIGIN_ICMP && error->ee_origin != SO_EE_ORIGIN_ICMP6) continue;
      const auto by = SocketAddress::from(SO_EE_OFFENDER(error), sizeof(sockaddr_in6));
      take({*to, by.value_or(*to), *echo, error->ee_type, error->ee_code});
    }
  }
}

}  // namespace monitorix::net

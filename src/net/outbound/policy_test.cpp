#include "net/outbound/policy.h"

#include <doctest/doctest.h>
#include <string>

#include "net/outbound/address.h"

using namespace monitorix;
using namespace monitorix::net;

namespace {

Ruling ruling(const char* host, std::initializer_list<const char*> opened = {}, int port = 80) {
  OutboundPolicy policy{};
  for (const char* range : opened) policy.allowed.push_back(*parse_cidr(range));
  const auto address = SocketAddress::parse(host, port);
  REQUIRE_MESSAGE(address, host);
  return judge(*address, policy, {});
}

}  // namespace

TEST_CASE("private and public addresses may be called") {
  for (const char* host : {"10.0.0.1", "172.16.5.5", "192.168.1.1", "8.8.8.8", "100.64.0.1", "198.18.0.1", "fd00::1",
                           "2a00:1450::1", "2002:808:808::", "64:ff9b::808:808", "64:ff9b:1::808:808", "fd00:ec2::253"})
    CHECK_MESSAGE(ruling(host) == Ruling::allowed, host);
}

TEST_CASE("every range that is shut, in each of its wrappings") {
  struct Case {
    Ruling ruling;
    std::initializer_list<const char*> hosts;
  };
  const Case cases[]{
      {Ruling::unspecified, {"0.0.0.0", "0.1.2.3", "::", "::ffff:0:0", "64:ff9b::"}},
      {Ruling::loopback,
       {"127.0.0.1",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0177.0.0.1",
        "127.255.255.254",
        "::1",
        "::ffff:7f00:1",
        "::ffff:0:7f00:1",
        "::7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::7f00:1",
        "64:ff9b:1:7f00:0:100::",
        "64:ff9b:1:7f:0:1::",
        "64:ff9b:1:0:7f:0:100:0",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "2001:0:a09:909::80ff:fffe",
        "2001:db8::5efe:7f00:1",
        "2001:db8::200:5efe:7f00:1"}},
      {Ruling::metadata,
       {"169.254.169.254", "0xa9fea9fe", "169.254.170.2", "100.100.100.200", "192.0.0.192", "168.63.129.16",
        "fd00:ec2::254", "fd20:ce::254", "fd00:42::42", "fe80::a9fe:a9fe", "::ffff:a9fe:a9fe", "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::", "2002:6464:64c8::"}},
      {Ruling::link_local, {"169.254.1.1", "fe80::1", "febf::1", "::ffff:a9fe:101"}},
      {Ruling::multicast, {"224.0.0.1", "239.255.255.255", "255.255.255.255", "ff02::1", "::ffff:e000:1"}},
  };
  for (const Case& one : cases)
    for (const char* host : one.hosts) CHECK_MESSAGE(ruling(host) == one.ruling, std::string(host));
}

TEST_CASE("an administrator opens loopback and link-local, and nothing else") {
  CHECK(ruling("127.0.0.1", {"127.0.0.0/8"}) == Ruling::allowed);
  CHECK(ruling("::ffff:7f00:1", {"127.0.0.0/8"}) == Ruling::allowed);
  CHECK(ruling("127.0.0.2", {"127.0.0.1"}) == Ruling::loopback);
  CHECK(ruling("::1", {"127.0.0.0/8"}) == Ruling::loopback);
  CHECK(ruling("fe80::1", {"fe80::/10"}) == Ruling::allowed);
  CHECK(ruling("169.254.1.1", {"169.254.0.0/16"}) == Ruling::allowed);
  for (const char* host :
       {"169.254.169.254", "fd00:ec2::254", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "2002:a9fe:a9fe::"})
    CHECK_MESSAGE(ruling(host, {"0.0.0.0/0", "::/0"}) != Ruling::allowed, host);
}

TEST_CASE("where we listen ourselves is shut, however it is opened") {
  OutboundPolicy policy{};
  policy.allowed = {*parse_cidr("127.0.0.0/8"), *parse_cidr("::1")};
  policy.own_listeners = {*SocketAddress::parse("0.0.0.0", 8000), *SocketAddress::parse("10.1.1.1", 9000)};
  const std::vector own{*SocketAddress::parse("192.168.7.7", 0)};
  const auto judged = [&](const char* host, int port) { return judge(*SocketAddress::parse(host, port), policy, own); };
  CHECK(judged("127.0.0.1", 8000) == Ruling::own_listener);
  CHECK(judged("::1", 8000) == Ruling::own_listener);
  CHECK(judged("::ffff:7f00:1", 8000) == Ruling::own_listener);
  CHECK(judged("192.168.7.7", 8000) == Ruling::own_listener);
  CHECK(judged("64:ff9b::c0a8:707", 8000) == Ruling::own_listener);
  CHECK(judged("192.168.7.8", 8000) == Ruling::allowed);
  CHECK(judged("127.0.0.1", 8001) == Ruling::allowed);
  CHECK(judged("10.1.1.1", 9000) == Ruling::own_listener);
  CHECK(judged("10.1.1.2", 9000) == Ruling::allowed);
}

TEST_CASE("networks are written as people write them, and nothing else is one") {
  CHECK(parse_cidr("10.0.0.0/8")->length == 104);
  CHECK(parse_cidr("2001:db8::/32")->length == 32);
  for (const char* text : {"", "10/8", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0.0/8x", "name", "2130706433"})
    CHECK_MESSAGE(!parse_cidr(text), text);
}

TEST_CASE("addresses with and without ports") {
  CHECK(SocketAddress::parse_with_port("192.0.2.1:81", 80)->text() == "192.0.2.1:81");
  CHECK(SocketAddress::parse_with_port("192.0.2.1", 80)->text() == "192.0.2.1:80");
  for (const char* text : {"0.0.0.0", "10.20.30.4", "127.0.0.1", "255.255.255.255", "2001:db8::1", "::"})
    CHECK(SocketAddress::parse(text, 80)->host() == text);
  CHECK(SocketAddress::parse_with_port("[2001:db8::1]:81", 80)->text() == "[2001:db8::1]:81");
  CHECK(SocketAddress::parse_with_port("2001:db8::1", 80)->text() == "[2001:db8::1]:80");
  for (const char* text : {"192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:", "[::1", "[::1]x", "127.0.0.1 x", ""})
    CHECK_MESSAGE(!SocketAddress::parse_with_port(text, 80), text);
}

#include "net/outbound/echo_packet.h"

#include <doctest/doctest.h>

using namespace monitorix::net;

namespace {

std::string as_reply(std::string packet, IcmpFamily family) {
  packet[0] = static_cast<char>(family == IcmpFamily::v4 ? 0 : 129);
  return packet;
}

}  // namespace

TEST_CASE("an echo comes back as it was sent, with an IP header in front or without") {
  for (const IcmpFamily family : {IcmpFamily::v4, IcmpFamily::v6}) {
    const Echo sent{7, 65535, 0x0123456789abcdef};
    const std::string packet = make_echo(family, sent, 56);
    CHECK(packet.size() == 64);
    CHECK(!parse_reply(family, packet, Front::icmp));  // a request is no reply
    const auto back = parse_reply(family, as_reply(packet, family), Front::icmp);
    REQUIRE(back);
    CHECK(back->sequence == sent.sequence);
    CHECK(back->nonce == sent.nonce);
    CHECK(parse_quoted(family, packet)->nonce == sent.nonce);
    CHECK(parse_quoted(family, packet.substr(0, 8))->nonce == 0);
  }
  std::string header(24, '\0');
  header[0] = 0x46;  // six words
  const std::string reply = as_reply(make_echo(IcmpFamily::v4, {1, 2, 3}, 8), IcmpFamily::v4);
  CHECK(parse_reply(IcmpFamily::v4, header + reply, Front::ip)->nonce == 3);
}

TEST_CASE("the checksum of a v4 echo adds up to nothing") {
  for (const std::size_t size : {8u, 9u, 56u, 1472u}) {
    const std::string packet = make_echo(IcmpFamily::v4, {0xffff, 0x8000, ~0ull}, size);
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < packet.size(); ++at)
      sum += static_cast<std::uint32_t>(static_cast<unsigned char>(packet[at])) << (at % 2 == 0 ? 8 : 0);
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    CHECK(sum == 0xffff);
  }
}

TEST_CASE("what is too short is nothing") {
  const std::string reply = as_reply(make_echo(IcmpFamily::v4, {1, 2, 3}, 8), IcmpFamily::v4);
  for (std::size_t size = 0; size < reply.size(); ++size)
    CHECK(!parse_reply(IcmpFamily::v4, std::string_view(reply).substr(0, size), Front::icmp));
  CHECK(!parse_reply(IcmpFamily::v4, "", Front::ip));
  CHECK(!parse_reply(IcmpFamily::v4,
                     "\x4f"
                     "abc",
                     Front::ip));
}

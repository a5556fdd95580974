#pragma once
// ICMP echoes as bytes. Pure; what came is judged by its length alone, never trusted.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace monitorix::net {

struct Echo {
  std::uint16_t id{}, sequence{};
  std::uint64_t nonce{};  ///< the first eight bytes of the load
};

enum class IcmpFamily : std::uint8_t { v4, v6 };
/// `size` bytes of load, at least 8. The checksum is right for v4; for v6 the kernel makes it. The memory of `room` is
/// used again.
std::string make_echo(IcmpFamily family, const Echo& echo, std::size_t size, std::string room = {});
/// With an IP header in front or not (a raw socket of v4 has one).
enum class Front : std::uint8_t { icmp, ip };
std::optional<Echo> parse_reply(IcmpFamily family, std::string_view packet, Front front);
/// An echo of ours, quoted by an error; the nonce is 0 when the quotation ends before it.
std::optional<Echo> parse_quoted(IcmpFamily family, std::string_view packet);
/// "host unreachable" and its kin.
std::string unreachable_text(IcmpFamily family, int type, int code);

}  // namespace monitorix::net

#include "net/outbound/echo_packet.h"

#include <algorithm>
#include <array>
#include <utility>

// echo = type code checksum:16 id:16 sequence:16 load       (request 8, reply 0; v6: 128, 129)
namespace monitorix::net {
namespace {

constexpr std::size_t kHeader = 8, kNonce = 8;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) { return static_cast<std::uint8_t>(bytes[at]); }
std::uint16_t number_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

std::uint16_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) sum += number_at(bytes, at);
  if (bytes.size() % 2 != 0) sum += static_cast<std::uint32_t>(byte_at(bytes, bytes.size() - 1) << 8);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

std::optional<Echo> parse(std::string_view packet, int type) {
  if (packet.size() < kHeader || byte_at(packet, 0) != type || byte_at(packet, 1) != 0) return std::nullopt;
  Echo out{number_at(packet, 4), number_at(packet, 6)};
  if (packet.size() >= kHeader + kNonce)
    for (std::size_t at = kHeader; at < kHeader + kNonce; ++at) out.nonce = out.nonce << 8 | byte_at(packet, at);
  return out;
}

template <std::size_t count>
const char* pick(const std::array<const char*, count>& texts, int code, const char* otherwise) {
  return code >= 0 && static_cast<std::size_t>(code) < count ? texts[static_cast<std::size_t>(code)] : otherwise;
}

}  // namespace

std::string make_echo(IcmpFamily family, const Echo& echo, std::size_t size, std::string room) {
  std::string out = std::move(room);
  out.assign(kHeader + std::max(size, kNonce), '\0');
  out[0] = static_cast<char>(family == IcmpFamily::v4 ? 8 : 128);
  const auto put = [&out](std::size_t at, std::uint16_t number) {
    out[at] = static_cast<char>(number >> 8);
    out[at + 1] = static_cast<char>(number & 0xff);
  };
  put(4, echo.id);
  put(6, echo.sequence);
  for (std::size_t at = 0; at < kNonce; ++at) out[kHeader + at] = static_cast<char>(echo.nonce >> (56 - 8 * at) & 0xff);
  for (std::size_t at = kHeader + kNonce; at < out.size(); ++at) out[at] = static_cast<char>(at & 0xff);
  if (family == IcmpFamily::v4) put(2, checksum(out));
  return out;
}

std::optional<Echo> parse_reply(IcmpFamily family, std::string_view packet, Front front) {
  if (front == Front::ip) {
    if (packet.empty()) return std::nullopt;
    const std::size_t header = static_cast<std::size_t>(byte_at(packet, 0) & 0x0f) * 4;
    if (header < 20 || header > packet.size()) return std::nullopt;
    packet.remove_prefix(header);
  }
  return packet.size() < kHeader + kNonce ? std::nullopt : parse(packet, family == IcmpFamily::v4 ? 0 : 129);
}

std::optional<Echo> parse_quoted(IcmpFamily family, std::string_view packet) {
  return parse(packet, family == IcmpFamily::v4 ? 8 : 128);
}

std::string unreachable_text(IcmpFamily family, int type, int code) {
  static constexpr std::array kV4{"network unreachable",
                                  "host unreachable",
                                  "protocol unreachable",
                                  "port unreachable",
                                  "fragmentation needed",
                                  "source route failed",
                                  "network unknown",
                                  "host unknown",
                                  "host isolated",
                                  "network prohibited",
                                  "host prohibited",
                                  "network unreachable for this service",
                                  "host unreachable for this service",
                                  "prohibited by a filter",
                                  "precedence violation",
                                  "precedence cut off"};
  static constexpr std::array kV6{
      "no route",         "prohibited by a filter",         "beyond the scope of the source", "address unreachable",
      "port unreachable", "the source address was refused", "the route was refused"};
  if (family == IcmpFamily::v4 && type == 3) return pick(kV4, code, "destination unreachable");
  if (family == IcmpFamily::v6 && type == 1) return pick(kV6, code, "destination unreachable");
  if (type == (family == IcmpFamily::v4 ? 11 : 3)) return "time to live exceeded";
  if (family == IcmpFamily::v6 && type == 2) return "packet too big";
  return "error of type " + std::to_string(type) + ", code " + std::to_string(code);
}

}  // namespace monitorix::net

#include "net/peer_progress.h"

#include <array>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace monitorix::net {

std::optional<std::uint64_t> acknowledged_bytes(int socket) {
  // The C library's tcp_info ends before tcpi_bytes_acked, and <linux/tcp.h> cannot be included beside
  // <netinet/tcp.h>. The kernel only ever appends to this structure, so the place is fixed (Linux 4.1 and later).
  constexpr std::size_t kBytesAcknowledged = 120;
  alignas(8) std::array<unsigned char, 256> facts{};
  socklen_t size = facts.size();
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, facts.data(), &size) != 0) return std::nullopt;
  std::uint64_t count = 0;
  if (size < kBytesAcknowledged + sizeof(count)) return std::nullopt;
  std::memcpy(&count, facts.data() + kBytesAcknowledged, sizeof(count));
  return count;
}

}  // namespace monitorix::net

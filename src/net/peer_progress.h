#pragma once
// What the kernel knows about the other side of a TCP connection.

#include <cstdint>
#include <optional>

namespace monitorix::net {

/// How many bytes the peer has acknowledged so far; absent when the kernel does not tell.
std::optional<std::uint64_t> acknowledged_bytes(int socket);

}  // namespace monitorix::net

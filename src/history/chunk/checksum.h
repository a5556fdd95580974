#pragma once
// CRC-32C (Castagnoli), the checksum of chunks, sketches and log frames.

#include <cstdint>
#include <string_view>

namespace monitorix::history {

/// Of `bytes`, or of what came before (`so_far`) followed by `bytes`. Of nothing it is 0.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t so_far = 0);

}  // namespace monitorix::history

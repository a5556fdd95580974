#pragma once
// The door to zstd: one frame, no dictionary, content size in its header. Contexts are kept per thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace monitorix::history {

std::string compress(std::string_view bytes, int level);

/// Exactly one frame that names its content size, at most `most_bytes`; memory is taken only after that check.
Result<std::string> decompress(std::string_view frame, std::size_t most_bytes);

}  // namespace monitorix::history

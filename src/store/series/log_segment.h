#pragma once
// One file of the log of an open hour, which all shards share: each sync writes the last page of one file, not of one a
// shard. Blocks of frames lie one after the other, each under a head that says whose they are. What is torn or damaged
// is passed over: the frames themselves have checksums (history/frame.h), a head has one of its own.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace monitorix::store {

inline constexpr std::size_t kSegmentHeaderBytes = 16, kBlockHeadBytes = 12;

/// The first bytes of a file; `hour` since 1970 UTC.
std::string segment_header(std::int64_t hour);
std::string block_head(std::uint32_t shard, std::size_t frames_bytes);

struct Block {
  std::uint32_t shard{};
  std::int64_t at{}, bytes{};  ///< of its frames; of the last one perhaps fewer than its head says
};

struct SegmentContent {
  std::vector<Block> blocks{};
  std::int64_t bytes_passed_over{};
};

/// No value when these are not the first bytes of a log of that hour. Errors: io.
Result<std::optional<SegmentContent>> look_through(int descriptor, std::int64_t hour);

/// The frames of one shard, appended to `out`. Errors: io.
Status read_blocks(int descriptor, const SegmentContent& content, std::uint32_t shard, std::string& out);

}  // namespace monitorix::store

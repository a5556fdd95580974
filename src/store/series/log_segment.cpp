// file  = "MXLOG2\n\0" hour:u64 block*
// block = shard:u32 len:u32 crc:u32 frames{len}   ; all LE; crc = CRC-32C of shard and len

#include "store/series/log_segment.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"

namespace monitorix::store {
namespace {

constexpr std::string_view kMagic{"MXLOG2\n\0", 8};
constexpr std::int64_t kWindow = 64 << 10;

/// As many bytes as there are of those asked for.
Result<std::string> read_at(int descriptor, std::int64_t at, std::int64_t bytes) {
  std::string out(static_cast<std::size_t>(bytes), '\0');
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got = ::pread(descriptor, out.data() + have, out.size() - have, at + static_cast<std::int64_t>(have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(Errc::io, std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  out.resize(have);
  return out;
}

std::optional<Block> block_at(std::string_view bytes) {
  history::ByteReader in(bytes);
  std::uint32_t shard = 0, length = 0, crc = 0;
  if (!in.u32(shard) || !in.u32(length) || !in.u32(crc) || crc != history::crc32c(bytes.substr(0, 8))) return {};
  return Block{shard, 0, length};
}

/// Where the next good head is, or the end of the file.
Result<std::int64_t> next_head(int descriptor, std::int64_t at, std::int64_t end) {
  constexpr auto head = static_cast<std::int64_t>(kBlockHeadBytes);
  for (; at + head <= end; at += kWindow) {
    auto window = read_at(descriptor, at, std::min(kWindow + head - 1, end - at));
    if (!window) return fail(std::move(window).error());
    for (std::size_t i = 0; i + kBlockHeadBytes <= window->size(); ++i)
      if (block_at(std::string_view(*window).substr(i, kBlockHeadBytes))) return at + static_cast<std::int64_t>(i);
  }
  return end;
}

}  // namespace

std::string segment_header(std::int64_t hour) {
  std::string out(kMagic);
  history::put_u64(out, static_cast<std::uint64_t>(hour));
  return out;
}

std::string block_head(std::uint32_t shard, std::size_t frames_bytes) {
  std::string out;
  history::put_u32(out, shard);
  history::put_u32(out, static_cast<std::uint32_t>(frames_bytes));
  history::put_u32(out, history::crc32c(out));
  return out;
}

Result<std::optional<SegmentContent>> look_through(int descriptor, std::int64_t hour) {
  struct stat found {};
  if (::fstat(descriptor, &found) != 0) return fail(Errc::io, std::strerror(errno));
  auto header = read_at(descriptor, 0, static_cast<std::int64_t>(kSegmentHeaderBytes));
  if (!header) return fail(std::move(header).error());
  if (*header != segment_header(hour)) return std::optional<SegmentContent>{};
  SegmentContent out;
  const std::int64_t end = found.st_size;
  for (auto at = static_cast<std::int64_t>(kSegmentHeaderBytes); at < end;) {
    auto head = read_at(descriptor, at, static_cast<std::int64_t>(kBlockHeadBytes));
    if (!head) return fail(std::move(head).error());
    if (auto block = block_at(*head)) {
      block->at = at + static_cast<std::int64_t>(kBlockHeadBytes);
      block->bytes = std::min(block->bytes, end - block->at);
      at = block->at + block->bytes;
      out.blocks.push_back(*block);
      continue;
    }
    auto next = next_head(descriptor, at + 1, end);
    if (!next) return fail(std::move(next).error());
    out.bytes_passed_over += *next - at;
    at = *next;
  }
  return out;
}

Status read_blocks(int descriptor, const SegmentContent& content, std::uint32_t shard, std::string& out) {
  for (const Block& block : content.blocks) {
    if (block.shard != shard) continue;
    auto bytes = read_at(descriptor, block.at, block.bytes);
    if (!bytes) return fail(std::move(bytes).error());
    out += *bytes;
  }
  return {};
}

}  // namespace monitorix::store

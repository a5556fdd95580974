// The chunk decoder against arbitrary bytes, in three ways: as they are, as a body under a fitting checksum, and as
// values to encode, which must come back exactly. Whatever is decoded must encode and decode to the same rows.

#include <cstdlib>
#include <cstring>
#include <limits>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/codec.h"
#include "history/chunk/compress.h"

namespace {

using namespace monitorix::history;

constexpr Window kAnyTime{std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()};

void demand(bool holds) {
  if (!holds) std::abort();
}

void there_and_back(const Rows& rows, Packing packing) {
  const auto blob = encode_chunk(rows, kAnyTime, Origin::live, packing);
  demand(blob.has_value());
  const auto chunk = decode_chunk(*blob, kAnyTime);
  demand(chunk.has_value() && chunk->rows == rows);
}

void decode(std::string_view blob, std::uint64_t want) {
  const auto some = decode_chunk(blob, kAnyTime, want);
  const auto all = decode_chunk(blob, kAnyTime);
  demand(some.has_value() || !all.has_value());
  if (all) there_and_back(all->rows, Packing::plain);
}

std::string under_checksum(std::string_view body, char flags) {
  std::string blob{1, flags};
  put_u32(blob, crc32c(body, crc32c(blob)));
  return blob.append(body);
}

void encode_values(std::string_view bytes) {
  ByteReader in(bytes);
  std::uint8_t set = 0;
  if (!in.u8(set) || column_count(set % 64u) == 0) return;
  Rows rows(set % 64u);
  std::uint64_t value = 0;
  std::uint8_t how = 0;
  for (std::int64_t t = 0; in.left() > 0 && rows.size() < kMostRows; t += 1 + how % 4) {
    rows.columns[0].values.push_back(t);
    for (std::size_t c = 1; c < rows.columns.size() && in.u8(how); ++c) {
      if (how < 64) continue;  // unknown
      if (how < 128) value += how;
      if (how >= 192 && !in.u64(value)) break;
      push_value(rows, c, static_cast<std::int64_t>(value));
    }
  }
  if (rows.empty()) return;
  settle(rows);
  there_and_back(rows, Packing::compressed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::uint64_t want = std::uint64_t{data[0]} * 0x0101010101010101u;
  switch (data[0] % 4) {
    case 0: decode(bytes, want); break;
    case 1: decode(under_checksum(bytes, 0), want); break;
    case 2: decode(under_checksum(compress(bytes, 1), 1), want); break;
    default: encode_values(bytes); break;
  }
  return 0;
}

// The log of the open hour, the file it is in, and the sketches of a day, whatever the bytes are: no frame or sketch
// ends the program, and what is read can be written and reads back as the same. Frames come under a checksum that fits,
// else none would pass.

#include <algorithm>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/compress.h"
#include "history/frame.h"
#include "history/sketch.h"
#include "store/series/log_segment.h"

namespace {

using namespace monitorix::history;

void demand(bool holds) {
  if (!holds) std::abort();
}

void put_frame(std::string& log, std::string_view covered) {
  put_u32(log, static_cast<std::uint32_t>(covered.size()));
  put_u32(log, crc32c(covered));
  log += covered;
}

void read_log(std::string_view bytes) {
  std::string log;
  ByteReader in(bytes);
  std::uint8_t type = 0, size = 0, packed = 0;
  while (in.u8(type) && in.u8(size) && in.u8(packed)) {
    const std::string_view text = in.rest().substr(0, size);
    (void)in.skip(text.size());
    std::string covered(8, '\0');
    covered.push_back(static_cast<char>(type % 6));
    const std::size_t plain = std::min<std::size_t>(packed % 8, text.size());
    covered += text.substr(0, plain);
    covered += packed >= 128 ? compress(text.substr(plain), 1) : std::string(text.substr(plain));
    put_frame(log, covered);
  }
  std::vector<SeriesRow> rows;
  unsigned set = 0;
  (void)read_frames(log, [&](unsigned its_set, const SeriesRow& row) {
    if (set == 0) set = its_set;
    if (its_set == set && rows.size() < 2'000) rows.push_back(row);
  });
  std::string again;
  FrameWriter writer;
  writer.write(1, set == 0 ? kGuestSet : set, rows, again);
  std::size_t at = 0;
  const LogReading reading = read_frames(again, [&](unsigned, const SeriesRow& row) {
    demand(row.series == rows[at].series && row.t == rows[at].t && row.row.known == rows[at].row.known);
    for (std::size_t c = 1; c < kMostRawColumns; ++c)
      demand(!row.row.has(c) || row.row.values[c] == rows[at].row.values[c]);
    ++at;
  });
  demand(at == rows.size() && reading.bytes_left == 0);
}

/// The bytes stand behind a good header, and some of them as blocks with good heads.
void read_segment(std::string_view bytes) {
  constexpr std::int64_t hour = 494'688;
  std::string file = monitorix::store::segment_header(hour);
  ByteReader in(bytes);
  std::uint8_t shard = 0, size = 0, wrong = 0;
  while (in.u8(shard) && in.u8(size) && in.u8(wrong)) {
    const std::string_view text = in.rest().substr(0, size);
    (void)in.skip(text.size());
    if (wrong % 4 != 0) file += monitorix::store::block_head(shard % 3, text.size() + (wrong % 8 == 1 ? wrong : 0));
    file += text;
  }
  const int descriptor = ::memfd_create("log", MFD_CLOEXEC);
  demand(::write(descriptor, file.data(), file.size()) == static_cast<ssize_t>(file.size()));
  const auto content = monitorix::store::look_through(descriptor, hour);
  demand(content && *content);
  auto end = static_cast<std::int64_t>(monitorix::store::kSegmentHeaderBytes);
  std::size_t all = 0;
  for (const auto& block : (*content)->blocks) {
    demand(block.at >= end + static_cast<std::int64_t>(monitorix::store::kBlockHeadBytes));
    end = block.at + block.bytes;
    demand(end <= static_cast<std::int64_t>(file.size()));
    all += static_cast<std::size_t>(block.bytes) + monitorix::store::kBlockHeadBytes;
  }
  demand(all + static_cast<std::size_t>((*content)->bytes_passed_over) + monitorix::store::kSegmentHeaderBytes ==
         file.size());
  ::close(descriptor);
}

void read_sketch(std::string_view bytes) {
  std::string blob(1, '\x01');
  put_u32(blob, crc32c(bytes, crc32c(blob)));
  blob += bytes;
  const auto day = decode_sketches(blob);
  if (!day) return;
  for (const auto& [column, sketch] : *day) demand(sketch.count() == 0 || sketch.quantile(0.95).has_value());
  demand(encode_sketches(*day) == blob);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 4 == 0) {
    read_sketch(bytes);
  } else if (data[0] % 4 == 1) {
    read_log(bytes);
  } else if (data[0] % 4 == 3) {
    read_segment(bytes);
  } else {
    (void)read_frames(bytes, [](unsigned, const SeriesRow&) {});
    (void)decode_sketches(bytes);
  }
  return 0;
}

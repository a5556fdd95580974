// The log of the open hour and the sketches of a day, whatever the bytes are: no frame or sketch ends the program, and
// what is read can be written and reads back as the same. Frames come under a checksum that fits, else none would pass.

#include <algorithm>
#include <cstdlib>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/compress.h"
#include "history/frame.h"
#include "history/sketch.h"

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
  if (data[0] % 3 == 0) {
    read_sketch(bytes);
  } else if (data[0] % 3 == 1) {
    read_log(bytes);
  } else {
    (void)read_frames(bytes, [](unsigned, const SeriesRow&) {});
    (void)decode_sketches(bytes);
  }
  return 0;
}

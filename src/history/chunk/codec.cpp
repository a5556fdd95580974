// blob    = ver flags crc payload
// ver     = 0x01
// flags   = u8        bit 0: payload is a zstd frame; bit 1: holds values from RRD or an import; other bits 0
// crc     = u32 LE    CRC-32C of ver, flags and payload
// payload = body | one zstd frame of body (level 3, content size in its header, no dictionary)
// body    = varint set, varint n, varint present, varint gaps, column*   ; a column per bit of present, in set order
//           ; not present = all unknown; gaps = columns with some unknown values, a subset of present without t
// column  = [runs] head varint(zigzag first) tail                        ; runs only for a column in gaps
// runs    = varint count, varint length{count}   ; known, unknown, known ...; only the first may be 0; sum = n;
//                                                ; m = known values, 1 <= m < n
// head    = u8        bits 0-1 mode, bits 2-7 shift (0..63)
// mode 0 CONST  tail empty: all m values are `first`; shift 0
// mode 1 DELTA  tail = m-1 zigzag varints of (v[i] - v[i-1]) >> shift
// mode 2 DOD    tail = m-1 zigzag varints of d[i] - d[i-1], d = delta >> shift, d[0] = 0
// mode 3 LINE   tail = one zigzag varint: every delta >> shift
// All sums wrap in uint64, so that no value overflows.

#include "history/chunk/codec.h"

#include <algorithm>
#include <bit>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/compress.h"

namespace monitorix::history {
namespace {

constexpr std::uint8_t kVersion = 1, kCompressed = 1, kMixed = 2;
constexpr int kLevel = 3;
constexpr std::size_t kHeadBytes = 6;
enum Mode : unsigned { kConst = 0, kDelta = 1, kDod = 2, kLine = 3 };

using U = std::uint64_t;
U as_u(std::int64_t x) { return static_cast<U>(x); }
std::int64_t as_s(U x) { return static_cast<std::int64_t>(x); }

tl::unexpected<Error> refuse(std::string rule) { return fail(Errc::invalid, "chunk: " + std::move(rule)); }

void encode_values(std::string& out, const std::vector<std::int64_t>& v) {
  U all = 0;
  bool line = true;
  const U first_delta = v.size() > 1 ? as_u(v[1]) - as_u(v[0]) : 0;
  for (std::size_t i = 1; i < v.size(); ++i) {
    const U delta = as_u(v[i]) - as_u(v[i - 1]);
    all |= delta;
    line = line && delta == first_delta;
  }
  const auto shift = all == 0 ? 0u : static_cast<unsigned>(std::countr_zero(all));
  const auto step = [&](std::size_t i) { return as_s(as_u(v[i]) - as_u(v[i - 1])) >> shift; };
  unsigned mode = all == 0 ? kConst : kLine;
  if (all != 0 && !line) {
    std::size_t delta_bytes = 0, dod_bytes = 0;
    U before = 0;
    for (std::size_t i = 1; i < v.size(); ++i) {
      const std::int64_t d = step(i);
      delta_bytes += varint_size(zigzag(d));
      dod_bytes += varint_size(zigzag(as_s(as_u(d) - before)));
      before = as_u(d);
    }
    mode = dod_bytes < delta_bytes ? kDod : kDelta;
  }
  out.push_back(static_cast<char>(mode | shift << 2));
  put_varint(out, zigzag(v[0]));
  if (mode == kConst) return;
  if (mode == kLine) {
    put_varint(out, zigzag(step(1)));
    return;
  }
  const std::size_t start = out.size();
  out.resize(start + 10 * v.size());
  char* at = out.data() + start;
  U before = 0;
  for (std::size_t i = 1; i < v.size(); ++i) {
    const U d = as_u(step(i));
    at = put_varint_at(at, zigzag(as_s(mode == kDod ? d - before : d)));
    before = d;
  }
  out.resize(static_cast<std::size_t>(at - out.data()));
}

void encode_runs(std::string& out, const std::vector<std::uint8_t>& known) {
  std::vector<std::size_t> runs{0};
  bool counting_known = true;
  for (const std::uint8_t one : known) {
    if ((one != 0) != counting_known) {
      runs.push_back(0);
      counting_known = !counting_known;
    }
    ++runs.back();
  }
  put_varint(out, runs.size());
  for (const std::size_t run : runs) put_varint(out, run);
}

Status check_rows(const Rows& rows, Window window) {
  const std::size_t n = rows.size(), columns = column_count(rows.set);
  if (columns == 0 || rows.columns.size() != columns) return refuse("unknown set");
  if (n == 0 || n > kMostRows) return refuse("number of rows out of bounds");
  const auto& t = rows.t();
  if (!rows.columns[0].known.empty()) return refuse("unknown t");
  if (t.front() < window.from || t.back() >= window.to) return refuse("t outside the chunk");
  for (std::size_t i = 1; i < n; ++i)
    if (t[i] <= t[i - 1]) return refuse("t does not rise");
  for (const Cells& cells : rows.columns)
    if ((!cells.values.empty() && cells.values.size() != n) ||
        (!cells.known.empty() && cells.known.size() != cells.values.size()))
      return refuse("columns of different lengths");
  return {};
}

// --- decoding ---

struct Gaps {
  std::vector<std::uint8_t> known{};  // empty = all
  std::size_t count{};                // of known values
};

Status read_runs(ByteReader& in, std::size_t n, Gaps& out) {
  U count = 0;
  if (!in.varint(count) || count < 2 || count > n + 1) return refuse("number of runs");
  out.known.assign(n, 0);
  out.count = 0;
  std::size_t at = 0;
  for (U i = 0; i < count; ++i) {
    U length = 0;
    if (!in.varint(length) || (length == 0 && i != 0) || length > n - at) return refuse("length of a run");
    if (i % 2 == 0) {
      std::fill_n(out.known.begin() + static_cast<std::ptrdiff_t>(at), length, std::uint8_t{1});
      out.count += length;
    }
    at += length;
  }
  if (at != n) return refuse("sum of runs");
  if (out.count == 0) return refuse("a present column without values");
  return {};
}

// Reads the m values of a column; `values` null = only pass over them.
Status read_values(ByteReader& in, std::size_t m, std::int64_t* values) {
  std::uint8_t head = 0;
  std::int64_t first = 0;
  if (!in.u8(head) || !in.signed_varint(first)) return refuse("truncated column");
  const unsigned mode = head & 3u, shift = head >> 2;
  if (mode == kConst && shift != 0) return refuse("shift of a constant");
  if (values == nullptr) {
    const std::size_t tail = mode == kConst ? 0 : mode == kLine ? 1 : m - 1;
    return in.skip_varints(tail) ? Status{} : refuse("truncated column");
  }
  U value = as_u(first), delta = 0;
  values[0] = first;
  std::int64_t coded = 0;
  if (mode == kLine && !in.signed_varint(coded)) return refuse("broken varint");
  if (mode == kLine) delta = as_u(coded) << shift;
  if (mode == kConst || mode == kLine) {
    for (std::size_t i = 1; i < m; ++i) values[i] = as_s(value += delta);
    return {};
  }
  for (std::size_t i = 1; i < m; ++i) {
    if (!in.signed_varint(coded)) return refuse("broken varint");
    delta = mode == kDod ? delta + as_u(coded) : as_u(coded);
    values[i] = as_s(value += delta << shift);
  }
  return {};
}

void spread(Cells& cells, Gaps gaps, std::size_t n) {
  cells.values.resize(n);
  for (std::size_t i = n, from = gaps.count; i-- > 0;) {
    const bool known = gaps.known[i] != 0;
    if (known) --from;
    cells.values[i] = known ? cells.values[from] : 0;
  }
  cells.known = std::move(gaps.known);
}

Status read_t_check(const Rows& rows, Window window) {
  const auto& t = rows.t();
  for (std::size_t i = 0; i < t.size(); ++i)
    if (t[i] < window.from || t[i] >= window.to || (i > 0 && t[i] <= t[i - 1]))
      return refuse("t outside the chunk, or not rising");
  return {};
}

Result<Rows> decode_body(std::string_view body, Window window, U want) {
  ByteReader in(body);
  U set = 0, n = 0, present = 0, gaps = 0;
  if (!in.varint(set) || !in.varint(n) || !in.varint(present) || !in.varint(gaps)) return refuse("truncated body");
  const std::size_t columns = set < 256 ? column_count(static_cast<unsigned>(set)) : 0;
  if (columns == 0) return refuse("unknown set");
  if (n == 0 || n > kMostRows) return refuse("number of rows out of bounds");
  const U all = columns == 64 ? ~U{0} : (U{1} << columns) - 1;
  if ((present & ~all) != 0) return refuse("a column the set does not have");
  if ((present & 1) == 0) return refuse("no t");
  if ((gaps & ~present) != 0 || (gaps & 1) != 0) return refuse("gaps in a column that is not there, or in t");
  Rows rows(static_cast<unsigned>(set));
  for (std::size_t c = 0; c < columns; ++c) {
    if ((present >> c & 1) == 0) continue;
    const bool wanted = c == 0 || (want >> c & 1) != 0;
    Gaps known{{}, n};
    if ((gaps >> c & 1) != 0) {
      if (auto read = read_runs(in, n, known); !read) return fail(std::move(read).error());
    }
    Cells& cells = rows.columns[c];
    if (wanted) cells.values.resize(known.count);
    if (auto read = read_values(in, known.count, wanted ? cells.values.data() : nullptr); !read)
      return fail(std::move(read).error());
    if (wanted && !known.known.empty()) spread(cells, std::move(known), n);
    if (c == 0) {
      if (auto checked = read_t_check(rows, window); !checked) return fail(std::move(checked).error());
    }
  }
  if (in.left() != 0) return refuse("bytes after the last column");
  return rows;
}

}  // namespace

void push_value(Rows& rows, std::size_t column, std::int64_t value) {
  Cells& cells = rows.columns[column];
  const std::size_t row = rows.size() - 1;
  if (cells.values.size() < row) {
    if (cells.known.empty()) cells.known.assign(cells.values.size(), 1);
    cells.values.resize(row, 0);
    cells.known.resize(row, 0);
  }
  cells.values.push_back(value);
  if (!cells.known.empty()) cells.known.push_back(1);
}

void settle(Rows& rows) {
  const std::size_t n = rows.size();
  for (Cells& cells : rows.columns) {
    if (!cells.values.empty() && cells.values.size() < n) {
      if (cells.known.empty()) cells.known.assign(cells.values.size(), 1);
      cells.values.resize(n, 0);
      cells.known.resize(n, 0);
    }
    if (cells.known.empty()) continue;
    const auto unknown = std::count(cells.known.begin(), cells.known.end(), std::uint8_t{0});
    if (unknown == 0) cells.known.clear();
    if (static_cast<std::size_t>(unknown) == n) cells = {};
    for (std::size_t i = 0; i < cells.known.size(); ++i)
      if (cells.known[i] == 0) cells.values[i] = 0;
  }
}

Result<std::string> encode_chunk(const Rows& rows, Window window, Origin origin, Packing packing) {
  if (auto checked = check_rows(rows, window); !checked) return fail(std::move(checked).error());
  U present = 0, gaps = 0;
  for (std::size_t c = 0; c < rows.columns.size(); ++c) {
    if (rows.columns[c].values.empty()) continue;
    present |= U{1} << c;
    if (!rows.columns[c].known.empty()) gaps |= U{1} << c;
  }
  std::string body;
  body.reserve(rows.size() * 16);
  put_varint(body, rows.set);
  put_varint(body, rows.size());
  put_varint(body, present);
  put_varint(body, gaps);
  std::vector<std::int64_t> known_values;
  for (const Cells& cells : rows.columns) {
    if (cells.values.empty()) continue;
    if (cells.known.empty()) {
      encode_values(body, cells.values);
      continue;
    }
    known_values.clear();
    for (std::size_t i = 0; i < cells.values.size(); ++i)
      if (cells.known[i] != 0) known_values.push_back(cells.values[i]);
    if (known_values.empty() || known_values.size() == cells.values.size()) return refuse("rows that are not settled");
    encode_runs(body, cells.known);
    encode_values(body, known_values);
  }
  if (body.size() > kMostBodyBytes) return fail(Errc::too_large, "chunk: body too large");
  std::uint8_t flags = origin == Origin::mixed ? kMixed : 0;
  if (packing == Packing::compressed) {
    std::string frame = compress(body, kLevel);
    if (frame.size() < body.size()) {
      body = std::move(frame);
      flags |= kCompressed;
    }
  }
  std::string blob{static_cast<char>(kVersion), static_cast<char>(flags)};
  put_u32(blob, crc32c(body, crc32c(blob)));
  blob += body;
  if (blob.size() > kMostBlobBytes) return fail(Errc::too_large, "chunk: too large");
  return blob;
}

Result<Chunk> decode_chunk(std::string_view blob, Window window, std::uint64_t want) {
  if (blob.size() > kMostBlobBytes) return fail(Errc::too_large, "chunk: too large");
  if (blob.size() < kHeadBytes) return refuse("truncated head");
  const auto version = static_cast<std::uint8_t>(blob[0]), flags = static_cast<std::uint8_t>(blob[1]);
  if (version != kVersion) return refuse("unknown version");
  if ((flags & ~(kCompressed | kMixed)) != 0) return refuse("unknown flags");
  ByteReader head(blob.substr(2));
  std::uint32_t crc = 0;
  (void)head.u32(crc);
  const std::string_view payload = blob.substr(kHeadBytes);
  if (crc32c(payload, crc32c(blob.substr(0, 2))) != crc) return refuse("wrong checksum");
  std::string unpacked;
  std::string_view body = payload;
  if ((flags & kCompressed) != 0) {
    auto opened = decompress(payload, kMostBodyBytes);
    if (!opened) return fail(std::move(opened).error().within("chunk"));
    unpacked = std::move(*opened);
    body = unpacked;
  }
  auto rows = decode_body(body, window, want);
  if (!rows) return fail(std::move(rows).error());
  return Chunk{std::move(*rows), (flags & kMixed) != 0 ? Origin::mixed : Origin::live};
}

}  // namespace monitorix::history

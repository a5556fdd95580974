// frame = len:u32 crc:u32 ts:i64(ms) type:u8 payload   ; LE; len = bytes after crc, <= 16 MiB; crc = CRC-32C of these
// type 1 MAP   varint set, varint count, varint series{count}   ; slots of the frames that follow; the next one is KEY
// type 2 KEY   varint set, zigzag t, zstd frame (level 1) of column{columns - 1}
// type 3 DELTA as KEY; values are differences to the last known ones of the slot
// type 5 GROWTH as DELTA, but counters say by how much more they grew than before (not at all, after a KEY)
// type 4 ROWS  varint set, zstd frame (level 1) of varint count, row{count}
// row = varint series, zigzag t, varint known, zigzag value*
// column = u8 form, [bits{(slots + 7) / 8}], zigzag value*   ; form 0 none known, 1 all, 2 those whose bit is set

#include "history/frame.h"

#include <algorithm>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"
#include "history/chunk/compress.h"

namespace monitorix::history {
namespace {

enum Type : std::uint8_t { kMap = 1, kKey = 2, kDelta = 3, kRows = 4, kGrowth = 5 };
constexpr int kFramesPerKey = 60, kLevel = 1;
constexpr std::size_t kMostFrame = 16u << 20, kMostBody = 256u << 20, kMostSlots = 1u << 20;

std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void put_frame(std::string& out, std::int64_t now_ms, Type type, std::string_view payload) {
  std::string covered;
  covered.reserve(payload.size() + 9);
  put_u64(covered, static_cast<std::uint64_t>(now_ms));
  covered.push_back(static_cast<char>(type));
  covered += payload;
  put_u32(out, static_cast<std::uint32_t>(covered.size()));
  put_u32(out, crc32c(covered));
  out += covered;
}

/// What the next value of a slot is taken to be: that before, and for a counter as much more as it grew then.
std::int64_t expected(const Row& before, CounterSteps& steps, std::size_t column, std::size_t slot) {
  const std::int64_t* step = steps.of(column, slot);
  return step == nullptr ? before.values[column] : plus(before.values[column], *step);
}

void learn(Row& before, CounterSteps& steps, std::size_t column, std::size_t slot, std::int64_t value, bool is_key) {
  if (std::int64_t* step = steps.of(column, slot)) *step = is_key ? 0 : minus(value, before.values[column]);
  before.set(column, value);
}

void put_column(std::string& out, std::span<const SeriesRow> rows, const std::vector<Row>& before, CounterSteps& steps,
                std::size_t c) {
  const auto known = std::count_if(rows.begin(), rows.end(), [&](const auto& one) { return one.row.has(c); });
  const bool all = static_cast<std::size_t>(known) == rows.size();
  out.push_back(static_cast<char>(known == 0 ? 0 : all ? 1 : 2));
  if (known == 0) return;
  if (!all) {
    const std::size_t start = out.size();
    out.resize(start + (rows.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < rows.size(); ++i)
      if (rows[i].row.has(c)) out[start + i / 8] = static_cast<char>(out[start + i / 8] | 1 << i % 8);
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].row.has(c)) put_varint(out, zigzag(minus(rows[i].row.values[c], expected(before[i], steps, c, i))));
}

void put_rows(std::string& out, std::int64_t now_ms, unsigned set, std::span<const SeriesRow> rows) {
  std::string body, payload;
  put_varint(body, rows.size());
  for (const SeriesRow& one : rows) {
    put_varint(body, static_cast<std::uint64_t>(one.series));
    put_varint(body, zigzag(one.t));
    put_varint(body, one.row.known);
    for (std::size_t c = 1; c < column_count(set); ++c)
      if (one.row.has(c)) put_varint(body, zigzag(one.row.values[c]));
  }
  put_varint(payload, set);
  put_frame(out, now_ms, kRows, payload + compress(body, kLevel));
}

bool same_series(const std::vector<SeriesId>& slots, std::span<const SeriesRow> rows) {
  return std::equal(slots.begin(), slots.end(), rows.begin(), rows.end(),
                    [](SeriesId slot, const SeriesRow& row) { return slot == row.series; });
}

class Reader {
 public:
  explicit Reader(const std::function<void(unsigned, const SeriesRow&)>& take) : take_(take) {}

  // False stops the reading: what follows cannot be trusted.
  bool frame(std::string_view covered) {
    ByteReader in(covered);
    std::uint8_t type = 0;
    std::uint64_t set = 0;
    if (!in.skip(8) || !in.u8(type) || !in.varint(set) || set >= kRollupOffset) return false;
    if (column_count(static_cast<unsigned>(set)) == 0) return false;
    const auto its = static_cast<unsigned>(set);
    switch (type) {
      case kMap: return map(its, in);
      case kKey:
      case kDelta:
      case kGrowth: return tick(its, in, static_cast<Type>(type));
      case kRows: return rows(its, in);
      default: return false;
    }
  }
  std::size_t rows_read{0};

 private:
  struct Set {
    std::vector<SeriesId> slots{};
    std::vector<Row> before{};
    CounterSteps steps{};
    bool has_key{false};
  };

  bool map(unsigned set, ByteReader& in) {
    std::uint64_t count = 0, series = 0;
    if (!in.varint(count) || count > kMostSlots || count > in.left()) return false;
    Set& its = sets_[set];
    its = {};
    its.slots.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (!in.varint(series) || series == 0 || series > INT64_MAX) return false;
      its.slots.push_back(static_cast<SeriesId>(series));
    }
    its.before.resize(count);
    return in.left() == 0;
  }

  bool tick(unsigned set, ByteReader& in, Type type) {
    Set& its = sets_[set];
    std::int64_t t = 0;
    if ((type != kKey && !its.has_key) || !in.signed_varint(t)) return false;
    const auto body = decompress(in.rest(), kMostBody);
    if (!body) return false;
    if (type != kGrowth) its.steps.restart(set, its.slots.size());
    if (type == kKey) its.before.assign(its.slots.size(), Row{});
    for (Row& row : its.before) row.known = 0;
    ByteReader columns(*body);
    for (std::size_t c = 1; c < column_count(set); ++c)
      if (!column(columns, its, c, type)) return false;
    if (columns.left() != 0) return false;
    its.has_key = true;
    for (std::size_t i = 0; i < its.slots.size(); ++i) take_(set, {its.slots[i], t, its.before[i]});
    rows_read += its.slots.size();
    return true;
  }

  static bool column(ByteReader& in, Set& its, std::size_t c, Type type) {
    std::vector<Row>& rows = its.before;
    std::uint8_t form = 0;
    if (!in.u8(form) || form > 2) return false;
    if (form == 0) return true;
    const std::string_view bits = in.rest();
    if (form == 2 && !in.skip((rows.size() + 7) / 8)) return false;
    std::int64_t delta = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (form == 2 && (static_cast<unsigned char>(bits[i / 8]) >> i % 8 & 1) == 0) continue;
      if (!in.signed_varint(delta)) return false;
      learn(rows[i], its.steps, c, i, plus(expected(rows[i], its.steps, c, i), delta), type == kKey);
    }
    return true;
  }

  bool rows(unsigned set, ByteReader& in) {
    const auto body = decompress(in.rest(), kMostBody);
    if (!body) return false;
    ByteReader list(*body);
    std::uint64_t count = 0, series = 0, known = 0;
    if (!list.varint(count) || count > list.left()) return false;
    const std::uint64_t all = (std::uint64_t{1} << column_count(set)) - 2;
    for (std::uint64_t i = 0; i < count; ++i) {
      SeriesRow one;
      if (!list.varint(series) || series == 0 || series > INT64_MAX || !list.signed_varint(one.t)) return false;
      if (!list.varint(known) || (known & ~all) != 0) return false;
      one.series = static_cast<SeriesId>(series);
      one.row.known = static_cast<std::uint32_t>(known);
      for (std::size_t c = 1; c < column_count(set); ++c)
        if (one.row.has(c) && !list.signed_varint(one.row.values[c])) return false;
      take_(set, one);
      ++rows_read;
    }
    return list.left() == 0;
  }

  const std::function<void(unsigned, const SeriesRow&)>& take_;
  std::map<unsigned, Set> sets_{};
};

}  // namespace

void CounterSteps::restart(unsigned set, std::size_t slots) {
  const auto columns = raw_columns(set);
  std::int8_t counters = 0;
  place_.fill(-1);
  for (std::size_t c = 1; c < columns.size(); ++c)
    if (columns[c].fold == Fold::counter) place_[c] = counters++;
  slots_ = slots;
  steps_.assign(static_cast<std::size_t>(counters) * slots, 0);
}

std::int64_t* CounterSteps::of(std::size_t column, std::size_t slot) {
  const std::int8_t place = place_[column];
  return place < 0 ? nullptr : &steps_[static_cast<std::size_t>(place) * slots_ + slot];
}

void FrameWriter::write(std::int64_t now_ms, unsigned set, std::span<const SeriesRow> rows, std::string& out) {
  if (rows.empty() || rows.size() > kMostSlots) return;
  const bool one_tick = std::all_of(rows.begin(), rows.end(), [&](const auto& one) { return one.t == rows[0].t; });
  Set& its = sets_[set];
  // A few stragglers, or rows of many times, do not change the map.
  if (!one_tick || (!its.slots.empty() && rows.size() * 4 < its.slots.size())) {
    put_rows(out, now_ms, set, rows);
    return;
  }
  std::string payload, body;
  if (!same_series(its.slots, rows)) {
    its.slots.clear();
    put_varint(payload, set);
    put_varint(payload, rows.size());
    for (const SeriesRow& one : rows) {
      its.slots.push_back(one.series);
      put_varint(payload, static_cast<std::uint64_t>(one.series));
    }
    put_frame(out, now_ms, kMap, payload);
    payload.clear();
    its.until_key = 0;
  }
  const bool key = its.until_key == 0;
  its.until_key = key ? kFramesPerKey - 1 : its.until_key - 1;
  if (key) its.before.assign(rows.size(), Row{});
  if (key) its.steps.restart(set, rows.size());
  for (std::size_t c = 1; c < column_count(set); ++c) put_column(body, rows, its.before, its.steps, c);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t c = 1; c < column_count(set); ++c)
      if (rows[i].row.has(c)) learn(its.before[i], its.steps, c, i, rows[i].row.values[c], key);
  put_varint(payload, set);
  put_varint(payload, zigzag(rows[0].t));
  put_frame(out, now_ms, key ? kKey : kGrowth, payload + compress(body, kLevel));
}

LogReading read_frames(std::string_view bytes, const std::function<void(unsigned set, const SeriesRow&)>& take) {
  LogReading out;
  Reader reader(take);
  ByteReader in(bytes);
  while (in.left() > 0) {
    const std::size_t left = in.left();
    std::uint32_t length = 0, crc = 0;
    const bool whole = in.u32(length) && in.u32(crc) && length <= kMostFrame && length <= in.left();
    if (!whole || crc32c(in.rest().substr(0, length)) != crc || !reader.frame(in.rest().substr(0, length))) {
      out.bytes_left = left;
      break;
    }
    (void)in.skip(length);
    ++out.frames;
  }
  out.rows = reader.rows_read;
  return out;
}

}  // namespace monitorix::history

// blob   = ver crc count sketch{count}     ; ver = 0x01; crc = u32 LE, CRC-32C of ver and what follows crc
// sketch = varint column, varint pairs, {varint gap, varint times}{pairs}
//        ; columns rise; index = sum of gaps + number of pairs before; times >= 1

#include "history/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"

namespace monitorix::history {
namespace {

constexpr char kVersion = 1;
constexpr std::size_t kBuckets = 1 + 8 * 63;  // 0, and eight per octave of positive int64
constexpr std::size_t kHeadBytes = 5, kMostBytes = 64u << 10;

std::size_t bucket_of(std::int64_t value) {
  if (value <= 0) return 0;
  const auto v = static_cast<std::uint64_t>(value);
  const auto e = static_cast<unsigned>(std::bit_width(v)) - 1;
  const std::uint64_t eighth = (e >= 3 ? v >> (e - 3) : v << (3 - e)) & 7;
  return 1 + 8 * e + static_cast<std::size_t>(eighth);
}

double middle_of(std::size_t bucket) {
  if (bucket == 0) return 0;
  const auto e = static_cast<int>((bucket - 1) / 8);
  const double low = std::ldexp(8.0 + static_cast<double>((bucket - 1) % 8), e - 3);
  return e < 3 ? low : low + std::ldexp(0.5, e - 3);
}

}  // namespace

struct SketchBytes {
  static void write(const Sketch& sketch, std::string& out) {
    const auto& buckets = sketch.buckets_;
    put_varint(out, buckets.size() - static_cast<std::size_t>(std::count(buckets.begin(), buckets.end(), 0u)));
    std::size_t next = 0;
    for (std::size_t i = 0; i < buckets.size(); ++i) {
      if (buckets[i] == 0) continue;
      put_varint(out, i - next);
      put_varint(out, buckets[i]);
      next = i + 1;
    }
  }
  static bool read(ByteReader& in, Sketch& sketch) {
    std::uint64_t pairs = 0, gap = 0, times = 0;
    if (!in.varint(pairs) || pairs > kBuckets) return false;
    std::size_t index = 0;
    for (std::uint64_t i = 0; i < pairs; ++i) {
      if (!in.varint(gap) || !in.varint(times) || gap >= kBuckets - index || times == 0) return false;
      if (times > ~std::uint64_t{0} - sketch.count_) return false;
      index += gap;
      sketch.buckets_.resize(index + 1, 0);
      sketch.buckets_[index++] = times;
      sketch.count_ += times;
      if (index == kBuckets && i + 1 < pairs) return false;
    }
    return true;
  }
};

void Sketch::add(std::int64_t value, std::uint64_t times) {
  const std::size_t bucket = bucket_of(value);
  if (bucket >= buckets_.size()) buckets_.resize(bucket + 1, 0);
  buckets_[bucket] += times;
  count_ += times;
}

void Sketch::merge(const Sketch& other) {
  if (other.buckets_.size() > buckets_.size()) buckets_.resize(other.buckets_.size(), 0);
  for (std::size_t i = 0; i < other.buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
}

std::optional<double> Sketch::quantile(double q) const {
  if (count_ == 0) return std::nullopt;
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count_));
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen > 0 && static_cast<double>(seen) >= wanted) return middle_of(i);
  }
  return middle_of(buckets_.size() - 1);
}

double sketch_quantum(const Column& raw) { return raw.unit == "bytes" ? 1024.0 * raw.quantum : raw.quantum; }

DaySketches sketches_of(const Rows& raw) {
  DaySketches out;
  const auto columns = raw_columns(raw.set);
  for (std::size_t c = 1; c < columns.size(); ++c) {
    if (columns[c].name != "cpu" && columns[c].name != "mem") continue;
    const bool in_kib = columns[c].unit == "bytes";
    for (std::size_t i = 0; i < raw.columns[c].values.size(); ++i)
      if (raw.columns[c].has(i)) out[c].add(in_kib ? raw.columns[c].values[i] >> 10 : raw.columns[c].values[i]);
  }
  return out;
}

void merge_sketches(DaySketches& into, const DaySketches& other) {
  for (const auto& [column, sketch] : other) into[column].merge(sketch);
}

std::string encode_sketches(const DaySketches& sketches) {
  std::string body;
  put_varint(body, sketches.size());
  for (const auto& [column, sketch] : sketches) {
    put_varint(body, column);
    SketchBytes::write(sketch, body);
  }
  std::string blob(1, kVersion);
  put_u32(blob, crc32c(body, crc32c(blob)));
  return blob + body;
}

Result<DaySketches> decode_sketches(std::string_view blob) {
  if (blob.size() < kHeadBytes || blob.size() > kMostBytes) return fail(Errc::invalid, "sketch: size");
  if (blob[0] != kVersion) return fail(Errc::invalid, "sketch: unknown version");
  ByteReader in(blob.substr(1));
  std::uint32_t crc = 0;
  std::uint64_t count = 0, column = 0;
  (void)in.u32(crc);
  if (crc32c(in.rest(), crc32c(blob.substr(0, 1))) != crc) return fail(Errc::invalid, "sketch: wrong checksum");
  if (!in.varint(count) || count > kMostColumns) return fail(Errc::invalid, "sketch: number of columns");
  DaySketches out;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (!in.varint(column) || column >= kMostColumns || (!out.empty() && column <= out.rbegin()->first))
      return fail(Errc::invalid, "sketch: column");
    if (!SketchBytes::read(in, out[static_cast<std::size_t>(column)])) return fail(Errc::invalid, "sketch: buckets");
  }
  if (in.left() != 0) return fail(Errc::invalid, "sketch: surplus bytes");
  return out;
}

}  // namespace monitorix::history

#include "verdict/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

// Bytes: version 0x01, then for each bucket in use, in order: varint index (the first as it is, later ones as the
// distance to the one before, at least 1), varint count (at least 1). Varints are LEB128 in their shortest form.

namespace monitorix::verdict {
namespace {

constexpr unsigned kCountBits = 48;
constexpr std::uint64_t kMostCount = (std::uint64_t{1} << kCountBits) - 1;
constexpr std::uint32_t kLastIndex = (57U << 5U) + 63U;  // of the greatest 63-bit value
constexpr char kVersion = 1;

std::uint64_t count_of(std::uint64_t cell) { return cell & kMostCount; }
std::uint32_t index_in(std::uint64_t cell) { return static_cast<std::uint32_t>(cell >> kCountBits); }
std::uint64_t cell_of(std::uint64_t index, std::uint64_t count) {
  return index << kCountBits | std::min(count, kMostCount);
}
/// Both at most 2^48, so nothing overflows; stopping at the top keeps sums the same in any order.
std::uint64_t grown(std::uint64_t cell, std::uint64_t by) {
  return cell_of(index_in(cell), count_of(cell) + std::min(by, kMostCount));
}

void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U) out.push_back(static_cast<char>(value | 0x80U));
  out.push_back(static_cast<char>(value));
}

/// Takes a varint off the front; false when there is none in its shortest form of at most 49 bits.
bool take_varint(std::string_view& bytes, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 49 && !bytes.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return byte != 0 || shift == 0;
  }
  return false;
}

}  // namespace

std::uint32_t Histogram::index_of(std::uint64_t value) {
  if (value < 64) return static_cast<std::uint32_t>(value);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 6;  // e - 5
  return static_cast<std::uint32_t>((shift << 5U) + (value >> shift));
}

std::uint64_t Histogram::middle_of(std::uint32_t index) {
  if (index < 64) return index;
  const unsigned shift = (index >> 5U) - 1;
  const std::uint64_t low = static_cast<std::uint64_t>(32 + (index & 31U)) << shift;
  return low + (std::uint64_t{1} << shift) / 2;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> Histogram::values() const {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> out;
  out.reserve(cells_.size());
  for (const std::uint64_t cell : cells_) out.emplace_back(middle_of(index_in(cell)), count_of(cell));
  return out;
}

void Histogram::add(std::int64_t microseconds, std::uint64_t times) {
  if (times == 0) return;
  const std::uint64_t index = index_of(static_cast<std::uint64_t>(std::max<std::int64_t>(microseconds, 0)));
  const auto cell = std::lower_bound(cells_.begin(), cells_.end(), index << kCountBits);
  if (cell != cells_.end() && index_in(*cell) == index)
    *cell = grown(*cell, times);
  else
    cells_.insert(cell, cell_of(index, times));
}

void Histogram::merge(const Histogram& other) {
  std::vector<std::uint64_t> sum;
  sum.reserve(cells_.size() + other.cells_.size());
  auto mine = cells_.begin();
  auto theirs = other.cells_.begin();
  while (mine != cells_.end() || theirs != other.cells_.end()) {
    const bool has_mine = mine != cells_.end();
    const bool has_theirs = theirs != other.cells_.end();
    if (has_mine && has_theirs && index_in(*mine) == index_in(*theirs))
      sum.push_back(grown(*mine++, count_of(*theirs++)));
    else if (has_mine && (!has_theirs || *mine < *theirs))
      sum.push_back(*mine++);
    else
      sum.push_back(*theirs++);
  }
  cells_ = std::move(sum);
}

std::uint64_t Histogram::count() const {
  std::uint64_t sum = 0;
  for (const std::uint64_t cell : cells_) sum += count_of(cell);
  return sum;
}

std::optional<std::int64_t> Histogram::percentile(double q) const {
  if (cells_.empty()) return std::nullopt;
  const std::uint64_t all = count();
  const double place = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(all));
  const std::uint64_t rank = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(place), 1, all);
  std::uint64_t passed = 0;
  for (const std::uint64_t cell : cells_) {
    passed += count_of(cell);
    if (passed >= rank) return static_cast<std::int64_t>(middle_of(index_in(cell)));
  }
  return std::nullopt;
}

std::string Histogram::encode() const {
  std::string out(1, kVersion);
  std::uint64_t before = 0;
  for (const std::uint64_t cell : cells_) {
    put_varint(out, index_in(cell) - before);
    put_varint(out, count_of(cell));
    before = index_in(cell);
  }
  return out;
}

Result<Histogram> Histogram::decode(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != kVersion) return fail(Errc::invalid, "histogram: not of a version we know");
  bytes.remove_prefix(1);
  Histogram histogram;
  std::uint64_t index = 0;
  while (!bytes.empty()) {
    std::uint64_t step = 0, times = 0;
    if (!take_varint(bytes, step) || !take_varint(bytes, times)) return fail(Errc::invalid, "histogram: cut off");
    const bool stands_still = step == 0 && !histogram.cells_.empty();
    if (stands_still || step > kLastIndex - index || times == 0 || times > kMostCount)
      return fail(Errc::invalid, "histogram: a bucket that cannot be");
    index += step;
    histogram.cells_.push_back(cell_of(index, times));
  }
  return histogram;
}

}  // namespace monitorix::verdict

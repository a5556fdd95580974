#include "history/head.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

#include "history/chunk/bytes.h"
#include "history/chunk/checksum.h"

namespace monitorix::history {
namespace {

// Growth by a little: doubling would leave half of 50,000 heads empty.
constexpr std::size_t kGrowth = 96, kMostRowBytes = 10 * (kMostRawColumns + 3) + kMostRawColumns;
constexpr std::int64_t kSettledAfter = 120;  // s: a minute is asked for late, when it is over

std::int64_t difference(std::int64_t now, std::int64_t before) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(now) - static_cast<std::uint64_t>(before));
}
std::int64_t sum(std::int64_t before, std::int64_t delta) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(before) + static_cast<std::uint64_t>(delta));
}

// Memory and disks move in pages and sectors. A difference in whole sectors is written in sectors, under an even code;
// any other under an odd one; 1 stands before one too large for that.
constexpr unsigned kSectorBits = 9;
constexpr std::int64_t kLargest = std::int64_t{1} << 61;

char* put_paged_at(char* at, std::int64_t delta) {
  if ((delta & ((1 << kSectorBits) - 1)) == 0) return put_varint_at(at, zigzag(delta >> kSectorBits) << 1);
  if (delta > -kLargest && delta < kLargest) return put_varint_at(at, zigzag(delta) << 1 | 1);
  return put_varint_at(put_varint_at(at, 1), zigzag(delta));
}
bool read_paged(ByteReader& in, std::int64_t& delta) {
  std::uint64_t code = 0;
  if (!in.varint(code)) return false;
  if (code == 1) return in.signed_varint(delta);
  delta = unzigzag(code >> 1);
  if ((code & 1) == 0) delta = static_cast<std::int64_t>(static_cast<std::uint64_t>(delta) << kSectorBits);
  return true;
}

void push_wanted(Rows& rows, std::int64_t t, const Row& row, std::uint32_t columns) {
  rows.columns[0].values.push_back(t);
  for (std::uint32_t left = columns & ~1u; left != 0; left &= left - 1) {
    const auto c = static_cast<std::size_t>(std::countr_zero(left));
    if (c < rows.columns.size()) push_value(rows, c, row.values[c]);
  }
}

}  // namespace

std::optional<std::int64_t> quantised(const Column& column, double value) {
  const double steps = std::nearbyint(value / column.quantum);
  if (!(std::abs(steps) < 9.2e18)) return std::nullopt;  // NaN as well
  return static_cast<std::int64_t>(steps);
}

Row row_of(const Rows& rows, std::size_t row) {
  Row out;
  for (std::size_t c = 1; c < rows.columns.size() && c < kMostRawColumns; ++c)
    if (rows.columns[c].has(row)) out.set(c, rows.columns[c].values[row]);
  return out;
}

void push_row(Rows& rows, std::int64_t t, const Row& row) { push_wanted(rows, t, row, row.known); }

HourHead::HourHead(unsigned raw_set) : set_(raw_set), uptime_(static_cast<std::uint8_t>(uptime_column(raw_set))) {
  const auto columns = raw_columns(raw_set);
  for (std::size_t c = 1; c < columns.size(); ++c)
    if (columns[c].unit == "bytes" || columns[c].name.starts_with("disk")) paged_ |= 1u << c;
}

void HourHead::begin_block(std::int64_t t) {
  if (!blocks_.empty()) blocks_.back().bytes.shrink_to_fit();
  blocks_.reserve(blocks_.size() + 1);
  blocks_.push_back({t, {}});
  before_.assign(column_count(set_), 0);
  known_ = changed_ = differing_ = 0;
  step_ = 0;
}

bool HourHead::append(std::int64_t t, const Row& row) {
  if ((count_ > 0 && t <= last_t_) || count_ >= kMostRows) return false;
  const std::size_t columns = column_count(set_);
  if (columns == 0) return false;
  const bool is_first = count_ % kRowsPerBlock == 0;
  if (is_first) begin_block(t);
  const std::uint32_t known = row.known & ~1u & ((1u << columns) - 1), changed = known ^ known_;
  const std::int64_t step = is_first ? t : difference(t, last_t_);
  std::uint32_t differing = step != step_ ? 1u : 0u;
  if (uptime_ != 0 && !is_first) before_[uptime_] = sum(before_[uptime_], step);  // as expected
  for (std::size_t c = 1; c < columns; ++c)
    if ((known >> c & 1u) != 0 && row.values[c] != before_[c]) differing |= 1u << c;
  std::array<char, kMostRowBytes> bytes;
  char* end = bytes.data();
  const bool is_alike = changed == changed_ && differing == differing_;
  end = put_varint_at(end, is_alike ? 0 : 1);
  if (!is_alike) end = put_varint_at(put_varint_at(end, changed), differing);
  if ((differing & 1u) != 0) end = put_varint_at(end, zigzag(difference(step, step_)));
  for (std::size_t c = 1; c < columns; ++c) {
    if ((differing >> c & 1u) == 0) continue;
    const std::int64_t delta = difference(row.values[c], before_[c]);
    end = (paged_ >> c & 1u) != 0 ? put_paged_at(end, delta) : put_varint_at(end, zigzag(delta));
    before_[c] = row.values[c];
  }
  std::vector<std::uint8_t>& block = blocks_.back().bytes;
  const auto length = static_cast<std::size_t>(end - bytes.data());
  if (block.capacity() - block.size() < length) block.reserve(block.size() + std::max(length, kGrowth));
  block.insert(block.end(), bytes.data(), end);
  known_ = known;
  changed_ = changed;
  differing_ = differing;
  step_ = step;
  last_t_ = t;
  ++count_;
  return true;
}

Rows HourHead::rows() const {
  Rows out(set_);
  add_rows(INT64_MIN, INT64_MAX, out);
  settle(out);
  return out;
}

std::int64_t HourHead::begin_of(std::size_t block) const {
  return block < cold_.size() ? cold_[block].from : blocks_[block - cold_.size()].from;
}

void HourHead::add_rows(std::int64_t from, std::int64_t to, Rows& out, std::uint32_t want) const {
  std::size_t first = block_count();
  while (first > 0 && begin_of(--first) > from) {}
  std::string read;
  for (std::size_t b = first; b < block_count() && begin_of(b) < to; ++b) {
    if (b < cold_.size()) {
      if (file_->read(cold_[b], read)) decode(read, from, to, out, want);
      continue;
    }
    const std::vector<std::uint8_t>& bytes = blocks_[b - cold_.size()].bytes;
    decode({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, from, to, out, want);
  }
}

void HourHead::decode(std::string_view bytes, std::int64_t from, std::int64_t to, Rows& out, std::uint32_t want) const {
  ByteReader in(bytes);
  Row row;
  std::int64_t t = 0, step = 0, delta = 0;
  std::uint64_t is_other = 0, changed = 0, differing = 0;
  for (bool is_first = true; in.left() > 0; is_first = false) {
    if (!in.varint(is_other) || (is_other != 0 && (!in.varint(changed) || !in.varint(differing)))) return;
    row.known ^= static_cast<std::uint32_t>(changed);
    if ((differing & 1u) != 0 && in.signed_varint(delta)) step = sum(step, delta);
    if (uptime_ != 0 && !is_first) row.values[uptime_] = sum(row.values[uptime_], step);
    for (std::size_t c = 1; c < out.columns.size(); ++c)
      if ((differing >> c & 1u) != 0 && ((paged_ >> c & 1u) != 0 ? read_paged(in, delta) : in.signed_varint(delta)))
        row.values[c] = sum(row.values[c], delta);
    t = is_first ? step : sum(t, step);
    if (t >= to) return;
    if (t >= from) push_wanted(out, t, row, row.known & want);
  }
}

void HourHead::replace_from(std::int64_t t, const Rows& rows) {
  std::size_t kept = block_count();
  while (kept > 0 && begin_of(--kept) > t) {}
  const std::int64_t begin = kept > 0 ? begin_of(kept) : INT64_MIN;
  Rows present(set_);  // of the same block, before those given
  if (!rows.empty()) add_rows(begin, rows.t().front(), present);
  settle(present);
  blocks_.resize(kept > cold_.size() ? kept - cold_.size() : 0);
  cold_.resize(std::min(kept, cold_.size()));
  count_ = static_cast<std::uint32_t>(kept) * kRowsPerBlock;
  last_t_ = begin - (kept > 0 ? 1 : 0);
  for (const Rows* its : {&std::as_const(present), &rows})
    for (std::size_t i = 0; i < its->size(); ++i)
      if (its->t()[i] >= begin) (void)append(its->t()[i], row_of(*its, i));
}

bool HourHead::is_cold_after(std::int64_t from) const {
  return !cold_.empty() && (blocks_.empty() || blocks_.front().from > from);
}

std::size_t HourHead::settled_blocks() const {
  const std::int64_t before = last_t_ - kSettledAfter * ticks_per_second(set_);
  std::size_t settled = 0;
  while (settled + 1 < blocks_.size() && blocks_[settled + 1].from <= before) ++settled;
  return settled;
}

std::size_t HourHead::settled_bytes() const {
  std::size_t bytes = 0;
  for (std::size_t b = settled_blocks(); b > 0; --b) bytes += blocks_[b - 1].bytes.size();
  return bytes;
}

std::size_t HourHead::copy_settled(std::string& bytes, std::vector<ColdBlock>& blocks) const {
  const std::size_t settled = settled_blocks();
  for (std::size_t b = 0; b < settled; ++b) {
    const std::vector<std::uint8_t>& its = blocks_[b].bytes;
    blocks.push_back(
        {blocks_[b].from, static_cast<std::int64_t>(bytes.size()), static_cast<std::uint32_t>(its.size()), 0});
    bytes.append(its.begin(), its.end());
  }
  return settled;
}

void HourHead::leave_to(const std::shared_ptr<ColdFile>& file, std::span<const ColdBlock> blocks) {
  file_ = file;
  cold_.reserve(cold_.size() + blocks.size());
  cold_.insert(cold_.end(), blocks.begin(), blocks.end());
  blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(blocks.size()));
}

Row HourHead::last_row() const {
  Row out;
  for (std::size_t c = 1; c < before_.size(); ++c)
    if ((known_ >> c & 1u) != 0) out.set(c, before_[c]);
  return out;
}

std::shared_ptr<HourHead> head_of(const Rows& rows) {
  auto head = std::make_shared<HourHead>(rows.set);
  for (std::size_t i = 0; i < rows.size(); ++i) (void)head->append(rows.t()[i], row_of(rows, i));
  return head;
}

std::size_t HourHead::memory_bytes() const {
  std::size_t bytes = sizeof(HourHead) + before_.capacity() * sizeof(std::int64_t);
  bytes += cold_.capacity() * sizeof(ColdBlock);
  for (const Block& block : blocks_) bytes += sizeof(Block) + block.bytes.capacity();
  return bytes;
}

}  // namespace monitorix::history

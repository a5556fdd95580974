#include "history/head.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "history/chunk/bytes.h"

namespace monitorix::history {
namespace {

// Exact growth: doubling would leave half of 50,000 heads empty.
constexpr std::size_t kGrowth = 256, kMostRowBytes = 10 * (kMostRawColumns + 3);

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

void put_paged(std::vector<std::uint8_t>& out, std::int64_t delta) {
  if ((delta & ((1 << kSectorBits) - 1)) == 0) {
    put_varint(out, zigzag(delta >> kSectorBits) << 1);
  } else if (delta > -kLargest && delta < kLargest) {
    put_varint(out, zigzag(delta) << 1 | 1);
  } else {
    put_varint(out, 1);
    put_varint(out, zigzag(delta));
  }
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
  std::vector<std::uint8_t>& bytes = blocks_.back().bytes;
  const std::uint32_t known = row.known & ~1u & ((1u << columns) - 1), changed = known ^ known_;
  const std::int64_t step = is_first ? t : difference(t, last_t_);
  std::uint32_t differing = step != step_ ? 1u : 0u;
  if (uptime_ != 0 && !is_first) before_[uptime_] = sum(before_[uptime_], step);  // as expected
  for (std::size_t c = 1; c < columns; ++c)
    if ((known >> c & 1u) != 0 && row.values[c] != before_[c]) differing |= 1u << c;
  if (bytes.capacity() - bytes.size() < kMostRowBytes) bytes.reserve(bytes.size() + kGrowth);
  const bool is_alike = changed == changed_ && differing == differing_;
  put_varint(bytes, is_alike ? 0 : 1);
  if (!is_alike) {
    put_varint(bytes, changed);
    put_varint(bytes, differing);
  }
  if ((differing & 1u) != 0) put_varint(bytes, zigzag(difference(step, step_)));
  for (std::size_t c = 1; c < columns; ++c) {
    if ((differing >> c & 1u) == 0) continue;
    const std::int64_t delta = difference(row.values[c], before_[c]);
    if ((paged_ >> c & 1u) != 0) {
      put_paged(bytes, delta);
    } else {
      put_varint(bytes, zigzag(delta));
    }
    before_[c] = row.values[c];
  }
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

void HourHead::add_rows(std::int64_t from, std::int64_t to, Rows& out, std::uint32_t want) const {
  std::size_t first = blocks_.size();
  while (first > 0 && blocks_[--first].from > from) {}
  for (std::size_t b = first; b < blocks_.size() && blocks_[b].from < to; ++b) {
    const Block& block = blocks_[b];
    ByteReader in({reinterpret_cast<const char*>(block.bytes.data()), block.bytes.size()});
    Row row;
    std::int64_t t = 0, step = 0, delta = 0;
    std::uint64_t is_other = 0, changed = 0, differing = 0;
    for (bool is_first = true; in.left() > 0; is_first = false) {
      if (!in.varint(is_other) || (is_other != 0 && (!in.varint(changed) || !in.varint(differing)))) break;
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
  for (const Block& block : blocks_) bytes += sizeof(Block) + block.bytes.capacity();
  return bytes;
}

}  // namespace monitorix::history

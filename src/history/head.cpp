#include "history/head.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "history/chunk/bytes.h"

namespace monitorix::history {
namespace {

// Exact growth: doubling would leave half of 50,000 heads empty.
constexpr std::size_t kGrowth = 512, kMostRowBytes = 10 * (kMostRawColumns + 2);

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

bool HourHead::append(std::int64_t t, const Row& row) {
  if ((count_ > 0 && t <= last_t_) || count_ >= kMostRows) return false;
  const std::size_t columns = column_count(set_);
  if (columns == 0) return false;
  if (before_.empty()) before_.resize(columns, 0);
  const std::uint32_t known = row.known & ~1u & ((1u << columns) - 1);
  const std::int64_t step = count_ == 0 ? t : difference(t, last_t_);
  std::uint32_t differing = step != step_ ? 1u : 0u;
  if (uptime_ != 0 && count_ > 0) before_[uptime_] = sum(before_[uptime_], step);  // as expected
  for (std::size_t c = 1; c < columns; ++c)
    if ((known >> c & 1u) != 0 && row.values[c] != before_[c]) differing |= 1u << c;
  if (bytes_.capacity() - bytes_.size() < kMostRowBytes) bytes_.reserve(bytes_.size() + kGrowth);
  put_varint(bytes_, known ^ known_);
  put_varint(bytes_, differing);
  if ((differing & 1u) != 0) put_varint(bytes_, zigzag(difference(step, step_)));
  for (std::size_t c = 1; c < columns; ++c) {
    if ((differing >> c & 1u) == 0) continue;
    const std::int64_t delta = difference(row.values[c], before_[c]);
    if ((paged_ >> c & 1u) != 0) {
      put_paged(bytes_, delta);
    } else {
      put_varint(bytes_, zigzag(delta));
    }
    before_[c] = row.values[c];
  }
  known_ = known;
  step_ = step;
  last_t_ = t;
  if (++count_ % kRowsPerMark == 0) {
    marks_.reserve(marks_.size() + kMarkHead + before_.size() - 1);
    marks_.insert(marks_.end(), {static_cast<std::int64_t>(bytes_.size()), t, step, std::int64_t{known}});
    marks_.insert(marks_.end(), before_.begin() + 1, before_.end());
  }
  return true;
}

// Where to begin for rows from `from` on: behind the last mark that lies before it.
std::size_t HourHead::marks_before(std::int64_t from) const {
  const std::size_t stride = kMarkHead + before_.size() - 1;
  std::size_t marks = before_.empty() ? 0 : marks_.size() / stride;
  while (marks > 0 && marks_[(marks - 1) * stride + 1] >= from) --marks;
  return marks;
}

Rows HourHead::rows() const {
  Rows out(set_);
  add_rows(INT64_MIN, INT64_MAX, out);
  settle(out);
  return out;
}

void HourHead::add_rows(std::int64_t from, std::int64_t to, Rows& out, std::uint32_t want) const {
  ByteReader in({reinterpret_cast<const char*>(bytes_.data()), bytes_.size()});
  Row row;
  std::int64_t t = 0, step = 0, delta = 0;
  std::uint64_t changed = 0, differing = 0;
  const std::size_t marks = marks_before(from);
  if (marks > 0) {
    const std::int64_t* mark = marks_.data() + (marks - 1) * (kMarkHead + before_.size() - 1);
    (void)in.skip(static_cast<std::size_t>(mark[0]));
    t = mark[1];
    step = mark[2];
    row.known = static_cast<std::uint32_t>(mark[3]);
    std::copy_n(mark + kMarkHead, before_.size() - 1, row.values.begin() + 1);
  }
  for (auto i = static_cast<std::uint32_t>(marks) * kRowsPerMark; i < count_; ++i) {
    if (!in.varint(changed) || !in.varint(differing)) break;
    row.known ^= static_cast<std::uint32_t>(changed);
    if ((differing & 1u) != 0 && in.signed_varint(delta)) step = sum(step, delta);
    if (uptime_ != 0 && i > 0) row.values[uptime_] = sum(row.values[uptime_], step);
    for (std::size_t c = 1; c < out.columns.size(); ++c)
      if ((differing >> c & 1u) != 0 && ((paged_ >> c & 1u) != 0 ? read_paged(in, delta) : in.signed_varint(delta)))
        row.values[c] = sum(row.values[c], delta);
    t = sum(t, step);
    if (t >= to) break;
    if (t >= from) push_wanted(out, t, row, row.known & want);
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
  return sizeof(HourHead) + (before_.capacity() + marks_.capacity()) * sizeof(std::int64_t) + bytes_.capacity();
}

}  // namespace monitorix::history

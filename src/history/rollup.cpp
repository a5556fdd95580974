#include "history/rollup.h"

#include <algorithm>

#include "base/steps.h"
#include "history/rate.h"

namespace monitorix::history {
namespace {

std::int64_t halves_up(std::int64_t value, std::int64_t divisor) {  // both >= 0, or value's sign kept
  return value < 0 ? -((-value + divisor / 2) / divisor) : (value + divisor / 2) / divisor;
}
__extension__ using Wide = __int128;

// Minimum, sum and maximum of the known values of a bucket. Sums of 16,384 values need more than 64 bits.
struct Spread {
  std::int64_t min{0}, max{0}, last{0};
  Wide sum{0}, weight{0};
  bool has_range{false};

  void range(std::int64_t low, std::int64_t high) {
    min = has_range ? std::min(min, low) : low;
    max = has_range ? std::max(max, high) : high;
    has_range = true;
  }
  void add(std::int64_t value, std::int64_t times = 1) {
    sum += Wide{value} * times;
    weight += times;
    last = value;
  }
  [[nodiscard]] std::int64_t average() const {
    const Wide half = weight / 2;
    return static_cast<std::int64_t>((sum < 0 ? sum - half : sum + half) / weight);
  }
};

using Spreads = std::array<Spread, kMostColumns>;  // by raw column

class RawBucket {
 public:
  explicit RawBucket(unsigned set) : set_(set), columns_(raw_columns(set)) {}

  /// `last`: the row before; `reading`: the one that counters are counted from.
  void add(const std::optional<TimedRow>& last, const std::optional<TimedRow>& reading, const TimedRow& now) {
    ++samples_;
    const std::int64_t since_last = last ? (now.t - last->t) / ticks_per_second(set_) : 0;
    const std::int64_t seconds = reading ? seconds_between(set_, *reading, now) : 0;
    bool covers = false;
    for (std::size_t c = 1; c < columns_.size(); ++c) {
      if (!now.row.has(c)) continue;
      const std::int64_t value = now.row.values[c];
      if (columns_[c].fold != Fold::counter) {
        spreads_[c].range(value, value);
        spreads_[c].add(value);
        continue;
      }
      const auto growth = reading ? growth_between(set_, c, *reading, now) : std::nullopt;
      if (!growth) continue;
      covers = true;
      spreads_[c].range(*growth / seconds, *growth / seconds);
      spreads_[c].add(*growth);
    }
    if (covers) covered_ += seconds;
    if (const auto status = column_status(now.row); status && since_last <= kLongestInterval)
      up_ += *status ? since_last : 0;
  }

  void write(std::int64_t start, Rows& out) const {
    out.columns[0].values.push_back(start);
    push_value(out, 1, samples_);
    push_value(out, 2, covered_);
    const auto parts = rollup_columns(out.set);
    for (std::size_t c = 3; c < parts.size(); ++c) {
      const Spread& spread = spreads_[parts[c].raw];
      if (spread.weight == 0) continue;
      push_value(out, c, part_of(spread, parts[c].part, in_kib(columns_[parts[c].raw]) ? 1024 : 1));
    }
  }

 private:
  static bool in_kib(const Column& column) { return column.fold == Fold::counter || column.unit == "bytes"; }
  [[nodiscard]] std::optional<bool> column_status(const Row& row) const {
    for (std::size_t c = columns_.size(); c-- > 1;)
      if (columns_[c].fold == Fold::status)
        return row.has(c) ? std::optional(row.values[c] == static_cast<std::int64_t>(SeriesStatus::up)) : std::nullopt;
    return std::nullopt;
  }
  [[nodiscard]] std::int64_t part_of(const Spread& spread, Part part, std::int64_t divisor) const {
    switch (part) {
      case Part::min:
      case Part::rate_min: return halves_up(spread.min, divisor);
      case Part::avg: return halves_up(spread.average(), divisor);
      case Part::max:
      case Part::rate_max: return halves_up(spread.max, divisor);
      case Part::sum: return halves_up(static_cast<std::int64_t>(spread.sum), divisor);
      case Part::last: return halves_up(spread.last, divisor);
      case Part::worst: return spread.max;
      case Part::up: return up_;
      default: return 0;
    }
  }

  unsigned set_;
  std::span<const Column> columns_;
  Spreads spreads_{};
  std::int64_t samples_{0}, covered_{0}, up_{0};
};

class FineBucket {
 public:
  explicit FineBucket(unsigned set) : parts_(rollup_columns(set)) {}

  void add(const Rows& fine, std::size_t row) {
    const std::int64_t samples = fine.columns[1].has(row) ? fine.columns[1].values[row] : 1;
    for (std::size_t c = 1; c < parts_.size(); ++c) {
      if (!fine.columns[c].has(row)) continue;
      const std::int64_t value = fine.columns[c].values[row];
      spreads_[c].range(value, value);
      spreads_[c].add(value, parts_[c].part == Part::avg ? std::max<std::int64_t>(samples, 1) : 1);
    }
  }

  void write(std::int64_t start, Rows& out) const {
    out.columns[0].values.push_back(start);
    for (std::size_t c = 1; c < parts_.size(); ++c)
      if (spreads_[c].weight != 0) push_value(out, c, value_of(c));
  }

 private:
  [[nodiscard]] std::int64_t value_of(std::size_t c) const {
    switch (parts_[c].part) {
      case Part::min:
      case Part::rate_min: return spreads_[c].min;
      case Part::max:
      case Part::rate_max:
      case Part::worst: return spreads_[c].max;
      case Part::avg: return spreads_[c].average();
      case Part::last: return spreads_[c].last;
      default: return static_cast<std::int64_t>(spreads_[c].sum);
    }
  }

  std::span<const RollupColumn> parts_;
  std::array<Spread, kMostColumns> spreads_{};  // by rollup column
};

}  // namespace

Rows roll_up_raw(const Rows& raw, const std::optional<TimedRow>& before, std::int64_t bucket_seconds) {
  Rows out(raw.set + kRollupOffset);
  const std::int64_t ticks = ticks_per_second(raw.set);
  std::optional<RawBucket> bucket;
  std::int64_t start = 0;
  std::optional<TimedRow> last = before;
  Readings readings(raw.set, before);
  for (std::size_t i = 0; i < raw.size(); ++i) {
    TimedRow now{raw.t()[i], row_of(raw, i)};
    const std::int64_t its = step_down(now.t, bucket_seconds * ticks) / ticks;
    if (bucket && its != start) {
      bucket->write(start, out);
      bucket.reset();
    }
    if (!bucket) bucket.emplace(raw.set);
    start = its;
    bucket->add(last, readings.before(), now);
    readings.pass(now);
    last = now;
  }
  if (bucket) bucket->write(start, out);
  settle(out);
  return out;
}

Rows roll_up_fine(const Rows& fine, std::int64_t bucket_seconds) {
  Rows out(fine.set);
  std::optional<FineBucket> bucket;
  std::int64_t start = 0;
  for (std::size_t i = 0; i < fine.size(); ++i) {
    const std::int64_t its = step_down(fine.t()[i], bucket_seconds);
    if (bucket && its != start) {
      bucket->write(start, out);
      bucket.reset();
    }
    if (!bucket) bucket.emplace(fine.set);
    start = its;
    bucket->add(fine, i);
  }
  if (bucket) bucket->write(start, out);
  settle(out);
  return out;
}

void copy_row(const Rows& from, std::size_t row, Rows& to) {
  to.columns[0].values.push_back(from.t()[row]);
  for (std::size_t c = 1; c < to.columns.size(); ++c)
    if (from.columns[c].has(row)) push_value(to, c, from.columns[c].values[row]);
}

namespace {

bool is_ours(const Rows& rows, std::size_t row) {
  const auto parts = rollup_columns(rows.set);
  for (std::size_t c = 0; c < parts.size(); ++c)
    if (parts[c].part == Part::worst) return rows.columns[c].has(row);
  return true;
}

/// A rollup row, with what it does not know from another of the same bucket: a bucket that we saw for ten seconds may
/// lack what is asked for once a minute. Sums belong to their covered seconds: only a row that has none learns them.
void copy_completed(const Rows& from, std::size_t row, const Rows& other, std::size_t its, Rows& out) {
  const auto parts = rollup_columns(from.set);
  const auto raw = raw_columns(from.set - kRollupOffset);
  const bool has_sums = from.columns[2].has(row) && from.columns[2].values[row] > 0;
  out.columns[0].values.push_back(from.t()[row]);
  for (std::size_t c = 1; c < out.columns.size(); ++c) {
    const bool of_sums = c == 2 || (c > 2 && raw[parts[c].raw].fold == Fold::counter);
    const bool learns = other.columns[c].has(its) && (of_sums ? !has_sums : !from.columns[c].has(row));
    if (learns)
      push_value(out, c, other.columns[c].values[its]);
    else if (from.columns[c].has(row))
      push_value(out, c, from.columns[c].values[row]);
  }
}

}  // namespace

Rows merge_rows(const Rows& kept, const Rows& incoming, Precedence preferred) {
  if (incoming.empty()) return kept;
  if (kept.empty()) return incoming;
  Rows out(kept.set);
  std::size_t a = 0, b = 0;
  while (a < kept.size() || b < incoming.size()) {
    const bool both = a < kept.size() && b < incoming.size();
    if (both && kept.t()[a] == incoming.t()[b]) {
      const bool stays =
          preferred == Precedence::kept || (preferred == Precedence::over_remembered && is_ours(kept, a));
      const Rows &first = stays ? kept : incoming, &second = stays ? incoming : kept;
      const std::size_t at = stays ? a : b, other = stays ? b : a;
      is_rollup(kept.set) ? copy_completed(first, at, second, other, out) : copy_row(first, at, out);
      ++a;
      ++b;
    } else if (b == incoming.size() || (both && kept.t()[a] < incoming.t()[b])) {
      copy_row(kept, a++, out);
    } else {
      copy_row(incoming, b++, out);
    }
  }
  settle(out);
  return out;
}

Rows slice(const Rows& rows, std::int64_t from, std::int64_t to) {
  Rows out(rows.set);
  if (rows.empty()) return out;
  const auto& t = rows.t();
  const auto low = std::lower_bound(t.begin(), t.end(), from), high = std::lower_bound(low, t.end(), to);
  for (auto at = low; at != high; ++at) copy_row(rows, static_cast<std::size_t>(at - t.begin()), out);
  settle(out);
  return out;
}

}  // namespace monitorix::history

#include "history/fill.h"

#include <algorithm>
#include <unordered_map>

#include "base/steps.h"
#include "history/recorder.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kRoom = 5;             // s that a row keeps from the next
constexpr std::int64_t kOldestAnswer = 20;    // s: what a poll may still tell, pvestatd looks every ten
constexpr std::int64_t kSameLife = 25;        // s that two readings of one start may differ
constexpr std::int64_t kFarthest = 600;       // s that a clock may be off to be put right
constexpr std::uint32_t kFillLog = 1u << 30;  // a log of its own: differences to rows of another time would be large

std::optional<std::int64_t> uptime_of(const Row& row, std::size_t column) {
  return column != 0 && row.has(column) ? std::optional(row.values[column]) : std::nullopt;
}

/// True when both are of the same life of their owner, as far as anybody knows.
bool are_of_one_life(std::int64_t t_a, std::int64_t uptime_a, std::int64_t t_b, std::int64_t uptime_b) {
  return std::abs((t_a - uptime_a) - (t_b - uptime_b)) <= kSameLife;
}

/// Adds the cells that `row` does not know; true when there were any.
bool complete(Row& row, const Row& more) {
  bool is_changed = false;
  for (std::size_t c = 1; c < kMostRawColumns; ++c) {
    if (row.has(c) || !more.has(c)) continue;
    row.set(c, more.values[c]);
    is_changed = true;
  }
  return is_changed;
}

class Late {
 public:
  Late(const Rows& kept, const Rows& late) : rows_(late), uptime_(uptime_column(late.set)) {
    for (std::size_t i = 0; i < late.size(); ++i)
      if (const auto uptime = uptime_of(row_of(late, i), uptime_)) by_uptime_.emplace(*uptime, i);
    put_clock_right(kept);
  }

  /// What was measured when the row that we have was.
  [[nodiscard]] std::optional<Row> same_as(std::int64_t t, const Row& row) const {
    const auto uptime = uptime_of(row, uptime_);
    const auto found = uptime ? by_uptime_.find(*uptime) : by_uptime_.end();
    if (found == by_uptime_.end() || std::abs(t - time_of(found->second)) > kFarthest) return std::nullopt;
    return row_of(rows_, found->second);
  }

  /// What a poll at `t` would have seen; it must fit between the rows before and after it.
  [[nodiscard]] std::optional<Row> seen_at(std::int64_t t, const std::optional<TimedRow>& before,
                                           const std::optional<TimedRow>& after) const {
    const auto next = std::upper_bound(rows_.t().begin(), rows_.t().end(), t - offset_);
    if (next == rows_.t().begin()) return std::nullopt;
    const auto at = static_cast<std::size_t>(next - rows_.t().begin()) - 1;
    if (t - time_of(at) >= kOldestAnswer) return std::nullopt;
    Row row = row_of(rows_, at);
    if (const auto uptime = uptime_of(row, uptime_)) {
      const auto goes_back = [&](const std::optional<TimedRow>& other, bool is_before) {
        const auto its = other ? uptime_of(other->row, uptime_) : std::nullopt;
        return its && (is_before ? *uptime < *its : *uptime > *its) &&
               are_of_one_life(time_of(at), *uptime, other->t, *its);
      };
      if (goes_back(before, true) || goes_back(after, false)) return std::nullopt;
    }
    return row;
  }

 private:
  [[nodiscard]] std::int64_t time_of(std::size_t i) const { return rows_.t()[i] + offset_; }

  // A poll sees a reading from the moment it is taken until the next one: neither before, nor long after.
  void put_clock_right(const Rows& kept) {
    std::optional<std::int64_t> least;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      const auto uptime = uptime_of(row_of(kept, i), uptime_);
      const auto found = uptime ? by_uptime_.find(*uptime) : by_uptime_.end();
      if (found == by_uptime_.end()) continue;
      const std::int64_t waited = kept.t()[i] - rows_.t()[found->second];
      if (std::abs(waited) <= kFarthest) least = std::min(least.value_or(waited), waited);
    }
    if (least && (*least < -2 || *least > kOldestAnswer)) offset_ = *least - kRoom;
  }

  const Rows& rows_;
  std::size_t uptime_;
  std::int64_t offset_{0};
  std::unordered_map<std::int64_t, std::size_t> by_uptime_{};
};

class Merge {
 public:
  Merge(const Rows& kept, const Rows& late, Window window)
      : late_(kept, late),
        window_(window),
        out_{Rows(late.set), {}} {}

  void keep(const Rows& kept, std::size_t i) {
    TimedRow row{kept.t()[i], row_of(kept, i)};
    fill_up_to(row.t - kRoom, row);
    end_life_before(row);
    bool is_changed = false;
    if (row.t >= window_.from && row.t < window_.to)
      if (const auto same = late_.same_as(row.t, row.row)) is_changed = complete(row.row, *same);
    add(std::move(row), is_changed);
  }
  Completed finish() {
    fill_up_to(window_.to - 1, std::nullopt);
    settle(out_.rows);
    return std::move(out_);
  }

 private:
  void fill_up_to(std::int64_t last, const std::optional<TimedRow>& after) {
    const std::int64_t to = std::min(last, window_.to - 1);
    std::int64_t t = step_up(window_.from, kFinestStep);
    if (before_) {
      t = before_->t + kFinestStep;
      if (t < window_.from) t = before_->t + step_up(window_.from - before_->t, kFinestStep);
    } else if (after) {
      t = after->t - step_down(after->t - window_.from, kFinestStep);
    }
    for (; t <= to; t += kFinestStep)
      if (auto row = late_.seen_at(t, before_, after)) add({t, std::move(*row)}, true);
  }
  // A sum begins anew with each start of ours, and there its counters have no growth: for a second, not for a step.
  void end_life_before(const TimedRow& row) {
    const std::int64_t t = row.t - 1;
    if (!before_ || before_->t >= t || t < window_.from || t >= window_.to) return;
    const auto columns = raw_columns(out_.rows.set);
    bool begins_anew = false;
    for (std::size_t c = 1; c < columns.size(); ++c)
      begins_anew |= columns[c].fold == Fold::counter && row.row.has(c) && before_->row.has(c) &&
                     row.row.values[c] < before_->row.values[c];
    if (!begins_anew || uptime_column(out_.rows.set) != 0) return;
    if (auto last = late_.seen_at(t, before_, row)) add({t, std::move(*last)}, true);
  }
  void add(TimedRow row, bool is_changed) {
    if (is_changed) out_.changed.push_back(out_.rows.size());
    push_row(out_.rows, row.t, row.row);
    before_ = std::move(row);
  }

  Late late_;
  Window window_;
  Completed out_;
  std::optional<TimedRow> before_{};
};

/// Those that late samples for the window are compared with: the rest of the hour need not be read for a minute of it.
Rows rows_around(const HourHead& head, const Rows& late, Window window) {
  const std::int64_t first = late.empty() ? window.from : std::min(window.from, late.t().front());
  Rows out(head.set());
  head.add_rows(first - kFarthest, INT64_MAX, out);
  settle(out);
  return !out.empty() && out.t().front() < window.from ? out : head.rows();
}

}  // namespace

Completed completed(const Rows& kept, const Rows& late, Window window) {
  if (late.empty()) return {kept, {}};
  Merge merge(kept, late, window);
  for (std::size_t i = 0; i < kept.size(); ++i) merge.keep(kept, i);
  return merge.finish();
}

Rows united(const Rows& kept, const Rows& more) {
  if (more.empty()) return kept;
  if (kept.empty()) return more;
  Rows out(kept.set);
  std::size_t a = 0, b = 0;
  while (a < kept.size() || b < more.size()) {
    const bool has_both = a < kept.size() && b < more.size();
    if (has_both && kept.t()[a] == more.t()[b]) {
      Row row = row_of(kept, a);
      (void)complete(row, row_of(more, b));
      push_row(out, kept.t()[a], row);
      ++a;
      ++b;
    } else if (b == more.size() || (has_both && kept.t()[a] < more.t()[b])) {
      copy_row(kept, a++, out);
    } else {
      copy_row(more, b++, out);
    }
  }
  settle(out);
  return out;
}

Status Recorder::fill(std::uint32_t shard, unsigned set, const std::vector<LateRows>& late, Window window,
                      WallTime now) {
  const std::lock_guard sealing(sealing_);
  if (is_recovering()) return fail(Errc::unavailable, "the open hours are still being read back");
  std::map<std::int64_t, std::vector<SeriesRow>> by_time;
  Batch batch;
  for (const LateRows& one : late) {
    if (one.rows.set != set) continue;
    for (std::int64_t hour = window.from / kHourSeconds; hour * kHourSeconds < window.to; ++hour) {
      const Window its{std::max(window.from, hour * kHourSeconds), std::min(window.to, (hour + 1) * kHourSeconds)};
      if (fill_open(one, hour, its, by_time)) continue;
      auto filled = fill_raw(keeper_, one.series, one.rows, its);
      if (!filled) return fail(std::move(filled).error());
      std::move(filled->chunks.begin(), filled->chunks.end(), std::back_inserter(batch.chunks));
    }
  }
  if (!batch.is_empty())
    if (auto written = noted(keeper_.write(batch)); !written) return written;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [t, rows] : by_time) {
      standing_.rows += rows.size();
      pending_.push_back({{shard | kFillLog, t / kHourSeconds}, t, to_ms(now), set, std::move(rows)});
    }
  }
  return flush(now);
}

// With the lock.
Recorder::Head Recorder::head_at(std::int64_t hour, SeriesId series) const {
  const auto its = hours_.find(hour);
  if (its == hours_.end()) return nullptr;
  const auto found = its->second.heads.find(series);
  return found == its->second.heads.end() ? nullptr : found->second;
}

// Copied, merged without the lock, and put in place unless a sample came meanwhile.
bool Recorder::fill_open(const LateRows& late, std::int64_t hour, Window window,
                         std::map<std::int64_t, std::vector<SeriesRow>>& by_time) {
  for (;;) {
    HourHead before(late.rows.set);
    {
      const std::lock_guard lock(mutex_);
      if (hour <= sealed_through_) return false;
      const auto known = series_.find(late.series);
      if (known == series_.end() || known->second.set != late.rows.set) return true;
      if (const Head head = head_at(hour, late.series)) before = *head;
    }
    const Completed done = completed(rows_around(before, late.rows, window), late.rows, window);
    if (done.changed.empty()) return true;
    const std::size_t size_before = before.size();
    const auto head = std::make_shared<HourHead>(std::move(before));
    head->replace_from(done.rows.t()[done.changed.front()], done.rows);
    const std::lock_guard lock(mutex_);
    if (const Head present = head_at(hour, late.series); present && present->size() != size_before) continue;
    if (head->size() > size_before) {
      auto& step = series_.at(late.series).step;
      step = std::min(step, kFinestStep);
    }
    Hour& its = hours_[hour];
    its.heads[late.series] = head;
    if (its.is_closed) its.unsealed.insert(late.series);
    for (const std::size_t i : done.changed)
      by_time[done.rows.t()[i]].push_back({late.series, done.rows.t()[i], row_of(done.rows, i)});
    return true;
  }
}

}  // namespace monitorix::history

#include "history/remembered.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/steps.h"
#include "history/keeper.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kShortest = 60, kLongest = 8 * 86'400;
constexpr auto kNowhere = static_cast<std::size_t>(-1);

/// The raw column that carries a field; kNowhere when the set has none.
std::size_t column_of(unsigned raw_set, PastField field) {
  const auto named = [&](std::string_view name) { return column_named(raw_set, name).value_or(kNowhere); };
  switch (field) {
    case PastField::cpu: return named("cpu");
    case PastField::memory: return named("mem");
    case PastField::memory_total: return named("maxmem");
    case PastField::disk: return named(raw_set == kStorageSet ? "used" : "disk");
    case PastField::disk_total: return named(raw_set == kStorageSet ? "total" : "maxdisk");
    case PastField::net_in: return named("netin");
    case PastField::net_out: return named("netout");
    case PastField::disk_read: return named("diskread");
    case PastField::disk_write: return named("diskwrite");
    case PastField::iowait: return named("iowait");
    case PastField::load: return named("load");
    case PastField::swap: return named("swap");
    case PastField::swap_total: return named("maxswap");
    case PastField::pressure_cpu_some: return named("psi_cpu_some");
    case PastField::pressure_io_some: return named("psi_io_some");
    case PastField::pressure_io_full: return named("psi_io_full");
    case PastField::pressure_memory_some: return named("psi_memory_some");
    case PastField::pressure_memory_full: return named("psi_memory_full");
    default: return kNowhere;
  }
}

struct Cell {
  double sum{0}, weight{0}, most{0}, last{0};
  bool has_most{false};
  void add(double value, double seconds) {
    if (std::isnan(value)) return;
    sum += value * seconds;
    weight += seconds;
    last = value;
  }
  void high(double value) {
    if (std::isnan(value)) return;
    most = has_most ? std::max(most, value) : value;
    has_most = true;
  }
};
struct Bucket {
  std::array<Cell, kPastFields> cells{};
  std::int64_t step{};  // of the interval that speaks of it; a finer one replaces a coarser
};
using Buckets = std::map<std::int64_t, Bucket>;

/// Seconds to the neighbour; frames of an upgraded cluster change their step on the way (R2).
std::int64_t step_at(std::span<const PastRow> rows, std::size_t i) {
  const std::int64_t after = i + 1 < rows.size() ? rows[i + 1].time - rows[i].time : 0;
  const std::int64_t before = i > 0 ? rows[i].time - rows[i - 1].time : 0;
  const std::int64_t step = after > 0 && before > 0 ? std::min(after, before) : std::max(after, before);
  return step < kShortest || step > kLongest ? 0 : step;
}

/// Calls `put` for each bucket of `size` seconds that [from, to) touches, with the seconds it has in it.
template <class Put>
void spread(std::int64_t size, std::int64_t from, std::int64_t to, Put put) {
  for (std::int64_t start = step_down(from, size); start < to; start += size)
    put(start, std::min(to, start + size) - std::max(from, start));
}

/// Calls `use` for each interval that has ended and says something.
template <class Use>
void each_interval(std::span<const PastRow> rows, std::int64_t now, Use use) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t step = step_at(rows, i);
    if (step != 0 && rows[i].time + step <= now && rows[i].time >= kOldest && !rows[i].knows_nothing())
      use(rows[i], step);
  }
}

struct Both {
  Buckets fine{}, coarse{};
  std::int64_t longest_fine{};
  Buckets& of(std::int64_t step) { return step <= longest_fine ? fine : coarse; }
  [[nodiscard]] std::int64_t size(std::int64_t step) const {
    return step <= longest_fine ? kFineBucket : kCoarseBucket;
  }
};

void take_averages(std::span<const PastRow> rows, std::int64_t now, Both& both) {
  each_interval(rows, now, [&](const PastRow& row, std::int64_t step) {
    Buckets& buckets = both.of(step);
    const auto put = [&](std::int64_t start, std::int64_t seconds) {
      Bucket& bucket = buckets[start];
      if (bucket.step != 0 && bucket.step < step) return;
      if (bucket.step > step || bucket.step == 0) bucket = {.step = step};
      for (std::size_t f = 0; f < kPastFields; ++f) bucket.cells[f].add(row.values[f], static_cast<double>(seconds));
    };
    spread(both.size(step), row.time, row.time + step, put);
  });
}

void take_maxima(std::span<const PastRow> rows, std::int64_t now, Both& both) {
  each_interval(rows, now, [&](const PastRow& row, std::int64_t step) {
    Buckets& buckets = both.of(step);
    const auto put = [&](std::int64_t start, std::int64_t) {
      const auto bucket = buckets.find(start);
      if (bucket == buckets.end() || bucket->second.step != step) return;
      for (std::size_t f = 0; f < kPastFields; ++f) bucket->second.cells[f].high(row.values[f]);
    };
    spread(both.size(step), row.time, row.time + step, put);
  });
}

std::int64_t stored(const Column& column, double value) { return std::llround(value / rollup_quantum(column)); }

void write_cell(unsigned raw_set, std::size_t raw, const Cell& cell, Rows& out) {
  const Column& column = raw_columns(raw_set)[raw];
  const auto push = [&](Part part, std::int64_t value) {
    if (const std::size_t at = rollup_column(out.set, raw, part); at != 0) push_value(out, at, value);
  };
  if (cell.weight > 0 && column.fold == Fold::gauge) push(Part::avg, stored(column, cell.sum / cell.weight));
  if (cell.weight > 0 && column.fold == Fold::last) push(Part::last, stored(column, cell.last));
  if (cell.weight > 0 && column.fold == Fold::counter) push(Part::sum, stored(column, cell.sum));
  if (cell.has_most && cell.weight > 0)
    push(column.fold == Fold::counter ? Part::rate_max : Part::max, stored(column, cell.most));
}

Rows rows_of(unsigned raw_set, const Buckets& buckets) {
  Rows out(raw_set + kRollupOffset);
  for (const auto& [start, bucket] : buckets) {
    double covered = 0;
    bool is_known = false;
    for (std::size_t f = 0; f < kPastFields; ++f) {
      const std::size_t raw = column_of(raw_set, static_cast<PastField>(f));
      if (raw == kNowhere || bucket.cells[f].weight <= 0) continue;
      is_known = true;
      if (raw_columns(raw_set)[raw].fold == Fold::counter) covered = std::max(covered, bucket.cells[f].weight);
    }
    if (!is_known) continue;
    out.columns[0].values.push_back(start);
    push_value(out, 1, 1);
    push_value(out, 2, std::llround(covered));
    for (std::size_t f = 0; f < kPastFields; ++f)
      if (const std::size_t raw = column_of(raw_set, static_cast<PastField>(f)); raw != kNowhere)
        write_cell(raw_set, raw, bucket.cells[f], out);
  }
  settle(out);
  return out;
}

}  // namespace

Remembered remembered(unsigned raw_set, std::span<const PastRow> average, std::span<const PastRow> maximum,
                      std::int64_t now, std::int64_t longest_fine) {
  Both both{.longest_fine = longest_fine};
  take_averages(average, now, both);
  take_maxima(maximum, now, both);
  return {rows_of(raw_set, both.fine), rows_of(raw_set, both.coarse)};
}

Remembered rolled_up(unsigned raw_set, std::vector<ForeignSample> samples) {
  std::ranges::stable_sort(samples, {}, &ForeignSample::t);
  const auto columns = raw_columns(raw_set);
  Rows raw(raw_set);
  for (std::size_t i = 0; i < samples.size();) {
    const std::int64_t t = samples[i].t;
    Row row;
    for (; i < samples.size() && samples[i].t == t; ++i)
      if (const auto value = quantised(columns[samples[i].column], samples[i].value))
        row.set(samples[i].column, *value);
    if (row.known != 0) push_row(raw, t, row);
  }
  settle(raw);
  return {roll_up_raw(raw, std::nullopt, kFineBucket), roll_up_raw(raw, std::nullopt, kCoarseBucket)};
}

}  // namespace monitorix::history

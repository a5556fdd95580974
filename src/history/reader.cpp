#include "history/reader.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "base/steps.h"
#include "history/rate.h"

namespace monitorix::history {
namespace {

constexpr int kSketchKind = -1;  // beside the resolutions of chunks

// Growth of counters needs the counters' uptime as well; rollups need samples and covered seconds.
std::uint64_t wanted(unsigned raw_set, const std::vector<std::size_t>& columns, Resolution resolution) {
  std::uint64_t want = 1;
  if (resolution == Resolution::raw) {
    want |= std::uint64_t{1} << uptime_column(raw_set);
    for (const std::size_t column : columns) want |= std::uint64_t{1} << column;
    return want;
  }
  want |= 6;
  const auto parts = rollup_columns(raw_set + kRollupOffset);
  for (std::size_t c = 3; c < parts.size(); ++c)
    if (std::find(columns.begin(), columns.end(), parts[c].raw) != columns.end()) want |= std::uint64_t{1} << c;
  return want;
}

/// The growth of a counter begins at the row before the window.
bool has_counter(unsigned raw_set, const std::vector<std::size_t>& columns) {
  return std::ranges::any_of(columns, [&](std::size_t c) { return raw_columns(raw_set)[c].fold == Fold::counter; });
}

void append(const Rows& from, std::int64_t low, std::int64_t high, Rows& to) {
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t t = from.t()[i];
    if (t >= low && t < high && (to.empty() || t > to.t().back())) copy_row(from, i, to);
  }
}

// Parts of older days were folded long ago.
std::int64_t parts_from(std::int64_t from, std::int64_t to) { return std::max(from, to - 8 * kDaySeconds); }

/// Chunks of one answer at a time: enough to make the question worth its while, few enough to hold.
constexpr std::int64_t kChunksPerQuestion = 4'000;

/// The chunks of several series, by series.
class Shelf {
 public:
  void fill(std::vector<StoredChunk> chunks) {
    chunks_ = std::move(chunks);
    for (std::size_t first = 0; first < chunks_.size();) {
      std::size_t end = first;
      while (end < chunks_.size() && chunks_[end].key.series == chunks_[first].key.series) ++end;
      places_[chunks_[first].key.series] = {first, end - first};
      first = end;
    }
  }
  [[nodiscard]] std::span<const StoredChunk> of(SeriesId series) const {
    const auto found = places_.find(series);
    if (found == places_.end()) return {};
    return std::span(chunks_).subspan(found->second.first, found->second.second);
  }

 private:
  std::vector<StoredChunk> chunks_{};
  std::unordered_map<SeriesId, std::pair<std::size_t, std::size_t>> places_{};  // first, count
};

// Of a guest that stood still throughout nothing coarser knows more: each sample says so itself.
bool stood_still(const Rows& rows, std::int64_t from, std::int64_t to) {
  if (rows.set != kGuestSet || rows.empty()) return false;
  const Cells& status = rows.columns[GuestColumn::status];
  std::int64_t seen = from;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool is_stopped = status.has(i) && status.values[i] == static_cast<std::int64_t>(SeriesStatus::stopped);
    if (!is_stopped || rows.t()[i] - seen > kLongestInterval) return false;
    seen = rows.t()[i];
  }
  return to - seen <= kLongestInterval;
}

}  // namespace

void Reader::add_stored(const SeriesInfo& series, unsigned set, std::span<const StoredChunk> stored, std::int64_t from,
                        std::int64_t to, std::uint64_t want, Chunk& into) {
  const std::int64_t ticks = ticks_per_second(set);
  for (const StoredChunk& one : stored) {
    auto chunk = decode_chunk(one.blob, window_of(one.key, set), want);
    if (!chunk || chunk->rows.set != set) {
      damage_.note({series.object, one.key.start, chunk ? "of another set" : chunk.error().text},
                   static_cast<int>(one.key.resolution));
      continue;
    }
    if (chunk->origin == Origin::mixed) into.origin = Origin::mixed;
    append(chunk->rows, from * ticks, to * ticks, into.rows);
  }
  settle(into.rows);
}

// To be asked before the keeper: what is sealed in between is then seen twice rather than not at all. Counters of a
// rollup begin at the row before it.
Rows Reader::in_memory(const SeriesInfo& series, Resolution resolution, std::int64_t from, std::int64_t to,
                       std::uint64_t want) const {
  const std::int64_t ticks = ticks_per_second(series.set);
  if (resolution != Resolution::raw) return recorder_.rows(series.id, (from - kLongestInterval) * ticks, to * ticks);
  auto columns = static_cast<std::uint32_t>(want);
  if (series.set == kGuestSet) columns |= 1u << GuestColumn::status;  // stood_still() wants to know
  return recorder_.rows(series.id, from * ticks, to * ticks, columns);
}

std::int64_t Reader::stored_until(Resolution resolution, std::int64_t to) const {
  return resolution == Resolution::raw ? std::min(to, recorder_.open_from().value_or(to)) : to;
}

Chunk Reader::assemble(const SeriesInfo& series, Resolution resolution, std::int64_t from, std::int64_t to,
                       std::uint64_t want, Sources sources) {
  const bool is_raw = resolution == Resolution::raw;
  const unsigned set = is_raw ? series.set : series.set + kRollupOffset;
  Chunk out{Rows(set), Origin::live};
  add_stored(series, set, sources.stored, from, to, want, out);
  if (is_raw) {
    out.rows = out.rows.empty() ? std::move(sources.open) : merge_rows(out.rows, sources.open, Precedence::kept);
    return out;
  }
  Chunk parts{Rows(set), Origin::live};
  add_stored(series, set, sources.parts, from, to, want, parts);
  if (!sources.open.empty())
    parts.rows = merge_rows(parts.rows, roll_up_raw(sources.open, std::nullopt), Precedence::kept);
  if (parts.origin == Origin::mixed) out.origin = Origin::mixed;
  if (resolution == Resolution::coarse) parts.rows = roll_up_fine(parts.rows);
  out.rows = merge_rows(out.rows, slice(parts.rows, from, to), Precedence::incoming);
  return out;
}

Result<Chunk> Reader::rows(const SeriesInfo& series, Resolution resolution, std::int64_t from, std::int64_t to,
                           std::uint64_t want) {
  const std::int64_t span = span_of(resolution);
  if ((to - from) / span > static_cast<std::int64_t>(kMostChunks))
    return fail(Errc::too_large, "the window holds too many chunks; ask for fewer points");
  Rows open = in_memory(series, resolution, from, to, want);
  const std::int64_t stored_to = stored_until(resolution, to);
  Result<std::vector<StoredChunk>> stored = std::vector<StoredChunk>{};
  if (from < stored_to) stored = keeper_.chunks(series.id, resolution, step_down(from, span), stored_to);
  if (!stored) return fail(std::move(stored).error());
  if (resolution == Resolution::raw)
    return assemble(series, resolution, from, to, want, {*stored, {}, std::move(open)});
  auto parts = keeper_.chunks(series.id, Resolution::part, step_down(parts_from(from, to), kHourSeconds), to);
  if (!parts) return fail(std::move(parts).error());
  return assemble(series, resolution, from, to, want, {*stored, *parts, std::move(open)});
}

Result<bool> Reader::rows_of(std::span<const SeriesInfo> series, const std::vector<std::size_t>& columns,
                             Resolution resolution, std::int64_t from, std::int64_t to,
                             const std::function<void(std::size_t at, Chunk chunk)>& take) {
  const bool is_raw = resolution == Resolution::raw;
  const std::int64_t span = span_of(resolution);
  const std::int64_t chunks = (to - from) / span + (is_raw ? 1 : 1 + kDaySeconds / kHourSeconds);
  const auto batch = static_cast<std::size_t>(std::max<std::int64_t>(1, kChunksPerQuestion / chunks));
  bool is_whole = true;
  for (std::size_t first = 0; first < series.size(); first += batch) {
    const auto some = series.subspan(first, std::min(batch, series.size() - first));
    std::vector<SeriesId> ids;
    std::vector<Rows> open;  // before the keeper is asked, as in rows()
    for (const SeriesInfo& one : some) {
      ids.push_back(one.id);
      open.push_back(in_memory(one, resolution, from, to, wanted(one.set, columns, resolution)));
    }
    Shelf stored, parts;
    const auto ask = [&](Resolution which, std::int64_t start, Shelf& into) -> Status {
      const std::int64_t stored_to = stored_until(which, to);
      if (start >= stored_to) return {};
      auto found = keeper_.chunks_of(ids, which, step_down(start, span_of(which)), stored_to);
      if (found) return into.fill(std::move(*found)), Status{};
      if (found.error().code != Errc::unavailable) return fail(std::move(found).error());
      is_whole = false;
      return {};
    };
    if (auto asked = ask(resolution, from, stored); !asked) return fail(std::move(asked).error());
    if (!is_raw)
      if (auto asked = ask(Resolution::part, parts_from(from, to), parts); !asked)
        return fail(std::move(asked).error());
    for (std::size_t i = 0; i < some.size(); ++i)
      take(first + i, assemble(some[i], resolution, from, to, wanted(some[i].set, columns, resolution),
                               {stored.of(ids[i]), parts.of(ids[i]), std::move(open[i])}));
  }
  return is_whole;
}

Chunk Reader::from_memory(const SeriesInfo& series, const Plan& plan) const {
  const std::int64_t ticks = ticks_per_second(series.set);
  Rows open = recorder_.rows(series.id, (plan.from - kLongestInterval) * ticks, plan.to * ticks);
  if (plan.resolution == Resolution::raw || open.empty()) return {std::move(open), Origin::live};
  Rows rolled = roll_up_raw(open, std::nullopt);
  if (plan.resolution == Resolution::coarse) rolled = roll_up_fine(rolled);
  return {std::move(rolled), Origin::live};
}

// What no finer row knows, a coarser one may: an interval of Proxmox VE's memory, or an hour whose samples have
// expired.
Status Reader::fill_holes(const SeriesInfo& series, const std::vector<std::size_t>& columns, const Plan& plan,
                          Reading& reading) {
  for (const Resolution coarser : {Resolution::fine, Resolution::coarse}) {
    const std::int64_t span = step_of(coarser, 0);
    if (coarser <= plan.resolution || span < plan.step) continue;
    const bool is_needed = std::any_of(reading.columns.begin(), reading.columns.end(),
                                       [&](const auto& points) { return has_hole(plan, points, span); });
    if (!is_needed) return {};
    auto chunk = rows(series, coarser, step_down(plan.from, span), plan.to, wanted(series.set, columns, coarser));
    if (!chunk) return fail(std::move(chunk).error());
    if (!chunk->rows.empty() && chunk->origin == Origin::mixed) reading.origin = Origin::mixed;
    for (std::size_t i = 0; i < columns.size(); ++i) fill_from(plan, chunk->rows, span, columns[i], reading.columns[i]);
  }
  return {};
}

Result<Reading> Reader::read(SeriesId series, const std::vector<std::size_t>& columns, const Plan& plan) {
  const auto info = recorder_.info(series);
  if (!info) return fail(Errc::not_found, "there is no such series");
  const bool needs_before = plan.resolution == Resolution::raw && has_counter(info->set, columns);
  const std::int64_t from = needs_before ? plan.from - kLongestInterval : plan.from;
  auto chunk = rows(*info, plan.resolution, std::max<std::int64_t>(from, 0), plan.to,
                    wanted(info->set, columns, plan.resolution));
  const bool is_away = !chunk && chunk.error().code == Errc::unavailable;
  if (is_away) chunk = from_memory(*info, plan);
  if (!chunk) return fail(std::move(chunk).error());
  Reading out;
  out.origin = chunk->origin;
  out.is_partial = is_away || recorder_.is_recovering();
  for (const std::size_t column : columns) out.columns.push_back(points_of(plan, chunk->rows, column));
  if (!is_away && !stood_still(chunk->rows, plan.from, plan.to))
    if (auto filled = fill_holes(*info, columns, plan, out); !filled) return fail(std::move(filled).error());
  return out;
}

Result<Quantile> Reader::quantile(SeriesId series, std::size_t column, double q, std::int64_t from, std::int64_t to) {
  const auto info = recorder_.info(series);
  if (!info) return fail(Errc::not_found, "there is no such series");
  const Column& its = raw_columns(info->set)[column];
  const bool by_sketch = to - from > kDaySeconds;
  // A window that ends now has its last day in a sketch up to the open hours; one that ends earlier does not.
  std::int64_t raw_from = from;
  std::int64_t days_to = step_down(to - 1, kDaySeconds);
  if (by_sketch) {
    const auto open = recorder_.open_from();
    const bool ends_now = open && *open > days_to && *open <= to;
    raw_from = ends_now ? *open : days_to;
    if (ends_now) days_to += kDaySeconds;
  }
  auto chunk = rows(*info, Resolution::raw, raw_from, to, 1 | std::uint64_t{1} << column);
  if (!chunk) return fail(std::move(chunk).error());
  const Cells& cells = chunk->rows.columns[column];
  if (!by_sketch) {
    std::vector<std::int64_t> values;
    for (std::size_t i = 0; i < cells.values.size(); ++i)
      if (cells.has(i)) values.push_back(cells.values[i]);
    if (values.empty()) return Quantile{std::nullopt, "raw", 0};
    const auto rank = static_cast<std::size_t>(
        std::max(1.0, std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(values.size()))));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
    std::nth_element(values.begin(), at, values.end());
    return Quantile{static_cast<double>(*at) * its.quantum, "raw", values.size()};
  }
  auto stored = keeper_.sketches(series, from / kDaySeconds, days_to / kDaySeconds);
  if (!stored) return fail(std::move(stored).error());
  DaySketches all;
  for (const StoredSketch& one : *stored) {
    if (const auto day = decode_sketches(one.blob)) {
      merge_sketches(all, *day);
    } else {
      damage_.note({info->object, one.day * kDaySeconds, day.error().text}, kSketchKind);
    }
  }
  merge_sketches(all, sketches_of(chunk->rows));
  const Sketch& sketch = all[column];
  const auto value = sketch.quantile(q);
  return Quantile{value ? std::optional(*value * sketch_quantum(its)) : std::nullopt, "sketch", sketch.count()};
}

}  // namespace monitorix::history

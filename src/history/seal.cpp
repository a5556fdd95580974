#include "history/seal.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "base/steps.h"
#include "history/rate.h"

namespace monitorix::history {
namespace {

Result<StoredChunk> chunk_of(const ChunkKey& key, const Rows& rows, Origin origin) {
  const auto packing = key.resolution == Resolution::part ? Packing::plain : Packing::compressed;
  auto blob = encode_chunk(rows, window_of(key, rows.set), origin, packing);
  if (!blob) return fail(std::move(blob).error());
  return StoredChunk{key, std::move(*blob)};
}

// A damaged chunk is a gap: it is as if nothing were there.
std::optional<Chunk> opened(const StoredChunk& stored, unsigned set) {
  auto chunk = decode_chunk(stored.blob, window_of(stored.key, set));
  if (chunk && chunk->rows.set == set) return std::move(*chunk);
  log::error("a chunk of history is damaged", {{"series", stored.key.series},
                                               {"start", stored.key.start},
                                               {"error", chunk ? std::string("of another set") : chunk.error().text}});
  return std::nullopt;
}

/// The chunks of one series and resolution that are stored in [from, to), read at once.
class Present {
 public:
  static Result<Present> read(Keeper& keeper, SeriesId series, Resolution resolution, std::int64_t from,
                              std::int64_t to) {
    auto found = keeper.chunks(series, resolution, from, to);
    if (!found) return fail(std::move(found).error());
    return Present(std::move(*found));
  }
  [[nodiscard]] std::optional<Chunk> at(std::int64_t start, unsigned set) const {
    const auto found =
        std::ranges::lower_bound(chunks_, start, {}, [](const StoredChunk& one) { return one.key.start; });
    const bool is_there = found != chunks_.end() && found->key.start == start;
    return is_there ? opened(*found, set) : std::nullopt;
  }

 private:
  explicit Present(std::vector<StoredChunk> chunks) : chunks_(std::move(chunks)) {}
  std::vector<StoredChunk> chunks_;  // by start
};
Result<Present> present_at(Keeper& keeper, const ChunkKey& key) {
  return Present::read(keeper, key.series, key.resolution, key.start, key.start + 1);
}

Origin either(Origin a, Origin b) { return a == Origin::mixed || b == Origin::mixed ? Origin::mixed : Origin::live; }

/// Puts rows into the chunk of `key`, beside what is present, and adds it to the batch. Returns all its rows.
Result<Rows> merge_into(const Present& present, const ChunkKey& key, const Rows& rows, Origin origin,
                        Precedence preferred, Batch& batch) {
  const auto before = present.at(key.start, rows.set);
  Rows all = before ? merge_rows(before->rows, rows, preferred) : rows;
  auto chunk = chunk_of(key, all, before ? either(before->origin, origin) : origin);
  if (!chunk) return fail(std::move(chunk).error());
  batch.chunks.push_back(std::move(*chunk));
  return all;
}
Result<Rows> merge_into(Keeper& keeper, const ChunkKey& key, const Rows& rows, Origin origin, Precedence preferred,
                        Batch& batch) {
  const auto present = present_at(keeper, key);
  if (!present) return fail(present.error());
  return merge_into(*present, key, rows, origin, preferred, batch);
}

Status fold_day(Keeper& keeper, SeriesId series, unsigned raw_set, std::int64_t day, const Rows& parts, Origin origin,
                Batch& batch) {
  const auto preferred = origin == Origin::live ? Precedence::incoming : Precedence::kept;
  const auto fine = merge_into(keeper, {series, Resolution::fine, day}, parts, origin, preferred, batch);
  if (!fine) return fail(fine.error());
  const auto coarse =
      merge_into(keeper, {series, Resolution::coarse, day}, roll_up_fine(*fine), origin, Precedence::incoming, batch);
  if (!coarse) return fail(coarse.error());
  auto hours = keeper.chunks(series, Resolution::raw, day, day + kDaySeconds);
  if (!hours) return fail(std::move(hours).error());
  DaySketches sketches;
  for (const StoredChunk& hour : *hours)
    if (const auto chunk = opened(hour, raw_set)) merge_sketches(sketches, sketches_of(chunk->rows));
  if (!sketches.empty()) batch.sketches.push_back({series, day / kDaySeconds, encode_sketches(sketches)});
  return {};
}

}  // namespace

Window window_of(const ChunkKey& key, unsigned set) {
  const std::int64_t ticks = ticks_per_second(set);
  return {key.start * ticks, (key.start + span_of(key.resolution)) * ticks};
}

Result<std::vector<StoredChunk>> seal_hour(SeriesId series, const Rows& rows, std::int64_t hour,
                                           const std::optional<TimedRow>& before, Origin origin) {
  std::vector<StoredChunk> out;
  const std::int64_t start = hour * kHourSeconds;
  auto raw = chunk_of({series, Resolution::raw, start}, rows, origin);
  if (!raw) return fail(std::move(raw).error());
  auto part = chunk_of({series, Resolution::part, start}, roll_up_raw(rows, before), origin);
  if (!part) return fail(std::move(part).error());
  out.push_back(std::move(*raw));
  out.push_back(std::move(*part));
  return out;
}

Result<std::optional<StoredSketch>> grown_sketch(Keeper& keeper, SeriesId series, const Rows& rows, std::int64_t hour) {
  const std::int64_t start = hour * kHourSeconds, day = step_down(start, kDaySeconds) / kDaySeconds;
  auto present = keeper.chunks(series, Resolution::raw, start, start + 1);
  if (!present) return fail(std::move(present).error());
  DaySketches sketches = sketches_of(rows);
  if (!present->empty() || sketches.empty()) return std::optional<StoredSketch>{};
  auto before = keeper.sketches(series, day, day + 1);
  if (!before) return fail(std::move(before).error());
  if (!before->empty())
    if (const auto its = decode_sketches(before->front().blob)) merge_sketches(sketches, *its);
  return StoredSketch{series, day, encode_sketches(sketches)};
}

Result<std::optional<TimedRow>> row_before(Keeper& keeper, SeriesId series, std::int64_t hour) {
  const std::int64_t start = (hour - 1) * kHourSeconds;
  auto found = keeper.chunks(series, Resolution::raw, start, start + 1);
  if (!found) return fail(std::move(found).error());
  if (found->empty()) return std::optional<TimedRow>{};
  constexpr Window any_time{INT64_MIN, INT64_MAX};
  const auto chunk = decode_chunk(found->front().blob, any_time);
  if (!chunk) return std::optional<TimedRow>{};
  const Rows& rows = chunk->rows;
  Readings readings(rows.set);
  for (std::size_t i = rows.size() - std::min<std::size_t>(rows.size(), 8); i < rows.size(); ++i)
    readings.pass({rows.t()[i], row_of(rows, i)});
  return readings.before();
}

Result<Batch> fold_days(Keeper& keeper, SeriesId series, unsigned raw_set, std::int64_t today) {
  auto parts = keeper.chunks(series, Resolution::part, 0, today);
  if (!parts) return fail(std::move(parts).error());
  struct Day {
    Rows rows{};
    Origin origin{Origin::live};
  };
  std::map<std::int64_t, Day> days;
  Batch batch;
  for (const StoredChunk& part : *parts) {
    batch.removed.push_back(part.key);
    const auto chunk = opened(part, raw_set + kRollupOffset);
    if (!chunk) continue;
    Day& day = days[step_down(part.key.start, kDaySeconds)];
    day.rows = merge_rows(day.rows, chunk->rows, Precedence::incoming);
    day.origin = either(day.origin, chunk->origin);
  }
  for (const auto& [start, day] : days) {
    if (auto done = fold_day(keeper, series, raw_set, start, day.rows, day.origin, batch); !done)
      return fail(std::move(done).error());
  }
  return batch;
}

Result<Batch> fill_raw(Keeper& keeper, SeriesId series, const Rows& rows) {
  Batch batch;
  const std::int64_t ticks = ticks_per_second(rows.set);
  for (std::size_t i = 0; i < rows.size();) {
    const std::int64_t start = step_down(rows.t()[i], kHourSeconds * ticks) / ticks;
    const ChunkKey key{series, Resolution::raw, start};
    const Window window = window_of(key, rows.set);
    const Rows its = slice(rows, window.from, window.to);
    i += its.size();
    const auto present = present_at(keeper, key);
    if (!present) return fail(present.error());
    const auto known = present->at(start, rows.set);
    const Rows all = known ? merge_rows(known->rows, its, Precedence::kept) : its;
    auto before = row_before(keeper, series, start / kHourSeconds);
    if (!before) return fail(std::move(before).error());
    auto sealed = seal_hour(series, all, start / kHourSeconds, *before);
    if (!sealed) return fail(std::move(sealed).error());
    for (StoredChunk& chunk : *sealed) batch.chunks.push_back(std::move(chunk));
  }
  return batch;
}

Result<Batch> fill_rollup(Keeper& keeper, SeriesId series, Resolution resolution, const Rows& rows,
                          Precedence precedence) {
  if ((resolution != Resolution::fine && resolution != Resolution::coarse) || !is_rollup(rows.set))
    return fail(Errc::invalid, "only 5-minute and 1-hour rows fill history");
  Batch batch;
  const Rows young = rows.empty() ? rows : slice(rows, kOldest, rows.t().back() + 1);
  if (young.empty()) return batch;
  const std::int64_t from = step_down(young.t().front(), kDaySeconds), to = young.t().back() + 1;
  const auto present = Present::read(keeper, series, resolution, from, to);
  if (!present) return fail(present.error());
  const auto hours = Present::read(keeper, series, Resolution::coarse, from, to);
  if (!hours) return fail(hours.error());
  for (std::size_t i = 0; i < young.size();) {
    const ChunkKey key{series, resolution, step_down(young.t()[i], kDaySeconds)};
    const Rows its = slice(young, key.start, key.start + kDaySeconds);
    i += its.size();
    const auto merged = merge_into(*present, key, its, Origin::mixed, precedence, batch);
    if (!merged) return fail(merged.error());
    if (resolution == Resolution::coarse) continue;
    const ChunkKey coarse{series, Resolution::coarse, key.start};
    const auto rolled = merge_into(*hours, coarse, roll_up_fine(*merged), Origin::mixed, precedence, batch);
    if (!rolled) return fail(rolled.error());
  }
  return batch;
}

}  // namespace monitorix::history

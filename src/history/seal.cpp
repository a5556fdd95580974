#include "history/seal.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "history/rate.h"

namespace monitorix::history {
namespace {

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
  const std::int64_t rest = value % step;
  return value - (rest < 0 ? rest + step : rest);
}

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

Result<std::optional<Chunk>> stored_chunk(Keeper& keeper, const ChunkKey& key, unsigned set) {
  auto found = keeper.chunks(key.series, key.resolution, key.start, key.start + 1);
  if (!found) return fail(std::move(found).error());
  if (found->empty()) return std::optional<Chunk>{};
  return opened(found->front(), set);
}

Origin either(Origin a, Origin b) { return a == Origin::mixed || b == Origin::mixed ? Origin::mixed : Origin::live; }

/// Puts rows into the chunk of `key`, whatever is there, and adds it to the batch.
Status merge_into(Keeper& keeper, const ChunkKey& key, const Rows& rows, Origin origin, Precedence preferred,
                  Batch& batch, Rows* merged = nullptr) {
  auto present = stored_chunk(keeper, key, rows.set);
  if (!present) return fail(std::move(present).error());
  const Origin its_origin = *present ? either((*present)->origin, origin) : origin;
  Rows all = *present ? merge_rows((*present)->rows, rows, preferred) : rows;
  auto chunk = chunk_of(key, all, its_origin);
  if (!chunk) return fail(std::move(chunk).error());
  batch.chunks.push_back(std::move(*chunk));
  if (merged != nullptr) *merged = std::move(all);
  return {};
}

Status fold_day(Keeper& keeper, SeriesId series, unsigned raw_set, std::int64_t day, const Rows& parts, Origin origin,
                Batch& batch) {
  Rows fine;
  const auto preferred = origin == Origin::live ? Precedence::incoming : Precedence::kept;
  if (auto done = merge_into(keeper, {series, Resolution::fine, day}, parts, origin, preferred, batch, &fine); !done)
    return done;
  if (auto done = merge_into(keeper, {series, Resolution::coarse, day}, roll_up_fine(fine), origin,
                             Precedence::incoming, batch);
      !done)
    return done;
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
    Day& day = days[floor_to(part.key.start, kDaySeconds)];
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
    const std::int64_t start = floor_to(rows.t()[i], kHourSeconds * ticks) / ticks;
    const ChunkKey key{series, Resolution::raw, start};
    const Window window = window_of(key, rows.set);
    const Rows its = slice(rows, window.from, window.to);
    i += its.size();
    auto present = stored_chunk(keeper, key, rows.set);
    if (!present) return fail(std::move(present).error());
    const Rows all = *present ? merge_rows((*present)->rows, its, Precedence::kept) : its;
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
  for (std::size_t i = 0; i < rows.size();) {
    if (rows.t()[i] < kOldest) {
      ++i;
      continue;
    }
    const ChunkKey key{series, resolution, floor_to(rows.t()[i], kDaySeconds)};
    const Rows its = slice(rows, key.start, key.start + kDaySeconds);
    i += its.size();
    Rows merged;
    if (auto done = merge_into(keeper, key, its, Origin::mixed, precedence, batch, &merged); !done)
      return fail(std::move(done).error());
    if (resolution == Resolution::coarse) continue;
    const ChunkKey coarse{series, Resolution::coarse, key.start};
    if (auto done = merge_into(keeper, coarse, roll_up_fine(merged), Origin::mixed, precedence, batch); !done)
      return fail(std::move(done).error());
  }
  return batch;
}

}  // namespace monitorix::history

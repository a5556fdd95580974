#include "store/series/sqlite_keeper.h"

#include <algorithm>
#include <filesystem>

#include "store/series/series_schema.h"

namespace monitorix::store {
namespace {

using history::ChunkKey;
using history::kDaySeconds;
using history::kHourSeconds;
using history::Resolution;
using history::SeriesId;

constexpr std::int64_t k2020 = 1'577'836'800;  // 2020-01-01 UTC, s
constexpr std::int64_t kHours = std::int64_t{1} << 26, kDays = std::int64_t{1} << 16;
constexpr std::int64_t kMostSeries = std::int64_t{1} << 34;

constexpr Query kChunkSave{
    "chunk_save", "INSERT INTO chunk(k, data) VALUES (?1, ?2) ON CONFLICT(k) DO UPDATE SET data = excluded.data"};
constexpr Query kChunkDrop{"chunk_drop", "DELETE FROM chunk WHERE k = ?1"};
constexpr Query kChunkRange{"chunk_range", "SELECT k, data FROM chunk WHERE k >= ?1 AND k < ?2 ORDER BY k"};
constexpr Query kChunkErase{"chunk_erase", "DELETE FROM chunk WHERE k >= ?1 AND k < ?2"};
constexpr Query kSketchSave{
    "sketch_save", "INSERT INTO sketch(k, data) VALUES (?1, ?2) ON CONFLICT(k) DO UPDATE SET data = excluded.data"};
constexpr Query kSketchRange{"sketch_range", "SELECT k, data FROM sketch WHERE k >= ?1 AND k < ?2 ORDER BY k"};
constexpr Query kSketchErase{"sketch_erase", "DELETE FROM sketch WHERE k >= ?1 AND k < ?2"};
constexpr Query kFreePages{"free_pages", "PRAGMA freelist_count"};
constexpr Query kAllPages{"all_pages", "PRAGMA page_count"};
constexpr Query kShrink{"shrink", "PRAGMA incremental_vacuum(64)"};

std::int64_t base_of(SeriesId series, Resolution resolution) {
  return (series << 28) | (static_cast<std::int64_t>(resolution) << 26);
}
// Rounded up, so that [from, to) in seconds becomes a range of keys.
std::int64_t key_at(SeriesId series, Resolution resolution, std::int64_t start) {
  const std::int64_t hours = start <= k2020 ? 0 : (start - k2020 + kHourSeconds - 1) / kHourSeconds;
  return base_of(series, resolution) + std::min(hours, kHours);
}
std::int64_t sketch_key(SeriesId series, std::int64_t day) {
  return (series << 16) + std::clamp<std::int64_t>(day - k2020 / kDaySeconds, 0, kDays);
}

Result<std::int64_t> exact_key(const ChunkKey& key) {
  const std::int64_t hours = (key.start - k2020) / kHourSeconds;
  if (key.series <= 0 || key.series >= kMostSeries || key.start < k2020 || hours >= kHours ||
      key.start % history::span_of(key.resolution) != 0)
    return fail(Errc::invalid, "a chunk begins at a whole hour or day after 2020");
  return base_of(key.series, key.resolution) | hours;
}

Status write_batch(Link& link, const history::Batch& batch) {
  for (const history::StoredChunk& chunk : batch.chunks) {
    const auto key = exact_key(chunk.key);
    if (!key) return fail(key.error());
    if (auto done = to_status(link.run(kChunkSave, {*key, Blob{chunk.blob}})); !done) return done;
  }
  for (const ChunkKey& removed : batch.removed) {
    const auto key = exact_key(removed);
    if (!key) return fail(key.error());
    if (auto done = to_status(link.run(kChunkDrop, {*key})); !done) return done;
  }
  for (const history::StoredSketch& sketch : batch.sketches) {
    const Values values{sketch_key(sketch.series, sketch.day), Blob{sketch.blob}};
    if (auto done = to_status(link.run(kSketchSave, values)); !done) return done;
  }
  return {};
}

// Freed pages are used again; only when they are more than a quarter is the file made smaller, a little at a time.
Status shrink(Link& link) {
  auto free_pages = link.run(kFreePages);
  if (!free_pages) return fail(std::move(free_pages).error());
  auto pages = link.run(kAllPages);
  if (!pages) return fail(std::move(pages).error());
  if (free_pages->front().integer(0) * 4 <= pages->front().integer(0)) return {};
  return to_status(link.run(kShrink));
}

}  // namespace

Result<std::unique_ptr<history::Keeper>> SqliteKeeper::open(const std::string& directory) {
  auto database = SqliteDatabase::open_metrics(directory);
  if (!database) return fail(std::move(database).error());
  if (auto done = migrate(**database, schema::kSeriesMigrations); !done) return fail(std::move(done).error());
  auto logs = LogFiles::open(directory + "/log");
  if (!logs) return fail(std::move(logs).error());
  return std::unique_ptr<history::Keeper>(new SqliteKeeper(std::move(*database), std::move(*logs)));
}

Status SqliteKeeper::write(const history::Batch& batch) {
  const Unit unit = [&](Link& link) -> Status {
    if (auto done = write_batch(link, batch); !done) return done;
    if (auto done = mark_frames(link, batch.frames); !done) return done;
    return batch.sealed_hour ? mark_sealed(link, *batch.sealed_hour) : Status{};
  };
  return batch.sealed_hour ? database_->write_synced(unit) : database_->write(unit);
}

Result<std::vector<history::StoredChunk>> SqliteKeeper::chunks(SeriesId series, Resolution resolution,
                                                               std::int64_t from, std::int64_t to) {
  auto rows = ask(kChunkRange, {key_at(series, resolution, from), key_at(series, resolution, to)});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::StoredChunk> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) {
    const std::int64_t start = (row.integer(0) & (kHours - 1)) * kHourSeconds + k2020;
    out.push_back({{series, resolution, start}, row.text(1)});
  }
  return out;
}

// A walk through the tree for each: one range over all keys would pass the chunks of every series in between.
Result<std::vector<history::StoredChunk>> SqliteKeeper::chunks_of(std::span<const SeriesId> series,
                                                                  Resolution resolution, std::int64_t from,
                                                                  std::int64_t to) {
  std::vector<history::StoredChunk> out;
  auto done = database_->read([&](Link& link) -> Status {
    out.clear();
    for (const SeriesId one : series) {
      auto rows = link.run(kChunkRange, {key_at(one, resolution, from), key_at(one, resolution, to)});
      if (!rows) return fail(std::move(rows).error());
      for (const Row& row : *rows)
        out.push_back({{one, resolution, (row.integer(0) & (kHours - 1)) * kHourSeconds + k2020}, row.text(1)});
    }
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

Result<std::vector<history::StoredSketch>> SqliteKeeper::sketches(SeriesId series, std::int64_t from_day,
                                                                  std::int64_t to_day) {
  auto rows = ask(kSketchRange, {sketch_key(series, from_day), sketch_key(series, to_day)});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::StoredSketch> out;
  for (const Row& row : *rows)
    out.push_back({series, (row.integer(0) & (kDays - 1)) + k2020 / kDaySeconds, row.text(1)});
  return out;
}

Status SqliteKeeper::erase(std::span<const SeriesId> series, const history::Cutoffs& before) {
  return database_->write([&](Link& link) -> Status {
    for (const SeriesId one : series) {
      const auto erase = [&](Resolution resolution, std::int64_t cutoff) {
        return to_status(link.run(kChunkErase, {base_of(one, resolution), key_at(one, resolution, cutoff)}));
      };
      Status done = erase(Resolution::raw, before.raw);
      if (done) done = erase(Resolution::fine, before.fine);
      if (done) done = erase(Resolution::part, before.fine);
      if (done) done = erase(Resolution::coarse, before.coarse);
      const std::int64_t day = before.coarse / kDaySeconds;
      if (done) done = to_status(link.run(kSketchErase, {one << 16, sketch_key(one, day)}));
      if (!done) return done;
    }
    return shrink(link);
  });
}

Result<std::int64_t> SqliteKeeper::size_bytes() {
  std::int64_t sum = logs_->size_bytes();
  for (const char* end : {"", "-wal"}) {
    std::error_code missing;
    const auto bytes = std::filesystem::file_size(database_->path() + end, missing);
    if (!missing) sum += static_cast<std::int64_t>(bytes);
  }
  return sum;
}

}  // namespace monitorix::store

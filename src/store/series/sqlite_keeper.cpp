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
constexpr std::int64_t kHours = std::int64_t{1} << 26;
constexpr int kSeriesBits = 34;
constexpr std::int64_t kMostSeries = std::int64_t{1} << kSeriesBits;
constexpr std::int64_t kErasedAtOnce = 2'500;  // rows of one call, so that readers never wait long

/// One table with a tree of its own.
struct Shelf {
  Query save, drop, range, find, first, erase;
};
#define MONITORIX_SHELF(name)                                                                                       \
  {                                                                                                                 \
    Query{#name "_save",                                                                                            \
          "INSERT INTO " #name "(k, data) VALUES (?1, ?2) ON CONFLICT(k) DO UPDATE SET data = excluded.data"},      \
        Query{#name "_drop", "DELETE FROM " #name " WHERE k = ?1"},                                                 \
        Query{#name "_range", "SELECT k, data FROM " #name " WHERE k >= ?1 AND k < ?2 ORDER BY k"},                 \
        Query{#name "_find", "SELECT k, data FROM " #name " WHERE k = ?1"},                                         \
        Query{#name "_first", "SELECT k FROM " #name " ORDER BY k LIMIT 1"}, Query {                                \
#name "_erase",                                                                                               \
          "DELETE FROM " #name " WHERE k IN (SELECT k FROM " #name " WHERE k >= ?1 AND k < ?2 ORDER BY k LIMIT ?3)" \
    }                                                                                                               \
  }
constexpr Shelf kDaysOfSeries MONITORIX_SHELF(chunk);
constexpr Shelf kRawHours MONITORIX_SHELF(raw_hour);
constexpr Shelf kPartHours MONITORIX_SHELF(part_hour);
constexpr Shelf kSketchDays MONITORIX_SHELF(sketch_day);
#undef MONITORIX_SHELF

constexpr Query kFreePages{"free_pages", "PRAGMA freelist_count"};
constexpr Query kAllPages{"all_pages", "PRAGMA page_count"};
constexpr Query kShrink{"shrink", "PRAGMA incremental_vacuum(64)"};
constexpr Query kForgetPages{"forget_pages", "PRAGMA shrink_memory"};

/// Days of a series lie together; hours and sketches of all series lie by time.
bool is_by_hour(Resolution resolution) { return resolution == Resolution::raw || resolution == Resolution::part; }
const Shelf& shelf_of(Resolution resolution) {
  if (resolution == Resolution::raw) return kRawHours;
  return resolution == Resolution::part ? kPartHours : kDaysOfSeries;
}

std::int64_t by_time(std::int64_t units, SeriesId series) { return (units << kSeriesBits) | series; }
std::int64_t base_of(SeriesId series, Resolution resolution) {
  return (series << 28) | (static_cast<std::int64_t>(resolution) << 26);
}
/// Rounded up, so that [from, to) in seconds becomes a range of hours.
std::int64_t hours_at(std::int64_t start) {
  return start <= k2020 ? 0 : std::min((start - k2020 + kHourSeconds - 1) / kHourSeconds, kHours);
}
std::int64_t start_of(std::int64_t hours) { return hours * kHourSeconds + k2020; }
std::int64_t days_at(std::int64_t day) { return std::max<std::int64_t>(day - k2020 / kDaySeconds, 0); }

Result<std::int64_t> exact_key(const ChunkKey& key) {
  const std::int64_t hours = (key.start - k2020) / kHourSeconds;
  if (key.series <= 0 || key.series >= kMostSeries || key.start < k2020 || hours >= kHours ||
      key.start % history::span_of(key.resolution) != 0)
    return fail(Errc::invalid, "a chunk begins at a whole hour or day after 2020");
  return is_by_hour(key.resolution) ? by_time(hours, key.series) : base_of(key.series, key.resolution) | hours;
}

Status write_batch(Link& link, const history::Batch& batch) {
  for (const history::StoredChunk& chunk : batch.chunks) {
    const auto key = exact_key(chunk.key);
    if (!key) return fail(key.error());
    const Query& save = shelf_of(chunk.key.resolution).save;
    if (auto done = to_status(link.run(save, {*key, Blob{chunk.blob}})); !done) return done;
  }
  for (const ChunkKey& removed : batch.removed) {
    const auto key = exact_key(removed);
    if (!key) return fail(key.error());
    if (auto done = to_status(link.run(shelf_of(removed.resolution).drop, {*key})); !done) return done;
  }
  for (const history::StoredSketch& sketch : batch.sketches) {
    const Values values{by_time(days_at(sketch.day), sketch.series), Blob{sketch.blob}};
    if (auto done = to_status(link.run(kSketchDays.save, values)); !done) return done;
  }
  return {};
}

/// Of a table by time: a walk for each unit in [low, high), beginning where the table begins.
template <class Take>
Status each_by_time(Link& link, const Shelf& shelf, SeriesId series, std::int64_t low, std::int64_t high, Take take) {
  auto first = link.run(shelf.first);
  if (!first) return fail(std::move(first).error());
  if (first->empty()) return {};
  for (std::int64_t unit = std::max(low, first->front().integer(0) >> kSeriesBits); unit < high; ++unit) {
    auto rows = link.run(shelf.find, {by_time(unit, series)});
    if (!rows) return fail(std::move(rows).error());
    if (!rows->empty()) take(unit, rows->front().text(1));
  }
  return {};
}

Status read_chunks(Link& link, SeriesId series, Resolution resolution, std::int64_t from, std::int64_t to,
                   std::vector<history::StoredChunk>& out) {
  const std::int64_t low = hours_at(from), high = hours_at(to);
  const auto add = [&](std::int64_t hours, std::string blob) {
    out.push_back({{series, resolution, start_of(hours)}, std::move(blob)});
  };
  if (is_by_hour(resolution)) return each_by_time(link, shelf_of(resolution), series, low, high, add);
  const std::int64_t base = base_of(series, resolution);
  auto rows = link.run(kDaysOfSeries.range, {base + low, base + high});
  if (!rows) return fail(std::move(rows).error());
  for (const Row& row : *rows) add(row.integer(0) & (kHours - 1), row.text(1));
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
  return chunks_of(std::span(&series, 1), resolution, from, to);
}

Result<std::vector<history::StoredChunk>> SqliteKeeper::chunks_of(std::span<const SeriesId> series,
                                                                  Resolution resolution, std::int64_t from,
                                                                  std::int64_t to) {
  std::vector<history::StoredChunk> out;
  auto done = database_->read([&](Link& link) -> Status {
    out.clear();
    for (const SeriesId one : series)
      if (auto read = read_chunks(link, one, resolution, from, to, out); !read) return read;
    return {};
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

Result<std::vector<history::StoredSketch>> SqliteKeeper::sketches(SeriesId series, std::int64_t from_day,
                                                                  std::int64_t to_day) {
  std::vector<history::StoredSketch> out;
  auto done = database_->read([&](Link& link) {
    out.clear();
    return each_by_time(link, kSketchDays, series, days_at(from_day), days_at(to_day),
                        [&](std::int64_t days, std::string blob) {
                          out.push_back({series, days + k2020 / kDaySeconds, std::move(blob)});
                        });
  });
  if (!done) return fail(std::move(done).error());
  return out;
}

Status SqliteKeeper::erase(std::span<const SeriesId> series, const history::Cutoffs& before) {
  return database_->write([&](Link& link) -> Status {
    const auto erase = [&](const Shelf& shelf, std::int64_t from, std::int64_t to) {
      return to_status(link.run(shelf.erase, {from, to, kErasedAtOnce}));
    };
    Status done = erase(kRawHours, 0, by_time(hours_at(before.raw), 0));
    if (done) done = erase(kPartHours, 0, by_time(hours_at(before.fine), 0));
    if (done) done = erase(kSketchDays, 0, by_time(days_at(before.coarse / kDaySeconds), 0));
    if (!done) return done;
    for (const SeriesId one : series) {
      for (const auto& [resolution, cutoff] :
           {std::pair{Resolution::fine, before.fine}, std::pair{Resolution::coarse, before.coarse}}) {
        const std::int64_t base = base_of(one, resolution);
        if (auto erased = erase(kDaysOfSeries, base, base + hours_at(cutoff)); !erased) return erased;
      }
    }
    return shrink(link);
  });
}

Status SqliteKeeper::drop_log(std::int64_t hour) {
  // Nobody writes beside the pages of the hour that was just sealed: up to 8 MB until the next one.
  (void)database_->write([](Link& link) { return to_status(link.run(kForgetPages)); });
  return logs_->drop(hour);
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

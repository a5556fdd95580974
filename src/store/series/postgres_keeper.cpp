#include "store/series/postgres_keeper.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "store/series/series_schema.h"

namespace monitorix::store {
namespace {

using history::ChunkKey;
using history::kDaySeconds;
using history::LogHour;
using history::Resolution;
using history::SeriesId;

constexpr Query kRawSave{"raw_save", R"(
INSERT INTO chunk_raw(series, t0, data) VALUES (?1, ?2, ?3) ON CONFLICT(series, t0) DO UPDATE SET data = excluded.data)"};
constexpr Query kRawDrop{"raw_drop", "DELETE FROM chunk_raw WHERE series = ?1 AND t0 = ?2"};
constexpr Query kRawRange{"raw_range",
                          "SELECT t0, data FROM chunk_raw WHERE series = ?1 AND t0 >= ?2 AND t0 < ?3 ORDER BY t0"};
constexpr Query kRollSave{"roll_save", R"(
INSERT INTO chunk_roll(res, series, t0, data) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT(res, series, t0) DO UPDATE SET data = excluded.data)"};
constexpr Query kRollDrop{"roll_drop", "DELETE FROM chunk_roll WHERE res = ?1 AND series = ?2 AND t0 = ?3"};
constexpr Query kRollRange{
    "roll_range",
    "SELECT t0, data FROM chunk_roll WHERE res = ?1 AND series = ?2 AND t0 >= ?3 AND t0 < ?4 ORDER BY t0"};
constexpr Query kRawRanges{"raw_ranges", R"(
SELECT series, t0, data FROM chunk_raw WHERE series = ANY(CAST(?1 AS bigint[])) AND t0 >= ?2 AND t0 < ?3
ORDER BY series, t0)"};
constexpr Query kRollRanges{"roll_ranges", R"(
SELECT series, t0, data FROM chunk_roll WHERE res = ?1 AND series = ANY(CAST(?2 AS bigint[])) AND t0 >= ?3 AND t0 < ?4
ORDER BY series, t0)"};
constexpr Query kRollErase{"roll_erase", "DELETE FROM chunk_roll WHERE res = ?1 AND series = ?2 AND t0 < ?3"};
constexpr Query kSketchSave{"sketch_save", R"(
INSERT INTO sketch(series, day, data) VALUES (?1, ?2, ?3) ON CONFLICT(series, day) DO UPDATE SET data = excluded.data)"};
constexpr Query kSketchRange{"sketch_range",
                             "SELECT day, data FROM sketch WHERE series = ?1 AND day >= ?2 AND day < ?3 ORDER BY day"};
constexpr Query kSketchErase{"sketch_erase", "DELETE FROM sketch WHERE series = ?1 AND day < ?2"};
constexpr Query kDays{"raw_days", R"(
SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace n ON n.oid = p.relnamespace WHERE p.relname = 'chunk_raw' AND n.nspname = current_schema())"};

constexpr Query kSize{"history_size", R"(
SELECT CAST(coalesce(sum(pg_total_relation_size(c.oid)), 0) AS bigint) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r')"};

constexpr Query kLogs{"logs", R"(
SELECT DISTINCT shard, hour FROM (SELECT shard, hour FROM sample_log_0 UNION ALL SELECT shard, hour FROM sample_log_1
  UNION ALL SELECT shard, hour FROM sample_log_2 UNION ALL SELECT shard, hour FROM sample_log_3) AS log
ORDER BY hour DESC, shard)"};

#define MONITORIX_LOG_QUERIES(n)                                                                                  \
  {                                                                                                               \
    Query{"log_append_" #n,                                                                                       \
          "INSERT INTO sample_log_" #n "(shard, hour, segment, ts, data) VALUES (?1, ?2, ?3, ?4, ?5)"},           \
        Query{"log_read_" #n,                                                                                     \
              "SELECT segment, data FROM sample_log_" #n " WHERE shard = ?1 AND hour = ?2 ORDER BY segment, ts"}, \
        Query{"log_has_" #n, "SELECT EXISTS (SELECT 1 FROM sample_log_" #n " WHERE hour = ?1)"},                  \
        Query{"log_left_" #n,                                                                                     \
              "SELECT count(*) FROM sample_log_" #n " WHERE hour NOT IN (SELECT hour FROM seal_mark)"},           \
        Query{"log_lock_" #n, "LOCK TABLE sample_log_" #n " IN ACCESS EXCLUSIVE MODE"}, Query {                   \
      "log_empty_" #n, "TRUNCATE sample_log_" #n                                                                  \
    }                                                                                                             \
  }
struct LogQueries {
  Query append, read, has, left, lock, empty;
};
constexpr std::array<LogQueries, 4> kLog{
    {MONITORIX_LOG_QUERIES(0), MONITORIX_LOG_QUERIES(1), MONITORIX_LOG_QUERIES(2), MONITORIX_LOG_QUERIES(3)}};
#undef MONITORIX_LOG_QUERIES

const LogQueries& log_of(std::int64_t hour) { return kLog[static_cast<std::size_t>(hour & 3)]; }

constexpr std::string_view kDayPrefix = "chunk_raw_";
std::string table_of(std::int64_t day) { return std::string(kDayPrefix) + std::to_string(day); }
std::string array_of(std::span<const SeriesId> series) {
  std::string text = "{";
  for (const SeriesId one : series) text += (text.size() > 1 ? "," : "") + std::to_string(one);
  return text + "}";
}
std::int64_t number_of(Resolution resolution) { return static_cast<std::int64_t>(resolution); }

// Waits for no reader longer than a second.
Status hurry(Link& link) { return link.script("SET LOCAL lock_timeout = '1s'"); }

// Chunks are compressed already, and about 3 KB stay in the row. ATTACH does not stop readers of other days.
Status make_day(Link& link, std::int64_t day) {
  const std::string table = table_of(day);
  auto present = link.has_table(table);
  if (!present) return fail(std::move(present).error());
  if (*present) return {};
  const std::string from = std::to_string(day * kDaySeconds), to = std::to_string((day + 1) * kDaySeconds);
  Status done = link.script("CREATE TABLE " + table +
                            "(LIKE chunk_raw INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES) "
                            "WITH (toast_tuple_target = 8160)");
  if (done) done = link.script("ALTER TABLE " + table + " ALTER data SET STORAGE EXTERNAL");
  if (done)
    done = link.script("ALTER TABLE chunk_raw ATTACH PARTITION " + table + " FOR VALUES FROM (" + from + ") TO (" + to +
                       ")");
  return done;
}

Status write_chunk(Link& link, const history::StoredChunk& chunk) {
  const ChunkKey& key = chunk.key;
  if (key.resolution == Resolution::raw)
    return to_status(link.run(kRawSave, {key.series, key.start, Blob{chunk.blob}}));
  return to_status(link.run(kRollSave, {number_of(key.resolution), key.series, key.start, Blob{chunk.blob}}));
}

Status remove_chunk(Link& link, const ChunkKey& key) {
  if (key.resolution == Resolution::raw) return to_status(link.run(kRawDrop, {key.series, key.start}));
  return to_status(link.run(kRollDrop, {number_of(key.resolution), key.series, key.start}));
}

}  // namespace

Result<std::unique_ptr<history::Keeper>> PostgresKeeper::open(const std::string& url) {
  auto database = PostgresDatabase::open_in_schema(url, "history");
  if (!database) return fail(std::move(database).error());
  if (auto done = migrate(**database, schema::kSeriesMigrations); !done) return fail(std::move(done).error());
  return std::unique_ptr<history::Keeper>(new PostgresKeeper(std::move(*database), now_ms()));
}

Status PostgresKeeper::make_days(const history::Batch& batch) {
  std::set<std::int64_t> missing;
  {
    const std::lock_guard lock(mutex_);
    for (const history::StoredChunk& chunk : batch.chunks) {
      const std::int64_t day = chunk.key.start / kDaySeconds;
      if (chunk.key.resolution == Resolution::raw && !days_.contains(day)) missing.insert(day);
    }
  }
  if (missing.empty()) return {};
  auto done = database_->exclusive([&](Link& link) -> Status {
    for (const std::int64_t day : missing)
      if (auto made = make_day(link, day); !made) return made;
    return {};
  });
  if (!done) return done;
  const std::lock_guard lock(mutex_);
  days_.merge(missing);
  return {};
}

Status PostgresKeeper::write(const history::Batch& batch) {
  for (const history::StoredChunk& chunk : batch.chunks)
    if (chunk.key.start < 0 || chunk.key.start % history::span_of(chunk.key.resolution) != 0)
      return fail(Errc::invalid, "a chunk begins at a whole hour or day");
  if (auto done = make_days(batch); !done) return done;
  return database_->write([&](Link& link) -> Status {
    for (const history::StoredChunk& chunk : batch.chunks)
      if (auto done = write_chunk(link, chunk); !done) return done;
    for (const ChunkKey& key : batch.removed)
      if (auto done = remove_chunk(link, key); !done) return done;
    for (const history::StoredSketch& sketch : batch.sketches) {
      auto done = to_status(link.run(kSketchSave, {sketch.series, sketch.day, Blob{sketch.blob}}));
      if (!done) return done;
    }
    if (auto done = mark_frames(link, batch.frames); !done) return done;
    return batch.sealed_hour ? mark_sealed(link, *batch.sealed_hour) : Status{};
  });
}

Result<std::vector<history::StoredChunk>> PostgresKeeper::chunks(SeriesId series, Resolution resolution,
                                                                 std::int64_t from, std::int64_t to) {
  auto rows = resolution == Resolution::raw ? ask(kRawRange, {series, from, to})
                                            : ask(kRollRange, {number_of(resolution), series, from, to});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::StoredChunk> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) out.push_back({{series, resolution, row.integer(0)}, row.text(1)});
  return out;
}

Result<std::vector<history::StoredChunk>> PostgresKeeper::chunks_of(std::span<const SeriesId> series,
                                                                    Resolution resolution, std::int64_t from,
                                                                    std::int64_t to) {
  auto rows = resolution == Resolution::raw ? ask(kRawRanges, {array_of(series), from, to})
                                            : ask(kRollRanges, {number_of(resolution), array_of(series), from, to});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::StoredChunk> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) out.push_back({{row.integer(0), resolution, row.integer(1)}, row.text(2)});
  return out;
}

Result<std::vector<history::StoredSketch>> PostgresKeeper::sketches(SeriesId series, std::int64_t from_day,
                                                                    std::int64_t to_day) {
  auto rows = ask(kSketchRange, {series, from_day, to_day});
  if (!rows) return fail(std::move(rows).error());
  std::vector<history::StoredSketch> out;
  for (const Row& row : *rows) out.push_back({series, row.integer(0), row.text(1)});
  return out;
}

Status PostgresKeeper::drop_days(std::int64_t before) {
  auto tables = ask(kDays, {});
  if (!tables) return fail(std::move(tables).error());
  for (const Row& row : *tables) {
    const std::string table = row.text(0);
    std::int64_t day = 0;
    if (!table.starts_with(kDayPrefix)) continue;
    const char* end = table.data() + table.size();
    const auto [at, error] = std::from_chars(table.data() + kDayPrefix.size(), end, day);
    if (error != std::errc{} || at != end || (day + 1) * kDaySeconds > before) continue;
    auto done = database_->exclusive([&](Link& link) -> Status {
      Status dropped = hurry(link);
      if (dropped) dropped = link.script("ALTER TABLE chunk_raw DETACH PARTITION " + table_of(day));
      if (dropped) dropped = link.script("DROP TABLE " + table_of(day));
      return dropped;
    });
    if (!done) return done;
    const std::lock_guard lock(mutex_);
    days_.erase(day);
  }
  return {};
}

Status PostgresKeeper::erase(std::span<const SeriesId> series, const history::Cutoffs& before) {
  if (auto done = drop_days(before.raw); !done) return done;
  return database_->write([&](Link& link) -> Status {
    for (const SeriesId one : series) {
      const auto erase = [&](Resolution resolution, std::int64_t cutoff) {
        return to_status(link.run(kRollErase, {number_of(resolution), one, cutoff}));
      };
      Status done = erase(Resolution::fine, before.fine);
      if (done) done = erase(Resolution::part, before.fine);
      if (done) done = erase(Resolution::coarse, before.coarse);
      if (done) done = to_status(link.run(kSketchErase, {one, before.coarse / kDaySeconds}));
      if (!done) return done;
    }
    return {};
  });
}

Result<std::int64_t> PostgresKeeper::size_bytes() {
  auto rows = ask(kSize, {});
  if (!rows) return fail(std::move(rows).error());
  return rows->front().integer(0);
}

Status PostgresKeeper::append_log(LogHour hour, std::string_view frames) {
  std::int64_t ts = 0;
  {
    const std::lock_guard lock(mutex_);
    ts = last_ts_ = std::max(last_ts_ + 1, now_ms());
  }
  const Values values{static_cast<std::int64_t>(hour.shard), hour.hour, segment_, ts, Blob{std::string(frames)}};
  return database_->write([&](Link& link) { return to_status(link.run(log_of(hour.hour).append, values)); });
}

Result<std::vector<LogHour>> PostgresKeeper::logs() {
  auto rows = ask(kLogs, {});
  if (!rows) return fail(std::move(rows).error());
  std::vector<LogHour> out;
  for (const Row& row : *rows) out.push_back({static_cast<std::uint32_t>(row.integer(0)), row.integer(1)});
  return out;
}

Status PostgresKeeper::read_log(LogHour hour, const std::function<void(std::string_view frames)>& take) {
  auto rows = ask(log_of(hour.hour).read, {static_cast<std::int64_t>(hour.shard), hour.hour});
  if (!rows) return fail(std::move(rows).error());
  std::string frames;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    frames += (*rows)[i].text(1);
    if (i + 1 < rows->size() && (*rows)[i + 1].integer(0) == (*rows)[i].integer(0)) continue;
    take(frames);
    frames.clear();
  }
  return {};
}

// Emptied whole, never row by row: deleting 5,000 rows an hour leaves more dead pages than the table has live ones.
// An hour that is not sealed keeps the table until it is.
Status PostgresKeeper::drop_log(std::int64_t hour) {
  const LogQueries& log = log_of(hour);
  auto present = ask(log.has, {hour});
  if (!present) return fail(std::move(present).error());
  if (!present->front().flag(0)) return {};
  return database_->write([&](Link& link) -> Status {
    Status done = hurry(link);
    if (done) done = to_status(link.run(log.lock));
    if (!done) return done;
    auto left = link.run(log.left);
    if (!left) return fail(std::move(left).error());
    return left->front().integer(0) == 0 ? to_status(link.run(log.empty)) : Status{};
  });
}

}  // namespace monitorix::store

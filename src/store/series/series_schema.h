#pragma once
// The tables of history: in metrics.db, and in PostgreSQL's schema `history`, each with its own register of migrations.
// Chunks are never migrated: their version byte and set number let old ones be read for ever.

#include <array>

#include "store/sql/migrate.h"

namespace monitorix::store::schema {

inline constexpr std::string_view k0001Series = R"sql(
-- cols is the number of the raw column set; kind as history::SeriesKind; created in ms
-- only: sqlite
CREATE TABLE series(id INTEGER PRIMARY KEY, kind integer NOT NULL, object text NOT NULL UNIQUE, cols integer NOT NULL,
  step bigint NOT NULL, created bigint NOT NULL);
-- k = series << 28 | resolution << 26 | hours since 2020: a range of one series is one walk through the tree
CREATE TABLE chunk(k INTEGER PRIMARY KEY, data BLOB NOT NULL);
-- k = series << 16 | days since 2020
CREATE TABLE sketch(k INTEGER PRIMARY KEY, data BLOB NOT NULL);
-- only: postgres
CREATE TABLE series(id bigint PRIMARY KEY, kind integer NOT NULL, object text NOT NULL UNIQUE, cols integer NOT NULL,
  step bigint NOT NULL, created bigint NOT NULL);
-- t0 in s; a partition per UTC day is made when its first chunk comes, and dropped whole
CREATE TABLE chunk_raw(series bigint NOT NULL, t0 bigint NOT NULL, data bytea NOT NULL, PRIMARY KEY(series, t0))
  PARTITION BY RANGE(t0);
CREATE TABLE chunk_roll(series bigint NOT NULL, res smallint NOT NULL, t0 bigint NOT NULL, data bytea NOT NULL,
  PRIMARY KEY(res, series, t0));
ALTER TABLE chunk_roll ALTER data SET STORAGE EXTERNAL;
CREATE TABLE sketch(series bigint NOT NULL, day bigint NOT NULL, data bytea NOT NULL, PRIMARY KEY(series, day));
-- open hours by hour mod 4, so that whole tables can be emptied; segment = what one process wrote
CREATE TABLE sample_log_0(shard bigint NOT NULL, hour bigint NOT NULL, segment bigint NOT NULL, ts bigint NOT NULL,
  data bytea NOT NULL, PRIMARY KEY(shard, hour, segment, ts));
ALTER TABLE sample_log_0 ALTER data SET STORAGE EXTERNAL;
CREATE TABLE sample_log_1(LIKE sample_log_0 INCLUDING INDEXES INCLUDING STORAGE);
CREATE TABLE sample_log_2(LIKE sample_log_0 INCLUDING INDEXES INCLUDING STORAGE);
CREATE TABLE sample_log_3(LIKE sample_log_0 INCLUDING INDEXES INCLUDING STORAGE);
-- only: both
CREATE TABLE seal_mark(hour bigint PRIMARY KEY, done bigint NOT NULL);
)sql";

inline constexpr std::string_view k0002Backfill = R"sql(
-- which frames of a series (proxmox::PastFrame) were read back from Proxmox VE; done in ms
CREATE TABLE backfill(series bigint NOT NULL, frame integer NOT NULL, done bigint NOT NULL, PRIMARY KEY(series, frame));
)sql";

// What comes each hour for every series lies by hour, so that sealing appends: among the days of its series each chunk
// would move three pages of its tree.
inline constexpr std::string_view k0003ByHour = R"sql(
-- only: sqlite
-- k = hours since 2020 << 34 | series
CREATE TABLE raw_hour(k INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE part_hour(k INTEGER PRIMARY KEY, data BLOB NOT NULL);
INSERT INTO raw_hour SELECT ((k & 67108863) << 34) | (k >> 28), data FROM chunk WHERE ((k >> 26) & 3) = 0 ORDER BY 1;
INSERT INTO part_hour SELECT ((k & 67108863) << 34) | (k >> 28), data FROM chunk WHERE ((k >> 26) & 3) = 3 ORDER BY 1;
DELETE FROM chunk WHERE ((k >> 26) & 3) IN (0, 3);
-- k = days since 2020 << 34 | series
CREATE TABLE sketch_day(k INTEGER PRIMARY KEY, data BLOB NOT NULL);
INSERT INTO sketch_day SELECT ((k & 65535) << 34) | (k >> 16), data FROM sketch ORDER BY 1;
DROP TABLE sketch;
)sql";

inline constexpr auto kSeriesMigrations = std::to_array<Migration>(
    {{1, "0001_series", k0001Series}, {2, "0002_backfill", k0002Backfill}, {3, "0003_by_hour", k0003ByHour}});

}  // namespace monitorix::store::schema

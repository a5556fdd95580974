#pragma once
// Days and hours as chunks: one hour of a series sealed, the parts of its day folded into a day of 5-minute rows, a day
// of 1-hour rows and a sketch. Also how rows come into history late: our own into sealed hours, and what Proxmox VE
// remembers (RRD) into what is empty. Doing any of it twice gives the same chunks.

#include "history/keeper.h"
#include "history/rollup.h"
#include "history/sketch.h"

namespace monitorix::history {

/// The window of t in a chunk, in the unit of its set.
Window window_of(const ChunkKey& key, unsigned set);

/// Raw chunk and 5-minute part of an hour (hours since 1970).
Result<std::vector<StoredChunk>> seal_hour(SeriesId series, const Rows& rows, std::int64_t hour,
                                           const std::optional<TimedRow>& before, Origin origin = Origin::live);

/// The sketch of the hour's day with the hour's rows in it; folding the day makes it anew. Nothing when a chunk of the
/// hour is stored: then its rows were counted, in the same batch.
Result<std::optional<StoredSketch>> grown_sketch(Keeper& keeper, SeriesId series, const Rows& rows, std::int64_t hour);

/// The last reading (see rate.h) before the hour, from its stored neighbour; nothing when there is none.
Result<std::optional<TimedRow>> row_before(Keeper& keeper, SeriesId series, std::int64_t hour);

/// Folds the parts of days before `today` (seconds) of one series.
Result<Batch> fold_days(Keeper& keeper, SeriesId series, unsigned raw_set, std::int64_t today);

/// Our own raw rows that came late, into sealed hours; rows that are there already stay. Parts are made anew; the
/// caller writes the batch, and folds again when the day was folded.
Result<Batch> fill_raw(Keeper& keeper, SeriesId series, const Rows& rows);

/// Rollup rows from elsewhere (RRD, import), of resolution fine or coarse. They fill what is empty and never replace
/// what we measured; with Precedence::over_remembered they replace what was remembered, being finer.
Result<Batch> fill_rollup(Keeper& keeper, SeriesId series, Resolution resolution, const Rows& rows,
                          Precedence precedence = Precedence::kept);

}  // namespace monitorix::history

#pragma once
// Raw rows to 5-minute rows, 5-minute rows to 1-hour rows, and merging: what charts over days and years read
// (storage.md §9.1). A bucket keeps minimum, average and maximum of gauges, the last of capacities, bytes and the
// smallest and largest rate of counters, the worst status, and how many samples it saw; a bucket without samples has no
// row. Bytes are in KiB. A counter's growth belongs to the bucket of the later of its two samples. Pure.

#include <optional>

#include "history/head.h"

namespace monitorix::history {

inline constexpr std::int64_t kFineBucket = 300, kCoarseBucket = 3600;  // seconds

/// `before`: the last sample before the first of `raw`, so that growth across the boundary counts.
Rows roll_up_raw(const Rows& raw, const std::optional<TimedRow>& before, std::int64_t bucket_seconds = kFineBucket);

/// From finer buckets: minimum of minima, maximum of maxima, averages weighted by samples, sums of bytes.
Rows roll_up_fine(const Rows& fine, std::int64_t bucket_seconds = kCoarseBucket);

enum class Precedence {
  kept,
  incoming,
  over_remembered,  ///< incoming, but for rows of our own: what Proxmox VE remembers knows no state, we always do
};
/// Both, by t (raw or rollup rows of one set). At equal t the preferred one stays; a rollup row learns from the other
/// what it does not know.
Rows merge_rows(const Rows& kept, const Rows& incoming, Precedence preferred);
/// The rows with t in [from, to).
Rows slice(const Rows& rows, std::int64_t from, std::int64_t to);
/// Copies row `row` of `from` to the end of `to`, which is of the same set.
void copy_row(const Rows& from, std::size_t row, Rows& to);

}  // namespace monitorix::history

#pragma once
// What Proxmox VE remembers (RRD) as rollup rows of ours: averages and, from the frame of maxima, the largest. There is
// no smallest, and nothing is known of the state. An interval coarser than an hour fills each of its hours, for it
// speaks of all of them. Also samples that another program took. Pure.

#include <span>
#include <vector>

#include "history/rollup.h"
#include "model/past.h"

namespace monitorix::history {

struct Remembered {
  Rows fine{}, coarse{};  ///< 5-minute and 1-hour rows, settled; either may be empty
};

/// `average`, `maximum`: the same frame of one object by both functions, by time; `maximum` may be empty. Intervals
/// that end after `now` (seconds) are still open and left out. An interval of up to `longest_fine` seconds speaks for
/// each of its five minutes, a longer one for its hours.
Remembered remembered(unsigned raw_set, std::span<const PastRow> average, std::span<const PastRow> maximum,
                      std::int64_t now, std::int64_t longest_fine = kFineBucket);

/// One number that another program measured, in the unit of the raw set's column.
struct ForeignSample {
  std::int64_t t{};  ///< seconds since 1970 UTC
  std::size_t column{};
  double value{};
};
/// Their rollup rows, of samples in any order; of two of one second and column the later given counts. As they know no
/// state, what we measured ourselves is told from them.
Remembered rolled_up(unsigned raw_set, std::vector<ForeignSample> samples);

}  // namespace monitorix::history

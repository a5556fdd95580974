#pragma once
// Samples that come late: Proxmox VE has one every ten seconds, and keeps those that we did not ask for in time. They
// go between the rows that are there, as a poll every ten seconds would have recorded them, and tell what a poll did
// not ask. What is there stays, nothing stands twice, and no row goes back within one life of a counter. Pure.

#include "history/rollup.h"

namespace monitorix::history {

/// Between rows of ours, seconds.
inline constexpr std::int64_t kFinestStep = 10;

struct Completed {
  Rows rows{};                         ///< all, settled
  std::vector<std::size_t> changed{};  ///< which of them are new or know more than before
};

/// `late`: rows of the same set with the times that their owner's clock gave them, rising. An owner whose clock is off
/// is noticed by the uptimes that both have seen. Only what lies in `window` changes; t in seconds.
Completed completed(const Rows& kept, const Rows& late, Window window);

/// Both, by t; at equal t the cells of `kept` stay and those that it does not know are taken.
Rows united(const Rows& kept, const Rows& more);

}  // namespace monitorix::history

#pragma once
// Backup jobs of a cluster, whom they take in, and the nights before the world began: one vzdump task a node and night.
// Some guests are in no job, one has a disk that no job takes in, one fails each night. A chance of its own, so that
// the rest of a world is the same with and without.

#include "sim/world/world.h"

namespace monitorix::sim {

/// Gives a built cluster its jobs and its past nights.
void add_backups(Cluster& cluster, WallTime now);
[[nodiscard]] bool takes_in(const Cluster& cluster, const BackupJob& job, const Guest& guest);
/// The next time it is due, as the cluster's own clock shows it.
[[nodiscard]] std::int64_t next_run(const BackupJob& job, std::int64_t shown_now);
/// "02:30", "sat 04:00".
[[nodiscard]] std::string schedule_text(const BackupJob& job);
[[nodiscard]] Dump dump_of(const Guest& guest, std::uint64_t chance);

}  // namespace monitorix::sim

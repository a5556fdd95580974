#pragma once
// The backup objects of contract/openapi.yaml.

#include <array>
#include <cstdint>
#include <set>
#include <vector>

#include "base/json_writer.h"
#include "state/snapshot.h"

namespace monitorix::api {

struct CoveredGuest {
  const Guest* guest{};
  const Assurance* assurance{};
  bool is_running{false};
};

struct BackupTotals {
  std::array<std::int64_t, 9> by_coverage{};
  std::int64_t running{0};
  std::vector<const state::ClusterView*> clusters{};
};

/// A run of vzdump, and what the backup server keeps of it, where it is known; either may be null, not both.
struct FoundRun {
  const state::ClusterView* cluster{};
  const BackupRun* run{};
  const Guest* guest{};
  const state::GuestSnapshot* snapshot{};
  [[nodiscard]] WallTime started_at() const { return run ? run->started_at : snapshot->snapshot.at; }
  [[nodiscard]] BackupResult result() const;
};

/// Guests of which a vzdump task of their own runs; one that has no end after a day is not believed (X20).
std::set<std::int64_t> running_backups(const state::ClusterView& cluster, WallTime now);
/// Numbers that stay with what they stand for, for ids and cursors.
std::int64_t run_id(const FoundRun& found);
std::int64_t job_id(const state::ClusterView& cluster, const BackupJob& job);

void encode_coverage(JsonWriter& out, const CoveredGuest& one);
void encode_run(JsonWriter& out, const FoundRun& found);
/// The guest's snapshot that this run made; null when none is known.
const state::GuestSnapshot* snapshot_of(const state::JoinView& joined, GuestId guest, const BackupRun& run);
void encode_job(JsonWriter& out, const state::ClusterView& cluster, std::size_t at);
void encode_totals(JsonWriter& out, const BackupTotals& totals);

}  // namespace monitorix::api

#pragma once
// What the members of a sum have at one moment, as its row of history; and the same for a window that was filled later,
// from the rows of the members.

#include <array>
#include <optional>

#include "history/reader.h"
#include "state/snapshot.h"

namespace monitorix::app {

using Flows = std::array<double, 4>;  ///< bytes in, out, read, written

struct Total {
  double cores_used{0}, cores{0};
  std::int64_t memory{0}, memory_total{0}, disk{0}, disk_total{0}, running{0}, members{0};
  bool has_cpu{false}, has_memory{false}, has_disk{false};

  void add(const Total& more);
  void add_use(const std::optional<double>& cpu_ratio, const std::optional<double>& cpu_count,
               const std::optional<std::int64_t>& used, const std::optional<std::int64_t>& all);
};

/// `flows`: counted from any beginning.
history::Row row_of(const Total& total, const Flows& flows);

/// Of a cluster and of the guests of each of its nodes: the rows that polls in `window` (seconds) would have made. On
/// the archive's worker, after the members' rows are there.
Status fill_totals(history::Recorder& recorder, history::Reader& reader, const state::ClusterView& view,
                   history::Window window, WallTime now);

}  // namespace monitorix::app

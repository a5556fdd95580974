#pragma once
// Samples of metrics/export as rows of history and as rates. Pure.

#include <optional>
#include <vector>

#include "history/recorder.h"
#include "model/observation.h"
#include "proxmox/past/export.h"
#include "state/snapshot.h"

namespace monitorix::app {

history::Rows guest_rows(const Guest& guest, const std::vector<proxmox::Sampled>& samples);
history::Rows node_rows(const std::vector<proxmox::Sampled>& samples);
history::Rows storage_rows(const std::vector<proxmox::Sampled>& samples);

/// What the cards of the nodes carried between their last two samples.
NodeFlows node_flows(const proxmox::Exported& exported);

/// Late rows of one set, for Recorder::fill.
struct LateSet {
  unsigned set{};
  std::vector<history::LateRows> rows{};
};
enum class Extent { nodes, nodes_and_guests, all };
/// What `exported` says of the objects of a cluster that have a series.
std::vector<LateSet> late_rows(const history::Recorder& recorder, const state::ClusterView& view,
                               const proxmox::Exported& exported, Extent extent);

}  // namespace monitorix::app

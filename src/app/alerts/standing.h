#pragma once
// How the objects of the world stand in the words of alert/: pure readings of one object each.

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "alert/event.h"
#include "model/alert/outside.h"
#include "state/snapshot.h"

namespace monitorix::app {

alert::Standing standing_of(const state::ClusterView& cluster);
alert::Standing standing_of(const Node& node);
alert::Standing standing_of(const Guest& guest, WallTime now);
alert::Standing standing_of(const Storage& storage);
alert::Standing standing_of(const state::ServiceView& service);

alert::Labels labels_of(const state::ClusterView& cluster);
alert::Labels labels_of(const state::ClusterView& cluster, const Node& node);
alert::Labels labels_of(const state::ClusterView& cluster, const Guest& guest);
alert::Labels labels_of(const state::ClusterView& cluster, const Storage& storage);
alert::Labels labels_of(const state::Snapshot& world, const state::ServiceView& service);

/// All that alerts may be about but Monitorix; what a template or a deletion took out of the world is not among it.
void each_object(const state::Snapshot& world, const std::function<void(Entity, alert::Labels)>& look);
/// Monitorix itself: who is cut off from the network can say nothing of others.
inline constexpr Entity kMonitor{EntityKind::monitor, kMonitorixItself};

/// What cannot be while this is away.
std::vector<alert::Need> needs_of(const state::ClusterView& cluster);
std::vector<alert::Need> needs_of(const Storage& storage);
std::vector<alert::Need> needs_of(const Service& service);

/// What is known of why. The code says first whose words it is of: reason, risk, check, or alert for those of this
/// room.
Reason evidence_of(const state::ClusterView& cluster);
Reason evidence_of(const state::ClusterView& cluster, const Node& node);
Reason evidence_of(const Guest& guest);
Reason evidence_of(const state::ServiceView& service);
Reason evidence_of(const Risk& risk);

/// The numbers that rules may look at; nothing for those that could not be read.
using Numbers = std::vector<std::pair<Metric, std::optional<double>>>;
Numbers numbers_of(const Node& node);
Numbers numbers_of(const Guest& guest);
Numbers numbers_of(const Storage& storage);

}  // namespace monitorix::app

#pragma once
// Whom another system means: one of our objects, found by the labels of its alert. Pure.

#include <optional>

#include "model/alert/outside.h"
#include "state/snapshot.h"

namespace monitorix::app {

/// The one object that the labels name, the most particular first: a guest by its VMID or name, a service by its name,
/// a node by its name or address, a cluster. Nothing where several could be meant.
std::optional<Entity> meant_by(const OutsideAlert& alert, const state::Snapshot& world);
/// The node that a notification comes from, else its cluster.
Entity meant_by(const ProxmoxNotice& notice, const state::ClusterView& cluster);

}  // namespace monitorix::app

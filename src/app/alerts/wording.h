#pragma once
// A message that the planner wants as facts that people can read: what it is about, why, who else is affected. Pure.

#include "alert/state.h"
#include "model/notify/message.h"
#include "state/snapshot.h"

namespace monitorix::app {

/// As it stands at the moment it is decided; the state must still know the alerts of its lines.
WantedDelivery worded(const WantedMessage& wanted, const alert::State& state, const state::Snapshot& world);

}  // namespace monitorix::app

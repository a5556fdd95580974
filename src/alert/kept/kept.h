#pragma once
// The engine's state as rows, and back after a start (alerts:A8). What measures is kept as wall time and armed again;
// a clock that was set back meanwhile makes nothing wait longer than its whole span.

#include "alert/engine.h"
#include "model/alert/kept_alert.h"

namespace monitorix::alert {

/// What an outcome changed, as one transaction.
AlertBatch batch_of(const State& state, const Outcome& outcome, Now now);

/// Into a state that has rules, routes, channels, silences and windows but no alerts yet. Entities follow with Placed;
/// alerts of rules that are gone are resolved as deleted. Damaged text of a plan costs what was told, not the alert.
Outcome restore(State& state, const KeptAlerts& kept, Now now);
/// Once all entities are placed: alerts of those that are not there any more are resolved.
Outcome resolve_orphans(State& state, Now now);

/// One line of JSON with the clocks of an alert and of its pair.
std::string encode_plan(const State& state, const Tracked& alert, Now now);
Status decode_plan(std::string_view text, Now now, Plan& plan, Pair& pair);

}  // namespace monitorix::alert

#pragma once
// What a rule would say now, without waiting: the engine itself is asked, with this one rule and a copy of the world.

#include "api/dependencies.h"
#include "app/alerts/senses.h"

namespace monitorix::app {

api::RuleFit fit_of(Rule rule, const state::Snapshot& world, alert::Now now);

}  // namespace monitorix::app

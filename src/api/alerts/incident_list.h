#pragma once
// Incidents as a list, newest first. Those that are not over stand in the picture of the world and are told from there;
// of the others one page is read from the store.

#include "api/alerts/incident_json.h"

namespace monitorix::api {

/// That incident as pages see it; null when it is over.
std::shared_ptr<const state::IncidentView> open_one(const state::Snapshot& world, IncidentId id);
net::Task<Answer> list_incidents(Desk& desk, Call& call);

}  // namespace monitorix::api

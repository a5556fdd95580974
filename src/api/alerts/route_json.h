#pragma once
// Escalation paths as JSON, and back.

#include "api/alerts/alert_json.h"

namespace monitorix::api {

/// Here a Route is one of the API itself.
using Escalation = monitorix::Route;

/// Into `route`, which holds defaults or what was there before. `channels` are those that may be named.
void read_route(const Desk& desk, Fields& body, bool is_new, const std::vector<ChannelId>& channels, Escalation& route);
void write_route(JsonWriter& out, const store::Versioned<Escalation>& kept, std::int64_t rule_count);

}  // namespace monitorix::api

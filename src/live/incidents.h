#pragma once
// The incidents of a channel: those that are not over, each with the alerts that the scope lets through. Pure.

#include "live/channel.h"

namespace monitorix::live {

/// Of an incident what this scope may see of it; null when that is nothing.
std::shared_ptr<const state::IncidentView> visible_part(const Scope& scope,
                                                        std::shared_ptr<const state::IncidentView> incident,
                                                        const state::Snapshot& snapshot);
std::vector<std::string> encode_incidents(const View& view, const state::Snapshot& snapshot);
/// One that changed goes whole: its members hang together.
void compare_incidents(Difference& found, const View& view, const state::Snapshot& before,
                       const state::Snapshot& after);

}  // namespace monitorix::live

#pragma once
// E20: one guest asked at this moment, as the JSON of contract VmCurrent.

#include <string>

#include "base/clock.h"
#include "base/json.h"
#include "model/guest.h"

namespace monitorix::proxmox {

/// `data` of /status/current; nullptr when there is none, then `reason` says why.
std::string current_json(const Guest& guest, const Json* data, const std::string& reason, WallTime now);

}  // namespace monitorix::proxmox

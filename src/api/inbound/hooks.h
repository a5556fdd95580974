#pragma once
// What other systems tell us: Alertmanager's own door, and the webhook of Proxmox VE.

#include "api/desk.h"

namespace monitorix::api {

/// The tokens that the database holds; at start.
net::Task<Status> load_hook_tokens(Desk& desk);

}  // namespace monitorix::api

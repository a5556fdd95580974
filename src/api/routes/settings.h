#pragma once
// Settings that administrators change while we run.

#include "api/desk.h"

namespace monitorix::api {

/// Puts what the database holds into force; at start.
net::Task<Status> load_settings(Desk& desk);

}  // namespace monitorix::api

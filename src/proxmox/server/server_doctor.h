#pragma once
// What a token may do on a backup server, call by call, with the line that would mend it.

#include <vector>

#include "proxmox/doctor.h"

namespace monitorix::proxmox {

/// As examine() of a cluster. Never fails as a whole: what cannot be asked is `skip` or `fail`.
net::Task<std::vector<Finding>> examine_server(net::HttpClient& http, const Clock& clock, ClusterConfig config);

}  // namespace monitorix::proxmox

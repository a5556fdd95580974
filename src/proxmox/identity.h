#pragma once
// Which cluster is this? The cluster's name, its members and their certificates (proxmox I1, I2). Kept as JSON in
// ClusterConfig.identity, so that a cluster is not added twice and an address that changed hands is noticed.

#include <set>
#include <string>

#include "base/result.h"
#include "model/observation.h"
#include "net/task.h"
#include "proxmox/client.h"

namespace monitorix::proxmox {

struct Identity {
  std::string cluster_name{};            ///< "" for a stand-alone node
  std::set<std::string> members{};       ///< "nodeid/name"
  std::set<std::string> fingerprints{};  ///< AA:BB form
};

std::string encode(const Identity& identity);
Identity decode_identity(const std::string& text);  ///< empty for ""
/// One certificate in common proves it.
bool is_same_cluster(const Identity& a, const Identity& b);
/// Neither a certificate nor most members in common: not what was connected.
bool is_foreign(const Identity& known, const Identity& seen);

/// Asks /nodes (with the fingerprints of all members) and, where allowed, /cluster/status.
net::Task<Result<Identity>> identify(Client& client);
Identity identity_of(const Membership& membership);

}  // namespace monitorix::proxmox

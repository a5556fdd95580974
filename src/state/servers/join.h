#pragma once
// Whose backups are these? A group on a backup server is named by type and VMID only, and two clusters may have equal
// ones. It belongs to the cluster that writes to its datastore and namespace (the storages of type pbs that a cluster
// has configured); where more than one does, its owner, the only guest of that number, or the name in its notes decide,
// in this order. What cannot be told is ambiguous and is attributed to nobody (proxmox I7). Pure.

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "model/guest.h"
#include "model/server/backup_server.h"
#include "state/servers/server_view.h"

namespace monitorix::state {

/// A cluster as far as it matters here.
struct JoiningCluster {
  ClusterId id{};
  const std::vector<std::shared_ptr<const Guest>>* guests{};
  const std::vector<ServerStorage>* storages{};
  Readable storages_readable{};
  /// All its guests were seen since we began: who is not among them is not there.
  bool knows_all_guests{false};
};

/// What the servers say about one guest.
struct ServerEvidence {
  ServerJoin join{};
  /// The newest snapshot that was finished, and the newest of these that no verification found to be bad.
  std::optional<WallTime> newest_at{}, newest_good_at{};
  VerifyState newest_verify{};
  std::optional<std::int64_t> newest_size_bytes{};
};

struct Joined {
  std::shared_ptr<const JoinView> view{};
  std::unordered_map<GuestId, ServerEvidence> guests{};
  /// Clusters that write to a server of ours of which not everything was read yet.
  std::vector<ClusterId> waiting{};
};

using Servers = std::map<ClusterId, const ServerView*>;
Joined join(const Servers& servers, const std::vector<JoiningCluster>& clusters);

/// Whether a cluster means this server by that storage: the certificate decides where it is known, else the address.
bool is_meant(const ServerStorage& storage, const ServerView& server);

}  // namespace monitorix::state

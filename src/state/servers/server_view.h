#pragma once
// What readers see of backup servers: immutable pictures, of which unchanged parts are shared. And what their groups
// are to the clusters: whose backups they hold, and whose guest is gone.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/cluster.h"
#include "model/server/backup_server.h"

namespace monitorix::state {

struct GroupView {
  BackupGroup group{};
  std::vector<ServerSnapshot> snapshots{};  ///< newest first, at most kKeptSnapshots
  bool knows_snapshots{false};
  bool operator==(const GroupView&) const = default;
};

inline constexpr std::size_t kKeptSnapshots = 64;

struct NamespaceView {
  std::string name{};
  Readable readable{};
  std::vector<GroupView> groups{};  ///< by name
  bool operator==(const NamespaceView&) const = default;
};

struct DatastoreView {
  Datastore usage{};
  WallTime listed_at{};  ///< when the server last named it
  bool is_listed{true};
  Readable readable{};                                         ///< its namespaces
  std::vector<std::shared_ptr<const NamespaceView>> spaces{};  ///< by name
};

/// All of one backup server.
struct ServerView {
  ClusterConfig config{};
  ClusterHealth health{};
  std::optional<DoctorSummary> doctor{};
  std::optional<std::string> version{};
  std::optional<WallTime> last_poll_at{};
  std::vector<DatastoreView> datastores{};  ///< by name
  std::vector<ServerJob> jobs{};            ///< by kind and id
  std::map<ServerJobKind, Readable> jobs_readable{};
};

/// Where on which server.
struct ServerPlace {
  ClusterId server{};
  std::string datastore{}, name_space{};
  auto operator<=>(const ServerPlace&) const = default;
};

/// A snapshot that is known to be a guest's.
struct GuestSnapshot {
  ClusterId cluster{};
  GuestId guest{};
  std::int64_t vmid{};
  std::shared_ptr<const ServerPlace> place{};
  ServerSnapshot snapshot{};
};

/// Backups of a guest that no cluster has any more.
struct Orphan {
  ServerPlace place{};
  BackupGroup group{};
  std::optional<ClusterId> cluster{};        ///< who wrote it, when that can be told
  std::optional<std::string> name{};         ///< of the guest that was deleted, or as its last backup calls it
  bool was_known{false};                     ///< we saw the guest while it was there
  std::optional<std::int64_t> size_bytes{};  ///< of its snapshots together, as if nothing were shared
};

/// What became of the groups of a datastore; they add up to all of its groups.
struct GroupCounts {
  std::int64_t joined{0}, ambiguous{0}, orphaned{0}, unassigned{0}, hosts{0};
  bool operator==(const GroupCounts&) const = default;
};

struct JoinView {
  std::map<GuestId, std::vector<GuestSnapshot>> snapshots{};          ///< newest first
  std::vector<Orphan> orphans{};                                      ///< the oldest first
  std::map<std::pair<ClusterId, std::string>, GroupCounts> counts{};  ///< by server and datastore
};

}  // namespace monitorix::state

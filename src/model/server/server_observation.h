#pragma once
// All that a backup server may say, one call each, decoded.

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "model/cluster.h"
#include "model/server/backup_server.h"

namespace monitorix {

/// All datastores that the token may see, with their usage.
struct DatastoreUsages {
  std::vector<Datastore> datastores{};
};

struct ServerJobs {
  ServerJobKind kind{};
  Readable readable{Readable::yes};
  std::vector<ServerJob> jobs{};
};

struct DatastoreNamespaces {
  std::string datastore{};
  Readable readable{Readable::yes};
  std::vector<std::string> names{};  ///< "" is the root
};

struct NamespaceGroups {
  std::string datastore{}, name_space{};
  Readable readable{Readable::yes};
  std::vector<BackupGroup> groups{};
};

/// The snapshots of one group, or of all groups of a namespace.
struct NamespaceSnapshots {
  struct Row {
    GroupName group{};
    ServerSnapshot snapshot{};
    bool operator==(const Row&) const = default;
  };
  std::string datastore{}, name_space{};
  std::optional<GroupName> group{};
  std::vector<Row> rows{};
};

struct ServerVersion {
  std::string version{};
};

struct ServerObservation {
  ClusterId server{};
  WallTime at{};
  std::variant<DatastoreUsages, ServerJobs, DatastoreNamespaces, NamespaceGroups, NamespaceSnapshots, ServerVersion,
               ClusterHealth, DoctorSummary>
      what{};
};

}  // namespace monitorix

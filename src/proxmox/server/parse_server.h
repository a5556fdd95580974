#pragma once
// The answers of a Proxmox Backup Server as nouns: pure text -> observations, tolerant as all readers here. What has no
// name that can stand in a path again is left out: nothing could be asked about it.

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "model/server/server_observation.h"
#include "proxmox/parse.h"

namespace monitorix::proxmox {

Result<DatastoreUsages> parse_datastore_usage(const Json& data, Findings& findings);
Result<ServerJobs> parse_server_jobs(ServerJobKind kind, const Json& data, Findings& findings);
Result<DatastoreNamespaces> parse_namespaces(std::string datastore, const Json& data, Findings& findings);
Result<NamespaceGroups> parse_groups(std::string datastore, std::string name_space, const Json& data,
                                     Findings& findings);
Result<NamespaceSnapshots> parse_snapshots(std::string datastore, std::string name_space, const Json& data,
                                           Findings& findings);
Result<ServerVersion> parse_server_version(const Json& data, Findings& findings);

/// The storages of type pbs among all storages that a PVE cluster has configured.
Result<ServerStorages> parse_server_storages(const Json& data, Findings& findings);

/// A datastore: letters, digits, '_', '-' and '.', not beginning with '-' or '.'.
bool is_datastore_name(std::string_view name);
/// "" or names as above joined by '/', seven at most.
bool is_namespace(std::string_view name);
bool is_group_name(const GroupName& name);

/// "/admin/datastore/NAME" + rest, with ns=... when it is not the root.
std::string datastore_path(const std::string& datastore, std::string_view rest, const std::string& name_space = {});

}  // namespace monitorix::proxmox

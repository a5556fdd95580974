#pragma once
// Enumerators and their names on the wire, both ways. Total: names_test walks every enumerator.

#include <optional>
#include <string_view>

#include "model/backup.h"
#include "model/cluster.h"
#include "model/event.h"
#include "model/guest.h"
#include "model/node.h"
#include "model/server/backup_server.h"
#include "model/storage.h"
#include "model/user.h"
#include "model/watched/risk.h"

namespace monitorix {

std::string_view name_of(NodeStatus value);
std::string_view name_of(NodeReason value);
std::string_view name_of(GuestType value);
std::string_view name_of(GuestStatus value);
std::string_view name_of(StoppedBy value);
std::string_view name_of(MemorySource value);
std::string_view name_of(BackupPolicy value);
std::string_view name_of(BackupState value);
std::string_view name_of(BackupResult value);
std::string_view name_of(Coverage value);
std::string_view name_of(Readable value);
std::string_view name_of(DiskSource value);
std::string_view name_of(AgentState value);
std::string_view name_of(StorageState value);
std::string_view name_of(ClusterState value);
std::string_view name_of(EndpointState value);
std::string_view name_of(TlsMode value);
std::string_view name_of(FingerprintSource value);
std::string_view name_of(Role value);
std::string_view name_of(KeyScope value);
std::string_view name_of(EventKind value);
std::string_view name_of(EventSeverity value);
std::string_view name_of(Severity value);
std::string_view name_of(ConnectionKind value);
std::string_view name_of(VerifyState value);
std::string_view name_of(ServerJobKind value);
std::string_view name_of(UsageTrend value);
std::string_view name_of(ServerJoin value);

/// nullopt for a name that is none of the enumeration's.
template <class Enum>
std::optional<Enum> parse_name(std::string_view name);

}  // namespace monitorix

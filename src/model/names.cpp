#include "model/names.h"

#include <array>
#include <cstddef>
#include <span>

namespace monitorix {
namespace {

using Names = std::span<const std::string_view>;

template <class Enum>
struct Table;

#define MONITORIX_NAMES(Enum, ...)                                                                     \
  template <>                                                                                          \
  struct Table<Enum> {                                                                                 \
    static constexpr auto names = std::to_array<std::string_view>({__VA_ARGS__});                      \
  };                                                                                                   \
  }                                                                                                    \
  std::string_view name_of(Enum value) { return Table<Enum>::names[static_cast<std::size_t>(value)]; } \
  template <>                                                                                          \
  std::optional<Enum> parse_name<Enum>(std::string_view name) {                                        \
    for (std::size_t at = 0; at < Table<Enum>::names.size(); ++at)                                     \
      if (Table<Enum>::names[at] == name) return static_cast<Enum>(at);                                \
    return std::nullopt;                                                                               \
  }                                                                                                    \
  namespace {

MONITORIX_NAMES(NodeStatus, "unknown", "online", "offline", "unreachable")
MONITORIX_NAMES(NodeReason, "ok", "checking", "peer_cannot_reach", "cluster_unreachable", "auth_failed", "tls_mismatch",
                "no_permission", "stale_statistics")
MONITORIX_NAMES(GuestType, "qemu", "lxc", "unknown")
MONITORIX_NAMES(GuestStatus, "unknown", "running", "stopped", "paused", "missing", "deleted")
MONITORIX_NAMES(StoppedBy, "user", "task", "unexpected")
MONITORIX_NAMES(MemorySource, "balloon", "host")
MONITORIX_NAMES(BackupPolicy, "required", "not_needed", "archived")
MONITORIX_NAMES(BackupState, "unknown", "ok", "partial", "late", "failed", "none", "not_needed", "ambiguous")
MONITORIX_NAMES(BackupResult, "unknown", "ok", "warning", "failed")
MONITORIX_NAMES(Coverage, "unknown", "ok", "excluded_disk", "late", "failed", "never", "no_job", "not_needed",
                "archived")
MONITORIX_NAMES(Readable, "not_asked", "yes", "denied", "failing")
MONITORIX_NAMES(DiskSource, "agent", "rootfs")
MONITORIX_NAMES(AgentState, "unknown", "running", "not_running", "not_configured", "no_permission")
MONITORIX_NAMES(StorageState, "unknown", "available", "inactive")
MONITORIX_NAMES(ClusterState, "connecting", "ok", "degraded", "unreachable", "auth_failed", "tls_mismatch",
                "wrong_cluster", "paused")
MONITORIX_NAMES(EndpointState, "unknown", "ok", "degraded", "down", "auth_failed", "tls_mismatch", "wrong_cluster")
MONITORIX_NAMES(TlsMode, "fingerprint", "ca")
MONITORIX_NAMES(FingerprintSource, "user", "cluster", "renewal_confirmed")
MONITORIX_NAMES(Role, "viewer", "operator", "editor", "admin")
MONITORIX_NAMES(KeyScope, "read", "operate", "configure", "admin", "metrics", "hooks")
MONITORIX_NAMES(EventKind, "task", "migration", "state", "appeared", "notice")
MONITORIX_NAMES(EventSeverity, "info", "warning", "error")
MONITORIX_NAMES(Severity, "info", "warning", "critical")
MONITORIX_NAMES(ConnectionKind, "pve", "pbs")
MONITORIX_NAMES(VerifyState, "none", "ok", "failed")
MONITORIX_NAMES(ServerJobKind, "sync", "verify", "prune", "gc")
MONITORIX_NAMES(UsageTrend, "unknown", "steady", "growing")
MONITORIX_NAMES(ServerJoin, "none", "joined", "ambiguous")

#undef MONITORIX_NAMES

}  // namespace
}  // namespace monitorix

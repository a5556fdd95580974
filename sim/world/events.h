#pragma once
// What happens in a cluster: deeds asked for by the control API or by chance, and their consequences in time (a
// migration takes a while, a lost node's HA guests come back elsewhere). advance() lets everything due happen.

#include "base/result.h"
#include "sim/world/world.h"

namespace monitorix::sim {

/// Lets all happen that is due by `now`.
void advance(World& world, WallTime now);
void advance(Cluster& cluster, WallTime now);
void plan_random_event(Cluster& cluster, WallTime now);

Status start_guest(Cluster& cluster, int vmid, WallTime now);
Status stop_guest(Cluster& cluster, int vmid, WallTime now);
/// It ends by itself: no task says why. Also while it is locked, as when a backup stops it.
Status crash_guest(Cluster& cluster, int vmid, WallTime now);
/// The lock stands and the task runs at once; the guest arrives after `lasting`.
Status migrate_guest(Cluster& cluster, int vmid, std::size_t target, WallTime now, std::chrono::milliseconds lasting);
/// It fails with `error` if that says something, else as this guest's backups always end.
Status backup_guest(Cluster& cluster, int vmid, WallTime now, std::chrono::milliseconds lasting,
                    std::string error = {});
Status snapshot_guest(Cluster& cluster, int vmid, std::string name, WallTime now);
Status forget_snapshot(Cluster& cluster, int vmid, std::string_view name, WallTime now);
/// Switched on or off in the options; it answers, or is dead.
Status set_agent(Cluster& cluster, int vmid, bool is_configured, bool answers, WallTime now);
Status rename_guest(Cluster& cluster, int vmid, std::string name);
/// Moves the processor load of this one guest and of nothing else.
Status touch_guest(Cluster& cluster, int vmid);
Status delete_guest(Cluster& cluster, int vmid, WallTime now);
Status create_guest(Cluster& cluster, int vmid, std::size_t node, GuestKind kind, WallTime now);

void kill_node(Cluster& cluster, std::size_t node, WallTime now, std::chrono::milliseconds detection);
void revive_node(Cluster& cluster, std::size_t node, WallTime now);

/// "UPID:pve1:000000F2:00078E5A:6B0375C2:qmstart:102:root@pam!full:"
[[nodiscard]] std::string upid_of(const Cluster& cluster, const Task& task);

}  // namespace monitorix::sim

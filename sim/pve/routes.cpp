// Every path the simulator knows: privilege, scope, parameters, and which process of the real thing answers it.

#include "sim/pve/calls.h"

namespace monitorix::sim {

const std::vector<Route>& all_routes() {
  using enum Route::Answered;
  using enum Route::Daemon;
  constexpr std::string_view kNode = "/nodes/{node}";
  constexpr std::string_view kGuest = "/vms/{vmid}";
  constexpr std::string_view kHistory = "timeframe!:timeframe cf:cf";
  constexpr std::string_view kTasks =
      "start:integer limit:integer typefilter vmid:integer since:integer until:integer errors:boolean source "
      "statusfilter userfilter";
  constexpr std::string_view kStore = "content enabled:boolean format:boolean storage target";
  static const std::vector<Route> routes{
      {"/", root_index, "", "", "", here, proxy},
      {"/version", version, "", "", "", here, proxy},
      {"/access/permissions", permissions, "", "", "path userid", here, proxy},
      {"/nodes", nodes, "", "", "", here, proxy},
      {"/pools", pools, "", "", "poolid type", here, proxy},
      {"/storage", storage_configs, "", "", "type", here, proxy},
      {"/cluster/resources", resources, "", "", "type:resource", here, proxy},
      {"/cluster/status", cluster_status, "Sys.Audit", "/", "", here, privileged},
      {"/cluster/tasks", cluster_tasks, "", "", "", here, proxy},
      {"/cluster/log", nothing, "", "", "max:integer", here, proxy},
      {"/cluster/options", cluster_options, "Sys.Audit", "/", "", here, proxy},
      {"/cluster/replication", cluster_replication, "", "", "", here, proxy},
      {"/cluster/backup", backup_jobs, "Sys.Audit", "/", "", here, proxy},
      {"/cluster/backup/{job}/included_volumes", backup_volumes, "Sys.Audit", "/", "", here, privileged},
      {"/cluster/backup-info/not-backed-up", not_backed_up, "Sys.Audit", "/", "", here, privileged},
      {"/cluster/ha/resources", ha_resources, "Sys.Audit", "/", "type", here, proxy},
      {"/cluster/ha/status/current", ha_status, "Sys.Audit", "/", "", here, proxy},
      {"/cluster/ha/status/manager_status", ha_manager_status, "Sys.Audit", "/", "", here, proxy},
      {"/cluster/config/qdevice", qdevice, "Sys.Audit", "/", "", here, privileged},
      {"/cluster/metrics/export", metrics_export, "Sys.Audit", "/",
       "history:boolean local-only:boolean start-time:integer node-list:since9", here, privileged_in_8},
      {"/nodes/{node}", node_index, "", "", "", by_named_node, proxy},
      {"/nodes/{node}/status", node_status, "Sys.Audit", kNode, "", by_named_node, proxy},
      {"/nodes/{node}/version", version, "", "", "", by_named_node, proxy},
      {"/nodes/{node}/services", node_services, "Sys.Audit", kNode, "", by_named_node, privileged},
      {"/nodes/{node}/subscription", node_subscription, "", "", "", by_named_node, proxy},
      {"/nodes/{node}/certificates/info", node_certificates, "", "", "", by_named_node, proxy},
      {"/nodes/{node}/time", node_time, "Sys.Audit", kNode, "", by_named_node, privileged},
      {"/nodes/{node}/netstat", node_netstat, "Sys.Audit", kNode, "", by_named_node, proxy},
      {"/nodes/{node}/network", nothing, "", "", "type", by_named_node, proxy},
      {"/nodes/{node}/replication", node_replication, "", "", "guest:integer", by_named_node, privileged},
      {"/nodes/{node}/disks/list", node_disks, "Sys.Audit", "", "include-partitions:boolean skipsmart:boolean type",
       by_named_node, privileged},
      {"/nodes/{node}/disks/zfs", zfs_pools, "Sys.Audit", "/", "", by_named_node, privileged},
      {"/nodes/{node}/disks/zfs/{name}", zfs_pool, "Sys.Audit", "/", "", by_named_node, privileged},
      {"/nodes/{node}/disks/lvmthin", thin_pools, "Sys.Audit", "/", "", by_named_node, privileged},
      {"/nodes/{node}/apt/versions", package_versions, "Sys.Audit", kNode, "", by_named_node, proxy},
      {"/nodes/{node}/apt/repositories", package_sources, "Sys.Audit", kNode, "", by_named_node, proxy},
      {"/nodes/{node}/apt/update", node_updates, "Sys.Modify", kNode, "", by_named_node, privileged},
      {"/nodes/{node}/ceph/status", node_ceph, "Sys.Audit", "/", "", by_named_node, privileged},
      {"/nodes/{node}/rrddata", node_history, "Sys.Audit", kNode, kHistory, here, privileged},
      {"/nodes/{node}/tasks", node_tasks, "", "", kTasks, by_named_node, proxy},
      {"/nodes/{node}/tasks/{upid}/status", task_status, "Sys.Audit", kNode, "", by_named_node, privileged},
      {"/nodes/{node}/tasks/{upid}/log", task_log, "Sys.Audit", kNode, "start:integer limit:integer download:boolean",
       by_named_node, privileged},
      {"/nodes/{node}/qemu", qemu_list, "", "", "full:boolean", by_named_node, privileged},
      {"/nodes/{node}/qemu/{vmid}/status/current", qemu_current, "VM.Audit", kGuest, "", by_named_node, privileged},
      {"/nodes/{node}/qemu/{vmid}/config", qemu_config, "VM.Audit", kGuest, "current:boolean snapshot", by_named_node,
       proxy},
      {"/nodes/{node}/qemu/{vmid}/snapshot", qemu_snapshots, "VM.Audit", kGuest, "", by_named_node, privileged},
      {"/nodes/{node}/qemu/{vmid}/rrddata", qemu_history, "VM.Audit", kGuest, kHistory, here, privileged},
      {"/nodes/{node}/qemu/{vmid}/agent/get-fsinfo", qemu_agent_filesystems, "agent", kGuest, "", by_named_node,
       privileged},
      {"/nodes/{node}/qemu/{vmid}/agent/network-get-interfaces", qemu_agent_interfaces, "agent", kGuest, "",
       by_named_node, privileged},
      {"/nodes/{node}/qemu/{vmid}/agent/get-osinfo", qemu_agent_system, "agent", kGuest, "", by_named_node, privileged},
      {"/nodes/{node}/qemu/{vmid}/agent/get-host-name", qemu_agent_host_name, "agent", kGuest, "", by_named_node,
       privileged},
      {"/nodes/{node}/lxc", lxc_list, "", "", "", by_named_node, privileged},
      {"/nodes/{node}/lxc/{vmid}/status/current", lxc_current, "VM.Audit", kGuest, "", by_named_node, privileged},
      {"/nodes/{node}/lxc/{vmid}/config", lxc_config, "VM.Audit", kGuest, "current:boolean snapshot", by_named_node,
       proxy},
      {"/nodes/{node}/lxc/{vmid}/snapshot", lxc_snapshots, "VM.Audit", kGuest, "", by_named_node, privileged},
      {"/nodes/{node}/lxc/{vmid}/interfaces", lxc_interfaces, "VM.Audit", kGuest, "", by_named_node, privileged},
      {"/nodes/{node}/lxc/{vmid}/rrddata", lxc_history, "VM.Audit", kGuest, kHistory, here, privileged},
      {"/nodes/{node}/storage", storage_list, "", "", kStore, by_named_node, privileged},
      {"/nodes/{node}/storage/{storage}/status", storage_status, "Datastore.Audit", "/storage/{storage}", "",
       by_named_node, privileged},
      {"/nodes/{node}/storage/{storage}/content", storage_content, "Datastore.Audit", "/storage/{storage}",
       "content vmid:integer", by_named_node, privileged},
      {"/nodes/{node}/storage/{storage}/rrddata", storage_history, "Datastore.Audit", "/storage/{storage}", kHistory,
       here, privileged},
  };
  return routes;
}

}  // namespace monitorix::sim

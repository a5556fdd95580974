#pragma once
// The handlers behind the routes, one file for each area: cluster, resources, node, hardware, guest, storage, history.

#include "sim/pve/api.h"

namespace monitorix::sim {

// cluster_calls.cpp
Answer root_index(Call& call);
Answer version(Call& call);
Answer permissions(Call& call);
Answer nodes(Call& call);
Answer cluster_status(Call& call);
Answer cluster_tasks(Call& call);
Answer ha_status(Call& call);
Answer ha_manager_status(Call& call);
Answer ha_resources(Call& call);
Answer pools(Call& call);
Answer cluster_options(Call& call);
Answer nothing(Call& call);

// backup_calls.cpp
Answer backup_jobs(Call& call);
Answer backup_volumes(Call& call);
Answer not_backed_up(Call& call);

// resource_calls.cpp
Answer resources(Call& call);

// node_calls.cpp
Answer node_index(Call& call);
Answer node_status(Call& call);
Answer node_services(Call& call);
Answer node_subscription(Call& call);
Answer node_certificates(Call& call);
Answer node_time(Call& call);
Answer node_netstat(Call& call);
Answer node_updates(Call& call);
Answer node_ceph(Call& call);

// hardware_calls.cpp
Answer node_disks(Call& call);
Answer zfs_pools(Call& call);
Answer zfs_pool(Call& call);
Answer thin_pools(Call& call);
Answer package_versions(Call& call);
Answer package_sources(Call& call);
Answer node_replication(Call& call);
Answer cluster_replication(Call& call);
Answer qdevice(Call& call);

// task_calls.cpp
[[nodiscard]] std::string task_row(const Call& call, const Task& task);
Answer node_tasks(Call& call);
Answer task_status(Call& call);
Answer task_log(Call& call);

// guest_calls.cpp
Answer qemu_list(Call& call);
Answer lxc_list(Call& call);
Answer qemu_current(Call& call);
Answer lxc_current(Call& call);

// agent_calls.cpp
Answer qemu_agent_filesystems(Call& call);
Answer qemu_agent_interfaces(Call& call);
Answer qemu_agent_system(Call& call);
Answer qemu_agent_host_name(Call& call);
Answer lxc_interfaces(Call& call);

// config_calls.cpp
Answer qemu_config(Call& call);
Answer lxc_config(Call& call);
Answer qemu_snapshots(Call& call);
Answer lxc_snapshots(Call& call);

// storage_calls.cpp
Answer storage_list(Call& call);
Answer storage_status(Call& call);
Answer storage_content(Call& call);
Answer storage_configs(Call& call);

// history_calls.cpp
Answer node_history(Call& call);
Answer qemu_history(Call& call);
Answer lxc_history(Call& call);
Answer storage_history(Call& call);

// export_calls.cpp
Answer metrics_export(Call& call);

[[nodiscard]] std::string data_object(JsonRow& row);
[[nodiscard]] Answer data_rows(std::vector<std::string> rows, Dice& dice);

/// The guest the path names, if it is on the node the path names; else the 500 Proxmox gives.
struct GuestFound {
  const Guest* guest{};
  Answer refusal{};
};
[[nodiscard]] GuestFound guest_on_node(const Call& call, GuestKind kind);

/// 400 with the field at fault.
[[nodiscard]] Answer parameter_error(std::string_view field, std::string_view text);

}  // namespace monitorix::sim

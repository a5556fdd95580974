#include <algorithm>
#include <array>
#include <functional>

#include "api/prometheus/fleet.h"
#include "model/names.h"

// Names, help texts and labels are those of prometheus-pve-exporter 3 (its README), so that dashboards made for it
// work. Where Proxmox VE itself says 0 (a guest that is off, the disk use of a VM), so does this; what nobody knows is
// absent.

namespace monitorix::api {
namespace {

constexpr std::array<std::string_view, 11> kHaStates{
    "stopped",  "request_stop", "request_start", "request_start_balance", "started", "fence", "recovery", "migrate",
    "relocate", "freeze",       "error"};
constexpr std::array<std::string_view, 9> kLocks{"backup",   "clone",           "create",    "migrate",   "rollback",
                                                 "snapshot", "snapshot-delete", "suspended", "suspending"};
constexpr std::array<std::string_view, 6> kSubscriptions{"new",     "notfound", "active",
                                                         "invalid", "expired",  "suspended"};

std::string joined(const std::vector<std::string>& words, char between) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : std::string(1, between)) + word;
  return out;
}

struct NodeRow {
  const Node& node;
  std::string id;
};
struct GuestRow {
  const Guest& guest;
  const state::Counters& counters;
  std::string id;
  bool is_off;  ///< Proxmox VE says 0 of all its numbers
};
struct StorageRow {
  const Storage& storage;
  std::string_view node;
  std::string id;
};

class Pve {
 public:
  Pve(MetricText& out, const Exported& world, const state::ClusterView& view) : out_(out), view_(view) {
    for (const auto& node : view.nodes)
      if (!node->missing && world.sees(*node)) nodes_.push_back({*node, "node/" + node->name});
    static const state::Counters nothing{};
    const auto counters = world.counters.find(view.config.id);
    for (std::size_t i = 0; i < view.guests.size(); ++i) {
      const Guest& guest = *view.guests[i];
      if (guest.status == GuestStatus::deleted || guest.status == GuestStatus::missing || !world.sees(guest)) continue;
      const bool has_counters = counters != world.counters.end() && i < counters->second.size();
      guests_.push_back({guest, has_counters ? counters->second[i] : nothing,
                         std::string(name_of(guest.type)) + "/" + std::to_string(guest.vmid),
                         guest.status == GuestStatus::stopped});
    }
    for (const auto& storage : view.storages) {
      if (storage->deleted_at || !world.sees(*storage)) continue;
      for (const NodeId id : storage->nodes) {
        const std::string_view node = node_name(view, id);
        storages_.push_back({*storage, node, "storage/" + std::string(node) + "/" + storage->name});
      }
    }
  }

  void status() {
    gauge("pve_up", "Node/VM/CT-Status is online/running");
    for (const auto& [node, id] : nodes_) out_.sample({{"id", id}}, node.status == NodeStatus::online ? 1.0 : 0.0);
    if (view_.cluster_name && view_.quorate)
      out_.sample({{"id", "cluster/" + *view_.cluster_name}}, *view_.quorate ? 1.0 : 0.0);
    for (const GuestRow& one : guests_)
      out_.sample({{"id", one.id}}, one.guest.status == GuestStatus::running ? 1.0 : 0.0);
    for (const StorageRow& one : storages_)
      out_.sample({{"id", one.id}}, one.storage.state == StorageState::available ? 1.0 : 0.0);
    gauge("pve_ha_state", "HA service status (for HA managed VMs).");
    for (const GuestRow& one : guests_)
      if (one.guest.ha_state) states(one.id, "state", kHaStates, *one.guest.ha_state);
    gauge("pve_lock_state", "The guest's current config lock (for types 'qemu' and 'lxc')");
    for (const GuestRow& one : guests_) states(one.id, "state", kLocks, one.guest.lock.value_or(""));
  }

  void facts() {
    if (view_.version) {
      const std::string& version = *view_.version;
      const auto second_dot = version.find('.', version.find('.') + 1);
      gauge("pve_version_info", "Proxmox VE version info");
      out_.sample({{"release", version.substr(0, second_dot)}, {"repoid", ""}, {"version", version}}, 1.0);
    }
    gauge("pve_node_info", "Node info");
    for (const auto& [node, id] : nodes_) {
      const std::string number = std::to_string(node.corosync_id.value_or(0));
      out_.sample({{"id", id}, {"level", node.level.value_or("")}, {"name", node.name}, {"nodeid", number}}, 1.0);
    }
    if (view_.cluster_name) {
      gauge("pve_cluster_info", "Cluster info");
      out_.sample({{"id", "cluster/" + *view_.cluster_name},
                   {"nodes", std::to_string(nodes_.size())},
                   {"quorate", view_.quorate.value_or(false) ? "1" : "0"},
                   {"version", ""}},
                  1.0);
    }
    gauge("pve_guest_info", "VM/CT info");
    for (const GuestRow& one : guests_)
      out_.sample({{"id", one.id},
                   {"node", node_name(view_, one.guest.node)},
                   {"name", one.guest.name},
                   {"type", name_of(one.guest.type)},
                   {"template", one.guest.is_template ? "1" : "0"},
                   {"tags", joined(one.guest.proxmox_tags, ';')}},
                  1.0);
    gauge("pve_storage_info", "Storage info");
    for (const StorageRow& one : storages_)
      out_.sample({{"id", one.id},
                   {"node", one.node},
                   {"storage", one.storage.name},
                   {"plugintype", one.storage.plugin_type.value_or("")},
                   {"content", joined(one.storage.content, ',')}},
                  1.0);
  }

  void resources() {
    gauge("pve_disk_size_bytes",
          "Storage size in bytes (for type 'storage'), root image size for VMs (for types 'qemu' and 'lxc').");
    of_nodes(&Node::disk_total_bytes);
    of_guests(&Guest::disk_total_bytes);
    of_storages(&Storage::total_bytes);
    gauge("pve_disk_usage_bytes",
          "Used disk space in bytes (for type 'storage'), used root image space for VMs (for types 'qemu' and 'lxc').");
    of_nodes(&Node::disk_used_bytes);
    for (const GuestRow& one : guests_)
      out_.sample({{"id", one.id}}, one.guest.type == GuestType::qemu || one.is_off ? std::optional<std::int64_t>(0)
                                                                                    : one.guest.disk_used_bytes);
    of_storages(&Storage::used_bytes);
    gauge("pve_memory_size_bytes", "Number of available memory in bytes (for types 'node', 'qemu' and 'lxc').");
    of_nodes(&Node::memory_total_bytes);
    of_guests(&Guest::memory_total_bytes);
    gauge("pve_memory_usage_bytes", "Used memory in bytes (for types 'node', 'qemu' and 'lxc').");
    of_nodes(&Node::memory_used_bytes);
    of_guests_at_work(&Guest::memory_used_bytes);
    gauge("pve_cpu_usage_ratio", "CPU utilization (for types 'node', 'qemu' and 'lxc').");
    of_nodes(&Node::cpu_ratio);
    of_guests_at_work(&Guest::cpu_ratio);
    gauge("pve_cpu_usage_limit", "Number of available CPUs (for types 'node', 'qemu' and 'lxc').");
    of_nodes(&Node::cpu_count);
    of_guests(&Guest::cpu_count);
    gauge("pve_uptime_seconds", "Uptime of node or virtual guest in seconds (for types 'node', 'qemu' and 'lxc').");
    of_nodes(&Node::uptime_seconds);
    of_guests_at_work(&Guest::uptime_seconds);
    gauge("pve_storage_shared", "Whether or not the storage is shared among cluster nodes");
    for (const StorageRow& one : storages_) out_.sample({{"id", one.id}}, one.storage.shared ? 1.0 : 0.0);
  }

  void flows() {
    struct Flow {
      std::string_view old_name, name, help;
      std::optional<std::int64_t> state::Counters::*value;
    };
    static constexpr std::array<Flow, 4> all{
        {{"pve_network_transmit_bytes", "pve_network_transmit_bytes_total",
          "The amount of traffic in bytes that was sent from the guest over the network since it was started. (for "
          "types "
          "'qemu' and 'lxc')",
          &state::Counters::net_out},
         {"pve_network_receive_bytes", "pve_network_receive_bytes_total",
          "The amount of traffic in bytes that was sent to the guest over the network since it was started. (for types "
          "'qemu' and 'lxc')",
          &state::Counters::net_in},
         {"pve_disk_write_bytes", "pve_disk_written_bytes_total",
          "The amount of bytes the guest wrote to its block devices since the guest was started. This info is not "
          "available for all storage types. (for types 'qemu' and 'lxc')",
          &state::Counters::disk_write},
         {"pve_disk_read_bytes", "pve_disk_read_bytes_total",
          "The amount of bytes the guest read from its block devices since the guest was started. This info is not "
          "available for all storage types. (for types 'qemu' and 'lxc')",
          &state::Counters::disk_read}}};
    for (const Flow& flow : all) {
      gauge(flow.old_name, std::string(flow.help) + " DEPRECATED: use " + std::string(flow.name) + " instead.");
      counters(flow.value);
      out_.family(flow.name, MetricType::counter, flow.help);
      counters(flow.value);
    }
  }

  void subscriptions() {
    gauge("pve_subscription_status", "Proxmox VE subscription status (1 if matches status)");
    for (const auto& [node, id] : nodes_)
      if (node.detail.subscription_status) states(id, "status", kSubscriptions, *node.detail.subscription_status);
  }

  /// What that exporter does not have; nothing of the above changes by it.
  void additions() {
    gauge("pve_iowait_ratio", "Share of time in which processors waited for disks (for type 'node').");
    for (const auto& [node, id] : nodes_) out_.sample({{"id", id}}, node.detail.iowait_ratio);
    gauge("pve_swap_usage_bytes", "Used swap in bytes (for type 'node').");
    for (const auto& [node, id] : nodes_) out_.sample({{"id", id}}, node.detail.swap_used_bytes);
    gauge("pve_swap_size_bytes", "Size of the swap in bytes (for type 'node').");
    for (const auto& [node, id] : nodes_) out_.sample({{"id", id}}, node.detail.swap_total_bytes);
    gauge("pve_pressure_ratio", "Share of time in which tasks waited for a resource (PSI).");
    for (const auto& [node, id] : nodes_) {
      const Pressure& its = node.detail.pressure;
      const auto put = [&, &name = id](std::string_view resource, std::string_view kind, const auto& value) {
        out_.sample({{"id", name}, {"resource", resource}, {"kind", kind}}, value);
      };
      put("cpu", "some", its.cpu_some);
      put("io", "some", its.io_some);
      put("io", "full", its.io_full);
      put("memory", "some", its.memory_some);
      put("memory", "full", its.memory_full);
    }
  }

 private:
  void gauge(std::string_view name, std::string_view help) { out_.family(name, MetricType::gauge, help); }
  void states(std::string_view id, std::string_view label, const auto& all, std::string_view its) {
    for (const std::string_view state : all) out_.sample({{"id", id}, {label, state}}, state == its ? 1.0 : 0.0);
  }
  void of_nodes(auto Node::*value) {
    for (const auto& [node, id] : nodes_) out_.sample({{"id", id}}, node.*value);
  }
  void of_guests(auto Guest::*value) {
    for (const GuestRow& one : guests_) out_.sample({{"id", one.id}}, one.guest.*value);
  }
  void of_guests_at_work(auto Guest::*value) {
    for (const GuestRow& one : guests_)
      if (one.is_off)
        out_.sample({{"id", one.id}}, 0.0);
      else
        out_.sample({{"id", one.id}}, one.guest.*value);
  }
  void of_storages(auto Storage::*value) {
    for (const StorageRow& one : storages_) out_.sample({{"id", one.id}}, one.storage.*value);
  }
  void counters(std::optional<std::int64_t> state::Counters::*value) {
    for (const GuestRow& one : guests_)
      out_.sample({{"id", one.id}}, one.is_off ? std::optional<std::int64_t>(0) : one.counters.*value);
  }

  MetricText& out_;
  const state::ClusterView& view_;
  std::vector<NodeRow> nodes_{};
  std::vector<GuestRow> guests_{};
  std::vector<StorageRow> storages_{};
};

}  // namespace

std::string_view node_name(const state::ClusterView& view, NodeId id) {
  const auto found = std::ranges::lower_bound(view.nodes, id, {}, [](const auto& node) { return node->id; });
  return found != view.nodes.end() && (*found)->id == id ? std::string_view((*found)->name) : std::string_view();
}

void write_pve(MetricText& out, const Exported& world, const state::ClusterView& view, PveParts parts) {
  Pve pve(out, world, view);
  if (parts.cluster) {
    pve.status();
    pve.facts();
    pve.resources();
    pve.flows();
    pve.additions();
  }
  if (parts.node) pve.subscriptions();
}

}  // namespace monitorix::api

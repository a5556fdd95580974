#include "api/prometheus/fleet.h"

// Our own names. Those that the original Monitorix had are kept (api.md 11), with a `cluster` label.

namespace monitorix::api {
namespace {

class Fleet {
 public:
  Fleet(MetricText& out, const Exported& world) : out_(out), world_(world) {}

  void clusters() {
    gauge("monitorix_cluster_up", "Whether a connection answers.");
    each_cluster([&](const state::ClusterView& view) {
      const ClusterState state = view.health.state;
      const bool is_up = state == ClusterState::ok || state == ClusterState::degraded;
      out_.sample({{"cluster", view.config.name}}, is_up ? 1.0 : 0.0);
    });
    gauge("monitorix_cluster_quorate", "Whether a cluster has quorum.");
    each_cluster([&](const state::ClusterView& view) {
      if (view.quorate) out_.sample({{"cluster", view.config.name}}, *view.quorate ? 1.0 : 0.0);
    });
    gauge("monitorix_poll_age_seconds", "Time since a cluster's inventory was last read.");
    each_cluster([&](const state::ClusterView& view) {
      if (view.last_poll_at)
        out_.sample({{"cluster", view.config.name}},
                    static_cast<double>(to_ms(world_.now) - to_ms(*view.last_poll_at)) / 1000);
    });
    sums();
    load();
  }

  void nodes() {
    gauge("monitorix_node_up", "Whether a node is online.");
    each_node(
        [&](Labels labels, const Node& node) { out_.sample(labels, node.status == NodeStatus::online ? 1.0 : 0.0); });
    gauge("monitorix_node_cpu_usage_percent", "CPU in use.");
    each_node([&](Labels labels, const Node& node) { out_.sample(labels, percent(node.cpu_ratio)); });
    gauge("monitorix_node_memory_usage_percent", "Memory in use.");
    each_node([&](Labels labels, const Node& node) {
      out_.sample(labels, percent(node.memory_used_bytes, node.memory_total_bytes));
    });
    gauge("monitorix_node_disk_usage_percent", "Root file system in use.");
    each_node([&](Labels labels, const Node& node) {
      out_.sample(labels, percent(node.disk_used_bytes, node.disk_total_bytes));
    });
  }

  void guests() {
    gauge("monitorix_vm_up", "Whether a guest runs.");
    each_guest([&](Labels labels, const Guest& guest, const state::Counters*) {
      out_.sample(labels, guest.status == GuestStatus::running ? 1.0 : 0.0);
    });
    gauge("monitorix_vm_cpu_usage_percent", "CPU in use, of what the guest has.");
    each_guest([&](Labels labels, const Guest& guest, const state::Counters*) {
      out_.sample(labels, percent(guest.cpu_ratio));
    });
    gauge("monitorix_vm_memory_usage_percent", "Memory in use.");
    each_guest([&](Labels labels, const Guest& guest, const state::Counters*) {
      out_.sample(labels, percent(guest.memory_used_bytes, guest.memory_total_bytes));
    });
    flow("monitorix_vm_network_receive_bytes_total", "Received since the guest was started.", &state::Counters::net_in);
    flow("monitorix_vm_network_transmit_bytes_total", "Sent since the guest was started.", &state::Counters::net_out);
    flow("monitorix_vm_disk_read_bytes_total", "Read since the guest was started.", &state::Counters::disk_read);
    flow("monitorix_vm_disk_written_bytes_total", "Written since the guest was started.", &state::Counters::disk_write);
  }

  void storages() {
    gauge("monitorix_storage_used_bytes", "In use on a storage.");
    each_storage([&](Labels labels, const Storage& storage) { out_.sample(labels, storage.used_bytes); });
    gauge("monitorix_storage_size_bytes", "Size of a storage.");
    each_storage([&](Labels labels, const Storage& storage) { out_.sample(labels, storage.total_bytes); });
  }

 private:
  using Number = std::optional<double>;
  static Number percent(const Number& ratio) { return ratio ? Number(*ratio * 100) : std::nullopt; }
  static Number percent(const std::optional<std::int64_t>& used, const std::optional<std::int64_t>& all) {
    if (!used || !all || *all <= 0) return std::nullopt;
    return static_cast<double>(*used) / static_cast<double>(*all) * 100;
  }
  void gauge(std::string_view name, std::string_view help) { out_.family(name, MetricType::gauge, help); }

  void each_service(auto use) {
    for (const auto& service : *world_.world->services) {
      if (!live::may_see(world_.scope, *service->service, *world_.world)) continue;
      const auto of = cluster_of(*service->service, *world_.world);
      const auto* view = of ? world_.world->cluster(*of) : nullptr;
      use(*service, view == nullptr ? std::string() : view->config.name);
    }
  }

  void each_cluster(auto use) {
    for (const auto& [id, view] : world_.world->clusters)
      if (world_.sees(*view)) use(*view);
  }
  void each_node(auto use) {
    for (const auto& [id, view] : world_.world->clusters)
      for (const auto& node : view->nodes) {
        if (node->missing || !world_.sees(*node)) continue;
        const std::string number = node->id.text();
        use({{"cluster", view->config.name}, {"node_id", number}, {"node_name", node->name}}, *node);
      }
  }
  void each_guest(auto use) {
    for (const auto& [id, view] : world_.world->clusters) {
      const auto counters = world_.counters.find(id);
      for (std::size_t i = 0; i < view->guests.size(); ++i) {
        const Guest& guest = *view->guests[i];
        if (guest.status == GuestStatus::deleted || guest.is_template || !world_.sees(guest)) continue;
        const std::string number = guest.id.text(), node = guest.node.exists() ? guest.node.text() : "";
        const bool has_counters = counters != world_.counters.end() && i < counters->second.size();
        use({{"cluster", view->config.name}, {"vm_id", number}, {"vm_name", guest.name}, {"node_id", node}}, guest,
            has_counters ? &counters->second[i] : nullptr);
      }
    }
  }
  void each_storage(auto use) {
    for (const auto& [id, view] : world_.world->clusters)
      for (const auto& storage : view->storages) {
        if (storage->deleted_at || !world_.sees(*storage)) continue;
        const std::string number = storage->id.text();
        const std::string_view node =
            storage->shared || storage->nodes.empty() ? std::string_view() : node_name(*view, storage->nodes.front());
        use({{"cluster", view->config.name}, {"storage_id", number}, {"storage_name", storage->name}, {"node", node}},
            *storage);
      }
  }
  void flow(std::string_view name, std::string_view help, std::optional<std::int64_t> state::Counters::*value) {
    out_.family(name, MetricType::counter, help);
    each_guest([&](Labels labels, const Guest& guest, const state::Counters* counters) {
      if (guest.status == GuestStatus::running && counters) out_.sample(labels, counters->*value);
    });
  }

  void sums() {
    const auto sum = [&](std::string_view name, std::string_view help, auto count) {
      gauge(name, help);
      each_cluster([&](const state::ClusterView& view) {
        out_.sample({{"cluster", view.config.name}}, static_cast<double>(count(view)));
      });
    };
    const auto count = [&](const auto& objects, auto counts) {
      std::size_t found = 0;
      for (const auto& one : objects) found += world_.sees(*one) && counts(*one) ? 1 : 0;
      return found;
    };
    sum("monitorix_nodes_total", "Nodes there are.", [&](const state::ClusterView& view) {
      return count(view.nodes, [](const Node& node) { return !node.missing; });
    });
    sum("monitorix_nodes_online", "Nodes that are online.", [&](const state::ClusterView& view) {
      return count(view.nodes, [](const Node& node) { return node.status == NodeStatus::online; });
    });
    const auto is_there = [](const Guest& guest) { return guest.status != GuestStatus::deleted && !guest.is_template; };
    sum("monitorix_vms_total", "Guests there are, templates not counted.",
        [&](const state::ClusterView& view) { return count(view.guests, is_there); });
    sum("monitorix_vms_running", "Guests that run.", [&](const state::ClusterView& view) {
      return count(view.guests, [](const Guest& guest) { return guest.status == GuestStatus::running; });
    });
    services();
  }

  /// One that stands alone has an empty cluster.
  void services() {
    struct Count {
      double all{0}, up{0};
    };
    std::map<std::string, Count> counts;
    each_cluster([&](const state::ClusterView& view) { counts[view.config.name]; });
    each_service([&](const state::ServiceView& service, const std::string& cluster) {
      Count& count = counts[cluster];
      ++count.all;
      count.up += service.status == state::ServiceStatus::up ? 1 : 0;
    });
    gauge("monitorix_services_total", "Services there are.");
    for (const auto& [cluster, count] : counts) out_.sample({{"cluster", cluster}}, count.all);
    gauge("monitorix_services_healthy", "Services that are up.");
    for (const auto& [cluster, count] : counts) out_.sample({{"cluster", cluster}}, count.up);
    const auto of_each = [&](std::string_view name, std::string_view help, auto value) {
      gauge(name, help);
      each_service([&](const state::ServiceView& service, const std::string& cluster) {
        const std::optional<double> its = value(service);
        const std::string id = service.id.text();
        if (its) out_.sample({{"cluster", cluster}, {"service_id", id}, {"service_name", service.service->name}}, *its);
      });
    };
    using V = const state::ServiceView&;
    of_each("monitorix_service_up", "Whether a service is up or degraded; absent while that is not known.",
            [](V v) -> std::optional<double> {
              if (v.status == state::ServiceStatus::unknown || v.status == state::ServiceStatus::paused)
                return std::nullopt;
              return v.status == state::ServiceStatus::up || v.status == state::ServiceStatus::warning ? 1.0 : 0.0;
            });
    of_each("monitorix_service_response_time_seconds", "How long the last successful check took.",
            [](V v) -> std::optional<double> {
              const bool is_known = v.latest && v.latest->took.count() > 0 &&
                                    (v.latest->verdict == Verdict::up || v.latest->verdict == Verdict::degraded);
              return is_known ? std::optional(static_cast<double>(v.latest->took.count()) / 1e6) : std::nullopt;
            });
  }

  void load() {
    gauge("monitorix_proxmox_requests_per_minute", "Requests that we send to a cluster, by class of call.");
    each_load([&](std::string_view cluster, const CallClassLoad& its) {
      out_.sample({{"cluster", cluster}, {"class", its.name}}, its.requests_per_minute);
    });
    const auto took = [&](std::string_view name, std::string_view help, std::optional<double> CallClassLoad::*ms) {
      gauge(name, help);
      each_load([&](std::string_view cluster, const CallClassLoad& its) {
        if (its.*ms) out_.sample({{"cluster", cluster}, {"class", its.name}}, *(its.*ms) / 1000);
      });
    };
    took("monitorix_proxmox_request_median_seconds", "How long half of the calls of a class take at most.",
         &CallClassLoad::p50_ms);
    took("monitorix_proxmox_request_p95_seconds", "How long 95 of 100 calls of a class take at most.",
         &CallClassLoad::p95_ms);
    out_.family("monitorix_proxmox_request_errors_total", MetricType::counter,
                "Requests that failed, by class of call.");
    each_load([&](std::string_view cluster, const CallClassLoad& its) {
      out_.sample({{"cluster", cluster}, {"class", its.name}}, static_cast<double>(its.errors));
    });
  }
  void each_load(auto use) {
    each_cluster([&](const state::ClusterView& view) {
      for (const CallClassLoad& its : view.health.load.by_class) use(view.config.name, its);
    });
  }

  MetricText& out_;
  const Exported& world_;
};

}  // namespace

void write_fleet(MetricText& out, const Exported& world) {
  Fleet fleet(out, world);
  fleet.clusters();
  fleet.nodes();
  fleet.guests();
  fleet.storages();
}

}  // namespace monitorix::api

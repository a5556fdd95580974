#include "live/encode.h"

#include "live/fields.h"

namespace monitorix::live {

void write(JsonWriter& out, const Pressure& v) {
  out.begin_object();
  out.member("cpu_some", ratio(v.cpu_some).value).member("cpu_full", ratio(v.cpu_full).value);
  out.member("io_some", ratio(v.io_some).value).member("io_full", ratio(v.io_full).value);
  out.member("memory_some", ratio(v.memory_some).value).member("memory_full", ratio(v.memory_full).value);
  out.end_object();
}

namespace {

struct NodeRow {
  const Node& node;
  const NodePlace& place;
};

std::optional<Pressure> known_pressure(const Pressure& pressure) {
  return pressure == Pressure{} ? std::nullopt : std::optional(pressure);
}

/// Where a person finds the node's own screen.
std::string url_of(const NodeRow& row) {
  const auto& endpoints = row.place.cluster.config.endpoints;
  const int port = endpoints.empty() ? 8006 : endpoints.front().port;
  std::string host = row.node.ip ? *row.node.ip : endpoints.empty() ? row.node.name : endpoints.front().address;
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return "https://" + host + ":" + std::to_string(port);
}

std::optional<WallTime> certificate_end(const Node& node) {
  std::optional<WallTime> soonest;
  for (const auto& certificate : node.detail.certificates)
    if (certificate.not_after && certificate.filename != "pve-root-ca.pem" &&
        (!soonest || *certificate.not_after < *soonest))
      soonest = certificate.not_after;
  return soonest;
}

const NodeSoftware* software_of(const NodeRow& row) {
  const auto& facts = row.place.cluster.facts;
  if (!facts) return nullptr;
  const auto& software = facts->of(row.node.id).software.value;
  return software ? &*software : nullptr;
}

constexpr auto kNodeFields = [](auto&& field) {
  using R = const NodeRow&;
  field("id", [](R r) { return r.node.id.text(); });
  field("name", [](R r) -> const std::string& { return r.node.name; });
  field("url", [](R r) { return url_of(r); });
  field("is_local", [](R r) { return r.node.is_local; });
  field("is_active", [](R r) { return !r.place.cluster.config.paused && !r.node.missing; });
  field("maintenance_mode", [](R r) { return r.node.maintenance_mode; });
  field("status", [](R r) { return name_of(r.node.status); });
  field(
      "tags", [](R r) -> const auto& { return r.node.tags; });
  field("last_check", [](R r) { return r.node.last_check; });
  field("created_at", [](R r) { return r.node.created_at; });
  field("cluster_id", [](R r) { return r.node.cluster.text(); });
  field("status_reason", [](R r) { return name_of(r.node.reason); });
  field("status_since", [](R r) { return r.node.status_since; });
  field("missing", [](R r) { return r.node.missing; });
  field(
      "ip_address", [](R r) -> const auto& { return r.node.ip; });
  field("cpu_ratio", [](R r) { return ratio(r.node.cpu_ratio); });
  field("cpu_count", [](R r) { return rounded(r.node.cpu_count); });
  field(
      "cpu_model", [](R r) -> const auto& { return r.node.detail.cpu_model; });
  field("cpu_sockets", [](R r) { return r.node.detail.cpu_sockets; });
  field("iowait_ratio", [](R r) { return ratio(r.node.detail.iowait_ratio); });
  field("load_1", [](R r) { return rounded(r.node.detail.load_1); });
  field("load_5", [](R r) { return rounded(r.node.detail.load_5); });
  field("load_15", [](R r) { return rounded(r.node.detail.load_15); });
  field("memory_used_bytes", [](R r) { return r.node.memory_used_bytes; });
  field("memory_total_bytes", [](R r) { return r.node.memory_total_bytes; });
  field("swap_used_bytes", [](R r) { return r.node.detail.swap_used_bytes; });
  field("swap_total_bytes", [](R r) { return r.node.detail.swap_total_bytes; });
  field("rootfs_used_bytes",
        [](R r) { return r.node.detail.rootfs_used_bytes ? r.node.detail.rootfs_used_bytes : r.node.disk_used_bytes; });
  field("rootfs_total_bytes", [](R r) {
    return r.node.detail.rootfs_total_bytes ? r.node.detail.rootfs_total_bytes : r.node.disk_total_bytes;
  });
  field("net_in_bytes_per_second", [](R r) { return rounded(r.node.net_in_rate); });
  field("net_out_bytes_per_second", [](R r) { return rounded(r.node.net_out_rate); });
  field("pressure", [](R r) { return known_pressure(r.node.detail.pressure); });
  field("uptime_seconds", [](R r) { return r.node.uptime_seconds; });
  field(
      "pve_version", [](R r) -> const auto& { return r.node.detail.pve_version; });
  field(
      "kernel", [](R r) -> const auto& { return r.node.detail.kernel; });
  field("kernel_outdated", [](R r) {
    const auto* software = software_of(r);
    return software ? software->kernel_outdated : std::nullopt;
  });
  field(
      "subscription_status", [](R r) -> const auto& { return r.node.detail.subscription_status; });
  field("certificate_expires_at", [](R r) { return certificate_end(r.node); });
  field("updates_pending", [](R r) {
    const auto* software = software_of(r);
    return software ? std::optional(static_cast<std::int64_t>(software->updates.size())) : std::nullopt;
  });
  field("vm_count", [](R r) {
    const auto found = r.place.counts.find(r.node.id);
    return found == r.place.counts.end() ? std::int64_t{0} : found->second;
  });
};

/// Percent of memory and disk, as the original's fields had it.
WireRatio percent_of(const std::optional<std::int64_t>& part, const std::optional<std::int64_t>& whole) {
  if (!part || !whole || *whole <= 0) return {};
  return percent(static_cast<double>(*part) / static_cast<double>(*whole));
}

constexpr auto kGuestFields = [](auto&& field) {
  using G = const Guest&;
  field("id", [](G g) { return g.id.text(); });
  field("node_id", [](G g) { return g.node.exists() ? std::optional(g.node.text()) : std::nullopt; });
  field("vmid", [](G g) { return g.vmid; });
  field("name", [](G g) -> const std::string& { return g.name; });
  field("status", [](G g) { return name_of(g.status); });
  field("cpu_usage", [](G g) { return percent(g.cpu_ratio); });
  field("memory_usage", [](G g) { return percent_of(g.memory_used_bytes, g.memory_total_bytes); });
  field("memory_total", [](G g) { return g.memory_total_bytes; });
  field("disk_usage", [](G g) { return percent_of(g.disk_used_bytes, g.disk_capacity_bytes); });
  field("disk_total", [](G g) { return g.disk_total_bytes; });
  field("uptime", [](G g) { return g.uptime_seconds; });
  field(
      "tags", [](G g) -> const auto& { return g.tags; });
  field("last_check", [](G g) { return g.last_check; });
  field("created_at", [](G g) { return g.created_at; });
  field("cluster_id", [](G g) { return g.cluster.text(); });
  field("type", [](G g) { return name_of(g.type); });
  field("is_template", [](G g) { return g.is_template; });
  field(
      "pool", [](G g) -> const auto& { return g.pool; });
  field(
      "lock", [](G g) -> const auto& { return g.lock; });
  field(
      "ha_state", [](G g) -> const auto& { return g.ha_state; });
  field(
      "proxmox_tags", [](G g) -> const auto& { return g.proxmox_tags; });
  field("cpu_ratio", [](G g) { return ratio(g.cpu_ratio); });
  field("cpu_count", [](G g) { return rounded(g.cpu_count); });
  field("memory_used_bytes", [](G g) { return g.memory_used_bytes; });
  field("memory_source", [](G g) { return g.memory_source ? std::optional(name_of(*g.memory_source)) : std::nullopt; });
  field("memory_host_bytes", [](G g) { return g.memory_host_bytes; });
  field("disk_used_bytes", [](G g) { return g.disk_used_bytes; });
  field("disk_capacity_bytes", [](G g) { return g.disk_capacity_bytes; });
  field("disk_used_source", [](G g) { return g.disk_source ? std::optional(name_of(*g.disk_source)) : std::nullopt; });
  field("net_in_bytes_per_second", [](G g) { return rounded(g.net_in_rate); });
  field("net_out_bytes_per_second", [](G g) { return rounded(g.net_out_rate); });
  field("disk_read_bytes_per_second", [](G g) { return rounded(g.disk_read_rate); });
  field("disk_write_bytes_per_second", [](G g) { return rounded(g.disk_write_rate); });
  field("pressure", [](G g) { return g.pressure; });
  field(
      "ip_addresses", [](G g) -> const auto& { return g.ip_addresses; });
  field(
      "os_name", [](G g) -> const auto& { return g.os_name; });
  field("agent_state", [](G g) { return name_of(g.agent_state); });
  field("last_backup_at", [](G g) { return g.last_backup_at; });
  field("backup_state", [](G g) { return name_of(g.backup_state); });
  field("status_since", [](G g) { return g.status_since; });
  field("stopped_by", [](G g) { return g.stopped_by ? std::optional(name_of(*g.stopped_by)) : std::nullopt; });
  field(
      "owner", [](G g) -> const auto& { return g.owner; });
  field(
      "note", [](G g) -> const auto& { return g.note; });
  field(
      "url", [](G g) -> const auto& { return g.url; });
  field("backup_policy", [](G g) { return name_of(g.backup_policy); });
  field("recovery_point_hours", [](G g) { return g.recovery_point_hours; });
  field(
      "backup_note", [](G g) -> const auto& { return g.backup_note; });
};

std::vector<std::string> texts(const std::vector<NodeId>& ids) {
  std::vector<std::string> all;
  all.reserve(ids.size());
  for (const auto id : ids) all.push_back(id.text());
  return all;
}

constexpr auto kStorageFields = [](auto&& field) {
  using S = const Storage&;
  field("id", [](S s) { return s.id.text(); });
  field("cluster_id", [](S s) { return s.cluster.text(); });
  field("node_ids", [](S s) { return texts(s.nodes); });
  field("name", [](S s) -> const std::string& { return s.name; });
  field("plugin_type", [](S s) { return s.plugin_type.value_or("unknown"); });
  field(
      "content", [](S s) -> const auto& { return s.content; });
  field("shared", [](S s) { return s.shared; });
  field("state", [](S s) { return name_of(s.state); });
  field("status_since", [](S s) { return s.status_since; });
  field("used_bytes", [](S s) { return s.used_bytes; });
  field("total_bytes", [](S s) { return s.total_bytes; });
  field("used_ratio", [](S s) { return share(s.used_bytes, s.total_bytes); });
  field("provisioned_bytes", [](S) { return nullptr; });
  field("days_left", [](S) { return nullptr; });
  field("last_check", [](S s) { return s.last_check; });
};

}  // namespace

GuestCounts count_guests(const state::ClusterView& cluster) {
  GuestCounts counts;
  for (const auto& guest : cluster.guests)
    if (guest->status != GuestStatus::deleted) ++counts[guest->node];
  return counts;
}

void encode_node(JsonWriter& out, const state::ClusterView& cluster, const Node& node) {
  encode_node(out, cluster, node, count_guests(cluster));
}

void encode_node(JsonWriter& out, const state::ClusterView& cluster, const Node& node, const GuestCounts& counts) {
  const NodePlace place{cluster, counts};
  write_all(out, kNodeFields, NodeRow{node, place});
}

void encode_guest(JsonWriter& out, const Guest& guest) { write_all(out, kGuestFields, guest); }
void encode_storage(JsonWriter& out, const Storage& storage) { write_all(out, kStorageFields, storage); }

bool encode_node_delta(JsonWriter& out, const NodePlace& place_before, const Node& before, const NodePlace& place_after,
                       const Node& after) {
  return write_changed(out, kNodeFields, after.id.text(), NodeRow{before, place_before}, NodeRow{after, place_after});
}

bool encode_guest_delta(JsonWriter& out, const Guest& before, const Guest& after) {
  return write_changed(out, kGuestFields, after.id.text(), before, after);
}

bool encode_storage_delta(JsonWriter& out, const Storage& before, const Storage& after) {
  return write_changed(out, kStorageFields, after.id.text(), before, after);
}

}  // namespace monitorix::live

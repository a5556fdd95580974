#include "store/object_doc.h"

#include "base/json_writer.h"
#include "model/names.h"

namespace monitorix::store {
namespace {

template <class T>
void put(JsonWriter& json, std::string_view name, const std::optional<T>& value) {
  if (value) json.member(name, *value);
}
void put(JsonWriter& json, std::string_view name, const std::optional<WallTime>& at) {
  if (at) json.member(name, to_ms(*at));
}
void put(JsonWriter& json, std::string_view name, const std::vector<std::string>& list) {
  if (list.empty()) return;
  json.key(name).begin_array();
  for (const auto& item : list) json.value(item);
  json.end_array();
}

void get(const Json& json, std::string_view name, std::string& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_string() != nullptr) out = *member->as_string();
}
void get(const Json& json, std::string_view name, std::optional<std::string>& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_string() != nullptr) out = *member->as_string();
}
void get(const Json& json, std::string_view name, std::optional<double>& out) {
  if (const Json* member = json.find(name)) out = member->as_number();
}
void get(const Json& json, std::string_view name, std::optional<std::int64_t>& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_int() != nullptr) out = *member->as_int();
}
void get(const Json& json, std::string_view name, std::optional<int>& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_int() != nullptr) out = static_cast<int>(*member->as_int());
}
void get(const Json& json, std::string_view name, std::optional<bool>& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_bool() != nullptr) out = *member->as_bool();
}
void get(const Json& json, std::string_view name, bool& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_bool() != nullptr) out = *member->as_bool();
}
void get(const Json& json, std::string_view name, std::optional<WallTime>& out) {
  const Json* member = json.find(name);
  if (member != nullptr && member->as_int() != nullptr) out = from_ms(*member->as_int());
}
const Json::Array& items(const Json* array) {
  static const Json::Array none;
  const auto* found = array == nullptr ? nullptr : array->as_array();
  return found == nullptr ? none : *found;
}
void get(const Json& json, std::string_view name, std::vector<std::string>& out) {
  for (const Json& item : items(json.find(name)))
    if (item.as_string() != nullptr) out.push_back(*item.as_string());
}
template <class Enum>
std::optional<Enum> get_name(const Json& json, std::string_view name) {
  std::optional<std::string> text;
  get(json, name, text);
  return text ? parse_name<Enum>(*text) : std::nullopt;
}

Json parsed(const std::string& text) { return Json::parse(text).value_or(Json{}); }

/// Calls `visit(name, member)` for each plain member; used for both directions, so that they cannot drift apart.
template <class AnyPressure, class Visit>
void each_member(AnyPressure& p, Visit visit) {
  visit("cpu_some", p.cpu_some);
  visit("cpu_full", p.cpu_full);
  visit("io_some", p.io_some);
  visit("io_full", p.io_full);
  visit("memory_some", p.memory_some);
  visit("memory_full", p.memory_full);
}

template <class AnyDetail, class Visit>
void each_detail(AnyDetail& d, Visit visit) {
  visit("iowait", d.iowait_ratio);
  visit("load_1", d.load_1);
  visit("load_5", d.load_5);
  visit("load_15", d.load_15);
  visit("swap_used", d.swap_used_bytes);
  visit("swap_total", d.swap_total_bytes);
  visit("rootfs_used", d.rootfs_used_bytes);
  visit("rootfs_total", d.rootfs_total_bytes);
  visit("memory_available", d.memory_available_bytes);
  visit("pve_version", d.pve_version);
  visit("kernel", d.kernel);
  visit("cpu_model", d.cpu_model);
  visit("subscription", d.subscription_status);
  visit("cpu_sockets", d.cpu_sockets);
  visit("status_at", d.status_at);
  visit("services_at", d.services_at);
  visit("certificates_at", d.certificates_at);
}

template <class AnyNode, class Visit>
void each_node_member(AnyNode& n, Visit visit) {
  visit("ip", n.ip);
  visit("level", n.level);
  visit("corosync_id", n.corosync_id);
  visit("cpu", n.cpu_ratio);
  visit("cpus", n.cpu_count);
  visit("memory_used", n.memory_used_bytes);
  visit("memory_total", n.memory_total_bytes);
  visit("disk_used", n.disk_used_bytes);
  visit("disk_total", n.disk_total_bytes);
  visit("net_in", n.net_in_rate);
  visit("net_out", n.net_out_rate);
  visit("uptime", n.uptime_seconds);
}

template <class AnyGuest, class Visit>
void each_guest_member(AnyGuest& g, Visit visit) {
  visit("pool", g.pool);
  visit("lock", g.lock);
  visit("ha_state", g.ha_state);
  visit("qmp_status", g.qmp_status);
  visit("proxmox_tags", g.proxmox_tags);
  visit("owner", g.owner);
  visit("note", g.note);
  visit("url", g.url);
  visit("cpus", g.cpu_count);
  visit("memory_used", g.memory_used_bytes);
  visit("memory_host", g.memory_host_bytes);
  visit("disk_used", g.disk_used_bytes);
  visit("net_in", g.net_in_rate);
  visit("net_out", g.net_out_rate);
  visit("disk_read", g.disk_read_rate);
  visit("disk_write", g.disk_write_rate);
  visit("recovery_point_hours", g.recovery_point_hours);
  visit("backup_note", g.backup_note);
  visit("last_backup_at", g.last_backup_at);
  visit("disk_capacity", g.disk_capacity_bytes);
  visit("ip_addresses", g.ip_addresses);
  visit("os_name", g.os_name);
}

void write_pressure(JsonWriter& json, const Pressure& pressure) {
  json.key("pressure").begin_object();
  each_member(pressure, [&](std::string_view name, const auto& value) { put(json, name, value); });
  json.end_object();
}
void read_pressure(const Json& json, Pressure& pressure) {
  each_member(pressure, [&](std::string_view name, auto& value) { get(json, name, value); });
}

void write_detail(JsonWriter& json, const NodeDetail& detail) {
  json.key("detail").begin_object();
  each_detail(detail, [&](std::string_view name, const auto& value) { put(json, name, value); });
  if (detail.pressure != Pressure{}) write_pressure(json, detail.pressure);
  json.key("services").begin_array();
  for (const auto& service : detail.services) {
    json.begin_object()
        .member("name", service.name)
        .member("description", service.description)
        .member("state", service.state);
    put(json, "unit_state", service.unit_state);
    json.end_object();
  }
  json.end_array().key("certificates").begin_array();
  for (const auto& certificate : detail.certificates) {
    json.begin_object()
        .member("filename", certificate.filename)
        .member("subject", certificate.subject)
        .member("issuer", certificate.issuer)
        .member("fingerprint", certificate.fingerprint);
    put(json, "not_before", certificate.not_before);
    put(json, "not_after", certificate.not_after);
    put(json, "sans", certificate.sans);
    json.end_object();
  }
  json.end_array().end_object();
}

void read_detail(const Json& json, NodeDetail& detail) {
  each_detail(detail, [&](std::string_view name, auto& value) { get(json, name, value); });
  if (const Json* pressure = json.find("pressure")) read_pressure(*pressure, detail.pressure);
  for (const Json& item : items(json.find("services"))) {
    PveService& service = detail.services.emplace_back();
    get(item, "name", service.name);
    get(item, "description", service.description);
    get(item, "state", service.state);
    get(item, "unit_state", service.unit_state);
  }
  for (const Json& item : items(json.find("certificates"))) {
    NodeCertificate& certificate = detail.certificates.emplace_back();
    get(item, "filename", certificate.filename);
    get(item, "subject", certificate.subject);
    get(item, "issuer", certificate.issuer);
    get(item, "fingerprint", certificate.fingerprint);
    get(item, "not_before", certificate.not_before);
    get(item, "not_after", certificate.not_after);
    get(item, "sans", certificate.sans);
  }
}

}  // namespace

std::string doc_of(const Node& node) {
  JsonWriter json;
  json.begin_object().member("reason", name_of(node.reason)).member("missing", node.missing);
  each_node_member(node, [&](std::string_view name, const auto& value) { put(json, name, value); });
  if (node.detail != NodeDetail{}) write_detail(json, node.detail);
  return json.end_object().take();
}

void read_doc(const std::string& doc, Node& node) {
  const Json json = parsed(doc);
  node.reason = get_name<NodeReason>(json, "reason").value_or(NodeReason::ok);
  get(json, "missing", node.missing);
  each_node_member(node, [&](std::string_view name, auto& value) { get(json, name, value); });
  if (const Json* detail = json.find("detail")) read_detail(*detail, node.detail);
}

std::string doc_of(const Guest& guest) {
  JsonWriter json;
  json.begin_object().member("template", guest.is_template);
  each_guest_member(guest, [&](std::string_view name, const auto& value) { put(json, name, value); });
  if (guest.stopped_by) json.member("stopped_by", name_of(*guest.stopped_by));
  if (guest.memory_source) json.member("memory_source", name_of(*guest.memory_source));
  if (guest.disk_source) json.member("disk_source", name_of(*guest.disk_source));
  if (guest.agent_state != AgentState::unknown) json.member("agent", name_of(guest.agent_state));
  if (guest.pressure) write_pressure(json, *guest.pressure);
  if (guest.backup_policy != BackupPolicy::required) json.member("backup_policy", name_of(guest.backup_policy));
  if (guest.backup_state != BackupState::unknown) json.member("backup_state", name_of(guest.backup_state));
  return json.end_object().take();
}

void read_doc(const std::string& doc, Guest& guest) {
  const Json json = parsed(doc);
  get(json, "template", guest.is_template);
  each_guest_member(guest, [&](std::string_view name, auto& value) { get(json, name, value); });
  guest.stopped_by = get_name<StoppedBy>(json, "stopped_by");
  guest.memory_source = get_name<MemorySource>(json, "memory_source");
  guest.disk_source = get_name<DiskSource>(json, "disk_source");
  guest.agent_state = get_name<AgentState>(json, "agent").value_or(AgentState::unknown);
  if (const Json* pressure = json.find("pressure")) read_pressure(*pressure, guest.pressure.emplace());
  guest.backup_policy = get_name<BackupPolicy>(json, "backup_policy").value_or(BackupPolicy::required);
  guest.backup_state = get_name<BackupState>(json, "backup_state").value_or(BackupState::unknown);
}

std::string doc_of(const Storage& storage) {
  JsonWriter json;
  json.begin_object().key("nodes").begin_array();
  for (const NodeId node : storage.nodes) json.value(node.value);
  json.end_array();
  put(json, "plugin_type", storage.plugin_type);
  put(json, "content", storage.content);
  put(json, "enabled", storage.enabled);
  put(json, "used", storage.used_bytes);
  put(json, "total", storage.total_bytes);
  return json.end_object().take();
}

void read_doc(const std::string& doc, Storage& storage) {
  const Json json = parsed(doc);
  for (const Json& node : items(json.find("nodes")))
    if (node.as_int() != nullptr) storage.nodes.push_back(NodeId{*node.as_int()});
  get(json, "plugin_type", storage.plugin_type);
  get(json, "content", storage.content);
  get(json, "enabled", storage.enabled);
  get(json, "used", storage.used_bytes);
  get(json, "total", storage.total_bytes);
}

std::string doc_of(const ClusterConfig& cluster) {
  JsonWriter json;
  json.begin_object().member("tls_mode", name_of(cluster.tls_mode)).member("ca_pem", cluster.ca_pem);
  return json.end_object().take();
}

void read_doc(const std::string& doc, ClusterConfig& cluster) {
  const Json json = parsed(doc);
  // The stricter mode stands in for one that is not understood.
  cluster.tls_mode = get_name<TlsMode>(json, "tls_mode").value_or(TlsMode::fingerprint);
  get(json, "ca_pem", cluster.ca_pem);
}

std::string list_text(const std::vector<std::string>& list) {
  JsonWriter json;
  json.begin_array();
  for (const auto& item : list) json.value(item);
  return json.end_array().take();
}

std::vector<std::string> read_list(const std::string& text) {
  const Json json = parsed(text);
  std::vector<std::string> out;
  for (const Json& item : items(&json))
    if (item.as_string() != nullptr) out.push_back(*item.as_string());
  return out;
}

std::string fingerprints_text(const std::vector<Fingerprint>& fingerprints) {
  JsonWriter json;
  json.begin_array();
  for (const auto& one : fingerprints)
    json.begin_object()
        .member("sha256", fingerprint_text(one.digest))
        .member("first_seen_at", to_ms(one.first_seen_at))
        .member("source", name_of(one.source))
        .end_object();
  return json.end_array().take();
}

std::vector<Fingerprint> read_fingerprints(const std::string& text) {
  const Json json = parsed(text);
  std::vector<Fingerprint> out;
  for (const Json& item : items(&json)) {
    std::string digest;
    std::optional<WallTime> first_seen_at;
    get(item, "sha256", digest);
    get(item, "first_seen_at", first_seen_at);
    const auto known = parse_fingerprint(digest);
    if (!known) continue;
    out.push_back({*known, first_seen_at.value_or(WallTime{}),
                   get_name<FingerprintSource>(item, "source").value_or(FingerprintSource::user)});
  }
  return out;
}

std::string scope_text(const User& user) {
  JsonWriter json;
  json.begin_object().key("clusters").begin_array();
  for (const ClusterId cluster : user.scope_clusters) json.value(cluster.value);
  json.end_array();
  put(json, "pools", user.scope_pools);
  put(json, "tags", user.scope_tags);
  return json.end_object().take();
}

void read_scope(const std::string& text, User& user) {
  const Json json = parsed(text);
  for (const Json& cluster : items(json.find("clusters")))
    if (cluster.as_int() != nullptr) user.scope_clusters.push_back(ClusterId{*cluster.as_int()});
  get(json, "pools", user.scope_pools);
  get(json, "tags", user.scope_tags);
}

}  // namespace monitorix::store

#include <algorithm>

#include "proxmox/parse.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

/// "pve-manager/9.2.11/14a22df35955d97d" -> "9.2.11"
std::string short_version(const std::string& text) {
  const auto first = text.find('/');
  if (first == std::string::npos) return text;
  return text.substr(first + 1, text.find('/', first + 1) - first - 1);
}

void take_loads(const Row& row, NodeDetail& detail) {
  const Json* loads = row.find("loadavg");
  const auto* list = loads ? loads->as_array() : nullptr;
  if (!list || list->size() < 3) return;
  detail.load_1 = tolerant_number((*list)[0]);
  detail.load_5 = tolerant_number((*list)[1]);
  detail.load_15 = tolerant_number((*list)[2]);
}

std::optional<WallTime> seconds_at(const Row& row, std::string_view field) {
  const auto at = row.whole(field);
  return at ? std::optional(from_seconds(*at)) : std::nullopt;
}

}  // namespace

Result<NodeStatusReport> parse_node_status(std::string node, const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the node's status is not an object");
  const Row row(data, "nodes/status", findings);
  NodeStatusReport out{};
  out.node = std::move(node);
  NodeDetail& detail = out.detail;
  out.cpu_ratio = row.ratio("cpu");
  out.uptime_seconds = row.whole("uptime");
  detail.iowait_ratio = row.ratio("wait");
  take_loads(row, detail);
  if (const auto memory = row.object("memory")) {
    out.memory_used_bytes = memory->whole("used");
    out.memory_total_bytes = memory->whole("total");
    detail.memory_available_bytes = memory->whole("available");
  }
  if (const auto swap = row.object("swap")) {
    detail.swap_total_bytes = swap->whole("total");
    detail.swap_used_bytes = swap->whole("used");
  }
  if (const auto root = row.object("rootfs")) {
    detail.rootfs_total_bytes = root->whole("total");
    detail.rootfs_used_bytes = root->whole("used");
  }
  if (const auto version = row.text("pveversion")) detail.pve_version = short_version(*version);
  const auto kernel = row.object("current-kernel");
  detail.kernel = kernel ? kernel->text("release") : std::nullopt;
  if (!detail.kernel) detail.kernel = row.text("kversion");
  if (const auto cpu = row.object("cpuinfo")) {
    detail.cpu_model = cpu->text("model");
    if (const auto sockets = cpu->whole("sockets"))
      detail.cpu_sockets = static_cast<int>(std::min<std::int64_t>(*sockets, 1024));
  }
  return out;
}

Result<NodeStorageReport> parse_node_storage(std::string node, const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's storages are not a list");
  NodeStorageReport out{.node = std::move(node)};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/storage", findings);
    const auto name = row.text("storage");
    if (!name || name->empty()) continue;
    NodeStorageReport::Row storage{};
    storage.name = *name;
    storage.plugin_type = row.text("type").value_or("");
    if (const auto content = row.text("content", 1024)) storage.content = split_list(*content);
    storage.shared = row.flag("shared").value_or(false);
    storage.enabled = row.flag("enabled");
    storage.active = row.flag("active");
    if (storage.active == true) {  // an inactive one says 0 of 0 (O14)
      storage.used_bytes = row.whole("used");
      storage.total_bytes = row.whole("total");
    }
    out.rows.push_back(std::move(storage));
  }
  return out;
}

Result<NodeServicesReport> parse_node_services(std::string node, const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's services are not a list");
  NodeServicesReport out{.node = std::move(node)};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/services", findings);
    const auto name = row.text("service");
    if (!name) continue;
    out.services.push_back(
        {*name, row.text("desc").value_or(""), row.text("state").value_or("unknown"), row.text("unit-state")});
  }
  std::ranges::sort(out.services, {}, &PveService::name);
  return out;
}

Result<NodeCertificatesReport> parse_certificates(std::string node, const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's certificates are not a list");
  NodeCertificatesReport out{.node = std::move(node)};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/certificates", findings);
    NodeCertificate certificate{};
    certificate.filename = row.text("filename").value_or("");
    certificate.subject = row.text("subject", 1024).value_or("");
    certificate.issuer = row.text("issuer", 1024).value_or("");
    certificate.fingerprint = row.text("fingerprint").value_or("");
    certificate.not_before = seconds_at(row, "notbefore");
    certificate.not_after = seconds_at(row, "notafter");
    if (const Json* names = row.find("san"); names && names->as_array())
      for (const Json& name : *names->as_array())
        if (const auto* text = name.as_string()) certificate.sans.push_back(*text);
    out.certificates.push_back(std::move(certificate));
  }
  std::ranges::sort(out.certificates, {}, &NodeCertificate::filename);
  return out;
}

Result<NodeSubscriptionReport> parse_subscription(std::string node, const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the subscription is not an object");
  const Row row(data, "nodes/subscription", findings);
  return NodeSubscriptionReport{std::move(node), row.text("status").value_or("unknown")};
}

}  // namespace monitorix::proxmox

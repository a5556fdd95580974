#include "proxmox/parse.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::string_view kEndpoint = "cluster/resources";
constexpr std::int64_t kHighestVmid = 999'999'999;

void take_node(const Row& row, Resources& out) {
  const auto name = row.text("node");
  if (!name || name->empty()) return;
  NodeRow node{};
  node.name = *name;
  node.status = row.text("status").value_or("unknown");
  node.level = row.text("level");
  node.cpu_ratio = row.ratio("cpu");
  node.cpu_count = row.number("maxcpu", 0);
  node.memory_used_bytes = row.whole("mem");
  node.memory_total_bytes = row.whole("maxmem");
  node.disk_used_bytes = row.whole("disk");
  node.disk_total_bytes = row.whole("maxdisk");
  node.uptime_seconds = row.whole("uptime");
  out.nodes.push_back(std::move(node));
}

/// A size of 0 means "not known" for what must have one.
std::optional<std::int64_t> size_of(const Row& row, std::string_view field) {
  const auto size = row.whole(field);
  return size && *size > 0 ? size : std::nullopt;
}

void take_guest(const Row& row, GuestType type, Resources& out) {
  const auto vmid = row.whole("vmid");
  if (!vmid || *vmid < 1 || *vmid > kHighestVmid) return;
  GuestRow guest{};
  guest.type = type;
  guest.vmid = *vmid;
  guest.node = row.text("node").value_or("");
  guest.status = row.text("status").value_or("unknown");
  guest.name = row.text("name");
  guest.pool = row.text("pool");
  guest.lock = row.text("lock");
  guest.ha_state = row.text("hastate");
  if (const auto tags = row.text("tags", 4096)) guest.tags = split_tags(*tags);
  guest.is_template = row.flag("template").value_or(false);
  guest.cpu_count = row.number("maxcpu", 0);
  guest.memory_total_bytes = size_of(row, "maxmem");
  guest.disk_total_bytes = size_of(row, "maxdisk");
  if (guest.status != "stopped" && guest.status != "unknown") {  // there the zeros mean nothing (X1, O8)
    guest.cpu_ratio = row.ratio("cpu");
    guest.memory_used_bytes = row.whole("mem");
    guest.memory_host_bytes = row.whole("memhost");
    if (type == GuestType::lxc) guest.disk_used_bytes = row.whole("disk");
    guest.net_in = row.whole("netin");
    guest.net_out = row.whole("netout");
    guest.disk_read = row.whole("diskread");
    guest.disk_write = row.whole("diskwrite");
    guest.uptime_seconds = row.whole("uptime");
  }
  out.guests.push_back(std::move(guest));
}

void take_storage(const Row& row, Resources& out) {
  const auto name = row.text("storage");
  if (!name || name->empty()) return;
  StorageRow storage{};
  storage.name = *name;
  storage.node = row.text("node").value_or("");
  storage.status = row.text("status").value_or("unknown");
  storage.plugin_type = row.text("plugintype");
  if (const auto content = row.text("content", 1024)) storage.content = split_list(*content);
  storage.shared = row.flag("shared").value_or(false);
  storage.total_bytes = size_of(row, "maxdisk");
  if (storage.total_bytes) storage.used_bytes = row.whole("disk");
  out.storages.push_back(std::move(storage));
}

}  // namespace

Result<Resources> parse_resources(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "cluster/resources is not a list");
  Resources out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, kEndpoint, findings);
    const auto type = row.text("type");
    if (type == "node")
      take_node(row, out);
    else if (type == "qemu")
      take_guest(row, GuestType::qemu, out);
    else if (type == "lxc")
      take_guest(row, GuestType::lxc, out);
    else if (type == "storage")
      take_storage(row, out);
  }
  return out;
}

}  // namespace monitorix::proxmox

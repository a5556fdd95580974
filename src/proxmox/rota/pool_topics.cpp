// The pools of a node: ZFS and thin volumes.

#include <algorithm>

#include "base/text.h"
#include "proxmox/path.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::size_t kMostPools = 16, kMostDevices = 512;
constexpr int kDeepest = 8;

void add_devices(std::vector<ZfsDevice>& out, const Json& parent, int depth, Findings& findings) {
  const Json* children = parent.find("children");
  if (children == nullptr || !children->as_array() || depth > kDeepest) return;
  for (const Json& child : *children->as_array()) {
    if (!child.as_object() || out.size() >= kMostDevices) continue;
    const Row row(child, "nodes/disks/zfs", findings);
    ZfsDevice device{.name = row.text("name").value_or(""), .depth = depth, .state = row.text("state")};
    device.read_errors = row.whole("read");
    device.write_errors = row.whole("write");
    device.checksum_errors = row.whole("cksum");
    if (auto note = row.text("msg", 1024); note && !note->empty()) device.note = std::move(note);
    out.push_back(std::move(device));
    add_devices(out, child, depth + 1, findings);
  }
}

/// Texts of ZFS come with line breaks and indentation.
std::optional<std::string> one_line(const Row& row, std::string_view field) {
  const auto text = row.text(field, 2048);
  if (!text) return std::nullopt;
  std::string out;
  for (const char c : *text) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (out.ends_with(' ')) out.pop_back();
  return out.empty() ? std::nullopt : std::optional(std::move(out));
}

bool is_pool_name(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == ':' || c == ' ';
  };
  return !name.empty() && name.front() != '.' && name.size() <= 255 && std::ranges::all_of(name, fits);
}

}  // namespace

Result<std::vector<ZfsPool>> parse_zfs_pools(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's ZFS pools are not a list");
  std::vector<ZfsPool> out;
  for (const Json& item : *rows) {
    if (!item.as_object() || out.size() >= kMostPools) continue;
    const Row row(item, "nodes/disks/zfs", findings);
    const auto name = row.text("name");
    if (!name || name->empty()) continue;
    ZfsPool pool{.name = *name, .health = row.text("health")};
    pool.size_bytes = row.whole("size");
    pool.used_bytes = row.whole("alloc");
    pool.free_bytes = row.whole("free");
    if (const auto percent = row.number("frag", 0, 100)) pool.fragmented_ratio = *percent / 100;
    out.push_back(std::move(pool));
  }
  std::ranges::sort(out, {}, &ZfsPool::name);
  return out;
}

Status read_zfs_detail(ZfsPool& pool, const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the ZFS pool is not an object");
  const Row row(data, "nodes/disks/zfs", findings);
  if (!pool.health) pool.health = row.text("state");
  pool.scan = one_line(row, "scan");
  pool.errors = one_line(row, "errors");
  pool.status = one_line(row, "status");
  pool.action = one_line(row, "action");
  pool.devices.clear();
  add_devices(pool.devices, data, 0, findings);
  return {};
}

Result<std::vector<ThinPool>> parse_thin_pools(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's thin pools are not a list");
  std::vector<ThinPool> out;
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/disks/lvmthin", findings);
    const auto name = row.text("lv");
    if (!name || name->empty()) continue;
    ThinPool pool{.group = row.text("vg").value_or(""), .name = *name};
    pool.size_bytes = row.whole("lv_size");
    pool.used_bytes = row.whole("used");
    pool.metadata_size_bytes = row.whole("metadata_size");
    pool.metadata_used_bytes = row.whole("metadata_used");
    out.push_back(std::move(pool));
  }
  std::ranges::sort(out, {}, [](const ThinPool& one) { return std::pair(one.group, one.name); });
  return out;
}

net::Task<decltype(Observation::what)> ask_zfs(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/disks/zfs"), CallClass::facts);
  NodeFacts facts{.zfs = asking.fact(std::move(heard), parse_zfs_pools)};
  if (facts.zfs.value)
    for (ZfsPool& pool : *facts.zfs.value) {
      if (!is_pool_name(pool.name)) continue;
      auto detail =
          co_await asking.get(node_path(subject.node, "/disks/zfs/" + percent_encode(pool.name)), CallClass::facts);
      if (!detail.missing) (void)read_zfs_detail(pool, detail.data, asking.findings());
    }
  co_return NodeFactsReport{subject.node, std::move(facts)};
}

net::Task<decltype(Observation::what)> ask_thin_pools(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/disks/lvmthin"), CallClass::facts);
  co_return NodeFactsReport{subject.node, {.thin_pools = asking.fact(std::move(heard), parse_thin_pools)}};
}

}  // namespace monitorix::proxmox

// What members are asked rarely.

#include <algorithm>

#include "proxmox/path.h"
#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

/// Some drives tell nothing: "N/A", "unknown".
std::optional<std::string> said(const Row& row, std::string_view field) {
  auto text = row.text(field);
  if (text && (text->empty() || *text == "unknown" || *text == "N/A")) text.reset();
  return text;
}

// `wearout` is what is left, in percent (100 is new); drives that do not tell have "N/A".
std::optional<double> worn(const Json& disk, const Row& row) {
  const Json* left = disk.find("wearout");
  if (left == nullptr || (left->as_string() && tolerant_number(*left) == std::nullopt)) return std::nullopt;
  const auto percent = row.number("wearout", 0, 100);
  return percent ? std::optional((100 - *percent) / 100) : std::nullopt;
}

}  // namespace

Result<std::vector<Disk>> parse_disks(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the node's disks are not a list");
  std::vector<Disk> out;
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "nodes/disks/list", findings);
    const auto path = row.text("devpath");
    if (!path || path->empty()) continue;
    Disk disk{.path = *path};
    disk.model = said(row, "model");
    disk.serial = said(row, "serial");
    disk.vendor = said(row, "vendor");
    disk.kind = said(row, "type");
    disk.used_as = said(row, "used");
    disk.health = said(row, "health");
    disk.size_bytes = row.whole("size");
    // Of a disk that turns, Proxmox VE sends a wear-out of 0 or none; it means nothing there.
    if (disk.kind != "hdd") disk.worn_ratio = worn(item, row);
    out.push_back(std::move(disk));
  }
  std::ranges::sort(out, {}, &Disk::path);
  return out;
}

net::Task<decltype(Observation::what)> ask_disks(Asking asking, Subject subject) {
  auto heard = co_await asking.get(node_path(subject.node, "/disks/list"), CallClass::facts);
  co_return NodeFactsReport{subject.node, {.disks = asking.fact(std::move(heard), parse_disks)}};
}

}  // namespace monitorix::proxmox

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "base/text.h"
#include "proxmox/reason.h"
#include "proxmox/rota/guest_answers.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::size_t kMostRows = 256, kMostAddresses = 64, kMostSaid = 300;

/// Full by nature, of nobody's disk, or of somebody else's.
bool is_counted(std::string_view kind) {
  constexpr std::array<std::string_view, 13> kNot{"squashfs", "overlay", "overlayfs", "aufs",     "iso9660",
                                                  "udf",      "cdfs",    "tmpfs",     "devtmpfs", "ramfs",
                                                  "erofs",    "autofs",  "bind"};
  return std::ranges::find(kNot, kind) == kNot.end();
}

std::optional<std::string> device_of(const Row& row) {
  const Json* disks = row.find("disk");
  if (disks && disks->as_array())
    for (const Json& disk : *disks->as_array())
      if (const Json* device = disk.find("dev"); device && device->as_string() && !device->as_string()->empty())
        return valid_utf8(*device->as_string(), 256);
  return std::nullopt;
}

/// The list of an agent's answer; {"result": [...]}, and to be safe a bare one.
const Json::Array* rows_of(const Json& data) {
  const Json* result = data.find("result");
  return result ? result->as_array() : data.as_array();
}

void add_address(GuestInterface& out, std::string_view address) {
  address = address.substr(0, address.find('/'));
  address = address.substr(0, address.find('%'));  // a scope: fe80::1%eth0
  std::string text = lower_ascii(valid_utf8(trim(address), 64));
  if (!text.empty() && out.addresses.size() < kMostAddresses &&
      std::ranges::find(out.addresses, text) == out.addresses.end())
    out.addresses.push_back(std::move(text));
}

void add_listed_addresses(GuestInterface& out, const Row& row) {
  const Json* list = row.find("ip-addresses");
  if (!list || !list->as_array()) return;
  for (const Json& item : *list->as_array())
    if (const Json* address = item.find("ip-address"); address && address->as_string())
      add_address(out, *address->as_string());
}

std::optional<std::string> told(const Row& row, std::string_view field) {
  auto text = row.text(field);
  if (text && trim(*text).empty()) text.reset();
  return text;
}

}  // namespace

Reason agent_silence(int status, std::string_view said) {
  const auto says = [&](std::string_view words) { return said.find(words) != std::string_view::npos; };
  if (says("guest agent is not running") || says("got timeout") || says("qga command failed"))
    return {.code = "agent_not_running", .text = "the guest agent does not run or does not answer"};
  if (says("guest agent configured"))
    return {.code = "agent_not_configured", .text = "the guest agent is not switched on in the guest's options"};
  if (says("is not running")) return {.code = "guest_not_running", .text = "the guest does not run"};
  return reason_of_status(status, said);
}

std::optional<Reason> agent_refusal(const Json& data) {
  const Json* result = data.find("result");
  const Json* error = result ? result->find("error") : nullptr;
  if (error == nullptr || error->as_object() == nullptr) return std::nullopt;
  const auto text = [&](std::string_view name) {
    const Json* value = error->find(name);
    return value && value->as_string() ? valid_utf8(*value->as_string(), kMostSaid) : std::string();
  };
  const std::string kind = text("class"), said = text("desc");
  if (kind == "CommandNotFound" || said.find("has been disabled") != std::string::npos)
    return Reason{.code = "agent_unable", .text = "this guest agent does not offer it: " + said};
  return Reason{.code = "agent_error", .text = "the guest agent answers: " + said, .params = {{"said", said}}};
}

Result<std::vector<FileSystem>> parse_file_systems(const Json& data, Findings& findings) {
  const auto* rows = rows_of(data);
  if (!rows) return fail(Errc::protocol, "the agent's file systems are not a list");
  std::map<std::string, FileSystem> by_device;
  for (const Json& item : *rows) {
    if (!item.as_object() || by_device.size() >= kMostRows) continue;
    const Row row(item, "agent/get-fsinfo", findings);
    const auto mount_at = told(row, "mountpoint");
    FileSystem one{.mount_at = mount_at.value_or(""), .kind = lower_ascii(row.text("type", 64).value_or(""))};
    one.total_bytes = row.whole("total-bytes");
    if (!mount_at || !is_counted(one.kind) || one.total_bytes == 0) continue;
    one.used_bytes = row.whole("used-bytes");
    one.device = device_of(row);
    const auto name = told(row, "name");
    if (!one.device) one.device = name;
    const auto [known, is_new] = by_device.try_emplace(name.value_or(one.mount_at), one);
    if (is_new) continue;
    // The same device at another place: the shortest path is the one that people know.
    FileSystem& first = known->second;
    if (one.mount_at.size() < first.mount_at.size()) std::swap(one.mount_at, first.mount_at);
    first.also_at.push_back(one.mount_at);
  }
  std::vector<FileSystem> out;
  for (auto& [device, one] : by_device) {
    std::ranges::sort(one.also_at);
    out.push_back(std::move(one));
  }
  std::ranges::sort(out, {}, &FileSystem::mount_at);
  return out;
}

Result<std::vector<GuestInterface>> parse_agent_interfaces(const Json& data, Findings& findings) {
  const auto* rows = rows_of(data);
  if (!rows) return fail(Errc::protocol, "the agent's interfaces are not a list");
  std::vector<GuestInterface> out;
  for (const Json& item : *rows) {
    if (!item.as_object() || out.size() >= kMostRows) continue;
    const Row row(item, "agent/network-get-interfaces", findings);
    GuestInterface one{.name = row.text("name", 128).value_or(""), .mac = told(row, "hardware-address")};
    add_listed_addresses(one, row);
    out.push_back(std::move(one));
  }
  std::ranges::sort(out, {}, &GuestInterface::name);
  return out;
}

Result<std::vector<GuestInterface>> parse_lxc_interfaces(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the container's interfaces are not a list");
  std::vector<GuestInterface> out;
  for (const Json& item : *rows) {
    if (!item.as_object() || out.size() >= kMostRows) continue;
    const Row row(item, "lxc/interfaces", findings);
    GuestInterface one{.name = row.text("name", 128).value_or(""), .mac = told(row, "hwaddr")};
    if (!one.mac) one.mac = told(row, "hardware-address");
    add_listed_addresses(one, row);
    for (const std::string_view field : {"inet", "inet6"})
      if (const auto address = told(row, field)) add_address(one, *address);
    out.push_back(std::move(one));
  }
  std::ranges::sort(out, {}, &GuestInterface::name);
  return out;
}

Result<GuestOs> parse_os(const Json& data, Findings& findings) {
  const Json* result = data.find("result");
  if (!result || !result->as_object()) return fail(Errc::protocol, "the agent's system is not an object");
  const Row row(*result, "agent/get-osinfo", findings);
  GuestOs out;
  out.name = told(row, "pretty-name");
  if (!out.name) out.name = told(row, "name");
  out.version = told(row, "version");
  out.kernel = told(row, "kernel-release");
  return out;
}

std::optional<std::string> parse_host_name(const Json& data, Findings& findings) {
  const Json* result = data.find("result");
  if (!result || !result->as_object()) return std::nullopt;
  return told(Row(*result, "agent/get-host-name", findings), "host-name");
}

}  // namespace monitorix::proxmox

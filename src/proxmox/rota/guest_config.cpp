// A guest's configuration: keys with a number behind them (scsi0, net1, mp2), each with a list of settings as value.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/text.h"
#include "proxmox/rota/guest_answers.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::size_t kMostText = 512, kMostDescription = 2048, kMostSlots = 256;
constexpr std::int64_t kMiB = 1 << 20;

/// "local:100/vm-100-disk-0.raw,size=32G,backup=0": what stands without a name comes first.
struct Settings {
  std::string first{};
  std::map<std::string, std::string, std::less<>> named{};

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const {
    const auto found = named.find(name);
    return found == named.end() || found->second.empty() ? std::nullopt : std::optional(found->second);
  }
  [[nodiscard]] bool is_on(std::string_view name, bool unless_said) const {
    const auto found = named.find(name);
    return found == named.end() ? unless_said : found->second == "1" || found->second == "on";
  }
};

Settings settings_of(std::string_view text) {
  Settings out;
  while (!text.empty()) {
    const auto end = std::min(text.find(','), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto equals = part.find('=');
    if (equals != std::string_view::npos)
      out.named.emplace(part.substr(0, equals), part.substr(equals + 1));
    else if (out.first.empty())
      out.first = part;
  }
  return out;
}

/// 32G, 528K, 1.5T, or bytes.
std::optional<std::int64_t> size_of(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  double number = 0;
  const char* last = text->data() + text->size();
  const auto [end, error] = std::from_chars(text->data(), last, number);
  if (error != std::errc{} || last - end > 1 || number < 0) return std::nullopt;
  constexpr std::string_view kUnits = "KMGT";
  const auto unit = end == last ? std::string_view::npos : kUnits.find(*end);
  if (end != last && unit == std::string_view::npos) return std::nullopt;
  const double bytes = end == last ? number : number * std::pow(1024.0, static_cast<double>(unit) + 1);
  return bytes < 9e18 ? std::optional(static_cast<std::int64_t>(bytes)) : std::nullopt;
}

/// The name before its number; "" when no number stands behind it.
std::string_view stem_of(std::string_view key) {
  const auto digits = key.find_last_not_of("0123456789");
  return digits == std::string_view::npos || digits + 1 == key.size() ? std::string_view() : key.substr(0, digits + 1);
}

std::string kind_of(GuestType type, std::string_view key, std::string_view stem, const Settings& settings) {
  if (stem == "unused") return "unused";
  if (type == GuestType::lxc) return key == "rootfs" ? "rootfs" : stem == "mp" ? "mount" : "";
  constexpr std::array<std::string_view, 4> kBuses{"scsi", "virtio", "sata", "ide"};
  if (std::ranges::find(kBuses, stem) != kBuses.end())
    return settings.text("media") == "cdrom" ? "cdrom" : settings.first == "none" ? "" : "disk";
  return stem == "efidisk" ? "efi" : stem == "tpmstate" ? "tpm" : "";
}

/// A container's mount points only where it says so, never what lies on the host; of VMs all but what is left out.
bool is_in_backup(const GuestDisk& disk, const Settings& settings) {
  if (disk.kind == "mount") return disk.storage && settings.is_on("backup", false);
  return disk.kind == "rootfs" ||
         ((disk.kind == "disk" || disk.kind == "efi" || disk.kind == "tpm") && settings.is_on("backup", true));
}

void take_disk(GuestConfig& config, GuestType type, const std::string& key, std::string_view value) {
  const Settings settings = settings_of(value);
  const std::string kind = kind_of(type, key, stem_of(key), settings);
  if (kind.empty()) return;
  GuestDisk disk{.slot = key, .kind = kind};
  const std::string volume =
      settings.first.empty() ? settings.text("file").value_or(settings.text("volume").value_or("")) : settings.first;
  const auto colon = volume.find(':');
  if (!volume.empty() && volume != "none") disk.volume = valid_utf8(volume, kMostText);
  if (colon != std::string::npos && !volume.starts_with('/')) disk.storage = valid_utf8(volume.substr(0, colon), 128);
  disk.mount_at = type == GuestType::lxc && kind == "rootfs" ? std::optional<std::string>("/") : settings.text("mp");
  if (disk.mount_at) disk.mount_at = valid_utf8(*disk.mount_at, kMostText);
  disk.size_bytes = size_of(settings.text("size"));
  disk.in_backup = is_in_backup(disk, settings);
  config.disks.push_back(std::move(disk));
}

void take_net(GuestConfig& config, GuestType type, const std::string& key, std::string_view value) {
  const Settings settings = settings_of(value);
  GuestNet net{.slot = key};
  net.bridge = settings.text("bridge");
  net.tag = settings.text("tag");
  net.name = settings.text("name");
  net.is_cut = settings.is_on("link_down", false);
  if (type == GuestType::lxc) {
    net.mac = settings.text("hwaddr");
    net.model = settings.text("type");
  } else {
    // "virtio=BC:24:11:00:00:01": the model is the name, the address what it is set to.
    for (const auto& [name, text] : settings.named)
      if (std::ranges::count(text, ':') == 5) {
        net.model = name;
        net.mac = text;
      }
    if (!net.model && !settings.first.empty()) net.model = settings.first;
  }
  for (auto* text : {&net.model, &net.name, &net.mac, &net.bridge, &net.tag})
    if (*text) *text = valid_utf8(**text, 64);
  config.nets.push_back(std::move(net));
}

void take_identity(GuestConfig& config, const Row& row) {
  config.generation_id = row.text("vmgenid", 64);
  if (const auto smbios = row.text("smbios1", kMostText)) config.smbios_uuid = settings_of(*smbios).text("uuid");
  if (const auto meta = row.text("meta", kMostText))
    if (const auto created = settings_of(*meta).text("ctime")) {
      std::int64_t seconds = 0;
      const auto end = created->data() + created->size();
      if (std::from_chars(created->data(), end, seconds).ptr == end && seconds > 0)
        config.created_at = from_seconds(seconds);
    }
}

bool agent_is_on(const Row& row) {
  const auto text = row.text("agent");
  if (!text) return false;
  const Settings settings = settings_of(*text);
  return settings.first.empty() ? settings.is_on("enabled", false) : settings.first == "1";
}

std::optional<std::int64_t> mebibytes(const Row& row, std::string_view field) {
  const auto value = row.whole(field);
  return value && *value < (std::int64_t{1} << 40) ? std::optional(*value * kMiB) : std::nullopt;
}

/// Since 9 the memory of a VM may be a list of settings with its amount first: "current=2048".
std::optional<std::int64_t> memory_of(const Row& row) {
  const Json* value = row.find("memory");
  if (value == nullptr || value->as_string() == nullptr || value->as_string()->find('=') == std::string::npos)
    return mebibytes(row, "memory");
  const auto amount = settings_of(*value->as_string()).text("current");
  return amount ? size_of(*amount + "M") : std::nullopt;
}

}  // namespace

Result<GuestConfig> parse_config(GuestType type, const Json& data, Findings& findings) {
  const auto* members = data.as_object();
  if (!members) return fail(Errc::protocol, "the guest's configuration is not an object");
  const Row row(data, "config", findings);
  GuestConfig out;
  for (const auto& [key, value] : *members) {
    if (value.as_string() == nullptr || out.disks.size() + out.nets.size() >= kMostSlots) continue;
    if (stem_of(key) == "net")
      take_net(out, type, key, *value.as_string());
    else
      take_disk(out, type, key, *value.as_string());
  }
  out.has_agent = type == GuestType::qemu && agent_is_on(row);
  out.starts_with_node = row.flag("onboot").value_or(false);
  out.is_protected = row.flag("protection").value_or(false);
  out.cores = row.whole("cores");
  out.sockets = row.whole("sockets");
  out.memory_bytes = memory_of(row);
  if (const auto limit = row.number("cpulimit", 0); limit && *limit > 0) out.cpu_limit = limit;  // 0: none
  if (type == GuestType::qemu) out.balloon_bytes = mebibytes(row, "balloon");
  out.os_type = row.text("ostype", 64);
  out.boot = row.text("boot", kMostText);
  out.machine = row.text("machine", 128);
  out.host_name = row.text("hostname");
  out.description = row.text("description", kMostDescription).value_or("");
  take_identity(out, row);
  return out;
}

}  // namespace monitorix::proxmox

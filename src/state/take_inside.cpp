#include <algorithm>
#include <array>

#include "state/world.h"

// What a guest's agent and configuration add to its row. Rules: proxmox X12, X15, X16.

namespace monitorix::state {
namespace {

/// Asked four times an hour, but in a large fleet that nobody looks at only now and then. Of an agent that has fallen
/// silent old numbers soon say nothing.
constexpr std::chrono::hours kFileSystemsLast{24}, kLastWordsLast{1};
constexpr std::size_t kMostAddresses = 16;

/// Bridges and taps that programs in the guest put up for themselves: addresses that nobody outside can reach.
bool is_inner(std::string_view name) {
  constexpr std::array<std::string_view, 12> kInner{"lo",   "docker",  "br-",    "veth", "virbr",  "cni",
                                                    "cali", "flannel", "cilium", "lxc",  "podman", "kube-"};
  return std::ranges::any_of(kInner, [&](std::string_view prefix) {
    return prefix == "lo" ? name == "lo" || name.starts_with("Loopback") : name.starts_with(prefix);
  });
}

bool is_reachable(std::string_view address) {
  if (address.find(':') == std::string_view::npos)
    return !address.starts_with("127.") && !address.starts_with("169.254.") && address != "0.0.0.0";
  const bool is_link_local = address.size() > 2 && address.starts_with("fe") &&
                             (address[2] == '8' || address[2] == '9' || address[2] == 'a' || address[2] == 'b');
  return !is_link_local && address != "::1" && address != "::";
}

std::vector<std::string> reachable_addresses(const std::vector<GuestInterface>& interfaces) {
  std::vector<std::string> out;
  for (const GuestInterface& one : interfaces)
    if (!is_inner(one.name))
      for (const std::string& address : one.addresses)
        if (is_reachable(address)) out.push_back(address);
  std::ranges::stable_sort(out, {}, [](const std::string& address) { return address.find(':') != std::string::npos; });
  std::vector<std::string> unique;
  for (std::string& address : out)
    if (unique.size() < kMostAddresses && std::ranges::find(unique, address) == unique.end())
      unique.push_back(std::move(address));
  return unique;
}

void take_file_systems(Guest& guest, const Fact<std::vector<FileSystem>>& fact, WallTime now) {
  if (!fact.value || !fact.at || now - *fact.at > (fact.missing ? kLastWordsLast : kFileSystemsLast)) return;
  std::int64_t used = 0, total = 0;
  for (const FileSystem& one : *fact.value) {
    if (!one.used_bytes || !one.total_bytes) continue;
    used += *one.used_bytes;
    total += *one.total_bytes;
  }
  if (total == 0) return;
  guest.disk_used_bytes = used;
  guest.disk_capacity_bytes = total;
  guest.disk_source = DiskSource::agent;
}

/// All disks of a VM; of one the list only knows the disk it boots from.
std::optional<std::int64_t> size_of_disks(const GuestConfig& config) {
  std::int64_t all = 0;
  for (const GuestDisk& disk : config.disks)
    if (disk.kind == "disk" && disk.size_bytes) all += *disk.size_bytes;
  return all > 0 ? std::optional(all) : std::nullopt;
}

/// Since 9 the list has both numbers, and they are equal where the guest reports none. Before, only a VM without a
/// balloon is known to have no number of its own.
std::optional<MemorySource> source_of_memory(const Guest& guest, const Fact<GuestConfig>& config) {
  if (!guest.memory_used_bytes) return std::nullopt;
  if (guest.type == GuestType::lxc) return MemorySource::host;
  if (guest.memory_host_bytes && *guest.memory_host_bytes != 0)
    return *guest.memory_used_bytes == *guest.memory_host_bytes ? MemorySource::host : MemorySource::balloon;
  if (!config.value) return std::nullopt;
  return config.value->balloon_bytes == 0 ? MemorySource::host : MemorySource::balloon;
}

AgentState state_of_agent(const Guest& guest, const GuestFacts& facts) {
  if (guest.type == GuestType::lxc) return AgentState::unknown;
  const bool is_known_off = !facts.config.value && guest.agent_state == AgentState::not_configured;
  if (is_known_off || (facts.config.value && !facts.config.value->has_agent)) return AgentState::not_configured;
  if (guest.status != GuestStatus::running) return AgentState::unknown;
  if (!facts.config.value) return guest.agent_state;
  bool has_answered = false, is_silent = false, is_denied = false;
  const auto look = [&](const auto& fact) {
    has_answered = has_answered || (fact.at && !fact.missing);
    is_silent = is_silent || (fact.missing && fact.missing->code == "agent_not_running");
    is_denied = is_denied || (fact.missing && fact.missing->code == "privilege_missing");
  };
  look(facts.file_systems);
  look(facts.interfaces);
  look(facts.os);
  if (is_denied) return AgentState::no_permission;
  if (is_silent) return AgentState::not_running;
  return has_answered ? AgentState::running : AgentState::unknown;
}

}  // namespace

void take_inside(Guest& guest, const GuestFacts& facts, WallTime now) {
  const bool is_live = guest.status == GuestStatus::running || guest.status == GuestStatus::paused;
  const bool is_vm = guest.type == GuestType::qemu;
  guest.memory_source = is_live ? source_of_memory(guest, facts.config) : std::nullopt;
  if (is_vm && is_live) take_file_systems(guest, facts.file_systems, now);
  if (facts.interfaces.value) guest.ip_addresses = reachable_addresses(*facts.interfaces.value);
  if (facts.os.value) guest.os_name = facts.os.value->name;
  if (facts.config.value) {
    if (is_vm)
      if (const auto all = size_of_disks(*facts.config.value)) guest.disk_total_bytes = all;
    if (!is_vm) guest.os_name = facts.config.value->os_type;
  }
  guest.agent_state = state_of_agent(guest, facts);
}

}  // namespace monitorix::state

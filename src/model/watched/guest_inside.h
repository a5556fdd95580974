#pragma once
// What a guest is made of and what it says of itself: its configuration, its snapshots, and what its agent (of a
// container: its node) tells of the inside. Unknown is nullopt, never empty or 0.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"

namespace monitorix {

struct GuestSnapshot {
  std::string name{}, description{};
  std::optional<std::string> parent{};
  std::optional<WallTime> created_at{};
  std::optional<bool> with_memory{};
  bool operator==(const GuestSnapshot&) const = default;
};

/// A disk or mount point as the configuration has it.
struct GuestDisk {
  std::string slot{};                     ///< scsi0, rootfs, mp1 ...
  std::string kind{};                     ///< disk, cdrom, efi, tpm, rootfs, mount, unused
  std::optional<std::string> storage{};   ///< of a directory of the host that is passed through: none
  std::optional<std::string> volume{};    ///< nullopt: an empty drive
  std::optional<std::string> mount_at{};  ///< containers
  std::optional<std::int64_t> size_bytes{};
  bool in_backup{false};  ///< a backup of the guest takes it along
  bool operator==(const GuestDisk&) const = default;
};

struct GuestNet {
  std::string slot{};
  std::optional<std::string> model{}, name{}, mac{}, bridge{}, tag{};
  bool is_cut{false};  ///< link_down
  bool operator==(const GuestNet&) const = default;
};

struct GuestConfig {
  std::vector<GuestDisk> disks{};
  std::vector<GuestNet> nets{};
  bool has_agent{false}, starts_with_node{false}, is_protected{false};
  std::optional<std::int64_t> cores{}, sockets{}, memory_bytes{};
  std::optional<double> cpu_limit{};
  /// The least a VM is left with; 0: it has no balloon. nullopt: as much as its memory.
  std::optional<std::int64_t> balloon_bytes{};
  std::optional<std::string> os_type{}, boot{}, machine{}, host_name{};
  std::string description{};
  /// Signs of identity (proxmox I4). The uuid stays through a restore, the time of creation does not change.
  std::optional<std::string> smbios_uuid{}, generation_id{};
  std::optional<WallTime> created_at{};
  bool operator==(const GuestConfig&) const = default;
};

struct FileSystem {
  std::string mount_at{}, kind{};
  std::vector<std::string> also_at{};  ///< further places of the same device
  std::optional<std::string> device{};
  std::optional<std::int64_t> used_bytes{}, total_bytes{};
  bool operator==(const FileSystem&) const = default;
};

struct GuestInterface {
  std::string name{};
  std::optional<std::string> mac{};
  std::vector<std::string> addresses{};  ///< without the length of their prefix
  bool operator==(const GuestInterface&) const = default;
};

struct GuestOs {
  std::optional<std::string> name{}, version{}, kernel{}, host_name{};
  bool operator==(const GuestOs&) const = default;
};

}  // namespace monitorix

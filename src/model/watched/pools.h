#pragma once
// Pools of disks on a node: ZFS, and thin volumes of LVM.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace monitorix {

/// A part of a ZFS pool: a mirror, a disk in it. In the order of `zpool status`, `depth` below the pool.
struct ZfsDevice {
  std::string name{};
  int depth{};
  std::optional<std::string> state{};  ///< ONLINE, DEGRADED, FAULTED ...
  std::optional<std::int64_t> read_errors{}, write_errors{}, checksum_errors{};
  std::optional<std::string> note{};
  bool operator==(const ZfsDevice&) const = default;
};

struct ZfsPool {
  std::string name{};
  std::optional<std::string> health{};  ///< ONLINE, DEGRADED, FAULTED, SUSPENDED ...
  std::optional<std::int64_t> size_bytes{}, used_bytes{}, free_bytes{};
  std::optional<double> fragmented_ratio{};
  // What the call about the one pool adds; nothing when it did not answer.
  std::optional<std::string> scan{};    ///< the last scrub or resilver, in words of ZFS
  std::optional<std::string> errors{};  ///< "No known data errors", or which
  std::optional<std::string> status{}, action{};
  std::vector<ZfsDevice> devices{};
  bool operator==(const ZfsPool&) const = default;
};

struct ThinPool {
  std::string group{}, name{};  ///< volume group and logical volume
  std::optional<std::int64_t> size_bytes{}, used_bytes{}, metadata_size_bytes{}, metadata_used_bytes{};
  bool operator==(const ThinPool&) const = default;
};

}  // namespace monitorix

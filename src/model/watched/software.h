#pragma once
// What software a node has, and its clock.

#include <optional>
#include <string>
#include <vector>

namespace monitorix {

struct PackageUpdate {
  std::string name{}, installed{}, candidate{};
  bool operator==(const PackageUpdate&) const = default;
};

/// Of the packages that make up Proxmox VE; what Debian itself has, no auditor may ask.
struct NodeSoftware {
  std::vector<PackageUpdate> updates{};         ///< where the candidate is another than what is installed
  std::optional<std::string> running_kernel{};  ///< 6.14.11-3-pve
  std::optional<std::string> newest_kernel{};   ///< of the installed ones
  std::optional<bool> kernel_outdated{};
  bool operator==(const NodeSoftware&) const = default;
};

/// What Proxmox VE itself says of a list of package sources.
struct RepositoryRemark {
  std::string file{}, text{};
  bool is_error{false};  ///< the file cannot be read; else a warning
  bool operator==(const RepositoryRemark&) const = default;
};

/// Where a node gets its packages from.
struct NodeRepositories {
  std::vector<std::string> enabled{};  ///< those of Proxmox that are on: enterprise, no-subscription, test ...
  std::vector<RepositoryRemark> remarks{};
  bool operator==(const NodeRepositories&) const = default;
};

struct NodeClock {
  double ahead_seconds{};        ///< of our clock; negative: behind
  double uncertainty_seconds{};  ///< it tells whole seconds, and the way takes time
  std::optional<std::string> time_zone{};
  bool operator==(const NodeClock&) const = default;
};

}  // namespace monitorix

#pragma once
// What a node is made of: what is ordered by the control command "hardware".

#include <cstdint>
#include <string>
#include <vector>

namespace monitorix::sim {

/// What a node is made of and how it fares; all well unless ordered otherwise.
struct Hardware {
  std::string pool_state{"ONLINE"};  ///< of its ZFS pool
  std::int64_t pool_errors{};        ///< damaged files
  std::string disk_health{"PASSED"};
  int disk_left{97};  ///< percent of its rated life
  double thin_fill{0.42};
  double thin_metadata{0.06};
  bool has_newer_kernel{};    ///< installed, not booted
  int updates{};              ///< packages that wait
  bool has_old_sources{};     ///< a list of packages of the version before
  bool has_broken_sources{};  ///< a list of packages that cannot be read
  int failed_copies{};        ///< how often each replication failed in a row
  bool is_lrm_stuck{};
  std::vector<std::string> dead_services{};
};

}  // namespace monitorix::sim

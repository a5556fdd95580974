#pragma once
// A job that copies a guest's disks from the node where it runs to another one.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace monitorix {

struct ReplicationJob {
  std::string id{};  ///< "100-0": guest and number
  std::optional<std::int64_t> vmid{};
  std::optional<std::string> target{}, schedule{}, error{};
  std::optional<WallTime> last_sync_at{}, last_try_at{}, next_sync_at{};
  std::optional<double> duration_seconds{};
  std::optional<std::int64_t> fail_count{};
  bool disabled{false};
  bool operator==(const ReplicationJob&) const = default;
};

}  // namespace monitorix

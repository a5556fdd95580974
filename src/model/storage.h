#pragma once
// A storage: shared ones are counted once per (cluster, name), local ones per (cluster, node, name).

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix {

enum class StorageState : std::uint8_t { unknown, available, inactive };

struct Storage {
  StorageId id{};
  ClusterId cluster{};
  std::string name{};
  bool shared{false};
  std::vector<NodeId> nodes{};  ///< where it is seen; exactly one when local
  std::optional<std::string> plugin_type{};
  std::vector<std::string> content{};
  std::optional<bool> enabled{};
  StorageState state{};
  WallTime status_since{};
  std::optional<WallTime> last_check{}, deleted_at{};
  WallTime created_at{};
  std::optional<std::int64_t> used_bytes{}, total_bytes{};
  bool operator==(const Storage&) const = default;
};

}  // namespace monitorix

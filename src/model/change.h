#pragma once
// What one observation changed: the words that state hands to store and live.

#include <memory>
#include <vector>

#include "base/clock.h"
#include "model/backup.h"
#include "model/ids.h"

namespace monitorix {

enum class Weight : unsigned char {
  value,   ///< a number moved; not worth a write
  status,  ///< status, name, place or configuration changed: class A
};

template <class IdType>
struct Changed {
  IdType id{};
  Weight weight{};
};

struct ChangeSet {
  ClusterId cluster{};
  WallTime at{};
  bool cluster_changed{false};
  bool facts_changed{false};  ///< what is asked rarely; no list shows it
  std::vector<Changed<NodeId>> nodes{};
  std::vector<Changed<GuestId>> guests{};
  std::vector<Changed<StorageId>> storages{};
  std::vector<std::shared_ptr<const BackupRun>> backup_runs{};  ///< new ones, and ones of which more is known
  std::vector<NodeId> nodes_removed{};
  std::vector<GuestId> guests_removed{};
  std::vector<StorageId> storages_removed{};
  [[nodiscard]] bool empty() const {
    return !cluster_changed && !facts_changed && nodes.empty() && guests.empty() && storages.empty() &&
           backup_runs.empty() && nodes_removed.empty() && guests_removed.empty() && storages_removed.empty();
  }
};

}  // namespace monitorix

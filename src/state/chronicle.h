#pragma once
// What happened, from one picture of the world to the next. Pure like the inventory: snapshots and change sets in,
// events out; the pipeline is its only caller.
// Out of sight is not an event: a state that became unknown is remembered, and compared with the next known one. What
// was so when the first inventory came is none either, but for what differs from the world as it was restored. Tasks
// have times of their own: all that ended are told with the first inventory, for the store knows each by its key.

#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "model/change.h"
#include "model/event.h"
#include "state/snapshot.h"

namespace monitorix::state {

class Chronicle {
 public:
  /// `world`: as restored, before anything was observed.
  explicit Chronicle(const Snapshot& world);
  /// `world` is the picture after `changes`; of other clusters nothing is looked at.
  std::vector<Event> tell(const ChangeSet& changes, const Snapshot& world);

  /// Last known states of what is out of sight, by id.
  struct Memory {
    std::unordered_map<std::int64_t, GuestStatus> guests{};
    std::unordered_map<std::int64_t, NodeStatus> nodes{};
    std::unordered_map<std::int64_t, StorageState> storages{};
    std::optional<ClusterState> connection{};
  };

 private:
  struct Past {
    std::shared_ptr<const ClusterView> view{};
    Memory memory{};
  };
  std::map<ClusterId, Past> past_{};
};

}  // namespace monitorix::state

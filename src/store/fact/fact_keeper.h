#pragma once
// The way of rare facts to the store. Facts age with every question, and their numbers move a little; a write for each
// would cost a disk more than all else. So a fact is written when what it says has changed; one whose numbers always
// move, some times a day; and how old the unchanged ones are, in one row a cluster, now and then.
// note() is cheap and never waits; flush() blocks and belongs on a worker, one at a time.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "model/watched/backup_plan.h"
#include "store/store.h"

namespace monitorix::store {

/// All that is kept of one cluster's facts.
struct FactPages {
  FactBook book{};
  BackupPlan plan{};
};

class FactKeeper {
 public:
  /// How long a fact of restless numbers waits for its next write, and the row of ages.
  static constexpr std::chrono::hours kRestless{3};
  static constexpr std::chrono::minutes kAges{30};

  enum class Extent : std::uint8_t { changed, all };  ///< all: before the end, restless ones and ages too

  /// Both must outlive it.
  FactKeeper(Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  /// What was kept, before anything is noted.
  Result<std::map<ClusterId, FactPages>> load();
  /// What is known now; replaces what was noted and not stored yet.
  void note(ClusterId id, std::shared_ptr<const FactBook> book, std::shared_ptr<const BackupPlan> plan);
  /// Stores what was noted and differs. What could not be stored is tried again with the next note.
  Status flush(Extent extent);

 private:
  struct Noted {
    std::shared_ptr<const FactBook> book{};
    std::shared_ptr<const BackupPlan> plan{};
  };
  /// A fact as it stands in the store.
  struct Stored {
    std::uint64_t doc{};     ///< its hash
    std::uint64_t looked{};  ///< what was looked at last: when it was heard, and whether the newest question failed
    WallTime heard_at{}, written_at{};
  };
  struct Standing {
    std::unordered_map<std::uint64_t, Stored> facts{};  ///< by subject and topic
    std::set<std::string> subjects{};
    WallTime ages_written_at{};
  };
  class Walk;

  Status store(ClusterId id, const Noted& noted, Extent extent);

  Store& store_;
  const Clock& clock_;
  std::mutex flushing_{};  // guards standing_
  std::map<ClusterId, Standing> standing_{};
  std::mutex mutex_{};  // guards noted_
  std::map<ClusterId, Noted> noted_{};
};

}  // namespace monitorix::store

#pragma once
// Sealed hours as rows for people who read SQL: averages per object and metric in the table `metrics`, a few objects at
// a time, each time in a transaction of its own and after the hour was committed. What was done is noted hour by hour:
// an end in between repeats that hour, and hours that passed meanwhile are caught up. On the archive's worker, but
// for see().

#include <mutex>
#include <vector>

#include "history/reader.h"
#include "state/snapshot.h"
#include "store/store.h"

namespace monitorix::app {

class SqlMirror {
 public:
  static constexpr std::size_t kHourlyPerBatch = 50, kFinePerBatch = 10;  ///< objects; 30 to 60 ms
  static constexpr std::size_t kErasedAtOnce = 1'000;
  static constexpr std::int64_t kFirstHours = 24;  ///< of the past, when it was never on
  static constexpr std::int64_t kMostHours = 168;  ///< that are caught up; older ones are left out

  struct Parts {
    store::Store& store;
    history::Keeper& keeper;
    const history::Recorder& recorder;
    history::Reader& reader;
  };
  /// `step`: seconds that a row speaks for, 300 or 3600; 0 = off, then only what is too old is erased. All parts
  /// outlive the mirror.
  SqlMirror(Parts parts, std::int64_t step) : parts_(parts), step_(step) {}

  /// Which objects there are, with their ids; now and then, from any thread.
  void see(state::SnapshotPtr world);
  /// A batch; true while more is due. What fails is told once and tried again later.
  bool step(WallTime now, const history::Retention& retention);

 private:
  struct Target {
    NodeId node{};
    GuestId guest{};
    history::SeriesInfo series{};
  };

  Result<bool> mirror_some(WallTime now);
  Result<bool> erase_some(WallTime now, const history::Retention& retention);
  /// The next hour that is due, and its objects; nothing while there is none.
  Result<bool> begin_hour(WallTime now);
  [[nodiscard]] std::vector<Target> targets() const;

  Parts parts_;
  const std::int64_t step_;
  mutable std::mutex mutex_{};  // guards world_
  state::SnapshotPtr world_{};
  std::optional<std::int64_t> through_{}, hour_{};
  std::vector<std::int64_t> due_{};  // hours, the next one last
  std::vector<Target> left_{};       // of hour_
  WallTime next_look_{}, next_erase_{}, quiet_until_{};
  bool is_failing_{false};
};

}  // namespace monitorix::app

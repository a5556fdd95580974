#pragma once
// From what was observed to rows of history: at each inventory of a cluster one row for every guest, node and storage,
// and for the cluster's total and each node's guests; now and then one for the fleet; and how long each endpoint took
// to answer. Unknown stays unknown, and a guest that does not run has only its status. On the loop; the only caller of
// Recorder::record.

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "app/history/total.h"
#include "history/recorder.h"
#include "model/observation.h"
#include "state/inventory.h"

namespace monitorix::app {

/// Puts observations onto a regular grid: a regular t costs a fiftieth of a jittered one. Whole seconds; strictly
/// rising, or nothing for a second that is taken.
class TickGrid {
 public:
  static constexpr std::chrono::milliseconds kSlack{1500};  ///< that an answer may be off its tick, before or after
  std::optional<std::int64_t> next(WallTime at);

 private:
  std::int64_t last_{0};
};

class Sampler {
 public:
  /// Both outlive the sampler.
  Sampler(history::Recorder& recorder, const state::Inventory& inventory)
      : recorder_(recorder),
        inventory_(inventory) {}

  /// After the inventory has taken the observation.
  void take(const Observation& observation);
  /// The fleet's row, from the newest rows of its clusters; about every ten seconds.
  void take_fleet(WallTime now);

 private:
  using Rates = std::array<double, 4>;  // the same per second, of a guest's last two readings
  struct Member {
    GuestId id{};
    history::SeriesId series{};
    state::Counters before{};
    Rates rates{};
  };
  struct NodeMember {
    NodeId id{};
    history::SeriesId series{}, guests{};
    Flows flows{};
    std::optional<WallTime> status_at{};
  };
  struct StorageMember {
    StorageId id{};
    history::SeriesId series{};
  };
  struct Cluster {
    TickGrid grid{};
    std::int64_t last_t{0};
    history::SeriesId series{};
    std::vector<Member> guests{};
    std::vector<NodeMember> nodes{};
    std::vector<StorageMember> storages{};
    Flows flows{};
    Total total{};
    std::optional<WallTime> at{};  // of its last row
  };
  struct Tick;

  void take_polls(const Observation& observation, const EndpointPolls& polls);
  void take_guests(Tick& tick);
  void take_nodes(Tick& tick);
  void take_storages(Tick& tick);
  void take_totals(Tick& tick);

  history::Recorder& recorder_;
  const state::Inventory& inventory_;
  std::map<ClusterId, Cluster> clusters_{};
  TickGrid fleet_grid_{};
  history::SeriesId fleet_{};
};

}  // namespace monitorix::app

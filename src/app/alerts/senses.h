#pragma once
// What of the world the alerts hear of: change sets and pictures in, events for alert/ out. Pure but for its own
// memory; on the loop.
//
// Clusters, nodes, storages and services always have a place in the engine. A guest gets one when there is something to
// say of it - it does not run, a number comes near a rule's threshold, a backup failed, a service stands on it - and
// loses it again when nothing was to be said for a while: ten thousand guests that are well cost nothing there.

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "alert/engine.h"
#include "model/change.h"
#include "model/observation.h"
#include "state/snapshot.h"

namespace monitorix::app {

class Senses {
 public:
  using Events = std::vector<alert::Event>;
  using Put = std::function<void(alert::Event)>;

  /// The rules as they are now; they say which numbers of guests are worth a place.
  void heed(const std::map<RuleId, Rule>& rules);
  /// The world as restored; `known` are guests of which something is open.
  Events begin(const state::Snapshot& world, const std::vector<GuestId>& known, alert::Now now);
  /// Risks of which an alert is open, after a restart: those that a cluster does not have any more are over.
  void recall(const alert::State& state, const state::Snapshot& world);
  /// What changed in one cluster. `polled`: this is what its inventory answered, so everything was looked at.
  enum class Extent : std::uint8_t { changes, polled };
  Events take(const state::Snapshot& world, const ChangeSet& changes, Extent extent, alert::Now now);
  using Foresee = std::function<void(std::span<const Entity>)>;
  /// What the services say; cheap when it is nothing new. `foresee` hears of whom something will be put next.
  void take_services(const state::Snapshot& world, alert::Now now, const Put& put, const Foresee& foresee = {});
  /// Somebody else has something to say of this guest: it has a place now.
  void hold(GuestId guest) { places_[guest.value]; }
  /// The cluster told at once that their backups failed. What we read ourselves says how it goes on.
  Events take_failed_backups(const state::ClusterView& cluster, const std::vector<std::shared_ptr<const Guest>>& guests,
                             alert::Now now);
  /// Guests of which nothing is to be said any more lose their place.
  void tidy(alert::State& state, const state::Snapshot& world, alert::Now now);

 private:
  struct Near {
    double least{};  ///< from here on it is worth a look, or up to there
    bool is_upward{true};
  };
  struct Place {
    std::set<std::string> works{};  ///< tasks and locks that were told
    bool has_conditions{false};
    std::optional<alert::RunTime> backed_up_at{};  ///< a backup of it last ran
    std::optional<alert::RunTime> failure_told{};  ///< of its backup, which we have not read yet
  };
  using Works = std::vector<alert::WorkBegan>;

  [[nodiscard]] bool is_worth_a_place(const Guest& guest, WallTime now) const;
  void take_cluster(const state::ClusterView& cluster, alert::Now now, Events& out);
  void take_risks(const state::ClusterView& cluster, Events& out);
  void take_node(const state::ClusterView& cluster, const Node& node, alert::Now now, Events& out);
  void take_storage(const state::ClusterView& cluster, const Storage& storage, alert::Now now, Events& out);
  void take_guest(const state::ClusterView& cluster, const Guest& guest, const Works& works, alert::Now now,
                  Events& out);
  void take_works(const state::ClusterView& cluster, const Guest& guest, const Works& works, Place& place, Events& out);
  void take_maintenance(const state::Snapshot& world, const Put& put);
  /// What differs from what was seen of it before; null when it is new.
  void take_service(const state::Snapshot& world, const state::ServiceView& view, const state::ServiceView* before,
                    alert::Now now, const Put& put);

  std::array<std::vector<Near>, kMetricCount> near_{};
  bool wants_all_guests_{false};  ///< a rule about silence is about those that say nothing
  std::unordered_map<std::int64_t, Place> places_{};
  std::map<ClusterId, std::shared_ptr<const std::vector<Risk>>> risks_{};
  std::map<ClusterId, bool> lost_members_{};
  std::set<std::int64_t> leaned_on_{};  ///< guests that services stand on
  std::shared_ptr<const state::ServiceBook> book_{};
  std::vector<Entity> in_maintenance_{};
};

/// Maintenance that is switched on at an object is a window without an end, under this number.
inline constexpr WindowId kSwitchedMaintenance{-1};

}  // namespace monitorix::app

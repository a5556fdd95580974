#pragma once
// What screens see of the alerts: how many there are, and each incident that is not over. Drawn anew when something
// changed; what did not is shared with the picture before. On the loop.

#include <map>
#include <optional>
#include <set>

#include "alert/engine.h"
#include "state/snapshot.h"

namespace monitorix::app {

class Board {
 public:
  void note(const alert::Outcome& outcome, const alert::State& state, WallTime at);
  void note(IncidentId incident, WallTime at);  ///< something happened to it beside the engine
  /// Null while the last picture holds. Numbers, names and rules are looked at every two seconds only.
  std::shared_ptr<const state::AlertPicture> draw(const alert::State& state, alert::Now now);

 private:
  using AlertPtr = std::shared_ptr<const state::AlertView>;

  void look_around(const alert::State& state);
  void renew_rules(const alert::State& state);
  AlertPtr view_of(const alert::State& state, const alert::Tracked& alert);
  std::shared_ptr<const state::IncidentView> view_of(const alert::State& state, const alert::Group& group,
                                                     alert::Now now);

  std::map<RuleId, std::shared_ptr<const Rule>> rules_{};
  std::map<AlertId, AlertPtr> alerts_{};  ///< of the incidents below
  std::map<IncidentId, std::shared_ptr<const state::IncidentView>> incidents_{};
  std::set<AlertId> stale_alerts_{};
  std::map<IncidentId, WallTime> stale_{};  ///< and when that happened
  bool is_stale_{true};
  std::optional<alert::RunTime> looked_at_{};
  std::shared_ptr<const state::AlertPicture> shown_{};
};

}  // namespace monitorix::app

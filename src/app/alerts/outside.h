#pragma once
// What other systems report, as conditions for the engine: until it ends, is not sent any more, or is dismissed. Pure
// but for its own memory; on the loop. Deadlines run on the steady clock, so that setting the clock ends nothing.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "alert/engine.h"
#include "app/alerts/meant.h"
#include "model/alert/kept_alert.h"

namespace monitorix::app {

class Outside {
 public:
  using Events = std::vector<alert::Event>;
  static constexpr std::size_t kMostOpen = 2000;
  static constexpr std::chrono::minutes kUnlessResent{5};
  static constexpr std::chrono::hours kNoticeLasts{24};

  /// What was open when we ended; for the engine before it gets its alerts back.
  Events place(const KeptAlerts& kept);
  /// And after that. Whatever is still so is sent again within kUnlessResent.
  Events begin(const alert::State& state, alert::Now now);

  /// `refused` counts those for which there was no room.
  Events take(const std::vector<OutsideAlert>& alerts, const state::Snapshot& world, const alert::State& state,
              alert::Now now, std::size_t& refused);
  /// Of this type, place and job there is a problem, or there is none any more.
  Events take(const ProxmoxNotice& notice, const state::ClusterView& cluster, alert::Now now);
  Events tick(alert::Now now);
  /// A person said that it is over. What others go on reporting comes back; a notification does not.
  Events dismiss(const Target& target);
  /// What they spoke of and is quiet loses its place.
  void tidy(alert::State& state, alert::Now now);

 private:
  struct Open {
    Target target{};
    std::string code{};
    Severity severity{};
    Reason evidence{};
    alert::RunTime ends{};
  };
  using Opened = std::map<std::string, Open>;

  void put(const std::string& key, Open open, Events& out);
  Opened::iterator end(Opened::iterator one, Events& out);
  [[nodiscard]] Entity entity_for(const OutsideAlert& alert, const state::Snapshot& world, const alert::State& state,
                                  Events& out) const;

  Opened open_{};  ///< by fingerprint
  std::set<Entity> spoken_of_{};
};

}  // namespace monitorix::app

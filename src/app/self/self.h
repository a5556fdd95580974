#pragma once
// Monitorix as it sees itself: whether the network around it is there, whether its loop is late, and who is told that
// it lives. On the loop.

#include "api/dependencies.h"
#include "app/config.h"
#include "app/self/absences.h"
#include "app/self/dead_man.h"
#include "app/self/loop_lag.h"
#include "app/self/own_watch.h"
#include "app/self/sentinel.h"
#include "app/self/service_manager.h"

namespace monitorix::app {

class Self {
 public:
  struct Parts {
    net::Loop& loop;
    const Clock& clock;
    store::Store& store;
    Archive& archive;
    std::function<std::optional<WallTime>()> last_beat{};  ///< of the checks, before this start
    std::function<state::SnapshotPtr()> world{};
    Sentinel::Listener uplink{};
    std::function<std::string()> alerts_fault{};  ///< why alerts are not stored; "" when they are
    std::function<std::string()> other_fault{};   ///< and the rest
    std::function<void(const std::vector<alert::Condition>&)> tell{};
  };
  Self(Parts parts, const Config& config, const check::ProberSettings& checks);

  void begin();  ///< we serve: whoever started us is told so
  void stop();
  void finish() { absences_.finish(); }  ///< blocks; after the loop
  void doubt() { sentinel_.request(); }
  /// The loop was too late at some moment since then: what ran out of time did so because of us (alerts:A23).
  [[nodiscard]] bool was_overloaded(SteadyTime since) const { return lag_.was_too_late(since, clock_.steady()); }
  /// A person has seen what is wrong.
  void forgive() { own_watch_.forgive(); }
  [[nodiscard]] bool is_isolated() const { return sentinel_.is_isolated(); }
  [[nodiscard]] api::SelfStanding standing() const;

 private:
  net::Loop& loop_;
  const Clock& clock_;
  LoopLag lag_{};
  ServiceManager manager_{ServiceManager::from_environment()};
  Sentinel sentinel_;
  DeadMan dead_man_;
  OwnWatch own_watch_;
  Absences absences_;
};

}  // namespace monitorix::app

#pragma once
// Steps that reached nobody: each channel that such a step told has failed too often. Pure but for its own memory; on
// the loop. What it forgets with the process comes back with the next try that fails.

#include <set>
#include <utility>
#include <vector>

#include "alert/engine.h"

namespace monitorix::app {

class Unreached {
 public:
  /// The message that names this alert does not get through the channel. Gives the steps after which the next one is
  /// due: of this alert, and of those that were told in the same message.
  std::vector<alert::StepFailed> miss(const alert::State& state, AlertId alert, ChannelId channel);
  /// It takes messages again; what still waits there follows.
  void forget(ChannelId channel);
  /// Drops what is over.
  void tidy(const alert::State& state);

 private:
  std::set<std::pair<AlertId, ChannelId>> missed_{};
};

}  // namespace monitorix::app

#include "app/self/self.h"

namespace monitorix::app {

Self::Self(Parts parts, const Config& config, const check::ProberSettings& checks)
    : loop_(parts.loop),
      clock_(parts.clock),
      sentinel_(parts.loop, parts.clock, checks, config.uplink_targets, std::move(parts.uplink)),
      dead_man_({.loop = parts.loop,
                 .clock = parts.clock,
                 .store = parts.store,
                 .lag = [this] { return lag_.worst(); },
                 .is_storing = std::move(parts.is_storing)},
                checks, config.alert_dead_man_url.reveal(), std::chrono::seconds{config.alert_dead_man_seconds}) {}

void Self::begin() {
  loop_.every("lag", LoopLag::kPeriod, [this] { lag_.tick(clock_.steady()); });
  sentinel_.begin();
  dead_man_.begin();
  manager_.say("READY=1");
  // The loop itself says it: one that hangs says nothing.
  if (const auto period = manager_.period()) loop_.every("watchdog", *period, [this] { manager_.say("WATCHDOG=1"); });
}

void Self::stop() {
  manager_.say("STOPPING=1");
  sentinel_.stop();
  dead_man_.stop();
}

api::SelfStanding Self::standing() const {
  api::SelfStanding out{.loop_lag = lag_.worst()};
  if (sentinel_.is_watching()) out.is_isolated = sentinel_.is_isolated();
  if (dead_man_.is_on()) out.is_dead_man_on = true;
  out.dead_man_called_at = dead_man_.called_at();
  return out;
}

}  // namespace monitorix::app

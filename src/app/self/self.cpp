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
                 .is_storing = [fault = parts.alerts_fault] { return fault().empty(); }},
                checks, config.alert_dead_man_url.reveal(), std::chrono::seconds{config.alert_dead_man_seconds}),
      own_watch_({.loop = parts.loop,
                  .clock = parts.clock,
                  .store = parts.store,
                  .folder = config.data_directory,
                  .world = std::move(parts.world),
                  .storing_fault =
                      [alerts = parts.alerts_fault, other = std::move(parts.other_fault)] {
                        std::string fault = alerts();
                        return fault.empty() ? other() : fault;
                      },
                  .tell = std::move(parts.tell)}),
      absences_({.loop = parts.loop,
                 .clock = parts.clock,
                 .store = parts.store,
                 .archive = parts.archive,
                 .last_beat = std::move(parts.last_beat)}) {}

void Self::begin() {
  loop_.every("lag", LoopLag::kPeriod, [this] { absences_.add_standstill(lag_.tick(clock_.steady())); });
  absences_.begin();
  sentinel_.begin();
  dead_man_.begin();
  own_watch_.begin([this] { return OwnMeasure{.lag = lag_.worst(), .uplink_denied = sentinel_.denied()}; });
  manager_.say("READY=1");
  // The loop itself says it: one that hangs says nothing.
  if (const auto period = manager_.period()) loop_.every("watchdog", *period, [this] { manager_.say("WATCHDOG=1"); });
}

void Self::stop() {
  manager_.say("STOPPING=1");
  sentinel_.stop();
  dead_man_.stop();
  own_watch_.stop();
}

api::SelfStanding Self::standing() const {
  api::SelfStanding out{.loop_lag = lag_.worst()};
  if (sentinel_.is_watching()) out.is_isolated = sentinel_.is_isolated();
  if (dead_man_.is_on()) out.is_dead_man_on = true;
  out.dead_man_called_at = dead_man_.called_at();
  out.away = absences_.known();
  return out;
}

}  // namespace monitorix::app

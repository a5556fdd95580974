#pragma once
// Monitorix as it sees itself: whether the network around it is there, whether its loop is late, and who is told that
// it lives. On the loop.

#include "api/dependencies.h"
#include "app/config.h"
#include "app/self/dead_man.h"
#include "app/self/loop_lag.h"
#include "app/self/sentinel.h"
#include "app/self/service_manager.h"

namespace monitorix::app {

class Self {
 public:
  struct Parts {
    net::Loop& loop;
    const Clock& clock;
    store::Store& store;
    Sentinel::Listener uplink{};
    std::function<bool()> is_storing{};
  };
  Self(Parts parts, const Config& config, const check::ProberSettings& checks);

  void begin();  ///< we serve: whoever started us is told so
  void stop();
  void doubt() { sentinel_.request(); }
  [[nodiscard]] bool is_isolated() const { return sentinel_.is_isolated(); }
  [[nodiscard]] api::SelfStanding standing() const;

 private:
  net::Loop& loop_;
  const Clock& clock_;
  LoopLag lag_{};
  ServiceManager manager_{ServiceManager::from_environment()};
  Sentinel sentinel_;
  DeadMan dead_man_;
};

}  // namespace monitorix::app

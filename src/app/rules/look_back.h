#pragma once
// How often a rule about a number would have fired in the last week, from history. Rows of five minutes say which hours
// could have to do with it; of those the samples themselves go through the engine. Where no samples are kept, as of the
// past that was read back from Proxmox VE, the five-minute averages stand for them.

#include <atomic>

#include "api/dependencies.h"
#include "history/reader.h"

namespace monitorix::app {

struct LookBackLimits {
  std::chrono::milliseconds budget{2'000};
  std::size_t objects{500}, episodes{200};
};
struct Archives {
  const history::Recorder& recorder;
  history::Reader& reader;
};

/// On the loop; what it returns runs elsewhere. `first`: of these before all others.
api::LookBack look_back_of(const Archives& archives, const Rule& rule, const state::Snapshot& world,
                           const api::RuleFit& first, const std::function<bool(Entity)>& sees, WallTime now,
                           const LookBackLimits& limits = {});

/// Lets so many look back at a time, so that readers are left for others; more are refused.
class Turnstile {
 public:
  [[nodiscard]] api::LookBack admit(api::LookBack look) const;

 private:
  static constexpr int kMost = 2;
  std::shared_ptr<std::atomic<int>> inside_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace monitorix::app

#pragma once
// The way of an observation: state decides what changed and what happened, live shows it, the keeper stores what
// matters, history takes its row.
// Runs on the loop; the only writer of the world.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <unordered_set>

#include "app/history/sampler.h"
#include "live/hub.h"
#include "model/observation.h"
#include "state/chronicle.h"
#include "state/inventory.h"
#include "store/fact/fact_keeper.h"
#include "store/writer.h"

namespace monitorix::app {

class Pipeline {
 public:
  Pipeline(state::Inventory& inventory, live::Hub& hub, store::InventoryWriter& keeper, store::FactKeeper& facts,
           Sampler& sampler)
      : inventory_(inventory),
        hub_(hub),
        keeper_(keeper),
        facts_(facts),
        sampler_(sampler),
        chronicle_(*inventory.snapshot()) {}

  /// Who hears of each change after it was spread; `polled` when a cluster's inventory answered, even if nothing
  /// changed.
  using Listener = std::function<void(const ChangeSet&, bool polled)>;
  void tell(Listener listener) { listener_ = std::move(listener); }

  void accept(const Observation& observation);
  void accept_server(const ServerObservation& observation) { inventory_.apply_server(observation); }
  void tick(WallTime now);                ///< once a second: overdue answers, live frames
  void spread(const ChangeSet& changes);  ///< for changes that people made
  void keep_facts();                      ///< of every cluster as known now, for the next flush of their keeper
  void keep_next(SteadyTime now);         ///< last known values of the cluster whose turn it is, if it is any's
  void keep_all();                        ///< last known values of everything; at the end
  [[nodiscard]] state::SnapshotPtr world() const { return inventory_.snapshot(); }
  [[nodiscard]] std::shared_ptr<const BackupPlan> backup_plan(ClusterId id) { return inventory_.backup_plan(id); }
  /// Tasks of vzdump whose logs need not be read again.
  [[nodiscard]] std::unordered_set<std::string> backup_logs_read(ClusterId id) const;

 private:
  void show_and_keep(const ChangeSet& changes);
  void keep(const state::ClusterView& cluster);

  state::Inventory& inventory_;
  live::Hub& hub_;
  store::InventoryWriter& keeper_;
  store::FactKeeper& facts_;
  Sampler& sampler_;
  state::Chronicle chronicle_;
  Listener listener_{};
  ClusterId kept_last_{};
  std::optional<SteadyTime> keep_at_{};
};

}  // namespace monitorix::app

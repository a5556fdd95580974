#pragma once
// What Proxmox VE remembers, read back (proxmox §6): once for each object after its cluster was connected, and again
// the last days after an outage of ours. Gentle: one call at a time and few a second for each cluster. What was read is
// noted with it in one transaction, so that a restart goes on where it stopped. On the loop; conversion and writing on
// the pool.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/history/archive.h"
#include "base/clock.h"
#include "proxmox/past/past.h"
#include "proxmox/source.h"
#include "state/inventory.h"

namespace monitorix::app {

struct BackfillProgress {
  bool is_running{false};
  std::size_t done{0}, total{0};  ///< frames of objects, of this run
};

class Backfill {
 public:
  using SourceOf = std::function<std::shared_ptr<proxmox::Source>(ClusterId)>;
  struct Parts {
    Archive& archive;
    const state::Inventory& inventory;
    const Clock& clock;
    net::Loop& loop;
    net::WorkerPool& pool;
    SourceOf source_of;
  };
  explicit Backfill(Parts parts) : parts_(std::move(parts)) {}

  /// Now and then: begins what is due for any cluster that answers.
  void look();
  [[nodiscard]] BackfillProgress progress(ClusterId id) const;

 private:
  struct Item {
    history::SeriesId series{};
    unsigned set{};
    std::string path{};
    proxmox::PastFrame frame{};
  };
  struct Cluster {
    BackfillProgress progress{};
    bool has_checked_gap{false};
    SteadyTime next_look{};
    SteadyTime last_call{};
  };

  net::Task<> run(ClusterId id);
  /// False when something did not answer and the rest has to wait.
  net::Task<bool> read_all_back(ClusterId id);
  net::Task<bool> learn_done();
  /// Seconds since our last sample of the cluster before this start; 0 when there is none.
  net::Task<std::int64_t> outage_of(ClusterId id);
  std::vector<Item> due(ClusterId id, std::int64_t outage) const;
  /// False when the cluster does not answer and the rest has to wait.
  net::Task<bool> read_back(ClusterId id, Item item);
  net::Task<Result<std::vector<PastRow>>> ask(ClusterId id, const Item& item, proxmox::PastFunction function);

  Parts parts_;
  std::map<ClusterId, Cluster> clusters_{};
  std::set<history::FrameDone> done_{};
  bool knows_done_{false};
};

}  // namespace monitorix::app

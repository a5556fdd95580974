#pragma once
// Finer than the polling (proxmox §5): the members measure every ten seconds and keep half an hour of it. Once a minute
// one call brings what they measured since: between polls it becomes rows of history, and nodes learn what their
// network cards carry, which no poll tells. The first call after a start brings what was missed while we were away.
// Where the call is unknown nothing is asked again for hours, where it is denied for minutes. On the loop; reading
// answers on the pool, merging on the archive's worker.

#include <map>
#include <memory>

#include "app/history/archive.h"
#include "base/clock.h"
#include "proxmox/past/export.h"
#include "proxmox/source.h"
#include "state/inventory.h"

namespace monitorix::app {

class Finer {
 public:
  using SourceOf = std::function<std::shared_ptr<proxmox::Source>(ClusterId)>;
  struct Parts {
    Archive& archive;
    const state::Inventory& inventory;
    const Clock& clock;
    net::Loop& loop;
    net::WorkerPool& pool;
    SourceOf source_of;
    std::function<void(Observation)> tell;
  };
  explicit Finer(Parts parts) : parts_(std::move(parts)) {}

  /// Now and then: begins what is due for any cluster that answers.
  void look();

 private:
  struct Cluster {
    bool is_running{false};
    SteadyTime next_look{};
    std::int64_t filled_to{0};  ///< seconds; 0 = not known yet
  };
  struct Round;

  net::Task<> run(ClusterId id);
  net::Task<std::chrono::seconds> ask(ClusterId id);
  /// From when on there is something to fill; 0 when that cannot be said yet.
  net::Task<std::int64_t> begin_of(history::SeriesInfo cluster);
  std::optional<Round> round_of(ClusterId id, const state::ClusterView& view, const history::SeriesInfo& info) const;
  net::Task<Status> take(const Round& round, proxmox::ExportWish wish);

  Parts parts_;
  std::map<ClusterId, Cluster> clusters_{};
};

}  // namespace monitorix::app

#include "app/pipeline.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

/// In which each cluster has its turn to be kept; a state that changes is stored at once. One after the other, because
/// what waits to be written is a copy.
constexpr std::chrono::milliseconds kKeepRound = 30min;

template <class Object, class IdType>
void take(const state::Snapshot& world, const std::vector<Changed<IdType>>& changed,
          std::shared_ptr<const Object> (state::Snapshot::*find)(IdType) const, std::vector<Object>& into) {
  for (const auto& [id, weight] : changed)
    if (weight == Weight::status)
      if (const auto object = (world.*find)(id)) into.push_back(*object);
}

}  // namespace

void Pipeline::accept(const Observation& observation) {
  const ChangeSet changes = inventory_.apply(observation);
  const bool polled = std::holds_alternative<Resources>(observation.what);
  show_and_keep(changes);
  if (listener_ && (polled || !changes.empty())) listener_(changes, polled);
  sampler_.take(observation);
}

void Pipeline::spread(const ChangeSet& changes) {
  if (changes.empty()) return;
  show_and_keep(changes);
  if (listener_) listener_(changes, false);
}

void Pipeline::show_and_keep(const ChangeSet& changes) {
  if (changes.empty()) return;
  hub_.publish(changes);
  const auto world = inventory_.snapshot();
  store::InventoryBatch batch{};
  take(*world, changes.nodes, &state::Snapshot::node, batch.nodes);
  take(*world, changes.guests, &state::Snapshot::guest, batch.guests);
  take(*world, changes.storages, &state::Snapshot::storage, batch.storages);
  batch.events = chronicle_.tell(changes, *world);
  for (const auto& run : changes.backup_runs) batch.backup_runs.push_back({changes.cluster, run});
  keeper_.add(std::move(batch));
}

std::unordered_set<std::string> Pipeline::backup_logs_read(ClusterId id) const {
  std::unordered_set<std::string> read;
  if (const auto* view = inventory_.snapshot()->cluster(id))
    for (const auto& run : view->backups->runs)
      if (run->from_log) read.insert(run->task->upid);
  return read;
}

void Pipeline::tick(WallTime now) {
  for (const ChangeSet& changes : inventory_.tick(now)) spread(changes);
  hub_.flush(now);
}

void Pipeline::keep_facts() {
  const auto world = inventory_.snapshot();
  for (const auto& [id, view] : world->clusters)
    if (auto plan = inventory_.backup_plan(id)) facts_.note(id, view->facts, std::move(plan));
}

void Pipeline::keep_next(SteadyTime now) {
  const auto world = inventory_.snapshot();
  if (world->clusters.empty()) return;
  const auto pause = kKeepRound / static_cast<long>(world->clusters.size());
  if (!keep_at_) keep_at_ = now + pause;
  if (now < *keep_at_) return;
  keep_at_ = now + pause;
  auto next = world->clusters.upper_bound(kept_last_);
  if (next == world->clusters.end()) next = world->clusters.begin();
  kept_last_ = next->first;
  keep(*next->second);
}

void Pipeline::keep_all() {
  const auto world = inventory_.snapshot();
  for (const auto& [id, view] : world->clusters) keep(*view);
}

void Pipeline::keep(const state::ClusterView& cluster) {
  store::InventoryBatch batch{};
  for (const auto& node : cluster.nodes) batch.nodes.push_back(*node);
  for (const auto& guest : cluster.guests) batch.guests.push_back(*guest);
  for (const auto& storage : cluster.storages) batch.storages.push_back(*storage);
  keeper_.add(std::move(batch));
}

}  // namespace monitorix::app

#include "app/pipeline.h"

namespace monitorix::app {
namespace {

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

void Pipeline::keep_all() {
  const auto world = inventory_.snapshot();
  store::InventoryBatch batch{};
  for (const auto& [id, view] : world->clusters) {
    for (const auto& node : view->nodes) batch.nodes.push_back(*node);
    for (const auto& guest : view->guests) batch.guests.push_back(*guest);
    for (const auto& storage : view->storages) batch.storages.push_back(*storage);
  }
  keeper_.add(std::move(batch));
}

}  // namespace monitorix::app

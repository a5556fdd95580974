#include "store/writer.h"

#include <iterator>

#include "base/log.h"

namespace monitorix::store {
namespace {

constexpr std::size_t kMostAtOnce = 2'000;

std::size_t size_of(const InventoryBatch& batch) {
  return batch.nodes.size() + batch.guests.size() + batch.storages.size() + batch.events.size() +
         batch.backup_runs.size();
}

/// Trying again can help: the database is away, full or busy. Else the object itself is not acceptable.
bool can_pass(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::io || error.code == Errc::timeout ||
         error.code == Errc::unreachable;
}

}  // namespace

template <class Object>
void InventoryWriter::Queue<Object>::put(Object object) {
  const auto id = object.id.value;
  if (objects_.insert_or_assign(id, std::move(object)).second) order_.push_back(id);
}

template <class Object>
void InventoryWriter::Queue<Object>::put_back(Object object) {
  const auto id = object.id.value;
  if (objects_.try_emplace(id, std::move(object)).second) order_.push_front(id);
}

template <class Object>
std::vector<Object> InventoryWriter::Queue<Object>::take(std::size_t most) {
  std::vector<Object> out;
  while (!order_.empty() && out.size() < most) {
    auto found = objects_.extract(order_.front());
    order_.pop_front();
    out.push_back(std::move(found.mapped()));
  }
  return out;
}

template <class Object>
void InventoryWriter::Queue<Object>::drop_oldest() {
  objects_.erase(order_.front());
  order_.pop_front();
}

void InventoryWriter::add(InventoryBatch batch) {
  const std::lock_guard lock(mutex_);
  for (auto& node : batch.nodes) nodes_.put(std::move(node));
  for (auto& guest : batch.guests) guests_.put(std::move(guest));
  for (auto& storage : batch.storages) storages_.put(std::move(storage));
  for (auto& event : batch.events) events_.push_back(std::move(event));
  if (backup_runs_.empty()) backups_wait_since_ = clock_.wall();
  for (auto& run : batch.backup_runs) backup_runs_.push_back(std::move(run));
  bound();
}

bool InventoryWriter::is_due() const {
  const std::lock_guard lock(mutex_);
  if (stored_at_ && !have_passed(events_.empty() ? kApart : kEventsApart, *stored_at_)) return false;
  return nodes_.size() + guests_.size() + storages_.size() + events_.size() != 0 || are_backups_due();
}

bool InventoryWriter::have_passed(std::chrono::seconds wait, WallTime since) const {
  const WallTime now = clock_.wall();  // set back: the wait would have no end
  return now < since || now - since >= wait;
}

bool InventoryWriter::are_backups_due() const {
  return !backup_runs_.empty() && have_passed(kBackupsMayWait, backups_wait_since_);
}

// Guests go first: they are many, and nodes and storages are what others refer to. Old backups are asked for again
// after a restart.
void InventoryWriter::bound() {
  while (nodes_.size() + guests_.size() + storages_.size() + backup_runs_.size() > capacity_) {
    if (!backup_runs_.empty()) {
      backup_runs_.pop_front();
    } else if (guests_.size() > 0) {
      guests_.drop_oldest();
    } else if (storages_.size() > 0) {
      storages_.drop_oldest();
    } else {
      nodes_.drop_oldest();
    }
    ++standing_.dropped;
  }
  for (; events_.size() > kMostEvents; events_.pop_front()) ++standing_.dropped;
}

InventoryBatch InventoryWriter::take_batch(Extent extent) {
  const std::lock_guard lock(mutex_);
  InventoryBatch batch;
  batch.nodes = nodes_.take(kMostAtOnce);
  batch.guests = guests_.take(kMostAtOnce - batch.nodes.size());
  batch.storages = storages_.take(kMostAtOnce - batch.nodes.size() - batch.guests.size());
  for (; !events_.empty() && size_of(batch) < kMostAtOnce; events_.pop_front())
    batch.events.push_back(std::move(events_.front()));
  const bool with_backups = extent == Extent::everything || are_backups_due();
  while (with_backups && !backup_runs_.empty() && size_of(batch) < kMostAtOnce) {
    batch.backup_runs.push_back(std::move(backup_runs_.front()));
    backup_runs_.pop_front();
  }
  return batch;
}

void InventoryWriter::put_back(InventoryBatch batch) {
  const std::lock_guard lock(mutex_);
  for (auto at = batch.nodes.rbegin(); at != batch.nodes.rend(); ++at) nodes_.put_back(std::move(*at));
  for (auto at = batch.guests.rbegin(); at != batch.guests.rend(); ++at) guests_.put_back(std::move(*at));
  for (auto at = batch.storages.rbegin(); at != batch.storages.rend(); ++at) storages_.put_back(std::move(*at));
  for (auto at = batch.events.rbegin(); at != batch.events.rend(); ++at) events_.push_front(std::move(*at));
  backup_runs_.insert(backup_runs_.begin(), std::make_move_iterator(batch.backup_runs.begin()),
                      std::make_move_iterator(batch.backup_runs.end()));
  bound();
}

Status InventoryWriter::flush(Extent extent) {
  const std::lock_guard one_at_a_time(flushing_);
  while (true) {
    InventoryBatch batch = take_batch(extent);
    const std::size_t count = size_of(batch);
    if (count == 0) return {};
    auto done = store_.save_inventory(batch);
    if (!done && !can_pass(done.error())) done = save_singly(batch);
    if (!done) put_back(std::move(batch));
    note(done, count);
    if (!done) return done;
  }
}

/// One object that the database refuses must not hold up the others for ever.
Status InventoryWriter::save_singly(const InventoryBatch& batch) {
  const auto save = [&](InventoryBatch one, std::string_view kind, std::int64_t id) -> Status {
    auto done = store_.save_inventory(one);
    if (done || can_pass(done.error())) return done;
    log::error("an object was not stored", {{"kind", kind}, {"id", id}, {"error", done.error()}});
    const std::lock_guard lock(mutex_);
    ++standing_.refused;
    return {};
  };
  for (const auto& node : batch.nodes)
    if (auto done = save({.nodes = {node}}, "node", node.id.value); !done) return done;
  for (const auto& guest : batch.guests)
    if (auto done = save({.guests = {guest}}, "guest", guest.id.value); !done) return done;
  for (const auto& storage : batch.storages)
    if (auto done = save({.storages = {storage}}, "storage", storage.id.value); !done) return done;
  for (const auto& event : batch.events)
    if (auto done = save({.events = {event}}, "event of cluster", event.cluster.value); !done) return done;
  for (const auto& run : batch.backup_runs)
    if (auto done = save({.backup_runs = {run}}, "backup", run.run->vmid); !done) return done;
  return {};
}

void InventoryWriter::note(const Status& done, std::size_t stored) {
  const std::lock_guard lock(mutex_);
  stored_at_ = clock_.wall();
  if (done) {
    standing_.stored += stored;
    if (standing_.not_stored_since) log::info("the inventory is being stored again");
    standing_.not_stored_since.reset();
    standing_.last_error.clear();
    return;
  }
  if (!standing_.not_stored_since) {
    log::error("the inventory is not being stored", {{"error", done.error()}});
    standing_.not_stored_since = clock_.wall();
  }
  standing_.last_error = done.error().text;
}

WriterStanding InventoryWriter::standing() const {
  const std::lock_guard lock(mutex_);
  WriterStanding out = standing_;
  out.queued = nodes_.size() + guests_.size() + storages_.size() + events_.size() + backup_runs_.size();
  return out;
}

}  // namespace monitorix::store

#include "base/text.h"
#include "store/event/event_row.h"
#include "store/object_doc.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

template <class Enum>
Enum read_enum(const Row& row, std::size_t column, Enum last) {
  const auto number = row.integer(column);
  return number >= 0 && number <= static_cast<std::int64_t>(last) ? static_cast<Enum>(number) : Enum{};
}

/// When what is written was true; the store has no clock of its own.
Value seen_at(const std::optional<WallTime>& last_check, WallTime since) { return ms(last_check.value_or(since)); }

Value ratio(const std::optional<std::int64_t>& used, const std::optional<std::int64_t>& total) {
  if (!used || !total || *total <= 0) return {};
  return static_cast<double>(*used) / static_cast<double>(*total);
}

Values node_values(const Node& node) {
  return {node.id.value,
          node.cluster.value,
          node.name,
          node.is_local,
          !node.missing,
          node.maintenance_mode,
          static_cast<std::int64_t>(node.status),
          list_text(node.tags),
          doc_of(node),
          ms(node.last_check),
          ms(node.status_since),
          ms(node.created_at),
          seen_at(node.last_check, node.status_since)};
}

Values guest_values(const Guest& guest) {
  return {guest.id.value,
          guest.cluster.value,
          guest.node.exists() ? Value{guest.node.value} : Value{},
          static_cast<std::int64_t>(guest.type),
          guest.vmid,
          std::int64_t{guest.incarnation},
          guest.name,
          lower_ascii(guest.name),
          static_cast<std::int64_t>(guest.status),
          value_or_null(guest.cpu_ratio),
          ratio(guest.memory_used_bytes, guest.memory_total_bytes),
          value_or_null(guest.memory_total_bytes),
          ratio(guest.disk_used_bytes, guest.disk_capacity_bytes),
          value_or_null(guest.disk_total_bytes),
          value_or_null(guest.uptime_seconds),
          list_text(guest.tags),
          doc_of(guest),
          ms(guest.last_check),
          ms(guest.status_since),
          ms(guest.deleted_at),
          ms(guest.created_at),
          seen_at(guest.last_check, guest.status_since)};
}

Values storage_values(const Storage& storage) {
  const NodeId node = storage.shared || storage.nodes.empty() ? NodeId{} : storage.nodes.front();
  return {storage.id.value,
          storage.cluster.value,
          node.exists() ? Value{node.value} : Value{},
          node.exists() ? "#" + node.text() : std::string(),
          storage.name,
          storage.shared,
          static_cast<std::int64_t>(storage.state),
          doc_of(storage),
          ms(storage.last_check),
          ms(storage.status_since),
          ms(storage.deleted_at),
          ms(storage.created_at),
          seen_at(storage.last_check, storage.status_since)};
}

Node read_node(const Row& row) {
  Node node;
  node.id = NodeId{row.integer(0)};
  node.cluster = ClusterId{row.integer(1)};
  node.name = row.text(2);
  node.is_local = row.flag(3);
  node.missing = !row.flag(4);
  node.maintenance_mode = row.flag(5);
  node.status = read_enum(row, 6, NodeStatus::unreachable);
  node.tags = read_list(row.text(7));
  read_doc(row.text(8), node);
  node.last_check = row.maybe_time(9);
  node.status_since = row.time(10);
  node.created_at = row.time(11);
  return node;
}

Guest read_guest(const Row& row) {
  Guest guest;
  guest.id = GuestId{row.integer(0)};
  guest.cluster = ClusterId{row.integer(1)};
  guest.node = NodeId{row.integer(2)};
  guest.type = read_enum(row, 3, GuestType::unknown);
  guest.vmid = row.integer(4);
  guest.incarnation = static_cast<int>(row.integer(5));
  guest.name = row.text(6);
  guest.status = read_enum(row, 7, GuestStatus::deleted);
  guest.cpu_ratio = row.maybe_real(8);
  guest.memory_total_bytes = row.maybe_integer(9);
  guest.disk_total_bytes = row.maybe_integer(10);
  guest.uptime_seconds = row.maybe_integer(11);
  guest.tags = read_list(row.text(12));
  read_doc(row.text(13), guest);
  guest.last_check = row.maybe_time(14);
  guest.status_since = row.time(15);
  guest.deleted_at = row.maybe_time(16);
  guest.created_at = row.time(17);
  return guest;
}

Storage read_storage(const Row& row) {
  Storage storage;
  storage.id = StorageId{row.integer(0)};
  storage.cluster = ClusterId{row.integer(1)};
  storage.name = row.text(2);
  storage.shared = row.flag(3);
  storage.state = read_enum(row, 4, StorageState::inactive);
  read_doc(row.text(5), storage);
  storage.last_check = row.maybe_time(6);
  storage.status_since = row.time(7);
  storage.deleted_at = row.maybe_time(8);
  storage.created_at = row.time(9);
  return storage;
}

/// `update`, where there is one, does for a row whose indexed columns stay as they are.
template <class Object>
Status save_all(Link& link, const Query* update, const Query& save, const std::vector<Object>& objects,
                Values (*values_of)(const Object&)) {
  for (const Object& object : objects) {
    const Values values = values_of(object);
    auto saved = update == nullptr ? Result<Rows>(Rows{}) : link.run(*update, values);
    if (saved && saved->empty()) saved = link.run(save, values);
    if (!saved) return fail(std::move(saved).error().within("id " + object.id.text()));
  }
  return {};
}

template <class Object>
Status load_all(Link& link, const Query& query, std::vector<Object>& out, Object (*read)(const Row&)) {
  auto rows = link.run(query);
  if (!rows) return fail(std::move(rows).error());
  out.reserve(rows->size());
  for (const Row& row : *rows) out.push_back(read(row));
  return {};
}

// The runs of vzdump that state remembers. A guest keeps those of the last days and its newest success.
constexpr std::int64_t kKeptRuns = 8;

Values values_of(const KeptBackupRun& kept) {
  const BackupRun& run = *kept.run;
  return {kept.cluster.value,
          run.task->upid,
          run.vmid,
          run.task->node,
          run.task->storage ? Value{*run.task->storage} : Value{},
          ms(run.started_at),
          run.duration ? Value{std::int64_t{run.duration->count()}} : Value{},
          run.size_bytes ? Value{*run.size_bytes} : Value{},
          static_cast<std::int64_t>(run.result),
          run.error ? Value{*run.error} : Value{},
          run.from_log};
}

KeptBackupRun read_run(const Row& row) {
  BackupTask task{.upid = row.text(1), .node = row.text(3), .storage = row.maybe_text(4)};
  BackupRun run{.task = std::make_shared<const BackupTask>(std::move(task)), .vmid = row.integer(2)};
  run.started_at = row.time(5);
  if (const auto duration = row.maybe_integer(6)) run.duration = std::chrono::seconds{*duration};
  run.size_bytes = row.maybe_integer(7);
  const auto result = row.integer(8);
  if (result >= 0 && result <= static_cast<std::int64_t>(BackupResult::failed))
    run.result = static_cast<BackupResult>(result);
  run.error = row.maybe_text(9);
  run.from_log = row.flag(10);
  return {ClusterId{row.integer(0)}, std::make_shared<const BackupRun>(std::move(run))};
}

Status save_backup_runs(Link& link, const std::vector<KeptBackupRun>& runs) {
  for (const KeptBackupRun& kept : runs) {
    auto saved = link.run(queries::backup_run_save, values_of(kept));
    if (saved) saved = link.run(queries::backup_runs_trim, {kept.cluster.value, kept.run->vmid, kKeptRuns});
    if (!saved) return fail(std::move(saved).error().within("backup of " + std::to_string(kept.run->vmid)));
  }
  return {};
}

Result<std::vector<KeptBackupRun>> load_backup_runs(Link& link) {
  auto rows = link.run(queries::backup_runs_all);
  if (!rows) return fail(std::move(rows).error());
  std::vector<KeptBackupRun> out;
  out.reserve(rows->size());
  for (const Row& row : *rows) out.push_back(read_run(row));
  return out;
}

}  // namespace

Status save_node(Link& link, const Node& node) {
  return save_all(link, &queries::node_update, queries::node_save, std::vector{node}, &node_values);
}
Status save_guest(Link& link, const Guest& guest) {
  return save_all(link, &queries::guest_update, queries::guest_save, std::vector{guest}, &guest_values);
}

Status SqlStore::save_inventory(const InventoryBatch& batch) {
  if (batch.nodes.empty() && batch.guests.empty() && batch.storages.empty() && batch.events.empty() &&
      batch.backup_runs.empty())
    return {};
  return database_->write([&](Link& link) -> Status {
    // Nodes first: guests and storages refer to them.
    auto done = save_all(link, &queries::node_update, queries::node_save, batch.nodes, &node_values);
    if (done) done = save_all(link, &queries::guest_update, queries::guest_save, batch.guests, &guest_values);
    if (done) done = save_all(link, nullptr, queries::storage_save, batch.storages, &storage_values);
    if (done) done = save_events(link, batch.events);
    if (done) done = save_backup_runs(link, batch.backup_runs);
    return done;
  });
}

Result<Inventory> SqlStore::load_inventory() {
  return read_value<Inventory>(*database_, [&](Link& link) -> Result<Inventory> {
    Inventory out;
    auto done = load_all(link, queries::nodes_all, out.nodes, &read_node);
    if (done) done = load_all(link, queries::guests_all, out.guests, &read_guest);
    if (done) done = load_all(link, queries::storages_all, out.storages, &read_storage);
    if (!done) return fail(std::move(done).error());
    auto runs = load_backup_runs(link);
    if (!runs) return fail(std::move(runs).error());
    out.backup_runs = std::move(*runs);
    return out;
  });
}

Result<HighestIds> SqlStore::highest_ids() {
  return read_value<HighestIds>(*database_, [&](Link& link) -> Result<HighestIds> {
    auto rows = link.run(queries::highest_ids);
    if (!rows) return fail(std::move(rows).error());
    return HighestIds{rows->front().integer(0), rows->front().integer(1), rows->front().integer(2)};
  });
}

}  // namespace monitorix::store

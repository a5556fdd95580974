#include "app/rules/recorded.h"

#include <algorithm>

#include "app/alerts/standing.h"
#include "history/objects.h"

namespace monitorix::app {
namespace {

using history::CheckColumn, history::GuestColumn, history::NodeColumn, history::StorageColumn, history::Part;
using history::Rows, history::SeriesStatus;

struct Columns {
  std::size_t part{};
  std::optional<std::size_t> whole{};
};

std::optional<Columns> node_columns(Metric metric) {
  switch (metric) {
    case Metric::cpu_ratio: return Columns{NodeColumn::cpu};
    case Metric::memory_ratio: return Columns{NodeColumn::memory, NodeColumn::memory_total};
    case Metric::disk_ratio: return Columns{NodeColumn::disk, NodeColumn::disk_total};
    case Metric::swap_ratio: return Columns{NodeColumn::swap, NodeColumn::swap_total};
    case Metric::iowait_ratio: return Columns{NodeColumn::iowait};
    case Metric::memory_pressure_ratio: return Columns{NodeColumn::pressure_memory_some};
    case Metric::io_pressure_ratio: return Columns{NodeColumn::pressure_io_some};
    default: return std::nullopt;
  }
}

std::optional<Columns> guest_columns(Metric metric) {
  switch (metric) {
    case Metric::cpu_ratio: return Columns{GuestColumn::cpu};
    case Metric::memory_ratio: return Columns{GuestColumn::memory, GuestColumn::memory_total};
    case Metric::disk_ratio: return Columns{GuestColumn::disk, GuestColumn::disk_total};
    default: return std::nullopt;
  }
}

/// Does the object's present say this number at all?
bool is_told(const Numbers& numbers, Metric metric) {
  return std::ranges::any_of(numbers, [&](const auto& one) { return one.first == metric && one.second; });
}

FoundRecord found_in(const history::Recorder& recorder, const std::string& key, unsigned set, std::size_t status,
                     std::optional<Columns> columns) {
  const auto info = columns ? recorder.find(key) : std::nullopt;
  if (!info || info->set != set) return {.how = Record::unrecorded};
  return {Record::found, {*info, columns->part, columns->whole, std::nullopt, status}};
}

FoundRecord find_guest(const history::Recorder& recorder, const Guest& guest, Metric metric) {
  if (guest.is_template) return {};
  const auto columns = guest_columns(metric);
  const bool has_pressure = metric == Metric::memory_pressure_ratio || metric == Metric::io_pressure_ratio;
  if (!columns && !(has_pressure && guest.pressure)) return {};
  // Of a VM without a balloon the engine never hears how much memory it uses.
  if (metric == Metric::memory_ratio && guest.status == GuestStatus::running && !is_told(numbers_of(guest), metric))
    return {};
  FoundRecord found = found_in(recorder, history::object_key(guest), history::kGuestSet, GuestColumn::status, columns);
  if (metric == Metric::disk_ratio && guest.disk_capacity_bytes)
    found.recorded.fixed_whole = static_cast<double>(*guest.disk_capacity_bytes);
  return found;
}

FoundRecord find_storage(const history::Recorder& recorder, const state::Snapshot& world, const Storage& storage,
                         Metric metric) {
  if (metric != Metric::disk_ratio || storage.deleted_at) return {};
  const auto node = storage.nodes.empty() ? nullptr : world.node(storage.nodes.front());
  return found_in(recorder, history::object_key(storage, node ? node->name : ""), history::kStorageSet,
                  StorageColumn::status, Columns{StorageColumn::used, StorageColumn::total});
}

std::optional<double> cell(const Rows& rows, std::size_t column, std::size_t row) {
  if (column == 0 || column >= rows.columns.size() || !rows.columns[column].has(row)) return std::nullopt;
  return static_cast<double>(rows.columns[column].values[row]);
}

std::optional<double> share(std::optional<double> part, std::optional<double> whole) {
  if (!part || !whole || *whole <= 0) return std::nullopt;
  return *part / *whole;
}

/// What a 5-minute row keeps of a raw column, in the column's unit: the first of these parts that is there.
std::optional<double> kept(const Rows& fine, std::size_t raw, std::size_t row, std::initializer_list<Part> parts) {
  const history::Column& its = history::raw_columns(fine.set - history::kRollupOffset)[raw];
  for (const Part part : parts)
    if (const auto value = cell(fine, history::rollup_column(fine.set, raw, part), row))
      return *value * history::rollup_quantum(its);
  return std::nullopt;
}

}  // namespace

FoundRecord find_record(const history::Recorder& recorder, const state::Snapshot& world, Entity entity, Metric metric) {
  switch (entity.kind) {
    case EntityKind::node: {
      const auto node = world.node(NodeId{entity.id});
      const auto columns = node_columns(metric);
      if (!node || !columns) return {};
      return found_in(recorder, history::object_key(*node), history::kNodeSet, NodeColumn::status, columns);
    }
    case EntityKind::guest: {
      const auto guest = world.guest(GuestId{entity.id});
      return guest ? find_guest(recorder, *guest, metric) : FoundRecord{};
    }
    case EntityKind::storage: {
      const auto storage = world.storage(StorageId{entity.id});
      return storage ? find_storage(recorder, world, *storage, metric) : FoundRecord{};
    }
    case EntityKind::service:
      if (metric != Metric::response_seconds) return {};
      return found_in(recorder, history::object_key(ServiceId{entity.id}), history::kCheckSet, CheckColumn::status,
                      Columns{CheckColumn::latency});
    case EntityKind::monitor:
    case EntityKind::cluster: break;
  }
  return {};
}

std::vector<std::size_t> Recorded::columns() const {
  std::vector<std::size_t> all{part, status};
  if (whole) all.push_back(*whole);
  return all;
}

std::uint64_t Recorded::raw_columns() const {
  std::uint64_t bits = 1;
  for (const std::size_t column : columns()) bits |= std::uint64_t{1} << column;
  return bits;
}

std::optional<bool> Recorded::was_up(const Rows& raw, std::size_t row) const {
  const auto code = cell(raw, status, row);
  if (!code) return std::nullopt;
  return *code <= static_cast<double>(SeriesStatus::degraded);
}

std::optional<double> Recorded::value(const Rows& raw, std::size_t row) const {
  const auto its = history::raw_columns(raw.set);
  const auto number = cell(raw, part, row);
  if (!whole) return number ? std::optional(*number * its[part].quantum) : std::nullopt;
  return share(number, fixed_whole ? fixed_whole : cell(raw, *whole, row));
}

std::optional<double> Recorded::typical(const Rows& fine, std::size_t row) const {
  const auto number = kept(fine, part, row, {Part::avg, Part::last});
  if (!whole) return number;
  return share(number, fixed_whole ? fixed_whole : kept(fine, *whole, row, {Part::last}));
}

std::optional<double> Recorded::furthest(const Rows& fine, std::size_t row, bool upward) const {
  const auto number = kept(fine, part, row, {upward ? Part::max : Part::min, Part::last, Part::avg});
  if (!whole) return number;
  if (fixed_whole) return share(number, fixed_whole);
  // What it was at the row's end; a change within the row is told by the end of the one before.
  auto size = kept(fine, *whole, row, {Part::last});
  if (const auto before = row > 0 ? kept(fine, *whole, row - 1, {Part::last}) : std::nullopt; before && size)
    size = upward ? std::min(*size, *before) : std::max(*size, *before);
  return share(number, size);
}

bool Recorded::has_range() const { return history::raw_columns(series.set)[part].fold == history::Fold::gauge; }

}  // namespace monitorix::app

#include "app/history/sampled.h"

#include <algorithm>
#include <cmath>

#include "history/objects.h"
#include "history/rate.h"
#include "model/names.h"

namespace monitorix::app {
namespace {

using history::GuestColumn, history::NodeColumn, history::Row, history::Rows, history::SeriesStatus,
    history::StorageColumn;
using proxmox::Exported, proxmox::Metric, proxmox::Sampled;

constexpr std::int64_t kStillNow = 60;  // s: of the newest sample

struct Field {
  Metric metric{};
  std::size_t column{};
};
constexpr std::array<Field, 10> kGuestFields{{{Metric::cpu_current, GuestColumn::cpu},
                                              {Metric::mem_used, GuestColumn::memory},
                                              {Metric::mem_total, GuestColumn::memory_total},
                                              {Metric::disk_used, GuestColumn::disk},
                                              {Metric::disk_total, GuestColumn::disk_total},
                                              {Metric::net_in, GuestColumn::net_in},
                                              {Metric::net_out, GuestColumn::net_out},
                                              {Metric::disk_read, GuestColumn::disk_read},
                                              {Metric::disk_write, GuestColumn::disk_write},
                                              {Metric::uptime, GuestColumn::uptime}}};
constexpr std::array<Field, 12> kNodeFields{{{Metric::cpu_current, NodeColumn::cpu},
                                             {Metric::mem_used, NodeColumn::memory},
                                             {Metric::mem_total, NodeColumn::memory_total},
                                             {Metric::disk_used, NodeColumn::disk},
                                             {Metric::disk_total, NodeColumn::disk_total},
                                             {Metric::net_in, NodeColumn::net_in},
                                             {Metric::net_out, NodeColumn::net_out},
                                             {Metric::uptime, NodeColumn::uptime},
                                             {Metric::cpu_iowait, NodeColumn::iowait},
                                             {Metric::cpu_avg1, NodeColumn::load},
                                             {Metric::swap_used, NodeColumn::swap},
                                             {Metric::swap_total, NodeColumn::swap_total}}};
constexpr std::array<Field, 2> kStorageFields{
    {{Metric::disk_used, StorageColumn::used}, {Metric::disk_total, StorageColumn::total}}};

template <std::size_t Count>
Row row_of(unsigned set, const std::array<Field, Count>& fields, const Sampled& sampled) {
  Row row;
  const auto columns = history::raw_columns(set);
  for (const auto& [metric, column] : fields)
    if (sampled.has(metric))
      if (const auto value = history::quantised(columns[column], sampled[metric])) row.set(column, *value);
  return row;
}
void put_status(Row& row, std::size_t column, SeriesStatus status) {
  row.set(column, static_cast<std::int64_t>(status));
}

std::string name_of(const state::ClusterView& view, NodeId id) {
  const auto found = std::ranges::lower_bound(view.nodes, id, {}, [](const auto& node) { return node->id; });
  return found != view.nodes.end() && (*found)->id == id ? (*found)->name : std::string();
}

}  // namespace

Rows guest_rows(const Guest& guest, const std::vector<Sampled>& samples) {
  Rows rows(history::kGuestSet);
  for (const Sampled& one : samples) {
    // Only of a running guest there is more than its size; what is paused runs for pvestatd.
    const bool runs = one.has(Metric::cpu_current);
    Row row = runs ? row_of(history::kGuestSet, kGuestFields, one) : Row{};
    const auto status = !runs                                 ? SeriesStatus::stopped
                        : guest.status == GuestStatus::paused ? SeriesStatus::paused
                                                              : SeriesStatus::up;
    put_status(row, GuestColumn::status, status);
    push_row(rows, one.time, row);
  }
  settle(rows);
  return rows;
}

Rows node_rows(const std::vector<Sampled>& samples) {
  Rows rows(history::kNodeSet);
  for (const Sampled& one : samples) {
    Row row = row_of(history::kNodeSet, kNodeFields, one);
    put_status(row, NodeColumn::status, SeriesStatus::up);
    push_row(rows, one.time, row);
  }
  settle(rows);
  return rows;
}

Rows storage_rows(const std::vector<Sampled>& samples) {
  Rows rows(history::kStorageSet);
  for (const Sampled& one : samples) {
    if (!one.has(Metric::disk_total) || one[Metric::disk_total] <= 0) continue;  // disabled, or it does not answer
    Row row = row_of(history::kStorageSet, kStorageFields, one);
    put_status(row, StorageColumn::status, SeriesStatus::up);
    push_row(rows, one.time, row);
  }
  settle(rows);
  return rows;
}

NodeFlows node_flows(const Exported& exported) {
  constexpr std::string_view kPrefix = "node/";
  NodeFlows out;
  std::int64_t newest = 0;
  for (auto node = exported.lower_bound(kPrefix); node != exported.end() && node->first.starts_with(kPrefix); ++node)
    if (!node->second.empty()) newest = std::max(newest, node->second.back().time);
  for (auto node = exported.lower_bound(kPrefix); node != exported.end() && node->first.starts_with(kPrefix); ++node) {
    const Rows rows = node_rows(node->second);
    if (rows.size() < 2 || rows.t().back() + kStillNow < newest) continue;
    const auto timed = [&](std::size_t back) {
      const std::size_t at = rows.size() - back;
      return history::TimedRow{rows.t()[at], history::row_of(rows, at)};
    };
    const auto before = timed(2), now = timed(1);
    const auto in = history::growth_between(history::kNodeSet, NodeColumn::net_in, before, now);
    const auto out_grown = history::growth_between(history::kNodeSet, NodeColumn::net_out, before, now);
    if (!in || !out_grown) continue;
    const auto seconds = static_cast<double>(history::seconds_between(history::kNodeSet, before, now));
    out.rows.push_back({node->first.substr(kPrefix.size()), static_cast<double>(*in) / seconds,
                        static_cast<double>(*out_grown) / seconds});
  }
  return out;
}

std::vector<LateSet> late_rows(const history::Recorder& recorder, const state::ClusterView& view,
                               const Exported& exported, Extent extent) {
  LateSet nodes{history::kNodeSet, {}}, guests{history::kGuestSet, {}}, storages{history::kStorageSet, {}};
  const auto add = [&](LateSet& into, const std::string& key, Rows rows) {
    const auto info = rows.empty() ? std::nullopt : recorder.find(key);
    if (info && info->set == into.set) into.rows.push_back({info->id, std::move(rows)});
  };
  for (const auto& node : view.nodes)
    if (const auto found = exported.find("node/" + node->name); found != exported.end())
      add(nodes, history::object_key(*node), node_rows(found->second));
  if (extent != Extent::nodes) {
    for (const auto& guest : view.guests) {
      if (guest->is_template || guest->status == GuestStatus::deleted) continue;
      const auto found = exported.find(std::string(name_of(guest->type)) + "/" + std::to_string(guest->vmid));
      if (found != exported.end()) add(guests, history::object_key(*guest), guest_rows(*guest, found->second));
    }
  }
  if (extent == Extent::all) {
    for (const auto& storage : view.storages) {
      if (storage->deleted_at) continue;
      for (const NodeId id : storage->nodes) {
        const std::string node = name_of(view, id);
        const auto found = exported.find("storage/" + node + "/" + storage->name);
        if (found == exported.end()) continue;
        add(storages, history::object_key(*storage, node), storage_rows(found->second));
        break;
      }
    }
  }
  return {std::move(nodes), std::move(guests), std::move(storages)};
}

}  // namespace monitorix::app

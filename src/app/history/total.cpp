#include "app/history/total.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "history/objects.h"
#include "history/rate.h"

namespace monitorix::app {
namespace {

using history::GuestColumn, history::NodeColumn, history::Row, history::Rows, history::SeriesStatus,
    history::StorageColumn, history::TotalColumn;

constexpr double kCpuQuantum = 1e-5;

struct Moment {
  Total total{};
  Flows grown{};
  std::int64_t nodes{0};
};
using Moments = std::map<std::int64_t, Moment>;

std::optional<std::int64_t> cell(const Row& row, std::size_t column) {
  return row.has(column) ? std::optional(row.values[column]) : std::nullopt;
}
std::optional<double> cpu_of(const Row& row, std::size_t column) {
  return row.has(column) ? std::optional(static_cast<double>(row.values[column]) * kCpuQuantum) : std::nullopt;
}

/// Sums over the rows of the members.
class Summing {
 public:
  Summing(history::Recorder& recorder, history::Reader& reader, history::Window window)
      : recorder_(recorder),
        reader_(reader),
        window_(window) {}

  /// Calls `each` with every row of the object in the window and, of what flows, the growth since the one before.
  template <class Each>
  Status walk(const std::string& key, Each each) {
    const auto info = recorder_.find(key);
    if (!info) return {};
    auto chunk = reader_.rows(*info, history::Resolution::raw, window_.from - history::kLongestInterval, window_.to);
    if (!chunk) return fail(std::move(chunk).error());
    history::Readings readings(info->set);
    for (std::size_t i = 0; i < chunk->rows.size(); ++i) {
      const history::TimedRow now{chunk->rows.t()[i], history::row_of(chunk->rows, i)};
      Flows grown{};
      if (info->set == history::kGuestSet && readings.before())
        for (std::size_t flow = 0; flow < grown.size(); ++flow)
          grown[flow] = static_cast<double>(
              history::growth_between(info->set, GuestColumn::net_in + flow, *readings.before(), now).value_or(0));
      readings.pass(now);
      if (now.t >= window_.from) each(now.t, now.row, grown);
    }
    return {};
  }

  Status keep(const std::string& key, const Moments& moments, std::uint32_t shard, WallTime now) {
    const auto info = recorder_.find(key);
    if (!info || moments.empty()) return {};
    auto chunk = reader_.rows(*info, history::Resolution::raw, window_.from - history::kLongestInterval, window_.from);
    if (!chunk) return fail(std::move(chunk).error());
    Flows flows{};  // goes on from what stood there before
    if (!chunk->rows.empty()) {
      const Row last = history::row_of(chunk->rows, chunk->rows.size() - 1);
      for (std::size_t i = 0; i < flows.size(); ++i)
        flows[i] = static_cast<double>(cell(last, TotalColumn::net_in + i).value_or(0));
    }
    std::int64_t most = 0;
    for (const auto& [t, moment] : moments) most = std::max(most, moment.total.members + moment.nodes);
    Rows rows(history::kTotalSet);
    for (const auto& [t, moment] : moments) {
      for (std::size_t i = 0; i < flows.size(); ++i) flows[i] += moment.grown[i];
      // A sum without some of its members would be a dip that never was.
      if (moment.total.members + moment.nodes + most / 20 >= most) push_row(rows, t, row_of(moment.total, flows));
    }
    settle(rows);
    return recorder_.fill(shard, history::kTotalSet, {{info->id, std::move(rows)}}, window_, now);
  }

 private:
  history::Recorder& recorder_;
  history::Reader& reader_;
  history::Window window_;
};

}  // namespace

void Total::add(const Total& more) {
  cores_used += more.cores_used;
  cores += more.cores;
  memory += more.memory;
  memory_total += more.memory_total;
  disk += more.disk;
  disk_total += more.disk_total;
  running += more.running;
  members += more.members;
  has_cpu |= more.has_cpu;
  has_memory |= more.has_memory;
  has_disk |= more.has_disk;
}

void Total::add_use(const std::optional<double>& cpu_ratio, const std::optional<double>& cpu_count,
                    const std::optional<std::int64_t>& used, const std::optional<std::int64_t>& all) {
  if (cpu_ratio && cpu_count) {
    cores_used += *cpu_ratio * *cpu_count;
    cores += *cpu_count;
    has_cpu = true;
  }
  if (used && all) {
    memory += *used;
    memory_total += *all;
    has_memory = true;
  }
}

Row row_of(const Total& total, const Flows& flows) {
  Row row;
  if (total.has_cpu && total.cores > 0) {
    const auto cpu =
        history::quantised(history::raw_columns(history::kTotalSet)[TotalColumn::cpu], total.cores_used / total.cores);
    if (cpu) row.set(TotalColumn::cpu, *cpu);
  }
  if (total.has_memory) {
    row.set(TotalColumn::memory, total.memory);
    row.set(TotalColumn::memory_total, total.memory_total);
  }
  if (total.has_disk) {
    row.set(TotalColumn::disk, total.disk);
    row.set(TotalColumn::disk_total, total.disk_total);
  }
  for (std::size_t i = 0; i < flows.size(); ++i) row.set(TotalColumn::net_in + i, std::llround(flows[i]));
  row.set(TotalColumn::running, total.running);
  row.set(TotalColumn::members, total.members);
  return row;
}

Status fill_totals(history::Recorder& recorder, history::Reader& reader, const state::ClusterView& view,
                   history::Window window, WallTime now) {
  Summing summing(recorder, reader, window);
  Moments cluster;
  std::map<NodeId, Moments> of_nodes;
  constexpr auto up = static_cast<std::int64_t>(SeriesStatus::up);
  for (const auto& node : view.nodes) {
    auto walked = summing.walk(history::object_key(*node), [&](std::int64_t t, const Row& row, const Flows&) {
      if (cell(row, NodeColumn::status) != up) return;
      Moment& moment = cluster[t];
      ++moment.nodes;
      moment.total.add_use(cpu_of(row, NodeColumn::cpu), node->cpu_count, cell(row, NodeColumn::memory),
                           cell(row, NodeColumn::memory_total));
    });
    if (!walked) return walked;
  }
  for (const auto& guest : view.guests) {
    if (guest->is_template || guest->status == GuestStatus::deleted) continue;
    Moments& of_node = of_nodes[guest->node];
    auto walked = summing.walk(history::object_key(*guest), [&](std::int64_t t, const Row& row, const Flows& grown) {
      const bool runs = cell(row, GuestColumn::status) == up;
      for (Moment* moment : {&cluster[t], &of_node[t]}) {
        ++moment->total.members;
        moment->total.running += runs ? 1 : 0;
        for (std::size_t i = 0; i < grown.size(); ++i) moment->grown[i] += grown[i];
      }
      if (runs)
        of_node[t].total.add_use(cpu_of(row, GuestColumn::cpu), guest->cpu_count, cell(row, GuestColumn::memory),
                                 cell(row, GuestColumn::memory_total));
    });
    if (!walked) return walked;
  }
  for (const auto& storage : view.storages) {
    if (storage->deleted_at || storage->nodes.empty()) continue;
    const auto its =
        std::ranges::lower_bound(view.nodes, storage->nodes.front(), {}, [](const auto& n) { return n->id; });
    if (its == view.nodes.end()) continue;
    const auto key = history::object_key(*storage, (*its)->name);
    auto walked = summing.walk(key, [&](std::int64_t t, const Row& row, const Flows&) {
      const auto used = cell(row, StorageColumn::used), all = cell(row, StorageColumn::total);
      const auto moment = cluster.find(t);
      if (!used || !all || moment == cluster.end()) return;
      moment->second.total.disk += *used;
      moment->second.total.disk_total += *all;
      moment->second.total.has_disk = true;
    });
    if (!walked) return walked;
  }
  const auto shard = static_cast<std::uint32_t>(view.config.id.value);
  if (auto kept = summing.keep(history::object_key(view.config.id), cluster, shard, now); !kept) return kept;
  for (const auto& node : view.nodes)
    if (auto kept = summing.keep(history::guests_key(*node), of_nodes[node->id], shard, now); !kept) return kept;
  return {};
}

}  // namespace monitorix::app

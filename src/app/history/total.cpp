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

Flows rates_between(const history::TimedRow& before, const history::TimedRow& now) {
  Flows rates{};
  const std::int64_t seconds = history::seconds_between(history::kGuestSet, before, now);
  for (std::size_t flow = 0; flow < rates.size(); ++flow)
    if (const auto grown = history::growth_between(history::kGuestSet, GuestColumn::net_in + flow, before, now))
      rates[flow] = static_cast<double>(*grown) / static_cast<double>(seconds);
  return rates;
}

/// The counters of a sum, which go on from what was recorded last: each start of ours lets them begin anew.
class Recorded {
 public:
  struct Said {
    Flows flows{};
    std::optional<std::pair<std::int64_t, Flows>> ended{};  ///< when and with what the counters before them did
  };
  explicit Recorded(const Rows& rows) : rows_(rows) {}

  /// `t` rises from call to call; `grown` is what was added since the call before.
  Said flows_at(std::int64_t t, const Flows& grown) {
    Said out;
    const std::int64_t begun = before_.value_or(t);
    const Flows base = flows_;
    const auto plus = [&](const Flows& from, std::int64_t seconds) {
      Flows sum = from;
      const double share = t == begun ? 1 : static_cast<double>(seconds) / static_cast<double>(t - begun);
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += share * grown[i];
      return sum;
    };
    std::optional<std::int64_t> said_at;
    for (; next_ < rows_.size() && rows_.t()[next_] <= t; ++next_) {
      const Row row = history::row_of(rows_, next_);
      const std::int64_t before_it = rows_.t()[next_] - 1;
      if (before_ && cell(row, TotalColumn::net_in).value_or(0) < std::llround(flows_[0]) && before_it > begun)
        out.ended = {before_it, plus(base, before_it - begun)};
      for (std::size_t i = 0; i < flows_.size(); ++i)
        if (const auto said = cell(row, TotalColumn::net_in + i)) flows_[i] = static_cast<double>(*said);
      said_at = rows_.t()[next_];
    }
    if (said_at != t) flows_ = plus(flows_, t - std::max(begun, said_at.value_or(begun)));
    before_ = t;
    out.flows = flows_;
    return out;
  }

 private:
  const Rows& rows_;
  std::size_t next_{0};
  Flows flows_{};
  std::optional<std::int64_t> before_{};
};

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
    const bool flows = info->set == history::kGuestSet;
    history::Readings readings(info->set);
    // A second, as the sampler counts them: a step may be shorter or longer than what its reading tells of.
    Flows rates{};
    std::int64_t before = 0;
    for (std::size_t i = 0; i < chunk->rows.size(); ++i) {
      const history::TimedRow now{chunk->rows.t()[i], history::row_of(chunk->rows, i)};
      if (flows && readings.before() && !history::is_repeat(info->set, *readings.before(), now))
        rates = rates_between(*readings.before(), now);
      Flows grown{};
      for (std::size_t flow = 0; flow < grown.size(); ++flow)
        grown[flow] = rates[flow] * static_cast<double>(now.t - before);
      before = now.t;
      readings.pass(now);
      if (now.t >= window_.from) each(now.t, now.row, grown);
    }
    return {};
  }

  Status keep(const std::string& key, const Moments& moments, std::uint32_t shard, WallTime now) {
    const auto info = recorder_.find(key);
    if (!info || moments.empty()) return {};
    auto chunk = reader_.rows(*info, history::Resolution::raw, window_.from - history::kLongestInterval, window_.to);
    if (!chunk) return fail(std::move(chunk).error());
    std::int64_t most = 0;
    for (const auto& [t, moment] : moments) most = std::max(most, moment.total.members + moment.nodes);
    Recorded recorded(chunk->rows);
    Rows rows(history::kTotalSet);
    for (const auto& [t, moment] : moments) {
      const auto said = recorded.flows_at(t, moment.grown);
      // A sum without some of its members would be a dip that never was.
      if (moment.total.members + moment.nodes + most / 20 < most) continue;
      if (said.ended) push_row(rows, said.ended->first, row_of(moment.total, said.ended->second));
      push_row(rows, t, row_of(moment.total, said.flows));
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

#include "app/history/sampler.h"

#include <algorithm>
#include <cmath>

#include "history/objects.h"
#include "history/rate.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
using history::CheckColumn, history::GuestColumn, history::NodeColumn, history::Row, history::SeriesStatus,
    history::StorageColumn;

constexpr std::int64_t kGridUnit = 5;     // s; poll intervals are multiples of it
constexpr auto kFreshTotal = 90s;         // older cluster rows are not part of the fleet's
constexpr std::uint32_t kFleetShard = 0;  // clusters' ids begin at 1

/// Puts a value that is known into its column.
template <class Value>
void put(Row& row, unsigned set, std::size_t column, const std::optional<Value>& value) {
  if (!value) return;
  const auto stored = history::quantised(history::raw_columns(set)[column], static_cast<double>(*value));
  if (stored) row.set(column, *stored);
}
void put(Row& row, std::size_t column, const std::optional<std::int64_t>& bytes) {
  if (bytes) row.set(column, *bytes);
}
void put_status(Row& row, std::size_t column, SeriesStatus status) {
  row.set(column, static_cast<std::int64_t>(status));
}

SeriesStatus series_status(GuestStatus status) {
  switch (status) {
    case GuestStatus::running: return SeriesStatus::up;
    case GuestStatus::paused: return SeriesStatus::paused;
    case GuestStatus::stopped: return SeriesStatus::stopped;
    default: return SeriesStatus::unreachable;
  }
}
SeriesStatus series_status(const Node& node) {
  if (node.status == NodeStatus::online) return SeriesStatus::up;
  return node.status == NodeStatus::offline ? SeriesStatus::down : SeriesStatus::unreachable;
}
SeriesStatus series_status(StorageState state) {
  if (state == StorageState::available) return SeriesStatus::up;
  return state == StorageState::inactive ? SeriesStatus::down : SeriesStatus::unreachable;
}

/// Bytes per second between two readings, where anybody can know it. Sums grow by these times the length of the tick:
/// so nothing jumps when a guest comes, goes or begins anew, or when pvestatd was late for all guests of a node.
std::array<double, 4> rates_between(const state::Counters& before, const state::Counters& now) {
  if (before.at == WallTime{} || before.node != now.node) return {};
  const std::int64_t waited = (to_ms(now.at) - to_ms(before.at) + 500) / 1000;
  if (waited > history::kLongestInterval || history::began_anew(before.uptime, now.uptime, waited)) return {};
  const std::int64_t seconds = history::seconds_by_uptime(before.uptime, now.uptime, waited);
  const auto of = [&](const std::optional<std::int64_t>& a, const std::optional<std::int64_t>& b) {
    const auto grown = a && b ? history::counter_growth(*a, *b, seconds) : std::nullopt;
    return grown ? static_cast<double>(*grown) / static_cast<double>(seconds) : 0.0;
  };
  return {of(before.net_in, now.net_in), of(before.net_out, now.net_out), of(before.disk_read, now.disk_read),
          of(before.disk_write, now.disk_write)};
}

void add_flows(std::array<double, 4>& sum, const std::array<double, 4>& more, double times = 1) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i] * times;
}

}  // namespace

std::optional<std::int64_t> TickGrid::next(WallTime at) {
  const std::int64_t ms = to_ms(at);
  std::int64_t t = (ms + 500) / 1000;
  const std::int64_t gap = (ms - last_ * 1000 + kGridUnit * 500) / (kGridUnit * 1000) * kGridUnit;
  if (gap > 0 && std::abs((last_ + gap) * 1000 - ms) <= kSlack.count()) t = last_ + gap;
  if (t <= last_) return std::nullopt;
  last_ = t;
  return t;
}

struct Sampler::Tick {
  const state::ClusterView& view;
  Cluster& cluster;
  WallTime observed{}, at{};  ///< the latter on the grid
  double seconds{};           ///< since the tick before; 0 when nobody knows what flowed meanwhile
  std::vector<history::Sample> guests{}, nodes{}, storages{}, totals{};
  std::vector<Total> node_totals{};    ///< of the guests of each node, by position
  std::vector<bool> is_node_listed{};  ///< by position
};

void Sampler::take(const Observation& observation) {
  if (const auto* polls = std::get_if<EndpointPolls>(&observation.what)) return take_polls(observation, *polls);
  if (!std::holds_alternative<Resources>(observation.what)) return;
  const auto world = inventory_.snapshot();
  const state::ClusterView* view = world->cluster(observation.cluster);
  if (view == nullptr) {
    clusters_.erase(observation.cluster);
    return;
  }
  Cluster& cluster = clusters_[observation.cluster];
  const auto t = cluster.grid.next(observation.at);
  if (!t) return;
  cluster.total = {};
  const std::int64_t gap = cluster.last_t == 0 ? 0 : *t - cluster.last_t;
  cluster.last_t = *t;
  Tick tick{*view, cluster, observation.at, from_seconds(*t),
            gap > history::kLongestInterval ? 0.0 : static_cast<double>(gap)};
  take_nodes(tick);
  take_guests(tick);
  take_storages(tick);
  take_totals(tick);
  const auto shard = static_cast<std::uint32_t>(observation.cluster.value);
  recorder_.record(shard, history::kNodeSet, tick.at, tick.nodes);
  recorder_.record(shard, history::kGuestSet, tick.at, tick.guests);
  recorder_.record(shard, history::kStorageSet, tick.at, tick.storages);
  recorder_.record(shard, history::kTotalSet, tick.at, tick.totals);
}

void Sampler::take_polls(const Observation& observation, const EndpointPolls& polls) {
  const auto world = inventory_.snapshot();
  const state::ClusterView* view = world->cluster(observation.cluster);
  if (view == nullptr) return;
  for (const auto& one : polls.polls) {
    const auto endpoint = std::ranges::find(view->config.endpoints, one.endpoint, &Endpoint::id);
    if (endpoint == view->config.endpoints.end()) continue;
    const auto series =
        recorder_.series_for(history::SeriesKind::endpoint, history::object_key(observation.cluster, *endpoint),
                             history::kCheckSet, view->config.poll_interval.count(), observation.at);
    Row row;
    put_status(row, CheckColumn::status, one.took ? SeriesStatus::up : SeriesStatus::down);
    std::optional<double> seconds;
    if (one.took) seconds = std::chrono::duration<double>(*one.took).count();
    put(row, history::kCheckSet, CheckColumn::latency, seconds);
    recorder_.record(static_cast<std::uint32_t>(observation.cluster.value), history::kCheckSet, observation.at,
                     {{series, row}});
  }
}

void Sampler::take_nodes(Tick& tick) {
  auto& members = tick.cluster.nodes;
  members.resize(tick.view.nodes.size());
  tick.node_totals.resize(members.size());
  tick.is_node_listed.resize(members.size());
  const std::int64_t step = tick.view.config.poll_interval.count();
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Node& node = *tick.view.nodes[i];
    NodeMember& member = members[i];
    if (!inventory_.is_node_listed(tick.view.config.id, i)) continue;
    tick.is_node_listed[i] = true;
    if (member.id != node.id) {
      member = {};
      member.id = node.id;
      member.series = recorder_.series_for(history::SeriesKind::node, history::object_key(node), history::kNodeSet,
                                           step, tick.observed);
      member.guests = recorder_.series_for(history::SeriesKind::node, history::guests_key(node), history::kTotalSet,
                                           step, tick.observed);
    }
    Row row;
    constexpr unsigned set = history::kNodeSet;
    put_status(row, NodeColumn::status, series_status(node));
    if (node.status == NodeStatus::online) {
      put(row, set, NodeColumn::cpu, node.cpu_ratio);
      put(row, NodeColumn::memory, node.memory_used_bytes);
      put(row, NodeColumn::memory_total, node.memory_total_bytes);
      put(row, NodeColumn::disk, node.disk_used_bytes);
      put(row, NodeColumn::disk_total, node.disk_total_bytes);
      put(row, NodeColumn::uptime, node.uptime_seconds);
      tick.cluster.total.add_use(node.cpu_ratio, node.cpu_count, node.memory_used_bytes, node.memory_total_bytes);
      const NodeDetail& detail = node.detail;
      if (detail.status_at && detail.status_at != member.status_at) {  // once per answer: it is not measured each tick
        member.status_at = detail.status_at;
        put(row, set, NodeColumn::iowait, detail.iowait_ratio);
        put(row, set, NodeColumn::load, detail.load_1);
        put(row, NodeColumn::swap, detail.swap_used_bytes);
        put(row, NodeColumn::swap_total, detail.swap_total_bytes);
        put(row, set, NodeColumn::pressure_cpu_some, detail.pressure.cpu_some);
        put(row, set, NodeColumn::pressure_io_some, detail.pressure.io_some);
        put(row, set, NodeColumn::pressure_io_full, detail.pressure.io_full);
        put(row, set, NodeColumn::pressure_memory_some, detail.pressure.memory_some);
        put(row, set, NodeColumn::pressure_memory_full, detail.pressure.memory_full);
      }
    }
    tick.nodes.push_back({member.series, row});
  }
}

void Sampler::take_guests(Tick& tick) {
  auto& members = tick.cluster.guests;
  members.resize(tick.view.guests.size());
  tick.guests.reserve(members.size());
  const auto& nodes = tick.view.nodes;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Guest& guest = *tick.view.guests[i];
    if (guest.is_template || !inventory_.is_guest_listed(tick.view.config.id, i)) continue;
    Member& member = members[i];
    if (member.id != guest.id) {
      recorder_.rename(history::object_key(guest, GuestType::unknown), history::object_key(guest));  // if imported
      member = {guest.id,
                recorder_.series_for(history::SeriesKind::guest, history::object_key(guest), history::kGuestSet,
                                     tick.view.config.poll_interval.count(), tick.observed),
                {},
                {}};
    }
    const auto at_node = std::ranges::lower_bound(nodes, guest.node, {}, [](const auto& node) { return node->id; });
    const bool has_node = at_node != nodes.end() && (*at_node)->id == guest.node;
    const auto node = static_cast<std::size_t>(at_node - nodes.begin());
    ++tick.cluster.total.members;
    if (has_node) ++tick.node_totals[node].members;
    Row row;
    put_status(row, GuestColumn::status, series_status(guest.status));
    if (guest.status == GuestStatus::running) {
      ++tick.cluster.total.running;
      put(row, history::kGuestSet, GuestColumn::cpu, guest.cpu_ratio);
      put(row, GuestColumn::memory, guest.memory_used_bytes);
      put(row, GuestColumn::memory_total, guest.memory_total_bytes);
      put(row, GuestColumn::disk, guest.disk_used_bytes);
      put(row, GuestColumn::disk_total, guest.disk_total_bytes);
      if (const state::Counters* now = inventory_.counters(tick.view.config.id, i); now && now->at != WallTime{}) {
        put(row, GuestColumn::net_in, now->net_in);
        put(row, GuestColumn::net_out, now->net_out);
        put(row, GuestColumn::disk_read, now->disk_read);
        put(row, GuestColumn::disk_write, now->disk_write);
        put(row, GuestColumn::uptime, now->uptime);
        if (now->at != member.before.at) member.rates = rates_between(member.before, *now);
        member.before = *now;
        add_flows(tick.cluster.flows, member.rates, tick.seconds);
        if (has_node) add_flows(tick.cluster.nodes[node].flows, member.rates, tick.seconds);
      }
      if (has_node) {
        Total& total = tick.node_totals[node];
        ++total.running;
        total.add_use(guest.cpu_ratio, guest.cpu_count, guest.memory_used_bytes, guest.memory_total_bytes);
      }
    }
    tick.guests.push_back({member.series, row});
  }
}

void Sampler::take_storages(Tick& tick) {
  auto& members = tick.cluster.storages;
  members.resize(tick.view.storages.size());
  for (std::size_t i = 0; i < members.size(); ++i) {
    const Storage& storage = *tick.view.storages[i];
    if (storage.deleted_at || !inventory_.is_storage_listed(tick.view.config.id, i)) continue;
    StorageMember& member = members[i];
    if (member.id != storage.id) {
      const auto its_node = std::ranges::find_if(tick.view.nodes, [&](const auto& node) {
        return !storage.nodes.empty() && node->id == storage.nodes.front();
      });
      const std::string node = its_node == tick.view.nodes.end() ? std::string() : (*its_node)->name;
      member = {storage.id,
                recorder_.series_for(history::SeriesKind::storage, history::object_key(storage, node),
                                     history::kStorageSet, tick.view.config.poll_interval.count(), tick.observed)};
    }
    Row row;
    put_status(row, StorageColumn::status, series_status(storage.state));
    put(row, StorageColumn::used, storage.used_bytes);
    put(row, StorageColumn::total, storage.total_bytes);
    if (storage.used_bytes && storage.total_bytes) {
      Total& total = tick.cluster.total;
      total.disk += *storage.used_bytes;
      total.disk_total += *storage.total_bytes;
      total.has_disk = true;
    }
    tick.storages.push_back({member.series, row});
  }
}

void Sampler::take_totals(Tick& tick) {
  Cluster& cluster = tick.cluster;
  if (cluster.series == 0)
    cluster.series = recorder_.series_for(history::SeriesKind::cluster, history::object_key(tick.view.config.id),
                                          history::kTotalSet, tick.view.config.poll_interval.count(), tick.observed);
  cluster.at = tick.observed;
  tick.totals.push_back({cluster.series, row_of(cluster.total, cluster.flows)});
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const NodeMember& member = cluster.nodes[i];
    if (member.guests != 0 && tick.is_node_listed[i])
      tick.totals.push_back({member.guests, row_of(tick.node_totals[i], member.flows)});
  }
}

void Sampler::take_fleet(WallTime now) {
  Total total;
  Flows flows{};
  bool any = false;
  for (const auto& [id, cluster] : clusters_) {
    add_flows(flows, cluster.flows);
    if (!cluster.at || now - *cluster.at > kFreshTotal) continue;
    any = true;
    total.add(cluster.total);
  }
  if (!any) return;
  const auto t = fleet_grid_.next(now);
  if (!t) return;
  if (fleet_ == 0)
    fleet_ =
        recorder_.series_for(history::SeriesKind::fleet, std::string(history::kFleetKey), history::kTotalSet, 10, now);
  recorder_.record(kFleetShard, history::kTotalSet, from_seconds(*t), {{fleet_, row_of(total, flows)}});
}

}  // namespace monitorix::app

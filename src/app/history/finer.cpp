#include "app/history/finer.h"

#include <algorithm>

#include "app/history/sampled.h"
#include "app/history/total.h"
#include "base/log.h"
#include "base/steps.h"
#include "history/fill.h"
#include "history/objects.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kPeriod{60};
constexpr std::chrono::seconds kSoon{5};  // nothing was recorded yet
constexpr std::chrono::seconds kRetry{60};
constexpr std::chrono::hours kUnknown{6};    // X9: this version will not change soon
constexpr std::chrono::minutes kDenied{10};  // rights may be given at any time
constexpr int kAtOnce = 1;                   // an answer about a thousand guests has eight megabytes
constexpr std::int64_t kKept = 1800;         // s that the members keep
constexpr std::int64_t kOverlap = 20;        // s: clocks differ (M6)
constexpr std::int64_t kLong = 300;          // s: more is asked of each member by itself (M5)
constexpr std::size_t kSeriesAtOnce = 100;   // of a long window: its rows are many

}  // namespace

/// One call or a few of one cluster.
struct Finer::Round {
  ClusterId id{};
  std::shared_ptr<const state::ClusterView> view{};
  history::Window window{};  ///< what may be filled, seconds
  std::vector<proxmox::ExportWish> wishes{};
  Extent extent{Extent::nodes};
  [[nodiscard]] bool is_long() const { return window.to - window.from > kLong; }
};

void Finer::look() {
  if (parts_.archive.recorder().is_recovering()) return;
  const auto world = parts_.inventory.snapshot();
  std::erase_if(clusters_, [&](const auto& one) { return !one.second.is_running && !world->cluster(one.first); });
  auto running = std::ranges::count_if(clusters_, [](const auto& one) { return one.second.is_running; });
  for (const auto& [id, view] : world->clusters) {
    Cluster& cluster = clusters_[id];
    const bool answers = view->health.state == ClusterState::ok || view->health.state == ClusterState::degraded;
    if (running >= kAtOnce || cluster.is_running || !answers || !view->version ||
        parts_.clock.steady() < cluster.next_look)
      continue;
    cluster.is_running = true;
    ++running;
    parts_.loop.spawn("finer", run(id));
  }
}

net::Task<> Finer::run(ClusterId id) {
  const auto begun = parts_.clock.steady();
  std::chrono::seconds pause = kRetry;
  try {
    pause = co_await ask(id);
  } catch (const std::exception& error) {  // else it would seem to run for ever
    log::error("the minutes that were missed were not asked for",
               {{"cluster", id.text()}, {"error", std::string(error.what())}});
  }
  Cluster& cluster = clusters_[id];
  cluster.is_running = false;
  cluster.next_look = begun + pause;
}

net::Task<std::chrono::seconds> Finer::ask(ClusterId id) {
  const auto info = parts_.archive.recorder().find(history::object_key(id));
  if (!info) co_return kSoon;
  if (clusters_[id].filled_to == 0) {
    const std::int64_t begin = co_await begin_of(*info);
    if (begin == 0) co_return kSoon;
    clusters_[id].filled_to = begin;
  }
  const auto world = parts_.inventory.snapshot();
  const auto view = world->clusters.find(id);
  if (view == world->clusters.end()) co_return kSoon;
  const auto round = round_of(id, *view->second, *info);
  if (!round) co_return kSoon;
  Round its = *round;
  its.view = view->second;
  std::size_t answered = 0, refused = 0, denied = 0;
  bool is_too_large = false;
  for (const proxmox::ExportWish& wish : its.wishes) {
    const auto taken = co_await take(its, wish);
    if (taken) {
      ++answered;
      continue;
    }
    refused += taken.error().code == Errc::not_found ? 1 : 0;
    denied += taken.error().code == Errc::denied ? 1 : 0;
    is_too_large |= taken.error().code == Errc::too_large;
    log::debug("metrics/export did not help", {{"cluster", id.text()}, {"error", taken.error()}});
  }
  if (refused > 0 && refused == its.wishes.size()) co_return kUnknown;
  if (denied > 0 && refused + denied == its.wishes.size()) co_return kDenied;
  if (answered == 0 && !is_too_large) co_return kRetry;  // more of it would be larger still
  if (its.is_long()) {
    std::function<Status()> sums = [archive = &parts_.archive, its, now = parts_.clock.wall()] {
      return fill_totals(archive->recorder(), archive->reader(), *its.view, its.window, now);
    };
    if (auto summed = co_await parts_.archive.edit(std::move(sums)); !summed)
      log::warn("the sums of the missed minutes were not made", {{"cluster", id.text()}, {"error", summed.error()}});
    log::info("the minutes that were missed were fetched",
              {{"cluster", id.text()}, {"seconds", its.window.to - its.window.from}, {"calls", answered}});
  }
  clusters_[id].filled_to = its.window.to - 1;
  co_return kPeriod;
}

// A cluster's own sum has a row for each of its polls.
net::Task<std::int64_t> Finer::begin_of(history::SeriesInfo cluster) {
  const std::int64_t start = to_seconds(parts_.archive.started());
  const auto last = co_await parts_.archive.last_before_start(parts_.pool, cluster);
  if (!last) co_return 0;
  if (*last > 0) co_return *last - kPeriod.count();  // of the last minute only the polls were recorded
  const std::int64_t created = cluster.created_ms / 1000;
  if (created < start) co_return start - kKept;  // nothing of late: all that is kept there is missing here
  // Connected just now: the past that is read back ends with five whole minutes, and there the samples begin.
  co_return step_down(created, history::kFineBucket) - history::kFineBucket - 1;
}

std::optional<Finer::Round> Finer::round_of(ClusterId id, const state::ClusterView& view,
                                            const history::SeriesInfo& info) const {
  const std::int64_t now = to_seconds(parts_.clock.wall());
  const std::int64_t filled_to = std::max(clusters_.at(id).filled_to, now - kKept);
  const history::Rows ticks = parts_.archive.recorder().rows(info.id, filled_to, now + 1);
  if (ticks.empty() || ticks.t().back() <= filled_to) return std::nullopt;
  Round out{id, {}, {filled_to + 1, ticks.t().back() + 1}, {}, Extent::nodes};
  std::int64_t before = filled_to;
  for (const std::int64_t t : ticks.t()) {
    if (t - before >= 2 * history::kFinestStep - 5) out.extent = Extent::nodes_and_guests;
    before = t;
  }
  if (out.is_long()) out.extent = Extent::all;
  const std::int64_t since = filled_to - kOverlap;
  if (!proxmox::gathers_for_tokens(*view.version)) {
    for (const Endpoint& endpoint : view.config.endpoints) out.wishes.push_back({since, "", endpoint.id});
  } else if (out.is_long()) {
    for (const auto& node : view.nodes)
      if (node->status == NodeStatus::online) out.wishes.push_back({since, node->name, {}});
  } else {
    out.wishes.push_back({since, "", {}});
  }
  return out;
}

net::Task<Status> Finer::take(const Round& round, proxmox::ExportWish wish) {
  const auto source = parts_.source_of(round.id);
  if (!source) co_return fail(Errc::cancelled, "the cluster is gone");
  if (round.is_long()) (void)source->make_way();  // it does not wait itself: the members forget
  auto body = co_await proxmox::ask_export(source->client(), std::move(wish));
  if (!body) co_return fail(body.error());
  std::function<Result<proxmox::Exported>()> read = [text = std::make_shared<std::string>(std::move(*body))] {
    return proxmox::parse_export(*text);
  };
  auto exported = co_await net::offload<proxmox::Exported>(parts_.pool, std::move(read));
  if (!exported) co_return fail(exported.error());
  if (NodeFlows flows = node_flows(*exported); !flows.rows.empty())
    parts_.tell({.cluster = round.id, .at = parts_.clock.wall(), .what = std::move(flows)});
  const auto shared = std::make_shared<const proxmox::Exported>(std::move(*exported));
  std::function<Status()> work = [recorder = &parts_.archive.recorder(), round, shared, now = parts_.clock.wall()] {
    const auto shard = static_cast<std::uint32_t>(round.id.value);
    for (LateSet& set : late_rows(*recorder, *round.view, *shared, round.extent)) {
      const std::size_t most = round.is_long() ? kSeriesAtOnce : set.rows.size();
      while (!set.rows.empty()) {
        const std::size_t count = std::min(most, set.rows.size());
        std::vector<history::LateRows> some(
            std::make_move_iterator(set.rows.end() - static_cast<std::ptrdiff_t>(count)),
            std::make_move_iterator(set.rows.end()));
        set.rows.resize(set.rows.size() - count);
        if (auto filled = recorder->fill(shard, set.set, some, round.window, now); !filled) return filled;
      }
    }
    return Status{};
  };
  co_return co_await parts_.archive.edit(std::move(work));
}

}  // namespace monitorix::app

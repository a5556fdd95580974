#include "app/history/backfill.h"

#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "history/objects.h"
#include "history/remembered.h"
#include "proxmox/path.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
using proxmox::PastFrame, proxmox::PastFunction;

constexpr auto kBetweenCalls = 125ms;  // 8 a second (R5)
constexpr auto kSlowAnswer = 1s;       // then the cluster is given five times as long to rest
constexpr auto kLookAgain = 5min;      // for guests that came
constexpr auto kTryAgain = 60s;
constexpr int kAtOnce = 4;             // clusters: a hundred at once would take a core for themselves
constexpr std::int64_t kOutage = 120;  // seconds without a sample that are worth asking for
constexpr std::int64_t kHalfHour = 1800, kHour = 3300, kDay = 86'400, kLookBack = 14 * kDay;

/// A version of Proxmox VE whose frames are a minute, half an hour and six hours apart; before 9 they are coarser.
bool has_fine_frames(const state::ClusterView& view) {
  int major = 0;
  if (view.version) std::from_chars(view.version->data(), view.version->data() + view.version->size(), major);
  return major >= 9;
}

struct Fetched {
  std::vector<PastRow> average{}, maximum{};
};

Status keep(history::Keeper& keeper, history::SeriesId series, unsigned set, PastFrame frame, const Fetched& past,
            std::int64_t now) {
  // The day's half hours (before Proxmox VE 9) fill holes that are shorter than an hour, too.
  const std::int64_t longest_fine = frame == PastFrame::day ? kHalfHour : history::kFineBucket;
  const auto rows = history::remembered(set, past.average, past.maximum, now, longest_fine);
  const auto precedence = frame == PastFrame::year ? history::Precedence::kept : history::Precedence::over_remembered;
  history::Batch all;
  for (const auto& [resolution, its] :
       {std::pair{history::Resolution::coarse, &rows.coarse}, std::pair{history::Resolution::fine, &rows.fine}}) {
    if (its->empty()) continue;
    auto batch = history::fill_rollup(keeper, series, resolution, *its, precedence);
    if (!batch) return fail(std::move(batch).error());
    std::move(batch->chunks.begin(), batch->chunks.end(), std::back_inserter(all.chunks));
  }
  all.frames.push_back({series, static_cast<int>(frame)});
  return keeper.write(all);
}

}  // namespace

void Backfill::look() {
  if (parts_.archive.recorder().is_recovering()) return;
  const auto world = parts_.inventory.snapshot();
  std::erase_if(clusters_,
                [&](const auto& one) { return !one.second.progress.is_running && !world->cluster(one.first); });
  auto running = std::ranges::count_if(clusters_, [](const auto& one) { return one.second.progress.is_running; });
  for (const auto& [id, view] : world->clusters) {
    Cluster& cluster = clusters_[id];
    const bool answers = view->health.state == ClusterState::ok || view->health.state == ClusterState::degraded;
    if (running >= kAtOnce || cluster.progress.is_running || !answers || !view->version ||
        parts_.clock.steady() < cluster.next_look)
      continue;
    cluster.progress.is_running = true;
    ++running;
    parts_.loop.spawn("backfill", run(id));
  }
}

BackfillProgress Backfill::progress(ClusterId id) const {
  const auto found = clusters_.find(id);
  return found == clusters_.end() ? BackfillProgress{} : found->second.progress;
}

net::Task<> Backfill::run(ClusterId id) {
  bool went_well = false;
  try {
    went_well = co_await read_all_back(id);
  } catch (const std::exception& error) {  // else it would seem to run for ever
    log::error("the past was not read back", {{"cluster", id.text()}, {"error", std::string(error.what())}});
    clusters_[id].has_checked_gap = false;
  }
  Cluster& cluster = clusters_[id];
  cluster.progress.is_running = false;
  cluster.next_look = parts_.clock.steady() + (went_well ? std::chrono::seconds(kLookAgain) : kTryAgain);
}

net::Task<bool> Backfill::read_all_back(ClusterId id) {
  if (!co_await learn_done()) co_return false;
  const bool is_first = !std::exchange(clusters_[id].has_checked_gap, true);
  const std::int64_t outage = is_first ? co_await outage_of(id) : 0;
  const std::vector<Item> items = due(id, outage);
  clusters_[id].progress = {true, 0, items.size()};
  if (items.empty()) co_return true;
  log::info("reading back what Proxmox VE remembers",
            {{"cluster", id.text()}, {"frames", items.size()}, {"outage_seconds", outage}});
  for (const Item& item : items) {
    if (!co_await read_back(id, item)) {
      if (is_first && outage > 0) clusters_[id].has_checked_gap = false;
      co_return false;
    }
    ++clusters_[id].progress.done;
  }
  log::info("the past was read back", {{"cluster", id.text()}});
  co_return true;
}

net::Task<bool> Backfill::learn_done() {
  if (knows_done_) co_return true;
  std::function<Result<std::vector<history::FrameDone>>()> question = [keeper = &parts_.archive.keeper()] {
    return keeper->frames_done();
  };
  const auto frames = co_await net::offload<std::vector<history::FrameDone>>(parts_.pool, std::move(question));
  if (!frames) co_return false;
  done_.insert(frames->begin(), frames->end());
  knows_done_ = true;
  co_return true;
}

// The cluster's own sum has a row for each of its polls.
net::Task<std::int64_t> Backfill::outage_of(ClusterId id) {
  const auto info = parts_.archive.recorder().find(history::object_key(id));
  if (!info) co_return 0;
  const std::int64_t before = to_seconds(parts_.archive.started());
  const auto last = co_await parts_.archive.last_before_start(parts_.pool, *info);
  if (!last) co_return 0;
  if (*last == 0) co_return before > info->created_ms / 1000 + kOutage ? kLookBack : 0;
  co_return before - *last > kOutage ? before - *last : 0;
}

std::vector<Backfill::Item> Backfill::due(ClusterId id, std::int64_t outage) const {
  const auto world = parts_.inventory.snapshot();
  const state::ClusterView* view = world->cluster(id);
  if (view == nullptr) return {};
  std::vector<Item> objects;
  const auto add = [&](const std::string& key, const Result<std::string>& path) {
    const auto info = parts_.archive.recorder().find(key);
    if (info && path) objects.push_back({info->id, info->set, *path, {}});
  };
  const auto node_named = [&](NodeId node) {
    const auto found = std::ranges::lower_bound(view->nodes, node, {}, [](const auto& one) { return one->id; });
    const bool is_there = found != view->nodes.end() && (*found)->id == node;
    return is_there && (*found)->status == NodeStatus::online ? (*found)->name : std::string();
  };
  for (const auto& storage : view->storages) {
    if (storage->deleted_at || storage->state != StorageState::available) continue;
    for (const NodeId node : storage->nodes) {
      const std::string name = node_named(node);
      if (name.empty()) continue;
      add(history::object_key(*storage, name), proxmox::storage_path(name, storage->name));
      break;
    }
  }
  for (const auto& node : view->nodes)
    if (node->status == NodeStatus::online) add(history::object_key(*node), proxmox::node_path(node->name, ""));
  for (const GuestStatus status : {GuestStatus::running, GuestStatus::stopped})
    for (const auto& guest : view->guests)
      if (guest->status == status && !guest->is_template)
        add(history::object_key(*guest), proxmox::guest_path(node_named(guest->node), guest->type, guest->vmid, ""));

  std::vector<Item> items;
  const auto want = [&](PastFrame frame, bool again) {
    for (Item item : objects) {
      item.frame = frame;
      if (again || !done_.contains({item.series, static_cast<int>(frame)})) items.push_back(std::move(item));
    }
  };
  const bool is_fine = has_fine_frames(*view);
  if (outage > kDay) want(is_fine ? PastFrame::month : PastFrame::week, true);
  if (outage > kHour) want(PastFrame::day, true);
  if (outage > 0 && (outage <= kHour || !is_fine)) want(PastFrame::hour, true);
  want(PastFrame::year, false);
  want(PastFrame::month, false);
  if (!is_fine) want(PastFrame::week, false);
  want(PastFrame::day, false);
  if (!is_fine) want(PastFrame::hour, false);
  return items;
}

net::Task<bool> Backfill::read_back(ClusterId id, Item item) {
  Fetched past;
  for (const PastFunction function : {PastFunction::average, PastFunction::maximum}) {
    auto rows = co_await ask(id, item, function);
    if (!rows && rows.error().code != Errc::not_found) co_return false;
    if (!rows) break;  // this object has no past: that is an answer
    (function == PastFunction::average ? past.average : past.maximum) = std::move(*rows);
  }
  const std::int64_t now = to_seconds(parts_.clock.wall());
  std::function<Status()> work = [keeper = &parts_.archive.keeper(), item, past = std::move(past), now] {
    return keep(*keeper, item.series, item.set, item.frame, past, now);
  };
  const auto kept = co_await parts_.archive.edit(std::move(work));
  if (!kept) {
    log::warn("what was read back could not be kept", {{"cluster", id.text()}, {"error", kept.error()}});
    co_return false;
  }
  done_.insert({item.series, static_cast<int>(item.frame)});
  co_return true;
}

net::Task<Result<std::vector<PastRow>>> Backfill::ask(ClusterId id, const Item& item, PastFunction function) {
  const SteadyTime earliest = clusters_[id].last_call + kBetweenCalls;
  const SteadyTime now = parts_.clock.steady();
  if (now < earliest) co_await net::sleep_for(std::chrono::ceil<std::chrono::milliseconds>(earliest - now));
  const auto source = parts_.source_of(id);
  if (!source) co_return fail(Errc::cancelled, "the cluster is gone");
  const SteadyTime asked = parts_.clock.steady();
  clusters_[id].last_call = asked;
  auto rows = co_await proxmox::ask_past(source->client(), item.path, item.frame, function);
  const auto took = parts_.clock.steady() - asked;
  if (took > kSlowAnswer) clusters_[id].last_call += 5 * took;
  co_return rows;
}

}  // namespace monitorix::app

#include "app/history/archive.h"

#include "app/history/sampler.h"
#include "base/log.h"

namespace monitorix::app {
namespace {

using namespace std::chrono_literals;
constexpr auto kRound = 2s;
constexpr auto kSyncPeriod = 30s;   // what a power cut may take (storage.md D1)
constexpr auto kChoreTime = 500ms;  // of a round; a batch is about 40 ms, and between rounds others may write
constexpr auto kRecoverTime = 1500ms;
constexpr auto kMirrorTime = 300ms;  // beside the others: it may lag, they may not
constexpr std::int64_t kLookBack = 14 * history::kDaySeconds;

}  // namespace

Archive::Archive(std::unique_ptr<history::Keeper> keeper, const Clock& clock, history::MakeColdFile make_cold_file)
    : clock_(clock),
      keeper_(std::move(keeper)),
      recorder_(*keeper_, std::move(make_cold_file)) {}

void Archive::mirror_into(store::Store& store, std::int64_t step, std::function<state::SnapshotPtr()> world) {
  mirror_ = std::make_unique<SqlMirror>(SqlMirror::Parts{store, *keeper_, recorder_, reader_}, step);
  world_ = std::move(world);
}

Status Archive::open() { return recorder_.open(clock_.wall()); }

void Archive::begin(net::Loop& loop) {
  loop.every("history", kRound, [this] {
    if (is_busy_.exchange(true)) return;
    if (mirror_) mirror_->see(world_());
    if (!worker_.submit([this] { round(); })) is_busy_ = false;
  });
}

void Archive::round() {
  const WallTime now = clock_.wall();
  write_log(now);
  do_chores(now);
  is_busy_ = false;
}

void Archive::write_log(WallTime now) {
  auto written = recorder_.flush(now);
  if (written && now - synced_at_ >= kSyncPeriod) {
    written = keeper_->sync_log();
    synced_at_ = now;
  }
  if (is_storing_ && !written) log::warn("history cannot be written; going on in memory", {{"error", written.error()}});
  if (!is_storing_ && written) log::info("history is written again");
  is_storing_ = written.has_value();
}

// Replay first, then what is due to be sealed, folded and erased; each in small steps for as long as the round allows.
void Archive::do_chores(WallTime now) {
  recorder_.cool(now);
  const SteadyTime began = clock_.steady();
  const auto go_on = [&](Result<bool> more, auto allowed) {
    if (!more) {
      if (is_storing_) log::warn("history has fallen behind", {{"error", more.error()}});
      is_storing_ = false;
    }
    return more && *more && clock_.steady() - began < allowed;
  };
  while (recorder_.is_recovering() && go_on(recorder_.recover_one(), kRecoverTime)) {}
  while (go_on(recorder_.seal_some(now), kChoreTime)) {}
  while (go_on(recorder_.fold_some(now), kChoreTime)) {}
  while (go_on(retention_work_.step(now, retention()), kChoreTime)) {}
  const SteadyTime mirror_began = clock_.steady();
  while (mirror_ && mirror_->step(now, retention()) && clock_.steady() - mirror_began < kMirrorTime) {}
}

net::Task<Status> Archive::edit(std::function<Status()> work) {
  co_return co_await net::offload<void>(worker_, std::move(work));
}

net::Task<Result<std::int64_t>> Archive::last_before_start(net::WorkerPool& pool, history::SeriesInfo series) {
  if (const auto known = last_before_start_.find(series.id); known != last_before_start_.end()) co_return known->second;
  // The first row of this start may bear a time that is before it; one of ours of that moment would not matter.
  const std::int64_t before = to_seconds(started_ - TickGrid::kSlack);
  std::function<Result<std::int64_t>()> question = [this, series, before] {
    auto raw = reader_.rows(series, history::Resolution::raw, before - kLookBack, before, 1);
    if (!raw) return Result<std::int64_t>(fail(std::move(raw).error()));
    return Result<std::int64_t>(raw->rows.empty() ? 0 : raw->rows.t().back());
  };
  const auto last = co_await net::offload<std::int64_t>(pool, std::move(question));
  if (!last) co_return fail(last.error());
  co_return last_before_start_.emplace(series.id, *last).first->second;  // another may have asked meanwhile
}

void Archive::close() {
  const WallTime now = clock_.wall();
  auto written = recorder_.flush(now);
  if (written) written = keeper_->sync_log();
  if (!written) log::warn("the last samples were not stored", {{"error", written.error()}});
}

void Archive::retain(const history::Retention& wanted) {
  const std::lock_guard lock(mutex_);
  retention_ = wanted;
}

history::Retention Archive::retention() const {
  const std::lock_guard lock(mutex_);
  return retention_;
}

}  // namespace monitorix::app

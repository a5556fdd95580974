// What the watch has to show, to store and to tell.

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

#include "base/fetch_ahead.h"
#include "watch/watch.h"
#include "watch/watched.h"

namespace monitorix::watch {
namespace {

constexpr std::chrono::seconds kSumsAge{60};
/// So many are summed up again in one go only because they are old: all of them were perhaps summed up at once before.
constexpr std::size_t kMostOld = 50, kSharesOfOld = 40;
constexpr std::size_t kAhead = 16;  // services between the question for the memory of one and its turn

void fetch_changed(const Watched& one) {
  if (!one.is_changed) return;
  fetch_before(&one, &Watched::kept_reason);
  fetch_ahead(one.view.get(), sizeof(state::ServiceView));
}

template <class T>
std::vector<T> joined(std::vector<T> first, std::vector<T>& then) {
  first.insert(first.end(), std::make_move_iterator(then.begin()), std::make_move_iterator(then.end()));
  return first;
}

}  // namespace

std::shared_ptr<const state::ServiceBook> Watch::take_book() {
  bool has_changed = std::exchange(book_changed_, false);
  auto book = std::make_shared<state::ServiceBook>();
  book->reserve(all_.size());
  std::size_t may_be_old = std::max(kMostOld, all_.size() / kSharesOfOld);
  for (std::size_t at = 0; at < all_.size(); ++at) {
    if (at + kAhead < all_.size()) fetch_ahead(all_[at + kAhead].one.get());
    if (at + kAhead / 2 < all_.size()) fetch_changed(*all_[at + kAhead / 2].one);
    Watched& one = *all_[at].one;
    const bool is_old = looked_at_ - one.summed_at >= kSumsAge || looked_at_ < one.summed_at;
    const bool is_summed = !one.view || one.is_moved || (is_old && may_be_old > 0);
    if (is_summed || one.is_changed) {
      auto view = make_view(one, looked_at_, is_summed ? Sums::again : Sums::kept);
      if (is_summed) {
        if (one.view && !one.is_moved) --may_be_old;
        one.summed_at = looked_at_;
        one.is_moved = false;
      }
      one.is_changed = false;
      if (!one.view || !is_same(*one.view, *view)) {
        one.view = std::move(view);
        has_changed = true;
      }
    }
    book->push_back(one.view);
  }
  return has_changed ? book : nullptr;
}

CheckBatch Watch::take_batch() {
  CheckBatch batch = std::exchange(batch_, {});
  for (const Place& place : all_) {
    Watched& one = *place.one;
    if (!std::exchange(one.is_dirty, false)) continue;
    batch.states.push_back({place.id, verdict::encode_state(one.state),
                            one.service->type == ServiceType::push ? verdict::encode_push(one.push) : std::string(),
                            looked_at_});
  }
  return batch;
}

// What failed comes first, for later rows of the same key replace earlier ones.
void Watch::put_back(CheckBatch batch) {
  for (const KeptState& state : batch.states)
    if (Watched* one = find(state.service)) one->is_dirty = true;
  batch.states.clear();
  batch.rewound = joined(std::move(batch.rewound), batch_.rewound);
  batch.intervals = joined(std::move(batch.intervals), batch_.intervals);
  batch.blips = joined(std::move(batch.blips), batch_.blips);
  batch.overlays = joined(std::move(batch.overlays), batch_.overlays);
  batch.checks = joined(std::move(batch.checks), batch_.checks);
  batch.histograms = joined(std::move(batch.histograms), batch_.histograms);
  if (batch_.beat) batch.beat = std::move(batch_.beat);
  batch_ = std::move(batch);
  // Of results and times the oldest go when the database stays away; time lines are small and stay.
  if (batch_.checks.size() > kMostWaiting)
    batch_.checks.erase(batch_.checks.begin(), batch_.checks.end() - static_cast<std::ptrdiff_t>(kMostWaiting));
  if (batch_.histograms.size() > kMostWaiting)
    batch_.histograms.erase(batch_.histograms.begin(),
                            batch_.histograms.end() - static_cast<std::ptrdiff_t>(kMostWaiting));
}

std::vector<Event> Watch::take_events() { return std::exchange(events_, {}); }
std::vector<std::shared_ptr<const CheckResult>> Watch::take_results() { return std::exchange(fresh_, {}); }

std::shared_ptr<const Service> Watch::service(ServiceId id) const {
  const Watched* one = find(id);
  return one == nullptr ? nullptr : one->service;
}

std::vector<std::shared_ptr<const Service>> Watch::services() const {
  std::vector<std::shared_ptr<const Service>> out;
  out.reserve(all_.size());
  for (const Place& place : all_) out.push_back(place.one->service);
  return out;
}

Pace Watch::pace(ServiceId id) const {
  const Watched* one = find(id);
  if (one == nullptr) return {};
  return {verdict::is_soft(one->state), one->state.phase == verdict::Phase::up,
          one->state.phase == verdict::Phase::fresh};
}

std::vector<verdict::Interval> Watch::timeline(ServiceId id, verdict::Span window, WallTime now) const {
  const Watched* one = find(id);
  return one == nullptr ? std::vector<verdict::Interval>{} : composed(*one, window, now);
}

std::optional<OpenTimes> Watch::open_times(ServiceId id) const {
  const Watched* one = find(id);
  if (one == nullptr) return std::nullopt;
  const ResponseTimes& times = one->times;
  OpenTimes out{times.hour, times.day, times.total, times.first_byte, times.day_total, times.day_first_byte};
  out.day_total.merge(times.total);
  out.day_first_byte.merge(times.first_byte);
  return out;
}

}  // namespace monitorix::watch

#include "poll/check_plan.h"

#include <algorithm>
#include <utility>

#include "base/fetch_ahead.h"

namespace monitorix::poll {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;  // frac of the golden ratio x 2^64
constexpr std::chrono::seconds kOwnPause{2};
/// New checks come this far apart: fifty each second, which the pace of starts leaves room for.
constexpr std::chrono::milliseconds kFirstRun{200}, kBetweenFirstRuns{20};
/// A check with a long interval that missed its turn is not left out until the next one.
constexpr std::chrono::minutes kCatchUp{5};
/// So many turns before its own a check is read for the first time.
constexpr std::size_t kAhead = 8;

/// Of 8.4 ms: checks that are due within a few milliseconds start together.
std::int64_t slice_of(SteadyTime due) { return due.time_since_epoch().count() >> 23; }

constexpr auto is_later = [](const auto& one, const auto& other) {
  return std::pair(one.due, one.service) > std::pair(other.due, other.service);
};

}  // namespace

std::chrono::nanoseconds phase_of(std::int64_t ordinal, std::chrono::milliseconds interval) {
  const double share = static_cast<double>(static_cast<std::uint64_t>(ordinal) * kGolden) * 0x1.0p-64;
  const std::chrono::nanoseconds whole = interval;
  const std::chrono::nanoseconds phase{static_cast<std::int64_t>(static_cast<double>(whole.count()) * share)};
  return std::min(phase, whole - std::chrono::nanoseconds{1});
}

SteadyTime last_in_phase(const CheckTiming& timing, SteadyTime now) {
  const std::chrono::nanoseconds interval = timing.interval;
  const auto passed = (now.time_since_epoch() - phase_of(timing.ordinal, timing.interval)) % interval;
  return now - (passed.count() < 0 ? passed + interval : passed);
}

SteadyTime next_in_phase(const CheckTiming& timing, SteadyTime now) {
  return last_in_phase(timing, now) + timing.interval;
}

std::int64_t CheckPlan::rate_of(const Entry& entry) {
  const auto every = entry.in_phase ? entry.timing.interval : entry.timing.retry_interval;
  return static_cast<std::int64_t>(kRateUnit) * 1000 / std::max<std::int64_t>(every.count(), 1);
}

void CheckPlan::Line::put(const Turn& turn) {
  const std::int64_t slice = slice_of(turn.due);
  if (!first_.empty() && slice > number_) {
    later_[slice].push_back(turn);
    return;
  }
  if (!first_.empty() && slice < number_) later_.emplace(number_, std::exchange(first_, {}));
  number_ = slice;
  first_.insert(std::ranges::lower_bound(first_, turn, is_later), turn);
}

void CheckPlan::Line::remove(const Turn& turn) {
  const auto erase = [&](Slice& slice) {
    std::erase_if(slice, [&](const Turn& one) { return one.service == turn.service; });
    return slice.empty();
  };
  if (slice_of(turn.due) == number_) {
    if (erase(first_)) open_next();
    return;
  }
  const auto later = later_.find(slice_of(turn.due));
  if (erase(later->second)) later_.erase(later);
}

CheckPlan::Turn CheckPlan::Line::take_first() {
  const Turn turn = first_.back();
  first_.pop_back();
  if (first_.size() >= kAhead) fetch_ahead(first_[first_.size() - kAhead].entry);
  if (first_.empty()) open_next();
  return turn;
}

void CheckPlan::Line::open_next() {
  if (later_.empty()) return;
  const auto next = later_.begin();
  number_ = next->first;
  first_ = std::move(next->second);
  later_.erase(next);
  std::ranges::sort(first_, is_later);
  const std::size_t soon = std::min(first_.size(), kAhead);
  for (std::size_t i = 1; i <= soon; ++i) fetch_ahead(first_[first_.size() - i].entry);
}

void CheckPlan::move(ServiceId service, Entry& entry, SteadyTime due, bool in_phase) {
  line_.remove({entry.due, service, &entry});
  settle(service, entry, due, in_phase);
}

/// Its turn is in the line no more.
void CheckPlan::settle(ServiceId service, Entry& entry, SteadyTime due, bool in_phase) {
  rate_ -= rate_of(entry);
  entry.due = due;
  entry.in_phase = in_phase;
  rate_ += rate_of(entry);
  line_.put({due, service, &entry});
}

void CheckPlan::put(ServiceId service, const CheckTiming& timing, SteadyTime now, CheckMark* mark) {
  const auto [place, is_new] = entries_.try_emplace(service);
  Entry& entry = place->second;
  if (is_new) {
    entry = {timing, next_in_phase(timing, now), true, mark};
    line_.put({entry.due, service, &entry});
    rate_ += rate_of(entry);
    return;
  }
  entry.mark = mark;
  if (entry.timing == timing) return;
  rate_ -= rate_of(entry);
  entry.timing = timing;
  rate_ += rate_of(entry);
  move(service, entry, next_in_phase(timing, now), true);
}

void CheckPlan::remove(ServiceId service) {
  const auto found = entries_.find(service);
  if (found == entries_.end()) return;
  line_.remove({found->second.due, service, &found->second});
  rate_ -= rate_of(found->second);
  entries_.erase(found);
}

std::optional<SteadyTime> CheckPlan::next_due() const {
  const Turn* first = line_.first();
  return first ? std::optional(first->due) : std::nullopt;
}

/// Everything that fell due while this program stood still gets a new turn.
void CheckPlan::wake_up(SteadyTime now) {
  while (line_.first() && line_.first()->due <= now) {
    const Turn turn = line_.take_first();
    Entry& entry = *turn.entry;
    const auto spread = entry.in_phase ? entry.timing.interval : entry.timing.retry_interval;
    SteadyTime due =
        now + std::max(phase_of(entry.timing.ordinal, std::min<std::chrono::milliseconds>(spread, kCatchUp)),
                       std::chrono::nanoseconds{1});
    if (entry.in_phase && spread <= kCatchUp) due = next_in_phase(entry.timing, now);
    settle(turn.service, entry, due, entry.in_phase);
  }
}

std::optional<DueCheck> CheckPlan::take(SteadyTime now) {
  if (last_question_ && now - *last_question_ > kOwnPause) wake_up(now);
  last_question_ = now;
  if (!line_.first() || line_.first()->due > now) return std::nullopt;
  const auto [due, service, entry] = line_.take_first();
  settle(service, *entry, next_in_phase(entry->timing, now), true);
  return DueCheck{service, due, entry->mark};
}

void CheckPlan::ended(ServiceId service, SteadyTime now, bool is_soft) {
  const auto found = entries_.find(service);
  if (found == entries_.end()) return;
  if (is_soft)
    move(service, found->second, now + found->second.timing.retry_interval, false);
  else if (!found->second.in_phase)
    move(service, found->second, next_in_phase(found->second.timing, now), true);
}

void CheckPlan::begin_soon(ServiceId service, SteadyTime now) {
  const auto found = entries_.find(service);
  const SteadyTime begin = std::max(now + kFirstRun, last_begun_ + kBetweenFirstRuns);
  if (found == entries_.end() || found->second.due <= begin) return;
  last_begun_ = begin;
  pull(service, begin);
}

void CheckPlan::pull(ServiceId service, SteadyTime due) {
  const auto found = entries_.find(service);
  if (found != entries_.end() && due < found->second.due) move(service, found->second, due, false);
}

}  // namespace monitorix::poll

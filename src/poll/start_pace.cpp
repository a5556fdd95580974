#include "poll/start_pace.h"

#include <algorithm>
#include <cmath>

namespace monitorix::poll {
namespace {

constexpr std::chrono::minutes kMinute{1};

}  // namespace

void StartPace::set_rate(double starts) {
  limit_ = static_cast<std::size_t>(std::ceil(starts * std::chrono::duration<double>(kWindow).count())) + kMore;
}

void StartPace::forget_old(SteadyTime now) {
  while (!recent_.empty() && now - recent_.front() >= kWindow) recent_.pop_front();
  if (now - minute_ < kMinute) return;
  most_before_ = now - minute_ < 2 * kMinute ? most_now_ : 0;
  most_now_ = recent_.size();
  minute_ = now;
}

bool StartPace::may_start(SteadyTime now) {
  forget_old(now);
  return recent_.size() < limit_;
}

SteadyTime StartPace::next(SteadyTime now) {
  if (may_start(now)) return now;
  return recent_[recent_.size() - limit_] + kWindow;
}

void StartPace::note_start(SteadyTime now) {
  forget_old(now);
  recent_.push_back(now);
  most_now_ = std::max(most_now_, recent_.size());
}

std::size_t StartPace::most(SteadyTime now) {
  forget_old(now);
  return std::max(most_now_, most_before_);
}

}  // namespace monitorix::poll

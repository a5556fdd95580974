#include "history/chunk/damage.h"

#include "base/log.h"

namespace monitorix::history {
namespace {

constexpr std::int64_t kDay = 86'400;

}  // namespace

void DamageBook::note(const Damage& damage, int kind) {
  const std::int64_t day = damage.start / kDay;
  {
    const std::lock_guard lock(mutex_);
    if (known_.size() >= kMostKnown || !known_.emplace(damage.object, damage.start, kind).second) return;
    newest_.push_front(damage);
    if (newest_.size() > kMostTold) newest_.pop_back();
    if (!told_.emplace(damage.object, day).second) return;
  }
  log::error("history is damaged; what cannot be read is a gap",
             {{"object", damage.object}, {"start", damage.start}, {"error", damage.error}});
}

std::uint64_t DamageBook::count() const {
  const std::lock_guard lock(mutex_);
  return known_.size();
}

std::vector<Damage> DamageBook::newest() const {
  const std::lock_guard lock(mutex_);
  return {newest_.begin(), newest_.end()};
}

}  // namespace monitorix::history

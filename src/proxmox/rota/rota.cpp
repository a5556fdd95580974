#include "proxmox/rota/rota.h"

#include <algorithm>
#include <array>
#include <utility>

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

constexpr std::array<std::chrono::minutes, 4> kBackOff{1min, 5min, 15min, 60min};
constexpr std::chrono::seconds kDeniedAgain = 30min, kUnsupportedAgain = 6h;
constexpr double kJitter = 0.1;

// B3: of the last 20 calls the 95th percentile above 2 s, or more than one failed.
constexpr std::size_t kCallsHeard = 20, kSlowAllowed = 1, kFailedAllowed = 1;
constexpr std::chrono::milliseconds kSlow = 2s;
constexpr int kMostStretch = 8;
constexpr std::chrono::minutes kQuiet{10}, kBetweenChanges{1};

/// Up to a tenth shorter, always the same for a question, so that those that began together do not stay together.
std::chrono::seconds spread(std::uint64_t id, std::chrono::seconds period) {
  const std::uint64_t mixed = (id ^ (id >> 31u)) * 0x9E3779B97F4A7C15u;
  const double share = static_cast<double>(mixed >> 11u) * 0x1.0p-53;
  return std::chrono::seconds{static_cast<std::int64_t>(static_cast<double>(period.count()) * (1 - kJitter * share))};
}

}  // namespace

void Rota::set(const std::vector<Question>& wanted, SteadyTime now) {
  for (auto& [id, entry] : entries_) entry.kept = false;
  for (const Question& question : wanted) {
    const auto [at, is_new] = entries_.try_emplace(question.id);
    Entry& entry = at->second;
    if (is_new) entry.due = now;
    if (!is_new && question.period < entry.period) entry.due = std::min(entry.due, now + question.period);
    entry.period = question.period;
    entry.rank = static_cast<std::int16_t>(question.rank);
    entry.kept = true;
  }
  std::erase_if(entries_, [](const auto& item) { return !item.second.kept; });
  never_asked_ =
      static_cast<std::size_t>(std::ranges::count_if(entries_, [](const auto& item) { return !item.second.asked; }));
}

// One never asked is as urgent as one that is late by a whole period more: a long first round starves nobody.
double Rota::urgency(const Entry& entry, SteadyTime now) const {
  if (entry.hurried) return 1e9;
  const double late = std::chrono::duration<double>(now - entry.due).count();
  const double periods = late / std::chrono::duration<double>(entry.period * stretch_).count();
  return entry.asked ? periods : periods + 1.0 - 0.001 * entry.rank;
}

std::optional<std::uint64_t> Rota::next(SteadyTime now) const {
  std::optional<std::uint64_t> best;
  double most = 0;
  for (const auto& [id, entry] : entries_) {
    if (entry.due > now && !entry.hurried) continue;
    const double its = urgency(entry, now);
    if (best && (its < most || (its == most && id > *best))) continue;
    best = id;
    most = its;
  }
  return best;
}

void Rota::note(std::uint64_t id, Outcome outcome, SteadyTime now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;  // its subject went while it was asked
  Entry& entry = found->second;
  if (!std::exchange(entry.asked, true)) --never_asked_;
  entry.hurried = false;
  const auto period = spread(id, entry.period) * stretch_;
  switch (outcome) {
    case Outcome::answered:
      entry.failures = 0;
      entry.due = now + period;
      return;
    case Outcome::denied: entry.due = now + std::max<std::chrono::seconds>(period, kDeniedAgain); return;
    case Outcome::unsupported: entry.due = now + std::max<std::chrono::seconds>(period, kUnsupportedAgain); return;
    case Outcome::failed:
      entry.due = now + spread(id, kBackOff.at(std::min<std::size_t>(entry.failures, kBackOff.size() - 1)));
      if (entry.failures < kBackOff.size()) ++entry.failures;
      return;
  }
}

void Rota::set_period(std::uint64_t id, std::chrono::seconds period, SteadyTime now) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  found->second.period = period;
  found->second.due = std::min(found->second.due, now + period * stretch_);
}

void Rota::hurry(std::uint64_t id) {
  if (const auto found = entries_.find(id); found != entries_.end()) found->second.hurried = true;
}

bool Rota::is_hurried(std::uint64_t id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && found->second.hurried;
}

bool Rota::is_strained() const {
  if (calls_.size() < kCallsHeard) return false;
  const auto slow = std::ranges::count_if(calls_, [](const Heard& call) { return call.took > kSlow; });
  const auto failed = std::ranges::count_if(calls_, &Heard::failed);
  return static_cast<std::size_t>(slow) > kSlowAllowed || static_cast<std::size_t>(failed) > kFailedAllowed;
}

void Rota::note_call(std::chrono::milliseconds took, bool failed, SteadyTime now) {
  calls_.push_back({took, failed});
  if (calls_.size() > kCallsHeard) calls_.pop_front();
  if (is_strained()) {
    strained_at_ = now;
    if (stretch_ >= kMostStretch || now - changed_at_ < kBetweenChanges) return;
    stretch_ *= 2;
    changed_at_ = now;
  } else if (stretch_ > 1 && now - strained_at_ >= kQuiet && now - changed_at_ >= kQuiet) {
    stretch_ /= 2;
    changed_at_ = now;
  }
}

}  // namespace monitorix::proxmox

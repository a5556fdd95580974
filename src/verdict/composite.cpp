#include "verdict/composite.h"

#include <algorithm>
#include <set>

namespace monitorix::verdict {

CompositeJudgement judge_composite(const CompositeOptions& options, const std::vector<Shown>& members) {
  int up = 0, degraded = 0, unknown = 0, paused = 0;
  for (const Shown one : members) {
    if (one == Shown::up) ++up;
    if (one == Shown::degraded) ++degraded;
    if (one == Shown::unknown) ++unknown;
    if (one == Shown::paused) ++paused;
  }
  int present = static_cast<int>(members.size()) - paused;
  int needed = options.needed;
  if (options.rule == CompositeRule::all) needed = present;
  if (options.rule == CompositeRule::any) needed = 1;
  if (options.rule == CompositeRule::k_of_n) {
    present += paused;
    unknown += paused;
  }
  CompositeJudgement judgement;
  judgement.parameter = std::to_string(up + degraded) + "/" + std::to_string(present);
  const bool hangs_on_unknown = up + degraded < needed && up + degraded + unknown >= needed;
  if (present == 0 || hangs_on_unknown) {
    judgement.reason = "members_unknown";
  } else if (up >= needed) {
    judgement.verdict = Verdict::up;
  } else if (up + degraded >= needed) {
    judgement.verdict = Verdict::degraded;
    judgement.reason = "members_degraded";
  } else {
    judgement.verdict = Verdict::down;
    judgement.reason = "members_down";
  }
  return judgement;
}

std::optional<std::vector<ServiceId>> find_cycle(ServiceId service, const std::vector<ServiceId>& members,
                                                 const std::function<std::vector<ServiceId>(ServiceId)>& members_of) {
  struct Place {
    ServiceId at{};
    std::vector<ServiceId> left{};
  };
  // Depth first, by hand: what is stored may be nested deeper than a stack likes.
  std::vector<Place> path{{service, members}};
  std::set<ServiceId> seen{service};
  while (!path.empty()) {
    if (path.back().left.empty()) {
      path.pop_back();
      continue;
    }
    const ServiceId next = path.back().left.back();
    path.back().left.pop_back();
    if (next == service) {
      std::vector<ServiceId> cycle;
      cycle.reserve(path.size() + 1);
      for (const Place& place : path) cycle.push_back(place.at);
      cycle.push_back(service);
      return cycle;
    }
    if (seen.insert(next).second) path.push_back({next, members_of(next)});
  }
  return std::nullopt;
}

}  // namespace monitorix::verdict

#pragma once
// The judgement of a check once more, for tests: it keeps every result and works out the whole past anew each time it
// is asked, painting time over as it learns better. Slow and plain; it shares no code with step().

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "verdict/step.h"

namespace monitorix::verdict {

class NaiveCheck {
 public:
  NaiveCheck(CheckPolicy policy, WallTime created) : policy_(policy), created_(created) {}

  void deliver(WallTime due, Verdict verdict) {
    if (last_ && due <= *last_) return;
    last_ = due;
    if (verdict == Verdict::unknown) return;
    if (policy_.invert) verdict = verdict == Verdict::down ? Verdict::up : Verdict::down;
    known_.push_back({due, verdict});
  }

  struct Picture {
    Phase phase{Phase::fresh};
    std::vector<Interval> intervals{};
    std::vector<std::pair<WallTime, WallTime>> blips{};
  };

  [[nodiscard]] Picture look(WallTime now) const {
    Picture picture;
    std::map<WallTime, Shown> paint{{created_, Shown::unknown}};  // from that time on
    const auto from = [&](WallTime at, Shown state) {
      paint.erase(paint.lower_bound(at), paint.end());
      paint[at] = state;
    };
    std::optional<Verdict> stable;  // the verdict it stands on
    std::vector<Known> streak;      // since the last silence or confirmed move
    WallTime spoken = created_;
    for (const Known& one : known_) {
      if (one.due > spoken + policy_.nodata_grace) {
        from(spoken + policy_.nodata_grace, Shown::unknown);
        streak.clear();
        if (stable) from(one.due, as_shown(*stable));
      }
      spoken = one.due;
      streak.push_back(one);
      judge(stable, streak, from, picture);
    }
    if (now >= spoken + policy_.nodata_grace) {
      from(spoken + policy_.nodata_grace, Shown::unknown);
      picture.phase = Phase::unknown;
    } else {
      picture.phase = phase_of(stable, streak);
    }
    for (auto it = paint.begin(); it != paint.end(); ++it) {
      const auto next = std::next(it);
      append(picture.intervals, {it->first, next == paint.end() ? now : next->first, it->second});
    }
    return picture;
  }

 private:
  struct Known {
    WallTime due{};
    Verdict verdict{};
  };

  static Shown as_shown(Verdict verdict) {
    return verdict == Verdict::up ? Shown::up : verdict == Verdict::degraded ? Shown::degraded : Shown::down;
  }
  static bool is_bad(const Known& one) { return one.verdict == Verdict::down; }

  /// How many at the end of the streak are of a kind, and when the first of them was due.
  template <class Kind>
  static std::pair<int, WallTime> tail(const std::vector<Known>& streak, Kind kind) {
    std::pair<int, WallTime> found{0, {}};
    for (auto it = streak.rbegin(); it != streak.rend() && kind(*it); ++it) found = {found.first + 1, it->due};
    return found;
  }

  template <class Paint>
  void judge(std::optional<Verdict>& stable, std::vector<Known>& streak, Paint from, Picture& picture) const {
    const Known last = streak.back();
    const auto move = [&](Verdict to, WallTime since) {
      stable = to;
      streak.clear();
      from(since, as_shown(to));
    };
    if (stable == Verdict::down) {
      const auto [good, since] = tail(streak, [](const Known& one) { return !is_bad(one); });
      if (good >= policy_.recover_after) move(last.verdict, since);
      return;
    }
    if (is_bad(last)) {
      const auto [bad, since] = tail(streak, is_bad);
      if (bad >= policy_.fail_after) move(Verdict::down, since);
      return;
    }
    const std::vector<Known> before(streak.begin(), streak.end() - 1);
    const auto [bad, since] = tail(before, is_bad);
    if (bad > 0) picture.blips.emplace_back(since, last.due);
    if (!stable) {
      move(last.verdict, last.due);
      return;
    }
    const auto [others, others_since] =
        tail(streak, [&](const Known& one) { return !is_bad(one) && one.verdict != *stable; });
    if (others >= policy_.degraded_after) move(last.verdict, others_since);
  }

  static Phase phase_of(const std::optional<Verdict>& stable, const std::vector<Known>& streak) {
    const bool is_restless = !streak.empty();
    if (stable == Verdict::down) return is_restless && !is_bad(streak.back()) ? Phase::soft_up : Phase::down;
    if (is_restless && is_bad(streak.back())) return Phase::soft_down;
    if (!stable) return Phase::fresh;
    return stable == Verdict::up ? Phase::up : Phase::degraded;
  }

  CheckPolicy policy_;
  WallTime created_;
  std::optional<WallTime> last_{};
  std::vector<Known> known_{};
};

}  // namespace monitorix::verdict

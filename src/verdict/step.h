#pragma once
// The state machine of a check, pure: a state, what came, and when. The same calls in the same order give the same
// states, so a log of results can be played again. What it tells is to be stored and announced in one transaction.
// Intervals are told when they end; the open one is [state.since, now). Order: results are taken by `scheduled_at`, and
// time without results is settled before each of them, so how often settle() is called changes nothing that is kept.

#include <optional>
#include <string>
#include <vector>

#include "verdict/check_state.h"
#include "verdict/timeline/interval.h"

namespace monitorix::verdict {

/// What is shown has moved. `since` may lie in the past: a confirmed failure began with its first failed result.
struct Moved {
  Shown from{}, to{};
  WallTime since{};
  bool operator==(const Moved&) const = default;
};
/// A failure that ended before it was confirmed: shown, counted, and not downtime (checks U3).
struct Blip {
  WallTime begin{}, end{};
  std::string reason{}, parameter{};
  bool operator==(const Blip&) const = default;
};

/// What one call has changed.
struct Told {
  bool accepted{false};               ///< false: dropped and counted (checks C8)
  Verdict verdict{Verdict::unknown};  ///< what the result counts as: after `invert`, and unknown when it ran too late
  std::string reason{}, parameter{};  ///< that go with it
  std::vector<Interval> ended{};      ///< settled, in order, none of them empty
  std::optional<Moved> moved{};
  std::optional<Blip> blip{};
  /// The reason of a DOWN that stands is another one now; no new alert (checks §5).
  bool reason_changed{false};
  /// The certificate is none of the last four: the fingerprint before. An event, not a verdict (checks C30).
  std::optional<std::string> certificate_was{};
  /// Of the intervals told before, what lies at or after this time is void: the clock was set back, or a result came
  /// late that speaks for time which nobody seemed to have judged. `ended` comes after it.
  std::optional<WallTime> rewound{};
  /// From here on the timeline reads otherwise than before this call; buckets that touch it are to be made anew.
  std::optional<WallTime> changed_from{};
};

/// Takes a result. `now` is the wall clock's, and at least `scheduled_at` unless the clock was set back meanwhile.
Told step(CheckState& state, const CheckPolicy& policy, const CheckResult& result, WallTime now);
/// Time has passed: a check that nobody could judge for `nodata_grace` is UNKNOWN (checks C16).
Told settle(CheckState& state, const CheckPolicy& policy, WallTime now);
/// When settle() would have something to say, if nothing comes before.
std::optional<WallTime> unknown_at(const CheckState& state, const CheckPolicy& policy);
/// Disabled or paused, and back: enabling begins anew with NEW (checks C17). Twice is once.
Told pause(CheckState& state, const CheckPolicy& policy, WallTime now);
Told resume(CheckState& state, WallTime now);

/// The interval that is open, as it reads now; empty when the clock says it has not begun.
std::optional<Interval> open_interval(const CheckState& state, WallTime now);

}  // namespace monitorix::verdict

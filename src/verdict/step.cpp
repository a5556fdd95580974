#include "verdict/step.h"

#include <algorithm>

// One call may go through several states, as after a silence: UP -> UNKNOWN (from the end of the grace) -> UP. Each
// change goes through turn(), which alone ends intervals; so they never overlap, and none is empty or negative.

namespace monitorix::verdict {
namespace {

constexpr std::chrono::milliseconds kTick{1};
constexpr std::size_t kMostCertificates = 4;

bool is_good(Verdict verdict) { return verdict == Verdict::up || verdict == Verdict::degraded; }

Phase phase_of(Stable stable) {
  switch (stable) {
    case Stable::none: return Phase::fresh;
    case Stable::up: return Phase::up;
    case Stable::degraded: return Phase::degraded;
    case Stable::down: return Phase::down;
  }
  return Phase::fresh;
}

void note_change(Told& told, WallTime from) {
  told.changed_from = told.changed_from ? std::min(*told.changed_from, from) : from;
}

/// Enters a phase that has held since `at`.
void turn(CheckState& state, Told& told, Phase phase, Stable stable, WallTime at) {
  const Shown before = shown_of(state);
  state.phase = phase;
  state.stable = stable;
  const Shown after = shown_of(state);
  if (before == after) return;
  at = std::max(at, state.since);
  if (at > state.since) append(told.ended, {state.since, at, before});
  state.since = at;
  note_change(told, at);
  told.moved = Moved{told.moved ? told.moved->from : before, after, at};
}

void turn_stable(CheckState& state, Told& told, Stable stable, WallTime at) {
  turn(state, told, phase_of(stable), stable, at);
}

/// The clock was set back to `to`: nothing lies after it, and results count from there. Nothing else changes (I18).
void rewind(CheckState& state, Told& told, WallTime to) {
  if (state.since > to) told.rewound = to;
  for (WallTime* time : {&state.since, &state.soft_since, &state.equal_since, &state.last_known, &state.since_before,
                         &state.unknown_since})
    *time = std::min(*time, to);
  state.last_scheduled = to - kTick;
  note_change(told, to);
}

void become_unknown(CheckState& state, Told& told, WallTime from) {
  state.phase_before = state.phase;
  state.since_before = state.since;
  state.unknown_since = from;
  turn(state, told, Phase::unknown, state.stable, from);
}

bool can_become_unknown(const CheckState& state) {
  return state.phase != Phase::unknown && state.phase != Phase::paused;
}

/// A result that can be judged ends UNKNOWN: as if it had never been when the result was due before it began, else from
/// the stable state with counters of 0.
void leave_unknown(CheckState& state, Told& told, WallTime at) {
  if (at <= state.unknown_since) {
    const Shown before = shown_of(state);
    state.phase = state.phase_before;
    state.since = state.since_before;
    if (shown_of(state) == before) return;
    told.rewound = state.since;
    note_change(told, state.unknown_since);
    told.moved = Moved{before, shown_of(state), state.since};
    return;
  }
  state.count = state.equal = 0;
  turn_stable(state, told, state.stable, at);
}

/// What a result counts as.
void count_verdict(const CheckPolicy& policy, const CheckResult& result, Told& told) {
  told.verdict = result.verdict;
  told.reason = result.reason;
  told.parameter = result.parameter;
  if (result.started_at - result.scheduled_at > policy.interval) {  // it speaks for another time than it should
    told.verdict = Verdict::unknown;
    told.reason = "overloaded";
    told.parameter.clear();
  } else if (policy.invert && result.verdict != Verdict::unknown) {
    const bool was_good = is_good(result.verdict);
    told.verdict = was_good ? Verdict::down : Verdict::up;
    told.reason = was_good ? "inverted" : "ok";
    told.parameter.clear();
  }
}

void note_certificate(CheckState& state, const CheckResult& result, Told& told) {
  if (!result.certificate || result.certificate->sha256.empty()) return;
  auto& seen = state.certificates;
  const auto known = std::find(seen.begin(), seen.end(), result.certificate->sha256);
  if (known != seen.end()) {  // machines behind one name may answer with different ones in turn
    std::rotate(known, known + 1, seen.end());
    return;
  }
  if (!seen.empty()) told.certificate_was = seen.back();
  if (seen.size() == kMostCertificates) seen.erase(seen.begin());
  seen.push_back(result.certificate->sha256);
}

void take_good(CheckState& state, const CheckPolicy& policy, Told& told, WallTime at) {
  const Stable wanted = told.verdict == Verdict::up ? Stable::up : Stable::degraded;
  switch (state.phase) {
    case Phase::soft_down:
      ++state.blips;
      told.blip = Blip{state.soft_since, at, state.reason, state.parameter};
      state.count = 0;
      turn_stable(state, told, state.stable, at);
      take_good(state, policy, told, at);
      return;
    case Phase::fresh: turn_stable(state, told, wanted, at); return;
    case Phase::up:
    case Phase::degraded:
      if (wanted == state.stable) {
        state.equal = 0;
        return;
      }
      if (state.equal++ == 0) state.equal_since = at;
      if (state.equal >= policy.degraded_after) {
        state.equal = 0;
        turn_stable(state, told, wanted, state.equal_since);
      }
      return;
    case Phase::down:
      state.phase = Phase::soft_up;
      state.count = 0;
      state.soft_since = at;
      [[fallthrough]];
    case Phase::soft_up:
      if (++state.count >= policy.recover_after) {
        state.count = 0;
        turn_stable(state, told, wanted, state.soft_since);
      }
      return;
    case Phase::unknown:
    case Phase::paused: return;
  }
}

void take_bad(CheckState& state, const CheckPolicy& policy, Told& told, WallTime at) {
  switch (state.phase) {
    case Phase::fresh:
    case Phase::up:
    case Phase::degraded:
      state.equal = 0;
      state.count = 0;
      state.soft_since = at;
      state.phase = Phase::soft_down;
      [[fallthrough]];
    case Phase::soft_down:
      if (++state.count >= policy.fail_after) {
        state.count = 0;
        turn_stable(state, told, Stable::down, state.soft_since);
      }
      return;
    case Phase::soft_up:
      state.phase = Phase::down;
      state.count = 0;
      return;
    case Phase::down:
    case Phase::unknown:
    case Phase::paused: return;
  }
}

/// While a failure is shown its reason is, too, although a first good result has come.
void note_reason(CheckState& state, Told& told, bool was_down) {
  if (state.phase == Phase::soft_up) return;
  const bool is_new = state.reason != told.reason || state.parameter != told.parameter;
  told.reason_changed = is_new && was_down && told.verdict == Verdict::down;
  if (!is_new) return;
  state.reason = told.reason;
  state.parameter = told.parameter;
}

/// Going away and coming back within one call is no move.
void finish(Told& told) {
  if (told.moved && told.moved->from == told.moved->to) told.moved.reset();
}

}  // namespace

Told step(CheckState& state, const CheckPolicy& policy, const CheckResult& result, WallTime now) {
  Told told;
  if (state.phase == Phase::paused) {
    ++state.dropped;
    return told;
  }
  const WallTime at = std::min(result.scheduled_at, now);
  if (now < state.last_scheduled) rewind(state, told, at);
  if (at <= state.last_scheduled) {
    ++state.dropped;
    return told;
  }
  told.accepted = true;
  count_verdict(policy, result, told);
  note_certificate(state, result, told);
  state.last_scheduled = at;
  if (const auto from = unknown_at(state, policy); from && *from < at) become_unknown(state, told, *from);
  if (told.verdict == Verdict::unknown) {
    state.unknown_reason = told.reason;
    finish(told);
    return told;
  }
  if (state.phase == Phase::unknown) leave_unknown(state, told, at);
  state.last_known = at;
  state.unknown_reason.clear();
  const bool was_down = state.phase == Phase::down || state.phase == Phase::soft_up;
  if (is_good(told.verdict))
    take_good(state, policy, told, at);
  else
    take_bad(state, policy, told, at);
  note_reason(state, told, was_down);
  finish(told);
  return told;
}

Told settle(CheckState& state, const CheckPolicy& policy, WallTime now) {
  Told told;
  if (const auto from = unknown_at(state, policy); from && *from <= now) become_unknown(state, told, *from);
  return told;
}

std::optional<WallTime> unknown_at(const CheckState& state, const CheckPolicy& policy) {
  if (!can_become_unknown(state)) return std::nullopt;
  return state.last_known + policy.nodata_grace;
}

Told pause(CheckState& state, const CheckPolicy& policy, WallTime now) {
  if (state.phase == Phase::paused) return {};
  Told told;
  if (now < state.since) rewind(state, told, now);
  if (const auto from = unknown_at(state, policy); from && *from < now) become_unknown(state, told, *from);
  state.count = state.equal = 0;
  turn(state, told, Phase::paused, Stable::none, now);
  state.last_scheduled = std::max(state.last_scheduled, now - kTick);
  finish(told);
  return told;
}

Told resume(CheckState& state, WallTime now) {
  if (state.phase != Phase::paused) return {};
  Told told;
  if (now < state.since) rewind(state, told, now);
  turn(state, told, Phase::fresh, Stable::none, now);
  state.last_known = now;
  state.last_scheduled = now - kTick;  // what was on its way when it was paused is of before
  state.reason.clear();
  state.parameter.clear();
  state.unknown_reason.clear();
  return told;
}

std::optional<Interval> open_interval(const CheckState& state, WallTime now) {
  if (now <= state.since) return std::nullopt;
  return Interval{state.since, now, shown_of(state)};
}

}  // namespace monitorix::verdict

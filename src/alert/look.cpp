// What holds an alert back (alerts.md §4, §5), when it could first be told, and when to look again. A hold changes
// messages only: neither the alert's state nor anything that is recorded (alerts:A3, I7).

#include <algorithm>

#include "alert/debts.h"
#include "alert/graph.h"
#include "alert/overlay/window.h"
#include "alert/overlay/work.h"
#include "alert/select.h"

namespace monitorix::alert {
namespace {

using std::chrono::milliseconds;

struct Found {
  std::optional<Held> held{};
  std::optional<RunTime> again{};
};

bool by_work(const State& state, const Tracked& alert, Now now, Found& found) {
  const Pair& pair = state.pairs[alert.pair];
  const Rule& rule = state.rules.at(alert.row.rule);
  const auto hold = [&](const Work& work) {
    earliest(found.again, holds_until(work));
    if (!found.held || work.kind < found.held->kind) found.held = Held{work.kind, work.ref, now.wall, {}};
  };
  for (const Work& work : state.members[pair.member].work)
    if (is_running(work, now.run) && explains(work.work, pair, rule)) hold(work);
  for (const std::uint32_t below : ancestors_of(state, pair.member))
    for (const Work& work : state.members[below].work)
      if (is_running(work, now.run) && takes_away(work.work) && missing_of(state, pair.member).cause) hold(work);
  return found.held.has_value();
}

bool by_silence(const State& state, const Tracked& alert, Now now, Found& found) {
  const Member& member = state.members[state.pairs[alert.pair].member];
  const Rule& rule = state.rules.at(alert.row.rule);
  for (const auto& [id, silence] : state.silences) {
    if (now.wall < silence.starts_at || now.wall >= silence.ends_at) continue;
    const bool is_snooze = silence.alert.exists();
    if (is_snooze ? silence.alert != alert.row.id : !fits(silence, alert.row, member, rule)) continue;
    found.held = Held{HoldKind::silence, id.text(), now.wall, {}};
    return true;
  }
  return false;
}

bool by_window(const State& state, const Tracked& alert, Now now, Found& found) {
  const std::uint32_t index = state.pairs[alert.pair].member;
  std::optional<std::vector<std::uint32_t>> below;
  for (const auto& [id, known] : state.windows) {
    if (!known.is_on || alert.row.severity > known.window.ceiling) continue;
    bool covers = fits(known.window.selector, state.members[index]);
    if (!covers && !below) below = ancestors_of(state, index);
    for (std::size_t i = 0; !covers && i < below->size(); ++i)
      covers = fits(known.window.selector, state.members[(*below)[i]]);
    if (!covers) continue;
    found.held = Held{HoldKind::maintenance, id.text(), now.wall, {}};
    return true;
  }
  return false;
}

/// An ancestor that cannot be asked cannot confirm anything.
bool is_unverified(const State& state, const Tracked& alert, std::uint32_t below) {
  const Member& member = state.members[below];
  return member.started_at && *member.started_at <= alert.plan.fired_at;
}

bool by_parent(Turn& turn, Tracked& alert, Found& found) {
  State& state = turn.state;
  const RunTime now = turn.now.run;
  const Tuning& tuning = state.tuning;
  const std::uint32_t index = state.pairs[alert.pair].member;
  const auto hold = [&](std::string ref, std::optional<RunTime> until) {
    earliest(found.again, until);
    found.held = Held{HoldKind::parent, std::move(ref), turn.now.wall, {}};
    return true;
  };
  // What else is wrong with something that is down is a consequence, and told with it.
  if (state.pairs[alert.pair].kind != RuleKind::check_state && state.members[index].outages > 0)
    if (const AlertId own = outage_of(state, index); own.exists() && own != alert.row.id) {
      follow_cause(turn, alert, own);
      return hold(own.text(), std::nullopt);
    }
  const Missing missing = missing_of(state, index);
  if (missing.cause) {
    const AlertId cause = outage_of(state, *missing.cause);
    if (cause.exists()) follow_cause(turn, alert, cause);
    return hold(cause.exists() ? cause.text() : "", std::nullopt);
  }
  if (missing.last_away) {
    const milliseconds back = std::chrono::duration_cast<milliseconds>(now - *missing.last_away);
    const bool is_proved = alert.plan.fresh_bad >= tuning.fresh_bad;
    const milliseconds wait = is_proved ? tuning.boot_grace : tuning.settle + tuning.boot_grace;
    if (back < wait) {
      if (alert.row.state == AlertState::firing) turn.asked.insert(state.members[index].entity);
      return hold("", *missing.last_away + wait);
    }
  }
  if (alert.plan.is_verified) return false;
  if (now - alert.plan.fired_at >= tuning.parent_hold) {
    alert.plan.is_verified = true;
    return false;
  }
  bool waits = false;
  for (const std::uint32_t below : ancestors_of(state, index)) {
    if (!is_unverified(state, alert, below)) continue;
    waits = true;
    auto& waiting = state.members[below].waiting;
    if (std::find(waiting.begin(), waiting.end(), alert.row.id) != waiting.end()) continue;
    waiting.push_back(alert.row.id);
    turn.asked.insert(state.members[below].entity);
  }
  if (waits) return hold("", alert.plan.fired_at + tuning.parent_hold);
  alert.plan.is_verified = true;
  return false;
}

void set_held(Turn& turn, Tracked& alert, std::optional<Held> held) {
  auto& was = alert.row.held;
  const bool is_same =
      was.has_value() == held.has_value() && (!held || (was->kind == held->kind && was->ref == held->ref));
  if (is_same) return;
  if (was && (!held || was->kind != held->kind)) {
    // Waiting for an ancestor's result is our own affair; what lasted longer is told (alerts:A11).
    if (was->kind != HoldKind::parent || turn.now.wall - was->since > turn.state.tuning.parent_hold) {
      alert.plan.was_held = was;
      alert.plan.was_held->until = turn.now.wall;
    }
    if (!held) turn.note(alert, HappeningKind::released);
  }
  if (held && was && was->kind == held->kind) held->since = was->since;
  if (held && (!was || was->kind != held->kind)) turn.note(alert, HappeningKind::held, held->ref);
  was = std::move(held);
  turn.changed(alert);
}

/// It waits for a place in the channel already: whatever its incident owes there is worked out anew when there is one.
bool is_queued(const State& state, const Tracked& alert, const Debt& debt) {
  return state.channels.at(debt.channel).overflow.contains(alert.row.incident);
}

}  // namespace

void look(Turn& turn, AlertId id) {
  Tracked& alert = turn.state.alerts.at(id);
  if (alert.row.state == AlertState::pending) return;
  std::optional<RunTime> again;
  const auto was_eligible = alert.plan.eligible_at;
  const bool was_verified = alert.plan.is_verified;
  if (alert.row.state != AlertState::resolved) {
    Found found;
    // The first that holds names the hold; all are looked at so that the cause is known whatever else holds it.
    const bool has_parent = by_parent(turn, alert, found);
    const std::optional<Held> parent = found.held;
    found.held.reset();
    if (!by_work(turn.state, alert, turn.now, found) && !by_silence(turn.state, alert, turn.now, found) &&
        !by_window(turn.state, alert, turn.now, found) && has_parent)
      found.held = parent;
    set_held(turn, alert, found.held);
    again = found.again;
    if (!found.held && !alert.plan.eligible_at) alert.plan.eligible_at = turn.now.run;
    if (alert.row.ack && alert.row.ack->until) {
      if (turn.now.wall >= *alert.row.ack->until) {
        set_ack(turn, alert, std::nullopt);
      } else {
        earliest(again, turn.run_of(*alert.row.ack->until));
      }
    }
  } else {
    set_held(turn, alert, std::nullopt);
  }
  if (was_eligible != alert.plan.eligible_at || was_verified != alert.plan.is_verified) turn.keep(alert);
  const Debts debts = debts_of(turn.state, alert, turn.now);
  earliest(again, debts.again);
  if (!debts.now.empty()) {
    const auto is_known = [&](const Debt& debt) { return is_queued(turn.state, alert, debt); };
    if (!std::ranges::all_of(debts.now, is_known)) note_owed(turn, alert);
  } else if (alert.row.state == AlertState::resolved && !alert.row.is_flapping) {
    turn.state.groups.at(alert.row.incident).live.erase(id);
    again.reset();
  }
  turn.arm(TimerKind::alert, id.value, alert.due, again);
}

void look_at_all(Turn& turn) {
  std::vector<AlertId> all;
  for (const auto& [id, alert] : turn.state.alerts)
    if (alert.row.state == AlertState::firing || alert.row.state == AlertState::recovering) all.push_back(id);
  for (const AlertId id : all) look(turn, id);
}

}  // namespace monitorix::alert

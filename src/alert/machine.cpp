// The machine of alerts.md §3, one for each (rule, target). A level of a rule is a condition of its own with a clock of
// its own; the alert has the worst level that has held long enough. What is unknown stops the clocks and moves nothing
// (alerts:I8). Numbers are judged only when one arrives, so that a single sample never raises an alarm.

#include <algorithm>

#include "alert/graph.h"
#include "alert/levels.h"
#include "alert/overlay/flap.h"

namespace monitorix::alert {
namespace {

using std::chrono::milliseconds;
constexpr Reached kNone{};

void count_edge(Turn& turn, Pair& pair, Tracked& alert) {
  const Tuning& tuning = turn.state.tuning;
  pair.flap_score = decayed(pair.flap_score, turn.now.run - pair.flap_at, tuning.flap_half_life) + 1.0;
  pair.flap_at = turn.now.run;
  alert.row.flap_score = pair.flap_score;
  alert.row.flap_at = turn.now.wall;
  if (alert.row.is_flapping || pair.flap_score < tuning.flap_enter) return;
  alert.row.is_flapping = true;
  for (Told& told : alert.plan.told) told.knows_flapping = false;
  turn.note(alert, HappeningKind::flapping);
}

void set_state(Turn& turn, Tracked& alert, AlertState to) {
  alert.row.state = to;
  alert.row.since = turn.now.wall;
  turn.changed(alert);
}

/// A member whose state is known to be bad by an open alert counts as away.
void count_outage(Turn& turn, const Pair& pair, int change) {
  if (pair.kind == RuleKind::check_state) turn.state.members[pair.member].outages += change;
}

/// A state that is bad, or is so no longer, is news to all that leans on it: what stands on it, and what else is wrong
/// with it.
void look_around(Turn& turn, const Pair& pair) {
  if (pair.kind != RuleKind::check_state) return;
  const std::uint32_t member = pair.member;
  const AlertId own = pair.open;
  const std::vector<std::uint32_t> beside = turn.state.members[member].pairs;
  for (const std::uint32_t one : beside)
    if (const AlertId open = turn.state.pairs[one].open; open.exists() && open != own) look(turn, open);
  look_above(turn, member);
}

void fire(Turn& turn, std::uint32_t index, Tracked& alert, Severity severity) {
  Pair& pair = turn.state.pairs[index];
  alert.row.severity = severity;
  alert.row.last_true_at = turn.now.wall;
  alert.plan.fired_at = turn.now.run;
  alert.plan.is_verified = false;
  set_state(turn, alert, AlertState::firing);
  join_incident(turn, alert);
  turn.note(alert, alert.row.reopen_count > 0 ? HappeningKind::reopened : HappeningKind::opened, alert.row.evidence);
  count_edge(turn, pair, alert);
  count_outage(turn, pair, 1);
  refresh(turn, pair.member);
  look(turn, alert.row.id);
  look_around(turn, pair);
}

void open(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  if (pair.flapping.exists()) {  // one spell of flapping is one alert
    pair.open = std::exchange(pair.flapping, AlertId{});
    Tracked& again = turn.state.alerts.at(pair.open);
    again.row.resolved_at.reset();
    again.row.resolve_reason = ResolveReason::none;
    ++again.row.reopen_count;
    set_state(turn, again, AlertState::pending);
    return;
  }
  const AlertId id{turn.state.next_alert++};
  pair.open = id;
  Tracked& alert = turn.state.alerts[id];
  alert.pair = index;
  alert.row.id = id;
  alert.row.rule = pair.rule;
  alert.row.target = {turn.state.members[pair.member].entity, pair.part};
  alert.row.opened_at = alert.row.since = alert.row.last_true_at = turn.now.wall;
  alert.row.flap_score = pair.flap_score;
  for (std::size_t i = 0; i < kSeverityCount; ++i)
    if (pair.true_since[i]) alert.row.severity = static_cast<Severity>(i);
  alert.row.value = pair.value;
  alert.row.evidence = pair.evidence;
  turn.keep(alert);
}

void vanish(Turn& turn, Pair& pair) {
  const auto alert = turn.state.alerts.find(std::exchange(pair.open, AlertId{}));
  if (alert->second.row.reopen_count > 0) {  // it flaps, and was told of before
    alert->second.row.resolved_at = turn.now.wall;
    alert->second.row.resolve_reason = ResolveReason::condition;
    set_state(turn, alert->second, AlertState::resolved);
    if (alert->second.row.is_flapping)
      pair.flapping = alert->first;
    else
      count_open(turn, alert->second, -1);
    return look(turn, alert->first);
  }
  turn.vanished_alerts.insert(alert->first);
  turn.changed_alerts.erase(alert->first);
  turn.state.alerts.erase(alert);
}

/// The worst level that has held for long enough.
std::optional<Severity> ripe_of(const Pair& pair, RunTime now) {
  if (pair.kind == RuleKind::metric && pair.samples < 2) return std::nullopt;
  for (std::size_t i = kSeverityCount; i-- > 0;)
    if (pair.true_since[i] && now - *pair.true_since[i] >= pair.bounds[i].confirm_for) return static_cast<Severity>(i);
  return std::nullopt;
}

void move_severity(Turn& turn, Tracked& alert, Severity to) {
  Alert& row = alert.row;
  if (row.severity == to) return;
  const bool is_worse = row.severity < to;
  row.severity = to;
  if (is_worse && row.ack && !row.ack->is_sticky) set_ack(turn, alert, std::nullopt);
  // Who was told of the worse one is told again should it come back (alerts:A7).
  for (Told& told : alert.plan.told) told.severity = std::min(told.severity, to);
  turn.changed(alert);
  turn.note(alert, is_worse ? HappeningKind::worse : HappeningKind::milder, alert.row.evidence);
  note_severity(turn, alert);
  look(turn, row.id);
}

void arm(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  std::optional<RunTime> due;
  if (pair.blocked_until && *pair.blocked_until > turn.now.run) due = pair.blocked_until;
  if (pair.open.exists() && !pair.unknown_since && pair.kind != RuleKind::metric) {
    if (pair.false_since) earliest(due, *pair.false_since + turn.state.rules.at(pair.rule).keep_for);
    for (std::size_t i = 0; i < kSeverityCount; ++i)
      if (pair.true_since[i] && *pair.true_since[i] + pair.bounds[i].confirm_for > turn.now.run)
        earliest(due, *pair.true_since[i] + pair.bounds[i].confirm_for);
  }
  const AlertId flapping = pair.open.exists() ? pair.open : pair.flapping;
  if (flapping.exists() && turn.state.alerts.at(flapping).row.is_flapping)
    earliest(due,
             pair.flap_at + time_to(pair.flap_score, turn.state.tuning.flap_leave, turn.state.tuning.flap_half_life));
  const Rule& rule = turn.state.rules.at(pair.rule);
  if ((pair.kind == RuleKind::no_data || rule.absent == Absent::alert) && pair.heard_at) {
    const RunTime silent_at = *pair.heard_at + rule.no_data_after;
    if (silent_at > turn.now.run) earliest(due, silent_at);
  }
  turn.arm(TimerKind::pair, index, pair.due, due);
}

void decide(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  const RunTime now = turn.now.run;
  if (pair.blocked_until && now >= *pair.blocked_until) pair.blocked_until.reset();
  const bool is_true = pair.true_since[0] || pair.true_since[1] || pair.true_since[2];
  if (!pair.open.exists() && is_true && !pair.blocked_until) open(turn, index);
  if (!pair.open.exists()) return arm(turn, index);

  Tracked& alert = turn.state.alerts.at(pair.open);
  const auto ripe = ripe_of(pair, now);
  switch (alert.row.state) {
    case AlertState::pending:
      if (!is_true)
        vanish(turn, pair);
      else if (ripe)
        fire(turn, index, alert, *ripe);
      break;
    case AlertState::firing:
    case AlertState::recovering:
      if (is_true && alert.row.state == AlertState::recovering) {
        ++alert.row.reopen_count;
        set_state(turn, alert, AlertState::firing);
        turn.note(alert, HappeningKind::reopened, alert.row.evidence);
        look(turn, alert.row.id);
      }
      if (is_true) {
        if (ripe) move_severity(turn, alert, *ripe);
      } else if (!pair.false_since || now - *pair.false_since >= turn.state.rules.at(pair.rule).keep_for) {
        resolve(turn, index, ResolveReason::condition);
      } else if (alert.row.state == AlertState::firing) {
        set_state(turn, alert, AlertState::recovering);
        turn.note(alert, HappeningKind::recovering);
        look(turn, alert.row.id);
      }
      break;
    case AlertState::resolved: break;
  }
  arm(turn, index);
}

void thaw(Pair& pair, RunTime now) {
  if (!pair.unknown_since) return;
  const milliseconds gap = std::chrono::duration_cast<milliseconds>(now - *pair.unknown_since);
  for (auto& since : pair.true_since)
    if (since) *since += gap;
  if (pair.false_since) *pair.false_since += gap;
  pair.unknown_since.reset();
}

void judge(Turn& turn, std::uint32_t index, Truth truth, const Reached& reached) {
  Pair& pair = turn.state.pairs[index];
  const RunTime now = turn.now.run;
  if (truth == Truth::unknown) {
    if (!pair.unknown_since) pair.unknown_since = now;
    return arm(turn, index);
  }
  thaw(pair, now);
  for (std::size_t i = 0; i < kSeverityCount; ++i) {
    if (!reached[i])
      pair.true_since[i].reset();
    else if (!pair.true_since[i])
      pair.true_since[i] = now;
  }
  if (is_any(reached)) {
    pair.false_since.reset();
    ++pair.samples;
  } else {
    pair.samples = 0;
    if (!pair.false_since) pair.false_since = now;
  }
  if (pair.open.exists()) {
    Alert& row = turn.state.alerts.at(pair.open).row;
    if (is_any(reached)) row.last_true_at = turn.now.wall;
    row.has_no_data = false;
    row.value = pair.value;
  }
  decide(turn, index);
}

void fall_silent(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  const Rule& rule = turn.state.rules.at(pair.rule);
  if (pair.kind == RuleKind::no_data)
    return judge(turn, index, Truth::yes, up_to(pair, rule.severity.value_or(Severity::warning)));
  if (rule.no_data == NoData::resolve && pair.open.exists()) return resolve(turn, index, ResolveReason::no_data);
  if (rule.no_data == NoData::fire) {
    pair.samples = 2;
    const Severity severity = rule.severity.value_or(Severity::warning);
    judge(turn, index, Truth::yes, up_to(pair, severity));
    if (pair.open.exists() && turn.state.alerts.at(pair.open).row.state == AlertState::pending)
      fire(turn, index, turn.state.alerts.at(pair.open), severity);
  }
  if (!pair.open.exists()) return;
  Tracked& alert = turn.state.alerts.at(pair.open);
  if (!std::exchange(alert.row.has_no_data, true)) turn.changed(alert);
}

}  // namespace

void take_sample(Turn& turn, const Sample& sample) {
  const auto at = turn.state.member_at.find(sample.entity);
  if (at == turn.state.member_at.end()) return;
  for (const std::uint32_t index : turn.state.members[at->second].watchers[static_cast<std::size_t>(sample.metric)]) {
    Pair& pair = turn.state.pairs[index];
    if (!sample.value) {
      judge(turn, index, Truth::unknown, kNone);
      continue;
    }
    pair.value = sample.value;
    const bool is_calm = !pair.open.exists() && !pair.blocked_until && !pair.flapping.exists();
    Reached reached = levels_of(pair, *sample.value, 0);
    if (is_calm && !is_any(reached)) {  // nearly all of them
      pair.heard_at = turn.now.run;
      pair.unknown_since.reset();
      pair.samples = 0;
      pair.true_since = {};
      continue;
    }
    const Rule& rule = turn.state.rules.at(pair.rule);
    reached = levels_of(pair, *sample.value, rule.min_delta);
    // Nobody looked meanwhile: that time counts for nothing.
    if (pair.heard_at && turn.now.run - *pair.heard_at > rule.no_data_after && !pair.unknown_since)
      pair.unknown_since = *pair.heard_at;
    pair.heard_at = turn.now.run;
    judge(turn, index, Truth::yes, reached);
  }
}

void judge_standing(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  const Member& member = turn.state.members[pair.member];
  if (pair.kind == RuleKind::no_data) {
    if (!member.reported_at) return;
    pair.heard_at = member.reported_at;
    return judge(turn, index, Truth::no, kNone);
  }
  if (pair.kind != RuleKind::check_state || !member.reported_at) return;
  pair.heard_at = member.reported_at;
  pair.evidence = member.evidence;
  const Severity worst =
      turn.state.rules.at(pair.rule).severity.value_or(member.down_severity.value_or(Severity::critical));
  switch (member.standing) {
    case Standing::soft_down:
    case Standing::soft_up: return;
    case Standing::unknown: return judge(turn, index, Truth::unknown, kNone);
    case Standing::up:
    case Standing::resting: return judge(turn, index, Truth::no, kNone);
    case Standing::degraded: return judge(turn, index, Truth::yes, up_to(pair, std::min(worst, Severity::warning)));
    case Standing::down: return judge(turn, index, Truth::yes, up_to(pair, worst));
    case Standing::paused:
      pair.true_since = {};
      if (pair.open.exists()) resolve(turn, index, ResolveReason::disabled);
  }
}

void judge_condition(Turn& turn, std::uint32_t index, const Condition& condition) {
  Pair& pair = turn.state.pairs[index];
  pair.evidence = condition.evidence;
  pair.heard_at = turn.now.run;
  const Severity severity = turn.state.rules.at(pair.rule).severity.value_or(condition.severity);
  judge(turn, index, condition.truth, condition.truth == Truth::yes ? up_to(pair, severity) : kNone);
}

void judge_again(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  if (pair.is_dead) return;
  if (pair.blocked_until && turn.now.run >= *pair.blocked_until) pair.blocked_until.reset();
  leave_flapping_when_due(turn, index);
  const Rule& rule = turn.state.rules.at(pair.rule);
  const bool is_silent = pair.heard_at && turn.now.run - *pair.heard_at >= rule.no_data_after;
  if (is_silent && (pair.kind == RuleKind::no_data || rule.absent == Absent::alert)) fall_silent(turn, index);
  // Of numbers only the end of a hand's hold is told by time; the next sample says the rest.
  if (pair.unknown_since) return arm(turn, index);
  if (pair.kind == RuleKind::metric && pair.open.exists()) return arm(turn, index);
  decide(turn, index);
}

void leave_flapping_when_due(Turn& turn, std::uint32_t index) {
  Pair& pair = turn.state.pairs[index];
  const AlertId id = pair.open.exists() ? pair.open : pair.flapping;
  const auto alert = turn.state.alerts.find(id);
  if (alert == turn.state.alerts.end() || !alert->second.row.is_flapping) return;
  const Tuning& tuning = turn.state.tuning;
  const auto quiet = std::chrono::duration_cast<milliseconds>(turn.now.run - pair.flap_at);
  if (quiet < time_to(pair.flap_score, tuning.flap_leave, tuning.flap_half_life)) return;
  alert->second.row.is_flapping = false;
  alert->second.row.flap_score = decayed(pair.flap_score, quiet, tuning.flap_half_life);
  pair.flapping = {};
  turn.changed(alert->second);
  turn.note(alert->second, HappeningKind::steady);
  if (alert->second.row.state == AlertState::resolved) count_open(turn, alert->second, -1);
  look(turn, id);
}

void resolve(Turn& turn, std::uint32_t index, ResolveReason reason) {
  Pair& pair = turn.state.pairs[index];
  const AlertId id = std::exchange(pair.open, AlertId{});
  Tracked& alert = turn.state.alerts.at(id);
  const bool was_pending = alert.row.state == AlertState::pending;
  if (was_pending && alert.row.reopen_count == 0) {
    pair.open = id;
    return vanish(turn, pair);
  }
  alert.row.resolved_at = turn.now.wall;
  alert.row.resolve_reason = reason;
  set_ack(turn, alert, std::nullopt);
  set_state(turn, alert, AlertState::resolved);
  turn.note(alert, HappeningKind::resolved);
  const bool is_natural = reason == ResolveReason::condition;
  if (!was_pending) {
    count_outage(turn, pair, -1);
    if (is_natural) count_edge(turn, pair, alert);
  }
  if (is_natural && alert.row.is_flapping) {
    pair.flapping = id;
  } else {
    alert.row.is_flapping = false;
    count_open(turn, alert, -1);
  }
  pair.false_since.reset();
  refresh(turn, pair.member);
  look(turn, id);
  look_around(turn, pair);
  arm(turn, index);
}

}  // namespace monitorix::alert

#include "alert/engine.h"

#include <algorithm>

#include "alert/graph.h"
#include "alert/overlay/work.h"
#include "base/fetch_ahead.h"

namespace monitorix::alert {
namespace {

bool is_bad(Standing standing) {
  return standing == Standing::soft_down || standing == Standing::down || standing == Standing::soft_up;
}

void arm_work(Turn& turn, std::uint32_t index) {
  Member& member = turn.state.members[index];
  std::optional<RunTime> next;
  for (const Work& work : member.work)
    if (is_running(work, turn.now.run)) earliest(next, holds_until(work));
  turn.arm(TimerKind::member, index, member.due, next);
}

void look_at_own(Turn& turn, std::uint32_t index) {
  const std::vector<std::uint32_t> pairs = turn.state.members[index].pairs;
  for (const std::uint32_t pair : pairs)
    if (turn.state.pairs[pair].open.exists()) look(turn, turn.state.pairs[pair].open);
}

void take(Turn& turn, const Placed& event) {
  const std::uint32_t index = member_of(turn.state, event.entity);
  Member& member = turn.state.members[index];
  const bool is_same = member.exists && member.labels == event.labels;
  member.exists = true;
  member.labels = event.labels;
  if (member.needs != event.needs) {
    place_needs(turn.state, index, event.needs);
    refresh(turn, index);
    look_at_own(turn, index);
  }
  if (!is_same) match(turn, index);
}

void take(Turn& turn, const Removed& event) {
  const auto at = turn.state.member_at.find(event.entity);
  if (at == turn.state.member_at.end()) return;
  const std::uint32_t index = at->second;
  const std::vector<std::uint32_t> pairs = turn.state.members[index].pairs;
  for (const std::uint32_t pair : pairs) drop_pair(turn, pair, ResolveReason::deleted);
  Member& member = turn.state.members[index];
  member.exists = false;
  member.conditions.clear();
  member.work.clear();
  member.standing = Standing::unknown;
  member.reported_at.reset();
  member.started_at.reset();
  place_needs(turn.state, index, {});
  refresh(turn, index);
}

void take(Turn& turn, const Report& event) {
  State& state = turn.state;
  const auto at = state.member_at.find(event.entity);
  if (at == state.member_at.end() || !state.members[at->second].exists) return;
  const std::uint32_t index = at->second;
  const auto before = state.members[index].reported_at;
  // Out of order or twice: says nothing (alerts:I16).
  if (state.members[index].started_at && event.started <= *state.members[index].started_at) return;
  Member& member = state.members[index];
  member.started_at = event.started;
  member.reported_at = turn.now.run;
  member.standing = event.standing;
  member.down_severity = event.severity;
  member.evidence = event.evidence;
  if (event.uptime) {
    const RunTime boot = turn.now.run - *event.uptime;
    if (!before || boot > *before) note_boot(turn, index, boot);
  }
  const std::vector<std::uint32_t> pairs = state.members[index].pairs;
  if (is_bad(event.standing) && !missing_of(state, index).cause)
    for (const std::uint32_t pair : pairs)
      if (state.pairs[pair].open.exists()) ++state.alerts.at(state.pairs[pair].open).plan.fresh_bad;
  refresh(turn, index);
  for (const std::uint32_t pair : pairs) judge_standing(turn, pair);
  refresh(turn, index);
  if (is_bad(event.standing)) look_at_own(turn, index);
  for (const AlertId waiting : std::exchange(state.members[index].waiting, {}))
    if (const auto alert = state.alerts.find(waiting);
        alert != state.alerts.end() && alert->second.row.state != AlertState::resolved)
      look(turn, waiting);
}

void take(Turn& turn, const Sample& event) { take_sample(turn, event); }

/// An alert of the time before a start, of which nothing was said since.
bool has_open(const State& state, const Member& member, const Condition& event) {
  return std::any_of(member.pairs.begin(), member.pairs.end(), [&](std::uint32_t index) {
    const Pair& pair = state.pairs[index];
    const auto rule = state.rules.find(pair.rule);
    return pair.open.exists() && rule != state.rules.end() && names_condition(rule->second, event.code) &&
           pair.part == part_of(rule->second, event);
  });
}

void take(Turn& turn, const Condition& event) {
  const auto at = turn.state.member_at.find(event.target.entity);
  if (at == turn.state.member_at.end() || !turn.state.members[at->second].exists) return;
  auto& known = turn.state.members[at->second].conditions;
  const auto one = std::find_if(known.begin(), known.end(), [&](const Condition& other) {
    return other.code == event.code && other.target.part == event.target.part;
  });
  const bool was_known = one != known.end();
  if (event.truth == Truth::no) {
    if (!was_known && !has_open(turn.state, turn.state.members[at->second], event)) return;
    if (was_known) known.erase(one);
  } else if (was_known) {
    *one = event;
  } else {
    known.push_back(event);
  }
  for (const auto& known_rule : turn.state.rules) {
    const Rule& rule = known_rule.second;
    if (!names_condition(rule, event.code)) continue;
    const std::vector<std::uint32_t> pairs = turn.state.members[at->second].pairs;
    const bool has_pair = std::any_of(pairs.begin(), pairs.end(), [&](std::uint32_t pair) {
      return turn.state.pairs[pair].rule == rule.id && turn.state.pairs[pair].part == part_of(rule, event);
    });
    if (has_pair)
      judge_condition(turn, pair_for(turn, rule, at->second, part_of(rule, event)), event);
    else if (event.truth != Truth::no)
      match_rule(turn, rule, at->second);
  }
}

void take(Turn& turn, const WorkBegan& event) {
  const std::uint32_t index = member_of(turn.state, event.entity);
  auto& works = turn.state.members[index].work;
  std::erase_if(works, [&](const Work& work) { return work.ref == event.ref || !is_running(work, turn.now.run); });
  works.push_back({event.kind, event.work, event.ref, turn.now.run, {}});
  refresh(turn, index);
  look_at_own(turn, index);
  look_above(turn, index);
  arm_work(turn, index);
}

void take(Turn& turn, const WorkEnded& event) {
  const std::uint32_t index = member_of(turn.state, event.entity);
  for (Work& work : turn.state.members[index].work)
    if (work.ref == event.ref && !work.ends) work.ends = turn.now.run + event.grace;
  arm_work(turn, index);
}

void take(Turn& turn, const PutRule& event) {
  turn.state.rules[event.rule.id] = event.rule;
  match_rule(turn, event.rule);
  look_at_all(turn);
}

void take(Turn& turn, const RemoveRule& event) {
  for (std::uint32_t i = 0; i < turn.state.pairs.size(); ++i)
    if (!turn.state.pairs[i].is_dead && turn.state.pairs[i].rule == event.rule)
      drop_pair(turn, i, ResolveReason::deleted);
  turn.state.rules.erase(event.rule);
}

void take(Turn& turn, const PutRoute& event) {
  turn.state.routes[event.route.id] = event.route;
  look_at_all(turn);
}
void take(Turn& turn, const RemoveRoute& event) { turn.state.routes.erase(event.route); }
void take(Turn& turn, const PutChannel& event) {
  turn.state.channels[event.channel.id].policy = event.channel;
  look_at_all(turn);
}
void take(Turn& turn, const RemoveChannel& event) { turn.state.channels.erase(event.channel); }
void take(Turn& turn, const KnowZone& event) {
  turn.state.zones.insert_or_assign(event.name, event.zone);
  read_calendar(turn);
}
void take(Turn& turn, const PutSilence& event) {
  turn.state.silences[event.silence.id] = event.silence;
  read_calendar(turn);
}
void take(Turn& turn, const RemoveSilence& event) {
  turn.state.silences.erase(event.silence);
  read_calendar(turn);
}
void take(Turn& turn, const PutWindow& event) {
  turn.state.windows[event.window.id].window = event.window;
  read_calendar(turn);
}
void take(Turn& turn, const RemoveWindow& event) {
  turn.state.windows.erase(event.window);
  read_calendar(turn);
}

Tracked* open_alert(State& state, AlertId id) {
  const auto alert = state.alerts.find(id);
  const bool is_open = alert != state.alerts.end() && alert->second.row.state != AlertState::resolved &&
                       alert->second.row.state != AlertState::pending;
  return is_open ? &alert->second : nullptr;
}

void take(Turn& turn, const Acknowledge& event) {
  Tracked* alert = open_alert(turn.state, event.alert);
  if (!alert) return;
  set_ack(turn, *alert, event.ack);
  look(turn, event.alert);
}

void take(Turn& turn, const Unacknowledge& event) {
  Tracked* alert = open_alert(turn.state, event.alert);
  if (!alert) return;
  set_ack(turn, *alert, std::nullopt, event.by);
  look(turn, event.alert);
}

void take(Turn& turn, const ResolveByHand& event) {
  Tracked* alert = open_alert(turn.state, event.alert);
  if (!alert) return;
  const std::uint32_t pair = alert->pair;
  turn.state.pairs[pair].blocked_until = turn.now.run + turn.state.tuning.manual_hold;
  resolve(turn, pair, ResolveReason::manual);
}

void take(Turn& turn, const StepFailed& event) {
  Tracked* alert = open_alert(turn.state, event.alert);
  if (!alert) return;
  alert->plan.skipped_to = std::max(alert->plan.skipped_to, event.step + 1);
  turn.keep(*alert);
  look(turn, event.alert);
  // Nobody was reached: the pause between two messages of a group is not for that. But those that failed together are
  // told together.
  Group& group = turn.state.groups.at(alert->row.incident);
  const RunTime soon = turn.now.run + turn.state.tuning.failed_wait;
  if (group.due.at && *group.due.at > soon) turn.arm(TimerKind::group, group.row.id.value, group.due, soon);
}

/// The `due` that an entry of the heap speaks of; null when its owner is gone.
Due* due_of(State& state, const Timer& timer) {
  const auto index = static_cast<std::size_t>(timer.id);
  switch (timer.kind) {
    case TimerKind::pair: return index < state.pairs.size() ? &state.pairs[index].due : nullptr;
    case TimerKind::member: return index < state.members.size() ? &state.members[index].due : nullptr;
    case TimerKind::calendar: return &state.calendar;
    case TimerKind::alert: {
      const auto alert = state.alerts.find(AlertId{timer.id});
      return alert == state.alerts.end() ? nullptr : &alert->second.due;
    }
    case TimerKind::group: {
      const auto group = state.groups.find(IncidentId{timer.id});
      return group == state.groups.end() ? nullptr : &group->second.due;
    }
    case TimerKind::channel: {
      const auto channel = state.channels.find(ChannelId{timer.id});
      return channel == state.channels.end() ? nullptr : &channel->second.due;
    }
  }
  return nullptr;
}

void fire(Turn& turn, const Timer& timer) {
  switch (timer.kind) {
    case TimerKind::pair: return judge_again(turn, static_cast<std::uint32_t>(timer.id));
    case TimerKind::alert: return look(turn, AlertId{timer.id});
    case TimerKind::group: return flush(turn, IncidentId{timer.id});
    case TimerKind::channel: return drain(turn, ChannelId{timer.id});
    case TimerKind::calendar: return read_calendar(turn);
    case TimerKind::member: {
      const auto index = static_cast<std::uint32_t>(timer.id);
      refresh(turn, index);
      look_at_own(turn, index);
      look_above(turn, index);  // another hold than the work may be the strongest now
      return arm_work(turn, index);
    }
  }
}

void run_timers(Turn& turn) {
  auto& timers = turn.state.timers;
  while (!timers.empty() && timers.front().at <= turn.now.run) {
    const Timer timer = timers.front();
    std::pop_heap(timers.begin(), timers.end(), std::greater<>{});
    timers.pop_back();
    Due* due = due_of(turn.state, timer);
    if (!due || due->queued != timer.at) continue;
    due->queued.reset();
    if (!due->at) continue;
    if (*due->at > turn.now.run) {
      const std::optional<RunTime> later = due->at;
      turn.arm(timer.kind, timer.id, *due, later);
      continue;
    }
    due->at.reset();
    fire(turn, timer);
  }
}

}  // namespace

void Turn::arm(TimerKind kind, std::int64_t id, Due& due, std::optional<RunTime> at) {
  due.at = at;
  if (!at || (due.queued && *due.queued <= *at)) return;
  due.queued = at;
  state.timers.push_back({*at, kind, id});
  std::push_heap(state.timers.begin(), state.timers.end(), std::greater<>{});
}

Outcome Turn::finish() && {
  out.alerts.assign(changed_alerts.begin(), changed_alerts.end());
  out.vanished.assign(vanished_alerts.begin(), vanished_alerts.end());
  out.incidents.assign(changed_incidents.begin(), changed_incidents.end());
  out.ask.assign(asked.begin(), asked.end());
  return std::move(out);
}

Outcome step(State& state, const Event& event, Now now) {
  Turn turn{state, now};
  run_timers(turn);
  follow_clock(turn);
  std::visit([&](const auto& one) { take(turn, one); }, event);
  run_timers(turn);
  return std::move(turn).finish();
}

Outcome advance(State& state, Now now) {
  Turn turn{state, now};
  // What ran its time comes before what a jump of the clock makes look again, so that a jump alone moves nothing.
  run_timers(turn);
  follow_clock(turn);
  run_timers(turn);
  return std::move(turn).finish();
}

// One thing of all of them after the other: so many questions are on their way at once.
void foresee(const State& state, std::span<const Entity> entities) {
  std::vector<const Member*> members;
  members.reserve(entities.size());
  for (const Entity entity : entities) {
    const auto at = state.member_at.find(entity);
    if (at != state.member_at.end()) members.push_back(&state.members[at->second]);
  }
  for (const Member* one : members) fetch_before(one, &Member::conditions);
  for (const Member* one : members) {
    fetch_ahead(one->pairs.data());
    fetch_ahead(one->needs.data());
  }
  for (const Member* one : members) {
    for (const std::uint32_t pair : one->pairs) fetch_before(&state.pairs[pair], &Pair::value);
    for (const Need& need : one->needs) fetch_ahead(need.any_of.data());
  }
}

std::optional<RunTime> next_due(const State& state) {
  if (state.timers.empty()) return std::nullopt;
  return state.timers.front().at;
}

}  // namespace monitorix::alert

#include "alert/debts.h"

#include <algorithm>

#include "alert/overlay/window.h"
#include "alert/turn.h"
#include "model/alert/alert_names.h"

namespace monitorix::alert {
namespace {

const Told* told_by(const Tracked& alert, int step, ChannelId channel) {
  for (const Told& told : alert.plan.told)
    if (told.step == step && told.channel == channel) return &told;
  return nullptr;
}

Told& told_by(Tracked& alert, int step, ChannelId channel) {
  for (Told& told : alert.plan.told)
    if (told.step == step && told.channel == channel) return told;
  const auto after = std::find_if(alert.plan.told.begin(), alert.plan.told.end(), [&](const Told& told) {
    return std::pair{told.step, told.channel} > std::pair{step, channel};
  });
  return *alert.plan.told.insert(after, {.step = step, .channel = channel});
}

template <class T>
bool has_or_is_empty(const std::vector<T>& all, const T& one) {
  return all.empty() || std::find(all.begin(), all.end(), one) != all.end();
}

const ChannelPolicy* usable(const State& state, ChannelId id, const Alert& alert) {
  const auto channel = state.channels.find(id);
  if (channel == state.channels.end() || !channel->second.policy.is_active) return nullptr;
  const ChannelPolicy& policy = channel->second.policy;
  const Rule& rule = state.rules.at(alert.rule);
  const bool takes_it = has_or_is_empty(policy.severities, alert.severity) && has_or_is_empty(rule.channels, id) &&
                        (policy.alert_types.empty() || has_or_is_empty(policy.alert_types, alert_type_of(rule)));
  return takes_it ? &policy : nullptr;
}

/// Of an alert that could be told already.
RunTime due_of(const Tracked& alert, const RouteStep& step, int number) {
  return *alert.plan.eligible_at + (number <= alert.plan.skipped_to ? std::chrono::milliseconds{0} : step.after);
}

/// It was told this step, and as badly as it is now.
bool knows(const Told* told, const Alert& alert) {
  return told != nullptr && told->is_firing && told->severity >= alert.severity;
}

void add_resolved(const State& state, const Tracked& alert, Debts& debts) {
  std::set<ChannelId> done;
  for (const Told& told : alert.plan.told) {
    if (!told.is_firing || told.is_resolved || !done.insert(told.channel).second) continue;
    const auto channel = state.channels.find(told.channel);
    if (channel == state.channels.end() || !channel->second.policy.is_active) continue;
    if (channel->second.policy.send_resolved) debts.now.push_back({told.channel, told.step, TellingKind::resolved, 0});
  }
}

/// The channels that heard of it hear that it flaps, once; those of the first step when nobody did.
void add_flapping(const State& state, const Tracked& alert, const Route& route, Debts& debts) {
  std::set<ChannelId> done;
  bool anybody = false;
  for (const Told& told : alert.plan.told) {
    if (told.knows_flapping) done.insert(told.channel);
    anybody = anybody || told.is_firing;
  }
  for (const Told& told : alert.plan.told)
    if (told.is_firing && usable(state, told.channel, alert.row) && done.insert(told.channel).second)
      debts.now.push_back({told.channel, told.step, TellingKind::flapping, 0});
  if (anybody || route.steps.empty() || alert.row.severity < route.steps.front().min_severity) return;
  for (const ChannelId channel : route.steps.front().channels)
    if (usable(state, channel, alert.row) && done.insert(channel).second)
      debts.now.push_back({channel, 0, TellingKind::flapping, 0});
}

void add_firing(const State& state, const Tracked& alert, const Route& route, Now now, Debts& debts) {
  const bool is_acked = is_acknowledged(alert.row, now.wall);
  const Pair& pair = state.pairs[alert.pair];
  const auto cooldown = state.rules.at(alert.row.rule).cooldown;
  for (int i = 0; i < static_cast<int>(route.steps.size()); ++i) {
    const RouteStep& step = route.steps[static_cast<std::size_t>(i)];
    const RunTime due = due_of(alert, step, i);
    if (alert.row.severity < step.min_severity) continue;
    if (step.hours && !is_within(*step.hours, state.zones, now.wall)) {
      if (const auto opens = next_opening(*step.hours, state.zones, now.wall))
        earliest(debts.again, now.run + (*opens - now.wall));
      continue;
    }
    for (const ChannelId id : step.channels) {
      if (!usable(state, id, alert.row)) continue;
      const Told* told = told_by(alert, i, id);
      const bool is_new = told == nullptr || !told->is_firing;
      if (knows(told, alert.row)) continue;
      if (is_acked && (i > 0 || !is_new)) continue;
      // A channel of two steps that are due at once is told once; the cooldown decides when again.
      if (std::any_of(debts.now.begin(), debts.now.end(), [&](const Debt& debt) { return debt.channel == id; }))
        continue;
      if (now.run < due) {
        earliest(debts.again, due);
        continue;
      }
      const auto last = pair.fired_at.find(id);
      if (last != pair.fired_at.end() && now.run < last->second + cooldown)
        earliest(debts.again, last->second + cooldown);
      else
        debts.now.push_back({id, i, TellingKind::firing, 0});
    }
  }
}

void add_reminders(const State& state, const Tracked& alert, const Route& route, Now now, Debts& debts) {
  if (is_acknowledged(alert.row, now.wall)) return;
  for (const Told& told : alert.plan.told) {
    if (!told.is_firing || !usable(state, told.channel, alert.row)) continue;
    // The last step that told a channel reminds it; what it was told by others counts too.
    RunTime last = told.last_at;
    bool is_last = true;
    for (const Told& other : alert.plan.told) {
      if (other.channel != told.channel || !other.is_firing) continue;
      last = std::max(last, other.last_at);
      is_last = is_last && other.step <= told.step;
    }
    if (!is_last) continue;
    std::optional<std::chrono::milliseconds> repeat;
    if (alert.row.severity == Severity::critical) repeat = state.tuning.repeat_critical;
    if (alert.row.severity == Severity::warning) repeat = state.tuning.repeat_warning;
    if (told.step + 1 == static_cast<int>(route.steps.size()) && route.repeat_last) repeat = route.repeat_last;
    if (!repeat) continue;
    if (now.run >= last + *repeat)
      debts.now.push_back({told.channel, told.step, TellingKind::reminder, told.repeats + 1});
    else
      earliest(debts.again, last + *repeat);
  }
}

}  // namespace

bool is_acknowledged(const Alert& alert, WallTime now) {
  return alert.ack && (!alert.ack->until || now < *alert.ack->until);
}

const Route* route_of(const State& state, const Rule& rule) {
  if (const auto own = state.routes.find(rule.route); own != state.routes.end()) return &own->second;
  for (const auto& [id, route] : state.routes)
    if (route.is_default) return &route;
  return nullptr;
}

Debts debts_of(const State& state, const Tracked& alert, Now now) {
  Debts debts;
  const bool is_over = alert.row.state == AlertState::resolved;
  if (alert.row.state == AlertState::pending) return debts;
  const auto rule = state.rules.find(alert.row.rule);
  const Route* route = rule == state.rules.end() ? nullptr : route_of(state, rule->second);
  if (alert.row.is_flapping) {
    // While it flaps one message says so; firing and resolved wait until it is steady.
    if (route && !alert.row.held) add_flapping(state, alert, *route, debts);
    return debts;
  }
  if (is_over) {
    add_resolved(state, alert, debts);
    return debts;
  }
  if (!route || alert.row.held || !alert.plan.eligible_at) return debts;
  add_firing(state, alert, *route, now, debts);
  if (debts.now.empty()) add_reminders(state, alert, *route, now, debts);
  return debts;
}

std::optional<NextStep> next_step_of(const State& state, const Tracked& alert, Now now) {
  const Alert& row = alert.row;
  const bool is_open = row.state == AlertState::firing || row.state == AlertState::recovering;
  if (!is_open || row.held || row.is_flapping || is_acknowledged(row, now.wall) || !alert.plan.eligible_at)
    return std::nullopt;
  const auto rule = state.rules.find(row.rule);
  const Route* route = rule == state.rules.end() ? nullptr : route_of(state, rule->second);
  std::optional<NextStep> next;
  for (int i = 0; route && i < static_cast<int>(route->steps.size()); ++i) {
    const RouteStep& step = route->steps[static_cast<std::size_t>(i)];
    if (row.severity < step.min_severity) continue;
    NextStep one{.route = route, .step = i, .at = std::max(now.run, due_of(alert, step, i))};
    for (const ChannelId id : step.channels)
      if (usable(state, id, row) && !knows(told_by(alert, i, id), row)) one.channels.push_back(id);
    if (one.channels.empty()) continue;
    const WallTime wall = now.wall + (one.at - now.run);
    if (step.hours && !is_within(*step.hours, state.zones, wall)) {
      const auto opens = next_opening(*step.hours, state.zones, wall);
      if (!opens) continue;
      one.at += *opens - wall;
    }
    if (!next || one.at < next->at) next = std::move(one);
  }
  return next;
}

void settle(State& state, Tracked& alert, const Debt& debt, Now now) {
  if (debt.kind == TellingKind::resolved) {
    for (Told& told : alert.plan.told)
      if (told.channel == debt.channel) told.is_resolved = true;
    return;
  }
  Told& told = told_by(alert, debt.step, debt.channel);
  told.last_at = now.run;
  switch (debt.kind) {
    case TellingKind::firing:
      told.is_firing = true;
      told.is_resolved = false;
      told.severity = alert.row.severity;
      state.pairs[alert.pair].fired_at[debt.channel] = now.run;
      break;
    case TellingKind::reminder: told.repeats = debt.repeat; break;
    case TellingKind::flapping: told.knows_flapping = true; break;
    case TellingKind::resolved:
    case TellingKind::digest: break;
  }
}

}  // namespace monitorix::alert

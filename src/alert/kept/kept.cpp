#include "alert/kept/kept.h"

#include <algorithm>

#include "alert/graph.h"

namespace monitorix::alert {
namespace {

void restore_group(Turn& turn, const Incident& incident) {
  Group& group = turn.state.groups[incident.id];
  group.row = incident;
  Scope& scope = turn.state.scopes[{incident.route, incident.scope}];
  if (incident.state != IncidentState::resolved) scope.open = incident.id;
  if (incident.resolved_at) {
    const RunTime quiet = std::min(turn.run_of(*incident.resolved_at), turn.now.run);
    if (!scope.quiet_since || *scope.quiet_since < quiet) scope.quiet_since = quiet;
  }
}

/// Messages of the last period take their places in the storm guard again.
void restore_places(State& state, const Plan& plan, RunTime now) {
  for (const Told& told : plan.told) {
    const auto channel = state.channels.find(told.channel);
    if (channel == state.channels.end() || told.last_at + channel->second.policy.burst_period <= now) continue;
    auto& sent = channel->second.sent;
    const auto place = std::lower_bound(sent.begin(), sent.end(), told.last_at);
    if (place == sent.end() || *place != told.last_at) sent.insert(place, told.last_at);
  }
}

std::optional<std::uint32_t> pair_of(Turn& turn, const Alert& row) {
  const auto rule = turn.state.rules.find(row.rule);
  if (rule == turn.state.rules.end()) return std::nullopt;
  return pair_for(turn, rule->second, member_of(turn.state, row.target.entity), row.target.part);
}

void restore_alert(Turn& turn, const KeptAlert& kept) {
  State& state = turn.state;
  const auto pair_index = pair_of(turn, kept.row);
  Tracked& alert = state.alerts[kept.row.id];
  alert.row = kept.row;
  const bool is_open = kept.row.state != AlertState::resolved;
  Pair nobody;
  Pair& pair = pair_index ? state.pairs[*pair_index] : nobody;
  Plan plan;
  const Pair before = pair;
  if (decode_plan(kept.plan, turn.now, plan, pair)) alert.plan = std::move(plan);
  if (!pair_index && is_open) {
    alert.row.state = AlertState::resolved;
    alert.row.resolve_reason = ResolveReason::deleted;
    alert.row.resolved_at = turn.now.wall;
    turn.changed(alert);
  }
  if (!pair_index) alert.row.is_flapping = false;
  // Of an alert that ended only what may still flap is taken; a newer one of the same pair knows better.
  if (!is_open && before.open.exists()) pair = before;
  alert.pair = pair_index.value_or(0);
  restore_places(state, alert.plan, turn.now.run);
  if (pair_index && is_open) pair.open = kept.row.id;
  if (pair_index && !is_open && kept.row.is_flapping && !pair.open.exists()) pair.flapping = kept.row.id;
  if (pair_index && pair.kind == RuleKind::check_state && is_open && kept.row.state != AlertState::pending)
    ++state.members[pair.member].outages;
  const auto group = state.groups.find(kept.row.incident);
  if (group == state.groups.end()) return;
  group->second.live.insert(kept.row.id);
  const bool counts = (alert.row.state != AlertState::resolved && alert.row.state != AlertState::pending) ||
                      (alert.row.is_flapping && pair_index);
  if (counts) ++group->second.open;
  if (alert.row.ack) group->second.acked.insert(kept.row.id);
  for (const Told& told : alert.plan.told)
    if (!group->second.last_flush || *group->second.last_flush < told.last_at) group->second.last_flush = told.last_at;
}

}  // namespace

AlertBatch batch_of(const State& state, const Outcome& outcome, Now now) {
  AlertBatch batch;
  for (const AlertId id : outcome.alerts)
    if (const auto alert = state.alerts.find(id); alert != state.alerts.end())
      batch.alerts.push_back({alert->second.row, encode_plan(state, alert->second, now)});
  batch.vanished = outcome.vanished;
  for (const IncidentId id : outcome.incidents)
    if (const auto group = state.groups.find(id); group != state.groups.end())
      batch.incidents.push_back(group->second.row);
  batch.happenings = outcome.happenings;
  return batch;
}

Outcome restore(State& state, const KeptAlerts& kept, Now now) {
  Turn turn{state, now};
  state.next_alert = std::max(state.next_alert, kept.next_alert);
  state.next_incident = std::max(state.next_incident, kept.next_incident);
  for (const Incident& incident : kept.incidents) restore_group(turn, incident);
  // What is open first, so that of two alerts of one pair the open one says how it stands.
  std::vector<const KeptAlert*> order;
  for (const KeptAlert& one : kept.alerts) order.push_back(&one);
  std::stable_partition(order.begin(), order.end(),
                        [](const KeptAlert* one) { return one->row.state != AlertState::resolved; });
  for (const KeptAlert* one : order) {
    restore_alert(turn, *one);
    state.next_alert = std::max(state.next_alert, one->row.id.value + 1);
  }
  for (auto& [id, group] : state.groups) {
    state.next_incident = std::max(state.next_incident, id.value + 1);
    restate(turn, group);
  }
  for (std::uint32_t i = 0; i < state.members.size(); ++i) refresh(turn, i);
  std::vector<AlertId> all;
  for (const auto& [id, alert] : state.alerts)
    if (state.groups.contains(alert.row.incident)) all.push_back(id);
  for (const AlertId id : all) look(turn, id);
  for (std::uint32_t i = 0; i < state.pairs.size(); ++i) turn.arm(TimerKind::pair, i, state.pairs[i].due, now.run);
  return std::move(turn).finish();
}

Outcome resolve_orphans(State& state, Now now) {
  Turn turn{state, now};
  for (std::uint32_t i = 0; i < state.pairs.size(); ++i)
    if (!state.pairs[i].is_dead && !state.members[state.pairs[i].member].exists)
      drop_pair(turn, i, ResolveReason::deleted);
  return std::move(turn).finish();
}

}  // namespace monitorix::alert

// Which incident an alert belongs to: that of its cause, else the open one of its route and node (alerts §6).

#include <algorithm>

#include "alert/debts.h"
#include "alert/graph.h"

namespace monitorix::alert {
namespace {

Group& open_group(Turn& turn, RouteId route, Entity entity) {
  State& state = turn.state;
  Scope& scope = state.scopes[{route, entity}];
  if (scope.open.exists()) return state.groups.at(scope.open);
  const IncidentId id{state.next_incident++};
  scope.open = id;
  Group& group = state.groups[id];
  group.row.id = id;
  group.row.route = route;
  group.row.scope = entity;
  group.row.opened_at = turn.now.wall;
  return group;
}

/// The cause is the alert that nothing else stands below.
void choose_root(const State& state, Group& group, const Tracked& alert) {
  if (!group.row.root.exists()) {
    group.row.root = alert.row.id;
    return;
  }
  const auto root = state.alerts.find(group.row.root);
  if (root == state.alerts.end() || root->first == alert.row.id) return;
  const Pair& pair = state.pairs[alert.pair];
  if (pair.kind != RuleKind::check_state) return;
  const auto below = state.member_at.find(root->second.row.target.entity);
  if (below == state.member_at.end()) return;
  const bool same_place = below->second == pair.member && state.pairs[root->second.pair].kind != RuleKind::check_state;
  if (same_place || stands_on(state, below->second, pair.member)) group.row.root = alert.row.id;
}

void join(Turn& turn, Tracked& alert, Group& group) {
  alert.row.incident = group.row.id;
  group.row.alerts.push_back(alert.row.id);
  group.live.insert(alert.row.id);
  ++group.open;
  if (alert.row.ack) group.acked.insert(alert.row.id);
  choose_root(turn.state, group, alert);
  group.row.severity = std::max(group.row.severity, alert.row.severity);
  restate(turn, group);
  turn.changed(group);
}

}  // namespace

void join_incident(Turn& turn, Tracked& alert) {
  State& state = turn.state;
  if (alert.row.incident.exists()) return note_severity(turn, alert);
  const Pair& pair = state.pairs[alert.pair];
  const Route* route = route_of(state, state.rules.at(alert.row.rule));
  const RouteId route_id = route ? route->id : RouteId{};
  const Missing missing = missing_of(state, pair.member);
  if (missing.cause) {
    const auto cause = state.alerts.find(outage_of(state, *missing.cause));
    if (cause != state.alerts.end()) {
      alert.row.root_cause = cause->second.row.root_cause.exists() ? cause->second.row.root_cause : cause->first;
      const auto group = state.groups.find(cause->second.row.incident);
      if (group != state.groups.end() && group->second.row.route == route_id) return join(turn, alert, group->second);
    }
  }
  const Entity self = state.members[pair.member].entity;
  join(turn, alert, open_group(turn, route_id, node_of(state, pair.member).value_or(self)));
}

void follow_cause(Turn& turn, Tracked& alert, AlertId cause_id) {
  State& state = turn.state;
  const Tracked& cause = state.alerts.at(cause_id);
  const AlertId root = cause.row.root_cause.exists() ? cause.row.root_cause : cause_id;
  if (root == alert.row.id) return;
  if (alert.row.root_cause != root) {
    alert.row.root_cause = root;
    turn.changed(alert);
  }
  // An incident of its own, of which nobody was told, becomes part of the cause's.
  if (cause.row.incident == alert.row.incident || !alert.plan.told.empty()) return;
  const auto to = state.groups.find(cause.row.incident);
  Group& from = state.groups.at(alert.row.incident);
  if (to == state.groups.end() || to->second.row.route != from.row.route) return;
  std::erase(from.row.alerts, alert.row.id);
  from.live.erase(alert.row.id);
  from.acked.erase(alert.row.id);
  if (from.row.root == alert.row.id) from.row.root = from.row.alerts.empty() ? AlertId{} : from.row.alerts.front();
  --from.open;
  restate(turn, from);
  turn.changed(from);
  join(turn, alert, to->second);
  turn.changed(alert);
}

void count_open(Turn& turn, Tracked& alert, int change) {
  if (!alert.row.incident.exists()) return;
  Group& group = turn.state.groups.at(alert.row.incident);
  group.open += change;
  restate(turn, group);
}

void restate(Turn& turn, Group& group) {
  const IncidentState before = group.row.state;
  if (group.open == 0) {
    group.row.state = IncidentState::resolved;
    Scope& scope = turn.state.scopes[{group.row.route, group.row.scope}];
    if (before != IncidentState::resolved) {
      group.row.resolved_at = turn.now.wall;
      scope.quiet_since = turn.now.run;
    }
    if (scope.open == group.row.id) scope.open = {};
  } else {
    group.row.resolved_at.reset();
    const bool all_acked = static_cast<int>(group.acked.size()) >= group.open;
    group.row.state = all_acked ? IncidentState::acknowledged : IncidentState::open;
  }
  if (before != group.row.state) turn.changed(group);
}

void note_severity(Turn& turn, const Tracked& alert) {
  Group& group = turn.state.groups.at(alert.row.incident);
  if (alert.row.severity <= group.row.severity) return;
  group.row.severity = alert.row.severity;
  turn.changed(group);
}

void set_ack(Turn& turn, Tracked& alert, std::optional<Acknowledgement> ack, const std::string& who) {
  if (!ack && !alert.row.ack) return;
  turn.note(alert, ack ? HappeningKind::acknowledged : HappeningKind::unacknowledged, ack ? ack->by : who);
  Group& group = turn.state.groups.at(alert.row.incident);
  if (ack)
    group.acked.insert(alert.row.id);
  else
    group.acked.erase(alert.row.id);
  alert.row.ack = std::move(ack);
  turn.changed(alert);
  restate(turn, group);
}

}  // namespace monitorix::alert

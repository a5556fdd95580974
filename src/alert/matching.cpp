// Which rules watch which entity. Kept beside the entity, so that what happens to it touches these and no others.

#include <algorithm>
#include <cmath>

#include "alert/graph.h"
#include "alert/select.h"

namespace monitorix::alert {
namespace {

bool is_watching(const Rule& rule, const Member& member) {
  return rule.is_active && member.exists && is_judged(rule, member);
}

const std::vector<Level>& levels_for(const Rule& rule, const Member& member) {
  for (auto one = rule.exceptions.rbegin(); one != rule.exceptions.rend(); ++one)
    if (fits(one->where, member)) return one->levels.empty() ? rule.levels : one->levels;
  return rule.levels;
}

void set_bounds(Pair& pair, const Rule& rule, const Member& member) {
  pair.kind = rule.kind;
  pair.comparison = rule.comparison;
  pair.bounds = {};
  if (rule.kind != RuleKind::metric) {
    for (auto& bound : pair.bounds) bound = {true, 0, 0, rule.confirm_for};
    return;
  }
  const bool upward = rule.comparison == Comparison::above || rule.comparison == Comparison::at_least;
  for (const Level& level : levels_for(rule, member)) {
    const double margin = std::abs(level.threshold) * 0.05;
    const double clear = level.clear.value_or(level.threshold + (upward ? -margin : margin));
    pair.bounds[static_cast<std::size_t>(level.severity)] = {true, level.threshold, clear,
                                                             level.confirm_for.value_or(rule.confirm_for)};
  }
}

std::optional<std::uint32_t> find_pair(const State& state, RuleId rule, std::uint32_t member, const std::string& part) {
  for (const std::uint32_t index : state.members[member].pairs)
    if (state.pairs[index].rule == rule && state.pairs[index].part == part) return index;
  return std::nullopt;
}

bool has_conditions(const Rule& rule) { return rule.kind == RuleKind::pve_event || rule.kind == RuleKind::certificate; }

void match_one(Turn& turn, const Rule& rule, std::uint32_t index) {
  State& state = turn.state;
  if (!is_watching(rule, state.members[index])) {
    const std::vector<std::uint32_t> pairs = state.members[index].pairs;
    for (const std::uint32_t pair : pairs)
      if (state.pairs[pair].rule == rule.id) drop_pair(turn, pair, ResolveReason::disabled);
    return;
  }
  if (!has_conditions(rule)) {
    const std::uint32_t pair = pair_for(turn, rule, index, {});
    set_bounds(state.pairs[pair], rule, state.members[index]);
    return judge_standing(turn, pair);
  }
  for (const std::uint32_t pair : state.members[index].pairs)
    if (state.pairs[pair].rule == rule.id) set_bounds(state.pairs[pair], rule, state.members[index]);
  const std::vector<Condition> conditions = state.members[index].conditions;
  for (const Condition& condition : conditions)
    if (names_condition(rule, condition.code))
      judge_condition(turn, pair_for(turn, rule, index, part_of(rule, condition)), condition);
}

}  // namespace

bool names_condition(const Rule& rule, const std::string& code) {
  return has_conditions(rule) && fits_text(rule.condition, code);
}

std::string part_of(const Rule& rule, const Condition& condition) {
  // A rule for many codes has an alert for each of them.
  if (rule.condition.find('*') == std::string::npos) return condition.target.part;
  return condition.code + ":" + condition.target.part;
}

std::uint32_t pair_for(Turn& turn, const Rule& rule, std::uint32_t member, const std::string& part) {
  State& state = turn.state;
  if (const auto found = find_pair(state, rule.id, member, part)) return *found;
  std::uint32_t index = static_cast<std::uint32_t>(state.pairs.size());
  if (state.free_pairs.empty()) {
    state.pairs.emplace_back();
  } else {
    index = state.free_pairs.back();
    state.free_pairs.pop_back();
    const Due due{std::nullopt, state.pairs[index].due.queued};  // the heap may still name this slot
    state.pairs[index] = Pair{};
    state.pairs[index].due = due;
  }
  Pair& pair = state.pairs[index];
  pair.rule = rule.id;
  pair.member = member;
  pair.part = part;
  pair.heard_at = turn.now.run;
  set_bounds(pair, rule, state.members[member]);
  state.members[member].pairs.push_back(index);
  if (rule.kind == RuleKind::metric)
    state.members[member].watchers[static_cast<std::size_t>(rule.metric)].push_back(index);
  return index;
}

void drop_pair(Turn& turn, std::uint32_t index, ResolveReason reason) {
  State& state = turn.state;
  if (state.pairs[index].open.exists()) {
    const AlertId id = state.pairs[index].open;
    resolve(turn, index, reason);
    if (!turn.vanished_alerts.contains(id)) turn.out.cancelled.push_back(id);
  }
  Pair& pair = state.pairs[index];
  if (pair.flapping.exists()) {
    Tracked& alert = state.alerts.at(std::exchange(pair.flapping, AlertId{}));
    alert.row.is_flapping = false;
    alert.row.resolve_reason = reason;
    turn.changed(alert);
    count_open(turn, alert, -1);
    look(turn, alert.row.id);
  }
  Member& member = state.members[pair.member];
  std::erase(member.pairs, index);
  for (auto& watchers : member.watchers) std::erase(watchers, index);
  pair.is_dead = true;
  state.free_pairs.push_back(index);
}

void match(Turn& turn, std::uint32_t member) {
  for (const auto& [id, rule] : turn.state.rules) match_one(turn, rule, member);
}

void match_rule(Turn& turn, const Rule& rule, std::uint32_t member) { match_one(turn, rule, member); }

void match_rule(Turn& turn, const Rule& rule) {
  for (std::uint32_t i = 0; i < turn.state.members.size(); ++i) match_one(turn, rule, i);
}

}  // namespace monitorix::alert

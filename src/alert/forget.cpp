// What need not be remembered any more leaves the state: entities and parts of which there is nothing to say, and
// alerts that are over and were told.

#include <algorithm>

#include "alert/graph.h"
#include "alert/overlay/flap.h"
#include "alert/overlay/work.h"

namespace monitorix::alert {
namespace {

constexpr double kForgottenScore = 0.05;  // after an hour and a bit

bool is_quiet(const State& state, const Pair& pair, Now now) {
  const bool is_remembered = pair.flap_score > 0 && decayed(pair.flap_score, now.run - pair.flap_at,
                                                            state.tuning.flap_half_life) > kForgottenScore;
  if (pair.open.exists() || pair.flapping.exists() || pair.blocked_until || is_remembered) return false;
  const auto cooldown = state.rules.at(pair.rule).cooldown;
  return std::none_of(pair.fired_at.begin(), pair.fired_at.end(),
                      [&](const auto& fired) { return now.run < fired.second + cooldown; });
}

void free_pair(State& state, std::uint32_t one) {
  const Due due{std::nullopt, state.pairs[one].due.queued};  // the heap may still name this slot
  state.pairs[one] = Pair{};
  state.pairs[one].is_dead = true;
  state.pairs[one].due = due;
  state.free_pairs.push_back(one);
}

bool is_of_part(const State& state, std::uint32_t one) {
  const Pair& pair = state.pairs[one];
  return pair.kind == RuleKind::pve_event && !pair.part.empty();
}

}  // namespace

bool forget_quiet(State& state, Entity entity, Now now) {
  const auto at = state.member_at.find(entity);
  if (at == state.member_at.end()) return true;
  const std::uint32_t index = at->second;
  Member& member = state.members[index];
  const Tuning& tuning = state.tuning;
  const bool may_come_back = member.last_away && now.run - *member.last_away < tuning.settle + tuning.boot_grace;
  if (!member.dependents.empty() || !member.conditions.empty() || !member.waiting.empty() || member.outages > 0 ||
      may_come_back ||
      std::any_of(member.work.begin(), member.work.end(), [&](const Work& work) { return is_running(work, now.run); }))
    return false;
  for (const std::uint32_t one : member.pairs)
    if (!is_quiet(state, state.pairs[one], now)) return false;
  for (const auto& [id, alert] : state.alerts)
    if (std::find(member.pairs.begin(), member.pairs.end(), alert.pair) != member.pairs.end()) return false;
  place_needs(state, index, {});
  for (const std::uint32_t one : member.pairs) free_pair(state, one);
  const Due due{std::nullopt, member.due.queued};
  member = Member{};
  member.due = due;
  state.member_at.erase(at);
  state.free_members.push_back(index);
  return true;
}

bool forget_quiet_parts(State& state, Entity entity, Now now) {
  const auto at = state.member_at.find(entity);
  if (at == state.member_at.end()) return true;
  std::set<std::uint32_t> in_use;
  for (const auto& [id, alert] : state.alerts) in_use.insert(alert.pair);
  auto& pairs = state.members[at->second].pairs;
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t one : pairs) {
    if (is_of_part(state, one) && is_quiet(state, state.pairs[one], now) && !in_use.contains(one))
      free_pair(state, one);
    else
      kept.push_back(one);
  }
  pairs = std::move(kept);
  return std::none_of(pairs.begin(), pairs.end(), [&](std::uint32_t one) { return is_of_part(state, one); });
}

void forget_settled(State& state) {
  std::set<AlertId> flapping;
  for (const Pair& pair : state.pairs)
    if (!pair.is_dead && pair.flapping.exists()) flapping.insert(pair.flapping);
  for (auto group = state.groups.begin(); group != state.groups.end();) {
    const bool is_over = group->second.live.empty() && group->second.row.state == IncidentState::resolved;
    group = is_over ? state.groups.erase(group) : std::next(group);
  }
  for (auto alert = state.alerts.begin(); alert != state.alerts.end();) {
    const bool is_over = alert->second.row.state == AlertState::resolved && !flapping.contains(alert->first) &&
                         !state.groups.contains(alert->second.row.incident);
    alert = is_over ? state.alerts.erase(alert) : std::next(alert);
  }
}

}  // namespace monitorix::alert

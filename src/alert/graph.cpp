#include "alert/graph.h"

#include <algorithm>

#include "alert/overlay/work.h"

namespace monitorix::alert {
namespace {

bool is_lost(const State& state, const Need& need) {
  return !need.any_of.empty() && std::all_of(need.any_of.begin(), need.any_of.end(), [&](Entity entity) {
    const auto at = state.member_at.find(entity);
    return at != state.member_at.end() && state.members[at->second].was_away;
  });
}

bool is_bad(Standing standing) {
  return standing == Standing::soft_down || standing == Standing::down || standing == Standing::soft_up;
}

void look_at_alerts_of(Turn& turn, const Member& member) {
  std::vector<AlertId> open;
  for (const std::uint32_t pair : member.pairs)
    if (turn.state.pairs[pair].open.exists()) open.push_back(turn.state.pairs[pair].open);
  for (const AlertId id : open) look(turn, id);
}

void forget_proof(State& state, const Member& member) {
  for (const std::uint32_t pair : member.pairs) {
    const auto alert = state.alerts.find(state.pairs[pair].open);
    if (alert != state.alerts.end()) alert->second.plan.fresh_bad = 0;
  }
}

bool judge_away(Turn& turn, std::uint32_t index) {
  Member& member = turn.state.members[index];
  bool away = is_bad(member.standing) || member.standing == Standing::resting ||
              (member.outages > 0 && member.standing != Standing::degraded);
  for (const Work& work : member.work) away = away || (is_running(work, turn.now.run) && takes_away(work.work));
  for (const Need& need : member.needs) away = away || is_lost(turn.state, need);
  if (away == member.was_away) return false;
  member.was_away = away;
  if (!away) member.last_away = turn.now.run;
  return true;
}

std::vector<std::uint32_t> all_above(const State& state, std::uint32_t index) {
  std::vector<std::uint32_t> above = state.members[index].dependents;
  std::set<std::uint32_t> seen(above.begin(), above.end());
  for (std::size_t i = 0; i < above.size(); ++i)
    for (const std::uint32_t next : state.members[above[i]].dependents)
      if (seen.insert(next).second) above.push_back(next);
  return above;
}

}  // namespace

std::uint32_t member_of(State& state, Entity entity) {
  if (const auto known = state.member_at.find(entity); known != state.member_at.end()) return known->second;
  std::uint32_t index = static_cast<std::uint32_t>(state.members.size());
  if (state.free_members.empty()) {
    state.members.emplace_back();
  } else {
    index = state.free_members.back();
    state.free_members.pop_back();
  }
  state.members[index].entity = entity;
  state.member_at.emplace(entity, index);
  return index;
}

void place_needs(State& state, std::uint32_t index, const std::vector<Need>& needs) {
  for (const Need& need : state.members[index].needs)
    for (const Entity entity : need.any_of) std::erase(state.members[member_of(state, entity)].dependents, index);
  state.members[index].needs.clear();
  std::vector<Need> sound;
  for (const Need& need : needs) {
    Need kept;
    for (const Entity entity : need.any_of) {
      const std::uint32_t below = member_of(state, entity);
      if (below != index && !stands_on(state, below, index)) kept.any_of.push_back(entity);
    }
    if (kept.any_of.empty()) continue;
    for (const Entity entity : kept.any_of) {
      auto& dependents = state.members[member_of(state, entity)].dependents;
      if (std::find(dependents.begin(), dependents.end(), index) == dependents.end()) dependents.push_back(index);
    }
    sound.push_back(std::move(kept));
  }
  state.members[index].needs = std::move(sound);
}

std::vector<std::uint32_t> ancestors_of(const State& state, std::uint32_t index) {
  std::vector<std::uint32_t> found;
  const auto add = [&](const Member& member) {
    for (const Need& need : member.needs)
      for (const Entity entity : need.any_of) {
        const std::uint32_t below = state.member_at.at(entity);
        if (below != index && std::find(found.begin(), found.end(), below) == found.end()) found.push_back(below);
      }
  };
  add(state.members[index]);
  for (std::size_t i = 0; i < found.size(); ++i) add(state.members[found[i]]);
  return found;
}

bool stands_on(const State& state, std::uint32_t index, std::uint32_t below) {
  const auto ancestors = ancestors_of(state, index);
  return std::find(ancestors.begin(), ancestors.end(), below) != ancestors.end();
}

std::optional<Entity> node_of(const State& state, std::uint32_t index) {
  if (state.members[index].entity.kind == EntityKind::node) return state.members[index].entity;
  for (const std::uint32_t below : ancestors_of(state, index))
    if (state.members[below].entity.kind == EntityKind::node) return state.members[below].entity;
  return std::nullopt;
}

bool is_away(const Member& member) { return member.was_away; }

void refresh(Turn& turn, std::uint32_t index) {
  if (!judge_away(turn, index)) return;
  // Whoever moved makes those judge again that stand on it; without circles this ends.
  std::vector<std::uint32_t> moved{index};
  for (std::size_t i = 0; i < moved.size(); ++i) {
    const bool went = turn.state.members[moved[i]].was_away;
    for (const std::uint32_t above : turn.state.members[moved[i]].dependents) {
      if (went) forget_proof(turn.state, turn.state.members[above]);
      if (judge_away(turn, above)) moved.push_back(above);
    }
  }
  look_at_alerts_of(turn, turn.state.members[index]);
  look_above(turn, index);
}

void look_above(Turn& turn, std::uint32_t index) {
  for (const std::uint32_t above : all_above(turn.state, index)) look_at_alerts_of(turn, turn.state.members[above]);
}

void note_boot(Turn& turn, std::uint32_t index, RunTime at) {
  Member& member = turn.state.members[index];
  if (member.last_away && *member.last_away >= at) return;
  member.last_away = at;
  look_above(turn, index);
}

Missing missing_of(const State& state, std::uint32_t index) {
  Missing missing;
  std::vector<std::uint32_t> seen{index};
  for (std::size_t i = 0; i < seen.size(); ++i)
    for (const Need& need : state.members[seen[i]].needs) {
      const bool lost = is_lost(state, need);
      std::optional<RunTime> back;  // a group is back with its first member, so the earliest of them counts
      bool all_were_away = true;
      for (const Entity entity : need.any_of) {
        const std::uint32_t below = state.member_at.at(entity);
        const Member& member = state.members[below];
        if (lost && !missing.cause) missing.cause = below;
        if (!member.last_away)
          all_were_away = false;
        else
          earliest(back, member.last_away);
        // What one member of a group stands on is its own affair while another one serves.
        if ((lost || need.any_of.size() == 1) && std::find(seen.begin(), seen.end(), below) == seen.end())
          seen.push_back(below);
      }
      if (all_were_away && back && (!missing.last_away || *missing.last_away < *back)) missing.last_away = back;
    }
  return missing;
}

AlertId outage_of(const State& state, std::uint32_t index) {
  for (const std::uint32_t pair : state.members[index].pairs) {
    if (state.pairs[pair].kind != RuleKind::check_state || !state.pairs[pair].open.exists()) continue;
    if (state.alerts.at(state.pairs[pair].open).row.state != AlertState::pending) return state.pairs[pair].open;
  }
  return {};
}

}  // namespace monitorix::alert

#pragma once
// A second planner for tests, naive on purpose: every second it looks at every entity and every alert anew. No heap, no
// marks of what changed; the flapping score is the sum over all edges there ever were. Checks only, no dependencies.

#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alert/testing/stand.h"

namespace monitorix::alert {

struct NaiveTold {
  bool firing{}, resolved{}, knows_flapping{};
  Severity severity{};
  int last{}, repeats{};
};
struct NaiveAlert {
  int entity{}, group{-1};
  AlertState state{};
  Severity severity{};
  bool flapping{}, live{}, reopened{};
  std::optional<int> eligible{};
  std::optional<Acknowledgement> ack{};
  int skipped{-1};
  std::map<std::pair<int, int>, NaiveTold> told{};  ///< by step and channel
};
struct NaiveEntity {
  int node{};
  Standing standing{Standing::unknown};
  std::optional<int> bad_since{}, down_since{}, good_since{};
  std::vector<int> edges{};
  int open{-1}, again{-1};  ///< alerts; `again` flaps and is opened again
  std::map<int, int> fired{};
};
struct NaiveGroup {
  int node{}, open{};
  std::optional<int> first_owed{}, last_flush{}, due{};
};
struct NaiveDebt {
  int channel{}, step{}, repeat{};
  MessageKind kind{};
};

class NaivePlanner {
 public:
  Route route{};
  int confirm{}, keep{}, cooldown{};
  std::map<int, NaiveEntity> entities{};
  std::vector<NaiveAlert> alerts{{}};  ///< by id; there is none with 0
  std::map<int, Silence> silences{};
  std::vector<std::string> messages{};  ///< of this second

  void tick(int now) {
    for (const auto& [id, silence] : silences)  // what people set goes before what the clock makes ripe
      if (silence.starts_at == wall_at(now) || silence.ends_at == wall_at(now)) look_at_all(now);
    for (auto& [id, entity] : entities) decide(id, now);
    look_at_all(now);
    flush_due(now);
  }
  void report(int id, Standing standing, int now) {
    NaiveEntity& entity = entities[id];
    entity.standing = standing;
    const auto mark = [&](bool is, std::optional<int>& since) {
      if (!is)
        since.reset();
      else if (!since)
        since = now;
    };
    mark(standing != Standing::up, entity.bad_since);
    mark(standing == Standing::down, entity.down_since);
    mark(standing == Standing::up, entity.good_since);
    decide(id, now);
    look_at_all(now);
    flush_due(now);
  }
  void look_and_flush(int now) {
    look_at_all(now);
    flush_due(now);
  }
  [[nodiscard]] bool is_open(int alert) const {
    const AlertState state = alerts[static_cast<std::size_t>(alert)].state;
    return state == AlertState::firing || state == AlertState::recovering;
  }

 private:
  NaiveAlert& alert_at(int id) { return alerts[static_cast<std::size_t>(id)]; }
  static double score(const NaiveEntity& entity, int now) {
    double sum = 0;
    for (const int edge : entity.edges) sum += std::exp2(-(now - edge) / 900.0);
    return sum;
  }
  void edge(NaiveEntity& entity, NaiveAlert& alert, int now) {
    entity.edges.push_back(now);
    if (alert.flapping || score(entity, now) < 3.0) return;
    alert.flapping = true;
    for (auto& [key, told] : alert.told) told.knows_flapping = false;
  }
  void fire(NaiveEntity& entity, NaiveAlert& alert, Severity severity, int now) {
    alert.state = AlertState::firing;
    alert.severity = severity;
    if (alert.group < 0) {
      for (std::size_t i = 0; i < groups.size(); ++i)
        if (groups[i].node == entity.node && groups[i].open > 0) alert.group = static_cast<int>(i);
      if (alert.group < 0) {
        alert.group = static_cast<int>(groups.size());
        groups.push_back({.node = entity.node});
      }
      ++groups[static_cast<std::size_t>(alert.group)].open;
      alert.live = true;
    }
    edge(entity, alert, now);
  }
  void close(NaiveAlert& alert, int now) {
    NaiveGroup& group = groups[static_cast<std::size_t>(alert.group)];
    if (--group.open == 0) quiet_since[group.node] = now;
  }
  void end(int id, NaiveEntity& entity, NaiveAlert& alert, int now) {
    alert.state = AlertState::resolved;
    alert.ack.reset();
    entity.open = -1;
    edge(entity, alert, now);
    if (alert.flapping)
      entity.again = id;
    else
      close(alert, now);
  }
  void decide(int id, int now) {
    NaiveEntity& entity = entities[id];
    steady(entity, now);
    std::optional<Severity> ripe;
    if (entity.bad_since && now - *entity.bad_since >= confirm) ripe = Severity::warning;
    if (entity.down_since && now - *entity.down_since >= confirm) ripe = Severity::critical;
    if (entity.open < 0 && entity.bad_since) {
      if (entity.again >= 0) {
        entity.open = entity.again;
        entity.again = -1;
        alert_at(entity.open).reopened = true;
        alert_at(entity.open).state = AlertState::pending;
      } else {
        entity.open = static_cast<int>(alerts.size());
        alerts.push_back({.entity = id, .state = AlertState::pending});
      }
    }
    if (entity.open < 0) return;
    const int open = entity.open;
    NaiveAlert& alert = alert_at(open);
    if (alert.state == AlertState::pending) {
      if (!entity.bad_since) {
        entity.open = -1;
        alert.state = AlertState::resolved;
        if (alert.reopened && alert.flapping)
          entity.again = open;
        else if (alert.reopened)
          close(alert, now);
      } else if (ripe) {
        fire(entity, alert, *ripe, now);
      }
    } else if (entity.bad_since) {
      alert.state = AlertState::firing;
      if (ripe && *ripe != alert.severity) {
        if (*ripe > alert.severity && alert.ack && !alert.ack->is_sticky) alert.ack.reset();
        alert.severity = *ripe;
        for (auto& [key, told] : alert.told) told.severity = std::min(told.severity, *ripe);
      }
    } else if (now - *entity.good_since >= keep) {
      end(open, entity, alert, now);
    } else {
      alert.state = AlertState::recovering;
    }
    look(alert, now);
  }
  void steady(NaiveEntity& entity, int now) {
    const int id = entity.open >= 0 ? entity.open : entity.again;
    if (id < 0 || !alert_at(id).flapping || score(entity, now) > 1.0) return;
    alert_at(id).flapping = false;
    if (alert_at(id).state == AlertState::resolved) close(alert_at(id), now);
    entity.again = -1;
    look(alert_at(id), now);
  }
  [[nodiscard]] bool is_silenced(const NaiveAlert& alert, int now) const {
    for (const auto& [id, silence] : silences)
      if (silence.starts_at <= wall_at(now) && wall_at(now) < silence.ends_at &&
          (silence.matchers.front().value == "*" || silence.matchers.front().value == std::to_string(alert.entity)))
        return true;
    return false;
  }
  [[nodiscard]] std::vector<NaiveDebt> debts(const NaiveAlert& alert, int now) const {
    std::vector<NaiveDebt> owed;
    const bool open = alert.state == AlertState::firing || alert.state == AlertState::recovering;
    const bool held = open && is_silenced(alert, now);
    std::set<int> done;
    if (alert.state == AlertState::pending) return owed;
    if (alert.flapping) {
      bool anybody = false;
      for (const auto& [key, told] : alert.told) {
        if (told.knows_flapping) done.insert(key.second);
        anybody = anybody || told.firing;
      }
      if (held) return owed;
      for (const auto& [key, told] : alert.told)
        if (told.firing && done.insert(key.second).second)
          owed.push_back({key.second, key.first, 0, MessageKind::flapping});
      if (!anybody && alert.severity >= route.steps[0].min_severity)
        for (const ChannelId channel : route.steps[0].channels)
          if (done.insert(static_cast<int>(channel.value)).second)
            owed.push_back({static_cast<int>(channel.value), 0, 0, MessageKind::flapping});
      return owed;
    }
    if (alert.state == AlertState::resolved) {
      for (const auto& [key, told] : alert.told)
        if (told.firing && !told.resolved && done.insert(key.second).second)
          owed.push_back({key.second, key.first, 0, MessageKind::resolved});
      return owed;
    }
    if (held || !alert.eligible) return owed;
    const NaiveEntity& entity = entities.at(alert.entity);
    const bool acked = alert.ack && (!alert.ack->until || wall_at(now) < *alert.ack->until);
    for (int i = 0; i < static_cast<int>(route.steps.size()); ++i) {
      const RouteStep& step = route.steps[static_cast<std::size_t>(i)];
      const int after = i <= alert.skipped ? 0 : static_cast<int>(step.after.count() / 1000);
      if (alert.severity < step.min_severity || now < *alert.eligible + after) continue;
      for (const ChannelId id : step.channels) {
        const int channel = static_cast<int>(id.value);
        const auto told = alert.told.find({i, channel});
        const bool fresh = told == alert.told.end() || !told->second.firing;
        if (!fresh && told->second.severity >= alert.severity) continue;
        if (acked && (i > 0 || !fresh)) continue;
        const auto fired = entity.fired.find(channel);
        if (fired != entity.fired.end() && now < fired->second + cooldown) continue;
        if (done.insert(channel).second) owed.push_back({channel, i, 0, MessageKind::firing});
      }
    }
    if (!owed.empty() || acked) return owed;
    for (int channel = 1; channel <= 2; ++channel) {
      int step = -1, last = 0;
      for (const auto& [key, told] : alert.told)
        if (key.second == channel && told.firing) step = std::max(step, key.first), last = std::max(last, told.last);
      if (step < 0) continue;
      int repeat = alert.severity == Severity::critical ? 4 * 3600 : 24 * 3600;
      if (step + 1 == static_cast<int>(route.steps.size()) && route.repeat_last)
        repeat = static_cast<int>(route.repeat_last->count() / 1000);
      if (now >= last + repeat)
        owed.push_back({channel, step, alert.told.at({step, channel}).repeats + 1, MessageKind::reminder});
    }
    return owed;
  }
  void look(NaiveAlert& alert, int now) {
    if (alert.group < 0 || !alert.live || alert.state == AlertState::pending) return;
    const bool open = alert.state == AlertState::firing || alert.state == AlertState::recovering;
    if (open && !alert.eligible && !is_silenced(alert, now)) alert.eligible = now;
    if (open && alert.ack && alert.ack->until && wall_at(now) >= *alert.ack->until) alert.ack.reset();
    if (debts(alert, now).empty()) {
      if (!open && !alert.flapping) alert.live = false;
      return;
    }
    NaiveGroup& group = groups[static_cast<std::size_t>(alert.group)];
    const bool first = !group.first_owed;
    if (first) group.first_owed = now;
    int due = *group.first_owed + 10;
    if (group.last_flush) {
      due = std::max(now, *group.last_flush + 60);
    } else if (first && alert.severity == Severity::critical) {
      int live = 0;
      for (const NaiveAlert& other : alerts) live += other.live && other.group == alert.group;
      const auto quiet = quiet_since.find(group.node);
      if (live == 1 && (quiet == quiet_since.end() || now - quiet->second >= 600)) due = now;
    }
    if (!group.due || due < *group.due) group.due = due;
  }
  void look_at_all(int now) {
    for (NaiveAlert& alert : alerts) look(alert, now);
  }
  void flush_due(int now) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!groups[i].due || *groups[i].due > now) continue;
      groups[i].due.reset();
      groups[i].first_owed.reset();
      std::map<std::tuple<int, int, MessageKind>, std::set<int>> out;
      std::vector<std::pair<int, NaiveDebt>> all;
      for (int id = 1; id < static_cast<int>(alerts.size()); ++id)
        if (alert_at(id).live && alert_at(id).group == static_cast<int>(i))
          for (const NaiveDebt& debt : debts(alert_at(id), now)) all.emplace_back(id, debt);
      if (all.empty()) continue;
      groups[i].last_flush = now;
      for (const auto& [id, debt] : all) {
        out[{debt.channel, debt.step, debt.kind}].insert(id);
        settle(alert_at(id), debt, now);
      }
      for (const auto& [key, ids] : out) {
        std::string text = std::to_string(std::get<0>(key)) + " step " + std::to_string(std::get<1>(key)) + " kind " +
                           std::to_string(static_cast<int>(std::get<2>(key)));
        for (const int id : ids) text += " " + std::to_string(id);
        messages.push_back(text);
      }
      for (const auto& [id, debt] : all) look(alert_at(id), now);
    }
  }
  void settle(NaiveAlert& alert, const NaiveDebt& debt, int now) {
    if (debt.kind == MessageKind::resolved) {
      for (auto& [key, told] : alert.told) told.resolved = told.resolved || key.second == debt.channel;
      return;
    }
    NaiveTold& told = alert.told[{debt.step, debt.channel}];
    told.last = now;
    if (debt.kind == MessageKind::flapping) told.knows_flapping = true;
    if (debt.kind == MessageKind::reminder) told.repeats = debt.repeat;
    if (debt.kind != MessageKind::firing) return;
    told.firing = true;
    told.resolved = false;
    told.severity = alert.severity;
    entities[alert.entity].fired[debt.channel] = now;
  }

  std::vector<NaiveGroup> groups{};
  std::map<int, int> quiet_since{};
};

}  // namespace monitorix::alert

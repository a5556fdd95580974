#pragma once
// A second planner for tests, naive on purpose: every second it looks at every entity and every alert anew. No heap, no
// marks of what changed; the flapping score is the sum over all edges there ever were. Checks only, no dependencies.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "alert/testing/naive_books.h"

namespace monitorix::alert {

class NaivePlanner {
 public:
  NaiveBooks books{};
  std::vector<std::string> messages{};  ///< of this second

  void tick(int now) {
    for (const auto& [id, silence] : books.silences)  // what people set goes before what the clock makes ripe
      if (silence.starts_at == wall_at(now) || silence.ends_at == wall_at(now)) look_at_all(now);
    for (auto& [id, entity] : books.entities) decide(id, now);
    look_and_flush(now);
  }
  void report(int id, Standing standing, int now) {
    NaiveEntity& entity = books.entities[id];
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
    look_and_flush(now);
  }
  /// What it makes due goes a second later, whatever the group's pause.
  void step_failed(int id, int step, int now) {
    alert_at(id).skipped = std::max(alert_at(id).skipped, step + 1);
    look(alert_at(id), now);
    auto& due = groups[static_cast<std::size_t>(alert_at(id).group)].due;
    if (due) due = std::min(*due, now + 1);
  }
  void look_and_flush(int now) {
    look_at_all(now);
    flush_due(now);
  }

 private:
  NaiveAlert& alert_at(int id) { return books.alerts[static_cast<std::size_t>(id)]; }
  void edge(NaiveEntity& entity, NaiveAlert& alert, int now) {
    entity.edges.push_back(now);
    if (alert.flapping || entity.score(now) < 3.0) return;
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
    NaiveEntity& entity = books.entities[id];
    steady(entity, now);
    std::optional<Severity> ripe;
    if (entity.bad_since && now - *entity.bad_since >= books.confirm) ripe = Severity::warning;
    if (entity.down_since && now - *entity.down_since >= books.confirm) ripe = Severity::critical;
    if (entity.open < 0 && entity.bad_since) {
      if (entity.again >= 0) {
        entity.open = entity.again;
        entity.again = -1;
        alert_at(entity.open).reopened = true;
        alert_at(entity.open).state = AlertState::pending;
      } else {
        entity.open = static_cast<int>(books.alerts.size());
        books.alerts.push_back({.entity = id, .state = AlertState::pending});
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
    } else if (now - *entity.good_since >= books.keep) {
      end(open, entity, alert, now);
    } else {
      alert.state = AlertState::recovering;
    }
    look(alert, now);
  }
  void steady(NaiveEntity& entity, int now) {
    const int id = entity.open >= 0 ? entity.open : entity.again;
    if (id < 0 || !alert_at(id).flapping || entity.score(now) > 1.0) return;
    alert_at(id).flapping = false;
    if (alert_at(id).state == AlertState::resolved) close(alert_at(id), now);
    entity.again = -1;
    look(alert_at(id), now);
  }
  void look(NaiveAlert& alert, int now) {
    if (alert.group < 0 || !alert.live || alert.state == AlertState::pending) return;
    const bool open = alert.state == AlertState::firing || alert.state == AlertState::recovering;
    if (open && !alert.eligible && !books.is_silenced(alert, now)) alert.eligible = now;
    if (open && alert.ack && alert.ack->until && wall_at(now) >= *alert.ack->until) alert.ack.reset();
    if (books.debts(alert, now).empty()) {
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
      for (const NaiveAlert& other : books.alerts) live += other.live && other.group == alert.group;
      const auto quiet = quiet_since.find(group.node);
      if (live == 1 && (quiet == quiet_since.end() || now - quiet->second >= 600)) due = now;
    }
    if (!group.due || due < *group.due) group.due = due;
  }
  void look_at_all(int now) {
    for (NaiveAlert& alert : books.alerts) look(alert, now);
  }
  void flush_due(int now) {
    for (std::size_t i = 0; i < groups.size(); ++i) {
      if (!groups[i].due || *groups[i].due > now) continue;
      groups[i].due.reset();
      groups[i].first_owed.reset();
      std::map<std::tuple<int, int, TellingKind>, std::set<int>> out;
      std::vector<std::pair<int, NaiveDebt>> all;
      for (int id = 1; id < static_cast<int>(books.alerts.size()); ++id)
        if (alert_at(id).live && alert_at(id).group == static_cast<int>(i))
          for (const NaiveDebt& debt : books.debts(alert_at(id), now)) all.emplace_back(id, debt);
      if (all.empty()) continue;
      groups[i].last_flush = now;
      for (const auto& [id, debt] : all) {
        out[{debt.channel, debt.step, debt.kind}].insert(id);
        books.settle(alert_at(id), debt, now);
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
  std::vector<NaiveGroup> groups{};
  std::map<int, int> quiet_since{};
};

}  // namespace monitorix::alert

#pragma once
// What the naive planner writes down, and what is owed according to that: read anew from everything, every time.

#include <cmath>
#include <map>
#include <optional>
#include <set>
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
  [[nodiscard]] double score(int now) const {
    double sum = 0;
    for (const int edge : edges) sum += std::exp2(-(now - edge) / 900.0);
    return sum;
  }
};
struct NaiveGroup {
  int node{}, open{};
  std::optional<int> first_owed{}, last_flush{}, due{};
};
struct NaiveDebt {
  int channel{}, step{}, repeat{};
  TellingKind kind{};
};

struct NaiveBooks {
  Route route{};
  int confirm{}, keep{}, cooldown{};
  std::map<int, NaiveEntity> entities{};
  std::vector<NaiveAlert> alerts{{}};  ///< by id; there is none with 0
  std::map<int, Silence> silences{};

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
          owed.push_back({key.second, key.first, 0, TellingKind::flapping});
      if (!anybody && alert.severity >= route.steps[0].min_severity)
        for (const ChannelId channel : route.steps[0].channels)
          if (done.insert(static_cast<int>(channel.value)).second)
            owed.push_back({static_cast<int>(channel.value), 0, 0, TellingKind::flapping});
      return owed;
    }
    if (alert.state == AlertState::resolved) {
      for (const auto& [key, told] : alert.told)
        if (told.firing && !told.resolved && done.insert(key.second).second)
          owed.push_back({key.second, key.first, 0, TellingKind::resolved});
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
        if (done.insert(channel).second) owed.push_back({channel, i, 0, TellingKind::firing});
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
        owed.push_back({channel, step, alert.told.at({step, channel}).repeats + 1, TellingKind::reminder});
    }
    return owed;
  }
  void settle(NaiveAlert& alert, const NaiveDebt& debt, int now) {
    if (debt.kind == TellingKind::resolved) {
      for (auto& [key, told] : alert.told) told.resolved = told.resolved || key.second == debt.channel;
      return;
    }
    NaiveTold& told = alert.told[{debt.step, debt.channel}];
    told.last = now;
    if (debt.kind == TellingKind::flapping) told.knows_flapping = true;
    if (debt.kind == TellingKind::reminder) told.repeats = debt.repeat;
    if (debt.kind != TellingKind::firing) return;
    told.firing = true;
    told.resolved = false;
    told.severity = alert.severity;
    entities[alert.entity].fired[debt.channel] = now;
  }
  [[nodiscard]] bool is_open(int alert) const {
    const AlertState state = alerts[static_cast<std::size_t>(alert)].state;
    return state == AlertState::firing || state == AlertState::recovering;
  }
};

}  // namespace monitorix::alert

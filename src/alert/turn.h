#pragma once
// One call of the engine: the state, the time, and what follows so far. Inside the room only.

#include <set>
#include <string>

#include "alert/engine.h"

namespace monitorix::alert {

struct Turn {
  State& state;
  Now now{};
  Outcome out{};
  std::set<AlertId> changed_alerts{}, vanished_alerts{};
  std::set<IncidentId> changed_incidents{};
  std::set<Entity> asked{};

  /// To be stored; a change that others see also makes a new version.
  void keep(const Tracked& alert) { changed_alerts.insert(alert.row.id); }
  void changed(Tracked& alert) {
    ++alert.row.version;
    keep(alert);
  }
  void changed(Group& group) {
    ++group.row.version;
    changed_incidents.insert(group.row.id);
  }
  void note(const Tracked& alert, HappeningKind kind, std::string detail = {}) {
    out.happenings.push_back({alert.row.incident, alert.row.id, kind, now.wall, std::move(detail), {}});
  }
  void note(const Tracked& alert, HappeningKind kind, Reason why) {
    out.happenings.push_back({alert.row.incident, alert.row.id, kind, now.wall, {}, std::move(why)});
  }
  [[nodiscard]] RunTime run_of(WallTime wall) const { return now.run + (wall - now.wall); }
  /// Sets when something is due; nothing is queued twice.
  void arm(TimerKind kind, std::int64_t id, Due& due, std::optional<RunTime> at);
  Outcome finish() &&;
};

/// The earlier of the two, where one may be absent.
inline void earliest(std::optional<RunTime>& so_far, std::optional<RunTime> other) {
  if (other && (!so_far || *other < *so_far)) so_far = other;
}

// The parts of the engine, each in the file of its name.

// machine.cpp
void take_sample(Turn& turn, const Sample& sample);
void judge_standing(Turn& turn, std::uint32_t pair);
void judge_condition(Turn& turn, std::uint32_t pair, const Condition& condition);
void judge_again(Turn& turn, std::uint32_t pair);
void resolve(Turn& turn, std::uint32_t pair, ResolveReason reason);
void leave_flapping_when_due(Turn& turn, std::uint32_t pair);

// matching.cpp: which rules watch which entity
void match(Turn& turn, std::uint32_t member);
void match_rule(Turn& turn, const Rule& rule);
void match_rule(Turn& turn, const Rule& rule, std::uint32_t member);
void drop_pair(Turn& turn, std::uint32_t pair, ResolveReason reason);
std::uint32_t pair_for(Turn& turn, const Rule& rule, std::uint32_t member, const std::string& part);
bool names_condition(const Rule& rule, const std::string& code);
std::string part_of(const Rule& rule, const Condition& condition);

// look.cpp: what holds an alert, what it owes, when to look again
void look(Turn& turn, AlertId alert);
void look_at_all(Turn& turn);

// incident.cpp
void join_incident(Turn& turn, Tracked& alert);
void follow_cause(Turn& turn, Tracked& alert, AlertId cause);
void count_open(Turn& turn, Tracked& alert, int change);
void restate(Turn& turn, Group& group);
void note_severity(Turn& turn, const Tracked& alert);
/// Of an alert that fires or recovers. `who` takes an acknowledgement back; empty = time or severity did.
void set_ack(Turn& turn, Tracked& alert, std::optional<Acknowledgement> ack, const std::string& who = {});

// deliver.cpp
void note_owed(Turn& turn, const Tracked& alert);
void flush(Turn& turn, IncidentId incident, std::optional<ChannelId> only = {});
void drain(Turn& turn, ChannelId channel);

// calendar.cpp
void read_calendar(Turn& turn);
void follow_clock(Turn& turn);

}  // namespace monitorix::alert

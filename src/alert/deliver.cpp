// From debts to messages: one for each group, channel and step, as many as the storm guard lets through. What finds no
// place waits; when several incidents wait they become one digest. Nothing is dropped: what waits is worked out anew
// when its turn comes, so what came and went meanwhile is told to nobody (alerts §6).

#include <algorithm>
#include <map>
#include <tuple>

#include "alert/debts.h"
#include "alert/turn.h"
#include "model/alert/alert_names.h"

namespace monitorix::alert {
namespace {

struct Owed {
  AlertId alert{};
  Debt debt{};
};

std::string key_of(const WantedMessage& message) {
  const MessageLine& first = message.lines.front();
  WantedDelivery wanted{.alert = first.alert.text(), .channel = message.channel};
  wanted.step = message.step;
  wanted.repeat = message.repeat;
  wanted.version = first.version;
  wanted.message.kind = message_kind_of(message.kind);
  return dedup_key_of(wanted);
}

bool has_place(Channel& channel, RunTime now) {
  std::erase_if(channel.sent, [&](RunTime at) { return at + channel.policy.burst_period <= now; });
  return static_cast<int>(channel.sent.size()) < std::max(1, channel.policy.burst);
}

void wait_for_place(Turn& turn, Channel& channel, IncidentId incident) {
  channel.overflow.insert(incident);
  const RunTime free = channel.sent.empty() ? turn.now.run : channel.sent.front() + channel.policy.burst_period;
  turn.arm(TimerKind::channel, channel.policy.id.value, channel.due, free);
}

void send(Turn& turn, Channel& channel, TellingKind kind, const std::vector<Owed>& owed) {
  WantedMessage message;
  message.channel = channel.policy.id;
  message.kind = kind;
  message.step = owed.front().debt.step;
  message.repeat = owed.front().debt.repeat;
  for (const Owed& one : owed) {
    Tracked& alert = turn.state.alerts.at(one.alert);
    if (message.lines.empty()) message.incident = alert.row.incident;
    settle(turn.state, alert, one.debt, turn.now);
    turn.keep(alert);
    message.severity = std::max(message.severity, alert.row.severity);
    if (!message.lines.empty() && message.lines.back().alert == one.alert) continue;  // in a digest: two steps of one
    message.lines.push_back(
        {one.alert, one.debt.kind, alert.row.severity, alert.row.version, alert.row.opened_at, alert.plan.was_held});
  }
  message.dedup_key = key_of(message);
  channel.sent.push_back(turn.now.run);
  turn.note(turn.state.alerts.at(owed.front().alert), HappeningKind::told,
            std::string(name_of(message_kind_of(kind))) + " " + channel.policy.id.text());
  turn.out.wanted.push_back(std::move(message));
}

/// What an incident owes, the cause first.
std::vector<Owed> owed_by(const State& state, const Group& group, Now now) {
  std::vector<Owed> owed;
  const auto add = [&](AlertId id) {
    for (const Debt& debt : debts_of(state, state.alerts.at(id), now).now) owed.push_back({id, debt});
  };
  if (group.live.contains(group.row.root)) add(group.row.root);
  for (const AlertId id : group.live)
    if (id != group.row.root) add(id);
  return owed;
}

void look_again(Turn& turn, const std::vector<Owed>& owed) {
  std::set<AlertId> done;
  for (const Owed& one : owed)
    if (done.insert(one.alert).second) look(turn, one.alert);
}

}  // namespace

void note_owed(Turn& turn, const Tracked& alert) {
  State& state = turn.state;
  Group& group = state.groups.at(alert.row.incident);
  const bool is_first = !group.first_owed;
  if (is_first) group.first_owed = turn.now.run;
  RunTime due = *group.first_owed + state.tuning.group_wait;
  if (group.last_flush) {
    due = std::max(turn.now.run, *group.last_flush + state.tuning.group_interval);
  } else if (is_first && alert.row.severity == Severity::critical && group.live.size() == 1) {
    const Scope& scope = state.scopes[{group.row.route, group.row.scope}];
    if (!scope.quiet_since || turn.now.run - *scope.quiet_since >= state.tuning.quiet_scope) due = turn.now.run;
  }
  if (!group.due.at || due < *group.due.at) turn.arm(TimerKind::group, group.row.id.value, group.due, due);
}

void flush(Turn& turn, IncidentId id, std::optional<ChannelId> only) {
  State& state = turn.state;
  Group& group = state.groups.at(id);
  std::map<std::tuple<ChannelId, int, TellingKind>, std::vector<Owed>> messages;
  for (const Owed& one : owed_by(state, group, turn.now))
    if (!only || one.debt.channel == *only) messages[{one.debt.channel, one.debt.step, one.debt.kind}].push_back(one);
  if (!only) group.first_owed.reset();
  if (messages.empty()) return;
  group.last_flush = turn.now.run;
  std::vector<Owed> told;
  for (const auto& [key, owed] : messages) {
    Channel& channel = state.channels.at(std::get<ChannelId>(key));
    if ((!only && !channel.overflow.empty()) || !has_place(channel, turn.now.run)) {
      wait_for_place(turn, channel, id);
      continue;
    }
    send(turn, channel, std::get<TellingKind>(key), owed);
    told.insert(told.end(), owed.begin(), owed.end());
  }
  look_again(turn, told);
}

void drain(Turn& turn, ChannelId id) {
  State& state = turn.state;
  const auto found = state.channels.find(id);
  if (found == state.channels.end() || found->second.overflow.empty()) return;
  Channel& channel = found->second;
  if (!has_place(channel, turn.now.run)) return wait_for_place(turn, channel, *channel.overflow.begin());
  const std::set<IncidentId> waiting = std::exchange(channel.overflow, {});
  if (waiting.size() == 1) return flush(turn, *waiting.begin(), id);
  std::vector<Owed> owed;
  std::set<IncidentId> incidents;
  for (const IncidentId incident : waiting) {
    const auto group = state.groups.find(incident);
    if (group == state.groups.end()) continue;
    for (const Owed& one : owed_by(state, group->second, turn.now)) {
      if (one.debt.channel != id) continue;
      owed.push_back(one);
      incidents.insert(incident);
    }
  }
  if (owed.empty()) return;
  if (incidents.size() == 1) return flush(turn, *incidents.begin(), id);
  send(turn, channel, TellingKind::digest, owed);
  look_again(turn, owed);
}

}  // namespace monitorix::alert

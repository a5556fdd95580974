#include "app/alerts/wording.h"

#include <cmath>
#include <cstdio>

#include "app/alerts/standing.h"
#include "base/time_text.h"
#include "model/alert/alert_names.h"
#include "model/alert/outside.h"

namespace monitorix::app {
namespace {

constexpr std::size_t kMostNames = 50;

const alert::Tracked* alert_of(const alert::State& state, AlertId id) {
  const auto found = state.alerts.find(id);
  return found == state.alerts.end() ? nullptr : &found->second;
}

std::string name_of_target(const alert::State& state, const Alert& alert) {
  const auto at = state.member_at.find(alert.target.entity);
  const std::string name = at == state.member_at.end() ? std::string() : state.members[at->second].labels.name;
  if (!name.empty()) return name;
  return std::string(name_of(alert.target.entity.kind)) + " " + std::to_string(alert.target.entity.id);
}

std::string title_of(const alert::State& state, const Alert& alert) {
  const auto rule = state.rules.find(alert.rule);
  const std::string name = name_of_target(state, alert);
  if (rule == state.rules.end() || is_foreign(alert.target.entity)) return name;
  return name + ": " + (is_about_outside(rule->second) ? title_of_part(alert.target.part) : rule->second.name);
}

std::string number_text(Metric metric, double value) {
  char text[40];
  switch (metric) {
    case Metric::full_in_seconds: std::snprintf(text, sizeof text, "full in %.0f h", value / 3600); break;
    case Metric::temperature_celsius: std::snprintf(text, sizeof text, "%.0f °C", value); break;
    case Metric::response_seconds: std::snprintf(text, sizeof text, "%.2f s", value); break;
    default: std::snprintf(text, sizeof text, "%.1f %%", value * 100); break;
  }
  return text;
}

std::string cause_of(const alert::State& state, const alert::Tracked& alert) {
  const auto rule = state.rules.find(alert.row.rule);
  if (rule == state.rules.end() || rule->second.kind != RuleKind::metric || !alert.row.value) return alert.row.evidence;
  std::string text = number_text(rule->second.metric, *alert.row.value);
  const auto& bound = state.pairs[alert.pair].bounds[static_cast<std::size_t>(alert.row.severity)];
  if (bound.exists) text += " (" + number_text(rule->second.metric, bound.threshold) + ")";
  return text;
}

/// Whom the loss of a node or cluster takes along, though each of them is held back and says nothing itself.
std::vector<std::string> taken_along(const state::Snapshot& world, Entity entity) {
  std::vector<std::string> names;
  for (const auto& [id, cluster] : world.clusters)
    for (const auto& guest : cluster->guests)
      if (entity_of(guest->node) == entity && guest->status != GuestStatus::stopped &&
          guest->status != GuestStatus::deleted && !guest->is_template)
        names.push_back(guest->name);
  return names;
}

std::string held_text(const Held& held) {
  std::string text(name_of(held.kind));
  return held.until ? text + ", until " + rfc3339(*held.until) : text;
}

}  // namespace

WantedDelivery worded(const WantedMessage& wanted, const alert::State& state, const state::Snapshot& world) {
  const MessageLine& first = wanted.lines.front();
  WantedDelivery out{.alert = first.alert.text(), .incident = wanted.incident.text(), .channel = wanted.channel};
  out.step = wanted.step;
  out.repeat = wanted.repeat;
  out.version = first.version;
  Message& message = out.message;
  message.kind = message_kind_of(wanted.kind);
  message.severity = std::string(severity_name(wanted.severity));
  message.since = first.began_at;
  message.link = "/incidents/" + wanted.incident.text();
  if (first.was_held) message.held = held_text(*first.was_held);
  std::vector<std::string> names;
  for (std::size_t i = 1; i < wanted.lines.size(); ++i)
    if (const auto* other = alert_of(state, wanted.lines[i].alert)) names.push_back(title_of(state, other->row));
  if (const auto* alert = alert_of(state, first.alert)) {
    out.is_own = alert->row.target.entity == kMonitor;
    message.title = title_of(state, alert->row);
    message.cause = cause_of(state, *alert);
    message.until = alert->row.resolved_at;
    if (const auto rule = state.rules.find(alert->row.rule); rule != state.rules.end())
      message.alert_type = alert_type_of(rule->second);
    const bool is_down = wanted.kind == TellingKind::firing && alert->row.target.entity.kind == EntityKind::node;
    if (is_down && state.pairs[alert->pair].kind == RuleKind::check_state)
      for (std::string& name : taken_along(world, alert->row.target.entity)) names.push_back(std::move(name));
  }
  if (wanted.kind == TellingKind::digest) message.alert_type.clear();
  if (names.size() > kMostNames) {
    message.affected_more = static_cast<int>(names.size() - kMostNames);
    names.resize(kMostNames);
  }
  message.affected = std::move(names);
  return out;
}

}  // namespace monitorix::app

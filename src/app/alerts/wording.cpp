#include "app/alerts/wording.h"

#include "app/alerts/standing.h"
#include "base/json_writer.h"
#include "base/time_text.h"
#include "live/encode_alert.h"
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
  std::string name = at == state.member_at.end() ? std::string() : state.members[at->second].labels.name;
  if (!name.empty()) return name;
  return std::string(name_of(alert.target.entity.kind)) + " " + std::to_string(alert.target.entity.id);
}

/// Without a fault where the name says it all: what others report is named by them.
Topic topic_of(const alert::State& state, const Alert& alert) {
  const auto rule = state.rules.find(alert.rule);
  Topic topic{.subject = name_of_target(state, alert)};
  if (rule == state.rules.end() || is_foreign(alert.target.entity)) return topic;
  if (is_about_outside(rule->second)) {
    topic.fault = title_of_part(alert.target.part);
    return topic;
  }
  topic.key = rule->second.key;
  topic.fault = rule->second.name;
  return topic;
}

std::string title_of(const Topic& topic) {
  return topic.fault.empty() ? topic.subject : topic.subject + ": " + topic.fault;
}

std::string exact(double value) { return JsonWriter().value(value).take(); }

Reason cause_of(const alert::State& state, const alert::Tracked& alert) {
  const auto rule = state.rules.find(alert.row.rule);
  if (rule == state.rules.end() || rule->second.kind != RuleKind::metric || !alert.row.value) return alert.row.evidence;
  const Metric metric = rule->second.metric;
  Reason why{.code = "alert.measured", .text = live::number_text(metric, *alert.row.value)};
  why.params = {{"metric", std::string(name_of(metric))}, {"value", exact(*alert.row.value)}};
  const auto& bound = state.pairs[alert.pair].bounds[static_cast<std::size_t>(alert.row.severity)];
  if (!bound.exists) return why;
  why.text += " (" + live::number_text(metric, bound.threshold) + ")";
  why.params["limit"] = exact(bound.threshold);
  return why;
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
  if (first.was_held) {
    message.held = held_text(*first.was_held);
    message.held_by = name_of(first.was_held->kind);
    message.held_until = first.was_held->until;
  }
  std::vector<Topic> topics;
  for (std::size_t i = 1; i < wanted.lines.size(); ++i)
    if (const auto* other = alert_of(state, wanted.lines[i].alert)) topics.push_back(topic_of(state, other->row));
  if (const auto* alert = alert_of(state, first.alert)) {
    out.is_own = alert->row.target.entity == kMonitor;
    message.topic = topic_of(state, alert->row);
    message.title = title_of(message.topic);
    message.why = cause_of(state, *alert);
    message.cause = message.why.text;
    message.until = alert->row.resolved_at;
    if (const auto rule = state.rules.find(alert->row.rule); rule != state.rules.end())
      message.alert_type = alert_type_of(rule->second);
    const bool is_down = wanted.kind == TellingKind::firing && alert->row.target.entity.kind == EntityKind::node;
    if (is_down && state.pairs[alert->pair].kind == RuleKind::check_state)
      for (std::string& name : taken_along(world, alert->row.target.entity))
        topics.push_back({.subject = std::move(name)});
  }
  if (wanted.kind == TellingKind::digest) message.alert_type.clear();
  if (topics.size() > kMostNames) {
    message.affected_more = static_cast<int>(topics.size() - kMostNames);
    topics.resize(kMostNames);
  }
  for (const Topic& topic : topics) message.affected.push_back(title_of(topic));
  message.topics = std::move(topics);
  return out;
}

}  // namespace monitorix::app

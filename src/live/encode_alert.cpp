#include "live/encode_alert.h"

#include <algorithm>
#include <cstdio>
#include <set>

#include "base/text.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/alert/alert_names.h"
#include "model/alert/outside.h"

namespace monitorix::live {
namespace {

using state::AlertView;
using state::IncidentView;

std::optional<std::string> when(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

std::optional<std::string> id_if(const Alert& alert, EntityKind kind) {
  const Entity entity = alert.target.entity;
  return entity.kind == kind ? std::optional(std::to_string(entity.id)) : std::nullopt;
}

template <class Tag>
std::optional<std::string> id_text(Id<Tag> id) {
  return id.exists() ? std::optional(id.text()) : std::nullopt;
}

bool is_about_a_number(const AlertView& alert) { return alert.rule && alert.rule->kind == RuleKind::metric; }

std::optional<double> threshold_of(const AlertView& alert) {
  if (alert.row.threshold || !is_about_a_number(alert)) return alert.row.threshold;
  for (const Level& level : alert.rule->levels)
    if (level.severity == alert.row.severity) return level.threshold;
  return std::nullopt;
}

std::int64_t affected(const IncidentView& incident, EntityKind kind) {
  std::set<std::int64_t> ids;
  for (const auto& alert : incident.alerts)
    if (alert->row.target.entity.kind == kind) ids.insert(alert->row.target.entity.id);
  return static_cast<std::int64_t>(ids.size());
}

}  // namespace

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

std::string nameless(Entity entity) { return std::string(name_of(entity.kind)) + " " + std::to_string(entity.id); }

std::string title_of(const AlertView& alert) {
  if (!alert.rule || is_foreign(alert.row.target.entity)) return alert.name;
  return alert.name + ": " + (is_about_outside(*alert.rule) ? title_of_part(alert.row.target.part) : alert.rule->name);
}

std::string message_of(const AlertView& alert) {
  if (!is_about_a_number(alert) || !alert.row.value) return alert.row.evidence.text;
  return number_text(alert.rule->metric, *alert.row.value);
}

std::string_view shown_state(const Alert& alert) {
  if (alert.state == AlertState::pending || alert.state == AlertState::resolved) return name_of(alert.state);
  return alert.ack ? "acknowledged" : "firing";
}

void encode_target(JsonWriter& out, const Target& target, std::string_view name) {
  out.begin_object().member("kind", name_of(target.entity.kind)).member("id", std::to_string(target.entity.id));
  out.member("name", name).end_object();
}

void encode_ack(JsonWriter& out, const std::optional<Acknowledgement>& ack) {
  if (!ack) {
    out.null();
    return;
  }
  out.begin_object().member("by", ack->by).member("note", none_if_empty(ack->note)).member("at", rfc3339(ack->at));
  out.member("until", when(ack->until)).member("sticky", ack->is_sticky).end_object();
}

void encode_held(JsonWriter& out, const std::optional<Held>& held) {
  if (!held) {
    out.null();
    return;
  }
  // Maintenance that was switched on at an object has no window of its own.
  const bool has_ref = !held->ref.empty() && !held->ref.starts_with('-');
  out.begin_object().member("kind", name_of(held->kind));
  out.member("ref", has_ref ? std::optional(held->ref) : std::nullopt).member("since", rfc3339(held->since));
  out.member("until", when(held->until)).end_object();
}

void encode_alert(JsonWriter& out, const AlertView& view) {
  const Alert& alert = view.row;
  const Rule* rule = view.rule.get();
  const bool is_over = alert.state == AlertState::resolved;
  out.begin_object().member("id", alert.id.text());
  out.member("alert_type", rule ? alert_type_of(*rule) : std::string("rule"));
  out.member("severity", severity_name(alert.severity)).member("title", title_of(view));
  out.member("message", message_of(view)).member("reason_code", none_if_empty(alert.evidence.code));
  out.key("reason_params");
  encode_params(out, alert.evidence.params);
  out.member("cluster_id", view.cluster ? id_text(*view.cluster) : std::nullopt);
  out.member("node_id", id_if(alert, EntityKind::node)).member("vm_id", id_if(alert, EntityKind::guest));
  out.member("storage_id", id_if(alert, EntityKind::storage));
  out.member("service_id", id_if(alert, EntityKind::service)).key("object");
  encode_target(out, alert.target, view.name);
  out.member("part", none_if_empty(alert.target.part)).member("rule_id", alert.rule.text());
  out.member("rule_name", rule ? std::optional(rule->name) : std::nullopt);
  out.member("rule_key", rule ? none_if_empty(rule->key) : std::nullopt);
  out.member("metric_type", is_about_a_number(view) ? std::optional(std::string(name_of(rule->metric))) : std::nullopt);
  out.member("state", shown_state(alert)).member("since", rfc3339(alert.since)).member("is_resolved", is_over);
  out.member("is_recovering", alert.state == AlertState::recovering).member("is_flapping", alert.is_flapping);
  out.member("has_no_data", alert.has_no_data).member("created_at", rfc3339(alert.opened_at));
  out.member("last_seen_at", rfc3339(alert.last_true_at)).member("resolved_at", when(alert.resolved_at));
  out.member("resolve_reason", is_over && alert.resolve_reason != ResolveReason::none
                                   ? std::optional(std::string(name_of(alert.resolve_reason)))
                                   : std::nullopt);
  out.member("reopen_count", alert.reopen_count).member("value", alert.value);
  out.member("threshold", threshold_of(view));
  out.member("acknowledged_by", alert.ack ? std::optional(alert.ack->by) : std::nullopt).key("acknowledgement");
  encode_ack(out, alert.ack);
  out.key("held_by");
  encode_held(out, alert.held);
  out.member("incident_id", id_text(alert.incident)).member("root_cause_id", id_text(alert.root_cause)).end_object();
}

const AlertView* root_of(const IncidentView& incident) {
  for (const auto& alert : incident.alerts)
    if (alert->row.id == incident.row.root) return alert.get();
  return incident.alerts.empty() ? nullptr : incident.alerts.front().get();
}

std::string title_of(const IncidentView& incident) {
  const AlertView* root = root_of(incident);
  return root ? title_of(*root) : nameless(incident.row.scope);
}

std::string cause_of(const IncidentView& incident) {
  const AlertView* root = root_of(incident);
  return root ? message_of(*root) : std::string();
}

void encode_members(JsonWriter& out, const IncidentView& incident) {
  const AlertView* root = root_of(incident);
  const auto is_open = [](const auto& alert) { return alert->row.state != AlertState::resolved; };
  out.member("id", incident.id.text()).member("title", title_of(incident));
  out.member("state", name_of(incident.row.state)).member("severity", severity_name(incident.row.severity)).key("root");
  encode_target(out, root ? root->row.target : Target{incident.row.scope, {}},
                root ? root->name : nameless(incident.row.scope));
  out.key("root_alert");
  if (root)
    encode_alert(out, *root);
  else
    out.null();
  out.member("cause", none_if_empty(cause_of(incident)));
  out.member("alert_count", static_cast<std::int64_t>(incident.alerts.size()));
  out.member("open_alert_count", static_cast<std::int64_t>(std::ranges::count_if(incident.alerts, is_open)));
  out.key("affected").begin_object().member("nodes", affected(incident, EntityKind::node));
  out.member("vms", affected(incident, EntityKind::guest)).member("storages", affected(incident, EntityKind::storage));
  out.member("services", affected(incident, EntityKind::service)).end_object();
  out.member("opened_at", rfc3339(incident.row.opened_at)).member("resolved_at", when(incident.row.resolved_at));
  out.member("updated_at", rfc3339(incident.updated_at)).key("acknowledgement");
  encode_ack(out, root ? root->row.ack : std::nullopt);
  out.key("held_by");
  encode_held(out, root ? root->row.held : std::nullopt);
  out.member("is_flapping", root && root->row.is_flapping);
}

void encode_incident(JsonWriter& out, const IncidentView& incident) {
  out.begin_object();
  encode_members(out, incident);
  out.end_object();
}

}  // namespace monitorix::live

#include "api/alerts/alert_json.h"

#include <cstdio>

#include "api/access.h"
#include "api/services/services.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr int kPage = 1000;

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

const Rule* rule_of(const Backdrop& backdrop, const Alert& alert) {
  const auto found = backdrop.rules.find(alert.rule);
  return found == backdrop.rules.end() ? nullptr : &found->second.item;
}

std::optional<std::string> id_if(const Alert& alert, EntityKind kind) {
  const Entity entity = alert.target.entity;
  return entity.kind == kind ? std::optional(std::to_string(entity.id)) : std::nullopt;
}

template <class Tag>
std::optional<std::string> id_text(Id<Tag> id) {
  return id.exists() ? std::optional(id.text()) : std::nullopt;
}

std::optional<double> threshold_of(const Rule* rule, const Alert& alert) {
  if (alert.threshold || !rule || rule->kind != RuleKind::metric) return alert.threshold;
  for (const Level& level : rule->levels)
    if (level.severity == alert.severity) return level.threshold;
  return std::nullopt;
}

}  // namespace

std::optional<std::string> when(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

std::string name_of_entity(const state::Snapshot& world, Entity entity) {
  switch (entity.kind) {
    case EntityKind::monitor: return "Monitorix";
    case EntityKind::cluster:
      if (const auto* cluster = world.cluster(ClusterId{entity.id})) return cluster->config.name;
      break;
    case EntityKind::node:
      if (const auto node = world.node(NodeId{entity.id})) return node->name;
      break;
    case EntityKind::guest:
      if (const auto guest = world.guest(GuestId{entity.id})) return guest->name;
      break;
    case EntityKind::storage:
      if (const auto storage = world.storage(StorageId{entity.id})) return storage->name;
      break;
    case EntityKind::service:
      if (const auto service = world.service(ServiceId{entity.id})) return service->service->name;
      break;
  }
  return std::string(name_of(entity.kind)) + " " + std::to_string(entity.id);
}

std::string name_of_target(const state::Snapshot& world, const Target& target) {
  return is_foreign(target.entity) && !target.part.empty() ? title_of_part(target.part)
                                                           : name_of_entity(world, target.entity);
}

std::optional<ClusterId> cluster_of_entity(const state::Snapshot& world, Entity entity) {
  switch (entity.kind) {
    case EntityKind::monitor: break;
    case EntityKind::cluster: return ClusterId{entity.id};
    case EntityKind::node:
      if (const auto node = world.node(NodeId{entity.id})) return node->cluster;
      break;
    case EntityKind::guest:
      if (const auto guest = world.guest(GuestId{entity.id})) return guest->cluster;
      break;
    case EntityKind::storage:
      if (const auto storage = world.storage(StorageId{entity.id})) return storage->cluster;
      break;
    case EntityKind::service:
      if (const auto service = world.service(ServiceId{entity.id})) return state::cluster_of(*service->service, world);
      break;
  }
  return std::nullopt;
}

bool may_see_entity(const Caller& caller, const state::Snapshot& world, Entity entity) {
  if (caller.scope == live::Scope{}) return caller.signed_in;
  const std::string id = std::to_string(entity.id);
  switch (entity.kind) {
    case EntityKind::monitor: return false;
    case EntityKind::cluster: return visible_cluster(caller, world, id) != nullptr;
    case EntityKind::node: return visible_node(caller, world, id) != nullptr;
    case EntityKind::guest: return visible_guest(caller, world, id) != nullptr;
    case EntityKind::storage: return visible_storage(caller, world, id) != nullptr;
    case EntityKind::service: return visible_service(caller, world, id) != nullptr;
  }
  return false;
}

std::string title_of(const Backdrop& backdrop, const Alert& alert) {
  const Rule* rule = rule_of(backdrop, alert);
  const std::string name = name_of_target(*backdrop.world, alert.target);
  if (!rule || is_foreign(alert.target.entity)) return name;
  return name + ": " + (is_about_outside(*rule) ? title_of_part(alert.target.part) : rule->name);
}

std::string message_of(const Backdrop& backdrop, const Alert& alert) {
  const Rule* rule = rule_of(backdrop, alert);
  if (!rule || rule->kind != RuleKind::metric || !alert.value) return alert.evidence;
  return number_text(rule->metric, *alert.value);
}

std::string_view shown_state(const Alert& alert) {
  if (alert.state == AlertState::pending || alert.state == AlertState::resolved) return name_of(alert.state);
  return alert.ack ? "acknowledged" : "firing";
}

void write_target(JsonWriter& out, const state::Snapshot& world, const Target& target) {
  const Entity entity = target.entity;
  out.begin_object().member("kind", name_of(entity.kind)).member("id", std::to_string(entity.id));
  out.member("name", name_of_target(world, target)).end_object();
}

void write_ack(JsonWriter& out, const std::optional<Acknowledgement>& ack) {
  if (!ack) {
    out.null();
    return;
  }
  out.begin_object().member("by", ack->by).member("note", none_if_empty(ack->note)).member("at", rfc3339(ack->at));
  out.member("until", when(ack->until)).member("sticky", ack->is_sticky).end_object();
}

void write_held(JsonWriter& out, const std::optional<Held>& held) {
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

void write_alert(JsonWriter& out, const Backdrop& backdrop, const Alert& alert) {
  const Rule* rule = rule_of(backdrop, alert);
  const auto cluster = cluster_of_entity(*backdrop.world, alert.target.entity);
  const bool is_over = alert.state == AlertState::resolved;
  out.begin_object().member("id", alert.id.text());
  out.member("alert_type", rule ? alert_type_of(*rule) : std::string("rule"));
  out.member("severity", severity_name(alert.severity)).member("title", title_of(backdrop, alert));
  out.member("message", message_of(backdrop, alert));
  out.member("cluster_id", cluster ? id_text(*cluster) : std::nullopt);
  out.member("node_id", id_if(alert, EntityKind::node)).member("vm_id", id_if(alert, EntityKind::guest));
  out.member("storage_id", id_if(alert, EntityKind::storage));
  out.member("service_id", id_if(alert, EntityKind::service)).key("object");
  write_target(out, *backdrop.world, alert.target);
  out.member("part", none_if_empty(alert.target.part)).member("rule_id", alert.rule.text());
  out.member("rule_name", rule ? std::optional(rule->name) : std::nullopt);
  out.member("rule_key", rule ? none_if_empty(rule->key) : std::nullopt);
  out.member("metric_type",
             rule && rule->kind == RuleKind::metric ? std::optional(std::string(name_of(rule->metric))) : std::nullopt);
  out.member("state", shown_state(alert)).member("since", rfc3339(alert.since)).member("is_resolved", is_over);
  out.member("is_recovering", alert.state == AlertState::recovering).member("is_flapping", alert.is_flapping);
  out.member("has_no_data", alert.has_no_data).member("created_at", rfc3339(alert.opened_at));
  out.member("last_seen_at", rfc3339(alert.last_true_at)).member("resolved_at", when(alert.resolved_at));
  out.member("resolve_reason", is_over && alert.resolve_reason != ResolveReason::none
                                   ? std::optional(std::string(name_of(alert.resolve_reason)))
                                   : std::nullopt);
  out.member("reopen_count", alert.reopen_count).member("value", alert.value);
  out.member("threshold", threshold_of(rule, alert));
  out.member("acknowledged_by", alert.ack ? std::optional(alert.ack->by) : std::nullopt).key("acknowledgement");
  write_ack(out, alert.ack);
  out.key("held_by");
  write_held(out, alert.held);
  out.member("incident_id", id_text(alert.incident)).member("root_cause_id", id_text(alert.root_cause)).end_object();
}

void read_moment(Fields& body, std::string_view name, WallTime& into) {
  const auto text = body.text(name, {1, 40});
  if (!text) return;
  if (const auto at = parse_rfc3339(*text))
    into = *at;
  else
    body.wrong(name, "invalid", "must be a time as 2027-01-31T12:00:00Z");
}

Result<Rules> read_rules(store::Store& store) {
  auto all = store.alerts().rules();
  if (!all) return fail(std::move(all).error());
  Rules rules;
  for (auto& one : *all) rules.emplace(one.item.id, std::move(one));
  return rules;
}

Result<std::vector<Alert>> newest_alerts(store::Store& store, const std::function<bool(const Alert&)>& passes) {
  std::vector<Alert> found;
  AlertId before;
  for (int read = 0; read < kMostAlertsRead; read += kPage) {
    auto page = store.alerts().alerts(before, kPage);
    if (!page) return fail(std::move(page).error());
    for (Alert& alert : *page) {
      before = alert.id;
      if (passes(alert)) found.push_back(std::move(alert));
    }
    if (page->size() < static_cast<std::size_t>(kPage)) break;
  }
  return found;
}

}  // namespace monitorix::api

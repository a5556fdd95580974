#include "api/alerts/alert_json.h"

#include "api/access.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr int kPage = 1000;

const Rule* rule_of(const Backdrop& backdrop, const Alert& alert) {
  const auto found = backdrop.rules.find(alert.rule);
  return found == backdrop.rules.end() ? nullptr : &found->second.item;
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
  return live::nameless(entity);
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
  return caller.signed_in && live::may_see(caller.scope, entity, world);
}

state::AlertView view_of(const Backdrop& backdrop, Alert alert) {
  state::AlertView view;
  // The rules outlive the answer that is written of this.
  if (const Rule* rule = rule_of(backdrop, alert)) view.rule = {std::shared_ptr<const void>(), rule};
  view.name = name_of_target(*backdrop.world, alert.target);
  view.cluster = cluster_of_entity(*backdrop.world, alert.target.entity);
  view.row = std::move(alert);
  return view;
}

std::string title_of(const Backdrop& backdrop, const Alert& alert) { return live::title_of(view_of(backdrop, alert)); }

std::string message_of(const Backdrop& backdrop, const Alert& alert) {
  return live::message_of(view_of(backdrop, alert));
}

void write_target(JsonWriter& out, const state::Snapshot& world, const Target& target) {
  live::encode_target(out, target, name_of_target(world, target));
}

void write_alert(JsonWriter& out, const Backdrop& backdrop, const Alert& alert) {
  live::encode_alert(out, view_of(backdrop, alert));
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

Result<std::vector<Alert>> newest_alerts(store::Store& store, const std::function<bool(const Alert&)>& passes,
                                         AlertSpan span) {
  std::vector<Alert> found;
  AlertId before = span.before;
  for (int read = 0; read < kMostAlertsRead; read += kPage) {
    auto page = store.alerts().alerts(before, kPage);
    if (!page) return fail(std::move(page).error());
    for (Alert& alert : *page) {
      before = alert.id;
      if (passes(alert)) found.push_back(std::move(alert));
      if (found.size() == span.most) return found;
    }
    if (page->size() < static_cast<std::size_t>(kPage)) break;
  }
  return found;
}

}  // namespace monitorix::api

#include "live/incidents.h"

#include <algorithm>

#include "live/encode_alert.h"

namespace monitorix::live {
namespace {

using state::IncidentView;
using state::Snapshot;
using Incident = std::shared_ptr<const IncidentView>;

bool is_about(const IncidentView& incident, EntityKind kind, const std::string& id) {
  return id.empty() || std::ranges::any_of(incident.alerts, [&](const auto& alert) {
           const Entity entity = alert->row.target.entity;
           return entity.kind == kind && std::to_string(entity.id) == id;
         });
}

bool is_wanted(const Filter& filter, const IncidentView& incident) {
  const auto is_in_cluster = [&](const auto& alert) {
    return alert->cluster && alert->cluster->text() == filter.cluster_id;
  };
  return (filter.ids.empty() || std::ranges::find(filter.ids, incident.id.text()) != filter.ids.end()) &&
         (filter.cluster_id.empty() || std::ranges::any_of(incident.alerts, is_in_cluster)) &&
         is_about(incident, EntityKind::node, filter.node_id) && is_about(incident, EntityKind::guest, filter.vm_id);
}

/// As this channel has it; empty when it does not show it.
std::string text_of(const View& view, const Incident& incident, const Snapshot& snapshot) {
  const Incident seen = incident ? visible_part(view.scope, incident, snapshot) : nullptr;
  if (!seen || !is_wanted(view.filter, *seen)) return {};
  JsonWriter out;
  encode_incident(out, *seen);
  return out.take();
}

}  // namespace

std::shared_ptr<const IncidentView> visible_part(const Scope& scope, Incident incident, const Snapshot& snapshot) {
  if (scope == Scope{}) return incident->alerts.empty() ? nullptr : incident;
  auto part = std::make_shared<IncidentView>(*incident);
  std::erase_if(part->alerts, [&](const auto& alert) { return !may_see(scope, alert->row.target.entity, snapshot); });
  return part->alerts.empty() ? nullptr : part;
}

std::vector<std::string> encode_incidents(const View& view, const Snapshot& snapshot) {
  std::vector<std::string> items;
  for (const Incident& incident : snapshot.incidents())
    if (std::string text = text_of(view, incident, snapshot); !text.empty()) items.push_back(std::move(text));
  return items;
}

void compare_incidents(Difference& found, const View& view, const Snapshot& before, const Snapshot& after) {
  // Within a scope, what an alert is about may have come into sight or gone out of it.
  const bool may_move = !(view.scope == Scope{}) && before.clusters != after.clusters;
  if (before.alerts == after.alerts && !may_move) return;
  auto a = before.incidents().begin();
  auto b = after.incidents().begin();
  const auto step = [&](const Incident& old, const Incident& now) {
    if (old == now && !may_move) return;
    const std::string was = text_of(view, old, before);
    std::string is = text_of(view, now, after);
    if (was == is) return;
    if (is.empty())
      found.removed.push_back(old->id.text());
    else
      found.set.push_back(std::move(is));
  };
  while (a != before.incidents().end() || b != after.incidents().end()) {
    if (b == after.incidents().end() || (a != before.incidents().end() && (*a)->id < (*b)->id))
      step(*a++, nullptr);
    else if (a == before.incidents().end() || (*b)->id < (*a)->id)
      step(nullptr, *b++);
    else
      step(*a++, *b++);
  }
}

}  // namespace monitorix::live

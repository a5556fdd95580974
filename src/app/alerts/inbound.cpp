// What reaches the alerts by other ways than our own polls and checks.

#include <algorithm>

#include "alert/select.h"
#include "app/alerts/alerts.h"
#include "app/alerts/standing.h"
#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::app {
namespace {

std::string name_in(const state::ClusterView& cluster, Entity entity) {
  for (const auto& node : cluster.nodes)
    if (entity_of(node->id) == entity) return node->name;
  return cluster.config.name;
}

/// A line of the node's time line, or of the cluster's. Sent twice it is one.
monitorix::Event event_of(const ProxmoxNotice& notice, const state::ClusterView& cluster, WallTime now) {
  const Entity entity = meant_by(notice, cluster);
  const bool is_node = entity.kind == EntityKind::node;
  const std::string whole = "cluster:" + cluster.config.id.text();
  monitorix::Event event{.cluster = cluster.config.id, .kind = EventKind::notice};
  if (notice.severity)
    event.severity = *notice.severity == Severity::critical ? EventSeverity::error : EventSeverity::warning;
  event.at = event.until = std::min(notice.at.value_or(now), now);
  event.object = is_node ? "node:" + std::to_string(entity.id) : whole;
  if (is_node) event.place = whole;
  event.name = name_in(cluster, entity);
  event.from = none_if_empty(notice.type);
  event.to = notice.title;
  const auto digest = sha256(whole + "\n" + std::to_string(to_ms(event.at)) + "\n" + notice.hostname + "\n" +
                             notice.type + "\n" + notice.job + "\n" + notice.title);
  event.key = "notice:" + to_hex({reinterpret_cast<const char*>(digest.data()), 16});
  return event;
}

/// Guests of which we say ourselves that their backups failed, or will: those that are named, or that are in the job
/// and have failed already.
std::vector<std::shared_ptr<const Guest>> failed_by(const ProxmoxNotice& notice, const state::ClusterView& cluster) {
  std::vector<std::shared_ptr<const Guest>> out;
  if (!notice.severity || notice.type != "vzdump") return out;
  const auto is_meant = [&](const Guest& guest) {
    if (!notice.failed_guests.empty())
      return std::ranges::find(notice.failed_guests, guest.vmid) != notice.failed_guests.end();
    if (guest.backup_state != BackupState::failed || notice.job.empty()) return false;
    const Assurance* assurance = cluster.backups->of(guest.id);
    return assurance && std::ranges::find(assurance->jobs, notice.job) != assurance->jobs.end();
  };
  for (const auto& guest : cluster.guests)
    if (!guest->is_template && guest->status != GuestStatus::deleted && guest->backup_state != BackupState::unknown &&
        is_meant(*guest))
      out.push_back(guest);
  return out;
}

}  // namespace

void Alerts::put_outside(const Outside::Events& events) {
  for (const alert::Event& event : events)
    if (const auto* placed = std::get_if<alert::Placed>(&event); placed && placed->entity.kind == EntityKind::guest)
      senses_.hold(GuestId{placed->entity.id});
  put_all(events);
  store_some();
}

std::size_t Alerts::take_outside(const std::vector<OutsideAlert>& alerts) {
  std::size_t refused = 0;
  put_outside(outside_.take(alerts, *parts_.world(), state_, now(), refused));
  return refused;
}

/// What it says is known to the cluster as well: that is asked at once.
void Alerts::take_notice(ClusterId id, const ProxmoxNotice& notice) {
  const auto world = parts_.world();
  const state::ClusterView* cluster = world->cluster(id);
  if (!cluster) return;
  if (parts_.keep) parts_.keep({event_of(notice, *cluster, parts_.clock.wall())});
  const auto failed = failed_by(notice, *cluster);
  const bool is_said = std::ranges::any_of(state_.rules, [](const auto& one) {
    const Rule& rule = one.second;
    return rule.is_active && rule.kind == RuleKind::pve_event && alert::fits_text(rule.condition, "backup_failed");
  });
  if (is_said && !failed.empty()) {  // one alert, whoever is the first to say it
    put_all(senses_.take_failed_backups(*cluster, failed, now()));
    store_some();
  } else {
    put_outside(outside_.take(notice, *cluster, now()));
  }
  if (parts_.ask) parts_.ask(entity_of(id));
}

void Alerts::take_uplink(bool is_isolated, SteadyTime began, const std::string& evidence) {
  put(alert::Report{.entity = kMonitor,
                    .standing = is_isolated ? alert::Standing::down : alert::Standing::up,
                    .started = std::chrono::time_point_cast<std::chrono::milliseconds>(began),
                    .evidence = evidence});
  store_some();
}

}  // namespace monitorix::app

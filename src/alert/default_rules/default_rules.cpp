#include "alert/default_rules/default_rules.h"

#include <tuple>

#include "model/alert/outside.h"

namespace monitorix::alert {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// States are confirmed by the polls and checks that report them, so they need no time of their own. A guest that is
/// back for a minute only was never back.
Rule about_state(const char* key, const char* name, EntityKind type, std::optional<Severity> severity,
                 seconds keep_for) {
  return {.name = name,
          .kind = RuleKind::check_state,
          .selector = {.type = type},
          .severity = severity,
          .keep_for = keep_for,
          .key = key};
}

/// What the cluster says of itself. Polls repeat it, so it holds for two of them before it counts.
Rule about_condition(const char* key, const char* name, const char* code, std::optional<Severity> severity,
                     seconds confirm_for = seconds{0}) {
  return {.name = name,
          .kind = RuleKind::pve_event,
          .condition = code,
          .severity = severity,
          .confirm_for = confirm_for,
          .keep_for = minutes{2},
          .key = key};
}

Rule about_number(const char* key, const char* name, EntityKind type, Metric metric, std::vector<Level> levels) {
  return {.name = name,
          .kind = RuleKind::metric,
          .selector = {.type = type},
          .metric = metric,
          .comparison = Comparison::at_least,
          .levels = std::move(levels),
          .confirm_for = minutes{5},
          .keep_for = minutes{2},
          .min_delta = 0.02,
          .key = key};
}

Level level(Severity severity, double threshold, double clear, std::optional<milliseconds> confirm_for = {}) {
  return {severity, threshold, clear, confirm_for};
}

/// Monitorix itself, and what it may (alerts A21). The lag that is looked at is the worst of one or two minutes, so
/// what stalls once is over before it counts.
std::vector<Rule> about_ourselves() {
  using enum Severity;
  std::vector<Rule> rules{
      about_condition("own_database", "Database cannot be written", "own_database", critical, seconds{30}),
      about_condition("own_disk", "Disk is nearly full", "own_disk", std::nullopt, minutes{1}),
      about_condition("own_lag", "Server is overloaded", "own_lag", warning, seconds{150}),
      about_condition("own_outbox", "Messages do not go out", "own_outbox", warning, seconds{30}),
      about_condition("own_dead_letters", "Messages were given up", "own_dead_letters", warning),
      about_condition("own_privilege", "Ping is not permitted", "own_privilege", warning, minutes{1}),
      about_condition("token_rights", "Token may do more than read", "token_rights", warning),
  };
  rules.front().keep_for = minutes{1};
  for (Rule& rule : rules)
    if (rule.key != "token_rights") rule.selector.type = EntityKind::monitor;
  return rules;
}

}  // namespace

std::vector<Rule> default_rules() {
  using enum Severity;
  const auto cpu = [] { return std::vector{level(warning, 0.80, 0.75), level(critical, 0.95, 0.90, minutes{15})}; };
  const auto memory = [] { return std::vector{level(warning, 0.85, 0.80), level(critical, 0.95, 0.90)}; };
  const auto disk = [] { return std::vector{level(warning, 0.90, 0.85), level(critical, 0.95, 0.92)}; };
  const auto storage = [] { return std::vector{level(warning, 0.85, 0.80), level(critical, 0.95, 0.92)}; };
  std::vector<Rule> rules{
      about_state("node_down", "Node is offline", EntityKind::node, critical, seconds{0}),
      about_state("guest_down", "Guest stopped unexpectedly", EntityKind::guest, warning, minutes{1}),
      about_state("service_down", "Service is down", EntityKind::service, std::nullopt, seconds{0}),
      about_state("cluster_unreachable", "Cluster cannot be reached", EntityKind::cluster, warning, seconds{0}),
      about_condition("cluster_refused", "Cluster refuses the token", "cluster_refused", critical),
      about_condition("certificate_changed", "Certificate of a cluster changed", "certificate_changed", critical),
      about_condition("quorum_lost", "Cluster has no quorum", "quorum_lost", critical),
      about_condition("quorum_margin", "One more vote lost stops the cluster", "quorum_margin", std::nullopt,
                      minutes{2}),
      about_condition("ha_error", "A guest is in HA error", "ha_error", warning),
      about_condition("ha_fence", "A node is being fenced", "ha_fence", critical, minutes{1}),
      about_condition("ha_manager_dead", "HA manager is dead", "ha_manager_dead", std::nullopt, minutes{2}),
      about_condition("replication_failing", "Replication fails", "replication_failing", std::nullopt),
      about_condition("zfs_degraded", "ZFS pool is not healthy", "zfs_degraded", critical),
      about_condition("zfs_errors", "ZFS pool has errors", "zfs_errors", std::nullopt),
      about_condition("disk_failing", "A disk fails its self-test", "disk_failing", critical),
      about_condition("disk_worn", "A disk is worn out", "disk_worn", std::nullopt),
      about_condition("thin_metadata", "Metadata of a thin pool fills up", "thin_metadata_full", std::nullopt),
      about_condition("storage_inactive", "Storage is not active", "storage_inactive", std::nullopt, minutes{2}),
      about_condition("certificate_expiring", "Certificate of a node runs out", "certificate_expir*", std::nullopt),
      about_condition("pve_service_down", "A service of Proxmox VE is down", "service_down", std::nullopt, minutes{2}),
      about_condition("clock_off", "Clock of a node is off", "clock_*", std::nullopt, minutes{5}),
      about_condition("backup_failed", "Backup failed", "backup_failed", std::nullopt),
      about_condition("backup_late", "Backup is too old", "backup_late", std::nullopt),
      about_number("node_cpu", "CPU of a node", EntityKind::node, Metric::cpu_ratio, cpu()),
      about_number("guest_cpu", "CPU of a guest", EntityKind::guest, Metric::cpu_ratio, cpu()),
      about_number("node_memory", "Memory of a node", EntityKind::node, Metric::memory_ratio, memory()),
      about_number("guest_memory", "Memory of a guest", EntityKind::guest, Metric::memory_ratio, memory()),
      about_number("node_disk", "Root disk of a node", EntityKind::node, Metric::disk_ratio, disk()),
      about_number("guest_disk", "Disk of a guest", EntityKind::guest, Metric::disk_ratio, disk()),
      about_number("storage_usage", "Storage fills up", EntityKind::storage, Metric::disk_ratio, storage()),
  };
  // A service's certificate is one alert whose severity rises (checks C29).
  Rule certificate =
      about_condition("service_certificate", "Certificate of a service runs out", "certificate_days", std::nullopt);
  certificate.kind = RuleKind::certificate;
  rules.push_back(std::move(certificate));
  // Of installations that have the ones above, the following are new: what comes is added at the end.
  rules.push_back(
      about_state("isolated", "Host is cut off from the network", EntityKind::monitor, critical, seconds{0}));
  for (const auto& [key, name, code] : {std::tuple{"outside", "Reported by another system", kOutsideCode},
                                        std::tuple{"pve_notice", "Proxmox VE reports a problem", kNoticeCode}}) {
    // Whoever sent it has waited already, before it began and before it ended.
    rules.push_back(about_condition(key, name, std::string(code).c_str(), std::nullopt));
    rules.back().keep_for = seconds{0};
  }
  for (Rule& rule : about_ourselves()) rules.push_back(std::move(rule));
  std::int64_t id = 0;
  for (Rule& rule : rules) rule.id = RuleId{++id};
  return rules;
}

}  // namespace monitorix::alert

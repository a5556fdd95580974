// The risks that lie in one member: its disks, pools, packages, clock, certificates, services and copies.

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "state/risks/risks.h"

namespace monitorix::state {
namespace {

constexpr double kPoolWarns = 0.85, kPoolCritical = 0.95;
constexpr double kWornWarns = 0.80, kWornCritical = 0.95;
constexpr std::int64_t kDaysWarn = 21, kDaysCritical = 7;
constexpr double kDriftWarns = 5, kDriftCritical = 60;
constexpr std::int64_t kFailuresCritical = 3;
constexpr std::chrono::hours kRepositoriesLast{24 * 7};  // asked once a day

std::int64_t percent(double ratio) { return static_cast<std::int64_t>(std::floor(ratio * 100)); }

void add_disks(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* disks = risks.fresh(facts.disks);
  if (!disks) return;
  for (const Disk& disk : *disks) {
    const std::string name = disk.path + (disk.model ? " (" + *disk.model + ")" : "");
    const std::string health = lower_ascii(disk.health.value_or(""));
    if (health.starts_with("fail"))
      risks.add({.subject = disk.path,
                 .severity = Severity::critical,
                 .code = "disk_failing",
                 .text = node.name + ": SMART says that " + name + " is failing",
                 .params = {{"disk", name}, {"health", *disk.health}},
                 .node = node.id,
                 .as_of = facts.disks.at});
    if (disk.worn_ratio && *disk.worn_ratio > kWornWarns)
      risks.add({.subject = disk.path,
                 .severity = *disk.worn_ratio > kWornCritical ? Severity::critical : Severity::warning,
                 .code = "disk_worn",
                 .text = node.name + ": " + name + " has used " + std::to_string(percent(*disk.worn_ratio)) +
                         " % of its rated life",
                 .params = {{"disk", name}, {"percent", percent(*disk.worn_ratio)}},
                 .node = node.id,
                 .as_of = facts.disks.at});
  }
}

void add_zfs(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* pools = risks.fresh(facts.zfs);
  if (!pools) return;
  for (const ZfsPool& pool : *pools) {
    if (pool.health && *pool.health != "ONLINE")
      risks.add({.subject = pool.name,
                 .severity = Severity::critical,
                 .code = "zfs_degraded",
                 .text = node.name + ": the ZFS pool " + pool.name + " is " + *pool.health,
                 .params = {{"pool", pool.name}, {"state", *pool.health}},
                 .node = node.id,
                 .as_of = facts.zfs.at});
    if (pool.errors && *pool.errors != "No known data errors")
      risks.add({.subject = pool.name,
                 .severity = Severity::critical,
                 .code = "zfs_errors",
                 .text = node.name + ": the ZFS pool " + pool.name + " has damaged data: " + *pool.errors,
                 .params = {{"pool", pool.name}, {"said", *pool.errors}},
                 .node = node.id,
                 .as_of = facts.zfs.at});
  }
}

void add_thin_pools(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* pools = risks.fresh(facts.thin_pools);
  if (!pools) return;
  const auto look = [&](const ThinPool& pool, const std::optional<std::int64_t>& used,
                        const std::optional<std::int64_t>& size, const char* code, const std::string& of) {
    if (!used || !size || *size <= 0) return;
    const double ratio = static_cast<double>(*used) / static_cast<double>(*size);
    if (ratio <= kPoolWarns) return;
    const std::string name = pool.group + "/" + pool.name;
    risks.add({.subject = name,
               .severity = ratio > kPoolCritical ? Severity::critical : Severity::warning,
               .code = code,
               .text = node.name + ": the " + of + " of the thin pool " + name + " are " +
                       std::to_string(percent(ratio)) + " % full",
               .params = {{"pool", name}, {"percent", percent(ratio)}},
               .node = node.id,
               .as_of = facts.thin_pools.at});
  };
  for (const ThinPool& pool : *pools) {
    look(pool, pool.used_bytes, pool.size_bytes, "thin_pool_full", "data");
    look(pool, pool.metadata_used_bytes, pool.metadata_size_bytes, "thin_metadata_full", "metadata");
  }
}

void add_software(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* software = risks.fresh(facts.software);
  if (!software) return;
  if (software->kernel_outdated == true)
    risks.add({.severity = Severity::warning,
               .code = "kernel_outdated",
               .text = node.name + " runs the kernel " + *software->running_kernel + ", but " +
                       *software->newest_kernel + " is installed",
               .params = {{"running", *software->running_kernel}, {"installed", *software->newest_kernel}},
               .node = node.id,
               .as_of = facts.software.at});
  if (const auto count = static_cast<std::int64_t>(software->updates.size()); count > 0)
    risks.add({.severity = Severity::info,
               .code = "updates_pending",
               .text = node.name + ": packages of Proxmox VE to update: " + std::to_string(count),
               .params = {{"packages", count}},
               .node = node.id,
               .as_of = facts.software.at});
}

void add_repositories(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* sources = risks.fresh(facts.repositories, kRepositoriesLast);
  if (!sources) return;
  if (sources->enabled.empty())
    risks.add({.severity = Severity::warning,
               .code = "repository_none",
               .text = node.name + " gets no packages of Proxmox VE: none of its repositories is enabled",
               .node = node.id,
               .as_of = facts.repositories.at});
  const auto count_of = [&](bool are_errors) {
    return std::ranges::count(sources->remarks, are_errors, &RepositoryRemark::is_error);
  };
  const auto add = [&](const char* code, Severity severity, std::int64_t count, const char* words) {
    if (count == 0) return;
    risks.add({.severity = severity,
               .code = code,
               .text = node.name + ": " + words + ": " + std::to_string(count),
               .params = {{"remarks", count}},
               .node = node.id,
               .as_of = facts.repositories.at});
  };
  add("repository_error", Severity::warning, count_of(true), "lists of package sources that cannot be read");
  add("repository_warning", Severity::info, count_of(false), "package sources that Proxmox VE warns of");
}

void add_clock(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* clock = risks.fresh(facts.clock);
  if (!clock || node.status != NodeStatus::online) return;
  // What the way took may be all of it.
  const double sure = std::abs(clock->ahead_seconds) - clock->uncertainty_seconds;
  if (sure <= kDriftWarns) return;
  const auto seconds = static_cast<std::int64_t>(std::llround(std::abs(clock->ahead_seconds)));
  const bool is_ahead = clock->ahead_seconds > 0;
  risks.add({.severity = sure > kDriftCritical ? Severity::critical : Severity::warning,
             .code = is_ahead ? "clock_ahead" : "clock_behind",
             .text = "the clock of " + node.name + " is " + std::to_string(seconds) + " s " +
                     (is_ahead ? "ahead of" : "behind") + " ours",
             .params = {{"seconds", seconds}},
             .node = node.id,
             .as_of = facts.clock.at,
             .kind = "clock"});
}

void add_replication(RiskList& risks, const Node& node, const NodeFacts& facts) {
  const auto* jobs = risks.fresh(facts.replication);
  if (!jobs) return;
  for (const ReplicationJob& job : *jobs) {
    const std::int64_t failures = job.fail_count.value_or(0);
    if (job.disabled || (failures == 0 && !job.error)) continue;
    const std::string said = job.error.value_or("");
    risks.add(
        {.subject = job.id,
         .severity = failures >= kFailuresCritical ? Severity::critical : Severity::warning,
         .code = "replication_failing",
         .text = node.name + ": the replication " + job.id + " to " + job.target.value_or("?") + " fails: " + said,
         .params = {{"job", job.id}, {"target", job.target.value_or("?")}, {"said", said}},
         .node = node.id,
         .as_of = facts.replication.at});
  }
}

void add_certificates(RiskList& risks, const Node& node, bool is_first) {
  for (const NodeCertificate& certificate : node.detail.certificates) {
    if (!certificate.not_after) continue;
    const bool is_root = certificate.filename == "pve-root-ca.pem";
    if (is_root && !is_first) continue;  // all members have the same
    add_certificate(risks, {.file = certificate.filename, .not_after = *certificate.not_after, .node = &node});
  }
}

struct Service {
  std::string_view name{};
  Severity severity{};
  enum class Where : std::uint8_t { everywhere, in_clusters, with_ha, if_enabled } where{};
};
constexpr std::array<Service, 11> kServices{{{"pveproxy", Severity::critical, Service::Where::everywhere},
                                             {"pvedaemon", Severity::critical, Service::Where::everywhere},
                                             {"pve-cluster", Severity::critical, Service::Where::everywhere},
                                             {"pvestatd", Severity::warning, Service::Where::everywhere},
                                             {"pvescheduler", Severity::warning, Service::Where::everywhere},
                                             {"corosync", Severity::critical, Service::Where::in_clusters},
                                             {"pve-ha-crm", Severity::warning, Service::Where::with_ha},
                                             {"pve-ha-lrm", Severity::warning, Service::Where::with_ha},
                                             {"chrony", Severity::warning, Service::Where::if_enabled},
                                             {"systemd-timesyncd", Severity::warning, Service::Where::if_enabled},
                                             {"sshd", Severity::warning, Service::Where::if_enabled}}};

bool should_run(const Service& service, const PveService& seen, bool is_cluster, bool uses_ha) {
  const auto& unit = seen.unit_state;
  if (unit == "disabled" || unit == "masked" || unit == "not-found") return false;
  switch (service.where) {
    case Service::Where::everywhere: return true;
    case Service::Where::in_clusters: return is_cluster;
    case Service::Where::with_ha: return uses_ha;
    case Service::Where::if_enabled: return unit == "enabled";
  }
  return false;
}

void add_services(RiskList& risks, const Node& node, bool is_cluster, bool uses_ha) {
  if (node.status != NodeStatus::online) return;
  for (const PveService& seen : node.detail.services)
    for (const Service& service : kServices) {
      const bool is_down = seen.state == "dead" || seen.state == "failed" || seen.state == "stopped";
      if (service.name != seen.name || !is_down || !should_run(service, seen, is_cluster, uses_ha)) continue;
      risks.add({.subject = seen.name,
                 .severity = service.severity,
                 .code = "service_down",
                 .text = node.name + ": the service " + seen.name + " does not run (" + seen.state + ")",
                 .params = {{"service", seen.name}, {"state", seen.state}},
                 .node = node.id,
                 .as_of = node.detail.services_at});
    }
}

}  // namespace

void add_certificate(RiskList& risks, const ExpiringCertificate& certificate) {
  const std::int64_t days = std::chrono::floor<std::chrono::days>(certificate.not_after - risks.now()).count();
  if (days >= kDaysWarn) return;
  const bool is_over = days < 0;
  const Node* node = certificate.node;
  risks.add({.subject = certificate.file,
             .severity = days < kDaysCritical ? Severity::critical : Severity::warning,
             .code = is_over ? "certificate_expired" : "certificate_expiring",
             .text = (node ? node->name + ": " : std::string()) + "the certificate " + certificate.file +
                     (is_over ? " has expired" : " expires in days: " + std::to_string(days)),
             .params = is_over ? Reason::Params{{"file", certificate.file}}
                               : Reason::Params{{"file", certificate.file}, {"days", days}},
             .node = node ? std::optional(node->id) : std::nullopt,
             .as_of = node ? node->detail.certificates_at : std::nullopt,
             .kind = "certificate"});
}

void add_node_risks(RiskList& risks, const ClusterView& view, const Node& node, bool uses_ha) {
  const NodeFacts& facts = view.facts->of(node.id);
  add_disks(risks, node, facts);
  add_zfs(risks, node, facts);
  add_thin_pools(risks, node, facts);
  add_software(risks, node, facts);
  add_repositories(risks, node, facts);
  add_clock(risks, node, facts);
  add_replication(risks, node, facts);
  add_certificates(risks, node, view.nodes.front()->id == node.id);
  add_services(risks, node, view.members.size() > 1, uses_ha);
}

}  // namespace monitorix::state

#include "state/risks/risks.h"

#include <algorithm>
#include <set>

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::state {
namespace {

/// Nothing new can be learned of the cluster now.
bool is_blind(const ClusterView& view) {
  if (view.config.paused) return true;
  switch (view.health.state) {
    case ClusterState::unreachable:
    case ClusterState::wrong_cluster:
    case ClusterState::auth_failed:
    case ClusterState::tls_mismatch: return true;
    default: return false;
  }
}

bool is_online(const ClusterView& view, std::string_view name) {
  return std::ranges::any_of(view.nodes, [&](const auto& node) {
    return node->name == name && !node->missing && node->status == NodeStatus::online;
  });
}

std::optional<NodeId> id_of(const ClusterView& view, std::string_view name) {
  for (const auto& node : view.nodes)
    if (node->name == name) return node->id;
  return std::nullopt;
}

void add_quorum(RiskList& risks, const ClusterView& view) {
  const auto quorum = quorum_of(view);
  if (!quorum) return;
  const Reason::Params counts{{"members", quorum->members}, {"online", quorum->online}};
  const std::string said =
      std::to_string(quorum->online) + " of " + std::to_string(quorum->members) + " members are online";
  const bool is_even = quorum->members % 2 == 0 && quorum->has_qdevice == false;
  if (view.quorate == false) {
    risks.add({.severity = Severity::critical,
               .code = "quorum_lost",
               .text = "the cluster has lost its quorum: " + said,
               .params = counts,
               .kind = "quorum"});
  } else if (quorum->margin <= 0 && quorum->present < quorum->votes) {
    risks.add({.severity = Severity::critical,
               .code = "quorum_margin",
               .text = "one more member lost, and the cluster stands still: " + said,
               .params = counts,
               .kind = "quorum"});
  }
  if (is_even)
    risks.add({.severity = Severity::warning,
               .code = "even_members",
               .text = std::to_string(quorum->members) +
                       " members without a QDevice: when they part into halves, none goes on",
               .params = {{"members", quorum->members}}});
  const auto* device = risks.fresh(view.facts->cluster.qdevice);
  if (device && device->exists && !device->is_connected())
    risks.add(
        {.severity = Severity::warning,
         .code = "qdevice_down",
         .text = "the QDevice at " + device->host.value_or("?") + " is not connected: " + device->state.value_or("?"),
         .params = {{"host", device->host.value_or("?")}, {"state", device->state.value_or("?")}},
         .as_of = view.facts->cluster.qdevice.at});
}

void add_ha(RiskList& risks, const ClusterView& view, const HaStatus& ha) {
  const auto at = view.facts->cluster.ha.at;
  if (ha.manager && ha.manager->is_dead)
    risks.add({.severity = Severity::critical,
               .code = "ha_manager_dead",
               .text = "the manager of high availability on " + ha.manager->node + " gives no sign of life",
               .params = {{"node", ha.manager->node}},
               .node = id_of(view, ha.manager->node),
               .as_of = at});
  for (const HaManager& local : ha.local_managers)
    if (local.is_dead && is_online(view, local.node))
      risks.add({.subject = local.node,
                 .severity = Severity::warning,
                 .code = "ha_local_manager_dead",
                 .text = "the local manager of high availability on " + local.node + " gives no sign of life",
                 .params = {{"node", local.node}},
                 .node = id_of(view, local.node),
                 .as_of = at});
  std::set<std::string> fenced(ha.fenced_nodes.begin(), ha.fenced_nodes.end());
  for (const HaResource& resource : ha.resources) {
    if (resource.state == "fence") fenced.insert(resource.node);
    if (resource.state != "error") continue;
    risks.add({.subject = resource.id,
               .severity = Severity::critical,
               .code = "ha_error",
               .text = "high availability gave up on " + resource.id,
               .params = {{"guest", resource.id}, {"node", resource.node}},
               .node = id_of(view, resource.node),
               .as_of = at});
  }
  for (const std::string& node : fenced)
    risks.add({.subject = node,
               .severity = Severity::critical,
               .code = "ha_fence",
               .text = node + " is being fenced",
               .params = {{"node", node}},
               .node = id_of(view, node),
               .as_of = at});
}

void add_versions(RiskList& risks, const ClusterView& view) {
  std::optional<std::string> oldest, newest;
  std::int64_t unsubscribed = 0;
  for (const auto& node : view.nodes) {
    if (node->missing || node->status != NodeStatus::online) continue;
    const auto& status = node->detail.subscription_status;
    if (status == "notfound" || status == "expired" || status == "invalid") ++unsubscribed;
    const auto& version = node->detail.pve_version;
    if (!version) continue;
    if (!oldest || numbers_in(*version) < numbers_in(*oldest)) oldest = version;
    if (!newest || numbers_in(*newest) < numbers_in(*version)) newest = version;
  }
  if (oldest && numbers_in(*oldest) < numbers_in(*newest))
    risks.add({.severity = Severity::warning,
               .code = "version_skew",
               .text = "members run different versions: from " + *oldest + " to " + *newest,
               .params = {{"oldest", *oldest}, {"newest", *newest}}});
  if (unsubscribed > 0)
    risks.add({.severity = Severity::info,
               .code = "no_subscription",
               .text = "members without a subscription: " + std::to_string(unsubscribed),
               .params = {{"members", unsubscribed}}});
}

void add_storages(RiskList& risks, const ClusterView& view) {
  for (const auto& storage : view.storages) {
    if (storage->state != StorageState::inactive || storage->enabled == false || storage->deleted_at) continue;
    std::optional<NodeId> node;
    if (!storage->shared && !storage->nodes.empty()) node = storage->nodes.front();
    risks.add({.subject = storage->id.text(),
               .severity = Severity::warning,
               .code = "storage_inactive",
               .text = "the storage " + storage->name + " is not active",
               .params = {{"storage", storage->name}},
               .node = node,
               .as_of = storage->last_check});
  }
}

/// The certificates that addresses showed us in the handshake: known without a call or a right. What a member itself
/// tells of is in its own risks.
void add_seen_certificates(RiskList& risks, const ClusterView& view) {
  const auto is_told = [&](const std::string& fingerprint) {
    return std::ranges::any_of(view.nodes, [&](const auto& node) {
      return !node->missing && std::ranges::any_of(node->detail.certificates, [&](const NodeCertificate& one) {
        return one.fingerprint == fingerprint;
      });
    });
  };
  for (const EndpointHealth& health : view.health.endpoints) {
    if (!health.seen || !health.seen->not_after || is_told(fingerprint_text(health.seen->fingerprint))) continue;
    const auto endpoint = std::ranges::find(view.config.endpoints, health.id, &Endpoint::id);
    if (endpoint == view.config.endpoints.end()) continue;
    add_certificate(risks, {.file = endpoint->address, .not_after = *health.seen->not_after});
  }
}

}  // namespace

void RiskList::add(Entry entry) {
  std::string id = entry.kind.empty() ? entry.code : std::move(entry.kind);
  if (entry.node) id += ":" + entry.node->text();
  if (!entry.subject.empty()) id += ":" + entry.subject;
  risks_.push_back({.id = std::move(id),
                    .severity = entry.severity,
                    .what = {std::move(entry.code), std::move(entry.text), std::move(entry.params)},
                    .node = entry.node,
                    .since = now_,
                    .as_of = entry.as_of});
}

std::vector<Risk> RiskList::take() {
  std::ranges::sort(risks_, [](const Risk& a, const Risk& b) {
    return a.severity != b.severity ? a.severity > b.severity : a.id < b.id;
  });
  return std::move(risks_);
}

std::optional<Quorum> quorum_of(const ClusterView& view) {
  if (view.members.size() < 2 || !view.quorate) return std::nullopt;
  Quorum out{.members = static_cast<std::int64_t>(view.members.size())};
  out.online = std::ranges::count_if(view.members, [](const auto& member) { return member.online == true; });
  out.votes = out.members;
  out.present = out.online;
  if (const auto& device = view.facts->cluster.qdevice.value) {
    out.has_qdevice = device->exists;
    // "Fifty-Fifty split" has one vote; "Last man standing" has so many that one member is enough.
    const bool is_last_man = device->algorithm && device->algorithm->find("Last man") != std::string::npos;
    const std::int64_t votes = !device->exists ? 0 : is_last_man ? out.members - 1 : 1;
    out.votes += votes;
    if (device->is_connected()) out.present += votes;
  }
  out.needed = out.votes / 2 + 1;
  out.margin = out.present - out.needed;
  return out;
}

std::vector<Risk> risks_of(const ClusterView& view, WallTime now) {
  RiskList risks(now);
  add_quorum(risks, view);
  const HaStatus* ha = risks.fresh(view.facts->cluster.ha);
  if (ha) add_ha(risks, view, *ha);
  add_versions(risks, view);
  add_storages(risks, view);
  add_seen_certificates(risks, view);
  for (const auto& node : view.nodes)
    if (!node->missing) add_node_risks(risks, view, *node, ha && !ha->resources.empty());
  return risks.take();
}

std::shared_ptr<const std::vector<Risk>> renewed(const ClusterView& view, WallTime now) {
  if (view.risks && is_blind(view)) return view.risks;
  auto found = risks_of(view, now);
  if (view.risks)
    for (Risk& risk : found)
      if (const auto known = std::ranges::find(*view.risks, risk.id, &Risk::id); known != view.risks->end())
        risk.since = known->since;
  if (view.risks && *view.risks == found) return view.risks;
  return std::make_shared<const std::vector<Risk>>(std::move(found));
}

}  // namespace monitorix::state

// What the cluster itself is asked rarely: high availability and the external vote.

#include <algorithm>

#include "proxmox/rota/topic.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds kStuck = 120s;  // managers sign every few seconds
constexpr std::chrono::seconds kWithResources = 60s, kWithout = 15min;

/// "pve1 (idle, Fri Nov 27 15:51:21 2026)" -> "idle"
std::optional<std::string> state_in(const std::string& status) {
  const auto open = status.find('(');
  if (open == std::string::npos) return std::nullopt;
  const auto end = status.find_first_of(",)", open);
  auto state = status.substr(open + 1, end == std::string::npos ? end : end - open - 1);
  return state.empty() ? std::nullopt : std::optional(std::move(state));
}

HaManager manager_in(const Row& row) {
  HaManager out{.node = row.text("node").value_or(""), .seen_at = row.moment("timestamp")};
  out.state = state_in(row.text("status", 1024).value_or(""));
  out.is_dead = out.state && out.state->find("old timestamp") != std::string::npos;
  return out;
}

/// By the newest sign of life: the clocks of the cluster, not ours.
void find_dead(HaStatus& status) {
  std::optional<WallTime> newest;
  const auto look = [&](const HaManager& one) {
    if (one.seen_at && (!newest || *newest < *one.seen_at)) newest = one.seen_at;
  };
  if (status.manager) look(*status.manager);
  std::ranges::for_each(status.local_managers, look);
  const auto judge = [&](HaManager& one) {
    if (one.seen_at && newest && *newest - *one.seen_at > kStuck) one.is_dead = true;
  };
  if (status.manager) judge(*status.manager);
  std::ranges::for_each(status.local_managers, judge);
}

}  // namespace

Result<HaStatus> parse_ha_status(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the state of high availability is not a list");
  HaStatus out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "cluster/ha/status/current", findings);
    const auto type = row.text("type").value_or("");
    if (type == "quorum") {
      out.quorate = row.flag("quorate");
    } else if (type == "fencing") {
      out.fencing = row.text("armed-state");
    } else if (type == "master") {
      out.manager = manager_in(row);
    } else if (type == "lrm") {
      out.local_managers.push_back(manager_in(row));
    } else if (type == "service") {
      const auto sid = row.text("sid");
      if (!sid) continue;
      HaResource resource{.id = *sid, .node = row.text("node").value_or(""), .state = row.text("state")};
      if (!resource.state) resource.state = row.text("crm_state");
      resource.wanted = row.text("request_state");
      out.resources.push_back(std::move(resource));
    }
  }
  find_dead(out);
  std::ranges::sort(out.local_managers, {}, &HaManager::node);
  std::ranges::sort(out.resources, {}, &HaResource::id);
  return out;
}

Status read_ha_manager(HaStatus& status, const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the manager of high availability is not an object");
  const Row row(data, "cluster/ha/status/manager_status", findings);
  if (const auto manager = row.object("manager_status"))
    if (const Json* nodes = manager->find("node_status"); nodes && nodes->as_object())
      for (const auto& [name, state] : *nodes->as_object())
        if (const auto* text = state.as_string(); text && *text == "fence") status.fenced_nodes.push_back(name);
  if (const Json* locals = row.find("lrm_status"); locals && locals->as_object())
    for (const auto& [name, local] : *locals->as_object()) {
      const auto known = std::ranges::find(status.local_managers, name, &HaManager::node);
      if (known == status.local_managers.end() || known->seen_at || !local.as_object()) continue;
      known->seen_at = Row(local, "cluster/ha/status/manager_status", findings).moment("timestamp");
    }
  find_dead(status);
  std::ranges::sort(status.fenced_nodes);
  return {};
}

Result<QDevice> parse_qdevice(const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "the QDevice is not an object");
  const Row row(data, "cluster/config/qdevice", findings);
  QDevice out{.exists = !data.as_object()->empty()};
  out.host = row.text("QNetd host");
  out.state = row.text("State");
  out.algorithm = row.text("Algorithm");
  return out;
}

net::Task<decltype(Observation::what)> ask_ha(Asking asking, Subject) {
  auto heard = co_await asking.get(std::string("/cluster/ha/status/current"), CallClass::facts);
  ClusterFacts facts{.ha = asking.fact(std::move(heard), parse_ha_status)};
  if (facts.ha.value) {
    const bool is_used = !facts.ha.value->resources.empty() || !facts.ha.value->local_managers.empty();
    asking.ask_again_in(is_used ? kWithResources : kWithout);
    if (is_used) {
      auto manager = co_await asking.get(std::string("/cluster/ha/status/manager_status"), CallClass::facts);
      if (!manager.missing) (void)read_ha_manager(*facts.ha.value, manager.data, asking.findings());
    }
  }
  co_return ClusterFactsReport{std::move(facts)};
}

net::Task<decltype(Observation::what)> ask_qdevice(Asking asking, Subject) {
  auto heard = co_await asking.get(std::string("/cluster/config/qdevice"), CallClass::facts);
  co_return ClusterFactsReport{{.qdevice = asking.fact(std::move(heard), parse_qdevice)}};
}

}  // namespace monitorix::proxmox

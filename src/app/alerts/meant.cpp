#include "app/alerts/meant.h"

#include <algorithm>

#include "base/text.h"

namespace monitorix::app {
namespace {

using Names = std::initializer_list<std::string_view>;
using Found = std::vector<Entity>;

std::string_view label(const OutsideAlert& alert, std::string_view name) {
  for (const auto& [key, value] : alert.labels)
    if (key == name) return value;
  return {};
}

/// "pve1.example.org:9100" and "https://pve1/" are pve1.example.org and pve1.
std::string host_of(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos) text.remove_prefix(scheme + 3);
  text = text.substr(0, text.find('/'));
  if (text.starts_with('[')) return std::string(text.substr(1, text.find(']') - 1));
  if (std::ranges::count(text, ':') == 1) text = text.substr(0, text.find(':'));
  return lower_ascii(text);
}

bool is_host(const std::string& name, const std::string& host) {
  const std::string own = lower_ascii(name);
  return !own.empty() && (host == own || host.substr(0, host.find('.')) == own);
}

class Search {
 public:
  Search(const OutsideAlert& alert, const state::Snapshot& world) : alert_(alert), world_(world) {
    const std::string_view cluster = label(alert, "cluster");
    for (const auto& [id, view] : world.clusters)
      if (view->config.name == cluster || view->cluster_name == cluster) named_.push_back(view);
    if (named_.empty())
      for (const auto& [id, view] : world.clusters) views_.push_back(view);
    else
      views_ = named_;
  }

  /// The first question that has an answer has the last word, also when it is that several are meant.
  std::optional<Entity> answer() {
    for (const auto& ask : {&Search::by_pve_id, &Search::by_vmid, &Search::by_guest_name, &Search::by_service,
                            &Search::by_node_name, &Search::by_guest_host}) {
      const Found found = (this->*ask)();
      if (found.size() == 1) return found.front();
      if (found.size() > 1) break;
    }
    return named_.size() == 1 ? std::optional(entity_of(named_.front()->config.id)) : std::nullopt;
  }

 private:
  Found guests(auto fits) const {
    Found found;
    for (const auto& view : views_)
      for (const auto& guest : view->guests)
        if (guest->status != GuestStatus::deleted && !guest->is_template && fits(*guest))
          found.push_back(entity_of(guest->id));
    return found;
  }
  Found nodes(auto fits) const {
    Found found;
    for (const auto& view : views_)
      for (const auto& node : view->nodes)
        if (fits(*node)) found.push_back(entity_of(node->id));
    return found;
  }
  [[nodiscard]] std::string_view first_of(Names names) const {
    for (const std::string_view name : names)
      if (const auto value = label(alert_, name); !value.empty()) return value;
    return {};
  }

  /// As exporters of Proxmox VE name things: qemu/100, lxc/101, node/pve1.
  Found by_pve_id() {
    const std::string_view id = label(alert_, "id");
    const auto slash = id.find('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view kind = id.substr(0, slash), rest = id.substr(slash + 1);
    if (kind == "node") return nodes([&](const Node& node) { return node.name == rest; });
    if (kind != "qemu" && kind != "lxc") return {};
    return guests([&](const Guest& guest) { return std::to_string(guest.vmid) == rest; });
  }
  Found by_vmid() {
    const std::string_view vmid = label(alert_, "vmid");
    if (vmid.empty()) return {};
    return guests([&](const Guest& guest) { return std::to_string(guest.vmid) == vmid; });
  }
  Found by_guest_name() {
    const std::string_view name = first_of({"vm_name", "guest", "vm", "name"});
    if (name.empty()) return {};
    return guests([&](const Guest& guest) { return guest.name == name; });
  }
  Found by_service() {
    const std::string_view name = first_of({"service_name", "service"});
    Found found;
    for (const auto& view : *world_.services)
      if (!name.empty() && view->service->name == name) found.push_back(entity_of(view->id));
    return found;
  }
  [[nodiscard]] std::string host() const {
    return host_of(first_of({"node_name", "node", "nodename", "host", "hostname", "instance"}));
  }
  Found by_node_name() {
    return nodes([host = host()](const Node& node) { return is_host(node.name, host); });
  }
  Found by_guest_host() {
    return guests([host = host()](const Guest& guest) { return is_host(guest.name, host); });
  }

  const OutsideAlert& alert_;
  const state::Snapshot& world_;
  std::vector<std::shared_ptr<const state::ClusterView>> named_{}, views_{};
};

}  // namespace

std::optional<Entity> meant_by(const OutsideAlert& alert, const state::Snapshot& world) {
  return Search(alert, world).answer();
}

Entity meant_by(const ProxmoxNotice& notice, const state::ClusterView& cluster) {
  const std::string host = lower_ascii(notice.hostname);
  for (const auto& node : cluster.nodes)
    if (is_host(node->name, host)) return entity_of(node->id);
  return entity_of(cluster.config.id);
}

}  // namespace monitorix::app

// Connections, nodes and guests.

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "history/objects.h"
#include "store/import/import_queries.h"
#include "store/import/intake.h"
#include "store/object_doc.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

/// host and port of https://host:8006/..., however it was written; no address when there is none.
Endpoint endpoint_in(std::string_view url) {
  Endpoint out{};
  url = trim(url);
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto at = url.rfind('@'); at != std::string_view::npos) url.remove_prefix(at + 1);
  const auto bracket = url.rfind(']'), colon = url.rfind(':');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos ? url.find(':') == colon : colon > bracket);
  if (has_port) {
    const std::string_view port = url.substr(colon + 1);
    const auto read = std::from_chars(port.data(), port.data() + port.size(), out.port);
    if (read.ec != std::errc{} || read.ptr != port.data() + port.size() || out.port < 1 || out.port > 65535) return {};
    url = url.substr(0, colon);
  }
  if (url.starts_with('[') && url.ends_with(']')) url = url.substr(1, url.size() - 2);
  out.address = std::string(url);
  return out;
}

struct Token {
  std::string id{};
  Secret secret{};
};

/// The original kept user@realm!name or only user@realm as the user's name, and any part of user@realm!name=secret as
/// the token.
Token token_in(const std::string& username, const std::string& token) {
  const auto equals = token.rfind('=');
  const std::string before = equals == std::string::npos ? "" : token.substr(0, equals);
  const Secret secret(equals == std::string::npos ? token : token.substr(equals + 1));
  if (username.find('!') != std::string::npos) return {username, secret};
  if (before.find('!') != std::string::npos) return {before, secret};
  if (!before.empty() && !username.empty()) return {username + "!" + before, secret};
  return {username, secret};
}

/// "unknown" said as 0.
std::optional<std::int64_t> size_of(const OldRow& row, std::string_view column) {
  const auto bytes = row.integer(column);
  return bytes && *bytes > 0 ? bytes : std::nullopt;
}

}  // namespace

Result<std::int64_t> Intake::new_cluster(Link& link, const OldRow& row, const std::string& name,
                                         const Endpoint& endpoint, TableReport& report) {
  ClusterConfig cluster{};
  cluster.name = name;
  for (int turn = 1;; ++turn) {
    auto taken = link.run(queries::import_cluster_name, {cluster.name});
    if (!taken) return fail(std::move(taken).error());
    if (taken->empty()) break;
    cluster.name = name + " (imported" + (turn == 1 ? "" : " " + std::to_string(turn)) + ")";
  }
  Token token = token_in(row.text("username").value_or(""), row.text("token").value_or(""));
  if (token.id.find('!') == std::string::npos || token.secret.empty())
    report.remark("its API token is incomplete: enter it anew", row.id());
  cluster.token_id = std::move(token.id);
  cluster.token_secret = std::move(token.secret);
  cluster.tls_mode = row.flag("verify_ssl").value_or(false) ? TlsMode::ca : TlsMode::fingerprint;
  cluster.endpoints.push_back(endpoint);
  cluster.paused = true;
  cluster.created_at = row.time("created_at").value_or(parts_.options.now);
  cluster.updated_at = parts_.options.now;
  const auto id = insert_cluster(link, parts_.keyring, cluster);
  if (!id) return fail(id.error());
  return id->value;
}

// By the address; else that of a node that is said to be of the same cluster; else a new one.
Result<std::int64_t> Intake::cluster_for(Link& link, const OldRow& row, const std::string& name, bool& is_new,
                                         TableReport& report) {
  is_new = false;
  Endpoint endpoint = endpoint_in(row.text("url").value_or(""));
  if (endpoint.address.empty()) {
    endpoint.address =
        row.flag("is_local").value_or(false) ? "localhost" : "address-" + std::to_string(row.id()) + ".invalid";
    report.remark("its address cannot be read: enter it anew", row.id());
  }
  auto same = link.run(queries::import_endpoint, {endpoint.address, std::int64_t{endpoint.port}});
  if (!same) return fail(std::move(same).error());
  if (!same->empty()) return same->front().integer(0);
  const auto& together = parts_.options.together;
  const auto group =
      std::ranges::find_if(together, [&](const auto& names) { return std::ranges::find(names, name) != names.end(); });
  if (group != together.end()) {
    auto nodes = known_ids(link, "nodes");
    if (!nodes) return fail(std::move(nodes).error());
    auto all = link.run(queries::nodes_all);
    if (!all) return fail(std::move(all).error());
    for (const Row& one : *all) {
      const bool is_ours =
          std::ranges::any_of(*nodes, [&](const auto& known) { return known.second == one.integer(0); });
      if (!is_ours || std::ranges::find(*group, one.text(2)) == group->end()) continue;
      auto added = link.run(queries::endpoint_insert, {one.integer(1), endpoint.address, std::int64_t{endpoint.port},
                                                       std::int64_t{1}, fingerprints_text({})});
      if (!added) return fail(std::move(added).error());
      return one.integer(1);
    }
  }
  is_new = true;
  return new_cluster(link, row, name, endpoint, report);
}

Status Intake::take_node(Link& link, const OldRow& row, TableReport& report) {
  auto before = known(link, "nodes", row.id());
  if (!before) return fail(std::move(before).error());
  if (*before) {
    ++report.there;
    return {};
  }
  const std::string name(trim(row.text("name").value_or("")));
  if (name.empty()) return keep_aside(link, OldTable::nodes, row, "it has no name", report);
  bool is_new = false;
  const auto cluster = cluster_for(link, row, name, is_new, report);
  if (!cluster) return fail(cluster.error());
  // Where the connection is another's, the row's own token is kept beside it.
  const Secret spare(is_new ? std::string() : row.text("token").value_or(""));
  auto same = link.run(queries::import_node, {*cluster, name});
  if (!same) return fail(std::move(same).error());
  if (!same->empty()) {
    ++report.there;
    report.remark("a node of this name and address was here: kept as it is", row.id());
    return know(link, "nodes", row.id(), same->front().integer(0), spare);
  }
  if (!is_new) report.remark("joined to a connection that was here, whose token is used", row.id());
  const auto id = free_id(link, queries::import_node_ids, OldTable::nodes, row.id(), report);
  if (!id) return fail(id.error());
  Node node{};
  node.id = NodeId{*id};
  node.cluster = ClusterId{*cluster};
  node.name = name;
  node.is_local = row.flag("is_local").value_or(false);
  node.maintenance_mode = row.flag("maintenance_mode").value_or(false);
  node.tags = row.list("tags");
  node.last_check = row.time("last_check");
  node.created_at = row.time("created_at").value_or(parts_.options.now);
  node.status_since = node.last_check.value_or(node.created_at);
  if (auto saved = save_node(link, node); !saved) return saved;
  ++report.imported;
  return know(link, "nodes", row.id(), *id, spare);
}

Status Intake::take_guest(Link& link, const OldRow& row, TableReport& report) {
  auto before = known(link, "vms", row.id());
  if (!before) return fail(std::move(before).error());
  if (*before) {
    ++report.there;
    return {};
  }
  const auto node = nodes_.find(row.integer("node_id").value_or(0));
  if (node == nodes_.end()) return keep_aside(link, OldTable::vms, row, "its node is not there", report);
  const auto vmid = row.integer("vmid");
  if (!vmid || *vmid < 1 || *vmid > 999'999'999) return keep_aside(link, OldTable::vms, row, "it has no VMID", report);
  auto same = link.run(queries::import_guest, {node->second.cluster, *vmid});
  if (!same) return fail(std::move(same).error());
  if (!same->empty()) {
    ++report.there;
    report.remark("a guest of this cluster and VMID was here: their pasts are joined", row.id());
    return know(link, "vms", row.id(), same->front().integer(0));
  }
  const auto id = free_id(link, queries::import_guest_ids, OldTable::vms, row.id(), report);
  if (!id) return fail(id.error());
  Guest guest{};
  guest.id = GuestId{*id};
  guest.cluster = ClusterId{node->second.cluster};
  guest.node = NodeId{node->second.id};
  guest.type = GuestType::unknown;
  guest.vmid = *vmid;
  guest.name = std::string(trim(row.text("name").value_or("")));
  if (guest.name.empty()) guest.name = std::to_string(*vmid);
  guest.tags = row.list("tags");
  guest.memory_total_bytes = size_of(row, "memory_total");
  guest.disk_total_bytes = size_of(row, "disk_total");
  guest.last_check = row.time("last_check");
  guest.created_at = row.time("created_at").value_or(parts_.options.now);
  guest.status_since = guest.last_check.value_or(guest.created_at);
  if (auto saved = save_guest(link, guest); !saved) return saved;
  ++report.imported;
  return know(link, "vms", row.id(), *id);
}

// What was deleted here since is not there for those that belonged to it.
Status Intake::learn_places() {
  return parts_.write([&](Link& link) -> Status {
    auto old_users = known_ids(link, "users"), old_nodes = known_ids(link, "nodes"),
         old_guests = known_ids(link, "vms"), old_services = known_ids(link, "services");
    for (const auto* ids : {&old_users, &old_nodes, &old_guests, &old_services})
      if (!*ids) return fail(ids->error());
    users_ = std::move(*old_users);
    auto services = link.run(queries::import_service_all);
    auto nodes = link.run(queries::nodes_all);
    auto guests = link.run(queries::guests_all);
    for (const auto* rows : {&services, &nodes, &guests})
      if (!*rows) return fail(rows->error());
    std::map<std::int64_t, Place> our_nodes, our_guests;
    for (const Row& row : *nodes) {
      Node node{};
      node.cluster = ClusterId{row.integer(1)};
      node.name = row.text(2);
      read_doc(row.text(8), node);
      our_nodes[row.integer(0)] = {row.integer(0), row.integer(1), history::object_key(node), node.memory_total_bytes,
                                   node.disk_total_bytes};
    }
    for (const Row& row : *guests) {
      Guest guest{};
      guest.cluster = ClusterId{row.integer(1)};
      guest.type = static_cast<GuestType>(std::clamp<std::int64_t>(row.integer(3), 0, 2));
      guest.vmid = row.integer(4);
      guest.incarnation = static_cast<int>(row.integer(5));
      our_guests[row.integer(0)] = {row.integer(0), row.integer(1), history::object_key(guest), row.maybe_integer(9),
                                    row.maybe_integer(10)};
    }
    const auto match = [](const Ids& ids, const std::map<std::int64_t, Place>& ours, Places& out) {
      out.clear();
      for (const auto& [old_id, id] : ids)
        if (const auto found = ours.find(id); found != ours.end()) out[old_id] = found->second;
    };
    match(*old_nodes, our_nodes, nodes_);
    match(*old_guests, our_guests, guests_);
    services_.clear();
    for (const auto& [old_id, id] : *old_services)
      if (std::ranges::any_of(*services, [id = id](const Row& row) { return row.integer(0) == id; }))
        services_[old_id] = id;
    return {};
  });
}

}  // namespace monitorix::store

#include "proxmox/identity.h"

#include <algorithm>

#include "base/json_writer.h"
#include "proxmox/parse.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

void write_set(JsonWriter& out, std::string_view name, const std::set<std::string>& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.value(text);
  out.end_array();
}

std::set<std::string> read_set(const Json& json, std::string_view name) {
  std::set<std::string> texts;
  const Json* list = json.find(name);
  if (list && list->as_array())
    for (const Json& item : *list->as_array())
      if (const auto* text = item.as_string()) texts.insert(*text);
  return texts;
}

std::size_t common(const std::set<std::string>& a, const std::set<std::string>& b) {
  return static_cast<std::size_t>(std::ranges::count_if(a, [&](const auto& text) { return b.contains(text); }));
}

void add_fingerprints(const std::vector<Json>& nodes, Identity& out, Findings& findings) {
  for (const Json& item : nodes) {
    if (!item.as_object()) continue;
    const auto fingerprint = Row(item, "nodes", findings).text("ssl_fingerprint");
    if (fingerprint && !fingerprint->empty()) out.fingerprints.insert(*fingerprint);
  }
}

}  // namespace

std::string encode(const Identity& identity) {
  JsonWriter out;
  out.begin_object().member("cluster_name", identity.cluster_name);
  write_set(out, "members", identity.members);
  write_set(out, "fingerprints", identity.fingerprints);
  out.end_object();
  return out.take();
}

Identity decode_identity(const std::string& text) {
  Identity out{};
  const auto json = Json::parse(text.empty() ? "{}" : text);
  if (!json) return out;
  const Json* name = json->find("cluster_name");
  if (name && name->as_string()) out.cluster_name = *name->as_string();
  out.members = read_set(*json, "members");
  out.fingerprints = read_set(*json, "fingerprints");
  return out;
}

bool is_same_cluster(const Identity& a, const Identity& b) { return common(a.fingerprints, b.fingerprints) > 0; }

bool is_foreign(const Identity& known, const Identity& seen) {
  if (known.members.empty() || seen.members.empty() || common(known.fingerprints, seen.fingerprints) > 0) return false;
  return common(known.members, seen.members) * 2 < std::min(known.members.size(), seen.members.size());
}

Identity identity_of(const Membership& membership) {
  Identity out{};
  out.cluster_name = membership.cluster_name.value_or("");
  for (const auto& member : membership.members) {
    out.members.insert(std::to_string(member.corosync_id.value_or(0)) + "/" + member.name);
    if (member.fingerprint) out.fingerprints.insert(*member.fingerprint);
  }
  return out;
}

net::Task<Result<Identity>> identify(Client& client) {
  auto nodes = co_await client.get("/nodes", CallClass::identity);
  if (!nodes) co_return fail(nodes.error());
  Identity out{};
  Findings findings;
  auto status = co_await client.get("/cluster/status", CallClass::status);
  const bool has_status = status && status->is_ok() && status->data.as_array();
  if (has_status) {
    const auto membership = parse_membership(status->data, findings);
    if (membership) out = identity_of(*membership);
  }
  // Either list proves a Proxmox VE; the fingerprints of the other members are in the first one only.
  if (!nodes->is_ok() && !has_status)
    co_return fail(Errc::protocol, "/nodes: " + std::to_string(nodes->status) + " " + nodes->reason);
  if (nodes->is_ok() && !nodes->data.as_array()) co_return fail(Errc::protocol, "/nodes is not a list");
  if (nodes->is_ok()) add_fingerprints(*nodes->data.as_array(), out, findings);
  for (const auto& endpoint : client.health().endpoints)
    if (endpoint.seen && endpoint.state == EndpointState::ok)
      out.fingerprints.insert(fingerprint_text(endpoint.seen->fingerprint));
  co_return out;
}

}  // namespace monitorix::proxmox

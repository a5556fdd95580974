#include "proxmox/doctor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "proxmox/parse.h"
#include "proxmox/path.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

int ms_of(std::chrono::microseconds took) { return static_cast<int>(took.count() / 1000); }

std::string user_of(const std::string& token_id) { return token_id.substr(0, token_id.rfind('!')); }

/// The lines that give user and token the right: both are needed with privilege separation (A6).
std::string grant(const std::string& token_id, std::string_view role = "PVEAuditor") {
  const std::string user = user_of(token_id);
  return "pveum acl modify / --users '" + user + "' --roles " + std::string(role) +
         " --propagate 1 && pveum acl modify / --tokens '" + token_id + "' --roles " + std::string(role) +
         " --propagate 1";
}

Finding certificate_check(const ClusterHealth& health, const Error* error, WallTime now) {
  Finding out{.id = "Q3", .title = "Certificate"};
  const auto& endpoint = health.endpoints.front();
  if (error && error->code == Errc::tls_mismatch) {
    out.verdict = Verdict::fail;
    out.detail = error->text;
    out.fix =
        "compare it with Datacenter > node > Certificates, or run: openssl x509 -noout -fingerprint -sha256 -in "
        "/etc/pve/local/pve-ssl.pem";
  } else if (!endpoint.seen) {
    out.verdict = Verdict::skip;
    out.detail = "no handshake";
  } else {
    out.detail = endpoint.seen->subject + ", " + fingerprint_text(endpoint.seen->fingerprint);
    const auto left = endpoint.seen->not_after
                          ? std::chrono::floor<std::chrono::days>(*endpoint.seen->not_after - now).count()
                          : 9999;
    out.verdict = left < 0 ? Verdict::fail : left < 21 ? Verdict::warn : Verdict::ok;
    if (left < 21) out.detail += left < 0 ? ", expired" : ", expires in " + std::to_string(left) + " days";
    if (left < 21) out.fix = "pvecm updatecerts --force";
  }
  return out;
}

Finding reach_check(const Error* error, int took) {
  Finding out{.id = "Q2", .title = "Connection", .took_ms = took};
  const bool reached = !error || error->code == Errc::denied || error->code == Errc::tls_mismatch ||
                       error->code == Errc::protocol || error->code == Errc::too_large;
  out.verdict = reached ? Verdict::ok : Verdict::fail;
  out.detail = reached ? "answers" : error->text;
  if (!reached) out.fix = "check address, port 8006 and the firewall between here and the node";
  return out;
}

Finding version_check(const Result<Reply>& answer) {
  Finding out{.id = "Q4", .title = "Proxmox VE"};
  if (!answer || !answer->is_ok()) {
    const bool auth = !answer && answer.error().code == Errc::denied;
    out.verdict = auth ? Verdict::skip : Verdict::fail;
    out.detail = answer ? std::to_string(answer->status) + " " + answer->reason : answer.error().text;
    return out;
  }
  Findings odd;
  const Row row(answer->data, "version", odd);
  const std::string version = row.text("version").value_or("");
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  const bool supported = major >= 8;
  out.verdict = supported ? Verdict::ok : Verdict::warn;
  out.detail = version.empty() ? "did not say its version" : version + (supported ? "" : ": 8.0 or newer is supported");
  out.took_ms = ms_of(answer->took);
  return out;
}

Finding token_check(const Result<Reply>& answer, const std::string& token_id) {
  Finding out{.id = "Q5", .title = "Token"};
  if (!answer && answer.error().code == Errc::denied) {
    out.verdict = Verdict::fail;
    out.detail = answer.error().text + " (wrong or expired token, or its user is disabled)";
    out.fix = "pveum user token list '" + user_of(token_id) + "'";
  } else if (!answer) {
    out.verdict = Verdict::skip;
    out.detail = "not asked";
  } else {
    out.detail = "accepted";
  }
  return out;
}

struct Wanted {
  std::string_view privilege, feature;
};
constexpr std::array<Wanted, 4> kWanted{{{"VM.Audit", "virtual machines and containers"},
                                         {"Sys.Audit", "nodes, quorum, tasks and services"},
                                         {"Datastore.Audit", "storages"},
                                         {"Pool.Audit", "pools"}}};

Finding rights_check(const Permissions& rights, const std::string& token_id) {
  Finding out{.id = "Q6", .title = "Rights"};
  for (const auto& [privilege, feature] : kWanted)
    if (!rights.allows("/", privilege)) out.feature_lost.emplace_back(feature);
  if (rights.sees_nothing()) {
    out.verdict = Verdict::fail;
    out.detail = "this token sees nothing: it has privilege separation and no role of its own, or its user has none";
  } else if (out.feature_lost.empty()) {
    out.detail = "everything that is read is allowed";
  } else {
    out.verdict = Verdict::fail;
    out.detail = "some rights are missing on /";
  }
  if (out.verdict == Verdict::fail) out.fix = grant(token_id);
  return out;
}

Finding power_check(const Permissions& rights) {
  Finding out{.id = "Q14", .title = "No more rights than needed"};
  static const std::set<std::string> harmless{"VM.Audit",  "Sys.Audit",     "Datastore.Audit",     "Pool.Audit",
                                              "SDN.Audit", "Mapping.Audit", "VM.GuestAgent.Audit", "VM.Monitor",
                                              "Sys.Syslog"};
  std::set<std::string> more;
  for (const auto& [path, privileges] : rights.by_path)
    for (const auto& privilege : privileges)
      if (!harmless.contains(privilege)) more.insert(privilege);
  if (more.empty()) {
    out.detail = "the token can only read";
    return out;
  }
  out.verdict = Verdict::warn;
  out.detail = "the token may change things (" + *more.begin() +
               (more.size() > 1 ? " and " + std::to_string(more.size() - 1) + " more" : "") + "); PVEAuditor is enough";
  out.fix = "pveum user token add monitorix@pve main --privsep 1";
  return out;
}

struct Probe {
  std::string title, path, feature, privilege;
  CallClass kind;
};

net::Task<Finding> probe(Client& client, Probe what, std::string token_id) {
  Finding out{.id = "Q8", .title = what.title};
  auto answer = co_await client.get(what.path, what.kind);
  if (!answer) {
    out.verdict = Verdict::fail;
    out.detail = answer.error().text;
    co_return out;
  }
  out.took_ms = ms_of(answer->took);
  if (answer->is_ok()) {
    const auto* rows = answer->data.as_array();
    out.detail =
        (rows ? std::to_string(rows->size()) + " rows, " : std::string()) + std::to_string(answer->bytes) + " bytes";
    co_return out;
  }
  out.feature_lost = {what.feature};
  if (answer->status == 403) {
    out.verdict = Verdict::fail;
    out.detail = "not allowed: " + answer->reason;
    out.fix = grant(token_id);
  } else if (answer->status == 501) {
    out.verdict = Verdict::skip;
    out.detail = "not offered by this version";
  } else {
    out.verdict = Verdict::warn;
    out.detail = std::to_string(answer->status) + " " + answer->reason;
  }
  co_return out;
}

std::vector<Probe> probes_for(const std::string& node) {
  std::vector<Probe> out{{"/cluster/resources", "/cluster/resources", "the inventory", "", CallClass::resources},
                         {"/cluster/status", "/cluster/status", "quorum and members", "Sys.Audit", CallClass::status},
                         {"/cluster/tasks", "/cluster/tasks", "tasks", "Sys.Audit", CallClass::tasks}};
  for (const auto* rest : {"/status", "/storage", "/services", "/certificates/info", "/subscription"})
    if (const auto path = node_path(node, rest))
      out.push_back(
          {*path, *path, std::string("what ") + rest + " tells of a node", "Sys.Audit", CallClass::node_status});
  return out;
}

Finding members_check(const Json& nodes, const ClusterConfig& config) {
  Finding out{.id = "Q9", .title = "Other members"};
  const std::size_t count = nodes.as_array() ? nodes.as_array()->size() : 0;
  out.detail = std::to_string(count) + " members, " + std::to_string(config.endpoints.size()) + " endpoints";
  if (count > config.endpoints.size()) {
    out.verdict = Verdict::warn;
    out.detail += ": with one more endpoint the cluster stays visible when this node is down";
    out.feature_lost = {"fail-over"};
  }
  return out;
}

}  // namespace

net::Task<std::vector<Finding>> examine(net::HttpClient& http, const Clock& clock, ClusterConfig config) {
  std::vector<Finding> out;
  if (config.endpoints.empty()) {
    out.push_back({.id = "Q1", .title = "Address", .detail = "no endpoint", .verdict = Verdict::fail});
    co_return out;
  }
  config.id = {};  // connections of its own: the watching ones go on undisturbed, and there is a handshake to look at
  Client client(http, clock, config);
  const SteadyTime begun = clock.steady();
  auto version = co_await client.get("/version", CallClass::identity);
  const Error* error = version ? nullptr : &version.error();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock.steady() - begun);
  out.push_back(reach_check(error, ms_of(took)));
  out.push_back(certificate_check(client.health(), error, clock.wall()));
  out.push_back(version_check(version));
  out.push_back(token_check(version, config.token_id));
  if (!version || !version->is_ok()) co_return out;

  auto rights = co_await client.get("/access/permissions", CallClass::identity);
  if (rights && rights->is_ok()) {
    const auto permissions = parse_permissions(rights->data);
    if (permissions) {
      out.push_back(rights_check(*permissions, config.token_id));
      out.push_back(power_check(*permissions));
    }
  }
  auto nodes = co_await client.get("/nodes", CallClass::identity);
  std::string first;
  if (nodes && nodes->is_ok() && nodes->data.as_array()) {
    out.push_back(members_check(nodes->data, config));
    for (const Json& item : *nodes->data.as_array()) {
      const Json* name = item.find("node");
      const Json* status = item.find("status");
      const bool online = status && status->as_string() && *status->as_string() != "offline";
      if (name && name->as_string() && online && (first.empty() || *name->as_string() < first))
        first = *name->as_string();
    }
  }
  for (const Probe& what : probes_for(first)) out.push_back(co_await probe(client, what, config.token_id));
  const ClusterLoad load = client.health().load;
  out.push_back({.id = "Q15",
                 .title = "Load of this examination",
                 .detail = std::to_string(static_cast<int>(load.requests_per_minute)) + " requests, " +
                           std::to_string(static_cast<long>(load.bytes_per_minute)) + " bytes"});
  co_return out;
}

}  // namespace monitorix::proxmox

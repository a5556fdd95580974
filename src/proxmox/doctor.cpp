#include "proxmox/doctor.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "proxmox/parse.h"
#include "proxmox/path.h"
#include "proxmox/reason.h"
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

Reason found(std::string code, std::string text, Reason::Params params = {}) {
  return {.code = std::move(code), .text = std::move(text), .params = std::move(params)};
}

Reason found_status(const Reply& reply) {
  const std::string said = std::to_string(reply.status) + " " + reply.reason;
  return found("status", said, {{"said", said}});
}

std::string number(std::int64_t value, std::string_view one, std::string_view many) {
  return std::to_string(value) + " " + std::string(value == 1 ? one : many);
}

Finding certificate_check(const ClusterHealth& health, const Error* error, WallTime now) {
  Finding out{.id = "Q3", .title = "Certificate"};
  const auto& endpoint = health.endpoints.front();
  if (error && error->code == Errc::tls_mismatch) {
    out.verdict = Verdict::fail;
    out.found = found("certificate_refused", error->text + "; compare it with Datacenter > node > Certificates");
    out.fix = "openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pve-ssl.pem";
    return out;
  }
  if (!endpoint.seen) {
    out.verdict = Verdict::skip;
    out.found = found("no_handshake", "no handshake");
    return out;
  }
  const std::string shown = endpoint.seen->subject + ", " + fingerprint_text(endpoint.seen->fingerprint);
  const Reason::Params named{{"certificate", shown}};
  const std::int64_t left =
      endpoint.seen->not_after ? std::chrono::floor<std::chrono::days>(*endpoint.seen->not_after - now).count() : 9999;
  out.verdict = left < 0 ? Verdict::fail : left < 21 ? Verdict::warn : Verdict::ok;
  if (left < 21) out.fix = "pvecm updatecerts --force";
  if (left < 0)
    out.found = found("certificate_expired", shown + ", expired", named);
  else if (left < 21)
    out.found = found("certificate_expiring", shown + ", expires in " + number(left, "day", "days"),
                      {{"certificate", shown}, {"days", left}});
  else
    out.found = found("certificate", shown, named);
  return out;
}

Finding reach_check(const Client& client, const Error* error, int took) {
  Finding out{.id = "Q2", .title = "Connection", .took_ms = took};
  const bool reached = !error || error->code == Errc::denied || error->code == Errc::tls_mismatch ||
                       error->code == Errc::protocol || error->code == Errc::too_large;
  out.verdict = reached ? Verdict::ok : Verdict::fail;
  out.found = reached ? found("answers", "answers") : client.explain(*error);
  if (!reached) out.found.text += "; check address, port 8006 and the firewall between here and the node";
  return out;
}

/// 0 when it did not say.
int major_of(const Json& version) {
  Findings odd;
  const std::string text = Row(version, "version", odd).text("version").value_or("");
  int major = 0;
  std::from_chars(text.data(), text.data() + text.size(), major);
  return major;
}

Finding version_check(const Client& client, const Result<Reply>& answer) {
  Finding out{.id = "Q4", .title = "Proxmox VE"};
  if (!answer || !answer->is_ok()) {
    const bool auth = !answer && answer.error().code == Errc::denied;
    out.verdict = auth ? Verdict::skip : Verdict::fail;
    out.found = answer ? found_status(*answer) : client.explain(answer.error());
    return out;
  }
  Findings odd;
  const std::string version = Row(answer->data, "version", odd).text("version").value_or("");
  const bool supported = major_of(answer->data) >= 8;
  out.verdict = supported ? Verdict::ok : Verdict::warn;
  if (version.empty())
    out.found = found("version_unknown", "did not say its version");
  else if (supported)
    out.found = found("version", version, {{"version", version}});
  else
    out.found = found("version_old", version + ": 8.0 or newer is supported", {{"version", version}});
  out.took_ms = ms_of(answer->took);
  return out;
}

Finding token_check(const Client& client, const Result<Reply>& answer, const std::string& token_id) {
  Finding out{.id = "Q5", .title = "Token", .found = found("token_accepted", "accepted")};
  if (!answer && answer.error().code == Errc::denied) {
    out.verdict = Verdict::fail;
    out.found = client.explain(answer.error());
    out.found.text += " (wrong or expired token, or its user is disabled)";
    out.fix = "pveum user token list '" + user_of(token_id) + "'";
  } else if (!answer) {
    out.verdict = Verdict::skip;
    out.found = found("not_asked", "not asked");
  }
  return out;
}

struct Wanted {
  std::string_view privilege, code, feature;
};
constexpr std::array<Wanted, 4> kWanted{{{"VM.Audit", "guests", "virtual machines and containers"},
                                         {"Sys.Audit", "nodes", "nodes, quorum, tasks and services"},
                                         {"Datastore.Audit", "storages", "storages"},
                                         {"Pool.Audit", "pools", "pools"}}};

Finding rights_check(const Permissions& rights, const std::string& token_id) {
  Finding out{.id = "Q6", .title = "Rights", .found = found("rights", "everything that is read is allowed")};
  for (const auto& [privilege, code, feature] : kWanted)
    if (!rights.allows("/", privilege)) out.features_lost.push_back(found(std::string(code), std::string(feature)));
  if (rights.sees_nothing())
    out.found = found("sees_nothing",
                      "this token sees nothing: it has privilege separation and no role of its own, or its user has "
                      "none");
  else if (!out.features_lost.empty())
    out.found = found("rights_missing", "some rights are missing on /");
  else
    return out;
  out.verdict = Verdict::fail;
  out.fix = grant(token_id);
  return out;
}

/// Jobs stand under one right, tasks and their logs under another path; without it a list of tasks comes filtered, and
/// an empty one looks like "no backups" (X14).
Finding backup_check(const Permissions& rights, const std::string& node, const std::string& token_id) {
  Finding out{.id = "Q16", .title = "Backups", .found = found("backups_readable", "jobs and task logs can be read")};
  if (!rights.allows("/", "Sys.Audit"))
    out.features_lost.push_back(found("backup_jobs", "which guests are in a backup job"));
  if (!rights.allows("/nodes/" + node, "Sys.Audit"))
    out.features_lost.push_back(found("backup_runs", "how the backups of guests ended"));
  if (out.features_lost.empty()) return out;
  out.verdict = Verdict::fail;
  out.found = found("backups_denied", "Sys.Audit is missing on / or on /nodes", {{"privilege", "Sys.Audit"}});
  out.fix = grant(token_id);
  return out;
}

/// On 8 the right is one that PVEAuditor lacks and that has a price: whoever does without it is not called ill.
Finding agent_right_check(const Permissions& rights, int major, const std::string& token_id) {
  Finding out{.id = "Q11", .title = "Guest agents", .found = found("agents_allowed", "guest agents may be asked")};
  const std::string privilege = major >= 9 ? "VM.GuestAgent.Audit" : "VM.Monitor";
  if (rights.allows("/vms", privilege) || (major >= 9 && rights.allows("/vms", "VM.GuestAgent.Unrestricted")))
    return out;
  out.verdict = major >= 9 ? Verdict::warn : Verdict::skip;
  out.found = found("agents_not_allowed", "guest agents may not be asked: the token lacks " + privilege,
                    {{"privilege", privilege}});
  out.features_lost = {found("agents", "file systems, addresses and systems inside of VMs")};
  out.fix = major >= 9 ? grant(token_id)
                       : "pveum role add MonitorixAgent --privs VM.Monitor && " + grant(token_id, "MonitorixAgent");
  return out;
}

Finding power_check(const Permissions& rights) {
  Finding out{
      .id = "Q14", .title = "No more rights than needed", .found = found("only_reads", "the token can only read")};
  static const std::set<std::string> harmless{"VM.Audit",  "Sys.Audit",     "Datastore.Audit",     "Pool.Audit",
                                              "SDN.Audit", "Mapping.Audit", "VM.GuestAgent.Audit", "VM.Monitor",
                                              "Sys.Syslog"};
  std::set<std::string> more;
  for (const auto& [path, privileges] : rights.by_path)
    for (const auto& privilege : privileges)
      if (!harmless.contains(privilege)) more.insert(privilege);
  if (more.empty()) return out;
  const auto others = static_cast<std::int64_t>(more.size()) - 1;
  out.verdict = Verdict::warn;
  out.found = found("may_change", "the token may change things (" + *more.begin() + "); PVEAuditor is enough",
                    {{"privilege", *more.begin()}});
  if (others > 0)
    out.found = found("may_change_much",
                      "the token may change things (" + *more.begin() + " and " + std::to_string(others) +
                          " more); PVEAuditor is enough",
                      {{"privilege", *more.begin()}, {"privileges", others}});
  out.fix = "pveum user token add monitorix@pve main --privsep 1";
  return out;
}

struct Probe {
  std::string path{};
  Reason feature{};
  CallClass kind{};
};

net::Task<Finding> probe(Client& client, Probe what, std::string token_id) {
  Finding out{.id = "Q8", .title = what.path};
  auto answer = co_await client.get(what.path, what.kind);
  if (!answer) {
    out.verdict = Verdict::fail;
    out.found = client.explain(answer.error());
    co_return out;
  }
  out.took_ms = ms_of(answer->took);
  if (answer->is_ok()) {
    const auto* rows = answer->data.as_array();
    const auto bytes = static_cast<std::int64_t>(answer->bytes);
    const auto count = rows ? static_cast<std::int64_t>(rows->size()) : 0;
    if (rows)
      out.found = found("rows", number(count, "row", "rows") + ", " + number(bytes, "byte", "bytes"),
                        {{"rows", count}, {"bytes", bytes}});
    else
      out.found = found("bytes", number(bytes, "byte", "bytes"), {{"bytes", bytes}});
    co_return out;
  }
  out.features_lost = {what.feature};
  out.found = found_status(*answer);
  if (answer->status == 403) {
    out.verdict = Verdict::fail;
    out.found = found("not_allowed", "not allowed: " + answer->reason);
    out.fix = grant(token_id);
  } else if (answer->status == 501) {
    out.verdict = Verdict::skip;
    out.found = found("not_offered", "not offered by this version");
  } else if (answer->status == 500 && answer->reason.find("not installed") != std::string::npos) {
    out.verdict = Verdict::skip;
    out.found = not_installed(answer->reason);
  } else {
    out.verdict = Verdict::warn;
  }
  co_return out;
}

std::vector<Probe> probes_for(const std::string& node) {
  std::vector<Probe> out{
      {"/cluster/resources", found("inventory", "the inventory"), CallClass::resources},
      {"/cluster/status", found("quorum", "quorum and members"), CallClass::status},
      {"/cluster/tasks", found("tasks", "tasks"), CallClass::tasks},
      {"/cluster/backup", found("backup_jobs", "which guests are in a backup job"), CallClass::backups},
      {"/cluster/metrics/export", found("finer", "samples every ten seconds, and the network of nodes"),
       CallClass::metrics}};
  constexpr std::array<std::array<const char*, 3>, 5> kOfNode{
      {{"/status", "node_status", "load and memory of nodes"},
       {"/storage", "node_storage", "room on the storages of nodes"},
       {"/services", "node_services", "services of nodes"},
       {"/certificates/info", "node_certificates", "certificates of nodes"},
       {"/subscription", "node_subscription", "subscriptions of nodes"}}};
  for (const auto& [rest, code, feature] : kOfNode)
    if (const auto path = node_path(node, rest)) out.push_back({*path, found(code, feature), CallClass::node_status});
  out.push_back({"/cluster/ha/status/current", found("ha", "high availability"), CallClass::facts});
  out.push_back({"/cluster/options", found("options", "the colours of tags"), CallClass::facts});
  out.push_back({"/cluster/config/qdevice", found("qdevice", "the QDevice"), CallClass::facts});
  constexpr std::array<std::array<const char*, 3>, 7> kRarely{
      {{"/disks/list", "disks", "disks with health and wear"},
       {"/disks/zfs", "zfs", "ZFS pools"},
       {"/disks/lvmthin", "thin_pools", "thin pools of LVM"},
       {"/apt/versions", "updates", "updates and kernels"},
       {"/apt/repositories", "repositories", "package repositories"},
       {"/replication", "replication", "replication"},
       {"/time", "clock", "clocks of nodes"}}};
  for (const auto& [rest, code, feature] : kRarely)
    if (const auto path = node_path(node, rest)) out.push_back({*path, found(code, feature), CallClass::facts});
  return out;
}

Finding members_check(const Json& nodes, const ClusterConfig& config) {
  Finding out{.id = "Q9", .title = "Other members"};
  const auto members = static_cast<std::int64_t>(nodes.as_array() ? nodes.as_array()->size() : 0);
  const auto endpoints = static_cast<std::int64_t>(config.endpoints.size());
  const std::string counts = number(members, "member", "members") + ", " + number(endpoints, "endpoint", "endpoints");
  const Reason::Params params{{"members", members}, {"endpoints", endpoints}};
  out.found = found("members", counts, params);
  if (members > endpoints) {
    out.verdict = Verdict::warn;
    out.found = found("members_without_endpoint",
                      counts + ": with one more endpoint the cluster stays visible when this node is down", params);
    out.features_lost = {found("failover", "fail-over")};
  }
  return out;
}

Finding load_check(const ClusterLoad& load) {
  const auto requests = static_cast<std::int64_t>(load.requests_per_minute);
  const auto bytes = static_cast<std::int64_t>(load.bytes_per_minute);
  return {.id = "Q15",
          .title = "Load of this examination",
          .found = found("load", number(requests, "request", "requests") + ", " + number(bytes, "byte", "bytes"),
                         {{"requests", requests}, {"bytes", bytes}})};
}

}  // namespace

Finding agents_check(Finding allowed, const AgentCounts& counts) {
  if (allowed.verdict != Verdict::ok || counts.running == 0) return allowed;
  allowed.verdict = counts.answering < counts.configured ? Verdict::warn : Verdict::ok;
  allowed.found =
      found("agents",
            number(counts.running, "VM runs", "VMs run") + ", " + std::to_string(counts.configured) +
                " of them with a guest agent, and " + std::to_string(counts.answering) + " of these answer",
            {{"running", counts.running}, {"configured", counts.configured}, {"answering", counts.answering}});
  return allowed;
}

net::Task<std::vector<Finding>> examine(net::HttpClient& http, const Clock& clock, ClusterConfig config, Pace pace) {
  std::vector<Finding> out;
  if (config.endpoints.empty()) {
    out.push_back(
        {.id = "Q1", .title = "Address", .found = found("no_endpoint", "no endpoint"), .verdict = Verdict::fail});
    co_return out;
  }
  config.id = {};  // connections of its own: the watching ones go on undisturbed, and there is a handshake to look at
  Client client(http, clock, config);
  const SteadyTime begun = clock.steady();
  auto version = co_await client.get("/version", CallClass::identity);
  const Error* error = version ? nullptr : &version.error();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock.steady() - begun);
  out.push_back(reach_check(client, error, ms_of(took)));
  out.push_back(certificate_check(client.health(), error, clock.wall()));
  out.push_back(version_check(client, version));
  out.push_back(token_check(client, version, config.token_id));
  if (!version || !version->is_ok()) co_return out;

  auto rights = co_await client.get("/access/permissions", CallClass::identity);
  std::optional<Permissions> known;
  if (rights && rights->is_ok()) {
    const auto permissions = parse_permissions(rights->data);
    if (permissions) {
      known = *permissions;
      out.push_back(rights_check(*permissions, config.token_id));
      out.push_back(agent_right_check(*permissions, major_of(version->data), config.token_id));
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
  if (known && !first.empty()) out.push_back(backup_check(*known, first, config.token_id));
  for (const Probe& what : probes_for(first)) {
    if (pace) co_await net::sleep_for(pace());
    out.push_back(co_await probe(client, what, config.token_id));
  }
  out.push_back(load_check(client.health().load));
  co_return out;
}

}  // namespace monitorix::proxmox

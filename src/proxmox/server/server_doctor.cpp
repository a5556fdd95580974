#include "proxmox/server/server_doctor.h"

#include <set>

#include "proxmox/server/parse_server.h"

namespace monitorix::proxmox {
namespace {

Reason found(std::string code, std::string text, Reason::Params params = {}) {
  return {.code = std::move(code), .text = std::move(text), .params = std::move(params)};
}

int ms_of(std::chrono::microseconds took) { return static_cast<int>(took.count() / 1000); }

/// User and token each need the role: a token has at most the rights of its user.
std::string grant(const std::string& token_id, std::string_view path, std::string_view role) {
  const std::string user = token_id.substr(0, token_id.rfind('!'));
  const std::string begin = "proxmox-backup-manager acl update " + std::string(path) + " " + std::string(role);
  return begin + " --auth-id '" + user + "' && " + begin + " --auth-id '" + token_id + "'";
}

Finding reach_check(const Client& client, const Error* error, int took) {
  Finding out{.id = "Q2", .title = "Connection", .found = found("answers", "answers"), .took_ms = took};
  const bool reached = !error || error->code == Errc::denied || error->code == Errc::tls_mismatch ||
                       error->code == Errc::protocol || error->code == Errc::too_large;
  if (reached) return out;
  out.verdict = Verdict::fail;
  out.found = client.explain(*error);
  out.found.text += "; check address, port 8007 and the firewall between here and the server";
  return out;
}

Finding certificate_check(const ClusterHealth& health, const Error* error, WallTime now) {
  Finding out{.id = "Q3", .title = "Certificate"};
  const auto& seen = health.endpoints.front().seen;
  if (error && error->code == Errc::tls_mismatch) {
    out.verdict = Verdict::fail;
    out.found =
        found("certificate_refused_server", error->text + "; compare it with what the server's own command shows");
    out.fix = "proxmox-backup-manager cert info";
    return out;
  }
  if (!seen) {
    out.verdict = Verdict::skip;
    out.found = found("no_handshake", "no handshake");
    return out;
  }
  const std::string shown = seen->subject + ", " + fingerprint_text(seen->fingerprint);
  out.found = found("certificate", shown, {{"certificate", shown}});
  if (!seen->not_after) return out;
  const std::int64_t left = std::chrono::floor<std::chrono::days>(*seen->not_after - now).count();
  if (left >= 21) return out;
  out.fix = "proxmox-backup-manager cert update --force";
  out.verdict = left < 0 ? Verdict::fail : Verdict::warn;
  out.found = left < 0 ? found("certificate_expired", shown + ", expired", {{"certificate", shown}})
                       : found("certificate_expiring", shown + ", expires in " + std::to_string(left) + " days",
                               {{"certificate", shown}, {"days", left}});
  return out;
}

Finding version_check(const Result<Reply>& answer) {
  Finding out{.id = "S4", .title = "Proxmox Backup Server"};
  if (!answer || !answer->is_ok()) {
    out.verdict = Verdict::skip;
    out.found = found("not_asked", "not asked");
    return out;
  }
  Findings odd;
  const auto version = parse_server_version(answer->data, odd);
  out.took_ms = ms_of(answer->took);
  out.found = version && !version->version.empty() ? found("version", version->version, {{"version", version->version}})
                                                   : found("version_unknown", "did not say its version");
  return out;
}

Finding token_check(const Client& client, const Result<Reply>& answer, const std::string& token_id) {
  Finding out{.id = "Q5", .title = "Token", .found = found("token_accepted", "accepted")};
  if (!answer && answer.error().code == Errc::denied) {
    out.verdict = Verdict::fail;
    out.found = client.explain(answer.error());
    out.fix = "proxmox-backup-manager user list-tokens '" + token_id.substr(0, token_id.rfind('!')) + "'";
  } else if (!answer) {
    out.verdict = Verdict::skip;
    out.found = found("not_asked", "not asked");
  }
  return out;
}

Finding rights_check(const Permissions& rights, const std::string& token_id) {
  Finding out{.id = "Q6", .title = "Rights", .found = found("rights", "everything that is read is allowed")};
  if (rights.sees_nothing()) {
    out.found = found("sees_nothing", "this token sees nothing: it has no role of its own, or its user has none");
    out.verdict = Verdict::fail;
    out.features_lost.push_back(found("datastores", "datastores and what is in them"));
    out.fix = grant(token_id, "/", "Audit");
  } else if (!rights.allows("/datastore", "Datastore.Audit")) {
    out.found = found("rights_missing", "some rights are missing on /");
    out.verdict = Verdict::warn;  // some datastores may be visible all the same
    out.features_lost.push_back(found("datastores", "datastores and what is in them"));
    out.fix = grant(token_id, "/", "Audit");
  } else if (!rights.allows("/remote", "Remote.Audit")) {
    out.found = found("remotes_hidden", "syncs with other servers are hidden: the token lacks Remote.Audit",
                      {{"privilege", "Remote.Audit"}});
    out.verdict = Verdict::skip;  // Audit does not give it, and not everybody has syncs
    out.features_lost.push_back(found("syncs", "syncs with other servers"));
    out.fix = grant(token_id, "/remote", "RemoteAudit");
  }
  return out;
}

Finding power_check(const Permissions& rights, const std::string& token_id) {
  Finding out{
      .id = "Q14", .title = "No more rights than needed", .found = found("only_reads", "the token can only read")};
  std::set<std::string> more;
  for (const auto& [path, privileges] : rights.by_path)
    for (const auto& privilege : privileges)
      if (!privilege.ends_with(".Audit")) more.insert(privilege);
  if (more.empty()) return out;
  out.verdict = Verdict::warn;
  out.found =
      found("may_change_server", "the token may change things (" + *more.begin() + "); the role Audit is enough",
            {{"privilege", *more.begin()}});
  out.fix = "proxmox-backup-manager user generate-token '" + token_id.substr(0, token_id.rfind('!')) + "' monitorix";
  return out;
}

net::Task<Finding> probe(Client& client, std::string path, CallClass kind) {
  Finding out{.id = "Q8", .title = path};
  auto answer = co_await client.get(path, kind);
  if (!answer) {
    out.verdict = Verdict::fail;
    out.found = client.explain(answer.error());
    co_return out;
  }
  out.took_ms = ms_of(answer->took);
  const auto bytes = static_cast<std::int64_t>(answer->bytes);
  const auto* rows = answer->data.as_array();
  const auto count = rows ? static_cast<std::int64_t>(rows->size()) : 0;
  if (answer->is_ok()) {
    out.found = found("rows", std::to_string(count) + " rows, " + std::to_string(bytes) + " bytes",
                      {{"rows", count}, {"bytes", bytes}});
  } else if (answer->status == 403) {
    out.verdict = Verdict::fail;
    out.found = found("not_allowed", "not allowed: " + answer->reason);
  } else if (answer->status == 404) {
    out.verdict = Verdict::skip;
    out.found = found("not_offered", "not offered by this version");
  } else {
    const std::string said = std::to_string(answer->status) + " " + answer->reason;
    out.verdict = Verdict::warn;
    out.found = found("status", said, {{"said", said}});
  }
  co_return out;
}

}  // namespace

net::Task<std::vector<Finding>> examine_server(net::HttpClient& http, const Clock& clock, ClusterConfig config) {
  std::vector<Finding> out;
  if (config.endpoints.empty()) {
    out.push_back(
        {.id = "Q1", .title = "Address", .found = found("no_endpoint", "no endpoint"), .verdict = Verdict::fail});
    co_return out;
  }
  config.id = {};  // connections of its own: the watching ones go on undisturbed, and there is a handshake to look at
  Client client(http, clock, config);
  const SteadyTime begun = clock.steady();
  auto usage = co_await client.get("/status/datastore-usage", CallClass::resources);
  const Error* error = usage ? nullptr : &usage.error();
  const auto took = std::chrono::duration_cast<std::chrono::microseconds>(clock.steady() - begun);
  out.push_back(reach_check(client, error, ms_of(took)));
  out.push_back(certificate_check(client.health(), error, clock.wall()));
  if (usage) {
    auto version = co_await client.get("/version", CallClass::identity);
    out.push_back(version_check(version));
  }
  out.push_back(token_check(client, usage, config.token_id));
  if (!usage) co_return out;
  auto rights = co_await client.get("/access/permissions", CallClass::identity);
  if (rights && rights->is_ok())
    if (const auto permissions = parse_permissions(rights->data)) {
      out.push_back(rights_check(*permissions, config.token_id));
      out.push_back(power_check(*permissions, config.token_id));
    }
  std::vector<std::string> paths{"/status/datastore-usage", "/admin/verify", "/admin/gc", "/admin/prune",
                                 "/admin/sync"};
  Findings odd;
  if (usage->is_ok())
    if (const auto stores = parse_datastore_usage(usage->data, odd); stores && !stores->datastores.empty()) {
      const std::string& first = stores->datastores.front().name;
      paths.push_back(datastore_path(first, "/namespace"));
      paths.push_back(datastore_path(first, "/groups"));
    }
  for (const std::string& path : paths) {
    auto finding = co_await probe(client, path, path == paths.front() ? CallClass::resources : CallClass::backups);
    out.push_back(std::move(finding));
  }
  co_return out;
}

}  // namespace monitorix::proxmox

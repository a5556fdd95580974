#include "sim/pbs/server_api.h"

#include <algorithm>

#include "base/json_writer.h"
#include "base/text.h"

namespace monitorix::sim {

namespace {

using std::chrono::hours;
constexpr std::string_view kPrefix = "/api2/json";
constexpr int kHistoryPoints = 30;

Answer refusal(int status, std::string reason, const std::string& said) {
  auto answer = Answer::json(said + "\n");
  answer.status = status;
  answer.reason = std::move(reason);
  return answer;
}

Answer data(JsonWriter& rows) { return Answer::json("{\"data\":" + rows.take() + ",\"total\":0}"); }

std::string digits(std::uint64_t value) {
  std::string bytes;
  for (int at = 0; at < 8; ++at) bytes.push_back(static_cast<char>(value >> (8 * at)));
  return to_hex(bytes);
}

void write_snapshot(JsonWriter& out, const KeptGroup& group, const KeptSnapshot& snapshot) {
  out.begin_object().member("backup-type", group.type).member("backup-id", group.id);
  out.member("backup-time", epoch(snapshot.at)).member("owner", group.owner).member("protected", false);
  out.key("files").begin_array();
  out.begin_object().member("filename", group.type == "ct" ? "pct.conf.blob" : "qemu-server.conf.blob").end_object();
  if (snapshot.is_finished)
    out.begin_object().member("filename", "index.json.blob").member("crypt-mode", "none").end_object();
  out.end_array();
  if (!snapshot.comment.empty()) out.member("comment", snapshot.comment);
  if (snapshot.is_finished) out.member("size", snapshot.size);
  if (!snapshot.verified.empty()) {
    out.key("verification").begin_object().member("state", snapshot.verified);
    out.member("upid", "UPID:vault:000003E8:00001F40:00000001:6B000000:verificationjob:main:root@pam:").end_object();
  }
  out.end_object();
}

void write_run(JsonWriter& out, WallTime ended, WallTime next, std::string_view state) {
  out.member("last-run-endtime", epoch(ended)).member("last-run-state", state).member("next-run", epoch(next));
  out.member("last-run-upid", "UPID:vault:000003E9:00001F41:00000002:6B000000:job:main:root@pam:");
}

void write_garbage(JsonWriter& out, const BackupServer& server, const BackupStore& store, WallTime now) {
  const auto used = static_cast<std::int64_t>(server.fill_of(store, now) * static_cast<double>(store.total));
  out.member("index-file-count", 420).member("index-data-bytes", used * 9).member("disk-bytes", used);
  out.member("disk-chunks", used / 2'000'000).member("removed-bytes", std::int64_t{7'340'032'000});
  out.member("removed-chunks", 3'500)
      .member("pending-bytes", std::int64_t{1'048'576'000})
      .member("pending-chunks", 500);
  out.member("removed-bad", 0).member("still-bad", 0);
}

std::vector<std::string> pieces(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (end > 0) out.emplace_back(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return out;
}

}  // namespace

struct ServerApi::Call {
  const Request& request;
  const ServerToken& token;
  WallTime now{};
};

std::vector<ServerToken> tokens_of(const BackupServer& server, std::uint64_t seed) {
  const auto secret = [&](std::string_view label) {
    const auto hash = hash_of(hash_of(seed, server.name()), label);
    const auto text = digits(hash) + digits(mix(hash));
    return text.substr(0, 8) + "-" + text.substr(8, 4) + "-4" + text.substr(13, 3) + "-a" + text.substr(17, 3) + "-" +
           text.substr(20, 12);
  };
  return {{"audit", "monitorix@pbs", "main", secret("audit"), true, true},
          {"local", "monitorix@pbs", "local", secret("local"), true, false},
          {"none", "monitorix@pbs", "none", secret("none"), false, false}};
}

std::string ServerApi::pattern_of(const std::string& path) {
  const auto words = pieces(path);
  if (words.size() == 6 && words[3] == "datastore") return "/admin/datastore/{store}/" + words[5];
  return path.starts_with(kPrefix) ? path.substr(kPrefix.size()) : "other";
}

Answer ServerApi::answer(const Request& request, WallTime now) const {
  constexpr std::string_view scheme = "PBSAPIToken=";
  const auto header = request.header("Authorization").value_or("");
  const auto given = header.starts_with(scheme) ? header.substr(scheme.size()) : std::string_view();
  const auto token = std::ranges::find_if(
      tokens_, [&](const ServerToken& one) { return given == one.user + "!" + one.name + ":" + one.secret; });
  if (!request.path.starts_with(kPrefix)) return refusal(404, "Not Found", "Path not found.");
  if (token == tokens_.end()) {
    auto refused = refusal(401, "Unauthorized", "authentication failed - invalid credentials");
    refused.delay = std::chrono::milliseconds{500};
    return refused;
  }
  if (request.method != "GET") return refusal(403, "Forbidden", "permission check failed");
  const Call call{request, *token, now};
  const auto path = request.path.substr(kPrefix.size());
  JsonWriter out;
  if (path == "/version") {
    out.begin_object().member("version", "4.0").member("release", "14").member("repoid", "7d3a1b9c").end_object();
    return data(out);
  }
  if (path == "/access/permissions") {
    out.begin_object();
    const auto rights = [&](std::string_view where, bool has_audit, bool has_remotes) {
      out.key(where).begin_object();
      if (has_audit) out.member("Datastore.Audit", true).member("Sys.Audit", true);
      if (has_remotes) out.member("Remote.Audit", true);
      out.end_object();
    };
    rights("/", token->may_audit, false);
    rights("/datastore", token->may_audit, false);
    rights("/remote", false, token->may_audit_remotes);
    out.end_object();
    return data(out);
  }
  if (path == "/status/datastore-usage") return usage(call);
  const auto words = pieces(path);
  if (words.size() == 2 && words[0] == "admin") return jobs(call, words[1]);
  if (words.size() == 4 && words[0] == "admin" && words[1] == "datastore")
    return on_datastore(call, words[2], words[3]);
  return refusal(404, "Not Found", "Path '" + request.path + "' not found.");
}

Answer ServerApi::usage(const Call& call) const {
  JsonWriter out;
  out.begin_array();
  for (const auto& store : server_.stores()) {
    if (!call.token.may_audit) continue;
    out.begin_object().member("store", store.name).member("mount-status", "nonremovable");
    if (!store.error.empty()) {
      out.member("error", store.error).end_object();
      continue;
    }
    const double fill = server_.fill_of(store, call.now);
    const auto used = static_cast<std::int64_t>(fill * static_cast<double>(store.total));
    out.member("total", store.total).member("used", used).member("avail", store.total - used);
    out.member("history-start", epoch(call.now - hours{24 * kHistoryPoints})).member("history-delta", 86'400);
    out.key("history").begin_array();
    for (int day = kHistoryPoints; day > 0; --day) {
      const double then = fill - store.growth * day;
      if (day % 11 == 7)
        out.null();  // the server was off
      else
        out.value(std::max(then, 0.0));
    }
    out.end_array().member("estimated-full-date", epoch(server_.full_date(store, call.now)));
    out.key("gc-status").begin_object();
    write_garbage(out, server_, store, call.now);
    out.end_object().end_object();
  }
  out.end_array();
  return data(out);
}

Answer ServerApi::jobs(const Call& call, std::string_view kind) const {
  const auto night = server_.last_night(call.now);
  const auto next = night + hours{24};
  JsonWriter out;
  out.begin_array();
  const bool is_shown = call.token.may_audit;
  if (kind == "verify" && is_shown) {
    out.begin_object().member("id", "v-main").member("store", "main").member("schedule", "sat 05:00");
    out.member("ignore-verified", true).member("outdated-after", 30);
    const auto last = server_.last_verification(call.now);
    write_run(out, last, std::max(next, last + hours{24}), "verification failed - please check the log for details");
    out.end_object();
  } else if (kind == "prune" && is_shown) {
    out.begin_object().member("id", "p-main").member("store", "main").member("schedule", "05:00");
    out.member("keep-last", 30).member("max-depth", 7);
    write_run(out, night, next, "OK");
    out.end_object();
  } else if (kind == "gc" && is_shown) {
    for (const auto& store : server_.stores()) {
      if (!store.error.empty()) continue;
      out.begin_object().member("store", store.name).member("schedule", "daily").member("duration", 512);
      write_garbage(out, server_, store, call.now);
      write_run(out, night, next, store.name == "main" ? "OK" : "WARNINGS: 1");
      out.end_object();
    }
  } else if (kind == "sync" && is_shown && call.token.may_audit_remotes) {
    out.begin_object().member("id", "s-offsite").member("store", "offsite").member("remote", "other-site");
    out.member("remote-store", "main").member("remote-ns", "site").member("owner", "root@pam").member("ns", "");
    out.member("remove-vanished", false).member("schedule", "hourly").member("sync-direction", "pull");
    const auto hour = std::chrono::floor<hours>(call.now);
    write_run(out, hour, hour + hours{1}, "OK");
    out.end_object();
  } else if (kind != "verify" && kind != "prune" && kind != "gc" && kind != "sync") {
    return refusal(404, "Not Found", "Path '" + call.request.path + "' not found.");
  }
  out.end_array();
  return data(out);
}

Answer ServerApi::on_datastore(const Call& call, const std::string& name, const std::string& what) const {
  if (!call.token.may_audit) return refusal(403, "Forbidden", "permission check failed");
  const auto* store = server_.find_store(name);
  if (store == nullptr) return refusal(400, "Bad Request", "no such datastore '" + name + "'");
  if (!store->error.empty()) return refusal(400, "Bad Request", store->error);
  const auto inside = std::string(call.request.parameter("ns").value_or(""));
  const auto spaces = server_.namespaces(name);
  const auto type = call.request.parameter("backup-type");
  const auto id = call.request.parameter("backup-id");
  JsonWriter out;
  out.begin_array();
  if (what == "namespace") {
    for (const auto& space : spaces) out.begin_object().member("ns", space).end_object();
  } else if (what != "groups" && what != "snapshots") {
    return refusal(404, "Not Found", "Path '" + call.request.path + "' not found.");
  } else if (std::ranges::find(spaces, inside) == spaces.end()) {
    return refusal(400, "Bad Request", "namespace not found: " + inside);
  } else {
    for (const auto& group : server_.groups(name, inside, call.now)) {
      if ((type && *type != group.type) || (id && *id != group.id)) continue;
      if (what == "groups") {
        out.begin_object().member("backup-type", group.type).member("backup-id", group.id);
        out.member("last-backup", epoch(group.snapshots.back().at)).member("owner", group.owner);
        out.member("backup-count", group.snapshots.size()).key("files").begin_array().end_array().end_object();
      } else {
        for (const auto& snapshot : group.snapshots) write_snapshot(out, group, snapshot);
      }
    }
  }
  out.end_array();
  return data(out);
}

}  // namespace monitorix::sim

#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "api/testing/house.h"
#include "base/time_text.h"
#include "schema.h"

using namespace monitorix;
using namespace monitorix::api;
using namespace monitorix::api::testing;

namespace {

std::string file(const std::string& name) {
  std::ifstream in(std::string(MONITORIX_SOURCE_DIR) + "/" + name);
  return {std::istreambuf_iterator<char>(in), {}};
}

Json read_contract() {
  auto parsed = Json::parse(file("contract/openapi.gen.json"));
  REQUIRE(parsed);
  return *parsed;
}

Settings generous() {
  Settings settings;
  settings.rate_limits.enabled = false;
  settings.rate_limits.login_per_minute = 1'000'000;
  return settings;
}

/// One call that shows an operation at its best: the pattern as in the contract, the address, the body.
struct Step {
  std::string method{}, pattern{}, target{}, body{};
};

const char* kPin = "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB";

struct Ids {
  std::string cluster{}, endpoint{}, node{}, vm{}, storage{}, user{}, session{}, server{};
  std::string service{}, push{}, push_token{}, check{}, spare{}, hook{};
  std::string soon{};  ///< a moment within the hour
};

std::string first_id(House& house, const std::string& path, bool in_envelope) {
  const auto list = Json::parse(house.as(house.admin(), "GET", path).body);
  REQUIRE(list);
  const auto* items = in_envelope ? list->find("items")->as_array() : list->as_array();
  REQUIRE(!items->empty());
  return *items->front().find("id")->as_string();
}

/// A job, a run that went well, one that failed, and a disk left out.
void know_backups(House& house, const std::string& cluster) {
  const auto see = [&](auto what) {
    house.inventory.apply({.cluster = ClusterId{std::stoll(cluster)}, .at = house.clock.wall(), .what = what});
  };
  const auto run = [&](std::int64_t vmid, BackupResult result) {
    BackupTask task{.upid = "UPID:pve1:0:" + std::to_string(vmid), .node = "pve1", .storage = "local"};
    BackupRun out{.task = std::make_shared<const BackupTask>(std::move(task)), .vmid = vmid};
    out.started_at = house.clock.wall() - std::chrono::hours{2};
    out.duration = std::chrono::seconds{90};
    out.size_bytes = 5'000'000'000;
    out.result = result;
    if (result == BackupResult::failed) out.error = "no space left";
    return out;
  };
  house.on_loop([&] {
    BackupJob job{.id = "nightly", .all = true, .excluded = {102}, .storage = "local", .schedule = "02:30"};
    job.next_run = house.clock.wall() + std::chrono::hours{3};
    job.interval = std::chrono::hours{24};
    see(BackupJobs{.jobs = {job}});
    see(BackupContents{.job = "nightly", .rows = {{100, {{"scsi1", "disabled"}}}, {101, {}}}});
    see(BackupRuns{
        .node = "pve1", .whole = true, .runs = {run(100, BackupResult::ok), run(101, BackupResult::failed)}});
    see(BackupRuns{.node = "pve2", .whole = true});
    house.inventory.tick(house.clock.wall());
  });
}

/// A backup server that holds a backup of a guest and one of a guest that is gone; its id.
std::string know_server(House& house, const std::string& cluster) {
  const std::string body =
      R"({"name":"vault","address":"vault.example","token_id":"mon@pbs!read","token_secret":"s-1",)"
      R"("tls":{"mode":"fingerprint","fingerprints":[")" +
      std::string(kPin) + "\"]}}";
  const auto made = house.as(house.admin(), "POST", "/api/backup-servers", body);
  REQUIRE(made.status == 201);
  const ClusterId server{std::stoll(made.text("id"))};
  const auto now = house.clock.wall();
  const auto see = [&](auto what) { house.inventory.apply_server(ServerObservation{server, now, std::move(what)}); };
  house.on_loop([&] {
    ServerStorage storage{.name = "backup", .server = "vault.example", .datastore = "main"};
    house.inventory.apply(Observation{ClusterId{std::stoll(cluster)}, now, ServerStorages{.storages = {storage}}});
    Datastore store{.name = "main", .total_bytes = 100, .used_bytes = 80, .available_bytes = 20};
    store.history = {0.7, std::nullopt, 0.8};
    store.history_from = now - std::chrono::hours{72};
    store.history_step = std::chrono::hours{24};
    store.trend = UsageTrend::growing;
    store.full_at = now + std::chrono::hours{24 * 40};
    store.garbage = GarbageStatus{.index_bytes = 900, .disk_bytes = 80};
    see(DatastoreUsages{.datastores = {store}});
    ServerJob verify{.kind = ServerJobKind::verify, .id = "v-1", .datastore = "main", .schedule = "daily"};
    verify.last_run_at = now - std::chrono::hours{8};
    verify.result = BackupResult::ok;
    see(ServerJobs{.kind = ServerJobKind::verify, .jobs = {verify}});
    see(DatastoreNamespaces{.datastore = "main", .names = {""}});
    const BackupGroup kept{.name = {"vm", "100"}, .owner = "pve@pbs!x", .last_at = now, .count = 1};
    const BackupGroup old{.name = {"vm", "905"}, .owner = "pve@pbs!x", .last_at = now, .count = 1};
    see(NamespaceGroups{.datastore = "main", .groups = {kept, old}});
    const ServerSnapshot snapshot{.at = now - std::chrono::hours{30}, .size_bytes = 5, .verify = VerifyState::ok};
    see(NamespaceSnapshots{.datastore = "main", .rows = {{kept.name, snapshot}, {old.name, snapshot}}});
    see(ServerVersion{"4.0.14"});
    house.inventory.tick(now);
  });
  return made.text("id");
}

/// An outage of a node that goes on, and one that is over.
void know_alerts(House& house, const std::string& node) {
  const WallTime now = house.clock.wall();
  const Rule rule{.name = "Node is offline", .severity = Severity::critical, .key = "node_down"};
  REQUIRE(house.store->alerts().create(rule, now));
  Alert open{.id = AlertId{1}, .rule = RuleId{1}, .target = {{EntityKind::node, std::stoll(node)}, {}}};
  open.state = AlertState::firing;
  open.severity = Severity::critical;
  open.opened_at = open.since = open.last_true_at = now - std::chrono::minutes{5};
  open.held = Held{.kind = HoldKind::silence, .ref = "1", .since = now};
  open.evidence = "The other members say that it is offline";
  open.incident = IncidentId{1};
  Alert over = open;
  over.id = AlertId{2};
  over.state = AlertState::resolved;
  over.resolve_reason = ResolveReason::condition;
  over.resolved_at = now;
  over.target.part = "a part";
  Alert beside = open;
  beside.id = AlertId{3};
  beside.target.part = "beside";
  Incident incident{.id = IncidentId{1}, .scope = open.target.entity, .root = open.id};
  incident.severity = Severity::critical;
  incident.opened_at = open.opened_at;
  incident.alerts = {open.id, over.id};
  const AlertBatch batch{.alerts = {{open, "{}"}, {over, "{}"}, {beside, "{}"}},
                         .incidents = {incident},
                         .happenings = {{incident.id, open.id, HappeningKind::opened, open.opened_at, open.evidence},
                                        {incident.id, {}, HappeningKind::note, now, "kari\non my way"}}};
  REQUIRE(house.store->alerts().save(batch));
  house.on_loop([&] {
    house.alerts = {{open.id, open}, {beside.id, beside}};
    house.next = NextStep{.route = RouteId{1}, .name = "Everybody", .key = "everybody", .count = 3, .at = now};
    house.next->channels = {ChannelId{1}};
  });
}

Ids fill(House& house) {
  Ids ids;
  ids.cluster = house.cluster();
  ids.soon = rfc3339(house.clock.wall() + std::chrono::minutes{50});
  know_backups(house, ids.cluster);
  ids.server = know_server(house, ids.cluster);
  ids.endpoint = first_id(house, "/api/clusters/" + ids.cluster + "/endpoints", true);
  ids.node = first_id(house, "/api/nodes", false);
  ids.vm = first_id(house, "/api/vms", false);
  know_alerts(house, ids.node);
  const monitorix::Route everybody{.name = "Everybody", .steps = {{.is_to_all = true}}, .key = "everybody"};
  REQUIRE(house.store->alerts().create(everybody, house.clock.wall()));
  ids.storage = first_id(house, "/api/storages", true);
  (void)house.token_of("viewer");
  const auto made =
      house.as(house.admin(), "POST", "/api/users",
               R"({"username":"spare","email":"spare@example.org","password":"a-long-sentence-9","role":"viewer"})");
  ids.user = made.text("id");
  ids.service = house
                    .as(house.admin(), "POST", "/api/services",
                        R"({"name":"shop","type":"https","target":"https://dead.example/","retries":0})")
                    .text("id");
  (void)house.as(house.admin(), "POST", "/api/services/" + ids.service + "/check");
  const auto push = house.as(house.admin(), "POST", "/api/services", R"({"name":"job","type":"push"})");
  ids.push = push.text("id");
  ids.push_token = push.text("push_token");
  ids.hook = house.as(house.admin(), "POST", "/api/clusters/" + ids.cluster + "/hook-token").text("token");
  ids.check = first_id(house, "/api/health-checks?service_id=" + ids.service, false);
  ids.spare =
      house.as(house.admin(), "POST", "/api/services", R"({"name":"spare","type":"ping","target":"a"})").text("id");
  (void)house.sign_in("the-admin", kPassword);
  ids.session = first_id(house, "/api/auth/sessions", true);
  return ids;
}

std::vector<Step> steps_for(const Ids& i) {
  const std::string c = "/api/clusters/" + i.cluster;
  const std::string n = "/api/nodes/" + i.node;
  const std::string s = "/api/services/" + i.service;
  const std::string pin = kPin;
  const std::string connection =
      R"("token_id":"mon@pve!read","token_secret":"s-1","tls":{"mode":"fingerprint","fingerprints":[")" + pin + "\"]}";
  const std::string node =
      R"({"name":"x","url":"https://x.example:8006","username":"mon@pve!read","token":"s-1","fingerprint":")" + pin +
      "\"}";
  const std::string other_node =
      R"({"name":"y","url":"https://y.example:8006","username":"mon@pve!read","token":"s-1","fingerprint":")" + pin +
      "\"}";
  const std::string b = "/api/backup-servers/" + i.server;
  return {
      {"GET", "/api/push/{token}", "/api/push/" + i.push_token + "?status=up&ping_ms=12.5", ""},
      {"POST", "/api/push/{token}", "/api/push/" + i.push_token, ""},
      {"GET", "/health", "", ""},
      {"GET", "/health/ready", "", ""},
      {"GET", "/api/version", "", ""},
      {"GET", "/api/openapi.json", "", ""},
      {"GET", "/api/system-metrics/current", "", ""},
      {"GET", "/api/auth/csrf-token", "", ""},
      {"GET", "/api/auth/password-requirements", "", ""},
      {"GET", "/api/auth/me", "", ""},
      {"PUT", "/api/auth/me", "", R"({"language":"nb","theme":"dark","time_zone":"Europe/Oslo"})"},
      {"GET", "/api/auth/sessions", "", ""},
      {"POST", "/api/auth/ws-ticket", "", ""},
      {"POST", "/api/api-keys", "", R"({"name":"script","scopes":["read"],"expires_at":null})"},
      {"GET", "/api/api-keys", "/api/api-keys?count=true", ""},
      {"DELETE", "/api/api-keys/{id}", "/api/api-keys/1", ""},
      {"GET", "/api/clusters", "/api/clusters?count=true", ""},
      {"POST", "/api/clusters/probe", "", R"({"address":"pve.example"})"},
      {"POST", "/api/clusters/test", "", R"({"address":"pve.example",)" + connection + "}"},
      {"POST", "/api/clusters", "",
       R"({"name":"second","endpoints":[{"address":"second.example"}],)" + connection + "}"},
      {"GET", "/api/clusters/{id}", c, ""},
      {"PUT", "/api/clusters/{id}", c, R"({"tags":["oslo"],"poll_interval_seconds":20})"},
      {"POST", "/api/clusters/{id}/doctor", c + "/doctor", ""},
      {"GET", "/api/clusters/{id}/doctor", c + "/doctor", ""},
      {"GET", "/api/clusters/{id}/endpoints", c + "/endpoints", ""},
      {"POST", "/api/clusters/{id}/endpoints", c + "/endpoints",
       R"({"address":"more.example","token_secret":"s-1","fingerprints":[")" + pin + "\"]}"},
      {"PUT", "/api/clusters/{id}/endpoints/{endpoint_id}", c + "/endpoints/" + i.endpoint, R"({"priority":2})"},
      {"POST", "/api/clusters/{id}/sync", c + "/sync", ""},
      {"GET", "/api/clusters/{id}/load", c + "/load", ""},
      {"POST", "/api/v2/alerts", "", R"([{"labels":{"alertname":"Disk","severity":"critical"}}])"},
      {"POST", "/api/hooks/proxmox/{token}", "/api/hooks/proxmox/" + i.hook,
       R"({"title":"backup","severity":"error","fields":{"type":"vzdump"}})"},
      {"GET", "/api/clusters/{id}/hook-token", c + "/hook-token", ""},
      {"POST", "/api/clusters/{id}/hook-token", c + "/hook-token", ""},
      {"DELETE", "/api/clusters/{id}/hook-token", c + "/hook-token", ""},
      {"GET", "/api/clusters/{id}/backfill", c + "/backfill", ""},
      {"GET", "/api/clusters/{id}/tasks", c + "/tasks", ""},
      {"GET", "/api/nodes", "", ""},
      {"GET", "/api/nodes/{id}", n, ""},
      {"PUT", "/api/nodes/{id}", n, R"({"tags":["rack-1"]})"},
      {"POST", "/api/nodes/{id}/sync", n + "/sync", ""},
      {"POST", "/api/nodes/{id}/maintenance-mode", n + "/maintenance-mode?maintenance_mode=true", ""},
      {"GET", "/api/nodes/{id}/services", n + "/services", ""},
      {"GET", "/api/nodes/{id}/certificates", n + "/certificates", ""},
      {"GET", "/api/nodes/{id}/disks", n + "/disks", ""},
      {"GET", "/api/nodes/{id}/zfs", n + "/zfs", ""},
      {"GET", "/api/nodes/{id}/thin-pools", n + "/thin-pools", ""},
      {"GET", "/api/nodes/{id}/replication", n + "/replication", ""},
      {"GET", "/api/nodes/{id}/updates", n + "/updates", ""},
      {"GET", "/api/nodes/{id}/repositories", n + "/repositories", ""},
      {"GET", "/api/nodes/{id}/clock", n + "/clock", ""},
      {"GET", "/api/clusters/{id}/risks", c + "/risks", ""},
      {"GET", "/api/nodes/{id}/tasks", n + "/tasks", ""},
      {"POST", "/api/nodes", "", node},
      {"POST", "/api/nodes/bulk", "", R"({"nodes":[)" + other_node + "," + node + "]}"},
      {"POST", "/api/nodes/test-connection", "", node},
      {"GET", "/api/vms", "/api/vms?deleted=true&limit=10", ""},
      {"GET", "/api/vms/{id}", "/api/vms/" + i.vm, ""},
      {"PUT", "/api/vms/{id}", "/api/vms/" + i.vm,
       R"({"tags":["a"],"owner":"Kari","note":"two\nlines","url":null,"backup_policy":"required","recovery_point_hours":12})"},
      {"POST", "/api/vms/{id}/sync", "/api/vms/" + i.vm + "/sync", ""},
      {"GET", "/api/vms/{id}/current", "/api/vms/" + i.vm + "/current", ""},
      {"GET", "/api/backups", "/api/backups?state=failed&state=ok&count=true", ""},
      {"GET", "/api/backups/coverage", "/api/backups/coverage?sort=state,name", ""},
      {"GET", "/api/backups/jobs", "/api/backups/jobs?sort=next_run_at", ""},
      {"GET", "/api/backups/summary", "", ""},
      {"GET", "/api/backups/datastores", "/api/backups/datastores?sort=name", ""},
      {"GET", "/api/backups/orphans", "/api/backups/orphans?cluster_id=" + i.cluster, ""},
      {"GET", "/api/backup-servers", "/api/backup-servers?count=true", ""},
      {"POST", "/api/backup-servers/test", "", R"({"address":"vault.example",)" + connection + "}"},
      {"POST", "/api/backup-servers", "", R"({"name":"second vault","address":"vault-2.example",)" + connection + "}"},
      {"GET", "/api/backup-servers/{id}", b, ""},
      {"PUT", "/api/backup-servers/{id}", b, R"({"name":"the vault","poll_interval_seconds":120})"},
      {"POST", "/api/backup-servers/{id}/doctor", b + "/doctor", ""},
      {"GET", "/api/backup-servers/{id}/doctor", b + "/doctor", ""},
      {"POST", "/api/backup-servers/{id}/sync", b + "/sync", ""},
      {"DELETE", "/api/backup-servers/{id}", b, ""},
      {"GET", "/api/vms/{id}/filesystems", "/api/vms/" + i.vm + "/filesystems", ""},
      {"GET", "/api/vms/{id}/interfaces", "/api/vms/" + i.vm + "/interfaces", ""},
      {"GET", "/api/vms/{id}/disks", "/api/vms/" + i.vm + "/disks", ""},
      {"GET", "/api/vms/{id}/snapshots", "/api/vms/" + i.vm + "/snapshots", ""},
      {"GET", "/api/vms/{id}/inside", "/api/vms/" + i.vm + "/inside", ""},
      {"GET", "/api/services", "/api/services?sort=-name", ""},
      {"POST", "/api/services", "", R"({"name":"mail","type":"port","target":"mail.example","port":25})"},
      {"POST", "/api/services/bulk", "",
       R"({"services":[{"name":"a","type":"dns","target":"a.example"},{"name":"b","type":"x"}]})"},
      {"POST", "/api/services/test", "", R"({"name":"t","type":"https","target":"https://dead.example/"})"},
      {"GET", "/api/services/{id}", s, ""},
      {"PUT", "/api/services/{id}", s, R"({"notes":"two","assertions":[{"source":"status","op":"==","value":"200"}]})"},
      {"POST", "/api/services/{id}/check", s + "/check", ""},
      {"POST", "/api/services/{id}/maintenance-mode", s + "/maintenance-mode?maintenance_mode=true", ""},
      {"GET", "/api/services/{id}/uptime", s + "/uptime", ""},
      {"GET", "/api/services/{id}/sla", s + "/sla", ""},
      {"GET", "/api/services/{id}/states", s + "/states", ""},
      {"GET", "/api/services/{id}/latency", s + "/latency", ""},
      {"GET", "/api/services/{id}/timeline", s + "/timeline", ""},
      {"POST", "/api/services/{id}/toggle-active", s + "/toggle-active", ""},
      {"POST", "/api/services/{id}/push-token", "/api/services/" + i.push + "/push-token", ""},
      {"GET", "/api/services/programs", "", ""},
      {"GET", "/api/services/export", "", ""},
      {"POST", "/api/services/import", "/api/services/import?dry_run=true",
       R"({"format":"csv","content":"name,type,target,port\r\nweb,port,a.example,80\r\nodd,port,a.example,\r\n"})"},
      {"GET", "/api/services/proposals", "/api/services/proposals?vm_id=" + i.vm, ""},
      {"POST", "/api/status-pages", "",
       R"({"slug":"example","title":"Example","is_public":true,"groups":[{"name":"Shop","items":[{"service_id":")" +
           i.service +
           R"(","name":"Web shop"}]}],)"
           R"("notices":[{"title":"Slow","text":"We know.","severity":"warning","at":"2026-11-23T08:00:00Z"}]})"},
      {"GET", "/api/status-pages", "", ""},
      {"GET", "/api/status-pages/{id}", "/api/status-pages/1", ""},
      {"PUT", "/api/status-pages/{id}", "/api/status-pages/1", R"({"title":"Example Ltd","language":"nb"})"},
      {"GET", "/status/style.css", "", ""},
      {"GET", "/status/{slug}", "/status/example", ""},
      {"GET", "/status/{slug}.json", "/status/example.json", ""},
      {"GET", "/status/{slug}/badge.svg", "/status/example/badge.svg?of=uptime", ""},
      {"DELETE", "/api/status-pages/{id}", "/api/status-pages/1", ""},
      {"POST", "/api/notification-channels", "",
       R"({"name":"duty","type":"gotify","settings":{"server":"https://push.example","token":"t-1"},"language":"nb"})"},
      {"GET", "/api/notification-channels", "/api/notification-channels?type=gotify", ""},
      {"GET", "/api/notification-channels/{id}", "/api/notification-channels/1", ""},
      {"PUT", "/api/notification-channels/{id}", "/api/notification-channels/1", R"({"severity_filter":["critical"]})"},
      {"POST", "/api/notification-channels/{id}/test", "/api/notification-channels/1/test", ""},
      {"GET", "/api/notification-channels/{id}/preview", "/api/notification-channels/1/preview?kind=resolved", ""},
      {"POST", "/api/webhooks", "",
       R"({"name":"hook","url":"https://hook.example/in","headers":[{"name":"X-Key","value":"k-1"}],"secret":"s-1"})"},
      {"GET", "/api/webhooks", "", ""},
      {"GET", "/api/webhooks/{id}", "/api/webhooks/2", ""},
      {"PUT", "/api/webhooks/{id}", "/api/webhooks/2", R"({"method":"PUT"})"},
      {"POST", "/api/webhooks/{id}/test", "/api/webhooks/2/test", ""},
      {"POST", "/api/escalations", "",
       R"({"name":"On call","steps":[{"after_minutes":0,"channel_ids":["1"]},{"after_minutes":15,"channel_ids":["1","2"],)"
       R"("min_severity":"warning","time_window":{"days":["MO","FR"],"from":"22:00","to":"07:00","time_zone":"Europe/Oslo"}},)"
       R"({"after_minutes":60,"all_channels":true,"min_severity":"critical"}],"repeat_last_minutes":30})"},
      {"GET", "/api/escalations", "/api/escalations?count=true", ""},
      {"GET", "/api/escalations/{id}", "/api/escalations/2", ""},
      {"PUT", "/api/escalations/{id}", "/api/escalations/2",
       R"({"name":"On call at night","repeat_last_minutes":null})"},
      {"DELETE", "/api/escalations/{id}", "/api/escalations/2", ""},
      {"POST", "/api/notifications", "",
       R"({"title":"The house moves","text":"From 18:00.","key":"move","severity":"critical"})"},
      {"GET", "/api/notifications", "/api/notifications?state=queued", ""},
      {"DELETE", "/api/webhooks/{id}", "/api/webhooks/2", ""},
      {"DELETE", "/api/notification-channels/{id}", "/api/notification-channels/1", ""},
      {"GET", "/api/alerts", "/api/alerts?severity=critical&resolved=false&q=offline", ""},
      {"GET", "/api/alerts/stats", "", ""},
      {"GET", "/api/alerts/{id}", "/api/alerts/1", ""},
      {"GET", "/api/alerts/{id}/evidence", "/api/alerts/1/evidence", ""},
      {"POST", "/api/alerts/{id}/acknowledge", "/api/alerts/1/acknowledge", R"({"note":"on my way","sticky":true})"},
      {"POST", "/api/alerts/{id}/unacknowledge", "/api/alerts/1/unacknowledge", ""},
      {"POST", "/api/alerts/{id}/snooze", "/api/alerts/1/snooze", R"({"until":")" + i.soon + "\"}"},
      {"GET", "/api/incidents", "/api/incidents?state=open&count=true", ""},
      {"GET", "/api/incidents/{id}", "/api/incidents/1", ""},
      {"POST", "/api/incidents/{id}/acknowledge", "/api/incidents/1/acknowledge", R"({"until":null})"},
      {"POST", "/api/incidents/{id}/unacknowledge", "/api/incidents/1/unacknowledge", ""},
      {"POST", "/api/incidents/{id}/snooze", "/api/incidents/1/snooze", R"({"until":")" + i.soon + "\"}"},
      {"POST", "/api/incidents/{id}/notes", "/api/incidents/1/notes", R"({"text":"the fan\nis dead"})"},
      {"GET", "/api/incidents/{id}/export", "/api/incidents/1/export?format=json", ""},
      {"POST", "/api/alerts/{id}/resolve", "/api/alerts/3/resolve", ""},
      {"POST", "/api/incidents/{id}/resolve", "/api/incidents/1/resolve", ""},
      {"POST", "/api/alerts/bulk-resolve", "", R"({"alert_ids":["1","77"]})"},
      {"DELETE", "/api/alerts/{id}", "/api/alerts/2", ""},
      {"GET", "/api/alert-rules", "/api/alert-rules?kind=check_state&sort=name", ""},
      {"POST", "/api/alert-rules", "",
       R"({"name":"Busy","metric_type":"cpu","operator":">","threshold":90,"severity":"critical","channel_ids":["1"],"route_id":"1",)"
       R"("selector":{"type":"guest","tags":["web"]},"exceptions":[{"selector":{"pools":["test"]},"is_off":true}]})"},
      {"POST", "/api/alert-rules/preview", "",
       R"({"name":"Busy","metric_type":"cpu","operator":">","threshold":90,"severity":"critical"})"},
      {"GET", "/api/alert-rules/{id}", "/api/alert-rules/2", ""},
      {"PUT", "/api/alert-rules/{id}", "/api/alert-rules/2",
       R"({"levels":[{"severity":"warning","threshold":0.8},{"severity":"critical","threshold":0.9,"for_seconds":60}]})"},
      {"DELETE", "/api/alert-rules/{id}", "/api/alert-rules/2", ""},
      {"GET", "/api/silences", "/api/silences?active=true", ""},
      {"POST", "/api/silences", "",
       R"({"matchers":[{"label":"name","value":"web*"}],"ends_at":")" + i.soon + R"(","comment":"moving"})"},
      {"GET", "/api/silences/{id}", "/api/silences/4", ""},
      {"PUT", "/api/silences/{id}", "/api/silences/4", R"({"comment":"still moving"})"},
      {"DELETE", "/api/silences/{id}", "/api/silences/4", ""},
      {"POST", "/api/maintenance-windows", "",
       R"({"name":"Patches","starts_at":")" + i.soon +
           R"(","duration_seconds":3600,"rrule":"FREQ=WEEKLY;BYDAY=SU","time_zone":"Europe/Oslo"})"},
      {"GET", "/api/maintenance-windows", "/api/maintenance-windows?q=patch", ""},
      {"GET", "/api/maintenance-windows/calendar",
       "/api/maintenance-windows/calendar?from=2023-11-01T00:00:00Z&to=2024-01-01T00:00:00Z", ""},
      {"POST", "/api/maintenance-windows/preview", "",
       R"({"name":"Once","starts_at":")" + i.soon + R"(","duration_seconds":60})"},
      {"GET", "/api/maintenance-windows/{id}", "/api/maintenance-windows/1", ""},
      {"PUT", "/api/maintenance-windows/{id}", "/api/maintenance-windows/1",
       R"({"mute":"all","max_severity":"warning"})"},
      {"DELETE", "/api/maintenance-windows/{id}", "/api/maintenance-windows/1", ""},
      {"GET", "/api/health-checks", "/api/health-checks?hours=1", ""},
      {"GET", "/api/health-checks/latest/{id}", "/api/health-checks/latest/" + i.service, ""},
      {"GET", "/api/health-checks/stats/{id}", "/api/health-checks/stats/" + i.service, ""},
      {"GET", "/api/health-checks/{id}/evidence", "/api/health-checks/" + i.check + "/evidence", ""},
      {"DELETE", "/api/services/{id}", "/api/services/" + i.spare, ""},
      {"GET", "/api/storages", "", ""},
      {"GET", "/api/storages/{id}", "/api/storages/" + i.storage, ""},
      {"GET", "/api/users", "", ""},
      {"POST", "/api/users", "",
       R"({"username":"new","email":"new@example.org","password":"a-long-sentence-9","role":"editor"})"},
      {"GET", "/api/users/{id}", "/api/users/" + i.user, ""},
      {"PUT", "/api/users/{id}", "/api/users/" + i.user, R"({"role":"operator"})"},
      {"PUT", "/api/users/{id}/toggle-active", "/api/users/" + i.user + "/toggle-active", ""},
      {"GET", "/api/audit-logs", "", ""},
      {"GET", "/api/settings", "", ""},
      {"GET", "/api/settings/history-cost", "", ""},
      {"GET", "/metrics", "", ""},
      {"GET", "/pve", "/pve?target=" + i.cluster, ""},
      {"PUT", "/api/settings", "", R"({"rate_limits":{"enabled":false}})"},
      {"GET", "/api/dashboard/stats", "", ""},
      {"GET", "/api/dashboard/top", "/api/dashboard/top?metric=cpu", ""},
      {"GET", "/api/metrics/names", "", ""},
      {"GET", "/api/metrics/series", "/api/metrics/series?metric=cpu_ratio&object=vm:" + i.vm, ""},
      {"GET", "/api/metrics/export/csv", "/api/metrics/export/csv?metric=cpu_ratio&object=vm:" + i.vm, ""},
      {"GET", "/api/metrics/export/json", "/api/metrics/export/json?object=vm:" + i.vm, ""},
      {"GET", "/api/metrics", "/api/metrics?vm_id=" + i.vm, ""},
      {"GET", "/api/metrics/forecast", "/api/metrics/forecast?object=storage:" + i.storage, ""},
      {"GET", "/api/vms/{id}/uptime", "/api/vms/" + i.vm + "/uptime", ""},
      {"GET", "/api/nodes/{id}/uptime", n + "/uptime?hours=168", ""},
      {"GET", "/api/vms/{id}/timeline", "/api/vms/" + i.vm + "/timeline?limit=1", ""},
      {"GET", "/api/nodes/{id}/timeline", n + "/timeline", ""},
      {"DELETE", "/api/users/{id}", "/api/users/" + i.user, ""},
      {"DELETE", "/api/auth/sessions/{id}", "/api/auth/sessions/" + i.session, ""},
      {"DELETE", "/api/auth/sessions", "", ""},
      {"DELETE", "/api/clusters/{id}/endpoints/{endpoint_id}", c + "/endpoints/" + i.endpoint, ""},
      {"DELETE", "/api/clusters/{id}", c, ""},
      {"POST", "/api/auth/login", "", R"({"username":"the-viewer","password":"a-long-sentence-9"})"}};
}

std::string lower(std::string text) {
  for (auto& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

const Json* operation_of(const Json& root, const std::string& method, const std::string& pattern) {
  const auto* path = root.find("paths")->find(pattern);
  return path ? path->find(lower(method)) : nullptr;
}

/// Checks an answer against what the contract says of this operation and status.
void check_answer(const Json& root, const Json& operation, const Reply& reply) {
  const auto* response = operation.find("responses")->find(std::to_string(reply.status));
  REQUIRE_MESSAGE(response, reply.body);
  const auto* content = contract::resolve(root, *response).find("content");
  if (!content) {
    CHECK(reply.body.empty());
    return;
  }
  const auto& [type, form] = *content->as_object()->begin();
  CHECK(reply.header("Content-Type").starts_with(type));
  if (!type.ends_with("json")) return;
  const auto* schema = form.find("schema");
  const auto body = Json::parse(reply.body);
  REQUIRE(body);
  for (const auto& fault : contract::faults(root, *schema, *body)) FAIL_CHECK(fault);
}

struct Row {
  std::string path{}, method{};
  std::vector<std::string> cells{};
};

std::vector<Row> matrix() {
  std::vector<Row> rows;
  std::istringstream lines(file("tests/data/route_matrix.txt"));
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    Row row;
    words >> row.path >> row.method;
    for (std::string cell; words >> cell;) row.cells.push_back(cell);
    REQUIRE(row.cells.size() == 5);
    rows.push_back(row);
  }
  return rows;
}

std::string with_ids(std::string path) {
  for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
    path.replace(at, path.find('}') - at + 1, "999999");
  return path;
}

std::string shape(std::string path) {
  for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
    path.replace(at, path.find('}') - at + 1, "*");
  return path;
}

}  // namespace

TEST_CASE("every operation of the contract answers as the contract says") {
  const auto root = read_contract();
  House house(generous());
  const auto ids = fill(house);
  std::set<std::string> seen;
  for (const auto& step : steps_for(ids)) {
    CAPTURE(step.method);
    CAPTURE(step.pattern);
    const auto* operation = operation_of(root, step.method, step.pattern);
    if (!operation) {
      FAIL_CHECK("not in the contract");
      continue;
    }
    const auto reply =
        house.as(house.admin(), step.method, step.target.empty() ? step.pattern : step.target, step.body);
    CHECK_MESSAGE(reply.status < 300, reply.body);
    if (step.pattern.starts_with("/api/backups") && step.pattern != "/api/backups/summary")
      CHECK(Json::parse(reply.body)->find("items")->as_array()->size() > 0);
    check_answer(root, *operation, reply);
    seen.insert(step.method + ' ' + step.pattern);
  }
  // The next test drives those that need a state of their own.
  for (const char* elsewhere :
       {"POST /api/auth/register", "POST /api/auth/refresh", "POST /api/auth/logout", "PUT /api/auth/change-password",
        "DELETE /api/nodes/{id}", "POST /api/clusters/{id}/endpoints/{endpoint_id}/confirm-fingerprint",
        "POST /api/backup-servers/{id}/confirm-fingerprint", "POST /api/notifications/{id}/retry"})
    seen.insert(elsewhere);
  for (const auto& [path, methods] : *root.find("paths")->as_object())
    for (const auto& [method, operation] : *methods.as_object()) {
      if (method == "parameters") continue;
      std::string upper = method;
      for (auto& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      const std::string call = upper + ' ' + path;
      CHECK_MESSAGE(seen.contains(call), call, " is not driven");
    }
}

TEST_CASE("operations that need a state of their own answer as the contract says") {
  const auto root = read_contract();
  House house(generous());
  const auto expect = [&](int status, const std::string& method, const std::string& pattern, const Reply& reply) {
    CAPTURE(pattern);
    CHECK_MESSAGE(reply.status == status, reply.body);
    if (reply.status < 300) check_answer(root, *operation_of(root, method, pattern), reply);
  };
  const std::string first =
      R"({"username":"the-admin","email":"a@example.org","password":"a-long-sentence-9","setup_token":")";
  expect(201, "POST", "/api/auth/register",
         house.as("", "POST", "/api/auth/register", first + house.setup_token + "\"}"));
  const std::string entry = R"({"username":"the-admin","password":"a-long-sentence-9"})";
  const auto in = house.as("", "POST", "/api/auth/login?refresh=body", entry);
  expect(200, "POST", "/api/auth/login", in);
  const auto next =
      house.as("", "POST", "/api/auth/refresh", R"({"refresh_token":")" + in.text("refresh_token") + "\"}");
  expect(200, "POST", "/api/auth/refresh", next);
  const auto token = next.text("access_token");
  house.adopt("admin", token);

  const auto server = know_server(house, house.cluster());
  const auto trust = "/api/backup-servers/" + server + "/confirm-fingerprint";
  const std::string shown_now = R"({"fingerprint_sha256":")" + fingerprint_text(Digest{}) + "\"}";
  expect(409, "POST", "", house.as(token, "POST", trust, shown_now));
  house.on_loop([&] {
    EndpointHealth shown{.state = EndpointState::tls_mismatch};
    shown.seen = ShownCertificate{};
    house.inventory.apply_server(
        ServerObservation{ClusterId{std::stoll(server)}, house.clock.wall(),
                          ClusterHealth{.state = ClusterState::tls_mismatch, .endpoints = {shown}}});
  });
  expect(200, "POST", "/api/backup-servers/{id}/confirm-fingerprint", house.as(token, "POST", trust, shown_now));
  const auto cluster = house.cluster();
  const auto endpoint = first_id(house, "/api/clusters/" + cluster + "/endpoints", true);
  const auto confirm = "/api/clusters/" + cluster + "/endpoints/" + endpoint + "/confirm-fingerprint";
  const std::string renewed = R"({"fingerprint_sha256":")" + fingerprint_text(Digest{}) + "\"}";
  expect(409, "POST", "", house.as(token, "POST", confirm, renewed));
  house.on_loop([&] {
    ClusterHealth health;
    health.state = ClusterState::tls_mismatch;
    EndpointHealth shown;
    shown.id = EndpointId{std::stoll(endpoint)};
    shown.state = EndpointState::tls_mismatch;
    shown.seen = ShownCertificate{};
    health.endpoints.push_back(shown);
    house.inventory.apply({ClusterId{std::stoll(cluster)}, house.clock.wall(), health});
  });
  expect(200, "POST", "/api/clusters/{id}/endpoints/{endpoint_id}/confirm-fingerprint",
         house.as(token, "POST", confirm, renewed));

  const std::string channel = R"({"name":"duty","type":"slack","webhook_url":"https://hooks.example/T1/secret"})";
  REQUIRE(house.as(token, "POST", "/api/notification-channels", channel).status == 201);
  REQUIRE(house.as(token, "POST", "/api/notifications", R"({"title":"one"})").status == 202);
  expect(409, "POST", "", house.as(token, "POST", "/api/notifications/1/retry"));
  store::Turn turn{.channel = ChannelId{1}, .owner = "test", .now = house.clock.wall()};
  const auto row = house.store->outbox().take_turn(turn)->next;
  REQUIRE(row);
  turn.takes_next = false;
  turn.settled = store::Settled{.id = row->id, .fence = row->fence, .channel = ChannelId{1}};
  turn.settled->result = {.outcome = Sent::never, .said = "answered with status 404", .answer = "no_team"};
  REQUIRE(house.store->outbox().take_turn(turn)->became == DeliveryState::dead);
  expect(200, "POST", "/api/notifications/{id}/retry", house.as(token, "POST", "/api/notifications/1/retry"));

  // One of two nodes is not the connection; the only one is.
  const auto node = first_id(house, "/api/nodes", false);
  expect(409, "DELETE", "", house.as(token, "DELETE", "/api/nodes/" + node));
  const auto alone = house.cluster(1);
  expect(204, "DELETE", "/api/nodes/{id}",
         house.as(token, "DELETE", "/api/nodes/" + first_id(house, "/api/nodes?cluster_id=" + alone, false)));
  expect(204, "PUT", "/api/auth/change-password",
         house.as(token, "PUT", "/api/auth/change-password",
                  R"({"old_password":"a-long-sentence-9","new_password":"another-sentence-8"})"));
  const auto again = house.sign_in("the-admin", "another-sentence-8").text("access_token");
  expect(204, "POST", "/api/auth/logout", house.as(again, "POST", "/api/auth/logout"));
}

TEST_CASE("what guests say of their inside is answered as the contract says, and so is why they say nothing") {
  const auto root = read_contract();
  House house(generous());
  const auto cluster = house.cluster();
  const auto vm = first_id(house, "/api/vms?type=qemu&status=running", false);
  const auto shown = Json::parse(house.as(house.admin(), "GET", "/api/vms/" + vm).body);
  const auto vmid = *shown->find("vmid")->as_int();
  const auto tell = [&](GuestFacts facts) {
    house.on_loop([&] {
      house.inventory.apply({.cluster = ClusterId{std::stoll(cluster)},
                             .at = house.clock.wall(),
                             .what = GuestFactsReport{GuestType::qemu, vmid, std::move(facts)}});
    });
  };
  const auto look = [&](const std::string& part) {
    const auto reply = house.as(house.admin(), "GET", "/api/vms/" + vm + "/" + part);
    CHECK(reply.status == 200);
    check_answer(root, *operation_of(root, "GET", "/api/vms/{id}/" + part), reply);
    return *Json::parse(reply.body);
  };
  const auto code = [](const Json& answer) {
    const auto* why = answer.find("unavailable")->find("code");
    return why ? *why->as_string() : std::string();
  };
  for (const char* part : {"filesystems", "interfaces", "disks", "snapshots"}) {
    const auto answer = look(part);
    CHECK(answer.find("items")->is_null());
    CHECK(code(answer) == "not_asked_yet");
  }
  const WallTime at = house.clock.wall();
  GuestConfig config{
      .disks = {{.slot = "scsi0", .kind = "disk", .storage = "local", .size_bytes = 5, .in_backup = true}},
      .nets = {{.slot = "net0", .mac = "BC:24:11:00:00:01"}},
      .has_agent = true};
  tell({.config = {.value = config, .at = at}});
  tell({.snapshots = {.value = std::vector<GuestSnapshot>{{.name = "one", .created_at = at}}, .at = at},
        .file_systems = {.value = std::vector<FileSystem>{{.mount_at = "/", .used_bytes = 1, .total_bytes = 4}},
                         .at = at},
        .interfaces = {.value = std::vector<GuestInterface>{{.name = "eth0", .addresses = {"10.0.0.5"}}}, .at = at},
        .os = {.value = GuestOs{.name = "Debian", .host_name = "web"}, .at = at}});
  for (const char* part : {"filesystems", "interfaces", "disks", "snapshots"}) {
    const auto answer = look(part);
    CHECK(answer.find("items")->as_array()->size() == 1);
    CHECK(answer.find("unavailable")->is_null());
  }
  CHECK(*look("inside").find("agent_state")->as_string() == "running");
  const auto listed = Json::parse(house.as(house.admin(), "GET", "/api/vms?q=10.0.0.").body);
  REQUIRE(listed->as_array()->size() == 1);
  CHECK(*listed->as_array()->front().find("disk_usage")->as_number() == 25);
  CHECK(*listed->as_array()->front().find("disk_used_source")->as_string() == "agent");

  // One dead agent, and all that it told before is still there with the reason why nothing newer is.
  tell({.file_systems = {.missing = Reason{.code = "agent_not_running", .text = "it does not run"}}});
  for (const char* part : {"filesystems", "interfaces"}) {
    const auto answer = look(part);
    CHECK(answer.find("items")->as_array()->size() == 1);
    CHECK(code(answer) == "agent_not_running");
  }
  CHECK(code(*look("inside").find("os")) == "agent_not_running");
  CHECK(look("disks").find("unavailable")->is_null());
  config.has_agent = false;
  tell({.config = {.value = config, .at = at}});
  CHECK(code(look("filesystems")) == "agent_not_configured");
}

TEST_CASE("no request field is promised that has no effect, and old clients may still send one") {
  const auto contract = read_contract();
  const auto& schemas = *contract.find("components")->find("schemas");
  CHECK(schemas.find("NodeCreate")->find("properties")->find("is_local") == nullptr);
  CHECK(schemas.find("LiveSubscribe")->find("properties")->find("data")->find("properties")->find("fields") == nullptr);
  House house(generous());
  const std::string body = R"({"name":"old","url":"https://old.example:8006","username":"mon@pve!read","token":"s",)"
                           R"("is_local":true,"fingerprint":")" +
                           std::string(kPin) + "\"}";
  CHECK(house.as(house.admin(), "POST", "/api/nodes", body).status == 201);
}

TEST_CASE("problems have the form that the contract gives them") {
  const auto root = read_contract();
  const auto* problem = root.find("components")->find("schemas")->find("Problem");
  House house(generous());
  const auto token = house.admin();
  const Reply replies[] = {
      house.as("", "GET", "/api/vms"),
      house.as(token, "GET", "/api/vms/999999"),
      house.as(token, "GET", "/api/vms?x=1"),
      house.as(token, "PATCH", "/api/users"),
      house.as(token, "POST", "/api/users", R"({"username":"","colour":1})"),
      house.as(token, "POST", "/api/users",
               R"({"username":"a","email":"a@b.c","role":"viewer","password":")" + std::string(73, 'q') + "\"}"),
      house.as("", "POST", "/api/auth/login", R"({"username":"a","password":"b"})"),
      house.as(token, "POST", "/api/clusters/probe", R"({"address":"silent.example"})")};
  for (const auto& reply : replies) {
    CHECK(reply.header("Content-Type") == "application/problem+json");
    const auto body = Json::parse(reply.body);
    REQUIRE(body);
    for (const auto& fault : contract::faults(root, *problem, *body)) FAIL_CHECK(fault);
  }
}

TEST_CASE("each route opens to exactly the roles of the checked-in matrix") {
  House house(generous());
  std::vector<Row> rows = matrix();
  std::set<std::string> listed;
  for (const auto& row : rows) listed.insert(row.method + ' ' + shape(row.path));
  for (const auto& route : house.service->routes())
    CHECK_MESSAGE(listed.contains(route.method + ' ' + shape(route.pattern)), route.method, ' ', route.pattern,
                  " is not in the matrix");
  CHECK(listed.size() == house.service->routes().size());
  const std::string roles[] = {"", "viewer", "operator", "editor", "admin"};
  for (const auto& role : roles)
    if (!role.empty()) (void)house.token_of(role);
  // Signing out comes last: it ends the token that the others use.
  std::ranges::stable_sort(rows, {}, [](const Row& row) { return row.path == "/api/auth/logout"; });
  for (const auto& row : rows)
    for (std::size_t who = 0; who < 5; ++who) {
      CAPTURE(row.path);
      CAPTURE(row.method);
      CAPTURE(roles[who]);
      const auto token = roles[who].empty() ? std::string{} : house.token_of(roles[who]);
      const auto reply = house.as(token, row.method, with_ids(row.path));
      if (row.cells[who] == "ok")
        CHECK_MESSAGE((reply.status != 401 && reply.status != 403), reply.status);
      else
        CHECK(std::to_string(reply.status) == row.cells[who]);
    }
}

TEST_CASE("the checker sees what is wrong") {
  const auto root = read_contract();
  const auto* vm = root.find("components")->find("schemas")->find("Vm");
  CHECK(!contract::faults(root, *vm, *Json::parse("{}")).empty());
  CHECK(!contract::faults(root, *root.find("components")->find("schemas")->find("Health"),
                          *Json::parse(R"({"status":"ill"})"))
             .empty());
  CHECK(!contract::faults(root, *root.find("components")->find("schemas")->find("Health"),
                          *Json::parse(R"({"status":"healthy","more":1})"))
             .empty());
  CHECK(contract::faults(root, *root.find("components")->find("schemas")->find("Health"),
                         *Json::parse(R"({"status":"healthy"})"))
            .empty());
}

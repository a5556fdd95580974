// What concerns the cluster as a whole: members, quorum, HA, tasks, rights.

#include <algorithm>
#include <set>

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

std::string data_object(JsonRow& row) { return "{\"data\":" + row.take() + "}"; }

Answer data_rows(std::vector<std::string> rows, Dice& dice) {
  return Answer::json("{\"data\":" + json_array(std::move(rows), dice) + "}");
}

Answer nothing(Call&) { return Answer::json("{\"data\":[]}"); }

Answer root_index(Call&) {
  return Answer::json(R"({"data":[{"subdir":"version"},{"subdir":"cluster"},{"subdir":"nodes"},)"
                      R"({"subdir":"storage"},{"subdir":"access"},{"subdir":"pools"}]})");
}

Answer version(Call& call) {
  JsonRow row(call.dice);
  if (call.is_9()) {
    row.text("version", "9.2.11").text("release", "9.2").text("repoid", "14a22df35955d97d");
  } else {
    row.text("version", "8.4.1").text("release", "8.4").text("repoid", "d0ea9d2b0749cc01");
  }
  return Answer::json(data_object(row));
}

Answer permissions(Call& call) {
  const auto& held = privileges_of(call.rights, call.world.version);
  const auto wanted = call.request.parameter("path");
  JsonRow paths(call.dice);
  if (!held.empty()) {
    for (const std::string_view path :
         {"/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"}) {
      if (wanted && *wanted != path) continue;
      JsonRow row(call.dice);
      for (auto privilege : held) row.flag(privilege, true);
      paths.raw(path, row.take());
    }
  }
  return Answer::json(data_object(paths));
}

Answer nodes(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (std::size_t i = 0; i < call.cluster.nodes.size(); ++i) {
    const auto& node = call.cluster.nodes[i];
    if (!node.is_member) continue;
    const bool is_online = call.cluster.is_online(i, call.now);
    row.text("node", node.name).text("id", "node/" + node.name).text("type", "node");
    row.text("status", is_online ? "online" : "offline").text("ssl_fingerprint", node.certificate.fingerprint);
    row.text("level", is_online && node.has_subscription ? "c" : "");
    if (is_online && call.may("Sys.Audit")) {
      const auto at = call.world.load_time(statistics_round(call.now));
      const auto load = node_load(node, sum_guests(call.cluster, i, at), at);
      row.real("cpu", load.cpu).whole("maxcpu", node.cpus).whole("mem", load.memory_used);
      row.whole("maxmem", node.memory).whole("disk", load.root_used).whole("maxdisk", node.root_disk);
      row.whole("uptime", load.uptime);
    }
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer cluster_status(Call& call) {
  const auto& cluster = call.cluster;
  const bool is_alone = cluster.member_count() < 2;
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  if (!is_alone) {
    row.text("type", "cluster").text("id", "cluster").text("name", cluster.name);
    row.whole("nodes", static_cast<std::int64_t>(cluster.member_count()));
    row.whole("version", static_cast<std::int64_t>(cluster.member_count()))
        .flag("quorate", cluster.is_quorate(call.now));
    rows.push_back(row.take());
  }
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const auto& node = cluster.nodes[i];
    if (!node.is_member) continue;
    row.text("type", "node").text("id", "node/" + node.name).text("name", node.name);
    row.whole("nodeid", is_alone ? 0 : static_cast<std::int64_t>(i) + 1).text("ip", node.address);
    row.flag("online", cluster.is_online(i, call.now)).flag("local", i == call.asked);
    row.text("level", node.has_subscription && cluster.is_online(i, call.now) ? "c" : "");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer cluster_tasks(Call& call) {
  constexpr int kEachNode = 25;
  std::vector<std::string> rows;
  std::vector<int> counts(call.cluster.nodes.size(), 0);
  if (call.may("Sys.Audit")) {
    const auto& tasks = call.cluster.tasks;
    for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) {
      if (!call.cluster.is_online(task->node, call.now)) continue;
      if (task->ended && ++counts[task->node] > kEachNode) continue;
      rows.push_back(task_row(call, *task));
    }
  }
  return data_rows(std::move(rows), call.dice);
}

namespace {

std::vector<const Guest*> managed_guests(const Cluster& cluster) {
  std::vector<const Guest*> managed;
  for (const auto& guest : cluster.guests) {
    if (!guest.ha_state.empty()) managed.push_back(&guest);
  }
  return managed;
}

std::string service_id(const Guest& guest) {
  return (guest.kind == GuestKind::qemu ? "vm:" : "ct:") + std::to_string(guest.vmid);
}

std::size_t master_of(const Call& call) {
  for (std::size_t i = 0; i < call.cluster.nodes.size(); ++i) {
    if (call.cluster.is_online(i, call.now)) return i;
  }
  return call.asked;
}

std::string clock_text(const Call& call) { return http_date(call.now + call.cluster.skew); }

void add_managers(Call& call, std::vector<std::string>& rows) {
  const auto& cluster = call.cluster;
  JsonRow row(call.dice);
  const auto& master = cluster.nodes[master_of(call)].name;
  row.text("type", "master").text("id", "master").text("node", master).whole("timestamp", call.shown(call.now));
  row.text("status", master + " (active, " + clock_text(call) + ")");
  rows.push_back(row.take());
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const auto& node = cluster.nodes[i];
    if (!node.is_member) continue;
    const bool is_online = cluster.is_online(i, call.now);
    const bool is_stuck = node.hardware.is_lrm_stuck;
    const auto seen = !is_online ? node.died : is_stuck ? call.now - std::chrono::minutes{5} : call.now;
    row.text("type", "lrm").text("id", "lrm:" + node.name).text("node", node.name);
    row.whole("timestamp", call.shown(seen));
    row.text("status", node.name + (is_online && !is_stuck ? " (active, " : " (old timestamp - dead?, ") +
                           clock_text(call) + ")");
    rows.push_back(row.take());
  }
}

}  // namespace

Answer ha_status(Call& call) {
  const auto& self = call.cluster.nodes[call.asked].name;
  const bool is_quorate = call.cluster.member_count() < 2 || call.cluster.is_quorate(call.now);
  const auto managed = managed_guests(call.cluster);
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  row.text("type", "quorum").text("id", "quorum").text("node", self).flag("quorate", is_quorate);
  row.text("status", is_quorate ? "OK" : "No quorum on node '" + self + "'!");
  rows.push_back(row.take());
  if (call.is_9()) {
    row.text("type", "fencing").text("id", "fencing").text("node", self);
    row.text("armed-state", managed.empty() ? "standby" : "armed");
    row.text("status", managed.empty() ? "standby (CRM watchdog standby)" : "armed (CRM watchdog active)");
    rows.push_back(row.take());
  }
  if (!managed.empty()) add_managers(call, rows);
  for (const auto* guest : managed) {
    const auto& node = call.cluster.nodes[guest->node].name;
    const auto sid = service_id(*guest);
    row.text("type", "service").text("id", "service:" + sid).text("sid", sid).text("node", node);
    row.text("state", guest->ha_state).text("crm_state", guest->ha_state);
    row.text("request_state", guest->starts_with_node ? "started" : "stopped");
    row.whole("max_restart", 1).whole("max_relocate", 1);
    if (call.is_9()) row.flag("failback", true);
    row.text("status", sid + " (" + node + ", " + guest->ha_state + ")");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer ha_manager_status(Call& call) {
  const auto& cluster = call.cluster;
  const auto managed = managed_guests(cluster);
  JsonRow lrm(call.dice);
  JsonRow node_states(call.dice);
  JsonRow services(call.dice);
  std::vector<std::string> ids;  // keys are kept by reference
  ids.reserve(managed.size());
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    const auto& node = cluster.nodes[i];
    if (!node.is_member) continue;
    const bool is_online = cluster.is_online(i, call.now);
    JsonRow one(call.dice);
    one.text("state", managed.empty() ? "wait_for_agent_lock" : "active").text("mode", "active");
    one.whole("timestamp", call.shown(is_online ? call.now : node.died)).raw("results", "{}");
    lrm.raw(node.name, one.take());
    node_states.text(node.name, is_online ? "online" : "unknown");
  }
  for (const auto* guest : managed) {
    JsonRow one(call.dice);
    one.text("node", cluster.nodes[guest->node].name).text("state", guest->ha_state);
    one.text("uid", std::to_string(guest->seed)).flag("running", guest->is_running);
    services.raw(ids.emplace_back(service_id(*guest)), one.take());
  }
  JsonRow manager(call.dice);
  manager.text("master_node", cluster.nodes[master_of(call)].name).whole("timestamp", call.shown(call.now));
  manager.raw("node_status", node_states.take()).raw("service_status", services.take());
  JsonRow quorum(call.dice);
  quorum.text("node", cluster.nodes[call.asked].name).text("quorate", cluster.is_quorate(call.now) ? "1" : "0");
  JsonRow row(call.dice);
  row.raw("lrm_status", lrm.take()).raw("manager_status", manager.take()).raw("quorum", quorum.take());
  return Answer::json(data_object(row));
}

Answer ha_resources(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (const auto* guest : managed_guests(call.cluster)) {
    row.text("sid", service_id(*guest)).text("type", guest->kind == GuestKind::qemu ? "vm" : "ct");
    row.text("state", guest->starts_with_node ? "started" : "stopped").whole("max_restart", 1);
    row.text("digest", "62a4f0b3e5d1c79814ab2c2f64e04b7d6fd0b1a2");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer pools(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  if (call.may("Pool.Audit")) {
    for (const auto& pool : call.cluster.pools) rows.push_back(row.text("poolid", pool).take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer cluster_options(Call& call) {
  JsonRow row(call.dice);
  row.text("keyboard", "en-us").raw("allowed-tags", "[]");
  row.raw("tag-style", R"({"color-map":"prod:8b0000:ffffff;test:ffd700","shape":"full"})");
  return Answer::json(data_object(row));
}

}  // namespace monitorix::sim

// /cluster/resources: the one answer that is large and asked often, so rows are appended straight to the body.

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

struct Place {  // one row to come; the kinds are mixed before they are written
  enum class Kind { guest, node, storage, network, pool };
  Kind kind{};
  std::size_t node{};
  std::size_t index{};
};

struct Load {
  double cpu{};
  std::int64_t memory{};
};

void write_guest(const Call& call, const Guest& guest, Load load, WallTime at, JsonRow& row, std::string& out) {
  const bool is_qemu = guest.kind == GuestKind::qemu;
  const std::string_view type = is_qemu ? "qemu" : "lxc";
  row.clear();
  row.text("id", std::string(type) + "/" + std::to_string(guest.vmid)).text("type", type);
  row.text("node", call.cluster.nodes[guest.node].name).whole("vmid", guest.vmid);
  if (!call.cluster.is_known(guest, call.now)) {
    row.text("status", "unknown").append_to(out);
    return;
  }
  const bool runs = guest.is_running;
  const auto traffic = runs ? guest_counters(guest, at) : Traffic{};
  const auto memory = load.memory;
  row.text("status", runs ? "running" : "stopped").text("name", guest.name).flag("template", guest.is_template);
  row.real("cpu", load.cpu).whole("maxcpu", guest.cpus);
  row.whole("mem", memory).whole("maxmem", guest.max_memory);
  row.whole("disk", runs ? guest_disk(guest, at) : 0).whole("maxdisk", guest.max_disk);
  row.real("netin", traffic.net_in).real("netout", traffic.net_out);
  row.real("diskread", traffic.disk_read).real("diskwrite", traffic.disk_write);
  row.whole("uptime", guest_uptime(guest, at));
  if (call.is_9()) row.whole("memhost", is_qemu ? memory_on_host(guest, memory) : 0);
  row.text_if("tags", guest.tags).text_if("lock", guest.lock).text_if("pool", guest.pool);
  row.text_if("hastate", guest.ha_state);
  row.append_to(out);
}

void write_node(const Call& call, std::size_t index, GuestSum sum, WallTime at, JsonRow& row, std::string& out) {
  const auto& node = call.cluster.nodes[index];
  row.clear();
  row.text("id", "node/" + node.name).text("type", "node").text("node", node.name);
  if (!call.cluster.is_online(index, call.now)) {
    row.text("status", "offline").append_to(out);
    return;
  }
  row.text("status", "online").text("level", node.has_subscription ? "c" : "").whole("cgroup-mode", 2);
  if (call.may("Sys.Audit")) {
    const auto load = node_load(node, sum, at);
    row.real("cpu", load.cpu).whole("maxcpu", node.cpus).whole("mem", load.memory_used);
    row.whole("maxmem", node.memory).whole("disk", load.root_used).whole("maxdisk", node.root_disk);
    row.whole("uptime", load.uptime);
  }
  row.append_to(out);
}

void write_storage(const Call& call, const Place& place, WallTime at, JsonRow& row, std::string& out) {
  const auto& node = call.cluster.nodes[place.node];
  const auto& storage = call.cluster.storages[place.index];
  row.clear();
  row.text("id", "storage/" + node.name + "/" + storage.name).text("type", "storage").text("node", node.name);
  row.text("storage", storage.name).text("plugintype", storage.plugin).text("content", storage.content);
  row.flag("shared", storage.is_shared);
  const bool is_fresh = storage.is_reachable && call.cluster.is_online(place.node, call.now);
  row.text("status", is_fresh ? "available" : "unknown");
  if (is_fresh) {
    row.whole("disk", storage_used(storage, node, at)).whole("maxdisk", storage_total(storage, node));
  }
  row.append_to(out);
}

void write_network(const Call& call, const Place& place, JsonRow& row, std::string& out) {
  const auto& node = call.cluster.nodes[place.node].name;
  row.clear();
  row.text("node", node).text("status", "ok");
  if (call.is_9()) {
    row.text("id", "network/" + node + "/zone/localnetwork").text("type", "network");
    row.text("network", "localnetwork").text("network-type", "zone");
  } else {
    row.text("id", "sdn/" + node + "/localnetwork").text("type", "sdn").text("sdn", "localnetwork");
  }
  row.append_to(out);
}

void write_pool(const std::string& pool, JsonRow& row, std::string& out) {
  row.clear();
  row.text("id", "/pool/" + pool).text("type", "pool").text("pool", pool).append_to(out);
}

std::vector<Place> places_of(const Call& call) {
  const auto type = call.request.parameter("type");
  const auto wants = [&](std::string_view kind) { return !type || *type == kind; };
  const auto& cluster = call.cluster;
  std::vector<Place> places;
  if (wants("vm") && call.may("VM.Audit")) {
    for (std::size_t i = 0; i < cluster.guests.size(); ++i) places.push_back({Place::Kind::guest, 0, i});
  }
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    if (!cluster.nodes[i].is_member) continue;
    if (wants("node")) places.push_back({Place::Kind::node, i, 0});
    if (wants("sdn") && call.may("SDN.Audit") && cluster.is_online(i, call.now)) {
      places.push_back({Place::Kind::network, i, 0});
    }
    if (!wants("storage") || !call.may("Datastore.Audit")) continue;
    for (std::size_t k = 0; k < cluster.storages.size(); ++k) {
      if (cluster.storages[k].is_enabled) places.push_back({Place::Kind::storage, i, k});
    }
  }
  if (!type && call.may("Pool.Audit")) {
    for (std::size_t i = 0; i < cluster.pools.size(); ++i) places.push_back({Place::Kind::pool, 0, i});
  }
  return places;
}

}  // namespace

Answer resources(Call& call) {
  const auto& cluster = call.cluster;
  const auto at = call.world.load_time(statistics_round(call.now));
  std::vector<GuestSum> sums(cluster.nodes.size());
  std::vector<Load> loads(cluster.guests.size());
  for (std::size_t i = 0; i < loads.size(); ++i) {
    const auto& guest = cluster.guests[i];
    if (!guest.is_running) continue;
    loads[i] = {guest_cpu(guest, at), guest_memory(guest, at)};
    sums[guest.node].cores += loads[i].cpu * guest.cpus;
    sums[guest.node].memory += static_cast<double>(loads[i].memory);
  }
  auto places = places_of(call);
  call.dice.shuffle(places);
  std::string out;
  out.reserve(places.size() * 360 + 16);
  out = "{\"data\":[";
  JsonRow row(call.dice);
  bool is_first = true;
  for (const auto& place : places) {
    if (!is_first) out += ',';
    is_first = false;
    switch (place.kind) {
      case Place::Kind::guest: write_guest(call, cluster.guests[place.index], loads[place.index], at, row, out); break;
      case Place::Kind::node: write_node(call, place.node, sums[place.node], at, row, out); break;
      case Place::Kind::storage: write_storage(call, place, at, row, out); break;
      case Place::Kind::network: write_network(call, place, row, out); break;
      case Place::Kind::pool: write_pool(cluster.pools[place.index], row, out); break;
    }
  }
  return Answer::json(out += "]}");
}

}  // namespace monitorix::sim

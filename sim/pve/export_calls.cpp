// /cluster/metrics/export: ten-second samples of all members, up to half an hour back.

#include <algorithm>
#include <cmath>

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

using std::chrono::seconds;
constexpr int kGenerations = 181;

class Samples {
 public:
  Samples(Call& call, std::string& out) : call_(call), row_(call.dice), out_(out) {}

  void begin(std::string id, WallTime at) {
    id_ = std::move(id);
    timestamp_ = call_.shown(at);
  }
  void gauge(std::string_view metric, double value) { write(metric, value, "gauge"); }
  void derive(std::string_view metric, double value) { write(metric, value, "derive"); }

 private:
  void write(std::string_view metric, double value, std::string_view type) {
    row_.clear();
    row_.text("id", id_).text("metric", metric).whole("timestamp", timestamp_).text("type", type).real("value", value);
    if (out_.back() != '[') out_ += ',';
    row_.append_to(out_);
  }

  Call& call_;
  JsonRow row_;
  std::string& out_;
  std::string id_{};
  std::int64_t timestamp_{};
};

double round_to(double value, double steps) { return std::floor(value * steps + 0.5) / steps; }

void write_node(Call& call, std::size_t index, WallTime at, Samples& out) {
  const auto& node = call.cluster.nodes[index];
  const auto when = call.world.load_time(at);
  const auto load = node_load(node, sum_guests(call.cluster, index, when), when);
  const auto traffic = node_counters(node, when);
  out.begin("node/" + node.name, at);
  out.gauge("uptime", static_cast<double>(load.uptime));
  out.derive("net_in", traffic.net_in);
  out.derive("net_out", traffic.net_out);
  out.gauge("cpu_avg1", round_to(load.averages[0], 100));
  out.gauge("cpu_avg5", round_to(load.averages[1], 100));
  out.gauge("cpu_avg15", round_to(load.averages[2], 100));
  out.gauge("cpu_max", node.cpus);
  out.gauge("cpu_current", load.cpu);
  out.gauge("cpu_iowait", load.wait);
  out.gauge("mem_total", static_cast<double>(node.memory));
  out.gauge("mem_used", static_cast<double>(load.memory_used));
  out.gauge("swap_total", static_cast<double>(node.swap));
  out.gauge("swap_used", static_cast<double>(load.swap_used));
  out.gauge("disk_total", static_cast<double>(node.root_disk));
  out.gauge("disk_used", static_cast<double>(load.root_used));
}

void write_guest(Call& call, const Guest& guest, WallTime at, Samples& out) {
  const auto when = call.world.load_time(at);
  const bool runs = guest.is_running && guest.started <= at;
  out.begin((guest.kind == GuestKind::qemu ? "qemu/" : "lxc/") + std::to_string(guest.vmid), at);
  if (runs) {
    const auto traffic = guest_counters(guest, when);
    out.gauge("cpu_current", guest_cpu(guest, when));
    out.gauge("mem_used", static_cast<double>(guest_memory(guest, when)));
    out.derive("disk_read", traffic.disk_read);
    out.derive("disk_write", traffic.disk_write);
    out.derive("net_in", traffic.net_in);
    out.derive("net_out", traffic.net_out);
    if (guest.kind == GuestKind::lxc) out.gauge("disk_used", static_cast<double>(guest_disk(guest, when)));
  }
  out.gauge("uptime", static_cast<double>(runs ? guest_uptime(guest, when) : 0));
  out.gauge("cpu_max", guest.cpus);
  out.gauge("mem_total", static_cast<double>(guest.max_memory));
  out.gauge("disk_total", static_cast<double>(guest.max_disk));
}

/// The members whose samples come along. Before 9 a token does not reach the others.
std::vector<std::size_t> members_asked(const Call& call) {
  const bool is_local = call.request.parameter("local-only").value_or("0") == "1" || !call.is_9();
  const auto list = call.request.parameter("node-list");
  const auto is_listed = [&](const std::string& name) {
    return !list || ("," + std::string(*list) + ",").find("," + name + ",") != std::string::npos;
  };
  std::vector<std::size_t> members;
  for (std::size_t i = 0; i < call.cluster.nodes.size(); ++i) {
    const auto& node = call.cluster.nodes[i];
    if (!node.is_member || !node.is_alive || (is_local && i != call.asked) || !is_listed(node.name)) continue;
    members.push_back(i);
  }
  return members;
}

}  // namespace

Answer metrics_export(Call& call) {
  const auto wants_history = call.request.parameter("history").value_or("0") == "1";
  const auto since_text = call.request.parameter("start-time");
  const std::int64_t since = since_text ? std::stoll(std::string(*since_text)) : 0;
  const auto members = members_asked(call);
  const auto newest = statistics_round(call.now);
  std::string out = "{\"data\":{\"data\":[";
  Samples samples(call, out);
  for (int back = wants_history ? kGenerations - 1 : 0; back >= 0; --back) {
    const auto at = newest - seconds{10} * back;
    if (call.shown(at) <= since) continue;
    for (auto member : members) {
      if (at < call.cluster.nodes[member].booted) continue;  // they are kept in memory, which a boot empties
      write_node(call, member, at, samples);
      for (const auto& guest : call.cluster.guests) {
        if (guest.node == member && guest.created <= at) write_guest(call, guest, at, samples);
      }
      for (const auto& storage : call.cluster.storages) {
        const auto& node = call.cluster.nodes[member];
        samples.begin("storage/" + node.name + "/" + storage.name, at);
        samples.gauge("disk_total", static_cast<double>(storage_total(storage, node)));
        samples.gauge("disk_used", static_cast<double>(storage_used(storage, node, call.world.load_time(at))));
      }
    }
  }
  return Answer::json(out += "]}}");
}

}  // namespace monitorix::sim

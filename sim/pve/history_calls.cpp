// rrddata: the past as round-robin files would hold it, computed from the same loads as the present.

#include <algorithm>

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

using std::chrono::seconds;

struct Frame {
  std::string_view name{};
  seconds step{};
  int rows{};
};

Frame frame_of(const Call& call) {
  constexpr std::array<Frame, 6> kNine{{{"hour", seconds{60}, 60},
                                        {"day", seconds{60}, 1'440},
                                        {"week", seconds{1'800}, 335},
                                        {"month", seconds{1'800}, 1'439},
                                        {"year", seconds{21'600}, 1'439},
                                        {"decade", seconds{604'800}, 569}}};
  constexpr std::array<Frame, 5> kEight{{{"hour", seconds{60}, 70},
                                         {"day", seconds{1'800}, 70},
                                         {"week", seconds{10'800}, 70},
                                         {"month", seconds{43'200}, 70},
                                         {"year", seconds{604'800}, 70}}};
  const auto wanted = call.request.parameter("timeframe").value_or("hour");
  const auto find = [wanted](const auto& frames) {
    return *std::find_if(frames.begin(), frames.end(), [wanted](const Frame& f) { return f.name == wanted; });
  };
  return call.is_9() ? find(kNine) : find(kEight);
}

/// Calls `fill` for every bucket, with its middle, unless nothing was measured then.
template <class Fill>
Answer history(Call& call, WallTime since, WallTime until, Fill fill) {
  const auto frame = frame_of(call);
  const auto now = call.world.load_time(call.now);
  const auto newest = epoch(now) / frame.step.count() * frame.step.count() - frame.step.count();
  const bool is_max = call.request.parameter("cf").value_or("AVERAGE") == "MAX";
  std::string out = "{\"data\":[";
  JsonRow row(call.dice);
  for (int i = 0; i < frame.rows; ++i) {
    const auto start = newest - (frame.rows - 1 - i) * frame.step.count();
    const WallTime middle{std::chrono::seconds{start + frame.step.count() / 2}};
    row.clear();
    row.whole("time", start + std::chrono::duration_cast<seconds>(call.cluster.skew).count());
    if (middle >= since && middle <= until) fill(row, middle, is_max ? 1.25 : 1.0);
    if (i > 0) out += ',';
    row.append_to(out);
  }
  return Answer::json(out += "]}");
}

Answer no_file(const Call& call, const std::string& kind, const std::string& name) {
  const auto folder = call.is_9() ? "pve-" + kind + "-9.0/" : "pve2-" + kind + "/";
  return Answer::error(500,
                       "RRD error: rrdcached@unix:/var/run/rrdcached.sock: rrd_fetch_r failed: opening "
                       "'/var/lib/rrdcached/db/" +
                           folder + name + "': No such file or directory");
}

Answer guest_history(Call& call, GuestKind kind) {
  const auto* guest = call.cluster.find_guest(call.vmid());
  if (guest == nullptr || guest->kind != kind) return no_file(call, "vm", call.captured[1]);
  const auto until = guest->is_running ? call.now : guest->stopped;
  return history(call, guest->created, until, [&](JsonRow& row, WallTime at, double peak) {
    const auto rates = guest_rates(*guest, std::max(at, guest->started + seconds{1}));
    row.whole("maxcpu", guest->cpus).real("cpu", std::min(1.0, guest_cpu(*guest, at) * peak));
    row.whole("maxmem", guest->max_memory).real("mem", static_cast<double>(guest_memory(*guest, at)));
    row.whole("maxdisk", guest->max_disk).whole("disk", guest_disk(*guest, at));
    row.real("netin", rates.net_in * peak).real("netout", rates.net_out * peak);
    row.real("diskread", rates.disk_read * peak).real("diskwrite", rates.disk_write * peak);
    if (!call.is_9()) return;
    const auto pressure = guest_pressure(*guest, at);
    row.real("memhost", kind == GuestKind::qemu ? static_cast<double>(guest_memory(*guest, at)) : 0);
    row.real("pressurecpusome", pressure.cpu_some).real("pressurecpufull", pressure.cpu_full);
    row.real("pressureiosome", pressure.io_some).real("pressureiofull", pressure.io_full);
    row.real("pressurememorysome", pressure.memory_some).real("pressurememoryfull", pressure.memory_full);
  });
}

}  // namespace

Answer node_history(Call& call) {
  const auto named = call.captured[0] == "localhost" ? call.asked : call.cluster.find_node(call.captured[0]);
  if (!named) return no_file(call, "node", call.captured[0]);
  const auto& node = call.cluster.nodes[*named];
  // A busy sum for every bucket would walk all guests 1,440 times: the present one, swayed by the day, is enough.
  const auto present = sum_guests(call.cluster, *named, call.world.load_time(call.now));
  const auto until = node.is_alive ? call.now : node.died;
  return history(call, WallTime{}, until, [&](JsonRow& row, WallTime at, double peak) {
    const double hour = static_cast<double>(epoch(at) % 86'400) / 86'400;
    const double sway = 0.8 + 0.4 * (hour < 0.5 ? hour * 2 : 2 - hour * 2);
    const auto load = node_load(node, {present.cores * sway, present.memory * (0.9 + 0.1 * sway)}, at);
    row.real("loadavg", load.averages[0]).whole("maxcpu", node.cpus).real("cpu", std::min(1.0, load.cpu * peak));
    row.real("iowait", load.wait * peak).whole("memtotal", node.memory);
    row.real("memused", static_cast<double>(load.memory_used)).whole("swaptotal", node.swap);
    row.real("swapused", static_cast<double>(load.swap_used)).whole("roottotal", node.root_disk);
    row.real("rootused", static_cast<double>(load.root_used));
    row.real("netin", load.net_in * peak).real("netout", load.net_out * peak);
    if (!call.is_9()) return;
    row.real("memavailable", static_cast<double>(node.memory - load.memory_used)).whole("arcsize", 0);
    row.real("pressurecpusome", load.pressure.cpu_some);
    row.real("pressureiosome", load.pressure.io_some).real("pressureiofull", load.pressure.io_full);
    row.real("pressurememorysome", load.pressure.memory_some);
    row.real("pressurememoryfull", load.pressure.memory_full);
  });
}

Answer qemu_history(Call& call) { return guest_history(call, GuestKind::qemu); }
Answer lxc_history(Call& call) { return guest_history(call, GuestKind::lxc); }

Answer storage_history(Call& call) {
  const auto named = call.cluster.find_node(call.captured[0]);
  const auto* storage = call.cluster.find_storage(call.captured[1]);
  if (storage == nullptr || !named) return no_file(call, "storage", call.captured[0] + "/" + call.captured[1]);
  const auto& node = call.cluster.nodes[*named];
  const auto until = storage->is_enabled && storage->is_reachable ? call.now : WallTime{};
  return history(call, WallTime{}, until, [&](JsonRow& row, WallTime at, double) {
    row.whole("total", storage_total(*storage, node));
    row.real("used", static_cast<double>(storage_used(*storage, node, at)));
  });
}

}  // namespace monitorix::sim

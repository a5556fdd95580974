// Guests as their node lists them and as they are right now.

#include <cmath>

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

enum class Detail { list, full, current };

void add_pressure(JsonRow& row, const Pressure& pressure, GuestKind kind) {
  row.real("pressurecpusome", pressure.cpu_some);
  if (kind == GuestKind::qemu) row.real("pressurecpufull", pressure.cpu_full);
  row.real("pressureiosome", pressure.io_some).real("pressureiofull", pressure.io_full);
  row.real("pressurememorysome", pressure.memory_some).real("pressurememoryfull", pressure.memory_full);
}

void add_common(const Call& call, const Guest& guest, WallTime at, JsonRow& row) {
  const bool runs = guest.is_running;
  row.whole("vmid", guest.vmid).text("name", guest.name).text("status", runs ? "running" : "stopped");
  row.whole("cpus", guest.cpus).real("cpu", runs && !call.is_first_look ? guest_cpu(guest, at) : 0);
  row.whole("mem", runs ? guest_memory(guest, at) : 0).whole("maxmem", guest.max_memory);
  row.whole("disk", runs ? guest_disk(guest, at) : 0).whole("maxdisk", guest.max_disk);
  const auto traffic = runs ? guest_counters(guest, at) : Traffic{};
  row.real("netin", traffic.net_in).real("netout", traffic.net_out).whole("uptime", guest_uptime(guest, at));
  // Since 9, a VM that does not run has no disk counters; a container has them always.
  if (runs || !call.is_9() || guest.kind == GuestKind::lxc) {
    row.real("diskread", traffic.disk_read).real("diskwrite", traffic.disk_write);
  }
  row.text_if("tags", guest.tags).text_if("lock", guest.lock);
  if (guest.is_template) row.flag("template", true);
  if (runs && call.is_9()) add_pressure(row, guest_pressure(guest, at), guest.kind);
}

std::string block_statistics(const Call& call, const Traffic& traffic) {
  JsonRow disk(call.dice);
  disk.real("rd_bytes", traffic.disk_read).real("wr_bytes", traffic.disk_write);
  disk.real("rd_operations", std::floor(traffic.disk_read / 16'384)).real("rd_total_time_ns", traffic.disk_read * 3);
  disk.real("wr_operations", std::floor(traffic.disk_write / 16'384)).real("wr_total_time_ns", traffic.disk_write * 5);
  disk.whole("flush_operations", 0).whole("flush_total_time_ns", 0).whole("wr_highest_offset", 0);
  disk.whole("unmap_bytes", 0).whole("unmap_operations", 0).whole("unmap_merged", 0).whole("unmap_total_time_ns", 0);
  disk.whole("failed_rd_operations", 0).whole("failed_wr_operations", 0).whole("failed_flush_operations", 0);
  disk.whole("failed_unmap_operations", 0).whole("invalid_rd_operations", 0).whole("invalid_wr_operations", 0);
  disk.whole("invalid_flush_operations", 0).whole("invalid_unmap_operations", 0).whole("idle_time_ns", 1'000'000);
  disk.whole("rd_merged", 0).whole("wr_merged", 0).raw("timed_stats", "[]");
  disk.raw("account_invalid", "true").raw("account_failed", "true");
  JsonRow row(call.dice);
  return row.raw("scsi0", disk.take()).take();
}

void add_machine(const Call& call, const Guest& guest, WallTime at, JsonRow& row) {
  const auto traffic = guest_counters(guest, at);
  JsonRow interface(call.dice);
  interface.real("netin", traffic.net_in).real("netout", traffic.net_out);
  const auto name = "tap" + std::to_string(guest.vmid) + "i0";
  JsonRow nics(call.dice);
  row.raw("nics", nics.raw(name, interface.take()).take());
  row.raw("blockstat", block_statistics(call, traffic)).raw("proxmox-support", "{}");
  row.text("running-machine", call.is_9() ? "pc-i440fx-10.1+pve0" : "pc-i440fx-9.2+pve1");
  row.text("running-qemu", call.is_9() ? "10.1.2" : "9.2.0");
  if (guest.has_balloon) {
    row.whole("balloon", guest.max_memory).whole("freemem", guest.max_memory - guest_memory(guest, at));
    JsonRow info(call.dice);
    info.whole("actual", guest.max_memory).whole("max_mem", guest.max_memory).whole("total_mem", guest.max_memory);
    info.whole("free_mem", guest.max_memory - guest_memory(guest, at)).whole("last_update", call.shown(at));
    row.raw("ballooninfo", info.take());
  }
}

std::string qemu_row(const Call& call, const Guest& guest, Detail detail) {
  const auto at = call.world.load_time(call.now);
  JsonRow row(call.dice);
  add_common(call, guest, at, row);
  if (call.is_9()) row.whole("memhost", guest.is_running ? memory_on_host(guest, guest_memory(guest, at)) : 0);
  if (guest.is_running) row.whole("pid", guest.process);
  if (detail != Detail::list) {
    row.text("qmpstatus", guest.is_running ? "running" : "stopped");
    if (guest.is_running) add_machine(call, guest, at, row);
  }
  if (detail == Detail::current) {
    row.raw("ha", guest.ha_state.empty() ? R"({"managed":0})" : R"({"managed":1,"state":")" + guest.ha_state + "\"}");
    if (guest.has_agent) row.flag("agent", true);
  }
  return row.take();
}

std::string lxc_row(const Call& call, const Guest& guest, Detail detail) {
  const auto at = call.world.load_time(call.now);
  JsonRow row(call.dice);
  add_common(call, guest, at, row);
  row.text("type", "lxc").whole("swap", 0).whole("maxswap", guest.max_swap);
  if (detail == Detail::current) {
    row.raw("ha", guest.ha_state.empty() ? R"({"managed":0})" : R"({"managed":1,"state":")" + guest.ha_state + "\"}");
  }
  return row.take();
}

using RowOf = std::string (*)(const Call&, const Guest&, Detail);

Answer list_of(Call& call, GuestKind kind, RowOf row_of, Detail detail) {
  std::vector<std::string> rows;
  if (call.may("VM.Audit")) {
    for (const auto& guest : call.cluster.guests) {
      if (guest.kind == kind && guest.node == call.node) rows.push_back(row_of(call, guest, detail));
    }
  }
  return data_rows(std::move(rows), call.dice);
}

Answer current_of(Call& call, GuestKind kind, RowOf row_of) {
  auto found = guest_on_node(call, kind);
  if (found.guest == nullptr) return std::move(found.refusal);
  return Answer::json("{\"data\":" + row_of(call, *found.guest, Detail::current) + "}");
}

}  // namespace

GuestFound guest_on_node(const Call& call, GuestKind kind) {
  const auto* guest = call.cluster.find_guest(call.vmid());
  if (guest != nullptr && guest->kind == kind && guest->node == call.node) return {guest, {}};
  const auto folder = kind == GuestKind::qemu ? "qemu-server" : "lxc";
  return {nullptr, Answer::error(500, "Configuration file 'nodes/" + call.target().name + "/" + folder + "/" +
                                          call.captured[1] + ".conf' does not exist")};
}

Answer qemu_list(Call& call) {
  const bool is_full = call.request.parameter("full").value_or("0") == "1";
  return list_of(call, GuestKind::qemu, qemu_row, is_full ? Detail::full : Detail::list);
}
Answer lxc_list(Call& call) { return list_of(call, GuestKind::lxc, lxc_row, Detail::list); }
Answer qemu_current(Call& call) { return current_of(call, GuestKind::qemu, qemu_row); }
Answer lxc_current(Call& call) { return current_of(call, GuestKind::lxc, lxc_row); }

}  // namespace monitorix::sim

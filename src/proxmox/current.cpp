#include "proxmox/current.h"

#include "base/json_writer.h"
#include "base/time_text.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

/// PVE 9 says percent of time; ours are ratios.
std::optional<double> share(const Row& row, std::string_view field) {
  const auto percent = row.number(field, 0, 100);
  return percent ? std::optional(*percent / 100) : std::nullopt;
}

void write_pressure(JsonWriter& out, const Row& row) {
  out.key("pressure");
  if (!row.find("pressurecpusome")) {
    out.null();
    return;
  }
  out.begin_object();
  out.member("cpu_some", share(row, "pressurecpusome")).member("cpu_full", share(row, "pressurecpufull"));
  out.member("io_some", share(row, "pressureiosome")).member("io_full", share(row, "pressureiofull"));
  out.member("memory_some", share(row, "pressurememorysome")).member("memory_full", share(row, "pressurememoryfull"));
  out.end_object();
}

void write_disks(JsonWriter& out, const Row& row, std::vector<std::string>& findings) {
  out.key("disks").begin_array();
  const Json* disks = row.find("blockstat");
  if (disks && disks->as_object())
    for (const auto& [name, numbers] : *disks->as_object()) {
      if (!numbers.as_object()) continue;
      const Row disk(numbers, "status/current", findings);
      out.begin_object().member("name", name);
      out.member("read_bytes", disk.whole("rd_bytes")).member("written_bytes", disk.whole("wr_bytes")).end_object();
    }
  out.end_array();
}

}  // namespace

std::string current_json(const Guest& guest, const Json* data, const std::string& reason, WallTime now) {
  static const Json nothing = *Json::parse("{}");
  std::vector<std::string> findings;
  const Row row(data && data->as_object() ? *data : nothing, "status/current", findings);
  const bool runs = row.text("status") == "running";
  const auto live = [&](std::optional<std::int64_t> value) { return runs ? value : std::nullopt; };
  const auto info = row.object("ballooninfo");
  const auto ha = row.object("ha");
  JsonWriter out;
  out.begin_object().member("vm_id", guest.id.text()).member("collected_at", rfc3339(now));
  out.member("status", row.text("status")).member("qmp_status", row.text("qmpstatus")).member("lock", row.text("lock"));
  out.member("uptime_seconds", live(row.whole("uptime")));
  out.member("cpu_ratio", runs ? row.ratio("cpu") : std::nullopt).member("cpu_count", row.number("cpus", 0));
  out.member("memory_used_bytes", live(row.whole("mem"))).member("memory_total_bytes", row.whole("maxmem"));
  out.member("memory_host_bytes", live(row.whole("memhost"))).member("balloon_bytes", row.whole("balloon"));
  out.member("balloon_free_bytes", info ? info->whole("free_mem") : std::nullopt);
  out.member("swap_used_bytes", guest.type == GuestType::lxc ? live(row.whole("swap")) : std::nullopt);
  out.member("agent_enabled",
             guest.type == GuestType::qemu && data ? std::optional(row.flag("agent").value_or(false)) : std::nullopt);
  out.member("ha_managed", ha ? ha->flag("managed") : std::nullopt);
  out.member("machine", row.text("running-machine")).member("qemu_version", row.text("running-qemu"));
  write_pressure(out, row);
  write_disks(out, row, findings);
  out.member("unavailable_reason", data ? std::nullopt : std::optional(reason));
  out.end_object();
  return out.take();
}

}  // namespace monitorix::proxmox

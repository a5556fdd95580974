// What a node is made of: disks, pools, packages, the copies it makes; and the vote from outside.

#include <algorithm>

#include "sim/pve/calls.h"

namespace monitorix::sim {

namespace {

constexpr std::int64_t kGiB = 1LL << 30;
constexpr std::string_view kPool = "tank";
constexpr std::string_view kRunningKernel = "6.14.11-3-pve";

std::string device(Call& call, std::string_view name, std::string_view state, std::string_view children) {
  JsonRow row(call.dice);
  const bool is_leaf = children.empty();
  const bool is_bad = state != "ONLINE";
  row.text("name", name).text("state", state).flag("leaf", is_leaf);
  row.whole("read", is_bad && is_leaf ? 3 : 0).whole("write", is_bad && is_leaf ? 12 : 0).whole("cksum", 0);
  row.text("msg", is_bad && is_leaf ? "too many errors" : "");
  if (!is_leaf) row.raw("children", children);
  return row.take();
}

std::int64_t pool_size(const Call& call) {
  return (900 + static_cast<std::int64_t>(call.target().seed % 8) * 100) * kGiB;
}

struct Package {
  std::string_view name{};
  std::string_view version{};
  std::string_view newer{};
  std::string_view title{};
};

/// Of what makes up Proxmox VE the part that a reader of versions looks at.
std::vector<Package> packages_of(const Call& call) {
  if (call.is_9())
    return {{"pve-manager", "9.2.11", "9.2.12", "Proxmox Virtual Environment Management Tools"},
            {"qemu-server", "9.1.4", "9.1.5", "Qemu Server Tools"},
            {"pve-container", "6.1.2", "6.1.3", "Proxmox VE Container management tool"},
            {"libpve-storage-perl", "9.1.0", "9.1.1", "Proxmox VE storage management library"},
            {"proxmox-ve", "9.1.0", "9.1.0", "Proxmox Virtual Environment"},
            {"corosync", "3.1.9-pve2", "3.1.9-pve2", "cluster engine daemon and utilities"}};
  return {{"pve-manager", "8.4.1", "8.4.5", "Proxmox Virtual Environment Management Tools"},
          {"qemu-server", "8.3.12", "8.3.14", "Qemu Server Tools"},
          {"pve-container", "5.2.6", "5.2.7", "Proxmox VE Container management tool"},
          {"libpve-storage-perl", "8.3.6", "8.3.7", "Proxmox VE storage management library"},
          {"proxmox-ve", "8.4.0", "8.4.0", "Proxmox Virtual Environment"},
          {"corosync", "3.1.9-pve1", "3.1.9-pve1", "cluster engine daemon and utilities"}};
}

void begin_package(JsonRow& row, std::string_view name, std::string_view title) {
  row.text("Package", name).text("Title", title).text("Description", title).text("Arch", "amd64");
  row.text("Origin", "Proxmox").text("Priority", "optional").text("Section", "admin");
}

std::string job_id(const Guest& guest) { return std::to_string(guest.vmid) + "-0"; }

std::string_view target_of(const Call& call, const Guest& guest) {
  return call.cluster.nodes[(guest.node + 1) % call.cluster.nodes.size()].name;
}

void begin_job(const Call& call, const Guest& guest, JsonRow& row) {
  row.text("id", job_id(guest)).text("type", "local").text("target", target_of(call, guest));
  row.whole("guest", guest.vmid).whole("jobnum", 0).text("schedule", "*/15");
}

}  // namespace

Answer node_disks(Call& call) {
  const auto& hardware = call.target().hardware;
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (int i = 0; i < 2; ++i) {
    row.text("devpath", i == 0 ? "/dev/nvme0n1" : "/dev/sda").whole("size", 1'000'204'886'016).flag("gpt", true);
    row.text("model", i == 0 ? "SAMSUNG_MZVL21T0" : "WDC_WD10EZEX").whole("osdid", -1);
    row.text("health", i == 0 ? hardware.disk_health : "PASSED");
    row.text("serial", "S" + std::to_string(call.target().seed % 1'000'000 + static_cast<std::uint64_t>(i)));
    row.text("type", i == 0 ? "nvme" : "hdd").text("used", i == 0 ? "BIOS boot" : "LVM").raw("osdid-list", "null");
    row.text("vendor", "unknown").text("wwn", "unknown").flag("mounted", false);
    if (i == 0)
      row.whole("wearout", hardware.disk_left);
    else
      row.text("wearout", "N/A");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer zfs_pools(Call& call) {
  JsonRow row(call.dice);
  const auto size = pool_size(call);
  const auto used = size / 100 * static_cast<std::int64_t>(20 + call.target().seed % 50);
  row.text("name", kPool).text("health", call.target().hardware.pool_state).whole("size", size);
  row.whole("alloc", used).whole("free", size - used).whole("frag", 7).whole("dedup", 1);
  return data_rows({row.take()}, call.dice);
}

Answer zfs_pool(Call& call) {
  const auto& name = call.captured[1];
  if (name != kPool) return Answer::error(500, "command '/sbin/zpool status -P " + name + "' failed: exit code 1");
  const auto& hardware = call.target().hardware;
  const bool is_well = hardware.pool_state == "ONLINE";
  const auto disks = "[" + device(call, "/dev/sdb1", "ONLINE", "") + "," +
                     device(call, "/dev/sdc1", is_well ? "ONLINE" : "FAULTED", "") + "]";
  JsonRow row(call.dice);
  row.text("name", name)
      .text("state", hardware.pool_state)
      .text("errors", hardware.pool_errors == 0
                          ? "No known data errors"
                          : std::to_string(hardware.pool_errors) + " data errors, use '-v' for a list");
  row.text("scan", "scrub repaired 0B in 00:41:12 with 0 errors on Sun Nov  8 01:05:13 2026");
  if (!is_well) {
    row.text("status", "One or more devices are faulted in response to persistent errors.");
    row.text("action", "Replace the faulted device, or use 'zpool clear' to mark the device repaired.");
  }
  row.raw("children", "[" + device(call, "mirror-0", hardware.pool_state, disks) + "]");
  return Answer::json(data_object(row));
}

Answer thin_pools(Call& call) {
  const auto& hardware = call.target().hardware;
  constexpr std::int64_t kSize = 700 * kGiB, kMetadata = 7 * kGiB;
  const auto part = [](std::int64_t whole, double share) {
    return static_cast<std::int64_t>(static_cast<double>(whole) * share);
  };
  JsonRow row(call.dice);
  row.text("lv", "data").text("vg", "pve").whole("lv_size", kSize).whole("used", part(kSize, hardware.thin_fill));
  row.whole("metadata_size", kMetadata).whole("metadata_used", part(kMetadata, hardware.thin_metadata));
  return data_rows({row.take()}, call.dice);
}

/// The lists themselves are left out of the answer: only what Proxmox VE says of them is read.
Answer package_sources(Call& call) {
  const auto& hardware = call.target().hardware;
  std::vector<std::string> known, infos, errors;
  JsonRow row(call.dice);
  row.text("handle", "enterprise").text("name", "Enterprise").text("description", "the recommended repository");
  row.whole("status", 0);
  known.push_back(row.take());
  row.text("handle", "no-subscription").text("name", "No-Subscription").text("description", "for testing");
  row.whole("status", 1);
  known.push_back(row.take());
  row.text("handle", "test").text("name", "Test").text("description", "the newest");
  known.push_back(row.take());
  row.text("path", "/etc/apt/sources.list").text("index", "0").text("kind", "origin").text("message", "Debian");
  infos.push_back(row.take());
  if (hardware.has_old_sources) {
    row.text("path", "/etc/apt/sources.list.d/old.list").text("index", "0").text("kind", "warning");
    row.text("property", "Suites");
    row.text("message", call.is_9() ? "old suite 'bookworm' configured!" : "old suite 'bullseye' configured!");
    infos.push_back(row.take());
  }
  if (hardware.has_broken_sources) {
    row.text("path", "/etc/apt/sources.list.d/own.list").text("error", "parse error on line 1");
    errors.push_back(row.take());
  }
  row.text("digest", "5f2b")
      .raw("standard-repos", json_array(std::move(known), call.dice))
      .raw("infos", json_array(std::move(infos), call.dice));
  row.raw("errors", json_array(std::move(errors), call.dice)).raw("files", "[]");
  return Answer::json(data_object(row));
}

Answer package_versions(Call& call) {
  const auto& hardware = call.target().hardware;
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  int waiting = hardware.updates;
  for (const auto& package : packages_of(call)) {
    const bool waits = package.version != package.newer && waiting-- > 0;
    begin_package(row, package.name, package.title);
    row.text("OldVersion", package.version).text("Version", waits ? package.newer : package.version);
    row.text("CurrentState", "Installed");
    if (package.name == "proxmox-ve") row.text("RunningKernel", kRunningKernel);
    if (package.name == "pve-manager") {
      row.text("ManagerVersion",
               call.is_9() ? "pve-manager/9.2.11/14a22df35955d97d" : "pve-manager/8.4.1/d0ea9d2b0749cc01");
    }
    rows.push_back(row.take());
  }
  std::vector<std::string_view> kernels{"6.14.8-2", "6.14.11-3"};
  if (hardware.has_newer_kernel) kernels.emplace_back("6.17.2-1");
  for (auto kernel : kernels) {
    begin_package(row, "proxmox-kernel-" + std::string(kernel) + "-pve-signed", "Proxmox Kernel Image (signed)");
    row.text("OldVersion", kernel).text("Version", kernel).text("CurrentState", "Installed");
    rows.push_back(row.take());
  }
  begin_package(row, "ceph", "distributed storage and file system");
  row.text("Version", "19.2.3-pve2").text("CurrentState", "NotInstalled");
  rows.push_back(row.take());
  return data_rows(std::move(rows), call.dice);
}

Answer node_replication(Call& call) {
  constexpr std::int64_t kEvery = 900;
  const int failures = call.target().hardware.failed_copies;
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  if (!call.may("VM.Audit")) return data_rows({}, call.dice);
  const auto now = call.shown(call.now);
  const auto last = now / kEvery * kEvery;
  for (const auto& guest : call.cluster.guests) {
    if (!guest.is_replicated || guest.node != call.node) continue;
    begin_job(call, guest, row);
    row.text("vmtype", guest.kind == GuestKind::qemu ? "qemu" : "lxc").text("source", call.target().name);
    row.whole("last_sync", last - failures * kEvery).whole("last_try", last).whole("next_sync", last + kEvery);
    row.whole("fail_count", failures).real("duration", 2.5 + static_cast<double>(guest.seed % 100) / 10);
    if (failures > 0) row.text("error", "command 'zfs send -Rpv' failed: exit code 255");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer cluster_replication(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (const auto& guest : call.cluster.guests) {
    if (!guest.is_replicated || !call.may("VM.Audit")) continue;
    begin_job(call, guest, row);
    row.text("source", call.cluster.nodes[guest.node].name);
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

/// What corosync-qdevice says of itself; an empty object where there is none.
Answer qdevice(Call& call) {
  JsonRow row(call.dice);
  if (call.cluster.qdevice != QDevice::none) {
    const bool is_there = call.cluster.qdevice == QDevice::connected;
    row.text("QNetd host", "192.0.2.9:5403").text("State", is_there ? "Connected" : "Connect failed");
    row.text("Algorithm", "Fifty-Fifty split").text("Model", "Net").text("Tie-breaker", "Node with lowest node ID");
    row.text("Echo reply", is_there ? "Received" : "No response");
    row.text("Last poll call", http_date(call.now + call.cluster.skew) + " (cast vote)");
  }
  return Answer::json(data_object(row));
}

}  // namespace monitorix::sim

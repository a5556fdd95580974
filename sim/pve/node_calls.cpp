// What one node tells of itself.

#include <algorithm>
#include <cstdio>

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

std::string object_of(JsonRow& row) { return row.take(); }

std::string processor(const Call& call, const Node& node) {
  JsonRow row(call.dice);
  row.text("model", "AMD EPYC").text("mhz", "2445.426").text("hvm", "1").whole("user_hz", 100).whole("sockets", 1);
  row.whole("cores", node.cpus).whole("cpus", node.cpus);
  row.text("flags", "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat sse sse2 svm aes avx avx2");
  if (call.is_9()) row.text("family", "25").text("vendor", "AuthenticAMD");
  return row.take();
}

std::string kernel(const Call& call) {
  JsonRow row(call.dice);
  row.text("sysname", "Linux").text("release", "6.14.11-3-pve").text("machine", "x86_64");
  row.text("version", "#1 SMP PREEMPT_DYNAMIC PMX 6.14.11-3");
  return row.take();
}

std::string load_averages(const NodeLoad& load) {
  std::string out = "[";
  for (std::size_t i = 0; i < load.averages.size(); ++i) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%s\"%.2f\"", i == 0 ? "" : ",", load.averages[i]);
    out += text.data();
  }
  return out + "]";
}

}  // namespace

Answer node_index(Call& call) {
  std::vector<std::string_view> names{
      "aplinfo",      "apt",        "capabilities", "ceph",     "certificates", "config",
      "disks",        "dns",        "firewall",     "hardware", "hosts",        "journal",
      "lxc",          "migrateall", "netstat",      "network",  "qemu",         "query-url-metadata",
      "replication",  "report",     "rrd",          "rrddata",  "scan",         "sdn",
      "services",     "spiceshell", "startall",     "status",   "stopall",      "storage",
      "subscription", "suspendall", "syslog",       "tasks",    "termproxy",    "time",
      "version",      "vncshell",   "vzdump",       "wakeonlan"};
  if (call.is_9()) names.emplace_back("query-oci-repo-tags");
  std::vector<std::string> rows;
  rows.reserve(names.size());
  JsonRow row(call.dice);
  for (auto name : names) rows.push_back(row.text("name", name).take());
  return data_rows(std::move(rows), call.dice);
}

Answer node_status(Call& call) {
  const auto& node = call.target();
  const auto at = call.world.load_time(call.now);
  const auto load = node_load(node, sum_guests(call.cluster, call.node, at), at);
  JsonRow memory(call.dice);
  const auto free = node.memory - load.memory_used;
  memory.whole("total", node.memory).whole("used", load.memory_used).whole("free", free - free / 4);
  if (call.is_9()) memory.whole("available", free);
  JsonRow swap(call.dice);
  swap.whole("total", node.swap).whole("used", load.swap_used).whole("free", node.swap - load.swap_used);
  JsonRow root(call.dice);
  const auto root_free = node.root_disk - load.root_used;
  root.whole("total", node.root_disk).whole("used", load.root_used).whole("free", root_free);
  root.whole("avail", root_free - root_free / 20);
  JsonRow row(call.dice);
  row.real("cpu", load.cpu).real("wait", load.wait).whole("idle", 0).whole("uptime", load.uptime);
  row.raw("memory", object_of(memory)).raw("swap", object_of(swap)).raw("rootfs", object_of(root));
  row.raw("loadavg", load_averages(load)).raw("cpuinfo", processor(call, node)).raw("ksm", R"({"shared":0})");
  row.raw("current-kernel", kernel(call)).text("kversion", "Linux 6.14.11-3-pve #1 SMP PREEMPT_DYNAMIC PMX 6.14.11-3");
  row.raw("boot-info", node.seed % 2 == 0 ? R"({"mode":"efi","secureboot":0})" : R"({"mode":"legacy-bios"})");
  row.text("pveversion", call.is_9() ? "pve-manager/9.2.11/14a22df35955d97d" : "pve-manager/8.4.1/d0ea9d2b0749cc01");
  return Answer::json(data_object(row));
}

Answer node_services(Call& call) {
  struct Service {
    std::string_view name{};
    std::string_view description{};
  };
  constexpr std::array<Service, 18> kServices{{{"pveproxy", "PVE API Proxy Server"},
                                               {"pvedaemon", "PVE API Daemon"},
                                               {"pvestatd", "PVE Status Daemon"},
                                               {"pve-cluster", "The Proxmox VE cluster filesystem"},
                                               {"corosync", "Corosync Cluster Engine"},
                                               {"pve-ha-crm", "PVE Cluster HA Resource Manager Daemon"},
                                               {"pve-ha-lrm", "PVE Local HA Resource Manager Daemon"},
                                               {"pve-firewall", "Proxmox VE firewall"},
                                               {"pvescheduler", "Proxmox VE scheduler"},
                                               {"pvefw-logger", "Proxmox VE firewall logger"},
                                               {"spiceproxy", "PVE SPICE Proxy Server"},
                                               {"qmeventd", "PVE Qemu Event Daemon"},
                                               {"lxcfs", "FUSE filesystem for LXC"},
                                               {"chrony", "chrony, an NTP client/server"},
                                               {"cron", "Regular background program processing daemon"},
                                               {"postfix", "Postfix Mail Transport Agent"},
                                               {"sshd", "OpenBSD Secure Shell server"},
                                               {"ksmtuned", "Kernel Samepage Merging (KSM) Tuning Daemon"}}};
  const bool is_alone = call.cluster.member_count() < 2;
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (const auto& service : kServices) {
    const auto& ordered = call.target().hardware.dead_services;
    const bool is_dead = (is_alone && service.name == "corosync") ||
                         std::find(ordered.begin(), ordered.end(), service.name) != ordered.end();
    row.text("service", service.name).text("name", service.name).text("desc", service.description);
    row.text("state", is_dead ? "dead" : "running").text("active-state", is_dead ? "inactive" : "active");
    row.text("unit-state", "enabled");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer node_subscription(Call& call) {
  const auto& node = call.target();
  JsonRow row(call.dice);
  if (!call.may("Sys.Audit")) {
    row.text("status", node.has_subscription ? "active" : "notfound");
    return Answer::json(data_object(row));
  }
  std::array<char, 40> id{};
  std::snprintf(id.data(), id.size(), "%016llX%016llX", static_cast<unsigned long long>(node.seed),
                static_cast<unsigned long long>(mix(node.seed)));
  row.text("serverid", id.data()).text("url", "https://www.proxmox.com/en/proxmox-virtual-environment/pricing");
  if (node.has_subscription) {
    row.text("status", "active").text("level", "c").text("productname", "Proxmox VE Community Subscription 1 CPU/year");
    row.text("regdate", "2026-02-01 00:00:00").text("nextduedate", "2027-02-01").whole("sockets", 1);
    row.whole("checktime", call.shown(call.now) / 86'400 * 86'400);
  } else {
    row.text("status", "notfound").text("message", "There is no subscription key");
  }
  return Answer::json(data_object(row));
}

Answer node_certificates(Call& call) {
  const auto write = [&call](const Certificate& certificate, std::string_view file) {
    JsonRow row(call.dice);
    row.text("filename", file).text("fingerprint", certificate.fingerprint).text("pem", certificate.pem);
    row.text("subject", certificate.subject).text("issuer", certificate.issuer);
    row.whole("notbefore", epoch(certificate.not_before)).whole("notafter", epoch(certificate.not_after));
    row.text("public-key-type", "id-ecPublicKey").whole("public-key-bits", 256);
    std::string names = "[";
    for (const auto& name : certificate.names) {
      if (names.size() > 1) names += ',';
      append_json_string(names, name);
    }
    row.raw("san", names + "]");
    return row.take();
  };
  return data_rows({write(call.cluster.authority, "pve-root-ca.pem"), write(call.target().certificate, "pve-ssl.pem")},
                   call.dice);
}

Answer node_time(Call& call) {
  JsonRow row(call.dice);
  row.text("timezone", "Etc/UTC").whole("time", call.shown(call.now)).whole("localtime", call.shown(call.now));
  return Answer::json(data_object(row));
}

Answer node_netstat(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (const auto& guest : call.cluster.guests) {
    if (guest.node != call.node || !guest.is_running || guest.kind != GuestKind::qemu) continue;
    const auto traffic = guest_counters(guest, call.world.load_time(call.now));
    row.text("vmid", std::to_string(guest.vmid)).text("dev", "net0");
    row.text("in", std::to_string(static_cast<std::int64_t>(traffic.net_in)));
    row.text("out", std::to_string(static_cast<std::int64_t>(traffic.net_out)));
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer node_updates(Call& call) {
  JsonRow row(call.dice);
  row.text("Package", "libssh2-1").text("OldVersion", "1.10.0-3+b1").text("Version", "1.10.0-3+deb12u1");
  row.text("Title", "SSH2 client-side library").text("Description", "SSH2 client-side library");
  row.text("Arch", "amd64").text("Origin", "Debian").text("Priority", "optional").text("Section", "libs");
  return data_rows({row.take()}, call.dice);
}

Answer node_ceph(Call&) { return Answer::error(500, "binary not installed: /usr/bin/ceph-mon"); }

}  // namespace monitorix::sim

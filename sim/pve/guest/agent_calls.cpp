// What guests tell of their inside: VMs by their agent, containers by their node.

#include <algorithm>
#include <array>
#include <cmath>

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

constexpr std::chrono::milliseconds kPingPatience{3'000};  // a dead agent is waited for so long

struct System {
  std::string_view id, pretty_name, name, version, kernel;
};
constexpr std::array<System, 5> kSystems{
    {{"debian", "Debian GNU/Linux 12 (bookworm)", "Debian GNU/Linux", "12 (bookworm)", "6.1.0-18-amd64"},
     {"ubuntu", "Ubuntu 24.04.1 LTS", "Ubuntu", "24.04.1 LTS (Noble Numbat)", "6.8.0-45-generic"},
     {"rocky", "Rocky Linux 9.4 (Blue Onyx)", "Rocky Linux", "9.4 (Blue Onyx)", "5.14.0-427.13.1.el9_4.x86_64"},
     {"alpine", "Alpine Linux v3.20", "Alpine Linux", "3.20.3", "6.6.54-0-virt"},
     {"mswindows", "Windows Server 2022 Standard", "Microsoft Windows", "Microsoft Windows Server 2022", "20348"}}};

const System& system_of(const Guest& guest) { return kSystems[hash_of(guest.seed, 10) % kSystems.size()]; }
bool is_windows(const Guest& guest) { return system_of(guest).id == "mswindows"; }

std::string address_in(const Call& call, const Guest& guest) {
  return "10." + std::to_string(call.cluster.seed % 200) + "." + std::to_string(guest.vmid / 250) + "." +
         std::to_string(guest.vmid % 250 + 1);
}

/// The guest whose agent answers, or why none does, in the order in which the real one looks.
GuestFound with_agent(const Call& call) {
  auto found = guest_on_node(call, GuestKind::qemu);
  if (found.guest == nullptr) return found;
  if (!found.guest->has_agent) return {nullptr, Answer::error(500, "No QEMU guest agent configured")};
  if (!found.guest->is_running) return {nullptr, Answer::error(500, "VM " + call.captured[1] + " is not running")};
  if (found.guest->agent_answers) return found;
  auto silence = Answer::error(500, "QEMU guest agent is not running");
  silence.delay = kPingPatience;
  return {nullptr, std::move(silence)};
}

Answer result(std::string_view json) { return Answer::json("{\"data\":{\"result\":" + std::string(json) + "}}"); }

struct Mount {
  std::string_view name, place, type;
  std::int64_t total{};
  double share{};
};

std::string mount_row(const Call& call, const Mount& mount, bool windows) {
  JsonRow disk(call.dice);
  disk.text("bus-type", windows ? "sata" : "scsi").whole("bus", 0).whole("target", 0).whole("unit", 0);
  if (!windows) disk.text("dev", "/dev/" + std::string(mount.name));
  JsonRow row(call.dice);
  row.text("mountpoint", mount.place).text("name", mount.name).text("type", mount.type);
  row.raw("disk", mount.total == 0 ? "[]" : "[" + disk.take() + "]");
  // A CD, and what a drive without a medium would be, have no sizes.
  if (mount.total > 0)
    row.whole("total-bytes", mount.total)
        .real("used-bytes", std::floor(static_cast<double>(mount.total) * mount.share));
  return row.take();
}

std::string address_row(const Call& call, std::string_view address, std::string_view type, int prefix) {
  JsonRow row(call.dice);
  return row.text("ip-address", address).text("ip-address-type", type).whole("prefix", prefix).take();
}

std::string interface_row(const Call& call, std::string_view name, std::string_view mac, const std::string& addresses) {
  JsonRow row(call.dice);
  row.text("name", name).raw("ip-addresses", "[" + addresses + "]");
  row.text_if("hardware-address", mac).raw("statistics", R"({"rx-bytes":0,"tx-bytes":0})");
  return row.take();
}

}  // namespace

Answer qemu_agent_filesystems(Call& call) {
  auto found = with_agent(call);
  if (found.guest == nullptr) return std::move(found.refusal);
  const auto& guest = *found.guest;
  const auto total = guest.max_disk - guest.max_disk / 16;
  const auto share = [&](std::uint64_t salt) { return 0.2 + 0.75 * unit(hash_of(guest.seed, salt)); };
  std::vector<Mount> mounts;
  if (is_windows(guest)) {
    mounts = {{"\\\\?\\Volume{0001}\\", "C:\\", "NTFS", total, share(9)},
              {"\\\\?\\Volume{0002}\\", "System Reserved", "NTFS", 100 << 20, 0.3},
              {"\\\\?\\Volume{0003}\\", "D:\\", "CDFS", 0, 0}};
  } else {
    mounts = {{"sda1", "/", "ext4", total / 4 * 3, share(9)}, {"sda2", "/var", "xfs", total / 4, share(10)}};
    if (guest.vmid % 3 == 0) {
      mounts.push_back({"sda2", "/srv/bound", "xfs", total / 4, share(10)});
      mounts.push_back({"loop3", "/snap/core20/1974", "squashfs", 66 << 20, 1});
      mounts.push_back({"sr0", "/media/cdrom", "iso9660", 628 << 20, 1});
    }
  }
  std::vector<std::string> rows;
  rows.reserve(mounts.size());
  for (const auto& mount : mounts) rows.push_back(mount_row(call, mount, is_windows(guest)));
  return result(json_array(std::move(rows), call.dice));
}

Answer qemu_agent_interfaces(Call& call) {
  auto found = with_agent(call);
  if (found.guest == nullptr) return std::move(found.refusal);
  const auto& guest = *found.guest;
  const auto number = std::to_string(guest.vmid);
  std::vector<std::string> rows{
      interface_row(call, is_windows(guest) ? "Loopback Pseudo-Interface 1" : "lo",
                    is_windows(guest) ? "" : "00:00:00:00:00:00",
                    address_row(call, "127.0.0.1", "ipv4", 8) + "," + address_row(call, "::1", "ipv6", 128)),
      interface_row(call, is_windows(guest) ? "Ethernet" : "ens18", "bc:24:11:00:00:01",
                    address_row(call, address_in(call, guest), "ipv4", 16) + "," +
                        address_row(call, "2001:db8:10::" + number, "ipv6", 64) + "," +
                        address_row(call, "fe80::be24:11ff:fe00:1", "ipv6", 64))};
  if (!is_windows(guest) && guest.vmid % 4 == 0)
    rows.push_back(interface_row(call, "docker0", "02:42:5d:aa:bb:cc", address_row(call, "172.17.0.1", "ipv4", 16)));
  return result(json_array(std::move(rows), call.dice));
}

Answer qemu_agent_system(Call& call) {
  auto found = with_agent(call);
  if (found.guest == nullptr) return std::move(found.refusal);
  const auto& system = system_of(*found.guest);
  JsonRow row(call.dice);
  row.text("id", system.id).text("name", system.name).text("pretty-name", system.pretty_name);
  row.text("version", system.version).text("kernel-release", system.kernel).text("machine", "x86_64");
  return result(row.take());
}

Answer qemu_agent_host_name(Call& call) {
  auto found = with_agent(call);
  if (found.guest == nullptr) return std::move(found.refusal);
  JsonRow row(call.dice);
  return result(row.text("host-name", found.guest->name + ".example.test").take());
}

Answer lxc_interfaces(Call& call) {
  auto found = guest_on_node(call, GuestKind::lxc);
  if (found.guest == nullptr) return std::move(found.refusal);
  if (!found.guest->is_running) return Answer::json("{\"data\":null}");
  const auto address = address_in(call, *found.guest);
  const auto row_of = [&](std::string_view name, std::string_view mac, const std::string& inet,
                          std::string_view prefix) {
    JsonRow row(call.dice);
    row.text("name", name).text("hwaddr", mac).text("inet", inet + "/" + std::string(prefix));
    if (call.is_9()) {
      JsonRow ip(call.dice);
      ip.text("ip-address", inet).text("ip-address-type", "inet").text("prefix", prefix);
      row.text("hardware-address", mac).raw("ip-addresses", "[" + ip.take() + "]");
    }
    return row.take();
  };
  return data_rows(
      {row_of("lo", "00:00:00:00:00:00", "127.0.0.1", "8"), row_of("eth0", "bc:24:11:00:00:02", address, "8")},
      call.dice);
}

}  // namespace monitorix::sim

#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "proxmox/rota/guest_answers.h"
#include "proxmox/rota/topic.h"

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

Json json(std::string_view text) {
  auto parsed = Json::parse(text);
  REQUIRE(parsed);
  return *parsed;
}

struct Recorded {
  Json data{};
  int status{};
  std::string reason{};
};

Recorded recorded(const std::string& file) {
  const std::ifstream in(std::filesystem::path(MONITORIX_TEST_DATA) / "pve" / file);
  std::ostringstream text;
  text << in.rdbuf();
  const Json whole = json(text.str());
  const Json* data = whole.find("body")->find("data");
  return {*data, static_cast<int>(*whole.find("status")->as_int()), *whole.find("reason")->as_string()};
}

GuestConfig config(GuestType type, std::string_view text) {
  Findings findings;
  auto out = parse_config(type, json(text), findings);
  REQUIRE(out);
  CHECK(findings.empty());
  return *out;
}

const GuestDisk& disk(const GuestConfig& of, std::string_view slot) {
  const auto found = std::ranges::find(of.disks, slot, &GuestDisk::slot);
  REQUIRE(found != of.disks.end());
  return *found;
}

std::vector<FileSystem> file_systems(std::string_view text) {
  Findings findings;
  auto out = parse_file_systems(json(text), findings);
  REQUIRE(out);
  return *out;
}

constexpr std::int64_t kGiB = 1 << 30;

}  // namespace

TEST_CASE("the recorded configurations are read without loss") {
  Findings findings;
  const auto vm = parse_config(GuestType::qemu, recorded("pve-9.2.11/ok_qemu_config.json").data, findings);
  REQUIRE(vm);
  CHECK(vm->disks == std::vector<GuestDisk>{
                         {"scsi0", "disk", "local", "local:100/vm-100-disk-0.qcow2", std::nullopt, 32 * kGiB, true}});
  REQUIRE(vm->nets.size() == 1);
  CHECK(vm->nets[0].model == "virtio");
  CHECK(vm->nets[0].mac == "BC:24:11:00:00:01");
  CHECK(vm->nets[0].bridge == "vmbr0");
  CHECK(vm->cores == 2);
  CHECK(vm->memory_bytes == 2 * kGiB);
  CHECK(vm->starts_with_node);
  CHECK_FALSE(vm->has_agent);
  CHECK_FALSE(vm->balloon_bytes);
  CHECK(vm->boot == "order=scsi0");
  CHECK(vm->smbios_uuid == "11111111-1111-1111-1111-111111111111");
  for (const auto* version : {"pve-8.4.1", "pve-9.2.11"}) {
    const auto file = std::string(version) + "/ok_lxc_config.json";
    const auto container = parse_config(GuestType::lxc, recorded(file).data, findings);
    REQUIRE(container);
    CHECK(container->disks ==
          std::vector<GuestDisk>{{"rootfs", "rootfs", "local", "local:200/vm-200-disk-0.raw", "/", 8 * kGiB, true}});
    REQUIRE(container->nets.size() == 1);
    CHECK(container->nets[0].mac == "BC:24:11:00:00:02");
    CHECK(container->nets[0].name == "eth0");
    CHECK(container->host_name == "ct-dns");
    CHECK(container->os_type == "debian");
    CHECK(container->memory_bytes == 512 << 20);
  }
  CHECK(findings.empty());
}

TEST_CASE("the other recorded answers about the inside of guests mean what they say") {
  Findings findings;
  for (const std::string version : {"pve-8.4.1", "pve-9.2.11"}) {
    const auto snapshots = parse_snapshots(recorded(version + "/ok_snapshots.json").data, findings);
    REQUIRE(snapshots);
    CHECK(snapshots->empty());  // what it is now is none
    const auto silent = recorded(version + "/err_agent_notrunning.json");
    CHECK(silent.status == 500);
    CHECK(agent_silence(silent.status, silent.reason).code == "guest_not_running");
    CHECK(recorded(version + "/err_lxc_interfaces_stopped.json").data.is_null());
  }
  CHECK(findings.empty());
}

TEST_CASE("disks know their storage, their size and whether a backup takes them along") {
  const auto vm = config(GuestType::qemu, R"({
    "scsi0": "local-lvm:vm-1-disk-0,size=32G,ssd=1", "virtio1": "nas:1/vm-1-disk-1.qcow2,backup=0,size=1536M",
    "sata2": "file=pool:vm-1-disk-2,size=4T", "ide2": "local:iso/d.iso,media=cdrom,size=628M",
    "ide3": "none,media=cdrom", "scsi4": "/dev/disk/by-id/ata-X,size=1000204886016", "efidisk0": "pool:e,size=528K",
    "tpmstate0": "pool:t,size=4M", "unused0": "pool:vm-1-disk-9", "scsihw": "virtio-scsi-single", "ide1": "x:y,size=1Q"})");
  CHECK(vm.disks.size() == 10);
  CHECK(disk(vm, "scsi0").storage == "local-lvm");
  CHECK(disk(vm, "virtio1").size_bytes == 1536 << 20);
  CHECK_FALSE(disk(vm, "virtio1").in_backup);
  CHECK(disk(vm, "sata2").size_bytes == 4096 * kGiB);
  CHECK(disk(vm, "sata2").storage == "pool");
  CHECK(disk(vm, "ide2").kind == "cdrom");
  CHECK_FALSE(disk(vm, "ide2").in_backup);
  CHECK_FALSE(disk(vm, "ide3").volume);
  CHECK_FALSE(disk(vm, "scsi4").storage);
  CHECK(disk(vm, "scsi4").size_bytes == 1000204886016);
  CHECK(disk(vm, "efidisk0").size_bytes == 528 << 10);
  CHECK(disk(vm, "efidisk0").in_backup);
  CHECK(disk(vm, "unused0").kind == "unused");
  CHECK_FALSE(disk(vm, "unused0").in_backup);
  CHECK_FALSE(disk(vm, "ide1").size_bytes);

  const auto container = config(GuestType::lxc, R"({"rootfs": "local:vm-2-disk-0,size=8G",
    "mp0": "local:vm-2-disk-1,mp=/data,size=16G", "mp1": "local:vm-2-disk-2,mp=/kept,backup=1,size=1G",
    "mp2": "/srv/media,mp=/media,backup=1"})");
  CHECK(disk(container, "rootfs").in_backup);
  CHECK_FALSE(disk(container, "mp0").in_backup);
  CHECK(disk(container, "mp0").mount_at == "/data");
  CHECK(disk(container, "mp1").in_backup);
  CHECK_FALSE(disk(container, "mp2").in_backup);  // what lies on the host is never taken along
  CHECK_FALSE(disk(container, "mp2").storage);
}

TEST_CASE("the agent is configured in any of the ways in which Proxmox VE writes it") {
  CHECK(config(GuestType::qemu, R"({"agent": "1"})").has_agent);
  CHECK(config(GuestType::qemu, R"({"agent": 1})").has_agent);
  CHECK(config(GuestType::qemu, R"({"agent": "enabled=1,fstrim_cloned_disks=1"})").has_agent);
  CHECK(config(GuestType::qemu, R"({"agent": "1,type=virtio"})").has_agent);
  CHECK_FALSE(config(GuestType::qemu, R"({"agent": "0"})").has_agent);
  CHECK_FALSE(config(GuestType::qemu, R"({"agent": "enabled=0"})").has_agent);
  CHECK_FALSE(config(GuestType::qemu, R"({})").has_agent);
}

TEST_CASE("limits, balloon and signs of identity; what is odd is a finding and stays unknown") {
  const auto vm = config(GuestType::qemu, R"({"balloon": "0", "memory": "current=4096", "cpulimit": "1.5",
    "protection": 1, "onboot": "1", "description": "two\nlines", "meta": "creation-qemu=9.2.0,ctime=1700000000",
    "vmgenid": "aa", "smbios1": "base64=1,uuid=bb", "net0": "e1000,bridge=vmbr1,tag=20,link_down=1"})");
  CHECK(vm.balloon_bytes == 0);
  CHECK(vm.memory_bytes == 4 * kGiB);
  CHECK(vm.cpu_limit == 1.5);
  CHECK(vm.is_protected);
  CHECK(vm.starts_with_node);
  CHECK(vm.description == "two\nlines");
  CHECK(vm.created_at == from_seconds(1700000000));
  CHECK(vm.generation_id == "aa");
  CHECK(vm.smbios_uuid == "bb");
  CHECK(vm.nets.at(0).is_cut);
  CHECK(vm.nets.at(0).model == "e1000");
  CHECK(vm.nets.at(0).tag == "20");
  CHECK_FALSE(config(GuestType::qemu, R"({"cpulimit": 0})").cpu_limit);
  Findings findings;
  const auto odd = parse_config(GuestType::qemu, json(R"({"cores": [], "memory": {}, "scsi0": 7})"), findings);
  REQUIRE(odd);
  CHECK_FALSE(odd->cores);
  CHECK(odd->disks.empty());
  CHECK(findings.size() == 2);
  CHECK_FALSE(parse_config(GuestType::qemu, json("[]"), findings));
}

TEST_CASE("a description is cut, and cut between characters") {
  std::string notes;
  while (notes.size() < 3000) notes += "\xC3\xA5";
  const auto vm = config(GuestType::qemu, "{\"description\": \"" + notes + "\"}");
  CHECK(vm.description.size() <= 2048);
  CHECK(vm.description.size() % 2 == 0);
}

TEST_CASE("file systems: what is no disk is skipped and a device counts once") {
  const auto found = file_systems(R"({"result": [
    {"mountpoint": "/srv/bound", "name": "sda2", "type": "xfs", "total-bytes": "1000", "used-bytes": "400", "disk": []},
    {"mountpoint": "/", "name": "sda1", "type": "ext4", "total-bytes": 2000, "used-bytes": 1e3, "disk": [{"dev": "/dev/sda1"}]},
    {"mountpoint": "/var", "name": "sda2", "type": "xfs", "total-bytes": 1000, "used-bytes": 400},
    {"mountpoint": "/snap/core/1", "name": "loop3", "type": "squashfs", "total-bytes": 9, "used-bytes": 9},
    {"mountpoint": "/var/lib/docker/overlay2/x", "name": "overlay", "type": "overlay", "total-bytes": 9, "used-bytes": 9},
    {"mountpoint": "/media/cdrom", "name": "sr0", "type": "iso9660", "total-bytes": 9, "used-bytes": 9},
    {"mountpoint": "D:\\", "name": "v", "type": "CDFS"},
    {"mountpoint": "System Reserved", "name": "w", "type": "NTFS"},
    {"name": "dm-9", "type": "ext4"}, 7]})");
  REQUIRE(found.size() == 3);
  CHECK(found[0].mount_at == "/");
  CHECK(found[0].used_bytes == 1000);
  CHECK(found[0].device == "/dev/sda1");
  CHECK(found[1].mount_at == "/var");
  CHECK(found[1].also_at == std::vector<std::string>{"/srv/bound"});
  CHECK(found[1].total_bytes == 1000);
  CHECK(found[2].mount_at == "System Reserved");
  CHECK_FALSE(found[2].total_bytes);
  Findings findings;
  CHECK_FALSE(parse_file_systems(json("null"), findings));
  CHECK_FALSE(parse_file_systems(json(R"({"result": {"a": 1}})"), findings));
}

TEST_CASE("interfaces of VMs and of containers, of 8 and of 9") {
  Findings findings;
  const auto vm = parse_agent_interfaces(json(R"({"result": [
    {"name": "ens18", "hardware-address": "bc:24", "ip-addresses": [
      {"ip-address": "10.0.0.5", "ip-address-type": "ipv4", "prefix": 24}, {"ip-address": "FE80::1%ens18"}, {"x": 1}]},
    {"name": "wg0"}]})"),
                                         findings);
  REQUIRE(vm);
  CHECK((*vm)[0].addresses == std::vector<std::string>{"10.0.0.5", "fe80::1"});
  CHECK((*vm)[1].addresses.empty());
  const auto of_8 = parse_lxc_interfaces(
      json(R"([{"name": "eth0", "hwaddr": "bc", "inet": "10.0.0.2/24", "inet6": "2001:db8::2/64"}])"), findings);
  REQUIRE(of_8);
  CHECK((*of_8)[0].addresses == std::vector<std::string>{"10.0.0.2", "2001:db8::2"});
  const auto of_9 = parse_lxc_interfaces(json(R"([{"name": "eth0", "hardware-address": "bc", "inet": "10.0.0.2/24",
    "ip-addresses": [{"ip-address": "10.0.0.2", "ip-address-type": "inet", "prefix": "24"}]}])"),
                                         findings);
  REQUIRE(of_9);
  CHECK((*of_9)[0].addresses == std::vector<std::string>{"10.0.0.2"});
  CHECK((*of_9)[0].mac == "bc");
  CHECK_FALSE(parse_lxc_interfaces(json("null"), findings));
}

TEST_CASE("the system and the name of its host") {
  Findings findings;
  const auto os = parse_os(json(R"-({"result": {"id": "debian", "name": "Debian GNU/Linux",
    "pretty-name": "Debian GNU/Linux 12 (bookworm)", "version": "12 (bookworm)", "kernel-release": "6.1.0"}})-"),
                           findings);
  REQUIRE(os);
  CHECK(os->name == "Debian GNU/Linux 12 (bookworm)");
  CHECK(os->kernel == "6.1.0");
  CHECK(parse_os(json(R"({"result": {"name": "FreeBSD", "pretty-name": " "}})"), findings)->name == "FreeBSD");
  CHECK_FALSE(parse_os(json(R"({"result": {}})"), findings)->name);
  CHECK_FALSE(parse_os(json("null"), findings));
  CHECK(parse_host_name(json(R"({"result": {"host-name": "web-01"}})"), findings) == "web-01");
  CHECK_FALSE(parse_host_name(json(R"({"result": {}})"), findings));
}

TEST_CASE("what an agent's silence means is told by the words of Proxmox VE") {
  CHECK(agent_silence(500, "QEMU guest agent is not running").code == "agent_not_running");
  CHECK(agent_silence(500, "VM 100 qga command 'guest-get-fsinfo' failed - got timeout").code == "agent_not_running");
  CHECK(agent_silence(500, "No QEMU guest agent configured").code == "agent_not_configured");
  CHECK(agent_silence(500, "VM 102 is not running").code == "guest_not_running");
  CHECK(agent_silence(500, "something else").code == "status");
  CHECK_FALSE(agent_refusal(json(R"({"result": []})")));
  const auto unable = agent_refusal(json(R"({"result": {"error": {"class": "CommandNotFound", "desc": "no"}}})"));
  REQUIRE(unable);
  CHECK(unable->code == "agent_unable");
  const auto error = agent_refusal(json(R"({"result": {"error": {"class": "GenericError", "desc": "busy"}}})"));
  REQUIRE(error);
  CHECK(error->code == "agent_error");
  CHECK(error->params.at("said") == std::variant<std::int64_t, std::string>("busy"));
}

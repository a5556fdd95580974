// Guest configurations and snapshots.

#include <array>
#include <cstdio>

#include "sim/pve/calls.h"

namespace monitorix::sim {

namespace {

std::string hex_from(std::uint64_t seed, std::size_t digits) {
  std::string out;
  for (std::size_t i = 0; out.size() < digits; ++i) {
    std::array<char, 20> part{};
    std::snprintf(part.data(), part.size(), "%016llx", static_cast<unsigned long long>(hash_of(seed, i)));
    out += part.data();
  }
  out.resize(digits);
  return out;
}

std::string uuid_of(std::uint64_t seed) {
  const auto hex = hex_from(seed, 32);
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-4" + hex.substr(13, 3) + "-8" + hex.substr(17, 3) + "-" +
         hex.substr(20);
}

std::string address_of(const Guest& guest) {
  const auto hex = hex_from(guest.seed, 6);
  return "BC:24:11:" + hex.substr(0, 2) + ":" + hex.substr(2, 2) + ":" + hex.substr(4, 2);
}

std::string disk_of(const Guest& guest, std::string_view storage) {
  const auto vmid = std::to_string(guest.vmid);
  return std::string(storage) + ":" + vmid + "/vm-" + vmid +
         "-disk-0.raw,size=" + std::to_string(guest.max_disk >> 30) + "G";
}

std::string_view first_storage(const Call& call) {
  for (const auto& storage : call.cluster.storages) {
    if (storage.content.find("images") != std::string::npos) return storage.name;
  }
  return "local";
}

void add_shared(const Guest& guest, JsonRow& row) {
  row.text("digest", hex_from(guest.seed, 40)).whole("cores", guest.cpus);
  row.text_if("tags", guest.tags).text_if("lock", guest.lock);
  if (guest.starts_with_node) row.flag("onboot", true);
  if (guest.is_template) row.flag("template", true);
  if (!guest.snapshots.empty()) row.text("parent", guest.snapshots.back().name);
}

Answer snapshots_of(Call& call, GuestKind kind) {
  auto found = guest_on_node(call, kind);
  if (found.guest == nullptr) return std::move(found.refusal);
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  std::string parent;
  for (const auto& snapshot : found.guest->snapshots) {
    row.text("name", snapshot.name).text("description", snapshot.description).text_if("parent", parent);
    row.whole("snaptime", call.shown(snapshot.taken));
    if (kind == GuestKind::qemu) row.flag("vmstate", snapshot.with_memory);
    rows.push_back(row.take());
    parent = snapshot.name;
  }
  row.text("name", "current").text("description", "You are here!").text("digest", hex_from(found.guest->seed, 40));
  row.text_if("parent", parent).flag("running", found.guest->is_running);
  rows.push_back(row.take());
  return data_rows(std::move(rows), call.dice);
}

}  // namespace

Answer qemu_config(Call& call) {
  auto found = guest_on_node(call, GuestKind::qemu);
  if (found.guest == nullptr) return std::move(found.refusal);
  const auto& guest = *found.guest;
  JsonRow row(call.dice);
  add_shared(guest, row);
  row.text("name", guest.name).text("memory", std::to_string(guest.max_memory >> 20)).text("boot", "order=scsi0");
  row.text("scsi0", disk_of(guest, first_storage(call))).text("smbios1", "uuid=" + uuid_of(guest.seed));
  row.text("net0", "virtio=" + address_of(guest) + ",bridge=vmbr0");
  row.text("ostype", "l26").text("scsihw", "virtio-scsi-single").whole("sockets", 1);
  row.text("meta", "creation-qemu=9.2.0,ctime=" + std::to_string(epoch(guest.created)));
  row.text("vmgenid", uuid_of(mix(guest.seed)));
  if (guest.has_agent) row.text("agent", hash_of(guest.seed, 22) % 2 == 0 ? "1" : "enabled=1,fstrim_cloned_disks=1");
  if (!guest.has_balloon) row.whole("balloon", 0);
  if (!guest.is_furnished) return Answer::json(data_object(row));
  const auto vmid = std::to_string(guest.vmid);
  if (hash_of(guest.seed, 23) % 4 == 0)
    row.text("scsi1", std::string(first_storage(call)) + ":vm-" + vmid + "-disk-1,backup=0,size=64G,ssd=1");
  if (hash_of(guest.seed, 24) % 3 == 0) row.text("ide2", "local:iso/debian-12.iso,media=cdrom,size=628M");
  if (hash_of(guest.seed, 25) % 5 == 0) row.flag("protection", true);
  if (hash_of(guest.seed, 26) % 3 == 0) row.text("description", "Ask operations before a restart.\nRack 3");
  return Answer::json(data_object(row));
}

Answer lxc_config(Call& call) {
  auto found = guest_on_node(call, GuestKind::lxc);
  if (found.guest == nullptr) return std::move(found.refusal);
  const auto& guest = *found.guest;
  JsonRow row(call.dice);
  add_shared(guest, row);
  row.text("hostname", guest.name).whole("memory", guest.max_memory >> 20).whole("swap", guest.max_swap >> 20);
  row.text("arch", "amd64").text("ostype", "debian").flag("unprivileged", true);
  row.text("rootfs", disk_of(guest, first_storage(call)));
  row.text("net0", "name=eth0,bridge=vmbr0,hwaddr=" + address_of(guest) + ",ip=dhcp,type=veth");
  if (guest.is_furnished && hash_of(guest.seed, 23) % 4 == 0) row.text("mp0", "/srv/media,mp=/media");
  if (guest.is_furnished && hash_of(guest.seed, 24) % 4 == 0)
    row.text("mp1",
             std::string(first_storage(call)) + ":vm-" + std::to_string(guest.vmid) + "-disk-1,mp=/data,size=32G");
  return Answer::json(data_object(row));
}

Answer qemu_snapshots(Call& call) { return snapshots_of(call, GuestKind::qemu); }
Answer lxc_snapshots(Call& call) { return snapshots_of(call, GuestKind::lxc); }

}  // namespace monitorix::sim

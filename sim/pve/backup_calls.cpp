// Backup jobs: what they are, whom they take in, and who is in none.

#include <algorithm>

#include "sim/pve/calls.h"
#include "sim/world/backups.h"

namespace monitorix::sim {

namespace {

std::string list_of(const std::vector<int>& vmids) {
  std::string out;
  for (const int vmid : vmids) out += (out.empty() ? "" : ",") + std::to_string(vmid);
  return out;
}

void add_volume(std::vector<std::string>& rows, Dice& dice, const Guest& guest, std::string_view key, bool included) {
  const auto vmid = std::to_string(guest.vmid);
  JsonRow row(dice);
  row.text("id", vmid + ":" + std::string(key));
  row.text("name", "local-lvm:vm-" + vmid + "-disk-" + std::to_string(rows.size()));
  row.flag("included", included).text("reason", included ? "enabled" : "disabled");
  rows.push_back(row.take());
}

std::string guest_row(Call& call, const Guest& guest) {
  const bool is_qemu = guest.kind == GuestKind::qemu;
  std::vector<std::string> volumes;
  add_volume(volumes, call.dice, guest, is_qemu ? "scsi0" : "rootfs", true);
  if (guest.has_unsaved_disk) add_volume(volumes, call.dice, guest, is_qemu ? "scsi1" : "mp0", false);
  JsonRow row(call.dice);
  row.whole("id", guest.vmid).text("name", guest.name).text("type", is_qemu ? "qemu" : "lxc");
  row.raw("children", json_array(std::move(volumes), call.dice));
  return row.take();
}

}  // namespace

Answer backup_jobs(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (const auto& job : call.cluster.backup_jobs) {
    row.text("id", job.id).text("type", "vzdump").flag("enabled", job.is_enabled);
    row.text("schedule", schedule_text(job)).text("storage", job.storage).text("mode", "snapshot");
    row.text("compress", "zstd").text("notes-template", "{{guestname}}").text_if("comment", job.comment);
    row.raw("prune-backups", R"({"keep-last":"7","keep-weekly":"4"})");
    if (job.all) row.flag("all", true);
    row.text_if("vmid", list_of(job.vmids)).text_if("exclude", list_of(job.excluded));
    row.text_if("pool", job.pool).text_if("node", job.node);
    if (job.is_enabled) row.whole("next-run", next_run(job, call.shown(call.now)));
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

Answer backup_volumes(Call& call) {
  const auto& jobs = call.cluster.backup_jobs;
  const auto job = std::find_if(jobs.begin(), jobs.end(), [&](const auto& one) { return one.id == call.captured[0]; });
  if (job == jobs.end()) return parameter_error("id", "No such job '" + call.captured[0] + "'");
  std::vector<std::string> guests;
  for (const auto& guest : call.cluster.guests)
    if (takes_in(call.cluster, *job, guest)) guests.push_back(guest_row(call, guest));
  JsonRow row(call.dice);
  row.raw("children", json_array(std::move(guests), call.dice));
  return Answer::json(data_object(row));
}

/// Jobs that are disabled count as well: that is what Proxmox says.
Answer not_backed_up(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  for (const auto& guest : call.cluster.guests) {
    const auto& jobs = call.cluster.backup_jobs;
    if (std::any_of(jobs.begin(), jobs.end(), [&](const auto& job) { return takes_in(call.cluster, job, guest); }))
      continue;
    row.whole("vmid", guest.vmid).text("name", guest.name);
    row.text("type", guest.kind == GuestKind::qemu ? "qemu" : "lxc");
    rows.push_back(row.take());
  }
  return data_rows(std::move(rows), call.dice);
}

}  // namespace monitorix::sim

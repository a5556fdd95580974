// Whatever a server says: each reader of Proxmox answers makes objects of it or refuses it, and no number that came out
// is negative or no number at all.

#include <algorithm>
#include <cmath>
#include <optional>

#include "proxmox/backups/calendar.h"
#include "proxmox/backups/parse_backups.h"
#include "proxmox/backups/task_log.h"
#include "proxmox/parse.h"
#include "proxmox/rota/guest_answers.h"
#include "proxmox/rota/topic.h"
#include "proxmox/token.h"
#include "proxmox/value.h"
#include "tests/fuzz/require.h"

using namespace monitorix;
using namespace monitorix::proxmox;

namespace {

template <class Number>
void sound(const std::optional<Number>& number) {
  if (!number) return;
  require(*number >= Number{}, "a number is not negative");
  require(std::isfinite(static_cast<double>(*number)), "a number is a number");
}

void look_at(const Resources& resources) {
  for (const auto& node : resources.nodes) {
    require(!node.name.empty(), "a node has a name");
    sound(node.cpu_ratio);
    sound(node.cpu_count);
    sound(node.memory_used_bytes);
    sound(node.memory_total_bytes);
    sound(node.uptime_seconds);
  }
  for (const auto& guest : resources.guests) {
    require(guest.vmid >= 1 && guest.vmid <= 999'999'999, "a guest has a VMID");
    sound(guest.cpu_ratio);
    sound(guest.memory_used_bytes);
    sound(guest.memory_total_bytes);
    sound(guest.disk_used_bytes);
    sound(guest.disk_total_bytes);
    sound(guest.net_in);
    sound(guest.uptime_seconds);
  }
  for (const auto& storage : resources.storages) {
    require(!storage.name.empty(), "a storage has a name");
    sound(storage.used_bytes);
    sound(storage.total_bytes);
  }
}

void read_log(std::string_view text) {
  TaskLog log;
  for (std::size_t from = 0; from < text.size();) {
    const auto end = std::min(text.find('\n', from), text.size());
    log.add(text.substr(from, end - from));
    from = end + 1;
  }
  PveTask task{};
  task.status = "job errors";
  for (const auto& run : log.runs(task)) {
    require(run.vmid >= 1 && run.vmid <= 999'999'999, "a run is of a VMID");
    sound(run.size_bytes);
    require(!run.duration || run.duration->count() >= 0, "a run lasts no less than nothing");
  }
}

/// What members and the cluster itself are asked rarely.
void look_at_facts(const Json& data) {
  Findings findings;
  if (const auto disks = parse_disks(data, findings))
    for (const auto& disk : *disks) {
      sound(disk.size_bytes);
      sound(disk.worn_ratio);
    }
  if (const auto pools = parse_zfs_pools(data, findings))
    for (const auto& pool : *pools) sound(pool.size_bytes);
  ZfsPool pool{.name = "tank"};
  (void)read_zfs_detail(pool, data, findings);
  if (const auto pools = parse_thin_pools(data, findings))
    for (const auto& one : *pools) sound(one.metadata_used_bytes);
  (void)parse_software(data, findings);
  if (const auto sources = parse_repositories(data, findings))
    for (const auto& remark : sources->remarks) require(!remark.text.empty(), "a remark says something");
  if (const auto options = parse_options(data, findings))
    for (const auto& one : options->tag_colours)
      require(!one.tag.empty() && one.background.size() == 6 && one.text.size() == 6, "a tag has two colours");
  (void)parse_replication(data, findings);
  (void)parse_clock(data, WallTime{}, WallTime{std::chrono::seconds{1}}, findings);
  HaStatus ha{};
  if (auto status = parse_ha_status(data, findings)) ha = std::move(*status);
  (void)read_ha_manager(ha, data, findings);
  (void)parse_qdevice(data, findings);
  (void)parse_snapshots(data, findings);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const auto text = text_of(bytes, size);
  if (const auto token = parse_token(text))
    require(check_token_id(token->id).has_value(), "a token that was read has a good id");
  split_tags(text);
  if (const auto pause = longest_pause(text)) require(pause->count() >= 60, "a schedule has a pause");
  read_log(text);
  split_list(text);
  const auto data = parse_envelope(text);
  if (!data) return 0;
  look_at_facts(*data);
  Findings findings;
  if (const auto jobs = parse_backup_jobs(*data, findings))
    for (const auto& job : jobs->jobs) require(!job.id.empty(), "a job has a name");
  if (const auto contents = parse_included_volumes("job", *data, findings))
    for (const auto& row : contents->rows) require(row.vmid >= 1, "a guest of a job has a VMID");
  if (const auto guests = parse_not_backed_up(*data, findings)) require(guests->vmids.size() < (1U << 24U), "few");
  if (const auto lines = parse_log_page(*data))
    for (const auto& line : *lines) read_log(line);
  if (const auto resources = parse_resources(*data, findings)) look_at(*resources);
  (void)parse_membership(*data, findings);
  (void)parse_tasks(*data, findings);
  (void)parse_node_status("pve1", *data, findings);
  (void)parse_node_storage("pve1", *data, findings);
  (void)parse_node_services("pve1", *data, findings);
  (void)parse_certificates("pve1", *data, findings);
  (void)parse_subscription("pve1", *data, findings);
  for (const auto type : {GuestType::qemu, GuestType::lxc})
    if (const auto config = parse_config(type, *data, findings))
      for (const auto& disk : config->disks) sound(disk.size_bytes);
  if (const auto systems = parse_file_systems(*data, findings))
    for (const auto& one : *systems) {
      sound(one.used_bytes);
      require(one.total_bytes != 0, "a file system holds something");
    }
  (void)parse_agent_interfaces(*data, findings);
  (void)parse_lxc_interfaces(*data, findings);
  (void)parse_os(*data, findings);
  (void)parse_host_name(*data, findings);
  (void)agent_refusal(*data);
  if (const auto permissions = parse_permissions(*data)) (void)permissions->sees_everything();
  return 0;
}

#include "proxmox/backups/parse_backups.h"

#include <algorithm>
#include <charconv>

#include "proxmox/backups/calendar.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {
namespace {

constexpr std::int64_t kMostVmid = 999'999'999;
constexpr std::size_t kLongestList = 65'536;
constexpr std::size_t kLongestLine = 4'096;

std::vector<std::int64_t> vmids_in(const std::optional<std::string>& list) {
  std::vector<std::int64_t> out;
  if (!list) return out;
  for (const std::string& item : split_list(*list)) {
    std::int64_t vmid = 0;
    const auto [end, error] = std::from_chars(item.data(), item.data() + item.size(), vmid);
    if (error == std::errc{} && end == item.data() + item.size() && vmid > 0 && vmid <= kMostVmid) out.push_back(vmid);
  }
  std::ranges::sort(out);
  return out;
}

std::optional<std::string> filled(std::optional<std::string> text) {
  return text && !text->empty() ? text : std::nullopt;
}

/// Older versions give the days beside the hour ("dow" and "starttime") and no schedule.
std::optional<std::string> schedule_of(const Row& row) {
  if (auto schedule = filled(row.text("schedule"))) return schedule;
  const auto start = filled(row.text("starttime"));
  if (!start) return std::nullopt;
  const auto days = filled(row.text("dow"));
  return days ? *days + " " + *start : *start;
}

const Json::Array& children_of(const Json& json) {
  static const Json::Array none;
  const Json* children = json.find("children");
  const auto* list = children ? children->as_array() : nullptr;
  return list ? *list : none;
}

bool is_omission(const std::string& reason) {
  return reason.find("not a volume") == std::string::npos && reason.find("OMVF") == std::string::npos &&
         reason.find("OVMF") == std::string::npos;
}

}  // namespace

Result<BackupJobs> parse_backup_jobs(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "cluster/backup is not a list");
  BackupJobs out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "cluster/backup", findings);
    const auto id = filled(row.text("id"));
    if (!id || row.text("type").value_or("vzdump") != "vzdump") continue;
    BackupJob job{.id = *id};
    job.enabled = row.flag("enabled").value_or(true);
    job.vmids = vmids_in(row.text("vmid", kLongestList));
    job.excluded = vmids_in(row.text("exclude", kLongestList));
    job.pool = filled(row.text("pool"));
    job.all = row.flag("all").value_or(false) || (!job.excluded.empty() && !job.pool);
    job.node = filled(row.text("node"));
    job.storage = filled(row.text("storage"));
    job.schedule = schedule_of(row);
    job.mode = filled(row.text("mode"));
    job.comment = filled(row.text("comment", 1024));
    if (const auto next = row.whole("next-run")) job.next_run = from_seconds(*next);
    if (job.schedule) job.interval = longest_pause(*job.schedule);
    out.jobs.push_back(std::move(job));
  }
  std::ranges::sort(out.jobs, {}, &BackupJob::id);
  return out;
}

Result<BackupContents> parse_included_volumes(std::string job, const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "included_volumes is not an object");
  BackupContents out{.job = std::move(job)};
  for (const Json& item : children_of(data)) {
    if (!item.as_object()) continue;
    const Row guest(item, "included_volumes", findings);
    const auto vmid = guest.whole("id");
    if (!vmid || *vmid < 1 || *vmid > kMostVmid) continue;
    BackupContents::Row entry{.vmid = *vmid};
    for (const Json& leaf : children_of(item)) {
      if (!leaf.as_object()) continue;
      const Row disk(leaf, "included_volumes", findings);
      const auto id = filled(disk.text("id"));
      const auto reason = disk.text("reason").value_or("");
      if (!id || disk.flag("included") != false || !is_omission(reason)) continue;
      // The key may stand behind the guest's number ("100:scsi1"): ids of the tree are unique.
      const auto colon = id->rfind(':');
      entry.excluded_disks.push_back({colon == std::string::npos ? *id : id->substr(colon + 1), reason});
    }
    std::ranges::sort(entry.excluded_disks, {}, &ExcludedDisk::disk);
    out.rows.push_back(std::move(entry));
  }
  std::ranges::sort(out.rows, {}, &BackupContents::Row::vmid);
  return out;
}

Result<NotBackedUp> parse_not_backed_up(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "not-backed-up is not a list");
  NotBackedUp out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "not-backed-up", findings);
    if (const auto vmid = row.whole("vmid")) out.vmids.push_back(*vmid);
  }
  std::ranges::sort(out.vmids);
  return out;
}

Result<std::vector<std::string>> parse_log_page(const Json& data) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the log is not a list");
  std::vector<std::pair<double, std::string>> lines;
  for (const Json& item : *rows) {
    const Json* number = item.find("n");
    const Json* text = item.find("t");
    if (!number || !text || !text->as_string()) continue;
    lines.emplace_back(tolerant_number(*number).value_or(0), text->as_string()->substr(0, kLongestLine));
  }
  std::ranges::stable_sort(lines, {}, [](const auto& line) { return line.first; });
  std::vector<std::string> out;
  out.reserve(lines.size());
  for (auto& [number, text] : lines) out.push_back(std::move(text));
  return out;
}

}  // namespace monitorix::proxmox

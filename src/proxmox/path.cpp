#include "proxmox/path.h"

#include <algorithm>

#include "base/text.h"
#include "model/names.h"

namespace monitorix::proxmox {
namespace {

/// Printable, and nothing that could end a segment of the path.
bool fits_segment(char c) { return c > ' ' && c < 0x7f && c != '/' && c != '\\'; }

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

bool is_node_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name.front() != '-' && std::ranges::all_of(name, is_label_character);
}

Result<std::string> node_path(std::string_view node, std::string_view rest) {
  if (!is_node_name(node)) return fail(Errc::invalid, "'" + escape_controls(node) + "' is not a node's name");
  return "/nodes/" + percent_encode(node) + std::string(rest);
}

Result<std::string> storage_path(std::string_view node, std::string_view storage) {
  const auto fits = [](char c) { return is_label_character(c) || c == '_' || c == '.'; };
  const bool begins_well = !storage.empty() && is_label_character(storage.front()) && storage.front() != '-';
  if (!begins_well || storage.size() > 100 || !std::ranges::all_of(storage, fits))
    return fail(Errc::invalid, "'" + escape_controls(storage) + "' is not a storage's name");
  return node_path(node, "/storage/" + percent_encode(storage));
}

Result<std::string> task_log_path(std::string_view node, std::string_view upid) {
  if (!upid.starts_with("UPID:") || upid.size() > 512 || !std::ranges::all_of(upid, fits_segment))
    return fail(Errc::invalid, "'" + escape_controls(upid.substr(0, 64)) + "' is not a task's id");
  return node_path(node, "/tasks/" + percent_encode(upid) + "/log");
}

Result<std::string> backup_contents_path(std::string_view job) {
  const bool is_dots = job == "." || job == "..";
  if (job.empty() || job.size() > 100 || is_dots || !std::ranges::all_of(job, fits_segment))
    return fail(Errc::invalid, "'" + escape_controls(job.substr(0, 64)) + "' is not a job's id");
  return "/cluster/backup/" + percent_encode(job) + "/included_volumes";
}

Result<std::string> guest_path(std::string_view node, GuestType type, std::int64_t vmid, std::string_view rest) {
  if (vmid < 1 || vmid > 999'999'999) return fail(Errc::invalid, std::to_string(vmid) + " is not a VMID");
  return node_path(node, "/" + std::string(name_of(type)) + "/" + std::to_string(vmid) + std::string(rest));
}

}  // namespace monitorix::proxmox

#pragma once
// Paths of the Proxmox API from parts that must fit a strict grammar and are percent-encoded besides (security S23).

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/guest.h"

namespace monitorix::proxmox {

/// A node's name is a host label: letters, digits, hyphens; never "." or "..".
bool is_node_name(std::string_view name);
/// "/nodes/pve1" + rest; Errc::invalid for a name that is none.
Result<std::string> node_path(std::string_view node, std::string_view rest);
/// A storage of a node; its name begins with a letter and has letters, digits, hyphens, underscores and points.
Result<std::string> storage_path(std::string_view node, std::string_view storage);
/// A task's log; a UPID is "UPID:" and printable characters without slashes.
Result<std::string> task_log_path(std::string_view node, std::string_view upid);
/// What a backup job takes in; its id has no spaces, slashes or control characters.
Result<std::string> backup_contents_path(std::string_view job);
Result<std::string> guest_path(std::string_view node, GuestType type, std::int64_t vmid, std::string_view rest);

}  // namespace monitorix::proxmox

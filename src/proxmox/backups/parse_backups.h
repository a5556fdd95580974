#pragma once
// The answers about backup jobs as nouns, by the same tolerant rules as parse.h.

#include <string>
#include <vector>

#include "proxmox/parse.h"

namespace monitorix::proxmox {

/// E8 /cluster/backup. Jobs of other kinds than vzdump are left out.
Result<BackupJobs> parse_backup_jobs(const Json& data, Findings& findings);
/// E8 /cluster/backup/{id}/included_volumes: a tree of guests and their disks. What can be in no backup (a bind mount,
/// the firmware disk of a guest without that firmware) counts as nobody's omission.
Result<BackupContents> parse_included_volumes(std::string job, const Json& data, Findings& findings);
/// E9 /cluster/backup-info/not-backed-up.
Result<NotBackedUp> parse_not_backed_up(const Json& data, Findings& findings);
/// One page of /nodes/N/tasks/UPID/log: the lines in their order.
Result<std::vector<std::string>> parse_log_page(const Json& data);

}  // namespace monitorix::proxmox

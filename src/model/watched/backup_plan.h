#pragma once
// What a cluster says about its backups to come: the jobs, what each takes in, and who is in none. As facts, so that
// each has its age.

#include <map>
#include <string>

#include "model/facts.h"
#include "model/observation.h"

namespace monitorix {

struct BackupPlan {
  Fact<BackupJobs> jobs{};
  std::map<std::string, Fact<BackupContents>> contents{};  ///< by job
  Fact<NotBackedUp> not_backed_up{};
  bool operator==(const BackupPlan&) const = default;
};

}  // namespace monitorix

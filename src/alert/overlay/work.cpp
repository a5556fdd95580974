#include "alert/overlay/work.h"

#include <algorithm>
#include <array>

namespace monitorix::alert {
namespace {

using std::chrono::hours;

enum class Family : std::uint8_t { other, backup, migration, stop, snapshot, birth };

// Types of tasks first, then the names of locks.
Family family_of(std::string_view work) {
  const auto is_one_of = [&](auto... names) { return ((work == names) || ...); };
  if (is_one_of("vzdump", "backup")) return Family::backup;
  if (is_one_of("qmigrate", "vzmigrate", "hamigrate", "migrate")) return Family::migration;
  if (is_one_of("qmshutdown", "qmstop", "vzshutdown", "vzstop", "qmreboot", "vzreboot", "qmreset", "qmsuspend",
                "vzsuspend", "hastop", "suspending", "suspended"))
    return Family::stop;
  if (is_one_of("qmsnapshot", "vzsnapshot", "qmrollback", "vzrollback", "snapshot", "rollback", "snapshot-delete"))
    return Family::snapshot;
  if (is_one_of("qmclone", "vzclone", "qmrestore", "vzrestore", "qmcreate", "vzcreate", "clone", "create"))
    return Family::birth;
  return Family::other;
}

bool is_about_disks(Metric metric) { return metric == Metric::iowait_ratio || metric == Metric::io_pressure_ratio; }

}  // namespace

RunTime holds_until(const Work& work) {
  const RunTime limit = work.began + (family_of(work.work) == Family::backup ? hours{24} : hours{6});
  return work.ends ? std::min(*work.ends, limit) : limit;
}

bool is_running(const Work& work, RunTime now) { return now < holds_until(work); }

bool takes_away(std::string_view work) { return family_of(work) != Family::other; }

bool explains(std::string_view work, const Pair& pair, const Rule& rule) {
  const bool is_state = pair.kind == RuleKind::check_state;
  switch (family_of(work)) {
    case Family::backup:
    case Family::snapshot:
      return is_state || (pair.kind == RuleKind::metric && is_about_disks(rule.metric)) ||
             (pair.kind == RuleKind::pve_event && rule.condition == "agent_silent");
    case Family::migration: return is_state || (pair.kind == RuleKind::pve_event && rule.condition == "node_changed");
    case Family::stop: return is_state || pair.kind == RuleKind::no_data;
    case Family::birth: return true;
    case Family::other: return false;
  }
  return false;
}

}  // namespace monitorix::alert

#pragma once
// Checks over checks: all, any, k of n (cluster address, redundancy). A member counts by what is confirmed; what is not
// known of a member is not held against the whole unless it decides. No network, no time of its own.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "verdict/check_state.h"

namespace monitorix::verdict {

struct CompositeJudgement {
  Verdict verdict{Verdict::unknown};
  std::string reason{"ok"}, parameter{};  ///< parameter: how many of how many were good, "1/3"
};

/// Paused members are not there; for k of n they are not known. No member at all is unknown.
CompositeJudgement judge_composite(const CompositeOptions& options, const std::vector<Shown>& members);

/// The circle that saving these members under `service` would close, from it and back to it; nothing when there is
/// none. `members_of` answers for every other service (empty for those that are no composite).
std::optional<std::vector<ServiceId>> find_cycle(ServiceId service, const std::vector<ServiceId>& members,
                                                 const std::function<std::vector<ServiceId>(ServiceId)>& members_of);

}  // namespace monitorix::verdict

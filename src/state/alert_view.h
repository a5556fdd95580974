#pragma once
// What screens see of the alerts: each with what its reader needs to name it, and the incidents that are not over.
// Immutable; what did not change is shared with the picture before.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/alert/alert.h"

namespace monitorix::state {

struct AlertView {
  Alert row{};
  std::shared_ptr<const Rule> rule{};  ///< null: it is gone
  std::string name{};                  ///< of whom it is about
  std::optional<ClusterId> cluster{};
};

struct IncidentView {
  IncidentId id{};
  Incident row{};                                          ///< without the list of its alerts, which follows
  std::vector<std::shared_ptr<const AlertView>> alerts{};  ///< in the order they came, without pending ones
  WallTime updated_at{};  ///< grows with all that its page shows: alerts, notes, messages
};

/// By id. Those that are over are not among them.
using OpenIncidents = std::vector<std::shared_ptr<const IncidentView>>;

}  // namespace monitorix::state

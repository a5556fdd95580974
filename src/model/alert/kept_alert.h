#pragma once
// What is kept of alerts: rows, and beside each the text that alert/ made of where its clocks stand. Data only.

#include <string>
#include <vector>

#include "model/alert/alert.h"

namespace monitorix {

struct KeptAlert {
  Alert row{};
  std::string plan{};  ///< one line of JSON
  bool operator==(const KeptAlert&) const = default;
};

/// One transaction (alerts:A2).
struct AlertBatch {
  std::vector<KeptAlert> alerts{};
  std::vector<AlertId> vanished{};
  std::vector<Incident> incidents{};
  std::vector<Happening> happenings{};
  [[nodiscard]] bool is_empty() const {
    return alerts.empty() && vanished.empty() && incidents.empty() && happenings.empty();
  }
};

/// Everything that is needed to go on after a start: what is open or was not told to its end, and what ended within the
/// last hours, for it may flap.
struct KeptAlerts {
  std::vector<KeptAlert> alerts{};
  std::vector<Incident> incidents{};
  std::int64_t next_alert{1}, next_incident{1};
};

}  // namespace monitorix

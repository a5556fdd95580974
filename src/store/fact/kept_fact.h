#pragma once
// A fact as a row: of whom (cluster, node:ID, vm:ID, backups), which one, when it was heard, and what (see fact_doc.h).

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix::store {

struct KeptFact {
  ClusterId cluster{};
  std::string subject{}, topic{};
  std::optional<WallTime> heard_at{};
  std::string doc{};
  bool operator==(const KeptFact&) const = default;
};

struct FactBatch {
  std::vector<KeptFact> facts{};
  std::vector<std::pair<ClusterId, std::string>> gone{};  ///< subjects of which nothing is kept any longer
};

}  // namespace monitorix::store

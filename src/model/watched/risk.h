#pragma once
// Something that is not broken yet, or is and nobody noticed: what a cluster's own facts say about tomorrow.

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "model/ids.h"
#include "model/reason.h"

namespace monitorix {

enum class Severity : std::uint8_t { info, warning, critical };

struct Risk {
  std::string id{};  ///< kind and subject: the same for as long as it holds, whatever its severity
  Severity severity{};
  Reason what{};
  std::optional<NodeId> node{};
  WallTime since{};                 ///< when it was first seen in this spell
  std::optional<WallTime> as_of{};  ///< when what it rests on was collected
  bool operator==(const Risk&) const = default;
};

}  // namespace monitorix

#pragma once
// A snapshot of a guest. The state it runs in now is none.

#include <optional>
#include <string>

#include "base/clock.h"

namespace monitorix {

struct GuestSnapshot {
  std::string name{}, description{};
  std::optional<std::string> parent{};
  std::optional<WallTime> created_at{};
  std::optional<bool> with_memory{};
  bool operator==(const GuestSnapshot&) const = default;
};

}  // namespace monitorix

#pragma once
// RFC 3339 in UTC, the form of times in bodies (api C3).

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace monitorix {

/// "2026-11-22T23:06:52.120Z"
std::string rfc3339(WallTime at);
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace monitorix

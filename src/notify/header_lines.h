#pragma once
// Headers as people write them, one on a line: "Name: value". What could smuggle another header is refused (S75).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace monitorix::notify {

using HeaderLines = std::vector<std::pair<std::string, Secret>>;
Result<HeaderLines> parse_header_lines(std::string_view text);

/// No line break and no NUL.
bool is_one_line(std::string_view text);

}  // namespace monitorix::notify

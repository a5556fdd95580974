#pragma once
// Texts of a result: one line that is safe to show, and the numbers and lists that people write. Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace monitorix::check {

/// Foreign text as one line of at most 256 bytes without control characters (security S56).
std::string one_line(std::string_view text);
/// "a, b ,c" as its parts.
std::vector<std::string_view> parts_of(std::string_view list);
std::optional<double> number_of(std::string_view text);
std::string number_text(double number);

}  // namespace monitorix::check

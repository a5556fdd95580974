#pragma once
// Templates of people's own: {{name}} becomes a value, and nothing else happens (security S75). Pure.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace monitorix::notify {

using TemplateValues = std::map<std::string, std::string, std::less<>>;

enum class TemplateForm : std::uint8_t { json, text };
/// JSON when it begins as an object or an array does.
TemplateForm form_of(std::string_view text);

/// In JSON every value is escaped for the inside of a string. Errc::invalid for a name that is none of the values.
Result<std::string> fill_template(std::string_view text, const TemplateValues& values);

}  // namespace monitorix::notify

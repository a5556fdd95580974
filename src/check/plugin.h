#pragma once
// What a Nagios plugin prints: one line of text, then `|` and performance values. Pure; reads foreign bytes.

#include <string>
#include <string_view>
#include <vector>

#include "check/assertion.h"

namespace monitorix::check {

struct PluginOutput {
  std::string line{};  ///< the first line, without performance values
  std::vector<Performance> performance{};
};
PluginOutput parse_plugin_output(std::string_view text);

}  // namespace monitorix::check

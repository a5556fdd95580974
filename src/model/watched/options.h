#pragma once
// What the administrators of a cluster chose for all of it, as far as it shows on our pages.

#include <string>
#include <vector>

namespace monitorix {

/// Colours as six hexadecimal digits.
struct TagColours {
  std::string tag{}, background{}, text{};
  bool operator==(const TagColours&) const = default;
};

struct ClusterOptions {
  std::vector<TagColours> tag_colours{};  ///< by tag; tags without a choice are not in it
  bool operator==(const ClusterOptions&) const = default;
};

}  // namespace monitorix

#pragma once
// What is wrong with Monitorix itself, in each language: a name, what it means, and what to do about it. Others bring
// words of their own; here they are ours.

#include <string_view>

namespace monitorix::notify {

struct OwnWords {
  std::string_view alert_type;  ///< the key of the rule
  std::string_view title, meaning, deed;
};

/// English for a language that we do not know; nullptr for what is about others.
const OwnWords* own_words_of(std::string_view language, std::string_view alert_type);

}  // namespace monitorix::notify

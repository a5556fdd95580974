#pragma once
// The words of messages in each language. Data without logic: a word and its place, no grammar.

#include <array>
#include <string_view>

namespace monitorix::notify {

struct Words {
  std::string_view language;
  std::string_view critical, warning, info;
  std::string_view resolved, reminder, flapping, digest, passed, test;  ///< stand before the title
  std::string_view since, until, lasted, affected, more, held;          ///< stand before a value, `more` after a number
  std::string_view day, hour, minute, second;                           ///< behind a number
  std::string_view open;                                                ///< on the link
  std::string_view test_text;
  std::string_view footer;
};

/// English for a language that we do not know.
const Words& words_of(std::string_view language);
constexpr std::array<std::string_view, 7> kLanguages{"en", "nb", "sv", "da", "fi", "fr", "de"};

}  // namespace monitorix::notify

#pragma once
// Why something is as it is, in the language of whoever is told. The words are those of the screens
// (reason_words.gen.cpp is made of them); what others said stays as they said it. Pure.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/zone/zone.h"
#include "model/notify/message.h"

namespace monitorix::notify {

struct WordRow {
  std::string_view code;
  std::array<std::string_view, 7> words;  ///< as kLanguages; empty = not in that language
};
/// Sorted by code.
extern const WordRow kWordRows[];
extern const std::size_t kWordRowCount;

/// In English where the language has no word of its own; empty when there is none.
std::string_view word_of(std::string_view code, std::string_view language);

/// `otherwise` where the code is not known, as in a message of a newer version.
std::string reason_text(const Reason& why, const std::string& otherwise, std::string_view language);
/// The name, and what is wrong: of a rule that came with the house, unless somebody named it otherwise.
std::string topic_text(const Topic& topic, std::string_view language);
std::string held_text(const Message& message, std::string_view language, const Zone& zone);
/// 3 h 12 min: the two largest units.
std::string span_text(std::chrono::milliseconds span, std::string_view language);

}  // namespace monitorix::notify

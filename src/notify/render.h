#pragma once
// A message in somebody's language: the facts with their words, nothing escaped yet. And the forms that several
// receivers take. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/zone/zone.h"
#include "model/notify/message.h"

namespace monitorix::notify {

struct Rendered {
  std::string heading{};  ///< "Critical: node pve1 does not answer"; one line
  std::string cause{};
  std::vector<std::pair<std::string, std::string>> facts{};  ///< a word and its value
  std::string link{}, link_text{}, footer{};
  std::string color{};  ///< #rrggbb
  bool is_good{false};  ///< something ended
};

struct Reader {
  std::string_view language{};
  const Zone& zone;
  std::string_view public_url{};  ///< of this house, without a slash at its end; empty = unknown
};

Rendered render(const Message& message, const Reader& reader);
/// All of it but the heading, in plain text of at most so many bytes.
std::string plain_body(const Rendered& rendered, std::size_t most);

std::string time_text(WallTime at, const Zone& zone);  ///< 2026-11-27 14:02 UTC+1
/// Cut on a character boundary, with an ellipsis where something is missing.
std::string shortened(std::string_view text, std::size_t most);
std::string one_line(std::string_view text, std::size_t most);
std::string escape_html(std::string_view text);
std::string escape_markdown(std::string_view text);
std::string escape_slack(std::string_view text);

}  // namespace monitorix::notify

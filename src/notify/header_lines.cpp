#include "notify/header_lines.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace monitorix::notify {
namespace {

constexpr std::size_t kMostHeaders = 30;
/// The call's own business, or a signature that would be somebody else's.
constexpr std::array kOurs{"host",           "content-length", "transfer-encoding",     "connection",
                           "expect",         "x-monitorix-id", "x-monitorix-timestamp", "x-monitorix-signature",
                           "idempotency-key"};

bool is_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char letter) {
    const bool is_word =
        (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
    return is_word || std::string_view("!#$%&'*+-.^_`|~").find(letter) != std::string_view::npos;
  });
}

}  // namespace

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

Result<HeaderLines> parse_header_lines(std::string_view text) {
  HeaderLines out;
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty()) continue;
    const auto colon = line.find(':');
    const std::string_view name = trim(line.substr(0, colon));
    if (colon == std::string_view::npos || !is_name(name)) return fail(Errc::invalid, "a line is not \"Name: value\"");
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_one_line(value)) return fail(Errc::invalid, "a value holds a line break");
    if (std::ranges::find(kOurs, lower_ascii(name)) != kOurs.end())
      return fail(Errc::invalid, "the header " + std::string(name) + " is set by Monitorix itself");
    if (out.size() == kMostHeaders) return fail(Errc::invalid, "there are more than 30 headers");
    out.emplace_back(std::string(name), Secret(std::string(value)));
  }
  return out;
}

}  // namespace monitorix::notify

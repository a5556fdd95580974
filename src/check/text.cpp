#include "check/text.h"

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace monitorix::check {
namespace {
constexpr std::size_t kMostLine = 256;
}

std::string one_line(std::string_view text) {
  const std::string escaped = escape_controls(valid_utf8(trim(text), kMostLine));
  return valid_utf8(escaped, kMostLine);
}

std::vector<std::string_view> parts_of(std::string_view list) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto comma = list.find(',');
    out.push_back(trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) return out;
    list.remove_prefix(comma + 1);
  }
}

std::optional<double> number_of(std::string_view text) {
  text = trim(text);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size() || !std::isfinite(number))
    return std::nullopt;
  return number;
}

std::string number_text(double number) {
  char room[64];
  const auto [end, error] = std::to_chars(room, room + sizeof(room), number);
  return error == std::errc() ? std::string(room, end) : "?";
}

}  // namespace monitorix::check

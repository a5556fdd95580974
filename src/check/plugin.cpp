#include "check/plugin.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "check/text.h"

// output = text [ "|" values ] ( newline more )*
// values = ( label "=" number unit? ( ";" anything )* blank* )*
// label  = without blanks and "=", or in single quotes, where '' is one quote
namespace monitorix::check {
namespace {

constexpr std::size_t kMostValues = 64, kMostLabel = 100;

std::string take_label(std::string_view& rest) {
  std::string out;
  if (rest.starts_with('\'')) {
    rest.remove_prefix(1);
    while (!rest.empty()) {
      if (rest.starts_with("''"))
        rest.remove_prefix(1);
      else if (rest.starts_with('\''))
        break;
      out += rest.front();
      rest.remove_prefix(1);
    }
    if (!rest.empty()) rest.remove_prefix(1);
    return out;
  }
  const std::string_view label = rest.substr(0, rest.find_first_of("= \t"));
  rest.remove_prefix(label.size());
  return std::string(label);
}

std::vector<Performance> values_in(std::string_view rest) {
  std::vector<Performance> out;
  while (out.size() < kMostValues) {
    rest = trim(rest);
    if (rest.empty()) break;
    Performance value{};
    value.label = valid_utf8(take_label(rest), kMostLabel);
    if (!rest.starts_with('=')) {  // not a value: on to the next word
      rest.remove_prefix(std::min(rest.find_first_of(" \t"), rest.size()));
      continue;
    }
    const std::string_view word = rest.substr(1, rest.find_first_of(" \t") - 1);
    rest.remove_prefix(1 + word.size());
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value.value);
    if (error != std::errc() || !std::isfinite(value.value) || value.label.empty()) continue;  // U = unknown
    const std::string_view unit(end, static_cast<std::size_t>(word.data() + word.size() - end));
    value.unit = valid_utf8(unit.substr(0, unit.find(';')), 16);
    out.push_back(std::move(value));
  }
  return out;
}

}  // namespace

PluginOutput parse_plugin_output(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  const auto bar = first.find('|');
  PluginOutput out{};
  out.line = one_line(first.substr(0, bar));
  if (bar != std::string_view::npos) out.performance = values_in(first.substr(bar + 1));
  return out;
}

}  // namespace monitorix::check

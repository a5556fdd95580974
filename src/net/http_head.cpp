// head = request-line CRLF *( name ":" value CRLF ) CRLF
// Refused: bare CR or LF, NUL, folded lines, an empty name or one with other than token characters (also the space
// before the colon), Content-Length other than digits or twice or beside Transfer-Encoding, Transfer-Encoding other
// than "chunked" or before HTTP/1.1, no or more than one Host.
#include "net/http_head.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"

namespace monitorix::net {
namespace {

constexpr int kBad = 400, kTargetTooLong = 414, kHeadTooLarge = 431, kUnknownCoding = 501;

bool is_token_character(char c) {
  static constexpr std::string_view others = "!#$%&'*+-.^_`|~";
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_token_character); }

bool is_value_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7F) || c == '\t';
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(
      text, lower, [](char a, char b) { return static_cast<char>(std::tolower(static_cast<unsigned char>(a))) == b; });
}

/// A line feed that no carriage return leads in.
bool has_bare_line_feed(std::string_view bytes, std::size_t from) {
  for (auto at = bytes.find('\n', from); at != std::string_view::npos; at = bytes.find('\n', at + 1))
    if (at == 0 || bytes[at - 1] != '\r') return true;
  return false;
}

struct Seen {
  std::size_t fields{0}, lengths{0}, codings{0}, hosts{0};
};

int judge_request_line(std::string_view line, std::size_t max_target, bool& is_1_1) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || !is_token(line.substr(0, first))) return kBad;
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  is_1_1 = version == "HTTP/1.1";
  if (!is_1_1 && version != "HTTP/1.0") return kBad;
  const auto odd = [](char c) { return c == ' ' || !is_value_character(c) || c == '\t'; };
  if (target.empty() || std::ranges::any_of(target, odd)) return kBad;
  return target.size() > max_target ? kTargetTooLong : 0;
}

int judge_field(std::string_view line, bool is_1_1, Seen& seen) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return kBad;  // a folded line too
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trim(line.substr(colon + 1));
  if (!std::ranges::all_of(value, is_value_character)) return kBad;
  ++seen.fields;
  if (equals_ignoring_case(name, "content-length")) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (++seen.lengths > 1 || value.empty() || value.size() > 18 || !std::ranges::all_of(value, is_digit)) return kBad;
  } else if (equals_ignoring_case(name, "transfer-encoding")) {
    if (++seen.codings > 1 || !is_1_1) return kBad;
    if (!equals_ignoring_case(value, "chunked")) return kUnknownCoding;
  } else if (equals_ignoring_case(name, "host")) {
    ++seen.hosts;
  }
  return 0;
}

}  // namespace

HeadVerdict judge_head(std::string_view bytes, std::size_t known, const HeadLimits& limits) {
  const std::size_t from = known > 3 ? known - 3 : 0;
  const auto end = bytes.find("\r\n\r\n", from);
  if (end == std::string_view::npos) {
    if (has_bare_line_feed(bytes, from > 0 ? from + 1 : 0)) return {kBad, 0};
    return {bytes.size() >= limits.bytes ? kHeadTooLarge : 0, 0};
  }
  const std::size_t size = end + 4;
  if (size > limits.bytes) return {kHeadTooLarge, 0};
  std::string_view rest = bytes.substr(0, end + 2);
  if (has_bare_line_feed(rest, 0)) return {kBad, 0};
  bool is_1_1 = false;
  Seen seen{};
  for (bool is_first = true; !rest.empty(); is_first = false) {
    const auto line_end = rest.find('\r');
    if (rest[line_end + 1] != '\n') return {kBad, 0};  // in bounds: `rest` ends with CRLF
    const std::string_view line = rest.substr(0, line_end);
    const int status = is_first ? judge_request_line(line, limits.target, is_1_1) : judge_field(line, is_1_1, seen);
    if (status != 0) return {status, 0};
    if (seen.fields > limits.fields) return {kHeadTooLarge, 0};
    rest.remove_prefix(line_end + 2);
  }
  if (seen.lengths > 0 && seen.codings > 0) return {kBad, 0};
  if (seen.hosts > 1 || (is_1_1 && seen.hosts == 0)) return {kBad, 0};
  return {0, size};
}

bool asks_for(std::string_view bytes, std::string_view path) {
  constexpr std::string_view get = "GET ";
  if (!bytes.starts_with(get) || !bytes.substr(get.size()).starts_with(path)) return false;
  const auto rest = bytes.substr(get.size() + path.size());
  return rest.starts_with(' ') || rest.starts_with('?');
}

}  // namespace monitorix::net

#include "api/query.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

constexpr std::size_t kMostParameters = 200;

std::optional<std::int64_t> parse_whole(std::string_view text) {
  std::int64_t number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

bool decode(std::string_view raw, std::string& out) {
  return percent_decode(raw, out, true) && valid_utf8(out, out.size() + 4) == out &&
         out.find('\0') == std::string::npos;
}

}  // namespace

Result<Query> Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const auto end = raw.find('&');
    const auto piece = raw.substr(0, end);
    raw = end == std::string_view::npos ? std::string_view{} : raw.substr(end + 1);
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    std::pair<std::string, std::string> pair;
    const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
    if (!decode(piece.substr(0, equals), pair.first) || !decode(value, pair.second))
      return fail(Errc::invalid, "the query is not well formed");
    query.pairs_.push_back(std::move(pair));
    if (query.pairs_.size() > kMostParameters) return fail(Errc::invalid, "too many parameters");
  }
  return query;
}

Status Query::allow(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : pairs_)
    if (std::ranges::find(names, name) == names.end())
      return fail(Errc::invalid, "unknown parameter '" + escape_controls(valid_utf8(name, 64)) + "'");
  return {};
}

const std::string* Query::find(std::string_view name) const {
  const auto found = std::ranges::find(pairs_, name, &std::pair<std::string, std::string>::first);
  return found == pairs_.end() ? nullptr : &found->second;
}

std::string Query::text(std::string_view name) const {
  const auto* value = find(name);
  return value ? *value : std::string{};
}

std::vector<std::string> Query::all(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [key, value] : pairs_)
    if (key == name) values.push_back(value);
  return values;
}

Result<bool> Query::flag(std::string_view name, bool otherwise) const {
  const auto* value = find(name);
  if (!value) return otherwise;
  if (*value == "true" || *value == "1") return true;
  if (*value == "false" || *value == "0") return false;
  return fail(Errc::invalid, std::string(name) + " must be true or false");
}

Result<std::int64_t> Query::number(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                   std::int64_t most) const {
  const auto* value = find(name);
  if (!value) return otherwise;
  const auto number = parse_whole(*value);
  if (number && *number >= least && *number <= most) return *number;
  return fail(Errc::invalid,
              std::string(name) + " must be a number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<std::optional<WallTime>> Query::time(std::string_view name) const {
  const auto* value = find(name);
  if (!value) return std::optional<WallTime>{};
  if (const auto ms = parse_whole(*value); ms && *ms >= 0 && *ms < 253402300800000) return std::optional(from_ms(*ms));
  if (const auto at = parse_rfc3339(*value)) return std::optional(*at);
  return fail(Errc::invalid, std::string(name) + " must be a time (RFC 3339 or epoch milliseconds)");
}

std::optional<std::int64_t> parse_id(std::string_view text) {
  if (text.empty() || text.size() > 18 || text.front() == '0') return std::nullopt;
  const auto number = parse_whole(text);
  return number && *number > 0 ? number : std::nullopt;
}

}  // namespace monitorix::api

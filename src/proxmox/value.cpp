#include "proxmox/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"

namespace monitorix::proxmox {
namespace {

constexpr double kLargestWhole = 9.2e18;
constexpr std::size_t kMaxFindings = 50;

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    if (const auto part = text.substr(0, end); !part.empty()) parts.push_back(valid_utf8(part, 128));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return parts;
}

}  // namespace

std::optional<double> tolerant_number(const Json& value) {
  if (const auto number = value.as_number()) return std::isfinite(*number) ? number : std::nullopt;
  const std::string* text = value.as_string();
  if (!text) return std::nullopt;
  const std::string_view digits = trim(*text);
  double out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc{} || end != digits.data() + digits.size() || !std::isfinite(out)) return std::nullopt;
  return out;
}

void Row::odd(std::string_view field) const {
  if (findings_.size() < kMaxFindings) findings_.push_back(std::string(endpoint_) + ": " + std::string(field));
}

std::optional<double> Row::number(std::string_view field, double lowest, double highest) const {
  const Json* value = object_.find(field);
  if (!value || value->is_null()) return std::nullopt;
  if (const auto* text = value->as_string(); text && text->empty()) return std::nullopt;
  const auto out = tolerant_number(*value);
  if (!out || *out < lowest || *out > highest) {
    odd(field);
    return std::nullopt;
  }
  return out;
}

std::optional<std::int64_t> Row::whole(std::string_view field) const {
  const Json* value = object_.find(field);
  if (value)
    if (const auto* exact = value->as_int(); exact && *exact >= 0) return *exact;
  const auto out = number(field, 0.0, kLargestWhole);
  return out ? std::optional(static_cast<std::int64_t>(std::llround(*out))) : std::nullopt;
}

std::optional<WallTime> Row::moment(std::string_view field) const {
  constexpr std::int64_t kLastSecond = 253'402'300'799;
  const auto at = whole(field);
  if (!at || *at == 0) return std::nullopt;
  if (*at > kLastSecond) {
    odd(field);
    return std::nullopt;
  }
  return from_seconds(*at);
}

std::optional<std::string> Row::text(std::string_view field, std::size_t max_bytes) const {
  const Json* value = object_.find(field);
  if (!value || value->is_null()) return std::nullopt;
  if (const auto* out = value->as_string()) return valid_utf8(*out, max_bytes);
  if (const auto* number = value->as_int()) return std::to_string(*number);
  odd(field);
  return std::nullopt;
}

std::optional<bool> Row::flag(std::string_view field) const {
  const Json* value = object_.find(field);
  if (!value || value->is_null()) return std::nullopt;
  if (const auto* out = value->as_bool()) return *out;
  if (const auto number = tolerant_number(*value)) return *number != 0;
  odd(field);
  return std::nullopt;
}

std::optional<Row> Row::object(std::string_view field) const {
  const Json* value = object_.find(field);
  if (!value || !value->as_object()) return std::nullopt;
  return Row(*value, endpoint_, findings_);
}

std::vector<std::string> split_tags(std::string_view text) {
  auto tags = split(text, ";, ");
  std::ranges::sort(tags);
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

std::vector<std::string> split_list(std::string_view text) {
  auto parts = split(text, ",");
  std::ranges::sort(parts);
  return parts;
}

}  // namespace monitorix::proxmox

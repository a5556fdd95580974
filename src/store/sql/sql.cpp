#include "store/sql/sql.h"

namespace monitorix::store {

bool Row::is_null(std::size_t column) const { return std::holds_alternative<std::monostate>(values_.at(column)); }

std::int64_t Row::integer(std::size_t column) const { return maybe_integer(column).value_or(0); }

bool Row::flag(std::size_t column) const { return integer(column) != 0; }

std::string Row::text(std::size_t column) const { return maybe_text(column).value_or(""); }

std::optional<std::int64_t> Row::maybe_integer(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? 1 : 0;
  return std::nullopt;
}

std::optional<double> Row::maybe_real(std::size_t column) const {
  if (const auto* number = std::get_if<double>(&values_.at(column))) return *number;
  if (const auto whole = maybe_integer(column)) return static_cast<double>(*whole);
  return std::nullopt;
}

std::optional<std::string> Row::maybe_text(std::size_t column) const {
  const Value& value = values_.at(column);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  return std::nullopt;
}

std::optional<WallTime> Row::maybe_time(std::size_t column) const {
  const auto number = maybe_integer(column);
  return number ? std::optional(from_ms(*number)) : std::nullopt;
}

}  // namespace monitorix::store

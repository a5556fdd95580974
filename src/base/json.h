#pragma once
// JSON in, for bodies of people and settings (small documents). Reads the whole text once into a tree of values with
// limits on depth (64) and on the elements of an array (100 000); unknown members are visible so that callers can
// refuse them.
// The hot answers of Proxmox are read by proxmox/ with simdjson on demand, not with this.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace monitorix {

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = std::map<std::string, Json, std::less<>>;

  Json() = default;
  static Result<Json> parse(std::string_view text);

  [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  [[nodiscard]] const bool* as_bool() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::int64_t* as_int() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] std::optional<double> as_number() const;
  [[nodiscard]] const std::string* as_string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* as_array() const;
  [[nodiscard]] const Object* as_object() const;
  /// Member of an object, or null when absent or not an object.
  [[nodiscard]] const Json* find(std::string_view name) const;
  [[nodiscard]] std::string dump() const;

  std::variant<std::monostate, bool, std::int64_t, double, std::string, std::shared_ptr<const Array>,
               std::shared_ptr<const Object>>
      value_{};
};

}  // namespace monitorix

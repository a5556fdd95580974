#pragma once
// JSON in: bodies of people, settings, answers of others. Reads the whole text once into a tree of values with
// limits on depth (64) and on the elements of an array (100 000); unknown members are visible so that callers can
// refuse them.
// The answers of Proxmox come through here too: 10,000 guests are 200,000 values every ten seconds. Hence one piece of
// memory for an array and one for an object.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.h"

namespace monitorix {

class JsonObject;

class Json {
 public:
  using Array = std::vector<Json>;
  using Object = JsonObject;

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

/// Members by their names, in the order of these; no name twice.
class JsonObject {
 public:
  using Member = std::pair<std::string, Json>;

  JsonObject() = default;
  /// In the order of their names. Errc::invalid: a name comes twice.
  static Result<JsonObject> of(std::vector<Member> members);

  [[nodiscard]] auto begin() const { return members_.begin(); }
  [[nodiscard]] auto end() const { return members_.end(); }
  [[nodiscard]] auto begin() { return members_.begin(); }
  [[nodiscard]] auto end() { return members_.end(); }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] std::vector<Member>::const_iterator find(std::string_view name) const;
  [[nodiscard]] std::vector<Member>::iterator find(std::string_view name);
  [[nodiscard]] bool contains(std::string_view name) const { return find(name) != end(); }
  void erase(std::string_view name);

 private:
  std::vector<Member> members_{};
};

}  // namespace monitorix

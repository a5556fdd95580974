#pragma once
// The query of a request: decoded once, names checked against what the route knows (C7: unknown -> 400).

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace monitorix::api {

class Query {
 public:
  Query() = default;
  /// Errc::invalid on a broken escape, invalid UTF-8 or more than 200 parameters.
  static Result<Query> parse(std::string_view raw);

  /// Errc::invalid naming the first parameter that is not in the list.
  [[nodiscard]] Status allow(std::initializer_list<std::string_view> names) const;
  [[nodiscard]] const std::string* find(std::string_view name) const;  ///< the first
  [[nodiscard]] std::string text(std::string_view name) const;         ///< "" when absent
  [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
  [[nodiscard]] Result<bool> flag(std::string_view name, bool otherwise) const;
  [[nodiscard]] Result<std::int64_t> number(std::string_view name, std::int64_t otherwise, std::int64_t least,
                                            std::int64_t most) const;
  /// RFC 3339 or epoch milliseconds.
  [[nodiscard]] Result<std::optional<WallTime>> time(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> pairs_{};
};

/// Whole text as a positive number, as our ids are; nullopt otherwise.
std::optional<std::int64_t> parse_id(std::string_view text);

}  // namespace monitorix::api

#pragma once
// The members of a JSON body, read one by one; what is wrong is gathered, and what nobody asked for is an error (C11).

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/answer.h"
#include "base/json.h"

namespace monitorix::api {

struct TextRule {
  std::size_t least{0}, most{256};
  bool may_be_null{false};
  bool one_line{true};  ///< no control characters at all; else tab and line feed are fine
};

class Fields {
 public:
  /// `prefix` stands before field names in errors ("tls.").
  explicit Fields(Json object, std::string prefix = {});
  static Result<Fields> parse(std::string_view body);

  [[nodiscard]] bool has(std::string_view name);
  std::optional<std::string> text(std::string_view name, TextRule rule);  ///< absent or wrong: nullopt
  std::string required_text(std::string_view name, TextRule rule);
  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most);
  std::optional<double> decimal(std::string_view name, double least, double most);
  std::optional<bool> flag(std::string_view name);
  std::optional<std::vector<std::string>> texts(std::string_view name, std::size_t most_items, TextRule rule);
  std::optional<Fields> object(std::string_view name);
  std::optional<std::vector<Fields>> objects(std::string_view name, std::size_t most_items);
  [[nodiscard]] bool is_null(std::string_view name);

  void wrong(std::string_view field, std::string code, std::string message);
  void take_errors(Fields& inner);
  /// All errors, with one for each member nobody asked for; empty = the body is fine.
  std::vector<FieldError> finish();

 private:
  const Json* take(std::string_view name);
  Json object_;
  std::string prefix_;
  std::set<std::string, std::less<>> asked_{};
  std::vector<FieldError> errors_{};
};

}  // namespace monitorix::api

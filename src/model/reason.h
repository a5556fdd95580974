#pragma once
// Why something is as it is, for two readers: `text` in English for logs, programs and the command line, `code` with
// `params` for a page that says it in its reader's language. No secret in either.

#include <cstdint>
#include <map>
#include <string>
#include <variant>

namespace monitorix {

struct Reason {
  /// A number is a count, so that a language can choose its plural; everything else is text.
  using Params = std::map<std::string, std::variant<std::int64_t, std::string>>;
  std::string code{}, text{};
  Params params{};
  bool operator==(const Reason&) const = default;
};

}  // namespace monitorix

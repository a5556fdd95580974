#pragma once
// The door of the linear-time engine for regular expressions (RE2): a pattern of a stranger cannot keep us busy.
// Patterns of at most 1 KiB, subjects of at most 1 MiB (the rest is not looked at).

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace monitorix::check {

class Pattern {
 public:
  /// Errc::invalid with what is wrong and where.
  static Result<Pattern> compile(std::string_view text);
  [[nodiscard]] bool is_found_in(std::string_view subject) const;

 private:
  struct Engine;
  explicit Pattern(std::shared_ptr<const Engine> engine) : engine_(std::move(engine)) {}
  std::shared_ptr<const Engine> engine_;
};

}  // namespace monitorix::check

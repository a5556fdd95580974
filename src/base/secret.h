#pragma once
// A string that will not print: no formatter, no stream operator, wiped on destruction (security S39).

#include <string>
#include <string_view>

namespace monitorix {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  /// The only way to the text; grep for it to see every use.
  [[nodiscard]] const std::string& reveal() const { return value_; }
  [[nodiscard]] bool empty() const { return value_.empty(); }
  bool operator==(const Secret&) const = default;  ///< for our own settings, not for what a stranger sent

 private:
  std::string value_{};
};

/// Overwrites memory in a way that the compiler keeps.
void wipe(std::string& text) noexcept;

}  // namespace monitorix

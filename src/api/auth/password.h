#pragma once
// bcrypt ($2b$) in a pool of its own: two at once, lowered priority, 32 waiting, then Errc::unavailable (S3-S6).
// More than 72 bytes is refused when set and fails like a wrong password, after the same work, at login. A password is
// its NFC form (S5): the same letters typed on another keyboard are the same password, and that form is measured.

#include <string>
#include <string_view>

#include "base/result.h"
#include "net/task.h"

namespace monitorix::api {

/// What a new password breaks: Errc::too_large for more than 72 bytes, Errc::invalid with the sentence else.
Status check_new_password(std::string_view password, std::string_view username);
inline constexpr std::size_t kLeastPasswordBytes = 12;
inline constexpr std::size_t kMostPasswordBytes = 72;

/// Such as guessers try first: a common word with digits or signs around it, a run of keys, a repetition.
bool is_common_password(std::string_view password);

class Passwords {
 public:
  explicit Passwords(int cost);
  net::Task<Result<std::string>> hash(std::string password);
  /// False for a wrong password; `hash` "" (unknown user) costs the same and is false.
  net::Task<Result<bool>> verify(std::string password, std::string hash);
  [[nodiscard]] bool is_outdated(const std::string& hash) const;  ///< made with a lower cost, or called $2a$ or $2y$

 private:
  int cost_;
  std::string nobodys_;  // setting of an unknown user's password
  net::WorkerPool pool_;
};

}  // namespace monitorix::api

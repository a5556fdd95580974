#pragma once
// The one-time token that makes the first account (S1): 128 bit, one hour, made anew while no user exists.

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"

namespace monitorix::api {

class SetupToken {
 public:
  /// `announce` prints the token and writes its file; "" tells that it is no longer needed.
  SetupToken(const Clock& clock, std::function<void(const std::string&)> announce)
      : clock_(clock),
        announce_(std::move(announce)) {}

  void arm();     ///< no user exists: makes a token
  void disarm();  ///< somebody registered
  void renew_if_expired();
  [[nodiscard]] bool is_armed() const { return !token_.empty(); }
  [[nodiscard]] bool accepts(std::string_view token) const;

 private:
  const Clock& clock_;
  std::function<void(const std::string&)> announce_;
  Secret token_{};
  WallTime expires_at_{};
};

}  // namespace monitorix::api

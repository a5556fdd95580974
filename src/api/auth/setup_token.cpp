#include "api/auth/setup_token.h"

#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {

void SetupToken::arm() {
  token_ = Secret(base64url(random_bytes(16)));
  expires_at_ = clock_.wall() + std::chrono::hours{1};
  if (announce_) announce_(token_.reveal());
}

void SetupToken::disarm() {
  if (!is_armed()) return;
  token_ = Secret{};
  if (announce_) announce_("");
}

void SetupToken::renew_if_expired() {
  if (is_armed() && clock_.wall() >= expires_at_) arm();
}

bool SetupToken::accepts(std::string_view token) const {
  return is_armed() && clock_.wall() < expires_at_ && equal_constant_time(token_.reveal(), token);
}

}  // namespace monitorix::api

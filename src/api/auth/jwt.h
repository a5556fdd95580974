#pragma once
// Access tokens: HS256 and nothing else. A token is accepted only if it is, byte for byte, what sign() makes of its
// claims; thereby foreign algorithms, further header members, doubled claims and odd base64 fall away (S11, S12).

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"
#include "model/ids.h"

namespace monitorix::api {

struct AccessClaims {
  UserId user{};
  std::string session{};  ///< the family of the sign-in
  std::int64_t token_version{};
  WallTime issued_at{}, expires_at{};  ///< whole seconds
  bool operator==(const AccessClaims&) const = default;
};

enum class TokenFault { none, malformed, expired };

struct Verified {
  TokenFault fault{TokenFault::malformed};
  AccessClaims claims{};
};

std::string sign(const Secret& key, const AccessClaims& claims);
Verified verify(const Secret& key, std::string_view token, WallTime now);

}  // namespace monitorix::api

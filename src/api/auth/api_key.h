#pragma once
// API keys, `mx_<8 digits>_<256 bit>` (S17): how one is made and known again, and what its scopes open.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "model/user.h"

namespace monitorix::api {

inline constexpr std::string_view kApiKeyMark = "mx_";
inline constexpr std::size_t kMostApiKeys = 50;  ///< of one person

struct FreshKey {
  Secret text{};  ///< shown once, kept nowhere
  std::string prefix{}, hash{};
};

FreshKey make_api_key();
/// Has the form of a key; saves the database from all else.
bool is_api_key(std::string_view text);
/// 32 bytes. A plain SHA-256 is enough for 256 random bits.
std::string api_key_hash(std::string_view text);

/// The role whose routes these scopes open; nullopt when they open none but the exporters.
std::optional<Role> role_of(std::span<const KeyScope> scopes);
/// The least role whose holder may give this scope away.
Role role_for(KeyScope scope);

}  // namespace monitorix::api

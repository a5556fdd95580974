#pragma once
// People who may sign in, their sessions and API keys, and the record of what they did.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace monitorix {

/// Each role may do all that the ones before it may.
enum class Role : std::uint8_t { viewer, operator_, editor, admin };

struct User {
  UserId id{};
  std::string username{}, email{};
  std::string password_hash{};  ///< bcrypt $2b$; never leaves the server
  Role role{};
  std::vector<ClusterId> scope_clusters{};  ///< empty = everything
  std::vector<std::string> scope_pools{}, scope_tags{};
  bool is_active{true};
  std::int64_t token_version{1};  ///< older access tokens fail
  std::int64_t version{1};        ///< optimistic lock
  std::optional<std::string> language{}, time_zone{}, theme{};
  WallTime created_at{}, updated_at{};
  std::optional<WallTime> last_login_at{};
};

struct Session {
  SessionId id{};
  UserId user{};
  std::string family{};      ///< all rotations of one sign-in
  std::string token_hash{};  ///< 32 bytes SHA-256 of the refresh token
  WallTime created_at{}, last_used_at{}, expires_at{};
  std::optional<WallTime> rotated_at{}, revoked_at{};
  std::string ip{}, user_agent{};
};

/// What an API key is for; never more than its owner may do himself (S17). `metrics` opens nothing but the exporters,
/// `hooks` nothing but what takes the alerts of other systems.
enum class KeyScope : std::uint8_t { read, operate, configure, admin, metrics, hooks };

struct ApiKey {
  ApiKeyId id{};
  UserId user{};
  std::string name{};
  std::string prefix{};    ///< how people tell it apart: "mx_" and eight digits; no part of the secret
  std::string key_hash{};  ///< 32 bytes SHA-256 of the whole key, which is kept nowhere
  std::vector<KeyScope> scopes{};
  WallTime created_at{};
  std::optional<WallTime> expires_at{}, last_used_at{};  ///< the last use to the minute
};

struct AuditEntry {
  std::int64_t id{};
  std::optional<UserId> user{};
  std::string username{}, action{}, resource_type{};
  std::optional<std::string> resource_id{}, resource_name{}, changes{}, ip_address{}, user_agent{}, error_message{};
  bool success{true};
  WallTime created_at{};
};

}  // namespace monitorix

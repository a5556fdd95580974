#pragma once
// Migration 0002, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

inline constexpr std::string_view k0002ApiKey = R"sql(
CREATE TABLE api_key(id {{id}}, user_id bigint NOT NULL REFERENCES users(id) ON DELETE CASCADE, name text NOT NULL,
  prefix text NOT NULL, key_hash bytea NOT NULL UNIQUE, scopes text NOT NULL, created_at bigint NOT NULL,
  expires_at bigint, last_used_at bigint);
CREATE INDEX api_key_by_user ON api_key(user_id);
)sql";

}  // namespace monitorix::store::schema

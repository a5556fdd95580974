#pragma once
// Migration 0011, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

inline constexpr std::string_view k0011AlertRoute = R"sql(
CREATE TABLE alert_route(id {{id}}, is_default boolean NOT NULL, doc text NOT NULL, ver bigint NOT NULL DEFAULT 1,
  updated_at bigint NOT NULL);
CREATE UNIQUE INDEX alert_route_default ON alert_route(is_default) WHERE is_default;
)sql";

}  // namespace monitorix::store::schema

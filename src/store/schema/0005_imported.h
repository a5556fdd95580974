#pragma once
// Migration 0005, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

// What came from another program: which of its rows became which of ours, what waits here for a feature that takes it
// over, what could not be placed, and how far the import came. `secret` is sealed.
inline constexpr std::string_view k0005Imported = R"sql(
CREATE TABLE imported(source text NOT NULL, kind text NOT NULL, old_id bigint NOT NULL, doc text NOT NULL,
  secret bytea, PRIMARY KEY(source, kind, old_id));
)sql";

}  // namespace monitorix::store::schema

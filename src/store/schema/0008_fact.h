#pragma once
// Migration 0008, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

// All facts of one subject lie beside each other, in the table itself where the engine can do that: a flush touches few
// pages.
inline constexpr std::string_view k0008Fact = R"sql(
-- only: sqlite
CREATE TABLE fact(cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE, subject text NOT NULL,
  topic text NOT NULL, heard_at bigint, doc text NOT NULL, PRIMARY KEY(cluster_id, subject, topic)) WITHOUT ROWID;
-- only: postgres
CREATE TABLE fact(cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE, subject text NOT NULL,
  topic text NOT NULL, heard_at bigint, doc text NOT NULL, PRIMARY KEY(cluster_id, subject, topic));
)sql";

}  // namespace monitorix::store::schema

#pragma once
// Migration 0006, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

inline constexpr std::string_view k0006BackupRun = R"sql(
CREATE TABLE backup_run(cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE, upid text NOT NULL,
  vmid bigint NOT NULL, node text NOT NULL, storage text, started_at bigint NOT NULL, duration bigint, size bigint,
  result smallint NOT NULL, error text, from_log boolean NOT NULL, PRIMARY KEY(cluster_id, upid, vmid));
CREATE INDEX backup_run_by_guest ON backup_run(cluster_id, vmid, started_at);
)sql";

}  // namespace monitorix::store::schema

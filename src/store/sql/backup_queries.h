#pragma once
// The statements about backups, by the rules of queries.h.

#include "store/sql/sql.h"

namespace monitorix::store::queries {

inline constexpr Query backup_run_save{"backup_run_save", R"(
INSERT INTO backup_run(cluster_id, upid, vmid, node, storage, started_at, duration, size, result, error, from_log)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11 WHERE EXISTS (SELECT 1 FROM clusters WHERE id = ?1)
ON CONFLICT(cluster_id, upid, vmid) DO UPDATE SET storage = excluded.storage, started_at = excluded.started_at,
  duration = excluded.duration, size = excluded.size, result = excluded.result, error = excluded.error,
  from_log = excluded.from_log)"};
inline constexpr Query backup_runs_trim{"backup_runs_trim", R"(
DELETE FROM backup_run WHERE cluster_id = ?1 AND vmid = ?2 AND started_at < (
  SELECT min(started_at) FROM (SELECT started_at FROM backup_run WHERE cluster_id = ?1 AND vmid = ?2
    ORDER BY started_at DESC LIMIT ?3) AS newest)
AND started_at <> coalesce((SELECT max(started_at) FROM backup_run WHERE cluster_id = ?1 AND vmid = ?2
  AND result IN (1, 2)), 0))"};
inline constexpr Query backup_runs_all{"backup_runs_all", R"(
SELECT cluster_id, upid, vmid, node, storage, started_at, duration, size, result, error, from_log FROM backup_run
ORDER BY cluster_id, started_at DESC, upid, vmid)"};

}  // namespace monitorix::store::queries

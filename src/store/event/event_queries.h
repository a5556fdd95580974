#pragma once
// The statements about events; rules and list in sql/queries.h.

#include "store/sql/sql.h"

namespace monitorix::store::queries {

#define MONITORIX_EVENT_COLUMNS "id, ts, ended, kind, severity, cluster_id, object, place, actor, doc, dedup"
inline constexpr Query event_save{"event_save", R"(
INSERT INTO event(ts, ended, kind, severity, cluster_id, object, place, actor, doc, dedup)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10 WHERE EXISTS (SELECT 1 FROM clusters WHERE id = ?5)
ON CONFLICT(dedup) DO UPDATE SET object = excluded.object, place = excluded.place, doc = excluded.doc
WHERE event.place IS NULL AND excluded.place IS NOT NULL)"};
inline constexpr Query events_of{"events_of", "SELECT " MONITORIX_EVENT_COLUMNS " FROM (SELECT " MONITORIX_EVENT_COLUMNS
                                              R"( FROM event
  WHERE object = ?1 AND ts >= ?2 AND ended >= ?3 AND ts <= ?4 AND (ts < ?4 OR id < ?5)
  ORDER BY ts DESC, id DESC LIMIT ?6) AS own UNION ALL SELECT )" MONITORIX_EVENT_COLUMNS
                                              " FROM (SELECT " MONITORIX_EVENT_COLUMNS R"( FROM event
  WHERE place = ?1 AND ts >= ?2 AND ended >= ?3 AND ts <= ?4 AND (ts < ?4 OR id < ?5)
  ORDER BY ts DESC, id DESC LIMIT ?6) AS here
ORDER BY ts DESC, id DESC LIMIT ?6)"};
inline constexpr Query events_erase{
    "events_erase",
    "DELETE FROM event WHERE id IN (SELECT id FROM event WHERE ts < ?1 ORDER BY ts LIMIT ?2) RETURNING id"};

#undef MONITORIX_EVENT_COLUMNS

}  // namespace monitorix::store::queries

#pragma once
// The statements about alerts, by the rules of queries.h.

#include "store/sql/sql.h"

namespace monitorix::store::queries {

#define MONITORIX_ALERT_COLUMNS                                                                                \
  "id, rule_id, entity_kind, entity_id, part, state, severity, opened_at, resolved_at, incident_id, version, " \
  "doc, plan"
inline constexpr Query alert_save{"alert_save", "INSERT INTO alert(" MONITORIX_ALERT_COLUMNS R"()
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT(id) DO UPDATE SET state = excluded.state, severity = excluded.severity, resolved_at = excluded.resolved_at,
  incident_id = excluded.incident_id, version = excluded.version, doc = excluded.doc, plan = excluded.plan)"};
inline constexpr Query alert_vanish{"alert_vanish", "DELETE FROM alert WHERE id = ?1"};
/// What is open, what ended since then, and all of an incident that is not over.
inline constexpr Query alerts_kept{"alerts_kept", "SELECT " MONITORIX_ALERT_COLUMNS R"( FROM alert
WHERE state <> 3 OR resolved_at >= ?1 OR incident_id IN (SELECT id FROM incident WHERE state <> 2) ORDER BY id)"};
inline constexpr Query alerts_page{"alerts_page", "SELECT " MONITORIX_ALERT_COLUMNS R"( FROM alert
WHERE id < ?1 ORDER BY id DESC LIMIT ?2)"};
inline constexpr Query alerts_of_incident{"alerts_of_incident", "SELECT " MONITORIX_ALERT_COLUMNS R"( FROM alert
WHERE incident_id = ?1 ORDER BY id)"};
inline constexpr Query alerts_erase{"alerts_erase", R"(
DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE resolved_at < ?1 ORDER BY resolved_at, id LIMIT ?2)
RETURNING id)"};

#define MONITORIX_INCIDENT_COLUMNS \
  "id, route_id, scope_kind, scope_id, root_alert_id, state, severity, opened_at, resolved_at, version"
inline constexpr Query incident_save{"incident_save", "INSERT INTO incident(" MONITORIX_INCIDENT_COLUMNS R"()
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT(id) DO UPDATE SET root_alert_id = excluded.root_alert_id, state = excluded.state,
  severity = excluded.severity, resolved_at = excluded.resolved_at, version = excluded.version)"};
inline constexpr Query incident_delete{"incident_delete", "DELETE FROM incident WHERE id = ?1"};
inline constexpr Query incidents_kept{"incidents_kept", "SELECT " MONITORIX_INCIDENT_COLUMNS R"( FROM incident
WHERE state <> 2 OR resolved_at >= ?1 ORDER BY id)"};
inline constexpr Query incidents_page{"incidents_page", "SELECT " MONITORIX_INCIDENT_COLUMNS R"( FROM incident
WHERE id < ?1 ORDER BY id DESC LIMIT ?2)"};
inline constexpr Query incidents_erase{"incidents_erase", R"(
DELETE FROM incident WHERE id IN (SELECT id FROM incident WHERE resolved_at < ?1 ORDER BY resolved_at, id LIMIT ?2)
RETURNING id)"};
inline constexpr Query alert_ids{
    "alert_ids", "SELECT (SELECT coalesce(max(id), 0) FROM alert), (SELECT coalesce(max(id), 0) FROM incident)"};

inline constexpr Query happening_add{
    "happening_add", "INSERT INTO happening(incident_id, alert_id, kind, at, detail) VALUES (?1, ?2, ?3, ?4, ?5)"};
inline constexpr Query happenings_of{
    "happenings_of",
    "SELECT incident_id, alert_id, kind, at, detail FROM happening WHERE incident_id = ?1 ORDER BY id LIMIT ?2"};
inline constexpr Query happenings_erase{"happenings_erase", "DELETE FROM happening WHERE incident_id = ?1"};

inline constexpr Query alert_rule_insert{
    "alert_rule_insert", "INSERT INTO alert_rule(key, doc, updated_at) VALUES (?1, ?2, ?3) RETURNING id"};
inline constexpr Query alert_rule_update{"alert_rule_update", R"(
UPDATE alert_rule SET doc = ?1, updated_at = ?2, ver = ver + 1
WHERE id = ?3 AND (CAST(?4 AS bigint) = 0 OR ver = CAST(?4 AS bigint)) RETURNING ver)"};
inline constexpr Query alert_rule_delete{"alert_rule_delete", "DELETE FROM alert_rule WHERE id = ?1 RETURNING id"};
inline constexpr Query alert_rules_all{"alert_rules_all",
                                       "SELECT id, doc, ver, updated_at, key FROM alert_rule ORDER BY id"};
inline constexpr Query silence_insert{"silence_insert",
                                      "INSERT INTO silence(doc, updated_at) VALUES (?1, ?2) RETURNING id"};
inline constexpr Query silence_update{"silence_update", R"(
UPDATE silence SET doc = ?1, updated_at = ?2, ver = ver + 1
WHERE id = ?3 AND (CAST(?4 AS bigint) = 0 OR ver = CAST(?4 AS bigint)) RETURNING ver)"};
inline constexpr Query silence_delete{"silence_delete", "DELETE FROM silence WHERE id = ?1 RETURNING id"};
inline constexpr Query silences_all{"silences_all", "SELECT id, doc, ver, updated_at FROM silence ORDER BY id"};
inline constexpr Query window_insert{"window_insert",
                                     "INSERT INTO maintenance_window(doc, updated_at) VALUES (?1, ?2) RETURNING id"};
inline constexpr Query window_update{"window_update", R"(
UPDATE maintenance_window SET doc = ?1, updated_at = ?2, ver = ver + 1
WHERE id = ?3 AND (CAST(?4 AS bigint) = 0 OR ver = CAST(?4 AS bigint)) RETURNING ver)"};
inline constexpr Query window_delete{"window_delete", "DELETE FROM maintenance_window WHERE id = ?1 RETURNING id"};
inline constexpr Query windows_all{"windows_all",
                                   "SELECT id, doc, ver, updated_at FROM maintenance_window ORDER BY id"};
inline constexpr Query route_insert{
    "route_insert", "INSERT INTO alert_route(is_default, doc, updated_at) VALUES (?1, ?2, ?3) RETURNING id"};
inline constexpr Query route_update{"route_update", R"(
UPDATE alert_route SET is_default = ?1, doc = ?2, updated_at = ?3, ver = ver + 1
WHERE id = ?4 AND (CAST(?5 AS bigint) = 0 OR ver = CAST(?5 AS bigint)) RETURNING ver)"};
/// The one that was the default route gives way to this one.
inline constexpr Query route_gives_way{"route_gives_way", R"(
UPDATE alert_route SET is_default = FALSE, updated_at = ?2, ver = ver + 1 WHERE is_default AND id <> ?1)"};
inline constexpr Query route_known{"route_known", "SELECT id FROM alert_route WHERE id = ?1"};
inline constexpr Query route_delete{"route_delete", "DELETE FROM alert_route WHERE id = ?1 RETURNING id"};
inline constexpr Query routes_all{"routes_all",
                                  "SELECT id, doc, ver, updated_at, is_default FROM alert_route ORDER BY id"};

}  // namespace monitorix::store::queries

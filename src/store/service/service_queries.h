#pragma once
// The statements about services, their checks and status pages; rules and list in sql/queries.h.

#include "store/sql/sql.h"

namespace monitorix::store::queries {

#define MONITORIX_SERVICE_COLUMNS                                                                         \
  "s.id, s.vm_id, s.node_id, s.cluster_id, s.storage_id, s.name, s.type, s.target, s.port, s.is_active, " \
  "s.maintenance_mode, s.tags, s.doc, s.secret, s.ver, s.created_at, s.updated_at, s.check_interval, "    \
  "s.timeout, s.expected_status, p.service_id"
#define MONITORIX_SERVICE_FROM " FROM services s LEFT JOIN push_token p ON p.service_id = s.id "
inline constexpr Query service_insert{"service_insert", R"(
INSERT INTO services(vm_id, node_id, cluster_id, storage_id, name, type, target, port, is_active, maintenance_mode, tags,
  doc, check_interval, timeout, expected_status, custom_command, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) RETURNING id)"};
inline constexpr Query service_update{"service_update", R"(
UPDATE services SET vm_id = ?1, node_id = ?2, cluster_id = ?3, storage_id = ?4, name = ?5, type = ?6, target = ?7,
  port = ?8, is_active = ?9, maintenance_mode = ?10, tags = ?11, doc = ?12, check_interval = ?13, timeout = ?14,
  expected_status = ?15, custom_command = ?16, created_at = ?17, updated_at = ?18, ver = ver + 1
WHERE id = ?19 AND (CAST(?20 AS bigint) = 0 OR ver = CAST(?20 AS bigint)) RETURNING id)"};
inline constexpr Query service_secret{"service_secret", "UPDATE services SET secret = ?2 WHERE id = ?1"};
inline constexpr Query service_exists{"service_exists", "SELECT id FROM services WHERE id = ?1"};
inline constexpr Query service_one{"service_one",
                                   "SELECT " MONITORIX_SERVICE_COLUMNS MONITORIX_SERVICE_FROM "WHERE s.id = ?1"};
inline constexpr Query services_all{"services_all",
                                    "SELECT " MONITORIX_SERVICE_COLUMNS MONITORIX_SERVICE_FROM "ORDER BY s.id"};
inline constexpr Query service_delete{"service_delete", "DELETE FROM services WHERE id = ?1 RETURNING id"};

inline constexpr Query push_token_put{"push_token_put", R"(
INSERT INTO push_token(service_id, token_hash, created_at) VALUES (?1, ?2, ?3)
ON CONFLICT(service_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at)"};
inline constexpr Query push_tokens_all{"push_tokens_all", "SELECT service_id, token_hash FROM push_token"};

inline constexpr Query check_state_put{"check_state_put", R"(
INSERT INTO check_state(service_id, state, push, updated_at)
SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM services WHERE id = ?1)
ON CONFLICT(service_id) DO UPDATE SET state = excluded.state, push = excluded.push, updated_at = excluded.updated_at)"};
inline constexpr Query check_states_all{"check_states_all", "SELECT service_id, state, push FROM check_state"};

inline constexpr Query interval_void{"interval_void",
                                     "DELETE FROM check_interval WHERE service_id = ?1 AND begin_at >= ?2"};
inline constexpr Query interval_cut{
    "interval_cut", "UPDATE check_interval SET end_at = ?2 WHERE service_id = ?1 AND begin_at < ?2 AND end_at > ?2"};
inline constexpr Query interval_put{"interval_put", R"(
INSERT INTO check_interval(service_id, begin_at, end_at, state)
SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM services WHERE id = ?1)
ON CONFLICT(service_id, begin_at) DO UPDATE SET end_at = excluded.end_at, state = excluded.state)"};
inline constexpr Query intervals_since{
    "intervals_since",
    "SELECT service_id, begin_at, end_at, state FROM check_interval WHERE end_at > ?1 ORDER BY service_id, begin_at"};
inline constexpr Query intervals_of{"intervals_of", R"(
SELECT service_id, begin_at, end_at, state FROM check_interval
WHERE service_id = ?1 AND end_at > ?2 AND begin_at < ?3 ORDER BY begin_at)"};
inline constexpr Query intervals_erase{"intervals_erase", "DELETE FROM check_interval WHERE end_at < ?1"};

inline constexpr Query blip_put{"blip_put", R"(
INSERT INTO check_blip(service_id, begin_at, end_at, reason, parameter)
SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM services WHERE id = ?1)
ON CONFLICT(service_id, begin_at) DO UPDATE SET end_at = excluded.end_at)"};
inline constexpr Query blips_of{"blips_of", R"(
SELECT service_id, begin_at, end_at, reason, parameter FROM check_blip
WHERE service_id = ?1 AND begin_at >= ?2 AND begin_at < ?3 ORDER BY begin_at)"};
inline constexpr Query blips_erase{"blips_erase", "DELETE FROM check_blip WHERE end_at < ?1"};

inline constexpr Query overlay_put{"overlay_put", R"(
INSERT INTO check_overlay(service_id, kind, begin_at, end_at)
SELECT ?1, ?2, ?3, ?4 WHERE EXISTS (SELECT 1 FROM services WHERE id = ?1)
ON CONFLICT(service_id, kind, begin_at) DO UPDATE SET end_at = excluded.end_at)"};
inline constexpr Query overlays_since{"overlays_since", R"(
SELECT service_id, kind, begin_at, end_at FROM check_overlay WHERE end_at IS NULL OR end_at > ?1
ORDER BY service_id, kind, begin_at)"};
inline constexpr Query overlays_of{"overlays_of", R"(
SELECT service_id, kind, begin_at, end_at FROM check_overlay
WHERE service_id = ?1 AND (end_at IS NULL OR end_at > ?2) AND begin_at < ?3 ORDER BY kind, begin_at)"};
inline constexpr Query overlays_erase{"overlays_erase", "DELETE FROM check_overlay WHERE end_at < ?1"};

inline constexpr Query check_put{"check_put", R"(
INSERT INTO health_checks(service_id, status, response_time, status_code, error_message, checked_at, doc, evidence)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM services WHERE id = ?1))"};
#define MONITORIX_CHECK_COLUMNS \
  "id, service_id, status, response_time, status_code, error_message, checked_at, doc, evidence IS NOT NULL"
inline constexpr Query checks_of{"checks_of", "SELECT " MONITORIX_CHECK_COLUMNS R"( FROM health_checks
WHERE service_id = ?1 AND checked_at >= ?2 AND checked_at < ?3 ORDER BY checked_at DESC, id DESC LIMIT ?4)"};
inline constexpr Query checks_all{"checks_all", "SELECT " MONITORIX_CHECK_COLUMNS R"( FROM health_checks
WHERE checked_at >= ?1 AND checked_at < ?2 ORDER BY checked_at DESC, id DESC LIMIT ?3)"};
inline constexpr Query check_one{"check_one",
                                 "SELECT " MONITORIX_CHECK_COLUMNS ", evidence FROM health_checks WHERE id = ?1"};
inline constexpr Query checks_erase{
    "checks_erase",
    "DELETE FROM health_checks WHERE id IN (SELECT id FROM health_checks WHERE checked_at < ?1 LIMIT ?2) RETURNING id"};

inline constexpr Query histogram_put{"histogram_put", R"(
INSERT INTO check_histogram(span, begin_at, service_id, total, first_byte)
SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM services WHERE id = ?3)
ON CONFLICT(span, begin_at, service_id) DO UPDATE SET total = excluded.total, first_byte = excluded.first_byte)"};
inline constexpr Query histograms_of{"histograms_of", R"(
SELECT service_id, span, begin_at, total, first_byte FROM check_histogram
WHERE service_id = ?1 AND span = ?2 AND begin_at >= ?3 AND begin_at < ?4 ORDER BY begin_at)"};
inline constexpr Query histograms_since{"histograms_since", R"(
SELECT service_id, span, begin_at, total, first_byte FROM check_histogram WHERE span = ?1 AND begin_at >= ?2
ORDER BY begin_at)"};
inline constexpr Query histograms_erase{"histograms_erase",
                                        "DELETE FROM check_histogram WHERE span = ?1 AND begin_at < ?2"};

inline constexpr Query beat_put{"beat_put", R"(
INSERT INTO check_beat(id, at, pulses) VALUES (1, ?1, ?2)
ON CONFLICT(id) DO UPDATE SET at = excluded.at, pulses = excluded.pulses)"};
inline constexpr Query beat_one{"beat_one", "SELECT at, pulses FROM check_beat WHERE id = 1"};

#define MONITORIX_PAGE_COLUMNS "id, slug, doc, ver, created_at, updated_at"
inline constexpr Query pages_all{"pages_all", "SELECT " MONITORIX_PAGE_COLUMNS " FROM status_page ORDER BY id"};
inline constexpr Query page_one{"page_one", "SELECT " MONITORIX_PAGE_COLUMNS " FROM status_page WHERE id = ?1"};
inline constexpr Query page_insert{
    "page_insert", "INSERT INTO status_page(slug, doc, created_at, updated_at) VALUES (?1, ?2, ?3, ?4) RETURNING id"};
inline constexpr Query page_update{"page_update", R"(
UPDATE status_page SET slug = ?1, doc = ?2, updated_at = ?3, ver = ver + 1
WHERE id = ?4 AND (CAST(?5 AS bigint) = 0 OR ver = CAST(?5 AS bigint)) RETURNING id)"};
inline constexpr Query page_delete{"page_delete", "DELETE FROM status_page WHERE id = ?1 RETURNING id"};

#undef MONITORIX_SERVICE_COLUMNS
#undef MONITORIX_SERVICE_FROM
#undef MONITORIX_CHECK_COLUMNS
#undef MONITORIX_PAGE_COLUMNS

}  // namespace monitorix::store::queries

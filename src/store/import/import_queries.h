#pragma once
// The statements of an import, one text for both engines; what only PostgreSQL needs says so.

#include <array>

#include "store/sql/sql.h"

namespace monitorix::store::queries {

// What was imported
inline constexpr Query imported_one{"imported_one",
                                    "SELECT doc FROM imported WHERE source = ?1 AND kind = ?2 AND old_id = ?3"};
inline constexpr Query imported_all{"imported_all",
                                    "SELECT old_id, doc FROM imported WHERE source = ?1 AND kind = ?2 ORDER BY old_id"};
inline constexpr Query imported_add{"imported_add", R"(
INSERT INTO imported(source, kind, old_id, doc, secret) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT(source, kind, old_id) DO NOTHING RETURNING old_id)"};
inline constexpr Query imported_put{"imported_put", R"(
INSERT INTO imported(source, kind, old_id, doc) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT(source, kind, old_id) DO UPDATE SET doc = excluded.doc)"};

// Ids: of the original where they are free, else beyond all of both.
inline constexpr Query import_user_ids{
    "import_user_ids", "SELECT (SELECT count(*) FROM users WHERE id = ?1), (SELECT coalesce(max(id), 0) FROM users)"};
inline constexpr Query import_node_ids{
    "import_node_ids", "SELECT (SELECT count(*) FROM nodes WHERE id = ?1), (SELECT coalesce(max(id), 0) FROM nodes)"};
inline constexpr Query import_guest_ids{
    "import_guest_ids", "SELECT (SELECT count(*) FROM vms WHERE id = ?1), (SELECT coalesce(max(id), 0) FROM vms)"};
inline constexpr Query import_service_ids{
    "import_service_ids",
    "SELECT (SELECT count(*) FROM services WHERE id = ?1), (SELECT coalesce(max(id), 0) FROM services)"};
inline constexpr Query import_check_ids{
    "import_check_ids",
    "SELECT (SELECT count(*) FROM health_checks WHERE id = ?1), (SELECT coalesce(max(id), 0) FROM health_checks)"};
inline constexpr Query import_alert_ids{
    "import_alert_ids",
    "SELECT (SELECT count(*) FROM alerts WHERE id = ?1), (SELECT coalesce(max(id), 0) FROM alerts)"};
// Whether any of a page's numbers is taken, so that not each row has to ask.
inline constexpr Query import_check_range{"import_check_range",
                                          "SELECT count(*) FROM health_checks WHERE id BETWEEN ?1 AND ?2"};
inline constexpr Query import_alert_range{"import_alert_range",
                                          "SELECT count(*) FROM alerts WHERE id BETWEEN ?1 AND ?2"};

// People
inline constexpr Query import_email{"import_email", "SELECT id FROM users WHERE email_lc = ?1"};
inline constexpr Query import_user{"import_user", R"(
INSERT INTO users(id, username, username_lc, email, email_lc, hashed_password, role, is_active, totp_secret,
  totp_enabled, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))"};

// Places
inline constexpr Query import_endpoint{
    "import_endpoint", "SELECT cluster_id FROM cluster_endpoint WHERE address = ?1 AND port = ?2 ORDER BY cluster_id"};
inline constexpr Query import_cluster_name{"import_cluster_name", "SELECT id FROM clusters WHERE name = ?1"};
inline constexpr Query import_node{"import_node", "SELECT id FROM nodes WHERE cluster_id = ?1 AND name = ?2"};
inline constexpr Query import_guest{"import_guest", R"(
SELECT id FROM vms WHERE cluster_id = ?1 AND vmid = ?2 AND deleted_at IS NULL ORDER BY incarnation DESC, id DESC)"};
inline constexpr Query import_service_all{"import_service_all", "SELECT id FROM services ORDER BY id"};

// Checks and alerts
inline constexpr Query import_service{"import_service", R"(
INSERT INTO services(id, vm_id, name, type, target, port, check_interval, timeout, expected_status, is_active,
  maintenance_mode, doc, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))"};
inline constexpr Query import_check{"import_check", R"(
INSERT INTO health_checks(id, service_id, status, response_time, status_code, error_message, checked_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))"};
inline constexpr Query import_alert{"import_alert", R"(
INSERT INTO alerts(id, rule_id, object, alert_type, severity, state, title, message, cluster_id, node_id, vm_id,
  service_id, created_at, last_seen_at, resolved_at, doc)
VALUES (?1, 0, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15))"};

inline constexpr std::array kImport{&imported_one,     &imported_all,     &imported_add,       &imported_put,
                                    &import_user_ids,  &import_node_ids,  &import_guest_ids,   &import_service_ids,
                                    &import_check_ids, &import_alert_ids, &import_check_range, &import_alert_range,
                                    &import_email,     &import_user,      &import_endpoint,    &import_cluster_name,
                                    &import_node,      &import_guest,     &import_service_all, &import_service,
                                    &import_check,     &import_alert};

// PostgreSQL counts ids apart from the rows: its counters go on behind what was put in with an id. SQLite's do of
// themselves.
inline constexpr std::array kImportCounters{
    Query{
        "import_count_users",
        "SELECT setval('users_id_seq', greatest((SELECT max(id) FROM users), (SELECT last_value FROM users_id_seq)))"},
    Query{"import_count_services",
          "SELECT setval('services_id_seq', greatest((SELECT max(id) FROM services), (SELECT last_value FROM "
          "services_id_seq)))"},
    Query{"import_count_checks",
          "SELECT setval('health_checks_id_seq', greatest((SELECT max(id) FROM health_checks), (SELECT last_value FROM "
          "health_checks_id_seq)))"},
    Query{"import_count_alerts",
          "SELECT setval('alerts_id_seq', greatest((SELECT max(id) FROM alerts), (SELECT last_value FROM "
          "alerts_id_seq)))"}};

}  // namespace monitorix::store::queries

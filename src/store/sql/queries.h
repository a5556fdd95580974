#pragma once
// Every statement of the store, one text for both engines (storage.md §4): ?n placeholders, times in ms, no dialect.

#include "store/alert/alert_queries.h"
#include "store/event/event_queries.h"
#include "store/fact/fact_queries.h"
#include "store/outbox/outbox_queries.h"
#include "store/service/service_queries.h"
#include "store/sql/backup_queries.h"
#include "store/sql/sql.h"

namespace monitorix::store::queries {

inline constexpr Query migrations_applied{"migrations_applied",
                                          "SELECT n, name, sha256 FROM schema_migration ORDER BY n"};
inline constexpr Query migration_enter{
    "migration_enter", "INSERT INTO schema_migration(n, name, sha256, applied_at) VALUES (?1, ?2, ?3, ?4)"};
inline constexpr Query ping{"ping", "SELECT 1"};
inline constexpr Query settings_all{"settings_all",
                                    "SELECT key, value, ver, updated_at, updated_by FROM setting ORDER BY key"};
inline constexpr Query setting_one{"setting_one", "SELECT value, ver FROM setting WHERE key = ?1"};
inline constexpr Query setting_put{"setting_put", R"(
INSERT INTO setting(key, value, updated_at, updated_by) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT(key) DO UPDATE SET value = excluded.value, ver = setting.ver + 1, updated_at = excluded.updated_at,
  updated_by = excluded.updated_by RETURNING ver)"};
inline constexpr Query sealed_count{
    "sealed_count",
    "SELECT (SELECT count(*) FROM clusters) + (SELECT count(*) FROM users WHERE totp_secret IS NOT NULL)"};
// Users
#define MONITORIX_USER_COLUMNS                                                                              \
  "id, username, email, hashed_password, role, scope, is_active, token_version, ver, language, time_zone, " \
  "theme, created_at, updated_at, last_login_at"
inline constexpr Query user_insert{"user_insert", R"(
INSERT INTO users(username, username_lc, email, email_lc, hashed_password, role, scope, is_active, token_version,
  language, time_zone, theme, created_at, updated_at, last_login_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) RETURNING id)"};
inline constexpr Query user_update{"user_update", R"(
UPDATE users SET username = ?1, username_lc = ?2, email = ?3, email_lc = ?4, hashed_password = ?5, role = ?6,
  scope = ?7, is_active = ?8, token_version = ?9, language = ?10, time_zone = ?11, theme = ?12, created_at = ?13,
  updated_at = ?14, last_login_at = ?15, ver = ver + 1 WHERE id = ?16)"};
inline constexpr Query user_by_id{"user_by_id", "SELECT " MONITORIX_USER_COLUMNS " FROM users WHERE id = ?1"};
inline constexpr Query user_by_name{"user_by_name",
                                    "SELECT " MONITORIX_USER_COLUMNS " FROM users WHERE username_lc = ?1"};
inline constexpr Query users_all{"users_all", "SELECT " MONITORIX_USER_COLUMNS " FROM users ORDER BY username_lc"};
inline constexpr Query user_count{"user_count", "SELECT count(*) FROM users"};
inline constexpr Query other_admins{"other_admins",
                                    "SELECT count(*) FROM users WHERE role = ?1 AND is_active = TRUE AND id <> ?2"};
inline constexpr Query user_delete{"user_delete", "DELETE FROM users WHERE id = ?1"};

// Sessions
#define MONITORIX_SESSION_COLUMNS \
  "id, user_id, family, token_hash, created_at, last_used_at, expires_at, rotated_at, revoked_at, ip, user_agent"
inline constexpr Query session_insert{"session_insert", R"(
INSERT INTO session(user_id, family, token_hash, created_at, last_used_at, expires_at, rotated_at, revoked_at, ip,
  user_agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING id)"};
inline constexpr Query session_by_token{"session_by_token",
                                        "SELECT " MONITORIX_SESSION_COLUMNS " FROM session WHERE token_hash = ?1"};
inline constexpr Query session_exists{"session_exists", "SELECT id FROM session WHERE id = ?1"};
inline constexpr Query session_rotate{"session_rotate", R"(
UPDATE session SET rotated_at = ?2 WHERE id = ?1 AND rotated_at IS NULL AND revoked_at IS NULL RETURNING id)"};
inline constexpr Query family_revoke{"family_revoke",
                                     "UPDATE session SET revoked_at = ?2 WHERE family = ?1 AND revoked_at IS NULL"};
inline constexpr Query user_revoke{"user_revoke", R"(
UPDATE session SET revoked_at = ?3 WHERE user_id = ?1 AND family <> ?2 AND revoked_at IS NULL)"};
inline constexpr Query sessions_live{"sessions_live", "SELECT " MONITORIX_SESSION_COLUMNS R"(
FROM session WHERE user_id = ?1 AND rotated_at IS NULL AND revoked_at IS NULL AND expires_at > ?2
ORDER BY last_used_at DESC, id DESC)"};
inline constexpr Query sessions_expire{"sessions_expire", "DELETE FROM session WHERE expires_at <= ?1"};

// API keys
#define MONITORIX_KEY_COLUMNS "id, user_id, name, prefix, key_hash, scopes, created_at, expires_at, last_used_at"
inline constexpr Query key_insert{"key_insert", R"(
INSERT INTO api_key(user_id, name, prefix, key_hash, scopes, created_at, expires_at, last_used_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id)"};
inline constexpr Query key_by_hash{"key_by_hash", "SELECT " MONITORIX_KEY_COLUMNS " FROM api_key WHERE key_hash = ?1"};
inline constexpr Query keys_all{"keys_all", "SELECT " MONITORIX_KEY_COLUMNS R"( FROM api_key
WHERE (CAST(?1 AS bigint) IS NULL OR user_id = CAST(?1 AS bigint)) ORDER BY id)"};
inline constexpr Query key_used{"key_used", "UPDATE api_key SET last_used_at = ?2 WHERE id = ?1"};
inline constexpr Query key_delete{"key_delete", "DELETE FROM api_key WHERE id = ?1 RETURNING id"};

// Connections
inline constexpr Query cluster_insert{"cluster_insert", R"(
INSERT INTO clusters(name, kind, identity, token_id, token_secret, poll_interval, maintenance_mode, paused, tags, doc,
  created_at, updated_at) VALUES (?1, ?12, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) RETURNING id)"};
inline constexpr Query cluster_update{"cluster_update", R"(
UPDATE clusters SET name = ?1, identity = ?2, token_id = ?3, poll_interval = ?4, maintenance_mode = ?5, paused = ?6,
  tags = ?7, doc = ?8, updated_at = ?9, ver = ver + 1 WHERE id = ?10)"};
inline constexpr Query cluster_secret{"cluster_secret", "UPDATE clusters SET token_secret = ?2 WHERE id = ?1"};
inline constexpr Query cluster_version{"cluster_version", "SELECT ver FROM clusters WHERE id = ?1"};
#define MONITORIX_CLUSTER_COLUMNS                                                                         \
  "id, name, identity, token_id, token_secret, poll_interval, maintenance_mode, paused, tags, doc, ver, " \
  "created_at, updated_at, kind"
inline constexpr Query cluster_one{"cluster_one", "SELECT " MONITORIX_CLUSTER_COLUMNS " FROM clusters WHERE id = ?1"};
inline constexpr Query clusters_all{"clusters_all",
                                    "SELECT " MONITORIX_CLUSTER_COLUMNS " FROM clusters WHERE kind = ?1 ORDER BY id"};
inline constexpr Query cluster_delete{"cluster_delete", "DELETE FROM clusters WHERE id = ?1 RETURNING id"};
inline constexpr Query endpoint_insert{"endpoint_insert", R"(
INSERT INTO cluster_endpoint(cluster_id, address, port, priority, fingerprints) VALUES (?1, ?2, ?3, ?4, ?5)
RETURNING id)"};
inline constexpr Query endpoint_keep{"endpoint_keep", R"(
INSERT INTO cluster_endpoint(id, cluster_id, address, port, priority, fingerprints) VALUES (?6, ?1, ?2, ?3, ?4, ?5))"};
inline constexpr Query endpoints_of{"endpoints_of", R"(
SELECT id, cluster_id, address, port, priority, fingerprints FROM cluster_endpoint WHERE cluster_id = ?1
ORDER BY priority, id)"};
inline constexpr Query endpoints_delete{"endpoints_delete", "DELETE FROM cluster_endpoint WHERE cluster_id = ?1"};

// Inventory. Objects of a connection that was deleted meanwhile are passed over.
// What changes often is in no index. SQLite writes the pages of every index that an update names, so most rows are
// updated by a statement that names none of these columns and finds its row only while they stay as they are.
inline constexpr Query node_update{"node_update", R"(
UPDATE nodes SET is_local = ?4, is_active = ?5, maintenance_mode = ?6, status = ?7, tags = ?8, doc = ?9,
  last_check = ?10, status_since = ?11, created_at = ?12, updated_at = ?13, ver = ver + 1
WHERE id = ?1 AND cluster_id = ?2 AND name = ?3 RETURNING id)"};
inline constexpr Query guest_update{"guest_update", R"(
UPDATE vms SET status = ?9, cpu_usage = ?10, memory_usage = ?11, memory_total = ?12, disk_usage = ?13,
  disk_total = ?14, uptime = ?15, tags = ?16, doc = ?17, last_check = ?18, status_since = ?19, deleted_at = ?20,
  created_at = ?21, updated_at = ?22, ver = ver + 1
WHERE id = ?1 AND cluster_id = ?2 AND coalesce(node_id, 0) = coalesce(CAST(?3 AS bigint), 0) AND type = ?4
  AND vmid = ?5 AND incarnation = ?6 AND name = ?7 AND name_lc = ?8 RETURNING id)"};
inline constexpr Query node_save{"node_save", R"(
INSERT INTO nodes(id, cluster_id, name, is_local, is_active, maintenance_mode, status, tags, doc, last_check,
  status_since, created_at, updated_at)
SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
WHERE EXISTS (SELECT 1 FROM clusters WHERE id = ?2)
ON CONFLICT(id) DO UPDATE SET name = excluded.name, is_local = excluded.is_local, is_active = excluded.is_active,
  maintenance_mode = excluded.maintenance_mode, status = excluded.status, tags = excluded.tags, doc = excluded.doc,
  last_check = excluded.last_check, status_since = excluded.status_since, created_at = excluded.created_at,
  updated_at = excluded.updated_at, ver = nodes.ver + 1)"};
inline constexpr Query guest_save{"guest_save", R"(
INSERT INTO vms(id, cluster_id, node_id, type, vmid, incarnation, name, name_lc, status, cpu_usage, memory_usage,
  memory_total, disk_usage, disk_total, uptime, tags, doc, last_check, status_since, deleted_at, created_at, updated_at)
SELECT ?1, ?2, (SELECT id FROM nodes WHERE id = ?3), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
  ?18, ?19, ?20, ?21, ?22
WHERE EXISTS (SELECT 1 FROM clusters WHERE id = ?2)
ON CONFLICT(id) DO UPDATE SET node_id = excluded.node_id, type = excluded.type, vmid = excluded.vmid,
  incarnation = excluded.incarnation, name = excluded.name, name_lc = excluded.name_lc, status = excluded.status,
  cpu_usage = excluded.cpu_usage, memory_usage = excluded.memory_usage, memory_total = excluded.memory_total,
  disk_usage = excluded.disk_usage, disk_total = excluded.disk_total, uptime = excluded.uptime, tags = excluded.tags,
  doc = excluded.doc, last_check = excluded.last_check, status_since = excluded.status_since,
  deleted_at = excluded.deleted_at, created_at = excluded.created_at, updated_at = excluded.updated_at,
  ver = vms.ver + 1)"};
inline constexpr Query storage_save{"storage_save", R"(
INSERT INTO storages(id, cluster_id, node, name, shared, status, doc, last_check, status_since, deleted_at, created_at,
  updated_at)
SELECT ?1, ?2, coalesce((SELECT name FROM nodes WHERE id = ?3), ?4), ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13
WHERE EXISTS (SELECT 1 FROM clusters WHERE id = ?2)
ON CONFLICT(id) DO UPDATE SET node = excluded.node, name = excluded.name, shared = excluded.shared,
  status = excluded.status, doc = excluded.doc, last_check = excluded.last_check,
  status_since = excluded.status_since, deleted_at = excluded.deleted_at, created_at = excluded.created_at,
  updated_at = excluded.updated_at, ver = storages.ver + 1)"};
inline constexpr Query nodes_all{"nodes_all", R"(
SELECT id, cluster_id, name, is_local, is_active, maintenance_mode, status, tags, doc, last_check, status_since,
  created_at FROM nodes ORDER BY id)"};
inline constexpr Query guests_all{"guests_all", R"(
SELECT id, cluster_id, node_id, type, vmid, incarnation, name, status, cpu_usage, memory_total, disk_total, uptime,
  tags, doc, last_check, status_since, deleted_at, created_at FROM vms ORDER BY id)"};
inline constexpr Query storages_all{"storages_all", R"(
SELECT id, cluster_id, name, shared, status, doc, last_check, status_since, deleted_at, created_at
FROM storages ORDER BY id)"};
inline constexpr Query highest_ids{"highest_ids", R"(
SELECT (SELECT coalesce(max(id), 0) FROM nodes), (SELECT coalesce(max(id), 0) FROM vms),
  (SELECT coalesce(max(id), 0) FROM storages))"};

// Audit
#define MONITORIX_AUDIT_COLUMNS                                                                                 \
  "id, user_id, username, action, resource_type, resource_id, resource_name, changes, ip_address, user_agent, " \
  "success, error_message, created_at, hash"
inline constexpr Query audit_claim{"audit_claim",
                                   "UPDATE audit_head SET entries = entries + 1 WHERE id = 1 RETURNING entries, hash"};
inline constexpr Query audit_close{"audit_close", "UPDATE audit_head SET hash = ?1 WHERE id = 1"};
inline constexpr Query audit_head{"audit_head", "SELECT entries, hash FROM audit_head WHERE id = 1"};
inline constexpr Query audit_insert{"audit_insert",
                                    "INSERT INTO audit_logs(" MONITORIX_AUDIT_COLUMNS
                                    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)"};
inline constexpr Query audit_page{"audit_page", "SELECT " MONITORIX_AUDIT_COLUMNS R"( FROM audit_logs
WHERE (CAST(?1 AS bigint) IS NULL OR user_id = CAST(?1 AS bigint))
  AND (CAST(?2 AS text) IS NULL OR action = CAST(?2 AS text))
  AND (CAST(?3 AS text) IS NULL OR resource_type = CAST(?3 AS text))
  AND (CAST(?4 AS text) IS NULL OR resource_id = CAST(?4 AS text))
  AND (CAST(?5 AS boolean) IS NULL OR success = CAST(?5 AS boolean))
  AND created_at >= ?6 AND id < ?7 ORDER BY id DESC LIMIT ?8)"};
inline constexpr Query audit_after{
    "audit_after", "SELECT " MONITORIX_AUDIT_COLUMNS " FROM audit_logs WHERE id > ?1 ORDER BY id LIMIT 1000"};

#undef MONITORIX_USER_COLUMNS
#undef MONITORIX_SESSION_COLUMNS
#undef MONITORIX_KEY_COLUMNS
#undef MONITORIX_CLUSTER_COLUMNS
#undef MONITORIX_AUDIT_COLUMNS

}  // namespace monitorix::store::queries

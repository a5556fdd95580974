#pragma once
// The statements about channels and what waits for them; rules and list in sql/queries.h.

#include "store/sql/sql.h"

namespace monitorix::store::queries {

#define MONITORIX_CHANNEL_COLUMNS                                                                    \
  "c.id, c.name, c.type, c.is_active, c.doc, c.secret, c.ver, c.created_at, c.updated_at, "          \
  "c.last_sent_at, c.last_error_at, c.last_error, "                                                  \
  "(SELECT count(*) FROM outbox o WHERE o.channel_id = c.id AND o.status IN ('queued', 'leased')), " \
  "(SELECT count(*) FROM outbox o WHERE o.channel_id = c.id AND o.status = 'dead')"
inline constexpr Query channels_all{"channels_all",
                                    "SELECT " MONITORIX_CHANNEL_COLUMNS " FROM notification_channel c ORDER BY c.id"};
inline constexpr Query channel_one{"channel_one",
                                   "SELECT " MONITORIX_CHANNEL_COLUMNS " FROM notification_channel c WHERE c.id = ?1"};
inline constexpr Query channel_ids{"channel_ids", "SELECT id FROM notification_channel"};
inline constexpr Query channel_insert{"channel_insert", R"(
INSERT INTO notification_channel(name, type, is_active, doc, created_at, updated_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id)"};
inline constexpr Query channel_update{"channel_update", R"(
UPDATE notification_channel SET name = ?1, type = ?2, is_active = ?3, doc = ?4, created_at = ?5, updated_at = ?6,
  ver = ver + 1 WHERE id = ?7 AND (CAST(?8 AS bigint) = 0 OR ver = CAST(?8 AS bigint)) RETURNING id)"};
inline constexpr Query channel_secret{"channel_secret", "UPDATE notification_channel SET secret = ?2 WHERE id = ?1"};
inline constexpr Query channel_delete{"channel_delete", "DELETE FROM notification_channel WHERE id = ?1 RETURNING id"};
inline constexpr Query channel_sent{"channel_sent",
                                    "UPDATE notification_channel SET last_sent_at = ?2, last_error = '' WHERE id = ?1"};
inline constexpr Query channel_failed{
    "channel_failed", "UPDATE notification_channel SET last_error_at = ?2, last_error = ?3 WHERE id = ?1"};

#define MONITORIX_OUTBOX_COLUMNS                                                                             \
  "o.id, o.channel_id, o.alert, o.incident, o.dedup_key, o.kind, o.payload, o.status, o.attempts, o.fence, " \
  "o.not_before, o.created_at, o.ended_at, o.last_error, o.last_answer, o.is_doubtful"
inline constexpr Query outbox_insert{"outbox_insert", R"(
INSERT INTO outbox(channel_id, alert, incident, dedup_key, kind, payload, status, not_before, created_at, ended_at,
  last_error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT(dedup_key) DO NOTHING RETURNING id)"};
inline constexpr Query outbox_by_key{"outbox_by_key", "SELECT id FROM outbox WHERE dedup_key = ?1"};
inline constexpr Query outbox_one{"outbox_one", "SELECT " MONITORIX_OUTBOX_COLUMNS " FROM outbox o WHERE o.id = ?1"};
inline constexpr Query outbox_waiting{
    "outbox_waiting", "SELECT count(*) FROM outbox WHERE channel_id = ?1 AND status IN ('queued', 'leased')"};
inline constexpr Query outbox_queues{"outbox_queues", R"(
SELECT c.id, c.name, c.is_active, count(o.id), min(o.created_at) FROM notification_channel c
LEFT JOIN outbox o ON o.channel_id = c.id AND o.status IN ('queued', 'leased')
GROUP BY c.id, c.name, c.is_active ORDER BY c.id)"};
inline constexpr Query outbox_given_up{"outbox_given_up", R"(
SELECT c.name, count(o.id) FROM outbox o JOIN notification_channel c ON c.id = o.channel_id
WHERE o.status = 'dead' AND o.ended_at > ?1 AND o.payload NOT LIKE '%"alert_type":"own!_%' ESCAPE '!'
GROUP BY c.id, c.name ORDER BY c.id)"};
/// The first that is due, and of which nothing earlier of its alert is open. A time too far ahead was written by a
/// clock that has been set back since.
inline constexpr Query outbox_due{"outbox_due", "SELECT " MONITORIX_OUTBOX_COLUMNS R"( FROM outbox o
WHERE o.channel_id = ?1 AND o.status IN ('queued', 'leased') AND (o.not_before <= ?2 OR o.not_before > ?3)
  AND (o.status = 'queued' OR o.lease_until <= ?2 OR o.lease_until > ?3)
  AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.channel_id = o.channel_id AND e.alert = o.alert AND e.id < o.id
    AND e.status IN ('queued', 'leased')) ORDER BY o.id LIMIT 1)"};
inline constexpr Query outbox_lease{"outbox_lease", R"(
UPDATE outbox SET status = 'leased', lease_owner = ?2, lease_until = ?3, fence = fence + 1, attempts = attempts + 1,
  is_doubtful = ?4 WHERE id = ?1 RETURNING fence)"};
inline constexpr Query outbox_end{"outbox_end", R"(
UPDATE outbox SET status = ?3, ended_at = ?4, last_error = ?5, last_answer = ?6
WHERE id = ?1 AND fence = ?2 AND status = 'leased' RETURNING id)"};
inline constexpr Query outbox_noted{"outbox_noted", R"(
UPDATE outbox SET status = 'sent', ended_at = ?4, last_error = ''
WHERE id = ?1 AND fence = ?2 AND dedup_key = ?3 AND status = 'leased')"};
inline constexpr Query outbox_again{"outbox_again", R"(
UPDATE outbox SET status = 'queued', not_before = ?3, last_error = ?4, last_answer = ?5,
  is_doubtful = (is_doubtful OR ?6)
WHERE id = ?1 AND fence = ?2 AND status = 'leased' RETURNING id)"};
/// The end of the alert that still waits behind this row, or that was let go because its beginning had not arrived.
inline constexpr Query outbox_later_end{"outbox_later_end", "SELECT " MONITORIX_OUTBOX_COLUMNS R"( FROM outbox o
WHERE o.channel_id = ?1 AND o.alert = ?2 AND o.id > ?3 AND o.kind = 'resolved'
  AND o.status IN ('queued', 'replaced') ORDER BY o.id LIMIT 1)"};
inline constexpr Query outbox_before{"outbox_before", R"(
SELECT status, is_doubtful, kind FROM outbox WHERE channel_id = ?1 AND alert = ?2 AND id < ?3 ORDER BY id DESC LIMIT 20)"};
inline constexpr Query outbox_replace{"outbox_replace", R"(
UPDATE outbox SET status = 'replaced', ended_at = ?5, last_error = ?6
WHERE channel_id = ?1 AND alert = ?2 AND id >= ?3 AND id <= ?4 AND status = 'queued')"};
inline constexpr Query outbox_rewrite{"outbox_rewrite",
                                      "UPDATE outbox SET kind = ?2, payload = ?3, not_before = ?4 WHERE id = ?1"};
inline constexpr Query outbox_cancel{"outbox_cancel", R"(
UPDATE outbox SET status = 'replaced', ended_at = ?2, last_error = ?3
WHERE alert = ?1 AND status = 'queued' AND kind <> 'resolved' RETURNING id)"};
inline constexpr Query outbox_revive{"outbox_revive", R"(
UPDATE outbox SET status = 'queued', attempts = 0, not_before = ?2, created_at = ?2, ended_at = NULL
WHERE id = ?1 AND status = 'dead' RETURNING id)"};
inline constexpr Query outbox_orphans{"outbox_orphans", R"(
UPDATE outbox SET lease_until = 0 WHERE status IN ('queued', 'leased') AND lease_owner <> ?1)"};
inline constexpr Query outbox_page{"outbox_page", "SELECT " MONITORIX_OUTBOX_COLUMNS R"( FROM outbox o
WHERE (CAST(?1 AS bigint) = 0 OR o.id < CAST(?1 AS bigint))
  AND (CAST(?2 AS bigint) = 0 OR o.channel_id = CAST(?2 AS bigint))
  AND (CAST(?3 AS text) = '' OR CAST(?3 AS text) = CASE WHEN o.status IN ('queued', 'leased')
    THEN CASE WHEN o.last_error = '' THEN 'queued' ELSE 'failed' END ELSE o.status END) ORDER BY o.id DESC LIMIT ?4)"};
inline constexpr Query outbox_untried{"outbox_untried", "SELECT " MONITORIX_OUTBOX_COLUMNS R"( FROM outbox o
WHERE o.channel_id = ?1 AND o.status IN ('queued', 'leased') AND o.attempts = 0 ORDER BY o.id DESC LIMIT ?2)"};
inline constexpr Query outbox_erase{"outbox_erase", R"(
DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE ended_at IS NOT NULL AND ended_at < ?1 LIMIT ?2)
RETURNING id)"};

#undef MONITORIX_CHANNEL_COLUMNS
#undef MONITORIX_OUTBOX_COLUMNS

}  // namespace monitorix::store::queries

#pragma once
// Migration 0010, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

// A worker walks the open rows of one channel by id, and asks for each whether an earlier one of its alert is open.
inline constexpr std::string_view k0010Outbox = R"sql(
CREATE TABLE notification_channel(id {{id}}, name text NOT NULL, type text NOT NULL, is_active boolean NOT NULL,
  doc text NOT NULL, secret bytea, ver bigint NOT NULL DEFAULT 1, created_at bigint NOT NULL, updated_at bigint NOT NULL,
  last_sent_at bigint, last_error_at bigint, last_error text NOT NULL DEFAULT '');
CREATE TABLE outbox(id {{id}}, channel_id bigint NOT NULL REFERENCES notification_channel(id) ON DELETE CASCADE,
  alert text NOT NULL, incident text NOT NULL, dedup_key text NOT NULL UNIQUE, kind text NOT NULL, payload text NOT NULL,
  status text NOT NULL, attempts integer NOT NULL DEFAULT 0, is_doubtful boolean NOT NULL DEFAULT FALSE,
  fence bigint NOT NULL DEFAULT 0, lease_owner text NOT NULL DEFAULT '', lease_until bigint NOT NULL DEFAULT 0,
  not_before bigint NOT NULL, created_at bigint NOT NULL, ended_at bigint, last_error text NOT NULL DEFAULT '',
  last_answer text NOT NULL DEFAULT '');
CREATE INDEX outbox_open ON outbox(channel_id, id) WHERE status IN ('queued', 'leased');
CREATE INDEX outbox_dead ON outbox(channel_id, id) WHERE status = 'dead';
CREATE INDEX outbox_alert ON outbox(channel_id, alert, id);
CREATE INDEX outbox_ended ON outbox(ended_at) WHERE ended_at IS NOT NULL;
)sql";

}  // namespace monitorix::store::schema

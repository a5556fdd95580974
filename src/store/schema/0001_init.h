#pragma once
// Migration 0001, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

inline constexpr std::string_view k0001Init = R"sql(
CREATE TABLE setting(key text PRIMARY KEY, value text NOT NULL, ver bigint NOT NULL DEFAULT 1,
  updated_at bigint NOT NULL, updated_by bigint);

CREATE TABLE users(id {{id}}, username text NOT NULL, username_lc text NOT NULL UNIQUE,
  email text NOT NULL, email_lc text NOT NULL UNIQUE, hashed_password text NOT NULL,
  role smallint NOT NULL DEFAULT 0, scope text NOT NULL DEFAULT '{}', is_active boolean NOT NULL DEFAULT TRUE,
  totp_secret bytea, totp_enabled boolean NOT NULL DEFAULT FALSE, totp_last_step bigint,
  ver bigint NOT NULL DEFAULT 1, created_at bigint NOT NULL, updated_at bigint NOT NULL, last_login_at bigint,
  token_version bigint NOT NULL DEFAULT 1, language text, time_zone text, theme text);

CREATE TABLE session(id {{id}}, user_id bigint NOT NULL REFERENCES users(id) ON DELETE CASCADE, family text NOT NULL,
  token_hash bytea NOT NULL UNIQUE, created_at bigint NOT NULL, last_used_at bigint NOT NULL,
  expires_at bigint NOT NULL, rotated_at bigint, revoked_at bigint, ip text, user_agent text);
CREATE INDEX session_by_user ON session(user_id);
CREATE INDEX session_family ON session(family);
CREATE INDEX session_expires ON session(expires_at);

CREATE TABLE clusters(id {{id}}, name text NOT NULL UNIQUE, kind smallint NOT NULL, identity text NOT NULL,
  token_id text NOT NULL, token_secret bytea NOT NULL, poll_interval integer NOT NULL DEFAULT 30,
  maintenance_mode boolean NOT NULL DEFAULT FALSE, paused boolean NOT NULL DEFAULT FALSE,
  tags text NOT NULL DEFAULT '[]', doc text NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1,
  created_at bigint NOT NULL, updated_at bigint NOT NULL);

CREATE TABLE cluster_endpoint(id {{id}}, cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
  address text NOT NULL, port integer NOT NULL DEFAULT 8006, priority integer NOT NULL DEFAULT 0,
  fingerprints text NOT NULL DEFAULT '[]', UNIQUE(cluster_id, address, port));

CREATE TABLE nodes(id {{id}}, cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE, name text NOT NULL,
  url text NOT NULL DEFAULT '', is_local boolean NOT NULL DEFAULT FALSE, is_active boolean NOT NULL DEFAULT TRUE,
  maintenance_mode boolean NOT NULL DEFAULT FALSE, status smallint NOT NULL DEFAULT 0, tags text NOT NULL DEFAULT '[]',
  doc text NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1, last_check bigint, status_since bigint,
  created_at bigint NOT NULL, updated_at bigint NOT NULL, UNIQUE(cluster_id, name));

CREATE TABLE vms(id {{id}}, cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
  node_id bigint REFERENCES nodes(id) ON DELETE SET NULL, type smallint NOT NULL, vmid bigint NOT NULL,
  incarnation integer NOT NULL DEFAULT 1, name text NOT NULL, name_lc text NOT NULL, status smallint NOT NULL DEFAULT 0,
  cpu_usage double precision, memory_usage double precision, memory_total bigint, disk_usage double precision,
  disk_total bigint, uptime bigint, tags text NOT NULL DEFAULT '[]', doc text NOT NULL DEFAULT '{}',
  ver bigint NOT NULL DEFAULT 1, last_check bigint, status_since bigint, deleted_at bigint, created_at bigint NOT NULL,
  updated_at bigint NOT NULL, UNIQUE(cluster_id, type, vmid, incarnation));
CREATE INDEX vms_node ON vms(node_id);
CREATE INDEX vms_name ON vms(name_lc);

-- node is the name of the only node that sees a local storage; '' when shared
CREATE TABLE storages(id {{id}}, cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
  node text NOT NULL DEFAULT '', name text NOT NULL, shared boolean NOT NULL, status smallint NOT NULL DEFAULT 0,
  doc text NOT NULL DEFAULT '{}', ver bigint NOT NULL DEFAULT 1, last_check bigint, status_since bigint,
  deleted_at bigint, created_at bigint NOT NULL, updated_at bigint NOT NULL, UNIQUE(cluster_id, node, name));

CREATE TABLE services(id {{id}}, vm_id bigint REFERENCES vms(id) ON DELETE SET NULL,
  node_id bigint REFERENCES nodes(id) ON DELETE SET NULL, name text NOT NULL, type smallint NOT NULL,
  target text NOT NULL, port integer, check_interval integer NOT NULL DEFAULT 60, timeout integer NOT NULL DEFAULT 5,
  expected_status integer NOT NULL DEFAULT 200, custom_command text, is_active boolean NOT NULL DEFAULT TRUE,
  maintenance_mode boolean NOT NULL DEFAULT FALSE, tags text NOT NULL DEFAULT '[]', doc text NOT NULL DEFAULT '{}',
  ver bigint NOT NULL DEFAULT 1, created_at bigint NOT NULL, updated_at bigint NOT NULL);

CREATE TABLE health_checks(id {{id}}, service_id bigint NOT NULL REFERENCES services(id) ON DELETE CASCADE,
  status smallint NOT NULL, response_time double precision, status_code integer, error_message text,
  checked_at bigint NOT NULL);
CREATE INDEX health_checks_s ON health_checks(service_id, checked_at);

CREATE TABLE metrics(id {{id}}, node_id bigint, vm_id bigint, metric_type text NOT NULL, value double precision NOT NULL,
  unit text NOT NULL, recorded_at bigint NOT NULL);
CREATE INDEX metrics_t ON metrics(recorded_at);

CREATE TABLE alerts(id {{id}}, rule_id bigint NOT NULL, object text NOT NULL, alert_type text NOT NULL,
  severity smallint NOT NULL, state smallint NOT NULL, title text NOT NULL, message text NOT NULL, cluster_id bigint,
  node_id bigint, vm_id bigint, service_id bigint, incident_id bigint, value double precision,
  threshold double precision, created_at bigint NOT NULL, last_seen_at bigint NOT NULL, acked_at bigint,
  acked_by bigint, resolved_at bigint, doc text NOT NULL DEFAULT '{}');
CREATE UNIQUE INDEX alerts_open ON alerts(rule_id, object) WHERE resolved_at IS NULL;
CREATE INDEX alerts_t ON alerts(created_at);

-- append-only: no UPDATE or DELETE statement exists; hash = HMAC of the entry and the hash before it
CREATE TABLE audit_logs(id {{id}}, user_id bigint, username text, action text NOT NULL, resource_type text NOT NULL,
  resource_id text, resource_name text, changes text, ip_address text, user_agent text, success boolean NOT NULL,
  error_message text, created_at bigint NOT NULL, hash bytea NOT NULL);
CREATE INDEX audit_t ON audit_logs(created_at);
-- where the chain ends: shows that the last entries were not cut off, and makes writers queue
CREATE TABLE audit_head(id smallint PRIMARY KEY, entries bigint NOT NULL, hash bytea NOT NULL);
-- only: sqlite
INSERT INTO audit_head(id, entries, hash) VALUES (1, 0, x'');
-- only: postgres
INSERT INTO audit_head(id, entries, hash) VALUES (1, 0, ''::bytea);
-- only: both

CREATE TABLE object_now(object text PRIMARY KEY, doc text NOT NULL, ver bigint NOT NULL, ts bigint NOT NULL);
)sql";

}  // namespace monitorix::store::schema

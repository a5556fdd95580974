#pragma once
// Migration 0007, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

inline constexpr std::string_view k0007Service = R"sql(
ALTER TABLE services ADD COLUMN storage_id bigint REFERENCES storages(id) ON DELETE SET NULL;
ALTER TABLE services ADD COLUMN cluster_id bigint REFERENCES clusters(id) ON DELETE SET NULL;
ALTER TABLE services ADD COLUMN secret bytea;
CREATE INDEX services_by_vm ON services(vm_id);
CREATE INDEX services_by_node ON services(node_id);

ALTER TABLE health_checks ADD COLUMN doc text NOT NULL DEFAULT '{}';
ALTER TABLE health_checks ADD COLUMN evidence text;
CREATE INDEX health_checks_t ON health_checks(checked_at);

CREATE TABLE push_token(service_id bigint PRIMARY KEY REFERENCES services(id) ON DELETE CASCADE,
  token_hash bytea NOT NULL UNIQUE, created_at bigint NOT NULL);
CREATE TABLE check_state(service_id bigint PRIMARY KEY REFERENCES services(id) ON DELETE CASCADE, state text NOT NULL,
  push text NOT NULL DEFAULT '', updated_at bigint NOT NULL);
CREATE TABLE check_interval(service_id bigint NOT NULL REFERENCES services(id) ON DELETE CASCADE,
  begin_at bigint NOT NULL, end_at bigint NOT NULL, state smallint NOT NULL, PRIMARY KEY(service_id, begin_at));
CREATE INDEX check_interval_end ON check_interval(end_at);
CREATE TABLE check_blip(service_id bigint NOT NULL REFERENCES services(id) ON DELETE CASCADE, begin_at bigint NOT NULL,
  end_at bigint NOT NULL, reason text NOT NULL, parameter text NOT NULL DEFAULT '', PRIMARY KEY(service_id, begin_at));
CREATE TABLE check_overlay(service_id bigint NOT NULL REFERENCES services(id) ON DELETE CASCADE, kind smallint NOT NULL,
  begin_at bigint NOT NULL, end_at bigint, PRIMARY KEY(service_id, kind, begin_at));

-- by time first: an hour of all services lies together
CREATE TABLE check_histogram(span smallint NOT NULL, begin_at bigint NOT NULL,
  service_id bigint NOT NULL REFERENCES services(id) ON DELETE CASCADE, total bytea NOT NULL, first_byte bytea NOT NULL,
  PRIMARY KEY(span, begin_at, service_id));
CREATE INDEX check_histogram_s ON check_histogram(service_id);
CREATE TABLE check_beat(id smallint PRIMARY KEY, at bigint NOT NULL, pulses bytea NOT NULL);

CREATE TABLE status_page(id {{id}}, slug text NOT NULL UNIQUE, doc text NOT NULL, ver bigint NOT NULL DEFAULT 1,
  created_at bigint NOT NULL, updated_at bigint NOT NULL);
)sql";

}  // namespace monitorix::store::schema

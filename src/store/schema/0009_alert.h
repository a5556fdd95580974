#pragma once
// Migration 0009, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

// Ids of alerts and incidents are given by the engine, so that it goes on without a database; what people make has ids
// of the table's. State 3 is resolved: of a rule and a target at most one alert is not.
inline constexpr std::string_view k0009Alert = R"sql(
CREATE TABLE alert(id bigint PRIMARY KEY, rule_id bigint NOT NULL, entity_kind smallint NOT NULL,
  entity_id bigint NOT NULL, part text NOT NULL, state smallint NOT NULL, severity smallint NOT NULL,
  opened_at bigint NOT NULL, resolved_at bigint, incident_id bigint, version bigint NOT NULL, doc text NOT NULL,
  plan text NOT NULL);
CREATE UNIQUE INDEX alert_open ON alert(rule_id, entity_kind, entity_id, part) WHERE state <> 3;
CREATE INDEX alert_t ON alert(resolved_at, id);
CREATE INDEX alert_of_incident ON alert(incident_id);

CREATE TABLE incident(id bigint PRIMARY KEY, route_id bigint NOT NULL, scope_kind smallint NOT NULL,
  scope_id bigint NOT NULL, root_alert_id bigint NOT NULL, state smallint NOT NULL, severity smallint NOT NULL,
  opened_at bigint NOT NULL, resolved_at bigint, version bigint NOT NULL);
CREATE INDEX incident_t ON incident(resolved_at, id);

CREATE TABLE happening(id {{id}}, incident_id bigint NOT NULL, alert_id bigint NOT NULL, kind smallint NOT NULL,
  at bigint NOT NULL, detail text NOT NULL);
CREATE INDEX happening_of ON happening(incident_id, id);

CREATE TABLE alert_rule(id {{id}}, key text, doc text NOT NULL, ver bigint NOT NULL DEFAULT 1, updated_at bigint NOT NULL);
CREATE UNIQUE INDEX alert_rule_key ON alert_rule(key);
CREATE TABLE silence(id {{id}}, doc text NOT NULL, ver bigint NOT NULL DEFAULT 1, updated_at bigint NOT NULL);
CREATE TABLE maintenance_window(id {{id}}, doc text NOT NULL, ver bigint NOT NULL DEFAULT 1, updated_at bigint NOT NULL);
)sql";

}  // namespace monitorix::store::schema

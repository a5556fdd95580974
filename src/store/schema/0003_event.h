#pragma once
// Migration 0003, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

inline constexpr std::string_view k0003Event = R"sql(
CREATE TABLE event(id {{id}}, ts bigint NOT NULL, ended bigint NOT NULL, kind smallint NOT NULL,
  severity smallint NOT NULL, cluster_id bigint NOT NULL REFERENCES clusters(id) ON DELETE CASCADE,
  object text NOT NULL, place text, actor text, doc text NOT NULL, dedup text NOT NULL UNIQUE);
CREATE INDEX event_ts ON event(ts);
CREATE INDEX event_obj ON event(object, ts, id);
CREATE INDEX event_place ON event(place, ts, id);
CREATE INDEX event_cluster ON event(cluster_id);
)sql";

}  // namespace monitorix::store::schema

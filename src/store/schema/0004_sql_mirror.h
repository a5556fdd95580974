#pragma once
// Migration 0004, never to be edited after a release: its SHA-256 is kept in every database.

#include <string_view>

namespace monitorix::store::schema {

// The views hold no secret: what reads them needs no right on the tables. recorded_ms is there beside recorded_at
// because only it can be found by the index.
inline constexpr std::string_view k0004SqlMirror = R"sql(
CREATE INDEX metrics_vm ON metrics(vm_id, recorded_at) WHERE vm_id IS NOT NULL;
CREATE INDEX metrics_node ON metrics(node_id, recorded_at) WHERE node_id IS NOT NULL;
-- only: postgres
CREATE SCHEMA IF NOT EXISTS grafana;
CREATE OR REPLACE VIEW grafana.nodes AS
SELECT n.id, n.cluster_id, c.name AS cluster, n.name,
  CASE n.status WHEN 1 THEN 'online' WHEN 2 THEN 'offline' WHEN 3 THEN 'unreachable' ELSE 'unknown' END AS status,
  n.is_active, n.maintenance_mode, n.tags, to_timestamp(n.last_check / 1000.0) AS last_check,
  to_timestamp(n.status_since / 1000.0) AS status_since, to_timestamp(n.created_at / 1000.0) AS created_at
FROM nodes n JOIN clusters c ON c.id = n.cluster_id;
CREATE OR REPLACE VIEW grafana.vms AS
SELECT v.id, v.cluster_id, c.name AS cluster, v.node_id, n.name AS node,
  CASE v.type WHEN 0 THEN 'qemu' ELSE 'lxc' END AS type, v.vmid, v.name,
  CASE v.status WHEN 1 THEN 'running' WHEN 2 THEN 'stopped' WHEN 3 THEN 'paused' WHEN 4 THEN 'missing'
    WHEN 5 THEN 'deleted' ELSE 'unknown' END AS status,
  v.memory_total, v.disk_total, v.tags, to_timestamp(v.last_check / 1000.0) AS last_check,
  to_timestamp(v.status_since / 1000.0) AS status_since, to_timestamp(v.deleted_at / 1000.0) AS deleted_at,
  to_timestamp(v.created_at / 1000.0) AS created_at
FROM vms v JOIN clusters c ON c.id = v.cluster_id LEFT JOIN nodes n ON n.id = v.node_id;
CREATE OR REPLACE VIEW grafana.metrics AS
SELECT to_timestamp(recorded_at / 1000.0) AS recorded_at, recorded_at AS recorded_ms, node_id, vm_id, metric_type,
  value, unit
FROM metrics;
)sql";

}  // namespace monitorix::store::schema

#pragma once
// The tables of the newest schema, referenced ones first: the order in which a restore fills them.

#include <array>
#include <string_view>

namespace monitorix::store::schema {

struct Table {
  std::string_view name;
  bool counts_ids;        ///< has an identity column `id` whose counter is part of a backup
  bool is_carried{true};  ///< its rows are part of a backup on PostgreSQL
};

inline constexpr auto kTables = std::to_array<Table>({
    {"schema_migration", false},
    {"setting", false},
    {"users", true},
    {"session", true},
    {"api_key", true},
    {"clusters", true},
    {"cluster_endpoint", true},
    {"nodes", true},
    {"vms", true},
    {"storages", true},
    {"backup_run", false},
    {"fact", false},
    {"services", true},
    {"health_checks", true},
    {"push_token", false},
    {"check_state", false},
    {"check_interval", false},
    {"check_blip", false},
    {"check_overlay", false},
    {"check_histogram", false},
    {"check_beat", false},
    {"status_page", true},
    {"notification_channel", true},
    {"outbox", true},
    {"metrics", true, false},  // made from history, which such a backup does not carry either
    {"alerts", true},
    {"alert", false},
    {"incident", false},
    {"happening", true},
    {"alert_rule", true},
    {"alert_route", true},
    {"silence", true},
    {"maintenance_window", true},
    {"audit_logs", true},
    {"audit_head", false},
    {"object_now", false},
    {"event", true},
    {"imported", false},
});

}  // namespace monitorix::store::schema

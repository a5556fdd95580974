#pragma once
// Every statement there is, by name.

#include <array>

#include "store/sql/queries.h"

namespace monitorix::store::queries {

/// A test prepares all of them on both engines and holds this list against the texts.
inline constexpr std::array kAll{&migrations_applied, &migration_enter,   &ping,
                                 &settings_all,       &setting_one,       &setting_put,
                                 &sealed_count,       &user_insert,       &user_update,
                                 &user_by_id,         &user_by_name,      &users_all,
                                 &user_count,         &other_admins,      &user_delete,
                                 &session_insert,     &session_by_token,  &session_exists,
                                 &session_rotate,     &family_revoke,     &user_revoke,
                                 &sessions_live,      &sessions_expire,   &cluster_insert,
                                 &cluster_update,     &cluster_secret,    &cluster_version,
                                 &cluster_one,        &clusters_all,      &cluster_delete,
                                 &endpoint_insert,    &endpoint_keep,     &endpoints_of,
                                 &endpoints_delete,   &node_save,         &guest_save,
                                 &storage_save,       &nodes_all,         &guests_all,
                                 &storages_all,       &highest_ids,       &audit_claim,
                                 &audit_close,        &audit_head,        &audit_insert,
                                 &audit_page,         &audit_after,       &key_insert,
                                 &key_by_hash,        &keys_all,          &key_used,
                                 &key_delete,         &event_save,        &events_of,
                                 &events_erase,       &backup_run_save,   &backup_runs_trim,
                                 &backup_runs_all,    &facts_all,         &fact_save,
                                 &fact_forget,        &service_insert,    &service_update,
                                 &service_secret,     &service_exists,    &service_one,
                                 &services_all,       &service_delete,    &push_token_put,
                                 &push_tokens_all,    &check_state_put,   &check_states_all,
                                 &interval_void,      &interval_cut,      &interval_put,
                                 &intervals_since,    &intervals_of,      &intervals_erase,
                                 &blip_put,           &blips_of,          &blips_erase,
                                 &overlay_put,        &overlays_since,    &overlays_of,
                                 &overlays_erase,     &check_put,         &checks_of,
                                 &checks_all,         &check_one,         &checks_erase,
                                 &histogram_put,      &histograms_of,     &histograms_since,
                                 &histograms_erase,   &beat_put,          &beat_one,
                                 &pages_all,          &page_one,          &page_insert,
                                 &page_update,        &page_delete,       &channels_all,
                                 &channel_one,        &channel_insert,    &channel_update,
                                 &channel_secret,     &channel_delete,    &channel_sent,
                                 &channel_failed,     &outbox_insert,     &outbox_by_key,
                                 &outbox_one,         &outbox_waiting,    &outbox_queues,
                                 &outbox_due,         &outbox_lease,      &outbox_end,
                                 &outbox_noted,       &outbox_again,      &outbox_later_end,
                                 &outbox_before,      &outbox_replace,    &outbox_rewrite,
                                 &outbox_cancel,      &outbox_revive,     &outbox_orphans,
                                 &outbox_page,        &outbox_erase,      &alert_save,
                                 &alert_vanish,       &alerts_kept,       &alerts_page,
                                 &alerts_of_incident, &alerts_erase,      &incident_save,
                                 &incident_delete,    &incidents_kept,    &incidents_page,
                                 &incidents_erase,    &alert_ids,         &happening_add,
                                 &happenings_of,      &happenings_erase,  &alert_rule_insert,
                                 &alert_rule_update,  &alert_rule_delete, &alert_rules_all,
                                 &silence_insert,     &silence_update,    &silence_delete,
                                 &silences_all,       &window_insert,     &window_update,
                                 &window_delete,      &windows_all,       &route_insert,
                                 &route_update,       &route_gives_way,   &route_delete,
                                 &routes_all,         &channel_ids,       &route_known,
                                 &outbox_untried,     &outbox_given_up,   &node_update,
                                 &guest_update};

}  // namespace monitorix::store::queries

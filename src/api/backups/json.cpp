#include "api/backups/json.h"

#include <algorithm>

#include "api/query.h"
#include "base/crypto.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

constexpr std::chrono::hours kLongestBackup{24};
constexpr std::chrono::minutes kSameBackup{5};  // between a task's own time of a backup and its server's

std::optional<std::string> text(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}
std::optional<std::int64_t> count(const std::optional<std::chrono::seconds>& span) {
  return span ? std::optional<std::int64_t>(span->count()) : std::nullopt;
}

/// The storage of that name, preferably the one the node itself has.
const Storage* storage_named(const state::ClusterView& cluster, const std::string& name, const std::string& node) {
  const Storage* found = nullptr;
  for (const auto& storage : cluster.storages) {
    if (storage->name != name || storage->deleted_at) continue;
    found = storage.get();
    const bool is_on_node = std::ranges::any_of(cluster.nodes, [&](const auto& one) {
      return one->name == node && std::ranges::find(storage->nodes, one->id) != storage->nodes.end();
    });
    if (is_on_node) break;
  }
  return found;
}

std::string_view selection_of(const BackupJob& job) { return job.pool ? "pool" : job.all ? "all" : "guests"; }

}  // namespace

std::set<std::int64_t> running_backups(const state::ClusterView& cluster, WallTime now) {
  std::set<std::int64_t> vmids;
  for (const PveTask& task : *cluster.tasks)
    if (task.type == "vzdump" && !task.ended_at && now - task.started_at < kLongestBackup)
      if (const auto vmid = parse_id(task.id)) vmids.insert(*vmid);
  return vmids;
}

BackupResult FoundRun::result() const {
  if (run) return run->result;
  return snapshot->snapshot.is_finished ? BackupResult::ok : BackupResult::unknown;
}

std::int64_t run_id(const FoundRun& found) {
  if (found.run) return (static_cast<std::int64_t>(crc32c(found.run->task->upid)) << 30) + found.run->vmid;
  const auto& place = *found.snapshot->place;
  const std::string where = place.server.text() + "/" + place.datastore + "/" + place.name_space + "@" +
                            std::to_string(to_seconds(found.snapshot->snapshot.at));
  return (static_cast<std::int64_t>(crc32c(where)) << 30) + found.snapshot->vmid;
}

const state::GuestSnapshot* snapshot_of(const state::JoinView& joined, GuestId guest, const BackupRun& run) {
  const auto known = joined.snapshots.find(guest);
  if (known == joined.snapshots.end() || run.result == BackupResult::failed) return nullptr;
  const state::GuestSnapshot* nearest = nullptr;
  for (const auto& one : known->second) {
    const auto apart = std::chrono::abs(one.snapshot.at - run.started_at);
    if (apart <= kSameBackup && (!nearest || apart < std::chrono::abs(nearest->snapshot.at - run.started_at)))
      nearest = &one;
  }
  return nearest;
}

std::int64_t job_id(const state::ClusterView& cluster, const BackupJob& job) {
  return static_cast<std::int64_t>(crc32c(cluster.config.id.text() + "/" + job.id)) + 1;
}

void encode_coverage(JsonWriter& out, const CoveredGuest& one) {
  const Guest& guest = *one.guest;
  const Assurance& how = *one.assurance;
  out.begin_object().member("vm_id", guest.id.text()).member("cluster_id", guest.cluster.text());
  out.member("vmid", guest.vmid).member("name", guest.name).member("type", name_of(guest.type));
  out.member("state", name_of(how.coverage));
  out.member("reason", how.reason.text).member("reason_code", how.reason.code).key("reason_params");
  live::encode_params(out, how.reason.params);
  out.key("job_ids").begin_array();
  for (const auto& job : how.jobs) out.value(job);
  out.end_array().key("excluded_disks").begin_array();
  for (const auto& disk : how.excluded_disks)
    out.begin_object().member("disk", disk.disk).member("reason", disk.reason).end_object();
  out.end_array().member("last_success_at", text(how.last_success_at)).member("last_run_at", text(how.last_run_at));
  out.member("last_result", how.last_result ? std::optional(name_of(*how.last_result)) : std::nullopt);
  out.member("last_duration_seconds", count(how.last_duration)).member("last_size_bytes", how.last_size_bytes);
  out.member("recovery_point_hours",
             how.wanted_every ? std::optional(static_cast<double>(how.wanted_every->count()) / 3600.0) : std::nullopt);
  out.member("recovery_point_source",
             how.wanted_every ? std::optional<std::string_view>(how.is_wanted_by_person ? "person" : "schedule")
                              : std::nullopt);
  out.member("backup_policy", name_of(guest.backup_policy)).member("backup_note", guest.backup_note);
  out.member("backup_server", name_of(how.server_join)).member("is_running", one.is_running).end_object();
}

void encode_run(JsonWriter& out, const FoundRun& found) {
  const BackupRun* run = found.run;
  const auto* snapshot = found.snapshot;
  const auto name = run ? run->task->storage : std::nullopt;
  const auto* storage = name ? storage_named(*found.cluster, *name, run->task->node) : nullptr;
  out.begin_object().member("id", std::to_string(run_id(found)));
  out.member("vm_id", found.guest ? std::optional(found.guest->id.text()) : std::nullopt);
  out.member("cluster_id", found.cluster->config.id.text()).member("vmid", run ? run->vmid : snapshot->vmid);
  out.member("vm_name", found.guest ? std::optional(found.guest->name) : std::nullopt);
  out.member("source", run ? "vzdump" : "pbs");
  out.member("storage_id", storage ? std::optional(storage->id.text()) : std::nullopt).member("storage_name", name);
  out.member("datastore", snapshot ? std::optional(snapshot->place->datastore) : std::nullopt);
  out.member("namespace", snapshot ? std::optional(snapshot->place->name_space) : std::nullopt);
  out.member("node_name", run ? std::optional(run->task->node) : std::nullopt);
  out.member("started_at", rfc3339(found.started_at()));
  out.member("duration_seconds", run ? count(run->duration) : std::nullopt);
  const auto size = run && run->size_bytes ? run->size_bytes
                    : snapshot             ? snapshot->snapshot.size_bytes
                                           : std::optional<std::int64_t>{};
  out.member("size_bytes", size).member("result", name_of(found.result()));
  out.member("verify_state", snapshot ? std::optional(name_of(snapshot->snapshot.verify)) : std::nullopt);
  out.member("is_protected", snapshot ? std::optional(snapshot->snapshot.is_protected) : std::nullopt);
  out.member("error", run ? run->error : std::nullopt);
  out.member("upid", run ? std::optional(run->task->upid) : std::nullopt).end_object();
}

void encode_job(JsonWriter& out, const state::ClusterView& cluster, std::size_t at) {
  const BackupJob& job = cluster.backups->jobs[at];
  out.begin_object().member("id", std::to_string(job_id(cluster, job)));
  out.member("cluster_id", cluster.config.id.text()).member("job_id", job.id).member("enabled", job.enabled);
  out.member("schedule", job.schedule).member("interval_seconds", count(job.interval));
  out.member("next_run_at", job.enabled ? text(job.next_run) : std::nullopt);
  out.member("selection", selection_of(job)).member("pool", job.pool).member("node_name", job.node);
  out.member("storage_name", job.storage).member("mode", job.mode).member("comment", job.comment);
  out.member("vm_count", static_cast<std::int64_t>(cluster.backups->job_sizes[at]));
  out.member("excluded_count", static_cast<std::int64_t>(job.excluded.size())).end_object();
}

void encode_totals(JsonWriter& out, const BackupTotals& totals) {
  out.begin_object();
  for (std::size_t at = 0; at < totals.by_coverage.size(); ++at)
    out.member(name_of(static_cast<Coverage>(at)), totals.by_coverage[at]);
  out.member("running", totals.running).key("clusters").begin_array();
  for (const auto* cluster : totals.clusters)
    out.begin_object()
        .member("cluster_id", cluster->config.id.text())
        .member("jobs", name_of(cluster->backups->jobs_readable))
        .member("tasks", name_of(cluster->backups->tasks_readable))
        .end_object();
  out.end_array().end_object();
}

}  // namespace monitorix::api

#include "api/servers/server_json.h"

#include <algorithm>

#include "base/crypto.h"
#include "base/time_text.h"
#include "live/encode.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

std::optional<std::string> text(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

void encode_job(JsonWriter& out, const ServerJob& job) {
  out.begin_object().member("kind", name_of(job.kind)).member("job_id", job.id).member("namespace", job.name_space);
  out.member("remote", job.remote).member("schedule", job.schedule).member("comment", job.comment);
  out.member("last_run_at", text(job.last_run_at)).member("next_run_at", text(job.next_run_at));
  out.member("result", name_of(job.result)).member("last_state", job.last_state).end_object();
}

void encode_history(JsonWriter& out, const Datastore& store) {
  out.key("history").begin_object().member("from", text(store.history_from));
  out.member("step_seconds", std::int64_t{store.history_step.count()}).key("ratios").begin_array();
  for (const auto& ratio : store.history) out.value(ratio);
  out.end_array().end_object();
}

void encode_garbage(JsonWriter& out, const std::optional<GarbageStatus>& garbage) {
  out.key("garbage");
  if (!garbage) {
    out.null();
    return;
  }
  const bool has_both = garbage->index_bytes && garbage->disk_bytes && *garbage->disk_bytes > 0;
  out.begin_object().member("index_bytes", garbage->index_bytes).member("disk_bytes", garbage->disk_bytes);
  out.member("dedup_factor", has_both ? std::optional(static_cast<double>(*garbage->index_bytes) /
                                                      static_cast<double>(*garbage->disk_bytes))
                                      : std::nullopt);
  out.member("removed_bytes", garbage->removed_bytes).member("pending_bytes", garbage->pending_bytes);
  out.member("still_bad", garbage->still_bad).end_object();
}

/// Of each group the newest finished snapshot counts.
struct Newest {
  std::int64_t groups{0}, ok{0}, failed{0}, unverified{0};
  std::optional<WallTime> last_at{};
};

Newest newest_in(const state::DatastoreView& store) {
  Newest out;
  for (const auto& space : store.spaces)
    for (const auto& group : space->groups) {
      ++out.groups;
      if (group.group.last_at && (!out.last_at || *group.group.last_at > *out.last_at))
        out.last_at = group.group.last_at;
      const auto newest = std::ranges::find_if(group.snapshots, &ServerSnapshot::is_finished);
      if (newest == group.snapshots.end()) continue;
      if (newest->verify == VerifyState::ok) ++out.ok;
      if (newest->verify == VerifyState::failed) ++out.failed;
      if (newest->verify == VerifyState::none) ++out.unverified;
    }
  return out;
}

/// What could be read of its namespaces and groups, together.
Readable contents_of(const state::DatastoreView& store) {
  if (store.readable != Readable::yes) return store.readable;
  Readable all = Readable::yes;
  for (const auto& space : store.spaces) {
    if (space->readable == Readable::failing) return Readable::failing;
    if (space->readable == Readable::denied) all = Readable::denied;
    if (space->readable == Readable::not_asked && all == Readable::yes) all = Readable::not_asked;
  }
  return all;
}

}  // namespace

std::int64_t datastore_id(const FoundStore& found) {
  return static_cast<std::int64_t>(crc32c(found.server->config.id.text() + "/" + found.store->usage.name)) + 1;
}

std::int64_t orphan_id(const state::Orphan& orphan) {
  const std::string text = orphan.place.server.text() + "/" + orphan.place.datastore + "/" + orphan.place.name_space +
                           "/" + orphan.group.name.type + "/" + orphan.group.name.id;
  const auto digest = sha256(text);
  std::int64_t id = 0;
  for (int at = 0; at < 7; ++at) id = id << 8 | digest[static_cast<std::size_t>(at)];
  return id + 1;
}

void encode_server(JsonWriter& out, const state::ServerView& server) {
  const ClusterConfig& config = server.config;
  const ClusterHealth& health = server.health;
  const auto state = config.paused ? ClusterState::paused : health.state;
  const std::optional<Reason> error = state == ClusterState::ok ? std::nullopt : health.error;
  out.begin_object().member("id", config.id.text()).member("name", config.name).member("kind", name_of(config.kind));
  out.member("state", name_of(state)).member("version", server.version).key("endpoint");
  if (config.endpoints.empty())
    out.null();
  else
    live::encode_endpoint(out, config.endpoints.front(), health);
  out.member("token_id", config.token_id).member("has_token", true).member("tls_mode", name_of(config.tls_mode));
  out.member("poll_interval_seconds", std::int64_t{config.poll_interval.count()}).member("paused", config.paused);
  out.member("last_poll_at", text(server.last_poll_at));
  out.member("last_error", error ? std::optional(error->text) : std::nullopt);
  out.member("last_error_code", error ? std::optional(error->code) : std::nullopt).key("last_error_params");
  live::encode_params(out, error ? error->params : Reason::Params{});
  out.member("powerless", health.powerless).member("datastore_count", server.datastores.size());
  out.member("requests_per_minute", health.load.requests_per_minute).key("doctor_summary");
  if (server.doctor)
    out.begin_object()
        .member("ok", server.doctor->ok)
        .member("warn", server.doctor->warn)
        .member("fail", server.doctor->fail)
        .end_object();
  else
    out.null();
  out.member("created_at", rfc3339(config.created_at)).end_object();
}

void encode_datastore(JsonWriter& out, const FoundStore& found, WallTime now) {
  const Datastore& usage = found.store->usage;
  const bool has_ratio = usage.used_bytes && usage.total_bytes && *usage.total_bytes > 0;
  const Newest newest = newest_in(*found.store);
  const bool fills = usage.full_at && *usage.full_at > now;
  out.begin_object().member("id", std::to_string(datastore_id(found)));
  out.member("server_id", found.server->config.id.text()).member("server_name", found.server->config.name);
  out.member("name", usage.name).member("is_listed", found.store->is_listed).member("error", usage.error);
  out.member("total_bytes", usage.total_bytes).member("used_bytes", usage.used_bytes);
  out.member("available_bytes", usage.available_bytes);
  out.member("used_ratio",
             has_ratio ? std::optional(static_cast<double>(*usage.used_bytes) / static_cast<double>(*usage.total_bytes))
                       : std::nullopt);
  out.member("trend", name_of(usage.trend)).member("full_at", fills ? text(usage.full_at) : std::nullopt);
  out.member("days_left",
             fills ? std::optional(std::int64_t{std::chrono::floor<std::chrono::days>(*usage.full_at - now).count()})
                   : std::nullopt);
  encode_history(out, usage);
  encode_garbage(out, usage.garbage);
  out.member("contents", name_of(contents_of(*found.store)));
  out.member("namespace_count", found.store->spaces.size()).member("group_count", newest.groups);
  out.member("last_backup_at", text(newest.last_at)).member("verified_ok", newest.ok);
  out.member("verified_failed", newest.failed).member("unverified", newest.unverified);
  out.key("groups").begin_object().member("joined", found.counts.joined).member("ambiguous", found.counts.ambiguous);
  out.member("orphaned", found.counts.orphaned).member("unassigned", found.counts.unassigned);
  out.member("hosts", found.counts.hosts).end_object().key("jobs").begin_array();
  for (const ServerJob& job : found.server->jobs)
    if (job.datastore == usage.name) encode_job(out, job);
  out.end_array().key("jobs_readable").begin_object();
  for (const auto kind : {ServerJobKind::sync, ServerJobKind::verify, ServerJobKind::prune, ServerJobKind::gc}) {
    const auto readable = found.server->jobs_readable.find(kind);
    out.member(name_of(kind),
               name_of(readable == found.server->jobs_readable.end() ? Readable::not_asked : readable->second));
  }
  out.end_object().end_object();
}

void encode_orphan(JsonWriter& out, const state::Snapshot& world, const state::Orphan& orphan) {
  const auto* server = world.server(orphan.place.server);
  const auto* cluster = orphan.cluster ? world.cluster(*orphan.cluster) : nullptr;
  out.begin_object().member("id", std::to_string(orphan_id(orphan))).member("server_id", orphan.place.server.text());
  out.member("server_name", server ? std::optional(server->config.name) : std::nullopt);
  out.member("datastore", orphan.place.datastore).member("namespace", orphan.place.name_space);
  out.member("type", orphan.group.name.type == "vm" ? "qemu" : "lxc").member("backup_id", orphan.group.name.id);
  out.member("cluster_id", cluster ? std::optional(cluster->config.id.text()) : std::nullopt);
  out.member("cluster_name", cluster ? std::optional(cluster->config.name) : std::nullopt);
  out.member("name", orphan.name).member("was_known", orphan.was_known).member("owner", orphan.group.owner);
  out.member("count", orphan.group.count).member("last_at", text(orphan.group.last_at));
  out.member("size_bytes", orphan.size_bytes).end_object();
}

Answer server_answer(const state::ServerView& server, int status) {
  JsonWriter out;
  encode_server(out, server);
  Answer answer = json(out, status);
  answer.version = std::to_string(server.config.version);
  return answer;
}

}  // namespace monitorix::api

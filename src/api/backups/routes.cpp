#include <algorithm>
#include <set>

#include "api/access.h"
#include "api/backups/json.h"
#include "api/desk.h"
#include "api/list.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

bool is_narrow(const Call& call) { return !call.caller.scope.pools.empty() || !call.caller.scope.tags.empty(); }

SortKey seconds_of(const std::optional<std::chrono::seconds>& span) {
  return span ? SortKey(static_cast<double>(span->count())) : SortKey{};
}
SortKey time_of(const std::optional<WallTime>& at) { return at ? SortKey(static_cast<double>(to_ms(*at))) : SortKey{}; }

/// The worse, the smaller.
int rank_of(Coverage coverage) {
  switch (coverage) {
    case Coverage::failed: return 0;
    case Coverage::no_job: return 1;
    case Coverage::never: return 2;
    case Coverage::late: return 3;
    case Coverage::excluded_disk: return 4;
    case Coverage::unknown: return 5;
    case Coverage::ok: return 6;
    case Coverage::not_needed: return 7;
    case Coverage::archived: return 8;
  }
  return 9;
}

using Covered = std::vector<CoveredGuest>;

/// Guests of which something may be said to this caller.
Covered visible_guests(const Call& call, const state::Snapshot& world, const std::vector<std::string>& clusters) {
  Covered found;
  for (const auto& [id, cluster] : world.clusters) {
    if (!live::may_see(call.caller.scope, id) || !wanted(clusters, id.text())) continue;
    const auto running = running_backups(*cluster, world.at);
    for (const auto& guest : cluster->guests) {
      const auto* assurance = cluster->backups->of(guest->id);
      if (!assurance || !authorize(call.caller, *guest)) continue;
      const bool is_running = guest->lock == "backup" || running.contains(guest->vmid);
      found.push_back({guest.get(), assurance, is_running});
    }
  }
  return found;
}

Answer make_coverage(const Desk& desk, const Call& call) {
  if (auto known = call.query.allow({"vm_id", "cluster_id", "state", "q", "sort", "limit", "cursor", "count"}); !known)
    return bad_query(known.error());
  const auto guests = call.query.all("vm_id");
  const auto states = call.query.all("state");
  const auto q = lower(call.query.text("q"));
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<Covered>(visible_guests(call, *world, call.query.all("cluster_id")));
  std::erase_if(*found, [&](const CoveredGuest& one) {
    return !wanted(guests, one.guest->id.text()) || !wanted(states, name_of(one.assurance->coverage)) ||
           !has_text(one.guest->name, q);
  });
  std::ranges::sort(*found, [](const CoveredGuest& a, const CoveredGuest& b) {
    const int left = rank_of(a.assurance->coverage);
    const int right = rank_of(b.assurance->coverage);
    return left != right ? left < right : a.guest->id < b.guest->id;
  });
  Selection selection;
  for (const auto& one : *found) selection.ids.push_back(one.guest->id.value);
  selection.encode = [found](JsonWriter& out, std::size_t at) { encode_coverage(out, (*found)[at]); };
  const auto by = [&](const char* name, auto key) {
    selection.sorts[name] = [found, key](std::size_t at) -> SortKey { return key((*found)[at]); };
  };
  by("name", [](const CoveredGuest& one) { return SortKey(lower(one.guest->name)); });
  by("state", [](const CoveredGuest& one) { return SortKey(static_cast<double>(rank_of(one.assurance->coverage))); });
  by("last_success_at", [](const CoveredGuest& one) { return time_of(one.assurance->last_success_at); });
  by("last_duration_seconds", [](const CoveredGuest& one) { return seconds_of(one.assurance->last_duration); });
  return list_answer(call, ListForm::envelope, selection);
}

const Guest* guest_of(const state::ClusterView& cluster, GuestId id) {
  const auto found = std::ranges::lower_bound(cluster.guests, id, {}, [](const auto& guest) { return guest->id; });
  return found != cluster.guests.end() && (*found)->id == id ? found->get() : nullptr;
}

/// What backup servers keep of this cluster's guests and no run that we know of made.
void add_snapshots(const state::Snapshot& world, const state::ClusterView& cluster,
                   const std::set<const state::GuestSnapshot*>& told, std::vector<FoundRun>& found) {
  for (const auto& [id, snapshots] : world.joined->snapshots) {
    const Guest* guest = snapshots.front().cluster == cluster.config.id ? guest_of(cluster, id) : nullptr;
    if (!guest) continue;
    for (const auto& one : snapshots)
      if (!told.contains(&one)) found.push_back({&cluster, nullptr, guest, &one});
  }
}

std::vector<FoundRun> runs_of(const state::Snapshot& world, const state::ClusterView& cluster) {
  std::vector<FoundRun> found;
  std::set<const state::GuestSnapshot*> told;
  const auto& view = *cluster.backups;
  for (std::size_t at = 0; at < view.runs.size(); ++at) {
    const BackupRun& run = *view.runs[at];
    const auto* snapshot = snapshot_of(*world.joined, view.run_guests[at], run);
    if (snapshot) told.insert(snapshot);
    found.push_back({&cluster, &run, guest_of(cluster, view.run_guests[at]), snapshot});
  }
  add_snapshots(world, cluster, told, found);
  return found;
}

Answer make_runs(const Desk& desk, const Call& call) {
  if (auto known = call.query.allow({"vm_id", "cluster_id", "state", "since", "sort", "limit", "cursor", "count"});
      !known)
    return bad_query(known.error());
  const auto since = call.query.time("since");
  if (!since) return bad_query(since.error());
  const auto guests = call.query.all("vm_id");
  const auto clusters = call.query.all("cluster_id");
  const auto results = call.query.all("state");
  const auto world = desk.house.snapshot();
  const auto found = std::make_shared<std::vector<FoundRun>>();
  for (const auto& [id, cluster] : world->clusters) {
    if (!live::may_see(call.caller.scope, id) || !wanted(clusters, id.text())) continue;
    for (const FoundRun& one : runs_of(*world, *cluster)) {
      if ((*since && one.started_at() < **since) || !wanted(results, name_of(one.result()))) continue;
      if (!guests.empty() && (!one.guest || !wanted(guests, one.guest->id.text()))) continue;
      if (one.guest ? !authorize(call.caller, *one.guest) : is_narrow(call)) continue;
      found->push_back(one);
    }
  }
  std::ranges::stable_sort(*found,
                           [](const FoundRun& a, const FoundRun& b) { return a.started_at() > b.started_at(); });
  Selection selection;
  for (const auto& one : *found) selection.ids.push_back(run_id(one));
  selection.encode = [found](JsonWriter& out, std::size_t at) { encode_run(out, (*found)[at]); };
  const auto by = [&](const char* name, auto key) {
    selection.sorts[name] = [found, key](std::size_t at) -> SortKey { return key((*found)[at]); };
  };
  by("started_at", [](const FoundRun& one) { return time_of(one.started_at()); });
  by("duration_seconds", [](const FoundRun& one) { return one.run ? seconds_of(one.run->duration) : SortKey{}; });
  by("size_bytes", [](const FoundRun& one) {
    const auto& size = one.run ? one.run->size_bytes : one.snapshot->snapshot.size_bytes;
    return size ? SortKey(static_cast<double>(*size)) : SortKey{};
  });
  return list_answer(call, ListForm::envelope, selection);
}

struct FoundJob {
  const state::ClusterView* cluster{};
  std::size_t at{};
};

Answer make_jobs(const Desk& desk, const Call& call) {
  if (auto known = call.query.allow({"cluster_id", "sort", "limit", "cursor", "count"}); !known)
    return bad_query(known.error());
  const auto clusters = call.query.all("cluster_id");
  const auto world = desk.house.snapshot();
  // Who may see some guests only sees the jobs of these.
  std::set<std::pair<ClusterId, std::string>> theirs;
  if (is_narrow(call))
    for (const auto& one : visible_guests(call, *world, clusters))
      for (const auto& job : one.assurance->jobs) theirs.emplace(one.guest->cluster, job);
  const auto found = std::make_shared<std::vector<FoundJob>>();
  for (const auto& [id, cluster] : world->clusters) {
    if (!live::may_see(call.caller.scope, id) || !wanted(clusters, id.text())) continue;
    for (std::size_t at = 0; at < cluster->backups->jobs.size(); ++at)
      if (!is_narrow(call) || theirs.contains({id, cluster->backups->jobs[at].id}))
        found->push_back({cluster.get(), at});
  }
  Selection selection;
  for (const auto& one : *found) selection.ids.push_back(job_id(*one.cluster, one.cluster->backups->jobs[one.at]));
  selection.encode = [found](JsonWriter& out, std::size_t at) {
    encode_job(out, *(*found)[at].cluster, (*found)[at].at);
  };
  const auto by = [&](const char* name, auto key) {
    selection.sorts[name] = [found, key](std::size_t at) -> SortKey {
      return key((*found)[at].cluster->backups->jobs[(*found)[at].at]);
    };
  };
  by("job_id", [](const BackupJob& job) { return SortKey(job.id); });
  by("next_run_at", [](const BackupJob& job) { return time_of(job.next_run); });
  by("interval_seconds", [](const BackupJob& job) { return seconds_of(job.interval); });
  return list_answer(call, ListForm::envelope, selection);
}

Answer make_summary(const Desk& desk, const Call& call) {
  if (auto known = call.query.allow({}); !known) return bad_query(known.error());
  const auto world = desk.house.snapshot();
  BackupTotals totals;
  for (const auto& one : visible_guests(call, *world, {})) {
    ++totals.by_coverage[static_cast<std::size_t>(one.assurance->coverage)];
    if (one.is_running) ++totals.running;
  }
  for (const auto& [id, cluster] : world->clusters)
    if (live::may_see(call.caller.scope, id)) totals.clusters.push_back(cluster.get());
  JsonWriter out;
  encode_totals(out, totals);
  Answer answer;
  answer.encoded = encode_once(out.take());
  return answer;
}

template <Answer (*make)(const Desk&, const Call&)>
Answer listed(Desk& desk, Call& call) {
  return cached(desk, call, [&] { return make(desk, call); });
}

}  // namespace

void add_backup_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/backups", Access::viewer, with(desk, listed<make_runs>));
  must_add(router, "GET", "/api/backups/coverage", Access::viewer, with(desk, listed<make_coverage>));
  must_add(router, "GET", "/api/backups/jobs", Access::viewer, with(desk, listed<make_jobs>));
  must_add(router, "GET", "/api/backups/summary", Access::viewer, with(desk, listed<make_summary>));
}

}  // namespace monitorix::api

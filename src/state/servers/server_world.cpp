#include "state/servers/server_world.h"

#include <algorithm>

namespace monitorix::state {
namespace {

constexpr std::chrono::hours kRemembered{24};  // a datastore that is named no longer

DatastoreView* datastore_in(ServerView& view, const std::string& name) {
  const auto found = std::ranges::find(view.datastores, name, [](const DatastoreView& one) { return one.usage.name; });
  return found == view.datastores.end() ? nullptr : &*found;
}

ServerChange take(ServerView& view, const DatastoreUsages& what, WallTime at) {
  bool has_new = !view.last_poll_at;
  view.last_poll_at = at;
  for (const Datastore& usage : what.datastores) {
    DatastoreView* known = datastore_in(view, usage.name);
    has_new = has_new || known == nullptr;
    if (known == nullptr) known = &view.datastores.emplace_back();
    known->usage = usage;
    known->listed_at = at;
  }
  std::erase_if(view.datastores, [&](const DatastoreView& one) { return at - one.listed_at > kRemembered; });
  for (DatastoreView& one : view.datastores) one.is_listed = one.listed_at == at;
  std::ranges::sort(view.datastores, {}, [](const DatastoreView& one) { return one.usage.name; });
  return {.view = true, .groups = has_new};
}

ServerChange take(ServerView& view, const ServerJobs& what, WallTime) {
  Readable& readable = view.jobs_readable[what.kind];
  if (what.readable == Readable::failing && readable == Readable::yes) return {};
  readable = what.readable;
  std::erase_if(view.jobs, [&](const ServerJob& job) { return job.kind == what.kind; });
  view.jobs.insert(view.jobs.end(), what.jobs.begin(), what.jobs.end());
  std::ranges::sort(view.jobs, [](const ServerJob& a, const ServerJob& b) {
    return a.kind != b.kind ? a.kind < b.kind : a.id < b.id;
  });
  return {.view = true};
}

ServerChange take(ServerView& view, const DatastoreNamespaces& what, WallTime) {
  DatastoreView* store = datastore_in(view, what.datastore);
  if (store == nullptr || (what.readable == Readable::failing && store->readable == Readable::yes)) return {};
  const bool is_same = store->readable == what.readable;
  store->readable = what.readable;
  if (what.readable != Readable::yes) return {.view = !is_same, .groups = !is_same};
  std::vector<std::shared_ptr<const NamespaceView>> spaces;
  for (const std::string& name : what.names) {
    const auto known = std::ranges::find(store->spaces, name, [](const auto& space) { return space->name; });
    spaces.push_back(known != store->spaces.end() ? *known
                                                  : std::make_shared<const NamespaceView>(NamespaceView{.name = name}));
  }
  const bool has_changed = spaces != store->spaces || !is_same;
  store->spaces = std::move(spaces);
  return {.view = has_changed, .groups = has_changed};
}

/// Changes a copy of a namespace and puts it in place when it differs.
template <class Edit>
ServerChange edit_space(ServerView& view, const std::string& datastore, const std::string& name, Edit edit) {
  DatastoreView* store = datastore_in(view, datastore);
  if (store == nullptr) return {};
  const auto found = std::ranges::find(store->spaces, name, [](const auto& space) { return space->name; });
  if (found == store->spaces.end()) return {};
  auto next = std::make_shared<NamespaceView>(**found);
  edit(*next);
  if (*next == **found) return {};
  *found = std::move(next);
  return {.view = true, .groups = true};
}

ServerChange take(ServerView& view, const NamespaceGroups& what, WallTime) {
  return edit_space(view, what.datastore, what.name_space, [&](NamespaceView& space) {
    if (what.readable == Readable::failing && space.readable == Readable::yes) return;
    space.readable = what.readable;
    if (what.readable != Readable::yes) return;
    std::vector<GroupView> groups;
    for (const BackupGroup& group : what.groups) {
      GroupView next{.group = group};
      const auto known =
          std::ranges::lower_bound(space.groups, group.name, {}, [](const GroupView& one) { return one.group.name; });
      if (known != space.groups.end() && known->group.name == group.name) {
        next.snapshots = std::move(known->snapshots);
        next.knows_snapshots = known->knows_snapshots;
      }
      groups.push_back(std::move(next));
    }
    space.groups = std::move(groups);
  });
}

ServerChange take(ServerView& view, const NamespaceSnapshots& what, WallTime) {
  return edit_space(view, what.datastore, what.name_space, [&](NamespaceView& space) {
    for (GroupView& group : space.groups) {
      if (what.group && *what.group != group.group.name) continue;
      group.snapshots.clear();
      group.knows_snapshots = true;
    }
    for (const auto& row : what.rows) {
      const auto known =
          std::ranges::lower_bound(space.groups, row.group, {}, [](const GroupView& one) { return one.group.name; });
      const bool is_meant = !what.group || *what.group == row.group;
      if (known == space.groups.end() || known->group.name != row.group || !is_meant) continue;
      if (known->snapshots.size() < kKeptSnapshots) known->snapshots.push_back(row.snapshot);
    }
  });
}

ServerChange take(ServerView& view, const ServerVersion& what, WallTime) {
  const bool is_same = view.version == what.version;
  view.version = what.version;
  return {.view = !is_same};
}

ServerChange take(ServerView& view, const ClusterHealth& what, WallTime) {
  const auto seen = [](const ClusterHealth& health) {
    std::vector<Digest> all;
    for (const auto& endpoint : health.endpoints)
      if (endpoint.seen) all.push_back(endpoint.seen->fingerprint);
    return all;
  };
  const bool is_same = view.health.state == what.state && seen(view.health) == seen(what);
  view.health = what;
  return {.view = true, .groups = !is_same};
}

ServerChange take(ServerView& view, const DoctorSummary& what, WallTime) {
  view.doctor = what;
  return {.view = true};
}

}  // namespace

ServerChange apply(ServerWorld& world, const ServerObservation& observation) {
  const auto change =
      std::visit([&](const auto& what) { return take(world.view, what, observation.at); }, observation.what);
  if (change.view) world.shown.reset();
  return change;
}

const DatastoreView* find_datastore(const ServerView& server, const std::string& name) {
  const auto found = std::ranges::find(server.datastores, name, [](const auto& one) { return one.usage.name; });
  return found == server.datastores.end() ? nullptr : &*found;
}

bool knows_groups(const DatastoreView& store, const std::string& name_space) {
  if (store.readable != Readable::yes) return false;
  const auto found = std::ranges::find(store.spaces, name_space, [](const auto& space) { return space->name; });
  return found == store.spaces.end() || (*found)->readable == Readable::yes;
}

}  // namespace monitorix::state

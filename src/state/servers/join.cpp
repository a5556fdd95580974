#include "state/servers/join.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "state/servers/server_world.h"

namespace monitorix::state {
namespace {

struct Writer {
  const JoiningCluster* cluster{};
  std::vector<const ServerStorage*> storages{};
};

/// Guests of one number and type in one cluster, the newest incarnation last.
using Owners = std::vector<const Guest*>;

struct Context {
  Joined& out;
  JoinView& view;
  std::unordered_map<std::int64_t, std::map<std::pair<ClusterId, GuestType>, Owners>> owners{};
};

std::optional<std::int64_t> vmid_of(const GroupName& name) {
  std::int64_t vmid = 0;
  const char* end = name.id.data() + name.id.size();
  const auto read = std::from_chars(name.id.data(), end, vmid);
  return read.ec == std::errc{} && read.ptr == end && vmid > 0 ? std::optional(vmid) : std::nullopt;
}

bool is_there(const Guest& guest) { return guest.status != GuestStatus::deleted && !guest.deleted_at; }

/// Whether a backup of that time can be this guest's: its number may have had an owner before.
bool can_be_of(const Guest& guest, WallTime at) {
  if (guest.incarnation > 1 && at < guest.created_at) return false;
  return !guest.deleted_at || at < *guest.deleted_at;
}

const Owners& owners_of(const Context& context, ClusterId cluster, GuestType type, std::int64_t vmid) {
  static const Owners nobody;
  const auto of_number = context.owners.find(vmid);
  if (of_number == context.owners.end()) return nobody;
  const auto found = of_number->second.find({cluster, type});
  return found == of_number->second.end() ? nobody : found->second;
}

/// The only one of `writers` for which `holds`; null when none or several.
template <class Predicate>
const Writer* only_one(const std::vector<Writer>& writers, Predicate holds) {
  const Writer* found = nullptr;
  for (const Writer& writer : writers) {
    if (!holds(writer)) continue;
    if (found != nullptr) return nullptr;
    found = &writer;
  }
  return found;
}

/// The notes that Proxmox VE gives to a backup begin with the guest's name, unless somebody changed the template.
/// Nothing when not all of them say the same: two guests may have written into one group.
std::string noted_name(const GroupView& group) {
  std::string name;
  for (const ServerSnapshot& snapshot : group.snapshots) {
    if (!snapshot.comment) continue;
    std::string noted = snapshot.comment->substr(0, snapshot.comment->find_first_of(",\n"));
    if (!name.empty() && noted != name) return {};
    name = std::move(noted);
  }
  return name;
}

const Writer* writer_of(const Context& context, const std::vector<Writer>& writers, const GroupView& group,
                        GuestType type, std::int64_t vmid) {
  if (writers.size() == 1) return &writers.front();
  if (group.group.owner)
    if (const Writer* one = only_one(writers, [&](const Writer& writer) {
          return std::ranges::any_of(
              writer.storages, [&](const ServerStorage* storage) { return storage->username == group.group.owner; });
        }))
      return one;
  const bool all_known =
      std::ranges::all_of(writers, [](const Writer& writer) { return writer.cluster->knows_all_guests; });
  const auto has_guest = [&](const Writer& writer) {
    return !owners_of(context, writer.cluster->id, type, vmid).empty();
  };
  if (all_known)
    if (const Writer* one = only_one(writers, has_guest)) return one;
  const std::string name = noted_name(group);
  if (name.empty()) return nullptr;
  const Writer* one = only_one(writers, [&](const Writer& writer) {
    return std::ranges::any_of(owners_of(context, writer.cluster->id, type, vmid),
                               [&](const Guest* guest) { return guest->name == name; });
  });
  return one != nullptr && all_known ? one : nullptr;
}

void note_evidence(ServerEvidence& evidence, const ServerSnapshot& snapshot) {
  if (!snapshot.is_finished) return;
  if (!evidence.newest_at || snapshot.at > *evidence.newest_at) {
    evidence.newest_at = snapshot.at;
    evidence.newest_verify = snapshot.verify;
    evidence.newest_size_bytes = snapshot.size_bytes;
  }
  if (snapshot.verify != VerifyState::failed && (!evidence.newest_good_at || snapshot.at > *evidence.newest_good_at))
    evidence.newest_good_at = snapshot.at;
}

void attribute(Context& context, const Owners& owners, const GroupView& group,
               const std::shared_ptr<const ServerPlace>& place) {
  for (const ServerSnapshot& snapshot : group.snapshots) {
    const Guest* owner = nullptr;
    for (const Guest* guest : owners)
      if (can_be_of(*guest, snapshot.at)) owner = guest;
    if (owner == nullptr) continue;
    context.view.snapshots[owner->id].push_back({owner->cluster, owner->id, owner->vmid, place, snapshot});
    ServerEvidence& evidence = context.out.guests[owner->id];
    evidence.join = ServerJoin::joined;
    note_evidence(evidence, snapshot);
  }
  if (!group.knows_snapshots && group.group.last_at && !owners.empty() &&
      can_be_of(*owners.back(), *group.group.last_at))
    context.out.guests[owners.back()->id].join = ServerJoin::joined;
}

std::optional<std::int64_t> size_of(const GroupView& group) {
  if (!group.knows_snapshots) return std::nullopt;
  std::int64_t sum = 0;
  for (const ServerSnapshot& snapshot : group.snapshots) sum += snapshot.size_bytes.value_or(0);
  return sum;
}

void add_orphan(Context& context, const ServerPlace& place, const GroupView& group, const Writer* writer,
                const Owners& owners) {
  Orphan orphan{.place = place, .group = group.group, .size_bytes = size_of(group)};
  if (writer != nullptr) orphan.cluster = writer->cluster->id;
  orphan.was_known = !owners.empty();
  if (!owners.empty())
    orphan.name = owners.back()->name;
  else if (auto name = noted_name(group); !name.empty())
    orphan.name = std::move(name);
  context.view.orphans.push_back(std::move(orphan));
}

void join_group(Context& context, const std::vector<Writer>& writers, const GroupView& group,
                const std::shared_ptr<const ServerPlace>& place) {
  GroupCounts& counts = context.view.counts[{place->server, place->datastore}];
  const auto vmid = vmid_of(group.group.name);
  if (group.group.name.type == "host" || !vmid) {
    ++counts.hosts;
    return;
  }
  if (writers.empty()) {
    ++counts.unassigned;
    return;
  }
  const GuestType type = group.group.name.type == "vm" ? GuestType::qemu : GuestType::lxc;
  const Writer* writer = writer_of(context, writers, group, type, *vmid);
  if (writer != nullptr) {
    const Owners& owners = owners_of(context, writer->cluster->id, type, *vmid);
    attribute(context, owners, group, place);
    if (std::ranges::any_of(owners, [](const Guest* guest) { return is_there(*guest); })) {
      ++counts.joined;
    } else if (writer->cluster->knows_all_guests) {
      ++counts.orphaned;
      add_orphan(context, *place, group, writer, owners);
    } else {
      ++counts.unassigned;
    }
    return;
  }
  bool all_known = true;
  bool has_owner = false;
  for (const Writer& one : writers) {
    all_known = all_known && one.cluster->knows_all_guests;
    for (const Guest* guest : owners_of(context, one.cluster->id, type, *vmid)) {
      has_owner = true;
      ServerEvidence& evidence = context.out.guests[guest->id];
      if (evidence.join == ServerJoin::none) evidence.join = ServerJoin::ambiguous;
    }
  }
  if (has_owner || !all_known) {
    ++counts.ambiguous;
  } else {
    ++counts.orphaned;
    add_orphan(context, *place, group, nullptr, {});
  }
}

/// Who writes into this namespace, each cluster once.
std::vector<Writer> writers_to(const std::vector<JoiningCluster>& clusters, const ServerView& server,
                               const std::string& datastore, const std::string& name_space) {
  std::vector<Writer> writers;
  for (const JoiningCluster& cluster : clusters) {
    Writer writer{.cluster = &cluster};
    for (const ServerStorage& storage : *cluster.storages)
      if (storage.datastore == datastore && storage.name_space == name_space && is_meant(storage, server))
        writer.storages.push_back(&storage);
    if (!writer.storages.empty()) writers.push_back(std::move(writer));
  }
  return writers;
}

/// A cluster writes to a server that has not told everything yet: of its guests nothing bad may be concluded.
bool is_waiting(const Servers& servers, const JoiningCluster& cluster) {
  for (const ServerStorage& storage : *cluster.storages)
    for (const auto& [id, server] : servers) {
      if (server->config.paused || !is_meant(storage, *server)) continue;
      if (!server->last_poll_at) return server->health.state == ClusterState::connecting;
      const DatastoreView* store = find_datastore(*server, storage.datastore);
      if (store == nullptr || store->readable == Readable::denied) continue;
      if (store->readable == Readable::not_asked) return true;
      const auto space =
          std::ranges::find(store->spaces, storage.name_space, [](const auto& one) { return one->name; });
      if (space == store->spaces.end()) continue;
      if ((*space)->readable == Readable::not_asked) return true;
      if (std::ranges::any_of((*space)->groups, [](const GroupView& group) { return !group.knows_snapshots; }))
        return true;
    }
  return false;
}

}  // namespace

bool is_meant(const ServerStorage& storage, const ServerView& server) {
  const auto is_seen = [&](const Digest& digest) {
    return std::ranges::any_of(server.health.endpoints,
                               [&](const auto& one) { return one.seen && one.seen->fingerprint == digest; });
  };
  const auto is_pinned = [&](const Digest& digest) {
    return std::ranges::any_of(server.config.endpoints, [&](const Endpoint& endpoint) {
      return std::ranges::find(endpoint.fingerprints, digest, &Fingerprint::digest) != endpoint.fingerprints.end();
    });
  };
  if (storage.fingerprint && (is_seen(*storage.fingerprint) || is_pinned(*storage.fingerprint))) return true;
  const bool knows_certificate = std::ranges::any_of(
      server.health.endpoints, [](const auto& one) { return one.seen && one.state == EndpointState::ok; });
  // Two sites may use one private address: where both certificates are known and differ, it is another server.
  if (storage.fingerprint && knows_certificate) return false;
  return std::ranges::any_of(server.config.endpoints, [&](const Endpoint& endpoint) {
    return endpoint.port == storage.port && lower_ascii(endpoint.address) == lower_ascii(storage.server);
  });
}

Joined join(const Servers& servers, const std::vector<JoiningCluster>& clusters) {
  Joined out;
  auto view = std::make_shared<JoinView>();
  Context context{.out = out, .view = *view};
  for (const JoiningCluster& cluster : clusters)
    for (const auto& guest : *cluster.guests)
      if (!guest->is_template || is_there(*guest))
        context.owners[guest->vmid][{cluster.id, guest->type}].push_back(guest.get());
  for (const auto& [id, server] : servers)
    for (const DatastoreView& store : server->datastores)
      for (const auto& space : store.spaces) {
        const auto place = std::make_shared<const ServerPlace>(ServerPlace{id, store.usage.name, space->name});
        const auto writers = writers_to(clusters, *server, store.usage.name, space->name);
        for (const GroupView& group : space->groups) join_group(context, writers, group, place);
      }
  for (auto& [guest, snapshots] : view->snapshots)
    std::ranges::stable_sort(
        snapshots, [](const GuestSnapshot& a, const GuestSnapshot& b) { return a.snapshot.at > b.snapshot.at; });
  std::ranges::stable_sort(view->orphans, {}, [](const Orphan& orphan) { return orphan.group.last_at; });
  for (const JoiningCluster& cluster : clusters)
    if (is_waiting(servers, cluster)) out.waiting.push_back(cluster.id);
  out.view = std::move(view);
  return out;
}

}  // namespace monitorix::state

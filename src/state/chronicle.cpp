#include "state/chronicle.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

#include "base/text.h"
#include "model/names.h"

namespace monitorix::state {
namespace {

constexpr std::size_t kLongestText = 500;  // of what Proxmox VE says

template <class Object, class IdType>
const Object* find_in(const std::vector<std::shared_ptr<const Object>>& objects, IdType id) {
  const auto found = std::ranges::lower_bound(objects, id, {}, [](const auto& object) { return object->id; });
  return found == objects.end() || (*found)->id != id ? nullptr : found->get();
}

template <class IdType>
std::vector<IdType> ids_of(const std::vector<Changed<IdType>>& changed) {
  std::vector<IdType> out;
  for (const auto& [id, weight] : changed)
    if (weight == Weight::status) out.push_back(id);
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

EventSeverity severity_of(GuestStatus to) {
  return to == GuestStatus::missing ? EventSeverity::warning : EventSeverity::info;
}
EventSeverity severity_of(NodeStatus to) {
  if (to == NodeStatus::offline) return EventSeverity::error;
  return to == NodeStatus::unreachable ? EventSeverity::warning : EventSeverity::info;
}
EventSeverity severity_of(StorageState to) {
  return to == StorageState::inactive ? EventSeverity::warning : EventSeverity::info;
}
EventSeverity severity_of(ClusterState to) {
  switch (to) {
    case ClusterState::unreachable:
    case ClusterState::auth_failed:
    case ClusterState::tls_mismatch:
    case ClusterState::wrong_cluster: return EventSeverity::error;
    case ClusterState::degraded: return EventSeverity::warning;
    default: return EventSeverity::info;
  }
}

bool is_known(ClusterState state) { return state != ClusterState::connecting; }
template <class State>
bool is_known(State state) {
  return state != State::unknown;
}

std::string object_of(const Guest& guest) { return "vm:" + guest.id.text(); }
std::string object_of(const Node& node) { return "node:" + node.id.text(); }
std::string object_of(const Storage& storage) { return "storage:" + storage.id.text(); }
std::string object_of(ClusterId id) { return "cluster:" + id.text(); }

GuestStatus state_of(const Guest& guest) { return guest.status; }
NodeStatus state_of(const Node& node) { return node.status; }
StorageState state_of(const Storage& storage) { return storage.state; }

const Node* node_named(const ClusterView& view, const std::string& name) {
  const auto found = std::ranges::find_if(view.nodes, [&](const auto& node) { return node->name == name; });
  return found == view.nodes.end() ? nullptr : found->get();
}

/// The guest of that VMID when the task began: a later one with the same number is another guest (I4).
const Guest* guest_of(const ClusterView& view, const PveTask& task) {
  std::int64_t vmid = 0;
  const char* end = task.id.data() + task.id.size();
  if (const auto read = std::from_chars(task.id.data(), end, vmid); read.ec != std::errc{} || read.ptr != end)
    return nullptr;
  const Guest* out = nullptr;
  for (const auto& guest : view.guests) {
    if (guest->vmid != vmid || (guest->deleted_at && *guest->deleted_at < task.started_at)) continue;
    if (!out || guest->incarnation < out->incarnation) out = guest.get();
  }
  return out;
}

EventSeverity severity_of(const std::optional<std::string>& status) {
  if (!status || *status == "OK") return EventSeverity::info;
  return status->starts_with("WARNINGS") ? EventSeverity::warning : EventSeverity::error;
}

/// Between two pictures of one cluster.
class Telling {
 public:
  Telling(const ClusterView& before, const ClusterView& now, WallTime at, Chronicle::Memory& memory)
      : before_(before),
        now_(now),
        at_(at),
        memory_(memory) {}

  void tell(const ChangeSet& changes) {
    tell_connection();
    each(changes.nodes, &ClusterView::nodes, memory_.nodes, object_of(now_.config.id));
    each(changes.guests, &ClusterView::guests, memory_.guests, "");
    each(changes.storages, &ClusterView::storages, memory_.storages, "");
    tell_tasks();
  }
  std::vector<Event> take() { return std::move(events_); }

 private:
  Event& add(EventKind kind, EventSeverity severity, std::string object, std::string name) {
    Event event{};
    event.cluster = now_.config.id;
    event.kind = kind;
    event.severity = severity;
    event.at = event.until = at_;
    event.object = std::move(object);
    event.name = std::move(name);
    return events_.emplace_back(std::move(event));
  }

  static void close(Event& event) {
    event.key = event.object + '|' + std::string(name_of(event.kind)) + '|' + std::to_string(to_ms(event.at)) + '|' +
                event.to.value_or("");
  }

  template <class Changes, class Objects, class Known>
  void each(const Changes& changes, Objects ClusterView::*objects, Known& known, const std::string& place) {
    // Of a cluster that nobody knew anything of, everything is new and nothing appeared.
    const bool is_first = !before_.last_poll_at && (before_.*objects).empty();
    for (const auto id : ids_of(changes)) {
      const auto* now = find_in(now_.*objects, id);
      if (now == nullptr) continue;
      const auto* before = find_in(before_.*objects, id);
      if (before != nullptr) {
        tell_state(*before, *now, known, place);
        if constexpr (requires { now->vmid; }) tell_move(*before, *now);
      } else if (!is_first) {
        Event& event = add(EventKind::appeared, EventSeverity::info, object_of(*now), now->name);
        event.place = place;
        if (is_known(state_of(*now))) event.to = name_of(state_of(*now));
        close(event);
      }
    }
  }

  template <class Object, class Known>
  void tell_state(const Object& before, const Object& now, Known& known, const std::string& place) {
    const auto to = state_of(now);
    auto from = state_of(before);
    if (to == from) return;
    const auto id = now.id.value;
    if (!is_known(to)) {
      known.insert_or_assign(id, from);
      return;
    }
    if (const auto found = known.find(id); found != known.end()) {
      if (!is_known(from)) from = found->second;
      known.erase(found);
    }
    if (!is_known(from) || from == to) return;
    Event& event = add(EventKind::state, severity_of(to), object_of(now), now.name);
    event.place = place;
    event.from = name_of(from);
    event.to = name_of(to);
    close(event);
  }

  void tell_move(const Guest& before, const Guest& now) {
    if (before.node == now.node || !before.node.exists() || !now.node.exists()) return;
    const Node* from = find_in(now_.nodes, before.node);
    const Node* to = find_in(now_.nodes, now.node);
    if (from == nullptr || to == nullptr) return;
    Event& event = add(EventKind::migration, EventSeverity::info, object_of(now), now.name);
    event.from = from->name;
    event.to = to->name;
    close(event);
  }

  void tell_connection() {
    const ClusterState to = now_.health.state;
    if (to == before_.health.state && memory_.connection) return;
    if (!is_known(to)) return;
    const auto from = std::exchange(memory_.connection, to);
    if (!from || *from == to) return;
    Event& event = add(EventKind::state, severity_of(to), object_of(now_.config.id), now_.config.name);
    event.from = name_of(*from);
    event.to = name_of(to);
    close(event);
  }

  /// Only once the guests are known, so that each task finds its own.
  void tell_tasks() {
    if (!now_.last_poll_at || !now_.tasks) return;
    const bool is_first = !before_.last_poll_at;
    const bool has_more_guests = before_.guests.size() != now_.guests.size();
    if (!is_first && !has_more_guests && before_.tasks == now_.tasks) return;
    std::unordered_set<std::string_view> told;
    if (!is_first && before_.tasks)
      for (const PveTask& task : *before_.tasks)
        if (task.ended_at) told.insert(task.upid);
    for (const PveTask& task : *now_.tasks) {
      if (!task.ended_at) continue;
      const bool was_told = told.contains(task.upid);
      if (was_told && !has_more_guests) continue;
      const Guest* guest = guest_of(now_, task);
      // Told again only for a guest that is new: its making was told as the node's.
      if (!was_told || (guest != nullptr && find_in(before_.guests, guest->id) == nullptr)) tell_task(task, guest);
    }
  }

  void tell_task(const PveTask& task, const Guest* guest) {
    const Node* node = node_named(now_, task.node);
    if (guest == nullptr && node == nullptr) return;
    Event& event = add(EventKind::task, severity_of(task.status), guest ? object_of(*guest) : object_of(*node),
                       guest ? guest->name : node->name);
    if (guest != nullptr && node != nullptr) event.place = object_of(*node);
    event.at = task.started_at;
    event.until = std::max(task.started_at, *task.ended_at);
    EndedTask ended{task.upid, task.node, task.type, task.user, task.id, task.status};
    if (ended.status) ended.status = valid_utf8(*ended.status, kLongestText);
    event.task = std::move(ended);
    event.key = "task|" + now_.config.id.text() + '|' + task.upid;
  }

  const ClusterView& before_;
  const ClusterView& now_;
  WallTime at_;
  Chronicle::Memory& memory_;
  std::vector<Event> events_{};
};

}  // namespace

Chronicle::Chronicle(const Snapshot& world) {
  for (const auto& [id, view] : world.clusters) past_[id].view = view;
}

std::vector<Event> Chronicle::tell(const ChangeSet& changes, const Snapshot& world) {
  const auto found = world.clusters.find(changes.cluster);
  if (found == world.clusters.end()) {
    past_.erase(changes.cluster);
    return {};
  }
  Past& past = past_[changes.cluster];
  static const ClusterView nothing{};
  Telling telling(past.view ? *past.view : nothing, *found->second, changes.at, past.memory);
  telling.tell(changes);
  past.view = found->second;
  return telling.take();
}

}  // namespace monitorix::state

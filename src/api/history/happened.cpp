#include "api/history/happened.h"

#include "api/services/services.h"
#include "base/text.h"
#include "base/time_text.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

constexpr int kRead = 501;      // at once
constexpr int kMostReads = 20;  // for a caller who sees few of them

std::string_view outcome_of(EventSeverity severity) {
  switch (severity) {
    case EventSeverity::info: return "ok";
    case EventSeverity::warning: return "warnings";
    default: return "failed";
  }
}

void write_task(JsonWriter& out, const Event& event) {
  const EndedTask& task = *event.task;
  out.begin_object().member("type", task.type);
  out.member("outcome", task.status ? std::optional(outcome_of(event.severity)) : std::nullopt);
  out.member("status", task.status).member("user", task.user).member("node", task.node);
  out.member("target", none_if_empty(task.target)).member("upid", task.upid);
  out.end_object();
}

/// What is checked of a guest or a node, and of a node's guests.
void add_services(std::vector<std::string>& objects, const state::Snapshot& world, const std::string& of) {
  if (!of.starts_with("vm:") && !of.starts_with("node:")) return;
  for (const auto& view : *world.services) {
    const auto& service = *view->service;
    const auto guest = service.guest ? world.guest(*service.guest) : nullptr;
    const bool is_its = (guest && (of == "vm:" + guest->id.text() || of == "node:" + guest->node.text())) ||
                        (service.node && of == "node:" + service.node->text());
    if (is_its) objects.push_back("service:" + service.id.text());
  }
}

}  // namespace

Sees sight_of(const Caller& caller, state::SnapshotPtr world) {
  return [caller, world = std::move(world)](const Event& event) {
    const auto colon = event.object.find(':');
    const std::string kind = event.object.substr(0, colon), id = event.object.substr(colon + 1);
    if (kind == "vm") return visible_guest(caller, *world, id) != nullptr;
    if (kind == "storage") return visible_storage(caller, *world, id) != nullptr;
    if (kind == "cluster") return visible_cluster(caller, *world, id) != nullptr;
    if (kind == "service") return visible_service(caller, *world, id) != nullptr;
    const bool is_narrow = !caller.scope.pools.empty() || !caller.scope.tags.empty();
    return visible_node(caller, *world, id) != nullptr && !(is_narrow && event.task);
  };
}

std::vector<std::string> event_objects(const state::Snapshot& world, const std::string& series_object) {
  constexpr std::string_view guests_of_node = "node_guests:";
  if (series_object.starts_with(guests_of_node)) return {"node:" + series_object.substr(guests_of_node.size())};
  if (series_object != "fleet") {
    std::vector<std::string> own{series_object};
    add_services(own, world, series_object);
    return own;
  }
  std::vector<std::string> all;
  for (const auto& [id, cluster] : world.clusters) all.push_back("cluster:" + id.text());
  return all;
}

Result<Happened> read_happened(store::Store& store, store::EventFilter filter, const Sees& sees, std::size_t limit) {
  Happened out;
  filter.limit = kRead;
  for (int reads = 0; reads < kMostReads; ++reads) {
    auto read = store.events(filter);
    if (!read) return fail(std::move(read).error());
    for (Event& event : *read) {
      filter.before = std::pair{event.at, event.id};
      if (!sees(event)) continue;
      if (out.events.size() == limit) {
        out.has_more = true;
        return out;
      }
      out.events.push_back(std::move(event));
    }
    if (read->size() < kRead) break;
  }
  return out;
}

void write_event(JsonWriter& out, const Event& event) {
  out.member("kind", name_of(event.kind)).member("severity", name_of(event.severity));
  out.member("object", event.object).member("name", event.name);
  out.member("from", event.from).member("to", event.to).key("task");
  if (event.task)
    write_task(out, event);
  else
    out.null();
}

void write_entry(JsonWriter& out, const Event& event) {
  out.begin_object().member("id", std::to_string(event.id)).member("at", rfc3339(event.at));
  out.member("until", event.until > event.at ? std::optional(rfc3339(event.until)) : std::nullopt);
  write_event(out, event);
  out.end_object();
}

}  // namespace monitorix::api

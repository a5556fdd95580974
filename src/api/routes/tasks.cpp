#include "api/routes/tasks.h"

#include <algorithm>

#include "api/access.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

const Node* node_named(const state::ClusterView& cluster, const std::string& name) {
  const auto found = std::ranges::find_if(cluster.nodes, [&](const auto& node) { return node->name == name; });
  return found == cluster.nodes.end() ? nullptr : found->get();
}

/// Tasks name a guest by its VMID; other objects (a storage, a service) are no number.
const Guest* guest_of(const state::ClusterView& cluster, const std::string& object) {
  const auto vmid = parse_id(object);
  if (!vmid) return nullptr;
  const Guest* newest = nullptr;
  for (const auto& guest : cluster.guests)
    if (guest->vmid == *vmid && (!newest || guest->incarnation >= newest->incarnation)) newest = guest.get();
  return newest;
}

struct TaskFilter {
  std::optional<bool> running{};
  std::vector<std::string> types{}, guests{}, nodes{};
  std::optional<WallTime> since{};
  const Node* only_on{};
};

bool passes(const TaskFilter& f, const Call& call, const state::ClusterView& cluster, const PveTask& task) {
  if (f.running && *f.running == task.ended_at.has_value()) return false;
  if (!wanted(f.types, task.type) || (f.since && task.started_at < *f.since)) return false;
  const auto* node = node_named(cluster, task.node);
  if (f.only_on && node != f.only_on) return false;
  if (!f.nodes.empty() && (!node || !wanted(f.nodes, node->id.text()))) return false;
  const auto* guest = guest_of(cluster, task.id);
  if (!f.guests.empty() && (!guest || !wanted(f.guests, guest->id.text()))) return false;
  return may_see_task(call.caller, cluster, task);
}

}  // namespace

void write_task(JsonWriter& out, const state::ClusterView& cluster, const PveTask& task) {
  const auto* node = node_named(cluster, task.node);
  const auto* guest = guest_of(cluster, task.id);
  out.begin_object().member("upid", task.upid).member("cluster_id", cluster.config.id.text());
  out.member("node_id", node ? std::optional(node->id.text()) : std::nullopt).member("node_name", task.node);
  out.member("type", task.type).member("object", none_if_empty(task.id));
  out.member("vm_id", guest ? std::optional(guest->id.text()) : std::nullopt).member("user", task.user);
  out.member("status", task.status).member("started_at", rfc3339(task.started_at)).key("ended_at");
  if (task.ended_at)
    out.value(rfc3339(*task.ended_at));
  else
    out.null();
  out.end_object();
}

bool may_see_task(const Caller& caller, const state::ClusterView& cluster, const PveTask& task) {
  const auto* guest = guest_of(cluster, task.id);
  return guest ? authorize(caller, *guest) : caller.scope.pools.empty() && caller.scope.tags.empty();
}

Answer list_tasks(const Call& call, const state::ClusterView& cluster, const Node* only_on) {
  TaskFilter filter;
  filter.only_on = only_on;
  if (call.query.find("running")) {
    const auto running = call.query.flag("running", true);
    if (!running) return bad_query(running.error());
    filter.running = *running;
  }
  const auto since = call.query.time("since");
  if (!since) return bad_query(since.error());
  filter.since = *since;
  filter.types = call.query.all("type");
  filter.guests = call.query.all("vm_id");
  filter.nodes = call.query.all("node_id");
  const auto found = std::make_shared<std::vector<const PveTask*>>();
  if (cluster.tasks)
    for (const auto& task : *cluster.tasks)
      if (passes(filter, call, cluster, task)) found->push_back(&task);
  Selection selection;
  // Tasks have texts for ids; what a page ends with is remembered by a number made of it.
  for (const auto* task : *found) selection.ids.push_back(static_cast<std::int64_t>(crc32c(task->upid)) + 1);
  selection.encode = [found, &cluster](JsonWriter& out, std::size_t at) { write_task(out, cluster, *(*found)[at]); };
  return list_answer(call, ListForm::envelope, selection);
}

}  // namespace monitorix::api

#include <algorithm>

#include "proxmox/parse.h"
#include "proxmox/value.h"

namespace monitorix::proxmox {

Result<Json> parse_envelope(std::string_view body) {
  auto json = Json::parse(body);
  if (!json && json.error().code == Errc::too_large) return fail(json.error());
  if (!json) return fail(Errc::protocol, "the answer is not JSON: " + json.error().text);
  const Json* data = json->find("data");
  if (!data) return fail(Errc::protocol, "the answer has no data");
  return *data;
}

Result<Membership> parse_membership(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "cluster/status is not a list");
  Membership out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "cluster/status", findings);
    const auto type = row.text("type");
    const auto name = row.text("name");
    if (!name || name->empty()) continue;
    if (type == "cluster") {
      out.cluster_name = name;
      out.quorate = row.flag("quorate");
    } else if (type == "node") {
      ClusterMember member{};
      member.name = *name;
      member.ip = row.text("ip");
      if (const auto id = row.whole("nodeid"))
        member.corosync_id = static_cast<int>(std::min<std::int64_t>(*id, 1'000'000));
      member.online = row.flag("online");
      member.local = row.flag("local").value_or(false);
      out.members.push_back(std::move(member));
    }
  }
  std::ranges::sort(out.members, {}, &ClusterMember::name);
  return out;
}

Result<TaskList> parse_tasks(const Json& data, Findings& findings) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, "the task list is not a list");
  TaskList out{};
  for (const Json& item : *rows) {
    if (!item.as_object()) continue;
    const Row row(item, "tasks", findings);
    const auto upid = row.text("upid", 512);
    const auto started = row.whole("starttime");
    if (!upid || !started) continue;
    PveTask task{};
    task.upid = *upid;
    task.node = row.text("node").value_or("");
    task.type = row.text("type").value_or("");
    task.id = row.text("id").value_or("");
    task.user = row.text("user").value_or("");
    task.started_at = from_seconds(*started);
    if (const auto ended = row.whole("endtime")) task.ended_at = from_seconds(*ended);
    task.status = row.text("status", 1024);
    out.tasks.push_back(std::move(task));
  }
  return out;
}

Result<Permissions> parse_permissions(const Json& data) {
  const auto* paths = data.as_object();
  if (!paths) return fail(Errc::protocol, "access/permissions is not an object");
  Permissions out{};
  for (const auto& [path, privileges] : *paths) {
    const auto* names = privileges.as_object();
    if (!names) continue;
    for (const auto& [name, granted] : *names)
      out.by_path[path].insert(name);  // 0 = not inherited, 1 = propagated: both grant
  }
  return out;
}

bool Permissions::allows(std::string_view path, std::string_view privilege) const {
  for (std::string at(path);;) {
    if (const auto found = by_path.find(at); found != by_path.end())
      return found->second.contains(std::string(privilege));
    if (at == "/" || at.empty()) return false;
    const auto slash = at.rfind('/');
    at = slash == 0 || slash == std::string::npos ? "/" : at.substr(0, slash);
  }
}

bool Permissions::sees_nothing() const {
  return std::ranges::all_of(by_path, [](const auto& entry) { return entry.second.empty(); });
}

bool Permissions::sees_everything() const {
  return allows("/", "VM.Audit") && allows("/", "Datastore.Audit") && allows("/", "Sys.Audit");
}

}  // namespace monitorix::proxmox

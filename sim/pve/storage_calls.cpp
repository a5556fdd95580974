// Storages of a node.

#include "sim/pve/calls.h"
#include "sim/world/load.h"

namespace monitorix::sim {

namespace {

void add_storage(const Call& call, const Storage& storage, JsonRow& row) {
  const auto at = call.world.load_time(call.now);
  const auto& node = call.target();
  const bool is_active = storage.is_enabled && storage.is_reachable;
  const auto total = storage_total(storage, node);
  const auto used = is_active ? storage_used(storage, node, at) : 0;
  row.text("type", storage.plugin).text("content", storage.content).flag("shared", storage.is_shared);
  row.flag("enabled", storage.is_enabled).flag("active", is_active);
  row.whole("total", total).whole("used", used).whole("avail", total - used);
}

bool has_content(const Storage& storage, std::string_view wanted) {
  return ("," + storage.content + ",").find("," + std::string(wanted) + ",") != std::string::npos;
}

Answer no_such_storage() { return parameter_error("storage", "No such storage."); }

}  // namespace

Answer storage_list(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  const auto wanted = call.request.parameter("content");
  const auto named = call.request.parameter("storage");
  const bool only_enabled = call.request.parameter("enabled").value_or("0") == "1";
  if (call.may("Datastore.Audit")) {
    for (const auto& storage : call.cluster.storages) {
      if ((wanted && !has_content(storage, *wanted)) || (named && storage.name != *named)) continue;
      if (only_enabled && !storage.is_enabled) continue;
      row.text("storage", storage.name);
      add_storage(call, storage, row);
      const auto total = storage_total(storage, call.target());
      if (total > 0) {
        const auto used = storage_used(storage, call.target(), call.world.load_time(call.now));
        row.real("used_fraction", static_cast<double>(used) / static_cast<double>(total));
      }
      rows.push_back(row.take());
    }
  }
  return data_rows(std::move(rows), call.dice);
}

Answer storage_status(Call& call) {
  const auto* storage = call.cluster.find_storage(call.captured[1]);
  if (storage == nullptr) return no_such_storage();
  JsonRow row(call.dice);
  add_storage(call, *storage, row);
  return Answer::json(data_object(row));
}

Answer storage_content(Call& call) {
  const auto* storage = call.cluster.find_storage(call.captured[1]);
  if (storage == nullptr) return no_such_storage();
  if (!storage->is_enabled) return Answer::error(500, "storage '" + storage->name + "' is disabled");
  if (!storage->is_reachable) return Answer::error(500, "storage '" + storage->name + "' is not online");
  std::vector<std::string> rows;
  // Backups are shown only to those who may allocate: an auditor sees none of them.
  const auto wanted = call.request.parameter("content").value_or("backup");
  if (wanted == "backup" && has_content(*storage, "backup") && call.may("Datastore.Allocate")) {
    JsonRow row(call.dice);
    for (const auto& task : call.cluster.tasks) {
      if (task.type != "vzdump" || !task.ended || task.status != "OK" || task.node != call.node) continue;
      row.text("volid",
               storage->name + ":backup/" + std::to_string(task.vmid) + "/" + std::to_string(epoch(*task.ended)));
      row.text("content", "backup").text("format", "vma.zst").whole("vmid", task.vmid);
      row.whole("ctime", call.shown(*task.ended)).whole("size", 1'000'000'000 + task.process * 4'096LL);
      rows.push_back(row.take());
    }
  }
  return data_rows(std::move(rows), call.dice);
}

Answer storage_configs(Call& call) {
  std::vector<std::string> rows;
  JsonRow row(call.dice);
  if (call.may("Datastore.Audit")) {
    for (const auto& storage : call.cluster.storages) {
      row.text("storage", storage.name).text("type", storage.plugin).text("content", storage.content);
      row.text("digest", "e5de89d3539fbd597783caa116ffffe491db7e16");
      if (storage.plugin == "dir") row.text("path", storage.name == "local" ? "/var/lib/vz" : "/mnt/" + storage.name);
      if (storage.plugin == "nfs") {
        row.text("path", "/mnt/pve/" + storage.name).text("server", "10.99.0.77").text("export", "/" + storage.name);
      }
      if (storage.plugin == "pbs" && !storage.remote.server.empty()) {
        const auto& remote = storage.remote;
        row.text("server", remote.server).text("datastore", remote.datastore).text("username", remote.username);
        row.text("fingerprint", remote.fingerprint).text_if("namespace", remote.name_space);
        row.text("port", std::to_string(remote.port));
      }
      if (storage.is_shared) row.flag("shared", true);
      if (!storage.is_enabled) row.flag("disable", true);
      rows.push_back(row.take());
    }
  }
  return data_rows(std::move(rows), call.dice);
}

}  // namespace monitorix::sim

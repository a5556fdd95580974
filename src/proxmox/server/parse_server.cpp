#include "proxmox/server/parse_server.h"

#include <algorithm>

#include "base/text.h"
#include "proxmox/value.h"

// Traps: fields are written with hyphens; no row says in which namespace it is; a snapshot that is being written has no
// size; an estimate in the past means that the datastore does not fill; jobs that never ran have no end.

namespace monitorix::proxmox {
namespace {

constexpr std::size_t kMostHistory = 4'096, kShownHistory = 60;
constexpr std::size_t kMostLevels = 7;
constexpr double kLongestStep = 366.0 * 86'400.0;

std::optional<std::string> filled(std::optional<std::string> text) {
  return text && !text->empty() ? text : std::nullopt;
}

/// Means of neighbours, so that a month has as many points as a small curve shows.
void thin_out(Datastore& store) {
  const std::size_t width = (store.history.size() + kShownHistory - 1) / kShownHistory;
  if (width <= 1) return;
  std::vector<std::optional<double>> thinner;
  for (std::size_t from = 0; from < store.history.size(); from += width) {
    double sum = 0;
    int known = 0;
    for (std::size_t at = from; at < std::min(from + width, store.history.size()); ++at) {
      if (!store.history[at]) continue;
      sum += *store.history[at];
      ++known;
    }
    thinner.push_back(known > 0 ? std::optional(sum / known) : std::nullopt);
  }
  store.history = std::move(thinner);
  store.history_step *= static_cast<long>(width);
}

void read_history(const Row& row, Datastore& store) {
  const Json* history = row.find("history");
  const auto* points = history ? history->as_array() : nullptr;
  const auto step = row.number("history-delta", 1, kLongestStep);
  store.history_from = row.moment("history-start");
  if (!points || !step || !store.history_from) {
    store.history_from.reset();
    return;
  }
  store.history_step = std::chrono::seconds{static_cast<std::int64_t>(*step)};
  const std::size_t skipped = points->size() > kMostHistory ? points->size() - kMostHistory : 0;
  *store.history_from += store.history_step * static_cast<long>(skipped);
  for (std::size_t at = skipped; at < points->size(); ++at) {
    const auto share = tolerant_number((*points)[at]);
    store.history.push_back(share && *share >= 0 && *share <= 1.5 ? share : std::nullopt);
  }
  thin_out(store);
}

/// An estimate before `now` stands for "does not fill"; the caller does not know the time, the newest point does.
void read_trend(const Row& row, Datastore& store) {
  const auto at = row.number("estimated-full-date", -1e15, 1e15);
  if (!at) return;
  const auto newest =
      store.history_from
          ? to_seconds(*store.history_from + store.history_step * static_cast<long>(store.history.size()))
          : 0;
  store.trend = UsageTrend::steady;
  if (*at <= static_cast<double>(newest)) return;
  store.trend = UsageTrend::growing;
  store.full_at = row.moment("estimated-full-date");
}

std::optional<GarbageStatus> read_garbage(const Row& row) {
  GarbageStatus out{};
  out.index_bytes = row.whole("index-data-bytes");
  out.disk_bytes = row.whole("disk-bytes");
  out.removed_bytes = row.whole("removed-bytes");
  out.pending_bytes = row.whole("pending-bytes");
  out.still_bad = row.whole("still-bad");
  if (!out.index_bytes && !out.disk_bytes) return std::nullopt;
  return out;
}

BackupResult result_of(const std::optional<std::string>& state) {
  if (!state || *state == "unknown") return BackupResult::unknown;
  if (*state == "OK") return BackupResult::ok;
  return state->starts_with("WARNINGS") ? BackupResult::warning : BackupResult::failed;
}

bool is_name(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 128 && is_plain(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_plain(c) || c == '-' || c == '.'; });
}

std::optional<GroupName> read_group(const Row& row) {
  GroupName name{row.text("backup-type").value_or(""), row.text("backup-id").value_or("")};
  return is_group_name(name) ? std::optional(std::move(name)) : std::nullopt;
}

VerifyState read_verification(const Row& row) {
  const auto verification = row.object("verification");
  const auto state = verification ? verification->text("state") : std::nullopt;
  if (state == "ok") return VerifyState::ok;
  return state == "failed" ? VerifyState::failed : VerifyState::none;
}

Result<const Json::Array*> rows_of(const Json& data, std::string_view what) {
  const auto* rows = data.as_array();
  if (!rows) return fail(Errc::protocol, std::string(what) + " is not a list");
  return rows;
}

std::string remote_of(const Row& row) {
  const auto host = filled(row.text("remote"));
  std::string out = host ? *host + ":" : std::string();
  out += row.text("remote-store").value_or("");
  if (const auto inside = filled(row.text("remote-ns"))) out += "/" + *inside;
  return out;
}

}  // namespace

bool is_datastore_name(std::string_view name) { return is_name(name); }

bool is_namespace(std::string_view name) {
  if (name.empty()) return true;
  std::size_t levels = 0;
  for (;;) {
    const auto slash = name.find('/');
    if (!is_name(name.substr(0, slash)) || ++levels > kMostLevels) return false;
    if (slash == std::string_view::npos) return true;
    name.remove_prefix(slash + 1);
  }
}

bool is_group_name(const GroupName& name) {
  return (name.type == "vm" || name.type == "ct" || name.type == "host") && is_name(name.id);
}

std::string datastore_path(const std::string& datastore, std::string_view rest, const std::string& name_space) {
  std::string path = "/admin/datastore/" + percent_encode(datastore) + std::string(rest);
  if (!name_space.empty()) path += "?ns=" + percent_encode(name_space);
  return path;
}

Result<DatastoreUsages> parse_datastore_usage(const Json& data, Findings& findings) {
  const auto rows = rows_of(data, "status/datastore-usage");
  if (!rows) return fail(rows.error());
  DatastoreUsages out{};
  for (const Json& item : **rows) {
    if (!item.as_object()) continue;
    const Row row(item, "status/datastore-usage", findings);
    Datastore store{.name = row.text("store").value_or("")};
    if (!is_datastore_name(store.name)) continue;
    store.total_bytes = row.whole("total");
    store.used_bytes = row.whole("used");
    store.available_bytes = row.whole("avail");
    store.error = filled(row.text("error", 1024));
    read_history(row, store);
    read_trend(row, store);
    if (const auto garbage = row.object("gc-status")) store.garbage = read_garbage(*garbage);
    out.datastores.push_back(std::move(store));
  }
  std::ranges::sort(out.datastores, {}, &Datastore::name);
  return out;
}

Result<ServerJobs> parse_server_jobs(ServerJobKind kind, const Json& data, Findings& findings) {
  const auto rows = rows_of(data, "the list of jobs");
  if (!rows) return fail(rows.error());
  ServerJobs out{.kind = kind};
  for (const Json& item : **rows) {
    if (!item.as_object()) continue;
    const Row row(item, "jobs", findings);
    ServerJob job{.kind = kind};
    job.datastore = row.text("store").value_or("");
    job.id = row.text("id").value_or(kind == ServerJobKind::gc ? job.datastore : "");
    if (job.id.empty() || !is_datastore_name(job.datastore)) continue;
    if (kind != ServerJobKind::gc) job.name_space = row.text("ns").value_or("");
    if (kind == ServerJobKind::sync) job.remote = filled(remote_of(row));
    job.schedule = filled(row.text("schedule"));
    job.comment = filled(row.text("comment", 1024));
    job.last_run_at = row.moment("last-run-endtime");
    job.next_run_at = row.moment("next-run");
    job.last_state = filled(row.text("last-run-state", 1024));
    job.result = result_of(job.last_state);
    out.jobs.push_back(std::move(job));
  }
  std::ranges::sort(out.jobs, {}, &ServerJob::id);
  return out;
}

Result<DatastoreNamespaces> parse_namespaces(std::string datastore, const Json& data, Findings& findings) {
  const auto rows = rows_of(data, "the list of namespaces");
  if (!rows) return fail(rows.error());
  DatastoreNamespaces out{.datastore = std::move(datastore)};
  for (const Json& item : **rows) {
    if (!item.as_object()) continue;
    auto name = Row(item, "namespace", findings).text("ns", 1024);
    if (name && is_namespace(*name)) out.names.push_back(std::move(*name));
  }
  std::ranges::sort(out.names);
  out.names.erase(std::unique(out.names.begin(), out.names.end()), out.names.end());
  return out;
}

Result<NamespaceGroups> parse_groups(std::string datastore, std::string name_space, const Json& data,
                                     Findings& findings) {
  const auto rows = rows_of(data, "the list of groups");
  if (!rows) return fail(rows.error());
  NamespaceGroups out{.datastore = std::move(datastore), .name_space = std::move(name_space)};
  for (const Json& item : **rows) {
    if (!item.as_object()) continue;
    const Row row(item, "groups", findings);
    auto name = read_group(row);
    if (!name) continue;
    BackupGroup group{.name = std::move(*name)};
    group.owner = filled(row.text("owner"));
    group.comment = filled(row.text("comment", 1024));
    group.last_at = row.moment("last-backup");
    group.count = row.whole("backup-count").value_or(0);
    out.groups.push_back(std::move(group));
  }
  std::ranges::sort(out.groups, {}, &BackupGroup::name);
  return out;
}

Result<NamespaceSnapshots> parse_snapshots(std::string datastore, std::string name_space, const Json& data,
                                           Findings& findings) {
  const auto rows = rows_of(data, "the list of snapshots");
  if (!rows) return fail(rows.error());
  NamespaceSnapshots out{.datastore = std::move(datastore), .name_space = std::move(name_space)};
  for (const Json& item : **rows) {
    if (!item.as_object()) continue;
    const Row row(item, "snapshots", findings);
    auto group = read_group(row);
    const auto at = row.moment("backup-time");
    if (!group || !at) continue;
    ServerSnapshot snapshot{.at = *at};
    snapshot.size_bytes = row.whole("size");
    snapshot.verify = read_verification(row);
    snapshot.comment = filled(row.text("comment", 1024));
    snapshot.is_finished = snapshot.size_bytes.has_value();
    snapshot.is_protected = row.flag("protected").value_or(false);
    out.rows.push_back({std::move(*group), std::move(snapshot)});
  }
  std::ranges::sort(out.rows, [](const auto& a, const auto& b) {
    return a.group != b.group ? a.group < b.group : a.snapshot.at > b.snapshot.at;
  });
  return out;
}

Result<ServerVersion> parse_server_version(const Json& data, Findings& findings) {
  if (!data.as_object()) return fail(Errc::protocol, "version is not an object");
  const Row row(data, "version", findings);
  std::string text = row.text("version").value_or("");
  if (const auto release = filled(row.text("release")); release && !text.empty()) text += "." + *release;
  return ServerVersion{std::move(text)};
}

Result<ServerStorages> parse_server_storages(const Json& data, Findings& findings) {
  const auto rows = rows_of(data, "storage");
  if (!rows) return fail(rows.error());
  ServerStorages out{};
  for (const Json& item : **rows) {
    if (!item.as_object()) continue;
    const Row row(item, "storage", findings);
    if (row.text("type") != "pbs") continue;
    ServerStorage storage{.name = row.text("storage").value_or(""), .server = row.text("server").value_or("")};
    storage.datastore = row.text("datastore").value_or("");
    if (storage.name.empty() || storage.server.empty() || storage.datastore.empty()) continue;
    storage.port = static_cast<int>(row.number("port", 1, 65'535).value_or(8007));
    storage.name_space = row.text("namespace", 1024).value_or("");
    if (const auto text = filled(row.text("fingerprint")))
      if (const auto digest = parse_fingerprint(*text)) storage.fingerprint = *digest;
    storage.username = filled(row.text("username"));
    out.storages.push_back(std::move(storage));
  }
  std::ranges::sort(out.storages, {}, &ServerStorage::name);
  return out;
}

}  // namespace monitorix::proxmox

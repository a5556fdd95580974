#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include "base/log.h"
#include "base/time_text.h"
#include "store/archive.h"
#include "store/backup.h"
#include "store/schema/tables.h"
#include "store/sql/migrate.h"
#include "store/sql/postgres_database.h"
#include "store/sql/sqlite_database.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

namespace fs = std::filesystem;

/// "before-restore-2026-11-22T23-06-52.120Z"
std::string safety_name() {
  std::string name = "before-restore-" +
                     rfc3339(std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()));
  std::replace(name.begin(), name.end(), ':', '-');
  return name;
}

Status move_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return fail(Errc::io, to + ": " + std::strerror(errno));
  return {};
}

const Part* find_part(const std::vector<Part>& parts, std::string_view name) {
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const Part& one) { return one.name == name; });
  return found == parts.end() ? nullptr : &*found;
}

Result<Manifest> manifest_for(const std::vector<Part>& parts, const std::string& engine) {
  auto manifest = verified_manifest(parts);
  if (!manifest) return manifest;
  if (manifest->engine != engine)
    return fail(Errc::invalid, "the backup is of " + manifest->engine + ", the database to fill is " + engine);
  if (manifest->schema < 1 || manifest->schema > all_migrations().back().n)
    return fail(Errc::invalid, "the backup has schema " + std::to_string(manifest->schema) +
                                   ", which this program does not know: use a newer program");
  return manifest;
}

/// Both engines: what was restored must be what the manifest says, and openable with our key.
Status check_content(Link& link, const Manifest& manifest, const Keyring& keyring) {
  auto schema = schema_of(link, all_migrations());
  if (!schema) return fail(std::move(schema).error());
  if (*schema != manifest.schema) return fail(Errc::invalid, "the backup's schema is not that of its manifest");
  auto checked = check_key(link, keyring);
  if (!checked && checked.error().code == Errc::denied)
    return fail(Errc::denied, "the backup was sealed with another master key; put its master.key back first");
  if (!checked && checked.error().code != Errc::not_found) return checked;
  return {};
}

Status check_sqlite(const std::string& path) {
  static constexpr Query integrity{"integrity_check", "PRAGMA integrity_check"};
  auto link = SqliteLink::open(path, SqliteLink::Mode::writer);
  if (!link) return fail(std::move(link).error());
  auto found = (*link)->check(integrity);
  if (!found) return fail(std::move(found).error());
  if (*found != "ok") return fail(Errc::invalid, "the backup's " + fs::path(path).filename().string() + ": " + *found);
  return {};
}

/// Copies state.db aside; a damaged one is moved aside as it is. Leaves no WAL that could be taken for the new file's.
Result<std::string> keep_present_state(const std::string& directory) {
  const std::string state = directory + "/state.db";
  std::error_code error;
  if (!fs::exists(state, error)) return std::string();
  const std::string safety = directory + "/" + safety_name() + ".db";
  auto kept = [&]() -> Status {
    auto link = SqliteLink::open(state, SqliteLink::Mode::writer);
    if (!link) return fail(std::move(link).error());
    if (auto copied = (*link)->copy_to(safety); !copied) return copied;
    return (*link)->script("PRAGMA wal_checkpoint(TRUNCATE)");
  }();
  if (kept && (!fs::exists(state + "-wal", error) || fs::file_size(state + "-wal", error) == 0)) return safety;
  if (kept) return fail(Errc::unavailable, "another program has state.db open");
  log::warn("the present state.db cannot be read, it is moved aside", {{"error", kept.error()}});
  for (const char* suffix : {"-wal", "-shm", ""}) {
    if (!fs::exists(state + suffix, error)) continue;
    if (auto moved = move_file(state + suffix, safety + suffix); !moved) return fail(std::move(moved).error());
  }
  return safety;
}

Result<BackupReport> restore_sqlite(const std::string& file, const OpenOptions& options, const Keyring& keyring) {
  const std::string& directory = options.data_directory;
  if (auto ready = prepare_data_directory(directory, options.allow_network_filesystem); !ready)
    return fail(std::move(ready).error());
  auto lock = DataLock::take(directory);
  if (!lock) return fail(std::move(lock).error());
  auto side = SideDirectory::make(directory, "restore");
  if (!side) return fail(std::move(side).error());
  auto parts = read_archive(file, side->path());
  if (!parts) return fail(std::move(parts).error());
  auto manifest = manifest_for(*parts, "sqlite");
  if (!manifest) return fail(std::move(manifest).error());
  const Part* state = find_part(*parts, "state.db");
  const Part* metrics = find_part(*parts, "metrics.db");
  if (state == nullptr) return fail(Errc::invalid, "the backup has no state.db");
  for (const Part* part : {state, metrics}) {
    if (part == nullptr) continue;
    if (auto sound = check_sqlite(part->path); !sound) return fail(std::move(sound).error());
  }
  {
    auto link = SqliteLink::open(state->path, SqliteLink::Mode::writer);
    if (!link) return fail(std::move(link).error());
    if (auto fits = check_content(**link, *manifest, keyring); !fits) return fail(std::move(fits).error());
  }
  auto safety = keep_present_state(directory);
  if (!safety) return fail(std::move(safety).error());
  // metrics.db first: it is class B, and state.db decides what exists.
  for (const Part* part : {metrics, state}) {
    if (part == nullptr) continue;
    const std::string target = directory + "/" + part->name;
    std::error_code ignored;
    for (const char* suffix : {"-wal", "-shm"}) fs::remove(target + suffix, ignored);
    if (auto moved = move_file(part->path, target); !moved) return fail(std::move(moved).error());
  }
  // Logs of open hours name the series of the metrics.db that was there: they must not be replayed into another.
  std::error_code error;
  if (metrics != nullptr && fs::exists(directory + "/log", error)) {
    if (auto moved = move_file(directory + "/log", directory + "/" + safety_name() + ".log"); !moved)
      return fail(std::move(moved).error());
  }
  if (auto synced = sync_directory(directory); !synced) return fail(std::move(synced).error());
  return BackupReport{file, fs::file_size(file, error), manifest->schema, *safety};
}

/// Identity counters go on where they stood, so that an id is never given twice.
Status set_counters(PostgresLink& link, const std::string& path) {
  static constexpr Query set_counter{
      "set_counter", "SELECT setval(pg_get_serial_sequence(CAST(?1 AS text), 'id'), CAST(?2 AS bigint))"};
  std::ifstream file(path);
  std::string name;
  for (std::int64_t last = 0; file >> name >> last;) {
    for (const auto& table : schema::kTables) {
      if (!table.counts_ids || name != std::string(table.name) + "_id_seq") continue;
      auto set = link.run(set_counter, {std::string(table.name), last});
      if (!set) return fail(std::move(set).error());
    }
  }
  return {};
}

Status fill_postgres(PostgresLink& link, const std::vector<Part>& parts, const Manifest& manifest) {
  for (const Migration& migration : all_migrations()) {
    if (migration.n > manifest.schema) break;
    if (auto applied = apply_migration(link, migration); !applied) return applied;
  }
  for (const auto& table : schema::kTables) {
    const Part* part = find_part(parts, std::string(table.name) + ".copy");
    if (part == nullptr) continue;  // a table of a newer schema than the backup's
    // The migrations' own rows give way to the backup's.
    if (auto cleared = link.script("DELETE FROM " + std::string(table.name)); !cleared) return cleared;
    if (auto filled = link.copy_in(table.name, part->path); !filled) return filled;
  }
  const Part* counters = find_part(parts, "counters");
  return counters == nullptr ? fail(Errc::invalid, "the backup has no counters") : set_counters(link, counters->path);
}

Result<BackupReport> restore_postgres(const std::string& file, const OpenOptions& options, const Keyring& keyring) {
  const auto parent = fs::path(file).parent_path();
  const std::string beside = parent.empty() ? "." : parent.string();
  const std::string directory = options.data_directory.empty() ? beside : options.data_directory;
  std::error_code error;
  if (!fs::exists(directory, error)) {
    if (auto made = prepare_data_directory(directory, true); !made) return fail(std::move(made).error());
  }
  auto side = SideDirectory::make(directory, "restore");
  if (!side) return fail(std::move(side).error());
  auto parts = read_archive(file, side->path());
  if (!parts) return fail(std::move(parts).error());
  auto manifest = manifest_for(*parts, "postgresql");
  if (!manifest) return fail(std::move(manifest).error());
  auto opened = PostgresDatabase::open(options.database_url);
  if (!opened) return fail(std::move(opened).error());
  auto* database = static_cast<PostgresDatabase*>(opened->get());
  std::string safety;
  auto present = read_value<bool>(*database, [](Link& link) { return link.has_table("schema_migration"); });
  if (!present) return fail(std::move(present).error());
  if (*present) {
    auto other = PostgresDatabase::open(options.database_url);
    if (!other) return fail(std::move(other).error());
    safety = directory + "/" + safety_name() + ".backup";
    auto kept = SqlStore(std::move(*other), keyring).backup(safety);
    if (!kept) return fail(std::move(kept).error().within("safety copy"));
  }
  auto replaced = database->replace([&](PostgresLink& link) -> Status {
    if (auto filled = fill_postgres(link, *parts, *manifest); !filled) return filled;
    return check_content(link, *manifest, keyring);
  });
  if (!replaced) return fail(std::move(replaced).error().within("restore"));
  return BackupReport{file, fs::file_size(file, error), manifest->schema, safety};
}

}  // namespace

Result<BackupReport> restore_backup(const std::string& file, const OpenOptions& options, const Keyring& keyring) {
  return options.database_url.empty() ? restore_sqlite(file, options, keyring)
                                      : restore_postgres(file, options, keyring);
}

}  // namespace monitorix::store

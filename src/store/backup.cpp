#include "store/backup.h"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "base/json.h"
#include "base/json_writer.h"
#include "base/text.h"
#include "store/archive.h"
#include "store/sql/migrate.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kLargestManifest = 64 * 1024;

std::string hex_of(const Digest& digest) {
  return to_hex(std::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

std::int64_t whole(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && member->as_int() != nullptr ? *member->as_int() : 0;
}

std::string text(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && member->as_string() != nullptr ? *member->as_string() : std::string();
}

Status verify_part(const Json& entry, const std::vector<Part>& parts) {
  const std::string name = text(entry, "name");
  const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& one) { return one.name == name; });
  if (part == parts.end()) return fail(Errc::invalid, "the backup lacks its part " + name);
  auto digest = file_digest(part->path);
  if (!digest) return fail(std::move(digest).error());
  if (hex_of(*digest) != text(entry, "sha256"))
    return fail(Errc::invalid, "the backup's part " + name + " was altered");
  return {};
}

}  // namespace

Result<std::string> manifest_text(const Manifest& manifest, const std::vector<Part>& parts) {
  JsonWriter json;
  json.begin_object()
      .member("version", kFormat)
      .member("program", "monitorix")
      .member("engine", manifest.engine)
      .member("schema", manifest.schema)
      .member("created_at", manifest.created_at)
      .member("note",
              "Secrets inside are sealed with master.key, which is not part of a backup and is needed to use it.");
  json.key("parts").begin_array();
  for (const Part& part : parts) {
    auto digest = file_digest(part.path);
    if (!digest) return fail(std::move(digest).error());
    std::error_code error;
    json.begin_object()
        .member("name", part.name)
        .member("sha256", hex_of(*digest))
        .member("bytes", static_cast<std::uint64_t>(std::filesystem::file_size(part.path, error)))
        .end_object();
  }
  return json.end_array().end_object().take();
}

Result<Manifest> verified_manifest(const std::vector<Part>& parts) {
  const auto found =
      std::find_if(parts.begin(), parts.end(), [](const Part& one) { return one.name == kManifestName; });
  if (found == parts.end()) return fail(Errc::invalid, "the backup has no manifest");
  auto bytes = read_file(found->path, kLargestManifest);
  if (!bytes) return fail(std::move(bytes).error());
  auto json = Json::parse(*bytes);
  if (!json) return fail(std::move(json).error().within("the backup's manifest"));
  if (whole(*json, "version") != kFormat)
    return fail(Errc::invalid, "the backup is of a format that this program does not know: use a newer program");
  const Json* listed = json->find("parts");
  const Json::Array* entries = listed == nullptr ? nullptr : listed->as_array();
  if (entries == nullptr || entries->size() + 1 != parts.size())
    return fail(Errc::invalid, "the backup's parts are not those of its manifest");
  for (const Json& entry : *entries)
    if (auto fits = verify_part(entry, parts); !fits) return fail(std::move(fits).error());
  return Manifest{text(*json, "engine"), whole(*json, "schema"), whole(*json, "created_at")};
}

Result<BackupReport> SqlStore::backup(const std::string& file) {
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(file, error)))
    return fail(Errc::conflict, file + " exists already; a backup never overwrites a file");
  const auto parent = std::filesystem::path(file).parent_path();
  auto side = SideDirectory::make(parent.empty() ? "." : parent.string(), ".monitorix-backup");
  if (!side) return fail(std::move(side).error());
  auto schema = read_value<std::int64_t>(*database_, [](Link& link) { return schema_of(link, all_migrations()); });
  if (!schema) return fail(std::move(schema).error());
  if (*schema == 0) return fail(Errc::invalid, "there is nothing to back up: the database is empty");
  auto parts = database_->copy_into(side->path());
  if (!parts) return fail(std::move(parts).error().within("backup"));
  const auto now =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  auto manifest = manifest_text({engine(), *schema, now.count()}, *parts);
  if (!manifest) return fail(std::move(manifest).error());
  parts->insert(parts->begin(), {kManifestName, side->path() + "/" + kManifestName});
  if (auto written = write_private_file(parts->front().path, *manifest); !written)
    return fail(std::move(written).error());
  auto bytes = write_archive(file, *parts);
  if (!bytes) return fail(std::move(bytes).error().within("backup"));
  return BackupReport{file, *bytes, *schema, ""};
}

}  // namespace monitorix::store

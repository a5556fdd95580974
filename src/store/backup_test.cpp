#include "store/backup.h"

#include <atomic>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <thread>

#include "store/archive.h"
#include "store/sql/migrate.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void fill(Store& store) {
  must(store.create_first_user(some_user("kari")));
  must(store.create_cluster(some_cluster("oslo", "canary-Zp4-secret")));
  must(store.put_setting({"a\tb\\c", "line\nÆ \\N", 0, from_ms(1), {}}, 0));
  AuditEntry entry;
  entry.action = "login";
  must(store.append_audit(entry));
}

}  // namespace

ON_BOTH_ENGINES(
    "a backup made while writes go on restores users, connections with their secrets, and the audit chain") {
  const Stand stand;
  const std::string file = stand.directory.path() + "/one.backup";
  std::int64_t stored_before = 0, highest_id = 0;
  {
    const auto store = stand.open();
    fill(*store);
    const User gone = must(store->create_user(some_user("gone")));
    must(store->delete_user(gone.id));
    highest_id = gone.id.value;
    std::atomic<bool> stop{false};
    std::atomic<std::int64_t> written{0};
    std::thread writer([&] {
      while (!stop) {
        must(store->put_setting({"n" + std::to_string(written), "x", 0, from_ms(1), {}}, 0));
        ++written;
      }
    });
    while (written < 5) std::this_thread::yield();
    stored_before = written;
    const BackupReport report = must(store->backup(file));
    stop = true;
    writer.join();
    CHECK(report.bytes == std::filesystem::file_size(file));
    CHECK(report.schema == all_migrations().back().n);
    must(store->create_user(some_user("later")));
  }
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);

  const BackupReport restored = must(restore_backup(file, stand.options(), test_keyring()));
  CHECK(std::filesystem::exists(restored.safety_copy));
  const auto store = stand.open();
  CHECK(must(store->users()).size() == 1);
  CHECK(must(store->clusters()).front().token_secret.reveal() == "canary-Zp4-secret");
  const auto settings = must(store->settings());
  CHECK(static_cast<std::int64_t>(settings.size()) >= stored_before + 1);
  CHECK(settings.front().key == "a\tb\\c");
  CHECK(settings.front().value == "line\nÆ \\N");
  CHECK(must(store->verify_audit()) == 1);
  CHECK(must(store->create_user(some_user("new"))).id.value > highest_id);  // ids are never given twice
  must(store->append_audit({}));
  CHECK(must(store->verify_audit()) == 2);
}

ON_BOTH_ENGINES("a backup restores into an empty place") {
  const Stand from, to;
  const std::string file = from.directory.path() + "/one.backup";
  {
    const auto store = from.open();
    fill(*store);
    must(store->backup(file));
  }
  CHECK(must(restore_backup(file, to.options(), test_keyring())).safety_copy.empty());
  CHECK(must(to.open()->user_by_name("kari")).username == "kari");
}

ON_BOTH_ENGINES("a backup overwrites no file") {
  const Stand stand;
  const auto store = stand.open();
  const std::string file = stand.directory.path() + "/one.backup";
  std::ofstream(file) << "mine";
  CHECK(store->backup(file).error().code == Errc::conflict);
  CHECK(bytes_of(file) == "mine");
  CHECK(!store->backup(stand.directory.path() + "/absent/one.backup"));
}

ON_BOTH_ENGINES("a damaged, cut, foreign or wrongly sealed backup changes nothing") {
  const Stand stand;
  const std::string file = stand.directory.path() + "/one.backup", bad = stand.directory.path() + "/bad.backup";
  {
    const auto store = stand.open();
    fill(*store);
    must(store->backup(file));
    must(store->create_user(some_user("later")));
  }
  const std::string good = bytes_of(file);
  const auto refuses = [&](const std::string& bytes) {
    std::ofstream(bad, std::ios::binary | std::ios::trunc) << bytes;
    const auto restored = restore_backup(bad, stand.options(), test_keyring());
    CHECK(!restored);
  };
  refuses("");
  refuses("not a backup at all");
  refuses(good.substr(0, good.size() / 2));
  refuses(good.substr(0, good.size() - 1));
  for (std::size_t at = good.size() / 7; at < good.size(); at += good.size() / 7) {
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    std::ofstream(bad, std::ios::binary | std::ios::trunc) << flipped;
    if (!restore_backup(bad, stand.options(), test_keyring())) continue;
    // zstd leaves a few bits that mean nothing: then everything must be as it was.
    CHECK(must(stand.open()->users()).size() == 1);
    must(stand.open()->create_user(some_user("later")));
  }
  CHECK(restore_backup(file, stand.options(), test_keyring('x')).error().code == Errc::denied);
  CHECK(!restore_backup(stand.directory.path() + "/absent", stand.options(), test_keyring()));
  CHECK(must(stand.open()->users()).size() == 2);
}

TEST_CASE("a part that its manifest does not name, or not with these bytes, is refused") {
  const TempDirectory directory;
  const std::string state = directory.path() + "/state.db", manifest = directory.path() + "/manifest.json";
  must(write_private_file(state, "state"));
  const std::vector<Part> parts{{"state.db", state}};
  must(write_private_file(manifest, must(manifest_text({"sqlite", 1, 5}, parts))));
  std::vector<Part> all{{kManifestName, manifest}, {"state.db", state}};
  CHECK(must(verified_manifest(all)).engine == "sqlite");
  std::ofstream(state) << "other";
  CHECK(verified_manifest(all).error().text.find("altered") != std::string::npos);
  std::ofstream(state) << "state";
  all.push_back({"extra", state});
  CHECK(!verified_manifest(all));
}

TEST_CASE("an archive with a name that leads elsewhere is refused") {
  const TempDirectory directory;
  std::filesystem::create_directory(directory.path() + "/out");
  must(write_private_file(directory.path() + "/x", "payload"));
  for (const char* name : {"../evil", "/etc/evil", ".hidden", "a/b"}) {
    const std::string file = directory.path() + "/archive";
    std::filesystem::remove(file);
    must(write_archive(file, {{name, directory.path() + "/x"}}));
    CHECK(read_archive(file, directory.path() + "/out").error().code == Errc::invalid);
  }
  CHECK(!std::filesystem::exists(directory.path() + "/evil"));
}

TEST_CASE("a backup is a plain tar inside zstd") {
  const TempDirectory directory;
  must(write_private_file(directory.path() + "/x", std::string(1500, 'y')));
  must(write_archive(directory.path() + "/a", {{"x.txt", directory.path() + "/x"}}));
  const std::string command = "cd " + directory.path() + " && mkdir out && tar --zstd -xf a -C out && cmp x out/x.txt";
  if (std::system("command -v zstd >/dev/null") == 0) CHECK(std::system(command.c_str()) == 0);
  std::filesystem::create_directory(directory.path() + "/ours");
  CHECK(must(read_archive(directory.path() + "/a", directory.path() + "/ours")).front().name == "x.txt");
  CHECK(bytes_of(directory.path() + "/ours/x.txt") == std::string(1500, 'y'));
}

TEST_CASE("restore refuses while the data directory is in use") {
  const SqliteStand stand;
  const auto store = stand.open();
  const std::string file = stand.directory.path() + "/one.backup";
  must(store->backup(file));
  const auto refused = restore_backup(file, stand.options(), test_keyring());
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::unavailable);
}

TEST_CASE("restore puts a damaged state.db aside and brings the backup's") {
  const SqliteStand stand;
  const std::string file = stand.directory.path() + "/one.backup";
  {
    const auto store = stand.open();
    fill(*store);
    must(store->backup(file));
  }
  std::ofstream(stand.options().data_directory + "/state.db", std::ios::binary | std::ios::trunc)
      << "garbage, not SQLite";
  CHECK(!open_store(stand.options(), test_keyring()));
  const BackupReport report = must(restore_backup(file, stand.options(), test_keyring()));
  CHECK(bytes_of(report.safety_copy) == "garbage, not SQLite");
  CHECK(must(stand.open()->users()).size() == 1);
}

TEST_CASE("a backup of one engine is not taken for the other's") {
  const SqliteStand sqlite;
  const PostgresStand postgres;
  const std::string file = sqlite.directory.path() + "/one.backup";
  must(sqlite.open()->backup(file));
  const auto refused = restore_backup(file, postgres.options(), test_keyring());
  REQUIRE(!refused);
  CHECK(refused.error().text.find("sqlite") != std::string::npos);
}

ON_BOTH_ENGINES("no secret is in clear text in any file") {
  const Stand stand;
  const std::string canary = "canary-Zp4-secret";
  {
    const auto store = stand.open();
    fill(*store);
    must(store->backup(stand.directory.path() + "/one.backup"));
    std::filesystem::create_directory(stand.directory.path() + "/out");
    const auto parts = must(read_archive(stand.directory.path() + "/one.backup", stand.directory.path() + "/out"));
    std::size_t looked_at = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(stand.directory.path())) {
      if (!entry.is_regular_file()) continue;
      ++looked_at;
      CHECK_MESSAGE(bytes_of(entry.path().string()).find(canary) == std::string::npos, entry.path().string());
    }
    CHECK(looked_at > parts.size());
  }
}

}  // namespace monitorix::store

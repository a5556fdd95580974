#include "store/sql/sqlite_database.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/log.h"

namespace monitorix::store {
namespace {

constexpr int kMostReaders = 3;
constexpr std::chrono::seconds kLongestWait{5};
// State changes in rows of a few hundred bytes all over its tables, and each page that changes is written twice.
constexpr int kStatePageSize = 1024, kMetricsPageSize = 8192;

bool is_network_filesystem(long type) {
  constexpr long cifs = 0xFF534D42, smb2 = 0xFE534D42, fuse = 0x65735546, afs = 0x5346414F, nine_p = 0x01021997,
                 ceph = 0x00C36400;
  constexpr std::array network{
      static_cast<long>(NFS_SUPER_MAGIC), static_cast<long>(SMB_SUPER_MAGIC), cifs, smb2, fuse, afs, nine_p, ceph};
  for (const long one : network)
    if (type == one) return true;
  return false;
}

std::string system_error() { return std::strerror(errno); }

bool has_content(const std::string& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && found.st_size > 0;
}

}  // namespace

Result<DataLock> DataLock::take(const std::string& directory) {
  const std::string path = directory + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return fail(Errc::io, path + ": " + system_error());
  DataLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(Errc::io, path + ": " + system_error());
    return fail(Errc::unavailable,
                "another process is using the data directory " + directory +
                    " (it holds the file lock there); stop it, or give this one a --data of its own");
  }
  return lock;
}

DataLock::~DataLock() {
  if (file_ >= 0) ::close(file_);
}

Status prepare_data_directory(const std::string& directory, bool allow_network_filesystem) {
  std::error_code error;
  const std::filesystem::path path(directory);
  if (!std::filesystem::exists(path, error)) {
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), error);
    if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
      return fail(Errc::io, "data directory " + directory + ": " + system_error());
  } else {
    struct stat found {};
    if (::stat(directory.c_str(), &found) == 0 && found.st_uid == ::geteuid() && (found.st_mode & 077) != 0)
      (void)::chmod(directory.c_str(), 0700);
  }
  struct statfs filesystem {};
  if (::statfs(directory.c_str(), &filesystem) != 0)
    return fail(Errc::io, "data directory " + directory + ": " + system_error());
  if (!allow_network_filesystem && is_network_filesystem(static_cast<long>(filesystem.f_type)))
    return fail(Errc::invalid, "data directory " + directory +
                                   " is on a network file system, where SQLite can lose data; use a local disk or "
                                   "PostgreSQL (allow_network_fs = true overrides this)");
  return {};
}

Result<std::unique_ptr<Database>> SqliteDatabase::open(const std::string& directory, bool allow_network_filesystem) {
  if (auto ready = prepare_data_directory(directory, allow_network_filesystem); !ready)
    return fail(std::move(ready).error());
  auto lock = DataLock::take(directory);
  if (!lock) return fail(std::move(lock).error());
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(directory, File::state, std::move(*lock)));
  if (auto opened = database->open_files(); !opened) return fail(std::move(opened).error());
  return database;
}

Result<std::unique_ptr<SqliteDatabase>> SqliteDatabase::open_metrics(const std::string& directory) {
  std::unique_ptr<SqliteDatabase> database(new SqliteDatabase(directory, File::metrics, std::nullopt));
  auto writer = database->open_writer();
  if (!writer && writer.error().code == Errc::io) {
    const std::string aside = database->path() + ".damaged-" + std::to_string(::time(nullptr));
    log::error("metrics.db is damaged; history begins anew", {{"kept", aside}, {"error", writer.error()}});
    if (::rename(database->path().c_str(), aside.c_str()) != 0)
      return fail(Errc::io, database->path() + ": " + system_error());
    for (const char* end : {"-wal", "-shm"}) (void)::rename((database->path() + end).c_str(), (aside + end).c_str());
    writer = database->open_writer();
  }
  if (!writer) return fail(std::move(writer).error());
  database->writer_ = std::move(*writer);
  return database;
}

Result<std::unique_ptr<SqliteLink>> SqliteDatabase::open_writer() const {
  return file_ == File::state ? SqliteLink::open(path(), SqliteLink::Mode::writer, kStatePageSize)
                              : SqliteLink::open(path(), SqliteLink::Mode::writer, kMetricsPageSize, false);
}

Status SqliteDatabase::open_files() {
  // A clean stop leaves no WAL behind; after an unclean one the file is looked over before it is trusted.
  const bool was_there = has_content(state_file()), was_unclean = has_content(state_file() + "-wal");
  const auto damaged = [&](const std::string& why) {
    return fail(Errc::io, state_file() + " is damaged (" + why +
                              "); restore a backup with `monitorix restore FILE`. Copies made before migrations and "
                              "restores lie beside it as before-*");
  };
  auto state = SqliteLink::open(state_file(), SqliteLink::Mode::writer, kStatePageSize);
  if (!state)
    return was_there && state.error().code == Errc::io ? damaged(state.error().text) : fail(std::move(state).error());
  if (was_unclean) {
    static constexpr Query quick_check{"quick_check", "PRAGMA quick_check"};
    auto found = (*state)->check(quick_check);
    if (!found || *found != "ok") return damaged(found ? *found : found.error().text);
  }
  writer_ = std::move(*state);
  // The file is there from the first start, so that backups have it. One that is there stays closed until history opens
  // it: closing it again would write out its whole log now.
  std::error_code missing;
  if (!std::filesystem::exists(metrics_file(), missing)) {
    auto metrics = SqliteLink::open(metrics_file(), SqliteLink::Mode::writer, kMetricsPageSize, false);
    if (!metrics) return fail(std::move(metrics).error());
  }
  return {};
}

Status SqliteDatabase::write(const Unit& unit) { return transact("BEGIN IMMEDIATE", unit); }

Status SqliteDatabase::exclusive(const Unit& unit) { return transact("BEGIN EXCLUSIVE", unit); }

Status SqliteDatabase::write_synced(const Unit& unit) { return transact("BEGIN IMMEDIATE", unit, Sync::full); }

Status SqliteDatabase::transact(std::string_view begin, const Unit& unit, Sync sync) {
  const std::unique_lock lock(writing_, kLongestWait);
  if (!lock.owns_lock()) return fail(Errc::unavailable, "the database is busy");
  if (!writer_) {
    auto opened = open_writer();
    if (!opened) return fail(Errc::unavailable, std::move(opened).error().text);
    writer_ = std::move(*opened);
    log::info("database file opened anew", {{"file", path()}});
  }
  // Cannot be changed inside a transaction. A commit with FULL syncs the log of all commits before it.
  const bool raised = sync == Sync::full && file_ == File::metrics;
  auto done = raised ? writer_->script("PRAGMA synchronous=FULL") : Status{};
  if (done) done = writer_->script(begin);
  if (done) done = unit(*writer_);
  if (done) done = writer_->script("COMMIT");
  if (!done) {
    writer_->roll_back();
    if (writer_->is_suspect()) {
      log::error("writing to a database file failed", {{"file", path()}, {"error", done.error()}});
      writer_.reset();
    }
  }
  if (raised && writer_ && !writer_->script("PRAGMA synchronous=NORMAL")) writer_.reset();
  return done;
}

Status SqliteDatabase::read(const Unit& unit) {
  auto reader = take_reader();
  if (!reader) return fail(std::move(reader).error());
  auto done = (*reader)->script("BEGIN");
  if (done) done = unit(**reader);
  (*reader)->roll_back();
  give_back(std::move(*reader));
  return done;
}

Result<std::unique_ptr<SqliteLink>> SqliteDatabase::take_reader() {
  std::unique_lock lock(pooling_);
  if (!freed_.wait_for(lock, kLongestWait, [&] { return !idle_.empty() || readers_ < kMostReaders; }))
    return fail(Errc::unavailable, "the database is busy");
  if (!idle_.empty()) {
    auto reader = std::move(idle_.back());
    idle_.pop_back();
    return reader;
  }
  ++readers_;
  lock.unlock();
  auto opened = SqliteLink::open(path(), SqliteLink::Mode::reader);
  if (!opened) give_back(nullptr);
  return opened;
}

void SqliteDatabase::give_back(std::unique_ptr<SqliteLink> reader) {
  {
    const std::lock_guard lock(pooling_);
    if (!reader || reader->is_suspect()) {
      --readers_;
    } else {
      idle_.push_back(std::move(reader));
    }
  }
  freed_.notify_one();
}

Status SqliteDatabase::keep_copy(std::int64_t schema) {
  if (file_ == File::metrics) return {};
  const std::string path = directory_ + "/before-migration-from-" + std::to_string(schema) + ".db";
  const std::string unfinished = path + ".part";
  (void)::unlink(unfinished.c_str());
  auto reader = take_reader();
  if (!reader) return fail(std::move(reader).error());
  auto copied = (*reader)->copy_to(unfinished);
  give_back(std::move(*reader));
  if (!copied) return copied;
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return fail(Errc::io, path + ": " + system_error());
  return {};
}

Result<std::vector<Part>> SqliteDatabase::copy_into(const std::string& directory) {
  std::vector<Part> parts{{"state.db", directory + "/state.db"}, {"metrics.db", directory + "/metrics.db"}};
  auto reader = take_reader();
  if (!reader) return fail(std::move(reader).error());
  auto copied = (*reader)->copy_to(parts[0].path);
  give_back(std::move(*reader));
  if (!copied) return fail(std::move(copied).error());
  auto metrics = SqliteLink::open(metrics_file(), SqliteLink::Mode::reader);
  if (!metrics) return fail(std::move(metrics).error());
  if (auto done = (*metrics)->copy_to(parts[1].path); !done) return fail(std::move(done).error());
  return parts;
}

}  // namespace monitorix::store

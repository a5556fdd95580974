#pragma once
// SQLite: state.db with one writing connection and a few readers, under a lock on <data>/lock that other processes see.
// Writers queue for at most 5 s, then get Errc::unavailable. Refuses network file systems, where WAL is not safe.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/sql/sqlite_link.h"

namespace monitorix::store {

/// Holds <data>/lock while it lives.
class DataLock {
 public:
  static Result<DataLock> take(const std::string& directory);
  DataLock(DataLock&& other) noexcept : file_(other.file_) { other.file_ = -1; }
  DataLock& operator=(DataLock&&) = delete;
  ~DataLock();

 private:
  explicit DataLock(int file) : file_(file) {}
  int file_;
};

/// Makes the directory (0700) if need be; refuses network file systems unless allowed.
Status prepare_data_directory(const std::string& directory, bool allow_network_filesystem);

class SqliteDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& directory, bool allow_network_filesystem);
  /// metrics.db (class B: a commit is on the disk at the next sync only) in the directory of an open database. A
  /// damaged file is set aside under another name and a new one begun: it holds history, not state.
  static Result<std::unique_ptr<SqliteDatabase>> open_metrics(const std::string& directory);

  [[nodiscard]] std::string engine() const override { return "sqlite"; }
  Status write(const Unit& unit) override;
  /// As write, and returns only when this and every earlier commit is on the disk, also for metrics.db.
  Status write_synced(const Unit& unit);
  Status read(const Unit& unit) override;
  Status exclusive(const Unit& unit) override;
  Status keep_copy(std::int64_t schema) override;  ///< of state.db; chunks are read for ever as they are
  Result<std::vector<Part>> copy_into(const std::string& directory) override;

  [[nodiscard]] std::string path() const { return file_ == File::state ? state_file() : metrics_file(); }

 private:
  enum class File { state, metrics };
  SqliteDatabase(std::string directory, File file, std::optional<DataLock> lock)
      : directory_(std::move(directory)),
        file_(file),
        lock_(std::move(lock)) {}
  [[nodiscard]] std::string state_file() const { return directory_ + "/state.db"; }
  [[nodiscard]] std::string metrics_file() const { return directory_ + "/metrics.db"; }
  Result<std::unique_ptr<SqliteLink>> open_writer() const;
  Status open_files();
  enum class Sync { as_opened, full };
  Status transact(std::string_view begin, const Unit& unit, Sync sync = Sync::as_opened);
  Result<std::unique_ptr<SqliteLink>> take_reader();
  void give_back(std::unique_ptr<SqliteLink> reader);

  std::string directory_;
  File file_;
  std::optional<DataLock> lock_;  // metrics.db stands under the lock of state.db
  std::timed_mutex writing_{};
  std::unique_ptr<SqliteLink> writer_{};  // guarded by writing_; empty after a failure, opened anew at the next use
  std::mutex pooling_{};
  std::condition_variable freed_{};
  std::vector<std::unique_ptr<SqliteLink>> idle_{};  // guarded by pooling_
  int readers_{0};                                   // guarded by pooling_
};

}  // namespace monitorix::store

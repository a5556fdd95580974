#pragma once
// SQLite: state.db with one writing connection and a few readers, under a lock on <data>/lock that other processes see.
// Writers queue for at most 5 s, then get Errc::unavailable. Refuses network file systems, where WAL is not safe.

#include <condition_variable>
#include <memory>
#include <mutex>
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

  [[nodiscard]] std::string engine() const override { return "sqlite"; }
  Status write(const Unit& unit) override;
  Status read(const Unit& unit) override;
  Status exclusive(const Unit& unit) override;
  Status keep_copy(std::int64_t schema) override;
  Result<std::vector<Part>> copy_into(const std::string& directory) override;

 private:
  SqliteDatabase(std::string directory, DataLock lock) : directory_(std::move(directory)), lock_(std::move(lock)) {}
  [[nodiscard]] std::string state_file() const { return directory_ + "/state.db"; }
  [[nodiscard]] std::string metrics_file() const { return directory_ + "/metrics.db"; }
  Status open_files();
  Status transact(std::string_view begin, const Unit& unit);
  Result<std::unique_ptr<SqliteLink>> take_reader();
  void give_back(std::unique_ptr<SqliteLink> reader);

  std::string directory_;
  DataLock lock_;
  std::timed_mutex writing_{};
  std::unique_ptr<SqliteLink> writer_{};  // guarded by writing_; empty after a failure, opened anew at the next use
  std::mutex pooling_{};
  std::condition_variable freed_{};
  std::vector<std::unique_ptr<SqliteLink>> idle_{};  // guarded by pooling_
  int readers_{0};                                   // guarded by pooling_
};

}  // namespace monitorix::store

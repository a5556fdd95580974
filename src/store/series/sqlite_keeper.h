#pragma once
// History on SQLite: sealed hours in metrics.db, open hours in log files.

#include "store/series/log_files.h"
#include "store/series/sql_keeper.h"
#include "store/sql/sqlite_database.h"

namespace monitorix::store {

class SqliteKeeper final : public SqlKeeper {
 public:
  /// In the data directory of an open store, whose lock covers both files. Migrates.
  static Result<std::unique_ptr<history::Keeper>> open(const std::string& directory);

  Status write(const history::Batch& batch) override;
  Result<std::vector<history::StoredChunk>> chunks(history::SeriesId series, history::Resolution resolution,
                                                   std::int64_t from, std::int64_t to) override;
  Result<std::vector<history::StoredChunk>> chunks_of(std::span<const history::SeriesId> series,
                                                      history::Resolution resolution, std::int64_t from,
                                                      std::int64_t to) override;
  Result<std::vector<history::StoredSketch>> sketches(history::SeriesId series, std::int64_t from_day,
                                                      std::int64_t to_day) override;
  Status erase(std::span<const history::SeriesId> series, const history::Cutoffs& before) override;
  Result<std::int64_t> size_bytes() override;
  Status append_log(history::LogHour hour, std::string_view frames) override { return logs_->append(hour, frames); }
  Status sync_log() override { return logs_->sync(); }
  Result<std::vector<history::LogHour>> logs() override { return logs_->list(); }
  Status read_log(history::LogHour hour, const std::function<void(std::string_view frames)>& take) override {
    return logs_->read(hour, take);
  }
  Status drop_log(std::int64_t hour) override;

 private:
  SqliteKeeper(std::unique_ptr<SqliteDatabase> database, std::unique_ptr<LogFiles> logs)
      : database_(std::move(database)),
        logs_(std::move(logs)) {}
  Database& database() override { return *database_; }

  std::unique_ptr<SqliteDatabase> database_;
  std::unique_ptr<LogFiles> logs_;
};

}  // namespace monitorix::store

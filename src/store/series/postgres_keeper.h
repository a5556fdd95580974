#pragma once
// History on PostgreSQL, in schema `history`: sealed hours in one partition per day, open hours in log tables.

#include <chrono>
#include <mutex>
#include <set>

#include "store/series/sql_keeper.h"
#include "store/sql/postgres_database.h"

namespace monitorix::store {

class PostgresKeeper final : public SqlKeeper {
 public:
  /// Makes the schema when it is missing, and migrates.
  static Result<std::unique_ptr<history::Keeper>> open(const std::string& url);

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
  Status append_log(history::LogHour hour, std::string_view frames) override;
  Status sync_log() override { return {}; }  // every commit is on the disk already
  Result<std::vector<history::LogHour>> logs() override;
  Status read_log(history::LogHour hour, const std::function<void(std::string_view frames)>& take) override;
  Status drop_log(std::int64_t hour) override;

 private:
  PostgresKeeper(std::unique_ptr<Database> database, std::int64_t segment)
      : database_(std::move(database)),
        segment_(segment) {}
  Database& database() override { return *database_; }
  Status make_days(const history::Batch& batch);
  Status drop_days(std::int64_t before);

  std::unique_ptr<Database> database_;
  std::int64_t segment_;  // of the log: ms at which this process opened it
  std::mutex mutex_{};
  std::set<std::int64_t> days_{};  // partitions known to be there
  std::int64_t last_ts_{0};
};

}  // namespace monitorix::store

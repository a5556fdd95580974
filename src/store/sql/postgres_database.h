#pragma once
// PostgreSQL: one writing connection and up to three readers, made anew with back-off when the server was away.
// Writes are SERIALIZABLE and repeated at most 3 times after 40001/40P01. A commit whose answer was lost is
// reported as unavailable, never as done.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sql/postgres_link.h"

namespace monitorix::store {

class PostgresDatabase final : public Database {
 public:
  static Result<std::unique_ptr<Database>> open(const std::string& url);
  /// The same server, with all tables in a schema of their own (a plain name, ours), which is made if need be.
  static Result<std::unique_ptr<Database>> open_in_schema(const std::string& url, const std::string& schema);

  [[nodiscard]] std::string engine() const override { return "postgresql"; }
  Status write(const Unit& unit) override;
  Status read(const Unit& unit) override;
  Status exclusive(const Unit& unit) override;
  Status keep_copy(std::int64_t) override { return {}; }  // the server's own backups stand for that
  Result<std::vector<Part>> copy_into(const std::string& directory) override;

  /// In one transaction: drops our tables, lets `fill` make and fill them anew.
  Status replace(const std::function<Status(PostgresLink&)>& fill);

 private:
  PostgresDatabase(std::string connection_text, std::string schema)
      : connection_text_(std::move(connection_text)),
        schema_(std::move(schema)) {}
  Result<std::unique_ptr<PostgresLink>> connect(int statement_timeout_ms);
  Result<std::unique_ptr<PostgresLink>> take_reader();
  void give_back(std::unique_ptr<PostgresLink> reader);
  enum class Ended { done, failed, before_commit, in_commit, conflict };
  Ended attempt(PostgresLink& link, std::string_view begin, const Unit& unit, Status& status);

  std::string connection_text_, schema_;  // schema_: empty for the server's default
  std::timed_mutex writing_{};
  std::unique_ptr<PostgresLink> writer_{};  // guarded by writing_
  std::mutex pooling_{};
  std::condition_variable freed_{};
  std::vector<std::unique_ptr<PostgresLink>> idle_{};  // guarded by pooling_
  int readers_{0};                                     // guarded by pooling_
  std::mutex connecting_{};
  std::chrono::steady_clock::time_point next_try_{};  // guarded by connecting_
  std::chrono::milliseconds pause_{0};                // guarded by connecting_
  std::string last_error_{};                          // guarded by connecting_
};

}  // namespace monitorix::store

#pragma once
// One libpq connection behind Link; statements are prepared once per connection. Used by one thread at a time.

#include <memory>
#include <set>
#include <string>

#include "store/sql/sql.h"

struct pg_conn;
struct pg_result;

namespace monitorix::store {

/// "?2||'?1'" -> "$2||'?1'": not inside quotes, quoted names or comments.
std::string postgres_placeholders(std::string_view sql);

/// The URL as libpq wants it: no "+driver" in the scheme, verify-full for hosts that are not this machine.
Result<std::string> postgres_connection_text(const std::string& url);

class PostgresLink final : public Link {
 public:
  static Result<std::unique_ptr<PostgresLink>> open(const std::string& connection_text, int statement_timeout_ms);
  ~PostgresLink() override;
  PostgresLink(const PostgresLink&) = delete;
  PostgresLink& operator=(const PostgresLink&) = delete;

  using Link::run;
  Result<Rows> run(const Query& query, const Values& values) override;
  Status prepare(const Query& query) override;
  Status script(std::string_view statement) override;
  Result<bool> has_table(const std::string& name) override;
  [[nodiscard]] std::string_view section() const override { return "postgres"; }

  void roll_back();
  [[nodiscard]] bool is_broken() const { return broken_; }
  /// True once after a serialization failure or deadlock: the transaction may be repeated.
  bool take_conflict();
  /// A table's rows in COPY's text form to or from a file.
  Status copy_out(std::string_view table, const std::string& path);
  Status copy_in(std::string_view table, const std::string& path);

 private:
  struct Clearer {
    void operator()(pg_result* result) const;
  };
  using Answer = std::unique_ptr<pg_result, Clearer>;

  explicit PostgresLink(pg_conn* handle) : handle_(handle) {}
  tl::unexpected<Error> failure(const Answer& answer, std::string_view where);

  pg_conn* handle_;
  std::set<std::string_view> prepared_{};
  bool broken_{false}, conflict_{false};
};

}  // namespace monitorix::store

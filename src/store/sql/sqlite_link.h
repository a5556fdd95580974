#pragma once
// One SQLite connection behind Link, its prepared statements kept. Used by one thread at a time.

#include <map>
#include <memory>
#include <string>

#include "store/sql/sql.h"

struct sqlite3;
struct sqlite3_stmt;

namespace monitorix::store {

class SqliteLink final : public Link {
 public:
  enum class Mode { writer, reader };
  /// An existing or new file; new ones are made with mode 0600 and `page_size`.
  static Result<std::unique_ptr<SqliteLink>> open(const std::string& path, Mode mode, int page_size = 4096,
                                                  bool full_sync = true);
  ~SqliteLink() override;
  SqliteLink(const SqliteLink&) = delete;
  SqliteLink& operator=(const SqliteLink&) = delete;

  using Link::run;
  Result<Rows> run(const Query& query, const Values& values) override;
  Status prepare(const Query& query) override;
  Status script(std::string_view statement) override;
  Result<bool> has_table(const std::string& name) override;
  [[nodiscard]] std::string_view section() const override { return "sqlite"; }

  void roll_back();
  /// After an I/O error, a full disk or damage, the file is opened anew before it is trusted again (faults D4).
  [[nodiscard]] bool is_suspect() const { return suspect_; }
  /// "ok", or what is wrong with the file.
  Result<std::string> check(const Query& pragma);
  Status copy_to(const std::string& path);

 private:
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;

  explicit SqliteLink(sqlite3* handle) : handle_(handle) {}
  Result<Statement> compile(std::string_view sql);
  Result<Rows> step_all(sqlite3_stmt* statement);
  tl::unexpected<Error> failure(std::string_view where);

  sqlite3* handle_;
  std::map<std::string_view, Statement> statements_{};  // closed before handle_, in the destructor
  bool suspect_{false};
};

}  // namespace monitorix::store

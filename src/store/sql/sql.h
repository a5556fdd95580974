#pragma once
// The one thin layer above SQLite and libpq: named statements, values, rows, units of work. A statement's text is
// fixed when we compile (Query is consteval), so no input can ever become SQL (security S70).
// A Link is used by one thread at a time; a Database is thread-safe and blocks.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace monitorix::store {

struct Query {
  std::string_view name{}, sql{};
  consteval Query(const char* its_name, const char* its_sql) : name(its_name), sql(its_sql) {}
};

struct Blob {
  std::string bytes{};
};

using Value = std::variant<std::monostate, std::int64_t, double, bool, std::string, Blob>;
using Values = std::vector<Value>;

template <class T>
Value value_or_null(const std::optional<T>& maybe) {
  return maybe ? Value{*maybe} : Value{};
}
inline Value ms(WallTime at) { return to_ms(at); }
inline Value ms(const std::optional<WallTime>& at) { return at ? Value{to_ms(*at)} : Value{}; }

class Row {
 public:
  explicit Row(Values values) : values_(std::move(values)) {}
  [[nodiscard]] bool is_null(std::size_t column) const;
  /// A value of another type, or null, reads as 0, false or "".
  [[nodiscard]] std::int64_t integer(std::size_t column) const;
  [[nodiscard]] bool flag(std::size_t column) const;
  [[nodiscard]] std::string text(std::size_t column) const;  ///< text or bytes
  [[nodiscard]] WallTime time(std::size_t column) const { return from_ms(integer(column)); }
  [[nodiscard]] std::optional<std::int64_t> maybe_integer(std::size_t column) const;
  [[nodiscard]] std::optional<double> maybe_real(std::size_t column) const;
  [[nodiscard]] std::optional<std::string> maybe_text(std::size_t column) const;
  [[nodiscard]] std::optional<WallTime> maybe_time(std::size_t column) const;

 private:
  Values values_;
};
using Rows = std::vector<Row>;

class Link {
 public:
  virtual ~Link() = default;
  virtual Result<Rows> run(const Query& query, const Values& values) = 0;
  Result<Rows> run(const Query& query) { return run(query, Values{}); }
  virtual Status prepare(const Query& query) = 0;
  virtual Status script(std::string_view statement) = 0;  ///< one statement of a migration, never of input
  virtual Result<bool> has_table(const std::string& name) = 0;
  [[nodiscard]] virtual std::string_view section() const = 0;  ///< "sqlite" or "postgres" in `-- only:` lines
};

/// Runs inside a transaction; may be run again after a conflict, so it has no effect outside of it.
using Unit = std::function<Status(Link&)>;

/// One file of a backup.
struct Part {
  std::string name{}, path{};
};

class Database {
 public:
  virtual ~Database() = default;
  [[nodiscard]] virtual std::string engine() const = 0;
  virtual Status write(const Unit& unit) = 0;      ///< returns after the commit is on disk
  virtual Status read(const Unit& unit) = 0;       ///< one consistent view
  virtual Status exclusive(const Unit& unit) = 0;  ///< one transaction under the migration lock
  /// Before the first of some migrations on a database that holds data; SQLite copies state.db.
  virtual Status keep_copy(std::int64_t schema) = 0;
  /// A consistent copy of everything as files in `directory`.
  virtual Result<std::vector<Part>> copy_into(const std::string& directory) = 0;
};

}  // namespace monitorix::store

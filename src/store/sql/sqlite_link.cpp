#include "store/sql/sqlite_link.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>
#include <utility>

namespace monitorix::store {
namespace {

Errc errc_of(int extended) {
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY: return Errc::conflict;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return Errc::not_found;
    default: break;
  }
  switch (extended & 0xFF) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG: return Errc::invalid;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_FULL:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return Errc::unavailable;
    default: return Errc::io;
  }
}

bool distrusts(int extended) {
  const int primary = extended & 0xFF;
  return primary == SQLITE_IOERR || primary == SQLITE_FULL || primary == SQLITE_CORRUPT || primary == SQLITE_NOTADB ||
         primary == SQLITE_CANTOPEN;
}

int bind_one(sqlite3_stmt* statement, int place, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int place;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, place); }
    int operator()(std::int64_t number) const { return sqlite3_bind_int64(statement, place, number); }
    int operator()(double number) const { return sqlite3_bind_double(statement, place, number); }
    int operator()(bool truth) const { return sqlite3_bind_int(statement, place, truth ? 1 : 0); }
    int operator()(const std::string& text) const {
      return sqlite3_bind_text64(statement, place, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(const Blob& blob) const {
      return sqlite3_bind_blob64(statement, place, blob.bytes.data(), blob.bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, place}, value);
}

Value read_column(sqlite3_stmt* statement, int column) {
  const auto size = [&] { return static_cast<std::size_t>(sqlite3_column_bytes(statement, column)); };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, size());
    }
    case SQLITE_BLOB: {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
      return Blob{bytes == nullptr ? std::string() : std::string(bytes, size())};
    }
    default: return {};
  }
}

Status make_private_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return fail(errno == ENOSPC ? Errc::unavailable : Errc::io, path + ": " + std::strerror(errno));
  ::close(file);
  return {};
}

// Pages that change often are written into the database once in so much of its log.
constexpr int kMostWalBytes = 8 << 20;

}  // namespace

void SqliteLink::Finalizer::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<std::unique_ptr<SqliteLink>> SqliteLink::open(const std::string& path, Mode mode, int page_size,
                                                     bool full_sync) {
  if (mode == Mode::writer) {
    if (auto made = make_private_file(path); !made) return fail(std::move(made).error());
  }
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  // The data directory is ours alone (DataLock), so the index of the write-ahead log can be kept in memory. In a shared
  // file of its own each commit would write half a dozen pages of it to the disk.
  const int opened = sqlite3_open_v2(path.c_str(), &handle, flags, "unix-excl");
  std::unique_ptr<SqliteLink> link(new SqliteLink(handle));
  if (opened != SQLITE_OK) return fail(errc_of(opened), path + ": " + sqlite3_errstr(opened));
  sqlite3_busy_timeout(handle, 5000);
  sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  std::vector<std::string> pragmas;
  if (mode == Mode::writer) {
    pragmas = {"PRAGMA page_size=" + std::to_string(page_size),
               "PRAGMA auto_vacuum=INCREMENTAL",
               "PRAGMA journal_mode=WAL",
               "PRAGMA synchronous=" + std::string(full_sync ? "FULL" : "NORMAL"),
               "PRAGMA wal_autocheckpoint=" + std::to_string(kMostWalBytes / page_size),
               "PRAGMA journal_size_limit=16777216"};
  } else {
    pragmas = {"PRAGMA query_only=ON"};
  }
  pragmas.emplace_back("PRAGMA foreign_keys=ON");
  // Readers go on to the pages that the kernel holds: each keeps what it has read, and there are several.
  pragmas.emplace_back(mode == Mode::writer ? "PRAGMA cache_size=-8192" : "PRAGMA cache_size=-2048");
  pragmas.emplace_back("PRAGMA mmap_size=0");
  pragmas.emplace_back("PRAGMA trusted_schema=OFF");
  for (const auto& pragma : pragmas)
    if (auto done = link->script(pragma); !done) {
      Error error = std::move(done).error().within(path);
      if (error.code == Errc::unavailable) error.text += "; does another program have the file open?";
      return fail(std::move(error));
    }
  return link;
}

SqliteLink::~SqliteLink() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

tl::unexpected<Error> SqliteLink::failure(std::string_view where) {
  const int code = sqlite3_extended_errcode(handle_);
  if (distrusts(code)) suspect_ = true;
  const std::string why = (code & 0xFF) == SQLITE_FULL ? "the disk is full" : sqlite3_errmsg(handle_);
  return fail(errc_of(code), std::string(where) + ": " + why + " (SQLite " + std::to_string(code) + ")");
}

Result<SqliteLink::Statement> SqliteLink::compile(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int done = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement, nullptr);
  if (done != SQLITE_OK) return failure("prepare");
  return Statement(statement);
}

Result<Rows> SqliteLink::step_all(sqlite3_stmt* statement) {
  Rows rows;
  const int columns = sqlite3_column_count(statement);
  int state = SQLITE_ROW;
  while ((state = sqlite3_step(statement)) == SQLITE_ROW) {
    Values values;
    values.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) values.push_back(read_column(statement, column));
    rows.emplace_back(std::move(values));
  }
  if (state != SQLITE_DONE) return failure("step");
  return rows;
}

Status SqliteLink::prepare(const Query& query) {
  if (statements_.contains(query.name)) return {};
  auto compiled = compile(query.sql);
  if (!compiled) return fail(std::move(compiled).error().within(query.name));
  statements_.emplace(query.name, std::move(*compiled));
  return {};
}

Result<Rows> SqliteLink::run(const Query& query, const Values& values) {
  if (auto ready = prepare(query); !ready) return fail(std::move(ready).error());
  sqlite3_stmt* statement = statements_.find(query.name)->second.get();
  for (std::size_t i = 0; i < values.size(); ++i)
    if (bind_one(statement, static_cast<int>(i) + 1, values[i]) != SQLITE_OK) return failure(query.name);
  auto rows = step_all(statement);
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (!rows) return fail(std::move(rows).error().within(query.name));
  return rows;
}

Status SqliteLink::script(std::string_view statement) {
  auto compiled = compile(statement);
  if (!compiled) return fail(std::move(compiled).error());
  if (!*compiled) return {};
  auto rows = step_all(compiled->get());
  if (!rows) return fail(std::move(rows).error());
  return {};
}

Result<bool> SqliteLink::has_table(const std::string& name) {
  static constexpr Query query{"sqlite_has_table", "SELECT count(*) FROM sqlite_master WHERE type='table' AND name=?1"};
  auto rows = run(query, {name});
  if (!rows) return fail(std::move(rows).error());
  return rows->front().integer(0) > 0;
}

void SqliteLink::roll_back() {
  if (sqlite3_get_autocommit(handle_) == 0) (void)script("ROLLBACK");
}

Result<std::string> SqliteLink::check(const Query& pragma) {
  auto rows = run(pragma);
  if (!rows) return fail(std::move(rows).error());
  return rows->empty() ? std::string("no answer") : rows->front().text(0);
}

Status SqliteLink::copy_to(const std::string& path) {
  if (auto made = make_private_file(path); !made) return made;
  sqlite3* target = nullptr;
  int state = sqlite3_open_v2(path.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (state == SQLITE_OK) {
    sqlite3_backup* backup = sqlite3_backup_init(target, "main", handle_, "main");
    // In one go, so that it is one snapshot; writers go on meanwhile in the WAL.
    state = backup == nullptr ? sqlite3_errcode(target) : sqlite3_backup_step(backup, -1);
    if (backup != nullptr) sqlite3_backup_finish(backup);
  }
  sqlite3_close_v2(target);
  if (state != SQLITE_DONE) return fail(errc_of(state), "copy to " + path + ": " + sqlite3_errstr(state));
  return {};
}

}  // namespace monitorix::store

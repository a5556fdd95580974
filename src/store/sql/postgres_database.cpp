#include "store/sql/postgres_database.h"

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/log.h"
#include "store/schema/tables.h"

namespace monitorix::store {
namespace {

constexpr int kMostReaders = 3;
constexpr int kMostAttempts = 4;  // the first and three repetitions
constexpr std::chrono::seconds kLongestWait{5};
constexpr std::chrono::milliseconds kFirstPause{50}, kLongestPause{1000};
constexpr int kReadTimeout = 5'000, kWriteTimeout = 30'000;
constexpr std::string_view kMigrationLock = "SELECT pg_advisory_xact_lock(5566778899)";

}  // namespace

Result<std::unique_ptr<Database>> PostgresDatabase::open(const std::string& url) { return open_in_schema(url, ""); }

Result<std::unique_ptr<Database>> PostgresDatabase::open_in_schema(const std::string& url, const std::string& schema) {
  auto text = postgres_connection_text(url);
  if (!text) return fail(std::move(text).error());
  std::unique_ptr<PostgresDatabase> database(new PostgresDatabase(std::move(*text), schema));
  auto writer = database->connect(kWriteTimeout);
  if (!writer) return fail(std::move(writer).error());
  database->writer_ = std::move(*writer);
  if (schema.empty()) return database;
  auto made = database->exclusive([&](Link& link) { return link.script("CREATE SCHEMA IF NOT EXISTS " + schema); });
  if (!made) return fail(std::move(made).error());
  return database;
}

// While the server is away, calls in the pause fail at once, so that nobody queues for a timeout.
Result<std::unique_ptr<PostgresLink>> PostgresDatabase::connect(int statement_timeout_ms) {
  const std::lock_guard lock(connecting_);
  if (std::chrono::steady_clock::now() < next_try_) return fail(Errc::unavailable, last_error_);
  auto link = PostgresLink::open(connection_text_, statement_timeout_ms);
  if (link && !schema_.empty()) {
    if (auto set = (*link)->script("SET search_path = " + schema_); !set) link = fail(std::move(set).error());
  }
  if (!link) {
    if (pause_.count() == 0) log::error("PostgreSQL does not answer", {{"error", link.error()}});
    pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
    next_try_ = std::chrono::steady_clock::now() + pause_;
    last_error_ = link.error().text;
    return link;
  }
  if (pause_.count() != 0) log::info("PostgreSQL answers again");
  pause_ = std::chrono::milliseconds{0};
  next_try_ = {};
  return link;
}

PostgresDatabase::Ended PostgresDatabase::attempt(PostgresLink& link, std::string_view begin, const Unit& unit,
                                                  Status& status) {
  (void)link.take_conflict();
  status = link.script(begin);
  if (status) status = unit(link);
  const bool committing = status.has_value();
  if (committing) status = link.script("COMMIT");
  if (status) return Ended::done;
  const bool conflict = link.take_conflict();
  const bool broke = link.is_broken();
  link.roll_back();
  if (broke) return committing ? Ended::in_commit : Ended::before_commit;
  return conflict ? Ended::conflict : Ended::failed;
}

Status PostgresDatabase::write(const Unit& unit) {
  const std::unique_lock lock(writing_, kLongestWait);
  if (!lock.owns_lock()) return fail(Errc::unavailable, "the database is busy");
  Status status;
  bool reconnected = false;
  for (int turn = 0; turn < kMostAttempts; ++turn) {
    if (turn > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5 * turn));
    if (!writer_ || writer_->is_broken()) {
      writer_.reset();
      auto opened = connect(kWriteTimeout);
      if (!opened) return fail(std::move(opened).error());
      writer_ = std::move(*opened);
    }
    switch (attempt(*writer_, "BEGIN ISOLATION LEVEL SERIALIZABLE", unit, status)) {
      case Ended::done:
      case Ended::failed: return status;
      case Ended::in_commit:
        return fail(Errc::unavailable,
                    "the connection broke while committing; it is not known whether this was stored");
      case Ended::before_commit:
        if (std::exchange(reconnected, true)) return status;
        break;
      case Ended::conflict: break;
    }
  }
  return status;
}

Status PostgresDatabase::read(const Unit& unit) {
  Status status;
  for (int turn = 0; turn < 2; ++turn) {
    auto reader = take_reader();
    if (!reader) return fail(std::move(reader).error());
    const Ended ended = attempt(**reader, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", unit, status);
    give_back(std::move(*reader));
    if (ended == Ended::done || ended == Ended::failed || ended == Ended::conflict) return status;
    const std::lock_guard lock(pooling_);  // the other idle ones are most likely of the same dead server
    readers_ -= static_cast<int>(idle_.size());
    idle_.clear();
  }
  return status;
}

Status PostgresDatabase::exclusive(const Unit& unit) {
  auto link = connect(0);
  if (!link) return fail(std::move(link).error());
  Status status;
  (void)attempt(
      **link, "BEGIN",
      [&](Link& inner) -> Status {
        if (auto locked = inner.script(kMigrationLock); !locked) return locked;
        return unit(inner);
      },
      status);
  return status;
}

Result<std::unique_ptr<PostgresLink>> PostgresDatabase::take_reader() {
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
  auto opened = connect(kReadTimeout);
  if (!opened) give_back(nullptr);
  return opened;
}

void PostgresDatabase::give_back(std::unique_ptr<PostgresLink> reader) {
  {
    const std::lock_guard lock(pooling_);
    if (!reader || reader->is_broken()) {
      --readers_;
    } else {
      idle_.push_back(std::move(reader));
    }
  }
  freed_.notify_one();
}

// One COPY file per table, and where the identity counters stand, so that ids are never given twice.
Result<std::vector<Part>> PostgresDatabase::copy_into(const std::string& directory) {
  static constexpr Query counters{
      "counters",
      "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema() "
      "AND last_value IS NOT NULL ORDER BY sequencename"};
  auto link = connect(0);
  if (!link) return fail(std::move(link).error());
  std::vector<Part> parts;
  Status status;
  PostgresLink& its = **link;
  (void)attempt(
      its, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
      [&](Link&) -> Status {
        for (const auto& table : schema::kTables) {
          if (!table.is_carried) continue;
          const std::string name = std::string(table.name) + ".copy";
          parts.push_back({name, directory + "/" + name});
          if (auto done = its.copy_out(table.name, parts.back().path); !done) return done;
        }
        auto rows = its.run(counters);
        if (!rows) return fail(std::move(rows).error());
        parts.push_back({"counters", directory + "/counters"});
        std::ofstream file(parts.back().path);
        for (const Row& row : *rows) file << row.text(0) << ' ' << row.integer(1) << '\n';
        file.close();
        if (!file) return fail(Errc::io, parts.back().path + ": could not be written");
        return {};
      },
      status);
  if (!status) return fail(std::move(status).error());
  return parts;
}

Status PostgresDatabase::replace(const std::function<Status(PostgresLink&)>& fill) {
  auto link = connect(0);
  if (!link) return fail(std::move(link).error());
  PostgresLink& its = **link;
  Status status;
  (void)attempt(
      its, "BEGIN",
      [&](Link& inner) -> Status {
        if (auto set = inner.script("SET LOCAL lock_timeout = '10s'"); !set) return set;
        if (auto locked = inner.script(kMigrationLock); !locked) return locked;
        for (auto table = schema::kTables.rbegin(); table != schema::kTables.rend(); ++table) {
          const std::string drop = "DROP TABLE IF EXISTS " + std::string(table->name) + " CASCADE";
          if (auto dropped = inner.script(drop); !dropped) return dropped;
        }
        return fill(its);
      },
      status);
  return status;
}

}  // namespace monitorix::store

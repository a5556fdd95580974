#include "store/sql/migrate.h"

#include <fstream>
#include <set>

#include "store/schema/tables.h"
#include "store/sql/all_queries.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

constexpr Migration kLater{101, "0101_later",
                           "CREATE TABLE later(id {{id}}, x text);\n"
                           "-- only: sqlite\nCREATE TABLE only_sqlite(x integer);\n"
                           "-- only: postgres\nCREATE TABLE only_postgres(x integer);\n"
                           "-- only: both\nINSERT INTO later(x) VALUES ('one;two');\n"};

bool has_table(Database& database, const std::string& name) {
  bool found = false;
  must(database.read([&](Link& link) -> Status {
    auto has = link.has_table(name);
    if (!has) return fail(std::move(has).error());
    found = *has;
    return {};
  }));
  return found;
}

std::int64_t schema_now(Database& database, std::span<const Migration> migrations) {
  std::int64_t schema = -1;
  must(database.read([&](Link& link) -> Status {
    auto found = schema_of(link, migrations);
    if (!found) return fail(std::move(found).error());
    schema = *found;
    return {};
  }));
  return schema;
}

}  // namespace

ON_BOTH_ENGINES("every statement of the store can be prepared") {
  const Stand stand;
  const auto database = stand.database();
  must(migrate(*database, all_migrations()));
  must(database->read([](Link& link) -> Status {
    for (const Query* query : queries::kAll) {
      const auto prepared = link.prepare(*query);
      CHECK_MESSAGE(prepared, (prepared ? "" : prepared.error().text));
    }
    return {};
  }));
}

TEST_CASE("the list of statements to prepare holds all of them, each under a name of its own") {
  std::size_t written = 0;
  for (const char* name : {"sql/queries.h", "sql/backup_queries.h", "event/event_queries.h", "fact/fact_queries.h",
                           "service/service_queries.h", "outbox/outbox_queries.h", "alert/alert_queries.h"}) {
    std::ifstream file(std::string(MONITORIX_SOURCE_DIR) + "/src/store/" + name);
    for (std::string line; std::getline(file, line);) written += line.starts_with("inline constexpr Query ") ? 1 : 0;
  }
  std::set<std::string_view> names;
  for (const Query* query : queries::kAll) names.insert(query->name);
  CHECK(written == queries::kAll.size());
  CHECK(names.size() == queries::kAll.size());
}

ON_BOTH_ENGINES("a migration stopped before any of its statements leaves nothing, and then resumes") {
  const Stand stand;
  const auto database = stand.database();
  int statements = 0;
  for (int stop_at = 0;; ++stop_at) {
    statements = stop_at;
    const auto done = migrate(*database, all_migrations(), [&](int number) -> Status {
      if (number == stop_at) return fail(Errc::cancelled, "stopped here");
      return {};
    });
    if (done) break;
    REQUIRE_MESSAGE(done.error().code == Errc::cancelled, done.error().text);
    CHECK(!has_table(*database, "schema_migration"));
    CHECK(!has_table(*database, "setting"));
    CHECK(!has_table(*database, "object_now"));
  }
  CHECK(statements > 20);
  for (const auto& table : schema::kTables) CHECK(has_table(*database, std::string(table.name)));
  must(migrate(*database, all_migrations()));
  CHECK(schema_now(*database, all_migrations()) == all_migrations().back().n);
}

TEST_CASE("a process killed at any statement of a migration leaves the old schema") {
  const SqliteStand stand;
  const auto last = static_cast<int>(statements_of(all_migrations()[0].text, "sqlite").size()) + 1;
  for (int stop_at = 0; stop_at <= last; stop_at += stop_at + 4 > last && stop_at < last ? last - stop_at : 4) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      auto database = SqliteDatabase::open(stand.options().data_directory, false);
      if (database)
        (void)migrate(**database, all_migrations(), [&](int number) -> Status {
          if (number == stop_at) ::kill(::getpid(), SIGKILL);
          return {};
        });
      ::_exit(0);
    }
    int state = 0;
    ::waitpid(child, &state, 0);
    CHECK(WIFSIGNALED(state));
    const auto database = stand.database();
    CHECK(schema_now(*database, all_migrations()) == 0);
    CHECK(!has_table(*database, "setting"));
  }
  const auto store = stand.open();
  must(store->ping());
}

ON_BOTH_ENGINES("a later migration adds to what is there; an older program refuses the result") {
  const Stand stand;
  must(stand.open()->create_first_user(some_user("kari")));
  std::vector<Migration> later(all_migrations().begin(), all_migrations().end());
  later.push_back(kLater);
  {
    const auto database = stand.database();
    must(migrate(*database, later));
    CHECK(has_table(*database, "later"));
    CHECK(has_table(*database, "only_" + std::string(database->engine() == "sqlite" ? "sqlite" : "postgres")));
    CHECK(!has_table(*database, "only_" + std::string(database->engine() == "sqlite" ? "postgres" : "sqlite")));
    const auto refused = migrate(*database, all_migrations());
    REQUIRE(!refused);
    CHECK(refused.error().text.find("newer") != std::string::npos);
  }
  if (std::filesystem::exists(stand.options().data_directory + "/state.db"))
    CHECK(std::filesystem::exists(stand.options().data_directory + "/before-migration-from-" +
                                  std::to_string(all_migrations().back().n) + ".db"));
  CHECK(!must(open_store(stand.options(), test_keyring()))->migrate());
}

ON_BOTH_ENGINES("a migration with a smaller number that came later is made up for") {
  const Stand stand;
  const auto database = stand.database();
  std::vector<Migration> without, whole(all_migrations().begin(), all_migrations().end());
  for (const Migration& migration : whole)
    if (migration.n != 8) without.push_back(migration);
  must(migrate(*database, without));
  CHECK(!has_table(*database, "fact"));
  must(migrate(*database, whole));
  CHECK(has_table(*database, "fact"));
  CHECK(schema_now(*database, whole) == whole.back().n);
}

ON_BOTH_ENGINES("a migration that was altered after it ran is refused") {
  const Stand stand;
  const auto database = stand.database();
  must(migrate(*database, all_migrations()));
  std::vector<Migration> altered(all_migrations().begin(), all_migrations().end());
  const std::string text = std::string(altered[0].text) + "-- one word more\n";
  altered[0].text = text;
  const auto refused = migrate(*database, altered);
  REQUIRE(!refused);
  CHECK(refused.error().text.find("differs") != std::string::npos);
}

TEST_CASE("placeholders become PostgreSQL's except inside quotes and comments") {
  CHECK(postgres_placeholders("SELECT ?2||'?1'||\"?3\" -- why?\n, ?10") == "SELECT $2||'?1'||\"?3\" -- why?\n, $10");
  CHECK(postgres_placeholders("'it''s ?1' = ?1") == "'it''s ?1' = $1");
}

ON_BOTH_ENGINES("numbered parameters keep their places, nulls and bytes their form") {
  const Stand stand;
  const auto database = stand.database();
  static constexpr Query order{"test_order", "SELECT CAST(?2 AS text) || '-' || CAST(?1 AS text)"};
  static constexpr Query types{
      "test_types", "SELECT CAST(?1 AS bigint), CAST(?2 AS double precision), CAST(?3 AS text), CAST(?4 AS bigint)"};
  must(database->read([](Link& link) -> Status {
    CHECK(must(link.run(order, {std::string("one"), std::string("two")})).front().text(0) == "two-one");
    const Rows rows =
        must(link.run(types, {std::int64_t{-9'007'199'254'740'993}, 0.1, std::string("Æ '; --"), Value{}}));
    CHECK(rows[0].integer(0) == -9'007'199'254'740'993);
    CHECK(rows[0].maybe_real(1) == 0.1);
    CHECK(rows[0].text(2) == "Æ '; --");
    CHECK(rows[0].is_null(3));
    return {};
  }));
}

TEST_CASE("a database URL asks for a verified certificate unless the host is this machine or the mode is given") {
  CHECK(must(postgres_connection_text("postgresql://u:p@db.example.org/m")).find("sslmode='verify-full'") !=
        std::string::npos);
  CHECK(must(postgres_connection_text("postgresql://u:p@127.0.0.1/m")).find("sslmode=") == std::string::npos);
  CHECK(must(postgres_connection_text("postgresql://u:p@/m?host=/run/pg")).find("sslmode=") == std::string::npos);
  CHECK(must(postgres_connection_text("postgresql://u:p@db/m?sslmode=disable")).find("verify-full") ==
        std::string::npos);
  CHECK(must(postgres_connection_text("postgresql+asyncpg://u:p@db/m")).find("host='db'") != std::string::npos);
  const auto wrong = postgres_connection_text("postgresql://u:hunter2@db:port:x/m?y");
  REQUIRE(!wrong);
  CHECK(wrong.error().text.find("hunter2") == std::string::npos);
}

}  // namespace monitorix::store

#include "store/store.h"

#include "store/sql/migrate.h"
#include "store/sql/postgres_database.h"
#include "store/sql/queries.h"
#include "store/sql/sqlite_database.h"
#include "store/sql_store.h"

namespace monitorix::store {

Status SqlStore::migrate() {
  if (auto done = store::migrate(*database_, all_migrations()); !done) return done;
  return enter_key_check(*database_, keyring_);
}

Status SqlStore::ping() {
  return database_->read([](Link& link) -> Status {
    auto rows = link.run(queries::ping);
    if (!rows) return fail(std::move(rows).error());
    return {};
  });
}

Result<std::int64_t> SqlStore::size_bytes() {
  static constexpr Query of_sqlite{"state_size_sqlite",
                                   "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"};
  static constexpr Query of_postgres{"state_size_postgres", R"(
SELECT CAST(coalesce(sum(pg_total_relation_size(c.oid)), 0) AS bigint) FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r')"};
  return read_value<std::int64_t>(*database_, [](Link& link) -> Result<std::int64_t> {
    auto rows = link.run(link.section() == "sqlite" ? of_sqlite : of_postgres);
    if (!rows) return fail(std::move(rows).error());
    return rows->front().integer(0);
  });
}

Result<std::unique_ptr<Store>> open_store(const OpenOptions& options, const Keyring& keyring) {
  auto database = options.database_url.empty()
                      ? SqliteDatabase::open(options.data_directory, options.allow_network_filesystem)
                      : PostgresDatabase::open(options.database_url);
  if (!database) return fail(std::move(database).error());
  auto store = std::make_unique<SqlStore>(std::move(*database), keyring);
  if (auto checked = store->check_key(); !checked) return fail(std::move(checked).error());
  return store;
}

}  // namespace monitorix::store

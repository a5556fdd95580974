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

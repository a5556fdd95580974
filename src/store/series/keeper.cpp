#include "store/series/postgres_keeper.h"
#include "store/series/sqlite_keeper.h"
#include "store/store.h"

namespace monitorix::store {

Result<std::unique_ptr<history::Keeper>> open_keeper(const OpenOptions& options) {
  return options.database_url.empty() ? SqliteKeeper::open(options.data_directory)
                                      : PostgresKeeper::open(options.database_url);
}

}  // namespace monitorix::store

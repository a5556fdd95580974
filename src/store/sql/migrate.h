#pragma once
// Forward-only migrations, each in one transaction under a lock that excludes other processes, so that an interruption
// leaves the schema old or new, never between. Refuses a database that is newer, or was altered, with a clear text.

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "store/sql/sql.h"

namespace monitorix::store {

struct Migration {
  std::int64_t n{};
  std::string_view name{}, text{};  ///< text with {{id}} and `-- only: sqlite|postgres|both` sections
};

std::span<const Migration> all_migrations();

/// Called before each statement with its number from 0; an error stops and rolls back. For tests.
using BeforeStatement = std::function<Status(int)>;

Status migrate(Database& database, std::span<const Migration> migrations, const BeforeStatement& before = {});
/// One migration inside the caller's transaction, with its entry; nothing if it is entered already.
Status apply_migration(Link& link, const Migration& migration, const BeforeStatement& before = {});
/// The newest number entered, 0 for an empty database; refuses newer and altered ones.
Result<std::int64_t> schema_of(Link& link, std::span<const Migration> migrations);
/// The statements of a migration for one engine.
std::vector<std::string> statements_of(std::string_view text, std::string_view section);

}  // namespace monitorix::store

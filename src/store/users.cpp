#include "base/text.h"
#include "store/object_doc.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

Values user_values(const User& user) {
  return {user.username,
          lower_ascii(user.username),
          user.email,
          lower_ascii(user.email),
          user.password_hash,
          static_cast<std::int64_t>(user.role),
          scope_text(user),
          user.is_active,
          user.token_version,
          value_or_null(user.language),
          value_or_null(user.time_zone),
          value_or_null(user.theme),
          ms(user.created_at),
          ms(user.updated_at),
          ms(user.last_login_at)};
}

User read_user(const Row& row) {
  User user;
  user.id = UserId{row.integer(0)};
  user.username = row.text(1);
  user.email = row.text(2);
  user.password_hash = row.text(3);
  const auto role = row.integer(4);  // a role that is not understood gives the least rights
  user.role = role >= 0 && role <= static_cast<std::int64_t>(Role::admin) ? static_cast<Role>(role) : Role::viewer;
  read_scope(row.text(5), user);
  user.is_active = row.flag(6);
  user.token_version = row.integer(7);
  user.version = row.integer(8);
  user.language = row.maybe_text(9);
  user.time_zone = row.maybe_text(10);
  user.theme = row.maybe_text(11);
  user.created_at = row.time(12);
  user.updated_at = row.time(13);
  user.last_login_at = row.maybe_time(14);
  return user;
}

Result<User> one_user(Link& link, const Query& query, const Value& key) {
  auto rows = link.run(query, {key});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return fail(Errc::not_found, "there is no such user");
  return read_user(rows->front());
}

Error named(Error error) {
  if (error.code == Errc::conflict) error.text = "a user with this name or e-mail address exists already";
  return error;
}

Result<User> insert_user(Link& link, const User& user) {
  auto rows = link.run(queries::user_insert, user_values(user));
  if (!rows) return fail(named(std::move(rows).error()));
  return one_user(link, queries::user_by_id, rows->front().integer(0));
}

bool governs(const User& user) { return user.role == Role::admin && user.is_active; }

Status keep_an_admin(Link& link, UserId without) {
  auto rows = link.run(queries::other_admins, {static_cast<std::int64_t>(Role::admin), without.value});
  if (!rows) return fail(std::move(rows).error());
  if (rows->front().integer(0) == 0) return fail(Errc::conflict, "the last active administrator must stay");
  return {};
}

}  // namespace

Result<User> SqlStore::create_first_user(const User& user) {
  return write_value<User>(*database_, [&](Link& link) -> Result<User> {
    auto rows = link.run(queries::user_count);
    if (!rows) return fail(std::move(rows).error());
    if (rows->front().integer(0) != 0) return fail(Errc::conflict, "the first user exists already");
    return insert_user(link, user);
  });
}

Result<User> SqlStore::create_user(const User& user) {
  return write_value<User>(*database_, [&](Link& link) { return insert_user(link, user); });
}

Result<User> SqlStore::user_by_id(UserId id) {
  return read_value<User>(*database_, [&](Link& link) { return one_user(link, queries::user_by_id, id.value); });
}

Result<User> SqlStore::user_by_name(const std::string& username) {
  return read_value<User>(*database_,
                          [&](Link& link) { return one_user(link, queries::user_by_name, lower_ascii(username)); });
}

Result<std::vector<User>> SqlStore::users() {
  return read_value<std::vector<User>>(*database_, [&](Link& link) -> Result<std::vector<User>> {
    auto rows = link.run(queries::users_all);
    if (!rows) return fail(std::move(rows).error());
    std::vector<User> out;
    for (const Row& row : *rows) out.push_back(read_user(row));
    return out;
  });
}

Result<std::int64_t> SqlStore::user_count() {
  return read_value<std::int64_t>(*database_, [&](Link& link) -> Result<std::int64_t> {
    auto rows = link.run(queries::user_count);
    if (!rows) return fail(std::move(rows).error());
    return rows->front().integer(0);
  });
}

Result<User> SqlStore::update_user(const User& user, std::int64_t expected_version) {
  return write_value<User>(*database_, [&](Link& link) -> Result<User> {
    auto now = one_user(link, queries::user_by_id, user.id.value);
    if (!now) return now;
    if (expected_version != 0 && now->version != expected_version)
      return fail(Errc::conflict, "the user was changed meanwhile");
    if (governs(*now) && !governs(user)) {
      if (auto kept = keep_an_admin(link, user.id); !kept) return fail(std::move(kept).error());
    }
    Values values = user_values(user);
    values.emplace_back(user.id.value);
    auto updated = link.run(queries::user_update, values);
    if (!updated) return fail(named(std::move(updated).error()));
    return one_user(link, queries::user_by_id, user.id.value);
  });
}

Status SqlStore::delete_user(UserId id) {
  return database_->write([&](Link& link) -> Status {
    auto now = one_user(link, queries::user_by_id, id.value);
    if (!now) return fail(std::move(now).error());
    if (governs(*now)) {
      if (auto kept = keep_an_admin(link, id); !kept) return kept;
    }
    auto deleted = link.run(queries::user_delete, {id.value});
    if (!deleted) return fail(std::move(deleted).error());
    return {};
  });
}

}  // namespace monitorix::store

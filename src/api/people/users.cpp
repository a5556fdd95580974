#include <algorithm>

#include "api/desk.h"
#include "api/list.h"
#include "api/people/people.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

net::Task<Answer> list_users(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"q", "sort", "limit", "cursor", "count", "envelope"}); !known)
    co_return bad_query(known.error());
  auto asking_for_users = desk.ask<std::vector<User>>([](store::Store& store) { return store.users(); });
  auto users = co_await std::move(asking_for_users);
  if (!users) co_return from_error(users.error());
  const auto q = lower(call.query.text("q"));
  std::erase_if(*users, [&](const User& user) { return !has_text(user.username, q) && !has_text(user.email, q); });
  Selection selection;
  for (const auto& user : *users) selection.ids.push_back(user.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { out.raw(user_json((*users)[at])); };
  selection.sorts["username"] = [&](std::size_t at) { return SortKey(lower((*users)[at].username)); };
  selection.sorts["email"] = [&](std::size_t at) { return SortKey(lower((*users)[at].email)); };
  selection.sorts["role"] = [&](std::size_t at) { return SortKey(static_cast<double>((*users)[at].role)); };
  selection.sorts["created_at"] = [&](std::size_t at) {
    return SortKey(static_cast<double>(to_ms((*users)[at].created_at)));
  };
  co_return list_answer(call, ListForm::bare, selection);
}

Answer user_answer(const User& user, int status = 200) {
  Answer answer = json(user_json(user), status);
  answer.version = version_of(user);
  return answer;
}

net::Task<Result<User>> named(Desk& desk, const Call& call) {
  auto asking = desk.ask<User>(
      [id = UserId{parse_id(call.ids[0]).value_or(0)}](store::Store& store) { return store.user_by_id(id); });
  co_return co_await std::move(asking);
}

net::Task<Answer> show_user(Desk& desk, Call& call) {
  const auto user = co_await named(desk, call);
  co_return user ? user_answer(*user) : from_error(user.error());
}

void read_scope(Fields& body, User& user) {
  auto scope = body.object("scope");
  if (!scope) return;
  user.scope_clusters.clear();
  for (const auto& id : scope->texts("cluster_ids", 1000, {1, 20}).value_or(std::vector<std::string>{})) {
    if (const auto number = parse_id(id))
      user.scope_clusters.push_back(ClusterId{*number});
    else
      scope->wrong("cluster_ids", "invalid", "'" + id + "' is not a cluster");
  }
  user.scope_pools = scope->texts("pools", 1000, {1, 256}).value_or(std::vector<std::string>{});
  user.scope_tags = scope->texts("tags", 1000, {1, 256}).value_or(std::vector<std::string>{});
  body.take_errors(*scope);
}

void read_role(Fields& body, User& user, bool is_required) {
  const auto text = is_required ? std::optional(body.required_text("role", {0, 20})) : body.text("role", {0, 20});
  if (!text) return;
  if (const auto role = parse_name<Role>(*text))
    user.role = *role;
  else if (!text->empty())
    body.wrong("role", "invalid", "must be viewer, operator, editor or admin");
}

Answer taken(const Error& error) {
  if (error.code == Errc::conflict)
    return problem(409, "already_exists", "a user with this name or e-mail address exists");
  return from_error(error);
}

std::vector<std::string> texts_of(const std::vector<ClusterId>& ids) {
  std::vector<std::string> texts;
  texts.reserve(ids.size());
  for (const auto& id : ids) texts.push_back(id.text());
  return texts;
}

Changes differences(const User& before, const User& after) {
  Changes changes;
  changes.of("email", before.email, after.email)
      .of("role", std::string(name_of(before.role)), std::string(name_of(after.role)))
      .of("is_active", before.is_active, after.is_active)
      .of("scope_clusters", texts_of(before.scope_clusters), texts_of(after.scope_clusters))
      .of("scope_pools", before.scope_pools, after.scope_pools)
      .of("scope_tags", before.scope_tags, after.scope_tags)
      .secret("password", before.password_hash != after.password_hash);
  return changes;
}

net::Task<Answer> create_user(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  User user;
  bool too_long = false;
  user.username = read_username(*body);
  user.email = body->required_text("email", {0, 254});
  if (!user.email.empty() && !is_email(user.email)) body->wrong("email", "invalid", "is not an e-mail address");
  const auto password = read_new_password(*body, "password", user.username, too_long);
  read_role(*body, user, true);
  read_scope(*body, user);
  auto errors = body->finish();
  if (too_long && errors.size() == 1) co_return password_too_long();
  if (!errors.empty()) co_return invalid(std::move(errors));
  const auto hashed = co_await desk.passwords.hash(password);
  if (!hashed) co_return from_error(hashed.error());
  user.password_hash = *hashed;
  user.created_at = user.updated_at = desk.house.clock.wall();
  auto asking_for_made = desk.ask<User>([user](store::Store& store) { return store.create_user(user); });
  const auto made = co_await std::move(asking_for_made);
  if (!made) co_return taken(made.error());
  const User nothing;
  Changes changes = differences(nothing, *made);
  co_await desk.audit(deed(desk, call, "create", "user", made->id.text(), made->username, std::move(changes)));
  auto answer = user_answer(*made, 201);
  answer.headers.emplace_back("Location", "/api/users/" + made->id.text());
  co_return answer;
}

/// Writes a changed user; what lowers or alters rights ends the access tokens given before (S14).
net::Task<Answer> keep(Desk& desk, Call& call, User before, User next, std::string action) {
  const bool rights_changed =
      before.role != next.role || before.is_active != next.is_active || before.password_hash != next.password_hash;
  if (rights_changed) ++next.token_version;
  next.updated_at = desk.house.clock.wall();
  const bool had_last_admin =
      before.role == Role::admin && before.is_active && (next.role != Role::admin || !next.is_active);
  auto asking_for_kept = desk.ask<User>(
      [next, version = before.version](store::Store& store) { return store.update_user(next, version); });
  const auto kept = co_await std::move(asking_for_kept);
  desk.sessions.forget(before.id);
  if (!kept && kept.error().code == Errc::conflict && had_last_admin)
    co_return problem(409, "in_use", "the last active administrator cannot be taken away");
  if (!kept) co_return taken(kept.error());
  if (!next.is_active || before.password_hash != next.password_hash) {
    const std::string spared = before.id == call.caller.user ? call.caller.session : std::string{};
    const auto ended = co_await desk.sessions.close_all(before.id, spared);
    if (!ended) co_return from_error(ended.error());
  }
  Changes changes = differences(before, *kept);
  co_await desk.audit(deed(desk, call, std::move(action), "user", kept->id.text(), kept->username, std::move(changes)));
  co_return user_answer(*kept);
}

net::Task<Answer> change_user(Desk& desk, Call& call) {
  const auto user = co_await named(desk, call);
  if (!user) co_return from_error(user.error());
  if (auto stale = refuse_stale(call.request, version_of(*user), "the user")) co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  User next = *user;
  bool too_long = false;
  if (auto email = body->text("email", {1, 254})) {
    if (!is_email(*email)) body->wrong("email", "invalid", "is not an e-mail address");
    next.email = *email;
  }
  read_role(*body, next, false);
  read_scope(*body, next);
  next.is_active = body->flag("is_active").value_or(next.is_active);
  const auto password =
      body->has("password") ? read_new_password(*body, "password", user->username, too_long) : std::string{};
  auto errors = body->finish();
  if (too_long && errors.size() == 1) co_return password_too_long();
  if (!errors.empty()) co_return invalid(std::move(errors));
  if (!password.empty()) {
    const auto hashed = co_await desk.passwords.hash(password);
    if (!hashed) co_return from_error(hashed.error());
    next.password_hash = *hashed;
  }
  co_return co_await keep(desk, call, *user, std::move(next), "update");
}

net::Task<Answer> toggle_active(Desk& desk, Call& call) {
  const auto user = co_await named(desk, call);
  if (!user) co_return from_error(user.error());
  User next = *user;
  next.is_active = !next.is_active;
  const std::string action = next.is_active ? "enable" : "disable";
  co_return co_await keep(desk, call, *user, std::move(next), action);
}

net::Task<Answer> delete_user(Desk& desk, Call& call) {
  const auto user = co_await named(desk, call);
  if (!user) co_return from_error(user.error());
  if (auto stale = refuse_stale(call.request, version_of(*user), "the user")) co_return std::move(*stale);
  auto asking_for_done = desk.tell([id = user->id](store::Store& store) { return store.delete_user(id); });
  const auto done = co_await std::move(asking_for_done);
  desk.sessions.forget(user->id);
  if (!done && done.error().code == Errc::conflict)
    co_return problem(409, "in_use", "the last active administrator cannot be taken away");
  if (!done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "delete", "user", user->id.text(), user->username));
  co_return no_content();
}

}  // namespace

void add_user_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/users", Access::admin, with(desk, list_users));
  must_add(router, "POST", "/api/users", Access::admin, with(desk, create_user));
  must_add(router, "GET", "/api/users/{id}", Access::admin, with(desk, show_user));
  must_add(router, "PUT", "/api/users/{id}", Access::admin, with(desk, change_user));
  must_add(router, "DELETE", "/api/users/{id}", Access::admin, with(desk, delete_user));
  must_add(router, "PUT", "/api/users/{id}/toggle-active", Access::admin, with(desk, toggle_active));
}

}  // namespace monitorix::api

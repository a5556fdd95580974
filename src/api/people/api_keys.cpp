#include <algorithm>

#include "api/auth/api_key.h"
#include "api/desk.h"
#include "api/list.h"
#include "api/people/people.h"
#include "base/time_text.h"
#include "model/names.h"

// Keys for programs: everybody sees and revokes his own, an administrator all of them.

namespace monitorix::api {
namespace {

constexpr std::chrono::hours kLongest{24 * 3660};

void put_key(JsonWriter& out, const ApiKey& key, const std::string& owner, const Secret* text = nullptr) {
  out.begin_object().member("id", key.id.text()).member("name", key.name).member("prefix", key.prefix);
  out.key("scopes").begin_array();
  for (const KeyScope scope : key.scopes) out.value(name_of(scope));
  out.end_array();
  out.member("user_id", key.user.text()).member("username", owner);
  out.member("created_at", rfc3339(key.created_at));
  const auto moment = [&out](std::string_view name, const std::optional<WallTime>& at) {
    if (at)
      out.member(name, rfc3339(*at));
    else
      out.key(name).null();
  };
  moment("expires_at", key.expires_at);
  moment("last_used_at", key.last_used_at);
  if (text) out.member("key", text->reveal());
  out.end_object();
}

struct Listed {
  std::vector<ApiKey> keys{};
  std::vector<User> owners{};

  [[nodiscard]] std::string owner_of(const ApiKey& key) const {
    const auto found = std::ranges::find(owners, key.user, &User::id);
    return found == owners.end() ? std::string() : found->username;
  }
};

net::Task<Result<Listed>> visible_keys(Desk& desk, const Call& call) {
  const bool sees_all = call.caller.role == Role::admin;
  auto asking = desk.ask<Listed>([sees_all, user = call.caller.user](store::Store& store) -> Result<Listed> {
    auto keys = store.api_keys(sees_all ? std::nullopt : std::optional(user));
    if (!keys) return fail(keys.error());
    auto owners = store.users();
    if (!owners) return fail(owners.error());
    return Listed{std::move(*keys), std::move(*owners)};
  });
  co_return co_await std::move(asking);
}

net::Task<Answer> list_keys(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"q", "sort", "limit", "cursor", "count"}); !known)
    co_return bad_query(known.error());
  auto listed = co_await visible_keys(desk, call);
  if (!listed) co_return from_error(listed.error());
  const auto q = lower(call.query.text("q"));
  std::erase_if(listed->keys, [&](const ApiKey& key) {
    return !has_text(key.name, q) && !has_text(key.prefix, q) && !has_text(listed->owner_of(key), q);
  });
  Selection selection;
  for (const auto& key : listed->keys) selection.ids.push_back(key.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) {
    put_key(out, listed->keys[at], listed->owner_of(listed->keys[at]));
  };
  selection.sorts["name"] = [&](std::size_t at) { return SortKey(lower(listed->keys[at].name)); };
  selection.sorts["created_at"] = [&](std::size_t at) {
    return SortKey(static_cast<double>(to_ms(listed->keys[at].created_at)));
  };
  co_return list_answer(call, ListForm::envelope, selection);
}

std::vector<KeyScope> read_scopes(Fields& body, Role owner) {
  std::vector<KeyScope> scopes;
  for (const auto& name : body.texts("scopes", 6, {1, 20}).value_or(std::vector<std::string>{})) {
    const auto scope = parse_name<KeyScope>(name);
    if (!scope)
      body.wrong("scopes", "invalid", "'" + name + "' is none of read, operate, configure, admin, metrics, hooks");
    else if (role_for(*scope) > owner)
      body.wrong("scopes", "above_role", "your role may not give '" + name + "' away");
    else if (std::ranges::find(scopes, *scope) == scopes.end())
      scopes.push_back(*scope);
  }
  if (!body.has("scopes")) body.wrong("scopes", "required", "is missing");
  return scopes;
}

std::optional<WallTime> read_expiry(Fields& body, WallTime now) {
  const auto text = body.text("expires_at", {1, 40, true});
  if (!text) return std::nullopt;
  const auto at = parse_rfc3339(*text);
  if (!at || *at <= now || *at > now + kLongest)
    body.wrong("expires_at", "invalid", "must be a time within the next ten years, as 2027-01-31T12:00:00Z");
  return at;
}

net::Task<Answer> create_key(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  ApiKey key;
  key.user = call.caller.user;
  key.created_at = desk.house.clock.wall();
  key.name = body->required_text("name", {1, 100});
  key.scopes = read_scopes(*body, call.caller.role);
  key.expires_at = read_expiry(*body, key.created_at);
  auto errors = body->finish();
  if (errors.empty() && key.scopes.empty()) errors.push_back({"scopes", "required", "at least one"});
  if (!errors.empty()) co_return invalid(std::move(errors));
  const FreshKey fresh = make_api_key();
  key.prefix = fresh.prefix;
  key.key_hash = fresh.hash;
  auto asking = desk.ask<ApiKey>([key](store::Store& store) -> Result<ApiKey> {
    const auto present = store.api_keys(key.user);
    if (!present) return fail(present.error());
    if (present->size() >= kMostApiKeys) return fail(Errc::too_large, "too many");
    return store.create_api_key(key);
  });
  const auto made = co_await std::move(asking);
  if (!made && made.error().code == Errc::too_large)
    co_return problem(409, "invalid_state", "you have 50 API keys; revoke one that is not used any more");
  if (!made) co_return from_error(made.error());
  desk.sessions.forget(key.user);
  auto owning = desk.ask<User>([id = key.user](store::Store& store) { return store.user_by_id(id); });
  const auto owner = co_await std::move(owning);
  Changes changes;
  std::vector<std::string> scopes;
  for (const KeyScope scope : made->scopes) scopes.emplace_back(name_of(scope));
  const std::vector<std::string> none;
  changes.of("scopes", none, scopes);
  co_await desk.audit(deed(desk, call, "create", "api_key", made->id.text(), made->name, std::move(changes)));
  JsonWriter out;
  put_key(out, *made, owner ? owner->username : call.caller.username, &fresh.text);
  Answer answer = json(out.take(), 201);
  answer.headers.emplace_back("Location", "/api/api-keys/" + made->id.text());
  co_return answer;
}

net::Task<Answer> revoke_key(Desk& desk, Call& call) {
  const auto listed = co_await visible_keys(desk, call);
  if (!listed) co_return from_error(listed.error());
  const auto found =
      std::ranges::find_if(listed->keys, [&](const ApiKey& key) { return key.id.text() == call.ids[0]; });
  if (found == listed->keys.end()) co_return not_found();
  auto telling = desk.tell([id = found->id](store::Store& store) { return store.delete_api_key(id); });
  const auto done = co_await std::move(telling);
  desk.sessions.forget(found->user);
  if (!done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "revoke", "api_key", found->id.text(), found->name));
  co_return no_content();
}

}  // namespace

void add_api_key_routes(Router& router, Desk& desk) {
  must_add_for_people(router, "GET", "/api/api-keys", Access::viewer, with(desk, list_keys));
  must_add_for_people(router, "POST", "/api/api-keys", Access::viewer, with(desk, create_key));
  must_add_for_people(router, "DELETE", "/api/api-keys/{id}", Access::viewer, with(desk, revoke_key));
}

}  // namespace monitorix::api

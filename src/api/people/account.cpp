#include <algorithm>

#include "api/desk.h"
#include "api/list.h"
#include "api/people/people.h"
#include "base/time_text.h"

// What people do with their own account: profile, password, sessions.

namespace monitorix::api {
namespace {

net::Task<Result<User>> own(Desk& desk, const Call& call) {
  auto asking = desk.ask<User>([id = call.caller.user](store::Store& store) { return store.user_by_id(id); });
  co_return co_await std::move(asking);
}

Answer me_answer(const User& user) {
  Answer answer = json(me_json(user));
  answer.version = version_of(user);
  return answer;
}

net::Task<Answer> show_me(Desk& desk, Call& call) {
  const auto user = co_await own(desk, call);
  co_return user ? me_answer(*user) : from_error(user.error());
}

std::optional<std::string> choice(Fields& body, std::string_view name, std::optional<std::string> present,
                                  std::initializer_list<std::string_view> known) {
  if (!body.has(name)) return present;
  auto given = body.text(name, {1, 64, true});
  if (given && known.size() > 0 && std::find(known.begin(), known.end(), *given) == known.end())
    body.wrong(name, "invalid", "is not one of the known ones");
  return given;
}

net::Task<Answer> change_me(Desk& desk, Call& call) {
  auto user = co_await own(desk, call);
  if (!user) co_return from_error(user.error());
  if (auto stale = refuse_stale(call.request, version_of(*user), "your account")) co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  if (auto email = body->text("email", {1, 254})) {
    if (!is_email(*email)) body->wrong("email", "invalid", "is not an e-mail address");
    user->email = *email;
  }
  user->language = choice(*body, "language", user->language, {"en", "nb", "sv", "da", "fi", "fr", "de"});
  user->theme = choice(*body, "theme", user->theme, {"light", "dark", "system"});
  user->time_zone = choice(*body, "time_zone", user->time_zone, {});
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  user->updated_at = desk.house.clock.wall();
  auto asking_for_kept =
      desk.ask<User>([next = *user](store::Store& store) { return store.update_user(next, next.version); });
  const auto kept = co_await std::move(asking_for_kept);
  desk.sessions.forget(call.caller.user);
  if (!kept && kept.error().code == Errc::conflict)
    co_return problem(409, "already_exists", "this e-mail address is in use, or your account has changed meanwhile");
  co_return kept ? me_answer(*kept) : from_error(kept.error());
}

net::Task<Answer> change_password(Desk& desk, Call& call) {
  auto user = co_await own(desk, call);
  if (!user) co_return from_error(user.error());
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  bool too_long = false;
  const auto old = body->required_text("old_password", {0, 100'000});
  const auto next = read_new_password(*body, "new_password", user->username, too_long);
  auto errors = body->finish();
  if (too_long && errors.size() == 1) co_return password_too_long();
  if (!errors.empty()) co_return invalid(std::move(errors));
  if (const int seconds = desk.throttle.begin_login(call.address, user->username); seconds > 0) {
    auto answer = problem(429, "rate_limited", "too many attempts, please wait");
    answer.problem.front().retry_after_seconds = seconds;
    co_return answer;
  }
  const auto right = co_await desk.passwords.verify(old, user->password_hash);
  if (!right) co_return from_error(right.error());
  if (!*right) {
    desk.throttle.login_failed(user->username);
    co_return invalid_field("old_password", "invalid_credentials", "is not right");
  }
  const auto hashed = co_await desk.passwords.hash(next);
  if (!hashed) co_return from_error(hashed.error());
  user->password_hash = *hashed;
  ++user->token_version;
  user->updated_at = desk.house.clock.wall();
  auto asking_for_kept =
      desk.ask<User>([changed = *user](store::Store& store) { return store.update_user(changed, 0); });
  const auto kept = co_await std::move(asking_for_kept);
  if (!kept) co_return from_error(kept.error());
  const auto ended = co_await desk.sessions.close_all(call.caller.user, call.caller.session);
  if (!ended) co_return from_error(ended.error());
  co_await desk.audit(deed(desk, call, "change_password", "user", user->id.text(), user->username));
  co_return no_content();
}

net::Task<Answer> list_sessions(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"limit", "cursor", "count"}); !known) co_return bad_query(known.error());
  auto asking_for_sessions =
      desk.ask<std::vector<Session>>([id = call.caller.user, now = desk.house.clock.wall()](store::Store& store) {
        return store.live_sessions(id, now);
      });
  const auto sessions = co_await std::move(asking_for_sessions);
  if (!sessions) co_return from_error(sessions.error());
  Selection selection;
  for (const auto& session : *sessions) selection.ids.push_back(session.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) {
    const auto& session = (*sessions)[at];
    out.begin_object()
        .member("id", session.id.text())
        .member("user_agent", session.user_agent)
        .member("ip_address", session.ip);
    out.member("created_at", rfc3339(session.created_at)).member("last_used_at", rfc3339(session.last_used_at));
    out.member("current", session.family == call.caller.session).end_object();
  };
  co_return list_answer(call, ListForm::envelope, selection);
}

net::Task<Answer> end_session(Desk& desk, Call& call) {
  auto asking_for_sessions =
      desk.ask<std::vector<Session>>([id = call.caller.user, now = desk.house.clock.wall()](store::Store& store) {
        return store.live_sessions(id, now);
      });
  const auto sessions = co_await std::move(asking_for_sessions);
  if (!sessions) co_return from_error(sessions.error());
  for (const auto& session : *sessions) {
    if (session.id.text() != call.ids[0]) continue;
    const auto done = co_await desk.sessions.close(call.caller.user, session.family);
    if (!done) co_return from_error(done.error());
    co_await desk.audit(deed(desk, call, "end", "session", session.id.text()));
    co_return no_content();
  }
  co_return not_found();
}

net::Task<Answer> end_other_sessions(Desk& desk, Call& call) {
  const auto done = co_await desk.sessions.close_all(call.caller.user, call.caller.session);
  if (!done) co_return from_error(done.error());
  co_await desk.audit(deed(desk, call, "end_others", "session"));
  co_return no_content();
}

}  // namespace

void add_account_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/auth/me", Access::viewer, with(desk, show_me));
  must_add_for_people(router, "PUT", "/api/auth/me", Access::viewer, with(desk, change_me));
  must_add_for_people(router, "PUT", "/api/auth/change-password", Access::viewer, with(desk, change_password));
  must_add_for_people(router, "GET", "/api/auth/sessions", Access::viewer, with(desk, list_sessions));
  must_add_for_people(router, "DELETE", "/api/auth/sessions", Access::viewer, with(desk, end_other_sessions));
  must_add_for_people(router, "DELETE", "/api/auth/sessions/{id}", Access::viewer, with(desk, end_session));
}

}  // namespace monitorix::api

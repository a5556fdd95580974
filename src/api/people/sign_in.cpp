#include "api/auth/cookies.h"
#include "api/desk.h"
#include "api/fields.h"
#include "api/people/people.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/text.h"

// Sign-in, registration of the first account, rotation of refresh tokens. What fails says one and the same (S6, S7).

namespace monitorix::api {
namespace {

Answer wrong_credentials() { return problem(401, "invalid_credentials", "the user name or the password is not right"); }

Answer wait(int seconds) {
  auto answer = problem(429, "rate_limited", "too many attempts, please wait");
  answer.problem.front().retry_after_seconds = seconds;
  return answer;
}

Answer busy() {
  auto answer = problem(503, "busy", "too many sign-ins at once, please try again");
  answer.problem.front().retry_after_seconds = 2;
  return answer;
}

Answer needs_https() {
  return problem(403, "forbidden", "signing in needs HTTPS here; the owner may allow plain HTTP with insecure_http");
}

Answer with_tokens(const Call& call, const Tokens& tokens, bool refresh_in_body) {
  JsonWriter out;
  out.begin_object().member("access_token", tokens.access).key("refresh_token");
  if (refresh_in_body)
    out.value(tokens.refresh);
  else
    out.null();
  out.member("token_type", "bearer").member("expires_in", 1800).end_object();
  Answer answer = json(out);
  answer.headers.emplace_back("Cache-Control", "no-store");
  if (!refresh_in_body) {
    answer.headers.emplace_back("Set-Cookie", set_refresh_cookie(tokens.refresh, call.is_secure));
    if (!cookie(call.request, "mx_csrf"))
      answer.headers.emplace_back("Set-Cookie", set_csrf_cookie(base64url(random_bytes(24)), call.is_secure));
  }
  return answer;
}

struct Credentials {
  std::string username{}, password{};
  std::vector<FieldError> errors{};
};

Credentials read_form(const std::string& body) {
  Credentials read;
  const auto form = Query::parse(body);
  if (!form) {
    read.errors.push_back({"body", "invalid", form.error().text});
    return read;
  }
  if (auto known =
          form->allow({"username", "password", "totp_token", "grant_type", "scope", "client_id", "client_secret"});
      !known)
    read.errors.push_back({"body", "unknown_field", known.error().text});
  read.username = form->text("username");
  read.password = form->text("password");
  return read;
}

Credentials read_json(const std::string& body) {
  Credentials read;
  auto fields = Fields::parse(body);
  if (!fields) {
    read.errors.push_back({"body", "invalid", fields.error().text});
    return read;
  }
  read.username = fields->required_text("username", {0, 254});
  // Not judged here: an impossible password fails like a wrong one, after the same work (S4).
  if (!fields->has("password")) fields->wrong("password", "required", "is required");
  if (const auto parsed = Json::parse(body); parsed && parsed->find("password")) {
    if (const auto* text = parsed->find("password")->as_string())
      read.password = *text;
    else
      fields->wrong("password", "wrong_type", "must be a text");
  }
  (void)fields->text("totp_token", {0, 64, true});
  read.errors = fields->finish();
  return read;
}

net::Task<> note_login(Desk& desk, Call& call, std::string name, std::optional<UserId> user, bool success) {
  auto entry = deed(desk, call, success ? "login" : "login_failed", "session");
  entry.username = escape_controls(valid_utf8(name, 100));
  entry.user = user;
  entry.success = success;
  co_await desk.audit(std::move(entry));
}

net::Task<Answer> admit(Desk& desk, Call& call, User user, const std::string& password, bool refresh_in_body) {
  if (desk.passwords.is_outdated(user.password_hash))
    if (auto hashed = co_await desk.passwords.hash(password)) user.password_hash = *hashed;
  user.last_login_at = desk.house.clock.wall();
  auto asking_for_kept = desk.ask<User>([user](store::Store& store) { return store.update_user(user, 0); });
  const auto kept = co_await std::move(asking_for_kept);
  if (!kept) co_return from_error(kept.error());
  const std::string agent(call.request.header("user-agent"));
  const auto tokens = co_await desk.sessions.open(*kept, call.address, agent);
  if (!tokens) co_return from_error(tokens.error());
  co_await note_login(desk, call, user.username, user.id, true);
  co_return with_tokens(call, *tokens, refresh_in_body);
}

net::Task<Answer> login(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"refresh"}); !known)
    co_return problem(400, "unknown_parameter", known.error().text);
  const auto type = call.request.header("content-type");
  const bool is_form = type.starts_with("application/x-www-form-urlencoded");
  if (!is_form && !type.starts_with("application/json"))
    co_return problem(415, "unsupported_media_type", "send JSON or a form");
  auto given = is_form ? read_form(call.request.body) : read_json(call.request.body);
  if (!given.errors.empty()) co_return invalid(std::move(given.errors));
  const bool refresh_in_body = call.query.text("refresh") == "body";
  if (!refresh_in_body && !call.may_use_cookies) co_return needs_https();
  const int seconds = desk.throttle.begin_login(call.address, given.username);
  if (seconds > 0) co_return wait(seconds);
  auto asking_for_user =
      desk.ask<User>([name = given.username](store::Store& store) { return store.user_by_name(name); });
  auto user = co_await std::move(asking_for_user);
  if (!user && user.error().code != Errc::not_found) co_return from_error(user.error());
  const std::string known_hash = user ? user->password_hash : std::string{};
  const auto right = co_await desk.passwords.verify(given.password, known_hash);
  if (!right) co_return busy();
  if (!*right || !user || !user->is_active) {
    desk.throttle.login_failed(given.username);
    co_await note_login(desk, call, given.username, std::nullopt, false);
    co_return wrong_credentials();
  }
  desk.throttle.login_succeeded(given.username);
  co_return co_await admit(desk, call, *user, given.password, refresh_in_body);
}

net::Task<Answer> register_first(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto token = body->text("setup_token", {0, 256, true}).value_or("");
  (void)body->text("invite_token", {0, 256, true});
  // The token comes first: without it nobody learns what else would be wrong.
  if (const int seconds = desk.throttle.begin_login(call.address, "\x01setup"); seconds > 0) co_return wait(seconds);
  if (!desk.setup.accepts(token))
    co_return problem(403, "forbidden", "registration is closed; an administrator can make an account for you");
  User user;
  bool too_long = false;
  user.username = read_username(*body);
  user.email = body->required_text("email", {0, 254});
  const auto password = read_new_password(*body, "password", user.username, too_long);
  if (!user.email.empty() && !is_email(user.email)) body->wrong("email", "invalid", "is not an e-mail address");
  auto errors = body->finish();
  if (too_long && errors.size() == 1) co_return password_too_long();
  if (!errors.empty()) co_return invalid(std::move(errors));
  const auto hashed = co_await desk.passwords.hash(password);
  if (!hashed) co_return busy();
  user.password_hash = *hashed;
  user.role = Role::admin;
  user.created_at = user.updated_at = desk.house.clock.wall();
  auto asking_for_made = desk.ask<User>([user](store::Store& store) { return store.create_first_user(user); });
  const auto made = co_await std::move(asking_for_made);
  if (!made && made.error().code == Errc::conflict)
    co_return problem(403, "forbidden", "registration is closed; an administrator can make an account for you");
  if (!made) co_return from_error(made.error());
  desk.setup.disarm();
  auto entry = deed(desk, call, "register", "user", made->id.text(), made->username);
  entry.user = made->id;
  entry.username = made->username;
  co_await desk.audit(std::move(entry));
  co_return json(user_json(*made), 201);
}

net::Task<Answer> refresh(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto sent = body->text("refresh_token", {0, 512, true});
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto kept = refresh_cookie(call.request, call.is_secure);
  const bool by_cookie = !sent && kept;
  if (!sent && !kept) co_return problem(401, "not_authenticated", "there is no refresh token");
  if (by_cookie) {
    if (!call.may_use_cookies) co_return needs_https();
    if (!is_own_origin(call.request, call.is_secure, desk.house.settings.cors_origins) || !has_csrf_proof(call.request))
      co_return problem(403, "csrf_failed", "the request did not come from our own page");
  }
  const std::string token = sent ? *sent : *kept;
  const std::string agent(call.request.header("user-agent"));
  const auto tokens = co_await desk.sessions.refresh(token, call.address, agent);
  if (tokens) co_return with_tokens(call, *tokens, !by_cookie);
  if (tokens.error().code != Errc::denied) co_return from_error(tokens.error());
  if (tokens.error().text.starts_with("reused:")) {
    log::warn("refresh token used twice: sign-in revoked", {{"address", call.address}});
    auto entry = deed(desk, call, "refresh_token_reused", "session");
    entry.success = false;
    entry.username = tokens.error().text.substr(tokens.error().text.find(':', 7) + 1);
    co_await desk.audit(std::move(entry));
  }
  auto answer = problem(401, "token_expired", "please sign in again");
  if (by_cookie) answer.headers.emplace_back("Set-Cookie", set_refresh_cookie("", call.is_secure));
  co_return answer;
}

net::Task<Answer> logout(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const bool everywhere = body->flag("everywhere").value_or(false);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  Status done;
  if (everywhere)
    done = co_await desk.sessions.close_all(call.caller.user, "");
  else
    done = co_await desk.sessions.close(call.caller.user, call.caller.session);
  if (!done) co_return from_error(done.error());
  auto entry = deed(desk, call, everywhere ? "logout_everywhere" : "logout", "session");
  co_await desk.audit(std::move(entry));
  Answer answer = no_content();
  answer.headers.emplace_back("Set-Cookie", set_refresh_cookie("", call.is_secure));
  co_return answer;
}

Answer csrf_token(Desk&, Call& call) {
  auto token = cookie(call.request, "mx_csrf").value_or("");
  std::string decoded;
  if (token.size() < 16 || !base64url_decode(token, decoded)) token = base64url(random_bytes(24));
  JsonWriter out;
  out.begin_object().member("csrf_token", token).end_object();
  Answer answer = json(out);
  answer.headers.emplace_back("Cache-Control", "no-store");
  answer.headers.emplace_back("Set-Cookie", set_csrf_cookie(token, call.is_secure));
  return answer;
}

Answer password_requirements(Desk&, Call&) {
  JsonWriter out;
  out.begin_object().member("min_length", static_cast<int>(kLeastPasswordBytes));
  out.member("max_bytes", static_cast<int>(kMostPasswordBytes)).end_object();
  return json(out);
}

Answer ws_ticket(Desk& desk, Call& call) {
  JsonWriter out;
  out.begin_object().member("ticket", desk.tickets.issue(call.caller)).member("expires_in", 30).end_object();
  return json(out);
}

}  // namespace

void add_auth_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/auth/csrf-token", Access::open, with(desk, csrf_token));
  must_add(router, "POST", "/api/auth/register", Access::open, with(desk, register_first));
  must_add(router, "POST", "/api/auth/login", Access::open, with(desk, login));
  must_add(router, "POST", "/api/auth/refresh", Access::open, with(desk, refresh));
  must_add_for_people(router, "POST", "/api/auth/logout", Access::viewer, with(desk, logout));
  must_add(router, "GET", "/api/auth/password-requirements", Access::open, with(desk, password_requirements));
  must_add(router, "POST", "/api/auth/ws-ticket", Access::viewer, with(desk, ws_ticket));
}

}  // namespace monitorix::api

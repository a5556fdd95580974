#include "api/people/people.h"

#include <algorithm>

#include "api/auth/password.h"
#include "base/time_text.h"
#include "model/names.h"

namespace monitorix::api {
namespace {

void write_time(JsonWriter& out, std::string_view name, const std::optional<WallTime>& at) {
  out.key(name);
  if (at)
    out.value(rfc3339(*at));
  else
    out.null();
}

void write_list(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
  out.key(name).begin_array();
  for (const auto& text : texts) out.value(text);
  out.end_array();
}

void write_common(JsonWriter& out, const User& user) {
  out.begin_object().member("id", user.id.text()).member("username", user.username).member("email", user.email);
  out.member("is_admin", user.role == Role::admin).member("role", name_of(user.role));
  out.key("scope").begin_object();
  std::vector<std::string> clusters;
  for (const auto id : user.scope_clusters) clusters.push_back(id.text());
  write_list(out, "cluster_ids", clusters);
  write_list(out, "pools", user.scope_pools);
  write_list(out, "tags", user.scope_tags);
  out.end_object().member("is_active", user.is_active).member("totp_enabled", false);
}

}  // namespace

std::string user_json(const User& user) {
  JsonWriter out;
  write_common(out, user);
  out.member("created_at", rfc3339(user.created_at));
  write_time(out, "last_login_at", user.last_login_at);
  out.end_object();
  return out.take();
}

std::string me_json(const User& user) {
  JsonWriter out;
  write_common(out, user);
  out.member("language", user.language).member("time_zone", user.time_zone).member("theme", user.theme);
  out.member("created_at", rfc3339(user.created_at));
  write_time(out, "last_login_at", user.last_login_at);
  out.end_object();
  return out.take();
}

std::string version_of(const User& user) { return std::to_string(user.version); }

std::string read_username(Fields& body) {
  auto name = body.required_text("username", {1, 100});
  const auto odd = [](char c) { return c == ' ' || c == '/' || c == '\\' || c == '"' || c == '<' || c == '>'; };
  if (std::ranges::any_of(name, odd))
    body.wrong("username", "invalid", "must not contain spaces, slashes, quotes or angle brackets");
  return name;
}

std::string read_new_password(Fields& body, std::string_view field, const std::string& username, bool& too_long) {
  if (!body.has(field)) {
    body.wrong(field, "required", "is required");
    return {};
  }
  // Its own rules count bytes, so the general rule for texts must not cut in before them.
  auto password = body.text(field, {0, 100'000});
  if (!password) return {};
  const auto fine = check_new_password(*password, username);
  if (fine) return *password;
  too_long = too_long || fine.error().code == Errc::too_large;
  body.wrong(field, fine.error().code == Errc::too_large ? "password_too_long" : "weak_password", fine.error().text);
  return {};
}

Answer password_too_long() {
  auto answer = problem(422, "password_too_long", "a password must have at most 72 bytes");
  answer.problem.front().errors.push_back({"password", "password_too_long", "must have at most 72 bytes"});
  return answer;
}

bool is_email(std::string_view text) {
  const auto at = text.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string_view::npos && text.size() <= 254 &&
         text.find_first_of(" \t\r\n<>\",;") == std::string_view::npos;
}

}  // namespace monitorix::api

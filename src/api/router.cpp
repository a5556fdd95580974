#include "api/router.h"

#include <algorithm>

namespace monitorix::api {
namespace {

bool is_plain(std::string_view path) {
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '/';
  };
  return path.starts_with('/') && std::ranges::all_of(path, fine) && path.find("//") == std::string_view::npos &&
         path.find("/.") == std::string_view::npos;
}

std::string_view take_segment(std::string_view& rest) {
  const auto end = rest.find('/');
  const auto segment = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return segment;
}

/// Names that are no ids: letters, digits and dashes.
bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

/// `found` for a placeholder, perhaps with an ending: {id}, {token}, {slug}.json.
bool takes(std::string_view placeholder, std::string_view found, std::vector<std::string>& ids) {
  const auto end = placeholder.find('}');
  const auto name = placeholder.substr(1, end - 1);
  const auto ending = placeholder.substr(end + 1);
  if (!found.ends_with(ending)) return false;
  found.remove_suffix(ending.size());
  if (name == "slug" || name == "token" ? !is_name(found) : !parse_id(found)) return false;
  ids.emplace_back(found);
  return true;
}

bool matches(std::string_view pattern, std::string_view path, std::vector<std::string>& ids) {
  ids.clear();
  if (std::ranges::count(pattern, '/') != std::ranges::count(path, '/')) return false;
  pattern.remove_prefix(1);
  path.remove_prefix(1);
  while (!pattern.empty() || !path.empty()) {
    const auto expected = take_segment(pattern);
    const auto found = take_segment(path);
    if (expected.starts_with('{')) {
      if (!takes(expected, found, ids)) return false;
    } else if (expected != found) {
      return false;
    }
  }
  return true;
}

bool same_method(std::string_view route, std::string_view asked) {
  return route == asked || (route == "GET" && asked == "HEAD");
}

}  // namespace

Status Router::add(Route route) {
  if (route.access == Access::undeclared || !route.run)
    return fail(Errc::invalid, route.pattern + ": no access declared");
  if (!route.pattern.starts_with('/')) return fail(Errc::invalid, route.pattern + ": not a path");
  for (const auto& other : routes_)
    if (other.method == route.method && other.pattern == route.pattern)
      return fail(Errc::conflict, route.pattern + ": declared twice");
  routes_.push_back(std::move(route));
  return {};
}

Match Router::find(std::string_view method, std::string_view path) const {
  Match match;
  if (!is_plain(path)) return match;
  std::vector<std::string> ids;
  for (const auto& route : routes_) {
    if (!matches(route.pattern, path, ids)) continue;
    if (same_method(route.method, method)) {
      match.route = &route;
      match.ids = std::move(ids);
      return match;
    }
    match.allow += (match.allow.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") match.allow += ", HEAD";
  }
  return match;
}

bool may_use(Access access, const Caller& caller) {
  switch (access) {
    case Access::undeclared: return false;
    case Access::open: return true;
    case Access::exporter:
      return caller.signed_in && caller.may_scrape;  // a key of the scope `metrics` too, which may read nothing else
    case Access::hooks: return caller.signed_in && (caller.may_report || caller.role >= Role::operator_);
    case Access::viewer: return caller.signed_in && caller.may_read;
    case Access::operator_: return caller.signed_in && caller.role >= Role::operator_;
    case Access::editor: return caller.signed_in && caller.role >= Role::editor;
    case Access::admin: return caller.signed_in && caller.role >= Role::admin;
  }
  return false;
}

std::string_view name_of(Access access) {
  switch (access) {
    case Access::undeclared: return "undeclared";
    case Access::open: return "open";
    case Access::exporter: return "exporter";
    case Access::hooks: return "hooks";
    case Access::viewer: return "viewer";
    case Access::operator_: return "operator";
    case Access::editor: return "editor";
    case Access::admin: return "admin";
  }
  return "";
}

}  // namespace monitorix::api

// Escalation paths: who is told of an alert, and who next when nobody has taken it.

#include <algorithm>

#include "api/alerts/route_json.h"
#include "api/list.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

using Kept = store::Versioned<Escalation>;

/// The paths with what stands around them.
struct Known {
  std::vector<Kept> routes{};
  std::map<RouteId, std::int64_t> uses{};  ///< rules that name it
  std::vector<ChannelId> channels{};
};
struct FoundRoute {
  Known known{};
  Kept route{};
};

std::vector<Escalation> plain(const std::vector<Kept>& all) {
  std::vector<Escalation> routes;
  routes.reserve(all.size());
  for (const Kept& one : all) routes.push_back(one.item);
  return routes;
}

Result<Known> read_known(store::Store& store) {
  auto routes = store.alerts().routes();
  if (!routes) return fail(std::move(routes).error());
  Known known{.routes = std::move(*routes)};
  const auto rules = store.alerts().rules();
  if (!rules) return fail(rules.error());
  for (const auto& rule : *rules)
    if (rule.item.route.exists()) ++known.uses[rule.item.route];
  const auto channels = store.outbox().channels();
  if (!channels) return fail(channels.error());
  for (const auto& record : *channels) known.channels.push_back(record.channel.id);
  return known;
}

net::Task<Result<Known>> ask_known(Desk& desk) {
  std::function<Result<Known>(store::Store&)> question = read_known;
  auto asking = desk.ask<Known>(question);
  co_return co_await std::move(asking);
}

std::int64_t uses_of(const Known& known, RouteId id) {
  const auto found = known.uses.find(id);
  return found == known.uses.end() ? 0 : found->second;
}

Answer shown(const Kept& route, std::int64_t uses, int status = 200) {
  JsonWriter out;
  write_route(out, route, uses);
  Answer answer = json(out, status);
  answer.version = std::to_string(route.version);
  return answer;
}

/// A channel may go between the question and the order.
Answer refused(const Error& error) {
  if (error.code == Errc::invalid) return invalid_field("steps", "unknown", error.text);
  if (error.code == Errc::conflict) return problem(412, "version_mismatch", error.text);
  return from_error(error);
}

net::Task<Result<FoundRoute>> find_route(Desk& desk, std::string id) {
  const auto number = parse_id(id);
  auto known = co_await ask_known(desk);
  if (!known) co_return fail(known.error());
  for (const Kept& one : known->routes)
    if (number && one.item.id.value == *number) {
      Kept found = one;
      co_return FoundRoute{std::move(*known), std::move(found)};
    }
  co_return fail(Errc::not_found, "there is no such escalation path");
}

struct Changed {
  Kept route{};
  std::vector<Kept> all{};
};

/// Stores it, and gives all of them as they are then: another one may have ceased to be the default.
net::Task<Result<Changed>> keep(Desk& desk, Escalation route, std::optional<std::int64_t> expected) {
  auto asking =
      desk.ask<Changed>([route, expected, now = desk.house.clock.wall()](store::Store& store) -> Result<Changed> {
        auto kept = expected ? store.alerts().update(route, *expected, now) : store.alerts().create(route, now);
        if (!kept) return fail(std::move(kept).error());
        auto all = store.alerts().routes();
        if (!all) return fail(std::move(all).error());
        return Changed{std::move(*kept), std::move(*all)};
      });
  auto changed = co_await std::move(asking);
  if (changed) desk.house.alerts.put_routes(plain(changed->all));
  co_return changed;
}

net::Task<Answer> list_routes(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"q", "limit", "cursor", "count"}); !known) co_return bad_query(known.error());
  auto known = co_await ask_known(desk);
  if (!known) co_return from_error(known.error());
  const auto q = lower(call.query.text("q"));
  std::erase_if(known->routes, [&](const Kept& one) { return !has_text(one.item.name, q); });
  std::ranges::stable_sort(known->routes, {}, [](const Kept& one) {
    return std::pair{!one.item.is_default, lower(one.item.name)};
  });
  Selection selection;
  for (const Kept& one : known->routes) selection.ids.push_back(one.item.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) {
    write_route(out, known->routes[at], uses_of(*known, known->routes[at].item.id));
  };
  co_return list_answer(call, ListForm::envelope, selection);
}

net::Task<Answer> get_route(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto found = co_await find_route(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  co_return shown(found->route, uses_of(found->known, found->route.item.id));
}

net::Task<Answer> create_route(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const auto known = co_await ask_known(desk);
  if (!known) co_return from_error(known.error());
  Escalation route;
  read_route(desk, *body, true, known->channels, route);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const auto made = co_await keep(desk, route, std::nullopt);
  if (!made) co_return refused(made.error());
  const std::string id = made->route.item.id.text();
  co_await desk.audit(deed(desk, call, "create", "escalation", id, route.name));
  Answer answer = shown(made->route, 0, 201);
  answer.headers.emplace_back("Location", "/api/escalations/" + id);
  co_return answer;
}

net::Task<Answer> update_route(Desk& desk, Call& call) {
  const auto before = co_await find_route(desk, call.ids[0]);
  if (!before) co_return from_error(before.error());
  if (auto stale = refuse_stale(call.request, std::to_string(before->route.version), "the escalation path"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Escalation route = before->route.item;
  read_route(desk, *body, false, before->known.channels, route);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const std::int64_t expected = wanted_version(call.request).empty() ? 0 : before->route.version;
  const auto changed = co_await keep(desk, route, expected);
  if (!changed) co_return refused(changed.error());
  Changes changes;
  changes.of("name", before->route.item.name, route.name)
      .of("is_default", before->route.item.is_default, route.is_default);
  co_await desk.audit(deed(desk, call, "update", "escalation", route.id.text(), route.name, std::move(changes)));
  co_return shown(changed->route, uses_of(before->known, route.id));
}

net::Task<Answer> remove_route(Desk& desk, Call& call) {
  const auto found = co_await find_route(desk, call.ids[0]);
  if (!found) co_return from_error(found.error());
  if (auto stale = refuse_stale(call.request, std::to_string(found->route.version), "the escalation path"))
    co_return std::move(*stale);
  const Escalation& route = found->route.item;
  if (route.is_default)
    co_return problem(409, "path_is_default", "this is the default path: make another one the default first");
  auto asking = desk.ask<std::vector<Kept>>([id = route.id](store::Store& store) -> Result<std::vector<Kept>> {
    if (auto gone = store.alerts().remove(id); !gone) return fail(std::move(gone).error());
    return store.alerts().routes();
  });
  const auto left = co_await std::move(asking);
  if (!left && left.error().code == Errc::conflict)
    co_return problem(409, "path_in_use", "rules take this path, give them another one first; " + left.error().text);
  if (!left) co_return from_error(left.error());
  desk.house.alerts.put_routes(plain(*left));
  co_await desk.audit(deed(desk, call, "delete", "escalation", route.id.text(), route.name));
  co_return no_content();
}

}  // namespace

void add_escalation_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/escalations", Access::viewer, with(desk, list_routes));
  must_add(router, "POST", "/api/escalations", Access::editor, with(desk, create_route));
  must_add(router, "GET", "/api/escalations/{id}", Access::viewer, with(desk, get_route));
  must_add(router, "PUT", "/api/escalations/{id}", Access::editor, with(desk, update_route));
  must_add(router, "DELETE", "/api/escalations/{id}", Access::editor, with(desk, remove_route));
}

}  // namespace monitorix::api

// Routes: who is told, in which order. Every step tells somebody, and exactly one route is the default.

#include <algorithm>

#include "store/alert/alert_doc.h"
#include "store/alert/alert_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

using Kept = Versioned<Route>;

Result<std::vector<Kept>> read_routes(Link& link) {
  auto rows = link.run(queries::routes_all);
  if (!rows) return fail(std::move(rows).error());
  std::vector<Kept> all;
  for (const Row& row : *rows) {
    Kept one;
    one.item.id.value = row.integer(0);
    read_doc(row.text(1), one.item);
    one.version = row.integer(2);
    one.updated_at = row.time(3);
    one.item.is_default = row.flag(4);
    all.push_back(std::move(one));
  }
  return all;
}

Status check_channels(Link& link, const Route& route) {
  auto rows = link.run(queries::channel_ids);
  if (!rows) return fail(std::move(rows).error());
  for (const RouteStep& step : route.steps)
    for (const ChannelId channel : step.channels)
      if (std::ranges::none_of(*rows, [&](const Row& row) { return row.integer(0) == channel.value; }))
        return fail(Errc::invalid, "there is no channel " + channel.text());
  return {};
}

/// Whoever becomes the default takes that from the one that was it.
Status make_room(Link& link, const Route& route, WallTime now) {
  if (!route.is_default) return {};
  auto done = link.run(queries::route_gives_way, {route.id.value, to_ms(now)});
  if (!done) return fail(std::move(done).error());
  return {};
}

Status is_unused(Link& link, RouteId id) {
  auto rows = link.run(queries::alert_rules_all);
  if (!rows) return fail(std::move(rows).error());
  const auto names_it = [&](const Row& row) {
    Rule rule;
    read_doc(row.text(1), rule);
    return rule.route == id;
  };
  const auto count = std::ranges::count_if(*rows, names_it);
  if (count > 0) return fail(Errc::conflict, "rules use it: " + std::to_string(count));
  return {};
}

}  // namespace

Result<std::vector<Kept>> AlertStore::routes() { return read_value<std::vector<Kept>>(database_, read_routes); }

Result<Kept> AlertStore::create(const Route& route, WallTime now) {
  return write_value<Kept>(database_, [&](Link& link) -> Result<Kept> {
    auto all = read_routes(link);
    if (!all) return fail(std::move(all).error());
    if (auto known = check_channels(link, route); !known) return fail(std::move(known).error());
    Kept made{route, 1, now};
    made.item.is_default = route.is_default || all->empty();
    if (auto room = make_room(link, made.item, now); !room) return fail(std::move(room).error());
    auto rows = link.run(queries::route_insert, {made.item.is_default, doc_of(route), to_ms(now)});
    if (!rows) return fail(std::move(rows).error());
    made.item.id.value = rows->front().integer(0);
    return made;
  });
}

Result<Kept> AlertStore::update(const Route& route, std::int64_t expected_version, WallTime now) {
  return write_value<Kept>(database_, [&](Link& link) -> Result<Kept> {
    auto all = read_routes(link);
    if (!all) return fail(std::move(all).error());
    const auto before = std::ranges::find(*all, route.id, [](const Kept& one) { return one.item.id; });
    if (before == all->end()) return fail(Errc::not_found, "there is no such route");
    if (auto known = check_channels(link, route); !known) return fail(std::move(known).error());
    Kept changed{route, before->version + 1, now};
    changed.item.key = before->item.key;
    changed.item.is_default = route.is_default || before->item.is_default;
    if (auto room = make_room(link, changed.item, now); !room) return fail(std::move(room).error());
    auto rows = link.run(queries::route_update,
                         {changed.item.is_default, doc_of(changed.item), to_ms(now), route.id.value, expected_version});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::conflict, "it was changed meanwhile");
    return changed;
  });
}

Status AlertStore::remove(RouteId id) {
  return database_.write([&](Link& link) -> Status {
    auto all = read_routes(link);
    if (!all) return fail(std::move(all).error());
    const auto found = std::ranges::find(*all, id, [](const Kept& one) { return one.item.id; });
    if (found == all->end()) return fail(Errc::not_found, "there is no such route");
    if (found->item.is_default) return fail(Errc::conflict, "it is the default route");
    if (auto unused = is_unused(link, id); !unused) return unused;
    auto rows = link.run(queries::route_delete, {id.value});
    if (!rows) return fail(std::move(rows).error());
    return {};
  });
}

Status leave_routes(Link& link, ChannelId channel, WallTime now) {
  auto all = read_routes(link);
  if (!all) return fail(std::move(all).error());
  for (Kept& one : *all) {
    std::size_t left = 0;
    for (std::size_t i = 0; i < one.item.steps.size(); ++i) {
      RouteStep& step = one.item.steps[i];
      const std::size_t gone = std::erase(step.channels, channel);
      left += gone;
      if (gone > 0 && step.channels.empty() && !step.is_to_all)
        return fail(Errc::conflict, "step " + std::to_string(i + 1) + " of the escalation path " + one.item.name +
                                        " tells nobody else: change the path first");
    }
    if (left == 0) continue;
    auto rows = link.run(queries::route_update,
                         {one.item.is_default, doc_of(one.item), to_ms(now), one.item.id.value, one.version});
    if (!rows) return fail(std::move(rows).error());
  }
  return {};
}

}  // namespace monitorix::store

// What happened to a guest, or to a node and on it, newest first.

#include <charconv>

#include "api/history/happened.h"
#include "api/list.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using Place = std::pair<WallTime, std::int64_t>;

std::string cursor_of(const Event& last) {
  return base64url(std::to_string(to_ms(last.at)) + '.' + std::to_string(last.id));
}

std::optional<Place> read_cursor(std::string_view cursor) {
  std::string text;
  if (!base64url_decode(std::string(cursor), text)) return std::nullopt;
  const auto dot = text.find('.');
  if (dot == std::string::npos) return std::nullopt;
  const auto at = parse_id(std::string_view(text).substr(0, dot));
  const auto id = parse_id(std::string_view(text).substr(dot + 1));
  return at && id ? std::optional(Place{from_ms(*at), *id}) : std::nullopt;
}

struct Asked {
  store::EventFilter filter{};
  std::size_t limit{};
};

Result<Asked> read_asked(const Desk& desk, const Query& query) {
  if (auto known = query.allow({"limit", "cursor", "since", "until"}); !known) return fail(known.error());
  const auto limit = query.number("limit", 100, 1, 1000);
  if (!limit) return fail(limit.error());
  const auto since = query.time("since");
  if (!since) return fail(since.error());
  const auto until = query.time("until");
  if (!until) return fail(until.error());
  Asked asked;
  asked.limit = static_cast<std::size_t>(*limit);
  // What a cluster whose clock is ahead of ours tells is shown as well.
  asked.filter.to = until->value_or(desk.house.clock.wall() + std::chrono::hours{24});
  asked.filter.from = since->value_or(WallTime{});
  if (const auto* cursor = query.find("cursor")) {
    asked.filter.before = read_cursor(*cursor);
    if (!asked.filter.before) return fail(Errc::invalid, "cursor is not one of ours");
  }
  return asked;
}

net::Task<Answer> answer(Desk& desk, Call& call, std::string object) {
  auto asked = read_asked(desk, call.query);
  if (!asked) co_return bad_query(asked.error());
  asked->filter.objects = event_objects(*desk.house.snapshot(), object);
  auto asking = desk.ask<Happened>([filter = asked->filter, limit = asked->limit,
                                    sees = sight_of(call.caller, desk.house.snapshot())](store::Store& store) {
    return read_happened(store, filter, sees, limit);
  });
  const auto happened = co_await std::move(asking);
  if (!happened) co_return from_error(happened.error());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const Event& event : happened->events) write_entry(out, event);
  out.end_array();
  out.member("next_cursor", happened->has_more ? std::optional(cursor_of(happened->events.back())) : std::nullopt);
  out.key("total").null().end_object();
  co_return json(out);
}

net::Task<Answer> of_guest(Desk& desk, Call& call) {
  const auto guest = visible_guest(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!guest) co_return not_found();
  co_return co_await answer(desk, call, "vm:" + guest->id.text());
}

net::Task<Answer> of_node(Desk& desk, Call& call) {
  const auto node = visible_node(call.caller, *desk.house.snapshot(), call.ids[0]);
  if (!node) co_return not_found();
  co_return co_await answer(desk, call, "node:" + node->id.text());
}

}  // namespace

void add_timeline_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/vms/{id}/timeline", Access::viewer, with(desk, of_guest));
  must_add(router, "GET", "/api/nodes/{id}/timeline", Access::viewer, with(desk, of_node));
}

}  // namespace monitorix::api

#include "api/desk.h"
#include "api/list.h"
#include "base/json.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

void write_entry(JsonWriter& out, const AuditEntry& entry) {
  out.begin_object().member("id", std::to_string(entry.id));
  out.member("user_id", entry.user ? std::optional(entry.user->text()) : std::nullopt)
      .member("username", entry.username);
  out.member("action", entry.action)
      .member("resource_type", entry.resource_type)
      .member("resource_id", entry.resource_id);
  out.member("resource_name", entry.resource_name).key("changes");
  const auto changes = entry.changes ? Json::parse(*entry.changes) : Json::parse("{}");
  out.raw(changes && changes->as_object() ? entry.changes.value_or("{}") : "{}");
  out.member("ip_address", entry.ip_address).member("user_agent", entry.user_agent).member("success", entry.success);
  out.member("error_message", entry.error_message).member("created_at", rfc3339(entry.created_at)).end_object();
}

Result<store::AuditFilter> read_filter(const Desk& desk, const Query& query) {
  if (auto known = query.allow({"user_id", "action", "resource_type", "resource_id", "success", "days", "limit",
                                "cursor", "count", "envelope"});
      !known)
    return fail(known.error());
  const auto days = query.number("days", 7, 1, 4000);
  if (!days) return fail(days.error());
  const auto limit = query.number("limit", 100, 1, 1000);
  if (!limit) return fail(limit.error());
  const auto given = [&](std::string_view name) {
    return query.find(name) ? std::optional(query.text(name)) : std::nullopt;
  };
  store::AuditFilter filter;
  if (query.find("user_id")) {
    const auto id = parse_id(query.text("user_id"));
    if (!id) return fail(Errc::invalid, "user_id is not an id");
    filter.user = UserId{*id};
  }
  filter.action = given("action");
  filter.resource_type = given("resource_type");
  filter.resource_id = given("resource_id");
  if (query.find("success")) {
    const auto success = query.flag("success", true);
    if (!success) return fail(success.error());
    filter.success = *success;
  }
  filter.since = desk.house.clock.wall() - std::chrono::hours{24 * *days};
  if (const auto* cursor = query.find("cursor")) {
    std::string text;
    const auto id = base64url_decode(*cursor, text) ? parse_id(text) : std::nullopt;
    if (!id) return fail(Errc::invalid, "cursor is not one of ours");
    filter.before_id = *id;
  }
  filter.limit = static_cast<int>(*limit) + 1;  // one more tells whether there is a next page
  return filter;
}

net::Task<Answer> list_audit(Desk& desk, Call& call) {
  auto filter = read_filter(desk, call.query);
  if (!filter) co_return bad_query(filter.error());
  const auto in_envelope = call.query.flag("envelope", false);
  if (!in_envelope) co_return bad_query(in_envelope.error());
  auto asking_for_entries =
      desk.ask<std::vector<AuditEntry>>([wanted = *filter](store::Store& store) { return store.audit(wanted); });
  auto entries = co_await std::move(asking_for_entries);
  if (!entries) co_return from_error(entries.error());
  const bool has_more = entries->size() == static_cast<std::size_t>(filter->limit);
  if (has_more) entries->pop_back();
  JsonWriter items;
  items.begin_array();
  for (const auto& entry : *entries) write_entry(items, entry);
  items.end_array();
  const std::string next = has_more ? base64url(std::to_string(entries->back().id)) : "";
  if (*in_envelope) {
    JsonWriter out;
    out.begin_object().key("items").raw(items.text());
    out.member("next_cursor", has_more ? std::optional(next) : std::nullopt).key("total").null().end_object();
    co_return json(out);
  }
  Answer answer = json(items);
  if (has_more) answer.headers.emplace_back("X-Next-Cursor", next);
  co_return answer;
}

}  // namespace

void add_audit_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/audit-logs", Access::admin, with(desk, list_audit));
}

}  // namespace monitorix::api

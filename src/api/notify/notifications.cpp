// Deliveries: what was told, what waits, what was given up; trying again; and messages that people or their scripts
// send by hand through the channels of this house.

#include <algorithm>

#include "api/access.h"
#include "api/list.h"
#include "api/notify/channel_json.h"
#include "base/crypto.h"
#include "base/text.h"
#include "base/time_text.h"

namespace monitorix::api {
namespace {

using Deliveries = std::vector<Delivery>;
using Records = std::vector<ChannelRecord>;

std::optional<std::string> when(const std::optional<WallTime>& at) {
  return at ? std::optional(rfc3339(*at)) : std::nullopt;
}

std::string_view shown_state(const Delivery& delivery) {
  const bool is_open = delivery.state == DeliveryState::queued || delivery.state == DeliveryState::leased;
  if (!is_open) return name_of(delivery.state);
  return delivery.last_error.empty() ? "queued" : "failed";
}

Result<store::DeliveryFilter> read_filter(const Query& query) {
  if (auto known = query.allow({"channel_id", "state", "limit", "cursor"}); !known) return fail(known.error());
  const auto limit = query.number("limit", 100, 1, 1000);
  if (!limit) return fail(limit.error());
  store::DeliveryFilter filter{.state = query.text("state"), .limit = static_cast<int>(*limit) + 1};
  if (std::string(" queued failed sent dead replaced ").find(" " + filter.state + " ") == std::string::npos &&
      !filter.state.empty())
    return fail(Errc::invalid, "state must be queued, failed, sent, dead or replaced");
  if (query.find("channel_id")) {
    const auto id = parse_id(query.text("channel_id"));
    if (!id) return fail(Errc::invalid, "channel_id is not an id");
    filter.channel = ChannelId{*id};
  }
  if (const auto* cursor = query.find("cursor")) {
    std::string text;
    const auto id = base64url_decode(*cursor, text) ? parse_id(text) : std::nullopt;
    if (!id) return fail(Errc::invalid, "cursor is not one of ours");
    filter.before_id = *id;
  }
  return filter;
}

net::Task<Answer> list_notifications(Desk& desk, Call& call) {
  const auto filter = read_filter(call.query);
  if (!filter) co_return bad_query(filter.error());
  auto asking =
      desk.ask<Deliveries>([wanted = *filter](store::Store& store) { return store.outbox().deliveries(wanted); });
  auto rows = co_await std::move(asking);
  if (!rows) co_return from_error(rows.error());
  const bool has_more = rows->size() == static_cast<std::size_t>(filter->limit);
  if (has_more) rows->pop_back();
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const Delivery& row : *rows) write_delivery(out, row, call.caller);
  out.end_array().key("next_cursor");
  if (has_more)
    out.value(base64url(std::to_string(rows->back().id)));
  else
    out.null();
  co_return json(out.end_object());
}

net::Task<Answer> retry_notification(Desk& desk, Call& call) {
  const auto id = parse_id(call.ids[0]);
  if (!id) co_return not_found();
  auto asking = desk.ask<Delivery>(
      [id = *id, now = desk.house.clock.wall()](store::Store& store) { return store.outbox().retry(id, now); });
  const auto row = co_await std::move(asking);
  if (!row) co_return from_error(row.error());
  desk.house.notify.look();
  co_await desk.audit(deed(desk, call, "retry", "notification", call.ids[0]));
  JsonWriter out;
  write_delivery(out, *row, call.caller);
  co_return json(out);
}

struct Announcement {
  Message message{};
  std::string key{};
  std::int64_t version{0};
  std::vector<std::string> channels{};
};

void read_time(Fields& body, std::string_view name, std::optional<WallTime>& into) {
  const auto text = body.text(name, {1, 40});
  if (!text) return;
  into = parse_rfc3339(*text);
  if (!into) body.wrong(name, "invalid", "must be a time as 2027-01-31T12:00:00Z");
}

Announcement read_announcement(Fields& body) {
  Announcement out;
  Message& message = out.message;
  message.title = body.required_text("title", {1, 200});
  message.cause = body.text("text", {0, 4000, false, false}).value_or("");
  message.severity = body.text("severity", {1, 20}).value_or("info");
  if (message.severity != "critical" && message.severity != "warning" && message.severity != "info")
    body.wrong("severity", "invalid", "critical, warning or info");
  const std::string kind = body.text("kind", {1, 20}).value_or("firing");
  message.kind = kind == "resolved" ? MessageKind::resolved : MessageKind::firing;
  if (kind != "firing" && kind != "resolved") body.wrong("kind", "invalid", "firing or resolved");
  message.alert_type = body.text("alert_type", {0, 100}).value_or("");
  message.link = body.text("link", {0, 1000}).value_or("");
  if (!message.link.empty() && !message.link.starts_with("https://") && !message.link.starts_with("http://"))
    body.wrong("link", "invalid", "must begin with https:// or http://");
  read_time(body, "since", message.since);
  read_time(body, "until", message.until);
  out.key = body.text("key", {1, 100}).value_or("");
  out.version = body.number("version", 0, 1'000'000'000).value_or(0);
  if (auto channels = body.texts("channel_ids", 100, {1, 20})) out.channels = std::move(*channels);
  if (out.key.empty() && message.kind == MessageKind::resolved)
    body.wrong("key", "required", "an end needs the key of its beginning");
  if (out.key.empty()) out.key = to_hex(random_bytes(8));
  return out;
}

/// One for each channel that wants it, in the order of the channels.
std::vector<WantedDelivery> spread(const Announcement& announcement, const Records& records, Fields& body) {
  std::vector<WantedDelivery> out;
  for (const ChannelRecord& record : records) {
    const Channel& channel = record.channel;
    const bool is_named = wanted(announcement.channels, channel.id.text());
    const bool ends = announcement.message.kind == MessageKind::resolved;
    if (!is_named || !wants(channel, announcement.message.alert_type, announcement.message.severity)) continue;
    if (ends && !channel.send_resolved) continue;
    out.push_back({.alert = "note/" + announcement.key,
                   .channel = channel.id,
                   .version = announcement.version,
                   .message = announcement.message});
  }
  for (const std::string& id : announcement.channels)
    if (std::ranges::none_of(records, [&](const ChannelRecord& record) { return record.channel.id.text() == id; }))
      body.wrong("channel_ids", "not_found", "there is no such channel");
  return out;
}

net::Task<Answer> announce(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  const Announcement announcement = read_announcement(*body);
  auto asking_for_channels = desk.ask<Records>([](store::Store& store) { return store.outbox().channels(); });
  const auto records = co_await std::move(asking_for_channels);
  if (!records) co_return from_error(records.error());
  const auto deliveries = spread(announcement, *records, *body);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  auto asking = desk.ask<std::vector<std::int64_t>>([deliveries, now = desk.house.clock.wall()](store::Store& store) {
    return store.outbox().enqueue(deliveries, now);
  });
  const auto ids = co_await std::move(asking);
  if (!ids) co_return from_error(ids.error());
  desk.house.notify.look();
  JsonWriter out;
  out.begin_object().member("key", announcement.key).key("notification_ids").begin_array();
  for (const std::int64_t id : *ids) out.value(std::to_string(id));
  out.end_array();
  co_return json(out.end_object(), 202);
}

}  // namespace

void write_delivery(JsonWriter& out, const Delivery& delivery, const Caller& caller) {
  const bool sees_all = caller.scope == live::Scope{};
  out.begin_object().member("id", std::to_string(delivery.id)).member("channel_id", delivery.channel.text());
  out.member("incident_id", none_if_empty(delivery.incident)).member("kind", name_of(delivery.kind));
  out.member("severity", delivery.message.severity);
  out.member("title", sees_all ? std::optional(delivery.message.title) : std::nullopt);
  out.member("cause", sees_all ? none_if_empty(delivery.message.cause) : std::nullopt);
  out.member("state", shown_state(delivery)).member("attempts", delivery.attempts);
  out.member("next_try_at", when(delivery.next_try_at)).member("error", none_if_empty(delivery.last_error));
  out.member("answer", may_use(Access::editor, caller) ? none_if_empty(delivery.last_answer) : std::nullopt);
  out.member("dedup_key", delivery.dedup_key).member("created_at", rfc3339(delivery.created_at));
  out.member("sent_at", when(delivery.sent_at)).end_object();
}

void add_notification_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/notifications", Access::viewer, with(desk, list_notifications));
  must_add(router, "POST", "/api/notifications", Access::editor, with(desk, announce));
  must_add(router, "POST", "/api/notifications/{id}/retry", Access::operator_, with(desk, retry_notification));
}

}  // namespace monitorix::api

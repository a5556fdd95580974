// Channels as a list and one by one, their test, and what a message would look like.

#include "api/list.h"
#include "api/notify/channel_json.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

using Records = std::vector<ChannelRecord>;

net::Task<Answer> list_channels(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"q", "type", "sort", "limit", "cursor", "count", "envelope"}); !known)
    co_return bad_query(known.error());
  auto asking = desk.ask<Records>([](store::Store& store) { return store.outbox().channels(); });
  auto records = co_await std::move(asking);
  if (!records) co_return from_error(records.error());
  const auto q = lower(call.query.text("q"));
  const auto types = call.query.all("type");
  std::erase_if(*records, [&](const ChannelRecord& record) {
    return !has_text(record.channel.name, q) || !wanted(types, name_of(record.channel.type));
  });
  Selection selection;
  for (const ChannelRecord& record : *records) selection.ids.push_back(record.channel.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_channel(out, (*records)[at]); };
  selection.sorts["name"] = [&](std::size_t at) { return SortKey(lower((*records)[at].channel.name)); };
  selection.sorts["type"] = [&](std::size_t at) { return SortKey(std::string(name_of((*records)[at].channel.type))); };
  co_return list_answer(call, ListForm::bare, selection);
}

net::Task<Answer> get_channel(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto record = co_await channel_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  JsonWriter out;
  write_channel(out, *record);
  Answer answer = json(out);
  answer.version = std::to_string(record->version);
  co_return answer;
}

net::Task<Answer> create_channel(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Channel channel;
  read_channel(desk, *body, ChannelBody::new_channel, channel);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  co_return co_await store_new_channel(desk, call, std::move(channel), "/api/notification-channels/", write_channel);
}

net::Task<Answer> update_channel(Desk& desk, Call& call) {
  auto record = co_await channel_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  if (auto stale = refuse_stale(call.request, std::to_string(record->version), "the channel"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Channel channel = record->channel;
  read_channel(desk, *body, ChannelBody::change, channel);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  co_return co_await store_changed_channel(desk, call, std::move(*record), std::move(channel), write_channel);
}

net::Task<Answer> delete_channel(Desk& desk, Call& call) {
  auto record = co_await channel_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  co_return co_await remove_channel(desk, call, std::move(*record));
}

net::Task<Answer> test_channel(Desk& desk, Call& call) {
  auto record = co_await channel_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  co_return co_await run_test(desk, call, std::move(*record));
}

/// An outage of a node as it would be told, so that people see how much there is to read.
Message example(const std::string& kind, const std::string& severity, WallTime now) {
  using namespace std::chrono_literals;
  Message out{.kind = message_kind(kind).value_or(MessageKind::firing), .severity = severity};
  out.title = "pve1";
  out.cause = "No answer for 40 s (10.0.0.11:8006); 2 of 3 nodes have quorum";
  out.affected = {"web", "db", "mail"};
  out.affected_more = 9;
  out.since = now - 12min;
  if (out.kind == MessageKind::resolved || out.kind == MessageKind::passed) out.until = now;
  out.link = "/incidents/1";
  out.alert = out.incident = "1";
  out.dedup_key = std::string(64, '0');
  return out;
}

net::Task<Answer> preview(Desk& desk, Call& call) {
  auto record = co_await channel_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  if (auto known = call.query.allow({"kind", "severity"}); !known) co_return bad_query(known.error());
  const std::string kind = call.query.find("kind") ? call.query.text("kind") : "firing";
  const std::string severity = call.query.find("severity") ? call.query.text("severity") : "critical";
  if (!message_kind(kind)) co_return problem(400, "bad_request", "kind is none of the kinds of messages");
  if (severity != "critical" && severity != "warning" && severity != "info")
    co_return problem(400, "bad_request", "severity must be critical, warning or info");
  const auto shown = desk.house.notify.preview(record->channel, example(kind, severity, desk.house.clock.wall()));
  if (!shown) co_return from_error(shown.error());
  JsonWriter out;
  out.begin_object().member("heading", shown->heading).member("text", shown->text);
  out.member("body", none_if_empty(shown->body)).member("html", none_if_empty(shown->html));
  co_return json(out.end_object());
}

}  // namespace

void add_channel_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/notification-channels", Access::viewer, with(desk, list_channels));
  must_add(router, "POST", "/api/notification-channels", Access::editor, with(desk, create_channel));
  must_add(router, "GET", "/api/notification-channels/{id}", Access::viewer, with(desk, get_channel));
  must_add(router, "PUT", "/api/notification-channels/{id}", Access::editor, with(desk, update_channel));
  must_add(router, "PATCH", "/api/notification-channels/{id}", Access::editor, with(desk, update_channel));
  must_add(router, "DELETE", "/api/notification-channels/{id}", Access::editor, with(desk, delete_channel));
  must_add(router, "POST", "/api/notification-channels/{id}/test", Access::editor, with(desk, test_channel));
  must_add(router, "GET", "/api/notification-channels/{id}/preview", Access::editor, with(desk, preview));
}

}  // namespace monitorix::api

// Channels as a list and one by one, their test, and what a message would look like.

#include "api/list.h"
#include "api/notify/channel_deeds.h"
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

constexpr ChannelFace kChannels{"/api/notification-channels", "the channel", channel_of, read_channel, write_channel};

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
  add_face_routes<kChannels>(router, desk);
  must_add(router, "GET", "/api/notification-channels/{id}/preview", Access::editor, with(desk, preview));
}

}  // namespace monitorix::api

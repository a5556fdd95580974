// Webhooks in the original's form: channels of type webhook, and no others.

#include "api/list.h"
#include "api/notify/channel_json.h"

namespace monitorix::api {
namespace {

using Records = std::vector<ChannelRecord>;

net::Task<Result<ChannelRecord>> webhook_of(Desk& desk, const std::string& id) {
  auto record = co_await channel_of(desk, id);
  if (!record) co_return fail(record.error());
  if (record->channel.type != ChannelType::webhook) co_return fail(Errc::not_found, "there is no such webhook");
  co_return record;
}

net::Task<Answer> list_webhooks(Desk& desk, Call& call) {
  if (auto known = call.query.allow({"q", "sort", "limit", "cursor", "count", "envelope"}); !known)
    co_return bad_query(known.error());
  auto asking = desk.ask<Records>([](store::Store& store) { return store.outbox().channels(); });
  auto records = co_await std::move(asking);
  if (!records) co_return from_error(records.error());
  const auto q = lower(call.query.text("q"));
  std::erase_if(*records, [&](const ChannelRecord& record) {
    return record.channel.type != ChannelType::webhook || !has_text(record.channel.name, q);
  });
  Selection selection;
  for (const ChannelRecord& record : *records) selection.ids.push_back(record.channel.id.value);
  selection.encode = [&](JsonWriter& out, std::size_t at) { write_webhook(out, (*records)[at]); };
  selection.sorts["name"] = [&](std::size_t at) { return SortKey(lower((*records)[at].channel.name)); };
  co_return list_answer(call, ListForm::bare, selection);
}

net::Task<Answer> get_webhook(Desk& desk, Call& call) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto record = co_await webhook_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  JsonWriter out;
  write_webhook(out, *record);
  Answer answer = json(out);
  answer.version = std::to_string(record->version);
  co_return answer;
}

net::Task<Answer> create_webhook(Desk& desk, Call& call) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Channel channel;
  read_webhook(desk, *body, ChannelBody::new_channel, channel);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  co_return co_await store_new_channel(desk, call, std::move(channel), "/api/webhooks/", write_webhook);
}

net::Task<Answer> update_webhook(Desk& desk, Call& call) {
  auto record = co_await webhook_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  if (auto stale = refuse_stale(call.request, std::to_string(record->version), "the webhook"))
    co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Channel channel = record->channel;
  read_webhook(desk, *body, ChannelBody::change, channel);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  co_return co_await store_changed_channel(desk, call, std::move(*record), std::move(channel), write_webhook);
}

net::Task<Answer> delete_webhook(Desk& desk, Call& call) {
  auto record = co_await webhook_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  co_return co_await remove_channel(desk, call, std::move(*record));
}

net::Task<Answer> test_webhook(Desk& desk, Call& call) {
  auto record = co_await webhook_of(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  co_return co_await run_test(desk, call, std::move(*record));
}

}  // namespace

void add_webhook_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/webhooks", Access::viewer, with(desk, list_webhooks));
  must_add(router, "POST", "/api/webhooks", Access::editor, with(desk, create_webhook));
  must_add(router, "GET", "/api/webhooks/{id}", Access::viewer, with(desk, get_webhook));
  must_add(router, "PUT", "/api/webhooks/{id}", Access::editor, with(desk, update_webhook));
  must_add(router, "PATCH", "/api/webhooks/{id}", Access::editor, with(desk, update_webhook));
  must_add(router, "DELETE", "/api/webhooks/{id}", Access::editor, with(desk, delete_webhook));
  must_add(router, "POST", "/api/webhooks/{id}/test", Access::editor, with(desk, test_webhook));
}

}  // namespace monitorix::api

// Webhooks in the original's form: channels of type webhook, and no others.

#include "api/list.h"
#include "api/notify/channel_deeds.h"

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

constexpr ChannelFace kWebhooks{"/api/webhooks", "the webhook", webhook_of, read_webhook, write_webhook};

}  // namespace

void add_webhook_routes(Router& router, Desk& desk) {
  must_add(router, "GET", "/api/webhooks", Access::viewer, with(desk, list_webhooks));
  add_face_routes<kWebhooks>(router, desk);
}

}  // namespace monitorix::api

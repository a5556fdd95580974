#include "api/notify/channel_deeds.h"

#include "api/list.h"
#include "base/crypto.h"
#include "base/text.h"

namespace monitorix::api {
namespace {

Answer one(const ChannelRecord& record, void (*write)(JsonWriter&, const ChannelRecord&), int status = 200) {
  JsonWriter out;
  write(out, record);
  Answer answer = json(out, status);
  answer.version = std::to_string(record.version);
  return answer;
}

}  // namespace

Message test_message(const Channel& channel, WallTime now) {
  Message out{.kind = MessageKind::test, .severity = "info", .title = channel.name, .since = now, .link = "/"};
  out.dedup_key = to_hex(random_bytes(32));
  return out;
}

Answer test_answer(const SendResult& result, std::chrono::milliseconds took) {
  JsonWriter out;
  out.begin_object().member("outcome", name_of(result.outcome)).member("said", none_if_empty(result.said));
  out.member("answer", none_if_empty(result.answer));
  out.member("status", result.status == 0 ? std::nullopt : std::optional<std::int64_t>(result.status));
  out.member("took_ms", static_cast<std::int64_t>(took.count()));
  return json(out.end_object());
}

net::Task<Result<ChannelRecord>> channel_of(Desk& desk, const std::string& id) {
  const auto number = parse_id(id);
  if (!number) co_return fail(Errc::not_found, "there is no such channel");
  auto asking = desk.ask<ChannelRecord>(
      [wanted = ChannelId{*number}](store::Store& store) { return store.outbox().channel(wanted); });
  co_return co_await std::move(asking);
}

net::Task<Answer> get_channel(Desk& desk, Call& call, const ChannelFace& face) {
  if (auto known = call.query.allow({}); !known) co_return bad_query(known.error());
  const auto record = co_await face.find(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  co_return one(*record, face.write);
}

net::Task<Answer> create_channel(Desk& desk, Call& call, const ChannelFace& face) {
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Channel channel;
  face.read(desk, *body, ChannelBody::new_channel, channel);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  channel.created_at = desk.house.clock.wall();
  auto asking =
      desk.ask<ChannelRecord>([channel](store::Store& store) { return store.outbox().create_channel(channel); });
  const auto made = co_await std::move(asking);
  if (!made) co_return from_error(made.error());
  desk.house.notify.look();
  const std::string id = made->channel.id.text();
  co_await desk.audit(deed(desk, call, "create", "notification_channel", id, made->channel.name));
  Answer answer = one(*made, face.write, 201);
  answer.headers.emplace_back("Location", std::string(face.path) + "/" + id);
  co_return answer;
}

net::Task<Answer> update_channel(Desk& desk, Call& call, const ChannelFace& face) {
  const auto before = co_await face.find(desk, call.ids[0]);
  if (!before) co_return from_error(before.error());
  if (auto stale = refuse_stale(call.request, std::to_string(before->version), face.noun)) co_return std::move(*stale);
  auto body = Fields::parse(call.request.body);
  if (!body) co_return problem(400, "bad_request", body.error().text);
  Channel channel = before->channel;
  face.read(desk, *body, ChannelBody::change, channel);
  if (auto errors = body->finish(); !errors.empty()) co_return invalid(std::move(errors));
  const std::int64_t expected = wanted_version(call.request).empty() ? 0 : before->version;
  auto asking = desk.ask<ChannelRecord>([channel, expected, now = desk.house.clock.wall()](store::Store& store) {
    return store.outbox().update_channel(channel, expected, now);
  });
  const auto changed = co_await std::move(asking);
  if (!changed && changed.error().code == Errc::conflict)
    co_return problem(412, "version_mismatch", changed.error().text);
  if (!changed) co_return from_error(changed.error());
  desk.house.notify.look();
  Changes changes;
  changes.of("name", before->channel.name, channel.name).of("is_active", before->channel.is_active, channel.is_active);
  co_await desk.audit(
      deed(desk, call, "update", "notification_channel", channel.id.text(), channel.name, std::move(changes)));
  co_return one(*changed, face.write);
}

net::Task<Answer> remove_channel(Desk& desk, Call& call, const ChannelFace& face) {
  const auto record = co_await face.find(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  if (auto stale = refuse_stale(call.request, std::to_string(record->version), "the channel"))
    co_return std::move(*stale);
  const ChannelId id = record->channel.id;
  auto telling = desk.tell(
      [id, now = desk.house.clock.wall()](store::Store& store) { return store.outbox().remove_channel(id, now); });
  const auto done = co_await std::move(telling);
  if (!done && done.error().code == Errc::conflict) co_return problem(409, "channel_in_use", done.error().text);
  if (!done) co_return from_error(done.error());
  desk.house.notify.look();
  co_await desk.audit(deed(desk, call, "delete", "notification_channel", id.text(), record->channel.name));
  co_return no_content();
}

net::Task<Answer> test_channel(Desk& desk, Call& call, const ChannelFace& face) {
  const auto record = co_await face.find(desk, call.ids[0]);
  if (!record) co_return from_error(record.error());
  const auto begun = desk.house.clock.steady();
  const auto channel = std::make_shared<const Channel>(record->channel);
  auto sending = desk.house.notify.send_now(channel, test_message(*channel, desk.house.clock.wall()));
  const SendResult result = co_await std::move(sending);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(desk.house.clock.steady() - begun);
  co_await desk.audit(deed(desk, call, "test", "notification_channel", channel->id.text(), channel->name));
  co_return test_answer(result, took);
}

}  // namespace monitorix::api

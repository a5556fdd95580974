#include "model/notify/channel_fields.h"
#include "store/alert/alert_store.h"
#include "store/outbox/message_doc.h"
#include "store/outbox/outbox_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

std::string place_of(ChannelId id) { return "notification_channel/" + id.text() + "/secret"; }

Result<ChannelRecord> read_channel(const Row& row, const Keyring& keyring) {
  ChannelRecord out;
  Channel& channel = out.channel;
  channel.id = ChannelId{row.integer(0)};
  channel.name = row.text(1);
  const auto type = channel_type(row.text(2));
  if (!type) return fail(Errc::invalid, "channel " + channel.name + ": a type of a newer version");
  channel.type = *type;
  channel.is_active = row.flag(3);
  read_doc(row.text(4), channel);
  if (!row.is_null(5)) {
    auto secrets = keyring.open(row.text(5), place_of(channel.id));
    if (!secrets) return fail(std::move(secrets).error().within("channel " + channel.name + ": secrets"));
    read_secrets(*secrets, channel);
  }
  out.version = row.integer(6);
  channel.created_at = row.time(7);
  out.updated_at = row.time(8);
  out.last_delivery_at = row.maybe_time(9);
  out.last_error_at = row.maybe_time(10);
  out.last_error = row.text(11);
  out.waiting = row.integer(12);
  out.dead = row.integer(13);
  return out;
}

Result<ChannelRecord> one(Link& link, const Keyring& keyring, ChannelId id) {
  auto rows = link.run(queries::channel_one, {id.value});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return fail(Errc::not_found, "there is no such channel");
  return read_channel(rows->front(), keyring);
}

Values columns_of(const Channel& channel, WallTime now) {
  return {channel.name, std::string(name_of(channel.type)), channel.is_active, doc_of(channel), ms(channel.created_at),
          ms(now)};
}

Status put_secrets(Link& link, const Keyring& keyring, ChannelId id, const Channel& channel) {
  auto done = link.run(queries::channel_secret, {id.value, Blob{keyring.seal(secrets_of(channel), place_of(id))}});
  if (!done) return fail(std::move(done).error());
  return {};
}

}  // namespace

Result<std::vector<ChannelQueue>> OutboxStore::queues() {
  return read_value<std::vector<ChannelQueue>>(database_, [](Link& link) -> Result<std::vector<ChannelQueue>> {
    auto rows = link.run(queries::outbox_queues, {});
    if (!rows) return fail(std::move(rows).error());
    std::vector<ChannelQueue> queues;
    for (const Row& row : *rows)
      queues.push_back({ChannelId{row.integer(0)}, row.text(1), row.flag(2), row.integer(3), row.maybe_time(4)});
    return queues;
  });
}

Result<std::vector<GivenUp>> OutboxStore::given_up(WallTime since) {
  return read_value<std::vector<GivenUp>>(database_, [&](Link& link) -> Result<std::vector<GivenUp>> {
    auto rows = link.run(queries::outbox_given_up, {ms(since)});
    if (!rows) return fail(std::move(rows).error());
    std::vector<GivenUp> out;
    for (const Row& row : *rows) out.push_back({row.text(0), row.integer(1)});
    return out;
  });
}

Result<ChannelRecord> OutboxStore::create_channel(const Channel& channel) {
  return write_value<ChannelRecord>(database_, [&](Link& link) -> Result<ChannelRecord> {
    auto rows = link.run(queries::channel_insert, columns_of(channel, channel.created_at));
    if (!rows) return fail(std::move(rows).error());
    const ChannelId id{rows->front().integer(0)};
    if (auto sealed = put_secrets(link, keyring_, id, channel); !sealed) return fail(std::move(sealed).error());
    return one(link, keyring_, id);
  });
}

Result<ChannelRecord> OutboxStore::update_channel(const Channel& channel, std::int64_t expected_version, WallTime now) {
  return write_value<ChannelRecord>(database_, [&](Link& link) -> Result<ChannelRecord> {
    Values values = columns_of(channel, now);
    values.emplace_back(channel.id.value);
    values.emplace_back(expected_version);
    auto rows = link.run(queries::channel_update, values);
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) {
      if (auto there = one(link, keyring_, channel.id); !there) return there;
      return fail(Errc::conflict, "the channel was changed meanwhile");
    }
    if (auto sealed = put_secrets(link, keyring_, channel.id, channel); !sealed) return fail(std::move(sealed).error());
    return one(link, keyring_, channel.id);
  });
}

Result<std::vector<ChannelRecord>> OutboxStore::channels() {
  return read_value<std::vector<ChannelRecord>>(database_, [&](Link& link) -> Result<std::vector<ChannelRecord>> {
    auto rows = link.run(queries::channels_all);
    if (!rows) return fail(std::move(rows).error());
    std::vector<ChannelRecord> out;
    for (const Row& row : *rows) {
      auto channel = read_channel(row, keyring_);
      if (!channel) return fail(std::move(channel).error());
      out.push_back(std::move(*channel));
    }
    return out;
  });
}

Result<ChannelRecord> OutboxStore::channel(ChannelId id) {
  return read_value<ChannelRecord>(database_, [&](Link& link) { return one(link, keyring_, id); });
}

Status OutboxStore::remove_channel(ChannelId id, WallTime now) {
  return database_.write([&](Link& link) -> Status {
    if (auto left = leave_routes(link, id, now); !left) return left;
    auto rows = link.run(queries::channel_delete, {id.value});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such channel");
    return {};
  });
}

}  // namespace monitorix::store

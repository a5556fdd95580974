#include <chrono>

#include "store/outbox/message_doc.h"
#include "store/outbox/outbox_store.h"
#include "store/sql/queries.h"
#include "store/sql_store.h"

namespace monitorix::store {
namespace {

using namespace std::chrono_literals;

constexpr auto kTellable = 24h;     // later nobody wants to hear it
constexpr int kLeastAttempts = 20;  // before that the clock may have jumped
constexpr auto kClockJump = 2h;     // no pause and no lease is as long
constexpr auto kTooShort = 10s;     // what lived shorter is not worth a word (alerts A13: group_wait)

Delivery read_delivery(const Row& row) {
  Delivery out;
  out.id = row.integer(0);
  out.channel = ChannelId{row.integer(1)};
  out.alert = row.text(2);
  out.incident = row.text(3);
  out.dedup_key = row.text(4);
  out.kind = message_kind(row.text(5)).value_or(MessageKind::firing);
  out.message = read_message(row.text(6));
  out.message.kind = out.kind;
  out.message.alert = out.alert;
  out.message.incident = out.incident;
  out.message.dedup_key = out.dedup_key;
  out.state = delivery_state(row.text(7)).value_or(DeliveryState::dead);
  out.attempts = static_cast<int>(row.integer(8));
  out.fence = row.integer(9);
  if (out.state == DeliveryState::queued) out.next_try_at = row.time(10);
  out.created_at = row.time(11);
  if (out.state == DeliveryState::sent) out.sent_at = row.maybe_time(12);
  out.last_error = row.text(13);
  out.last_answer = row.text(14);
  return out;
}

Result<std::int64_t> insert(Link& link, const WantedDelivery& wanted, WallTime now) {
  const std::string key = dedup_key_of(wanted);
  auto known = link.run(queries::outbox_by_key, {key});
  if (!known) return fail(std::move(known).error());
  if (!known->empty()) return known->front().integer(0);
  auto waiting = link.run(queries::outbox_waiting, {wanted.channel.value});
  if (!waiting) return fail(std::move(waiting).error());
  const bool is_full = !wanted.sent_at && waiting->front().integer(0) >= OutboxStore::kMostWaiting;
  const std::string state = wanted.sent_at ? "sent" : is_full ? "dead" : "queued";
  const std::optional<WallTime> ended_at = is_full ? now : wanted.sent_at;
  auto rows = link.run(queries::outbox_insert,
                       {wanted.channel.value, wanted.alert, wanted.incident, key,
                        std::string(name_of(wanted.message.kind)), doc_of(wanted.message), state, ms(now), ms(now),
                        ms(ended_at), std::string(is_full ? "too many messages wait for this channel" : "")});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) rows = link.run(queries::outbox_by_key, {key});  // somebody was quicker
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return fail(Errc::unavailable, "the message was taken away meanwhile");
  return rows->front().integer(0);
}

Result<std::optional<Delivery>> due(Link& link, const Turn& turn, bool& is_doubtful) {
  auto rows = link.run(queries::outbox_due, {turn.channel.value, ms(turn.now), ms(turn.now + kClockJump)});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return std::optional<Delivery>();
  Delivery out = read_delivery(rows->front());
  // A lease that ran out: whoever had it may have sent it.
  is_doubtful = rows->front().flag(15) || out.state == DeliveryState::leased;
  return std::optional(std::move(out));
}

Status replace(Link& link, const Delivery& from, std::int64_t last, WallTime now, std::string why) {
  auto done =
      link.run(queries::outbox_replace, {from.channel.value, from.alert, from.id, last, ms(now), std::move(why)});
  if (!done) return fail(std::move(done).error());
  return {};
}

Result<std::optional<Delivery>> end_behind(Link& link, const Delivery& firing) {
  auto rows = link.run(queries::outbox_later_end, {firing.channel.value, firing.alert, firing.id});
  if (!rows) return fail(std::move(rows).error());
  if (rows->empty()) return std::optional<Delivery>();
  return std::optional(read_delivery(rows->front()));
}

/// The message that says both: it began, and it is over.
Message both(const Message& firing, const Message& end, WallTime ended_at) {
  Message out = firing;
  out.kind = MessageKind::passed;
  if (!end.cause.empty()) out.cause = end.cause;
  if (!out.since) out.since = end.since;
  out.until = end.until.value_or(ended_at);
  return out;
}

/// Whether the row is still worth sending as it is. One whose alert is over by now becomes, with the end behind it, one
/// message, or none; an end whose beginning nobody heard goes too (alerts A13, I3).
Result<bool> is_worth_sending(Link& link, const Delivery& row, bool is_doubtful, WallTime now) {
  if (is_doubtful) return true;  // it may be at the receiver's: it comes again as it was, under the same key
  if (row.kind == MessageKind::resolved) {
    auto before = link.run(queries::outbox_before, {row.channel.value, row.alert, row.id});
    if (!before) return fail(std::move(before).error());
    bool was_told = before->empty();  // told by a row that was erased since
    for (const Row& one : *before) {
      if (one.text(2) == "resolved") break;
      was_told = was_told || one.text(0) == "sent" || one.flag(1);
    }
    if (was_told) return true;
    if (auto gone = replace(link, row, row.id, now, "nobody was told that it began"); !gone) return fail(gone.error());
    return false;
  }
  if (row.kind != MessageKind::firing) return true;
  auto end = end_behind(link, row);
  if (!end) return fail(std::move(end).error());
  if (!*end || (*end)->state != DeliveryState::queued) return true;
  const auto& [since, until] = std::pair(row.message.since, (*end)->message.until);
  const bool is_short = since && until && *until - *since < kTooShort;
  const std::int64_t last = is_short ? (*end)->id : (*end)->id - 1;
  const std::string why = is_short ? "it was over within moments" : "told together with its end";
  if (auto gone = replace(link, row, last, now, why); !gone) return fail(gone.error());
  if (is_short) return false;
  const Message told = both(row.message, (*end)->message, (*end)->created_at);
  auto rewritten =
      link.run(queries::outbox_rewrite, {(*end)->id, std::string(name_of(told.kind)), doc_of(told), ms(now)});
  if (!rewritten) return fail(std::move(rewritten).error());
  return false;
}

Status note_on_channel(Link& link, const Settled& settled, WallTime now) {
  const bool is_sent = settled.result.outcome == Sent::delivered;
  auto done = is_sent ? link.run(queries::channel_sent, {settled.channel.value, ms(now)})
                      : link.run(queries::channel_failed, {settled.channel.value, ms(now), settled.result.said});
  if (!done) return fail(std::move(done).error());
  return {};
}

Status settle(Link& link, const Settled& settled, WallTime now, Taken& taken) {
  const SendResult& result = settled.result;
  const bool is_late = now - settled.created_at > kTellable && settled.attempts >= kLeastAttempts;
  taken.became = result.outcome == Sent::delivered          ? DeliveryState::sent
                 : result.outcome == Sent::never || is_late ? DeliveryState::dead
                                                            : DeliveryState::queued;
  const bool is_sent = taken.became == DeliveryState::sent;
  auto done = taken.became == DeliveryState::queued
                  ? link.run(queries::outbox_again, {settled.id, settled.fence, ms(settled.next_try_at), result.said,
                                                     result.answer, settled.result.is_doubtful})
                  : link.run(queries::outbox_end, {settled.id, settled.fence, std::string(name_of(*taken.became)),
                                                   ms(now), is_sent ? std::string() : result.said, result.answer});
  if (!done) return fail(std::move(done).error());
  taken.was_fenced_out = done->empty();
  return taken.was_fenced_out ? Status{} : note_on_channel(link, settled, now);
}

}  // namespace

Result<std::vector<std::int64_t>> enqueue(Link& link, const std::vector<WantedDelivery>& wanted, WallTime now) {
  std::vector<std::int64_t> out;
  for (const WantedDelivery& one : wanted) {
    auto id = insert(link, one, now);
    if (!id) return fail(std::move(id).error());
    out.push_back(*id);
  }
  return out;
}

Result<std::size_t> cancel_deliveries(Link& link, const std::string& alert, WallTime now) {
  auto rows = link.run(queries::outbox_cancel, {alert, ms(now), std::string("what it was about is gone")});
  if (!rows) return fail(std::move(rows).error());
  return rows->size();
}

Result<std::vector<std::int64_t>> OutboxStore::enqueue(const std::vector<WantedDelivery>& wanted, WallTime now) {
  return write_value<std::vector<std::int64_t>>(database_,
                                                [&](Link& link) { return store::enqueue(link, wanted, now); });
}

Result<Taken> OutboxStore::take_turn(const Turn& turn) {
  return write_value<Taken>(database_, [&](Link& link) -> Result<Taken> {
    Taken out;
    if (turn.settled)
      if (auto done = settle(link, *turn.settled, turn.now, out); !done) return fail(std::move(done).error());
    while (turn.takes_next) {
      bool is_doubtful = false;
      auto found = due(link, turn, is_doubtful);
      if (!found) return fail(std::move(found).error());
      if (!*found) break;
      Delivery row = std::move(**found);
      auto worth = is_worth_sending(link, row, is_doubtful, turn.now);
      if (!worth) return fail(std::move(worth).error());
      if (!*worth) continue;
      auto leased = link.run(queries::outbox_lease, {row.id, turn.owner, ms(turn.lease_until), is_doubtful});
      if (!leased) return fail(std::move(leased).error());
      row.fence = leased->front().integer(0);
      row.state = DeliveryState::leased;
      ++row.attempts;
      out.next = std::move(row);
      break;
    }
    return out;
  });
}

Status OutboxStore::mark_noted(const std::vector<SentNote>& notes, WallTime now) {
  return database_.write([&](Link& link) -> Status {
    for (const SentNote& note : notes) {
      auto marked = link.run(queries::outbox_noted, {note.id, note.fence, note.dedup_key, ms(now)});
      if (!marked) return fail(std::move(marked).error());
    }
    return {};
  });
}

Status OutboxStore::release_orphans(const std::string& owner) {
  return database_.write([&](Link& link) -> Status {
    auto done = link.run(queries::outbox_orphans, {owner});
    if (!done) return fail(std::move(done).error());
    return {};
  });
}

Result<std::size_t> OutboxStore::cancel(const std::string& alert, WallTime now) {
  return write_value<std::size_t>(database_, [&](Link& link) { return cancel_deliveries(link, alert, now); });
}

Result<Delivery> OutboxStore::retry(std::int64_t id, WallTime now) {
  const auto read = [id](Link& link) -> Result<Delivery> {
    auto rows = link.run(queries::outbox_one, {id});
    if (!rows) return fail(std::move(rows).error());
    if (rows->empty()) return fail(Errc::not_found, "there is no such delivery");
    return read_delivery(rows->front());
  };
  return write_value<Delivery>(database_, [&](Link& link) -> Result<Delivery> {
    auto row = read(link);
    if (!row) return row;
    auto revived = link.run(queries::outbox_revive, {id, ms(now)});
    if (!revived) return fail(std::move(revived).error());
    if (revived->empty()) return fail(Errc::conflict, "only what was given up can be tried again");
    if (row->kind == MessageKind::firing) {  // its end was let go with it: now it says both
      auto end = end_behind(link, *row);
      if (!end) return fail(std::move(end).error());
      if (*end && (*end)->state == DeliveryState::replaced) {
        const Message told = both(row->message, (*end)->message, (*end)->created_at);
        auto done = link.run(queries::outbox_rewrite, {id, std::string(name_of(told.kind)), doc_of(told), ms(now)});
        if (!done) return fail(std::move(done).error());
      }
    }
    return read(link);
  });
}

Result<std::vector<Delivery>> OutboxStore::deliveries(const DeliveryFilter& filter) {
  return read_value<std::vector<Delivery>>(database_, [&](Link& link) -> Result<std::vector<Delivery>> {
    auto rows = link.run(queries::outbox_page,
                         {filter.before_id, filter.channel.value, filter.state, std::int64_t{filter.limit}});
    if (!rows) return fail(std::move(rows).error());
    std::vector<Delivery> out;
    for (const Row& row : *rows) out.push_back(read_delivery(row));
    return out;
  });
}

Result<std::vector<Delivery>> OutboxStore::untried(ChannelId channel, int limit) {
  return read_value<std::vector<Delivery>>(database_, [&](Link& link) -> Result<std::vector<Delivery>> {
    auto rows = link.run(queries::outbox_untried, {channel.value, std::int64_t{limit}});
    if (!rows) return fail(std::move(rows).error());
    std::vector<Delivery> out;
    for (const Row& row : *rows) out.push_back(read_delivery(row));
    return out;
  });
}

Result<std::size_t> OutboxStore::erase(WallTime before, int most) {
  return write_value<std::size_t>(database_, [&](Link& link) -> Result<std::size_t> {
    auto rows = link.run(queries::outbox_erase, {ms(before), std::int64_t{most}});
    if (!rows) return fail(std::move(rows).error());
    return rows->size();
  });
}

}  // namespace monitorix::store

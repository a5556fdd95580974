#include "store/outbox/outbox_store.h"
#include "store/store_suite.h"

namespace monitorix::store {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow = WallTime{1'800'000'000'000ms};

Channel some_channel(const std::string& name) {
  Channel channel{.name = name, .type = ChannelType::gotify};
  channel.options["server"] = "https://gotify.example.org";
  channel.secrets["token"] = Secret("canary-" + name);
  channel.severity_filter = {"critical"};
  channel.created_at = kNow;
  return channel;
}

WantedDelivery wanted(ChannelId channel, const std::string& alert, MessageKind kind, std::int64_t version = 1) {
  WantedDelivery out{.alert = alert, .incident = "7", .channel = channel, .version = version};
  out.message = {.kind = kind, .title = "node " + alert + " gir ikke svar", .affected = {"web", "db"}};
  return out;
}

/// A worker on one channel, turn by turn.
struct Worker {
  OutboxStore& outbox;
  ChannelId channel;
  WallTime now{kNow};
  std::string owner{"here"};

  Turn turn() const { return {.channel = channel, .owner = owner, .now = now, .lease_until = now + 30s}; }
  std::optional<Delivery> take() { return must(outbox.take_turn(turn())).next; }
  Taken mark(const Delivery& row, Sent outcome, WallTime next = {}) {
    Turn after = turn();
    after.takes_next = false;
    after.settled = Settled{.id = row.id,
                            .fence = row.fence,
                            .channel = channel,
                            .result = {.outcome = outcome, .said = "said", .answer = "their words"},
                            .next_try_at = next,
                            .attempts = row.attempts,
                            .created_at = row.created_at};
    return must(outbox.take_turn(after));
  }
  std::vector<std::string> drain() {
    std::vector<std::string> out;
    while (auto row = take()) {
      out.push_back(row->alert + ":" + std::string(name_of(row->kind)));
      mark(*row, Sent::delivered);
    }
    return out;
  }
};

}  // namespace

ON_BOTH_ENGINES("a channel keeps its fields, and its secrets are sealed") {
  const Stand stand;
  auto store = stand.open();
  const auto made = must(store->outbox().create_channel(some_channel("vakt")));
  CHECK(made.channel.secrets.at("token").reveal() == "canary-vakt");
  Channel changed = made.channel;
  changed.name = "ny vakt";
  changed.is_active = false;
  const auto kept = must(store->outbox().update_channel(changed, made.version, kNow + 1s));
  CHECK(kept.version == made.version + 1);
  CHECK(!kept.channel.is_active);
  CHECK(store->outbox().update_channel(changed, made.version, kNow).error().code == Errc::conflict);
  const auto all = must(store->outbox().channels());
  REQUIRE(all.size() == 1);
  CHECK(all[0].channel.name == "ny vakt");
  CHECK(all[0].channel.options.at("server") == "https://gotify.example.org");
  CHECK(all[0].channel.severity_filter == std::vector<std::string>{"critical"});
  store.reset();
  const auto database = stand.database();
  constexpr Query raw{"raw", "SELECT doc, secret FROM notification_channel"};
  must(database->read([&](Link& link) -> Status {
    const auto rows = must(link.run(raw));
    CHECK(rows[0].text(0).find("canary") == std::string::npos);
    CHECK(rows[0].text(1).find("canary") == std::string::npos);
    return {};
  }));
}

ON_BOTH_ENGINES("what is asked for twice is one row, and what was told is not told again") {
  const Stand stand;
  const auto store = stand.open();
  const auto channel = must(store->outbox().create_channel(some_channel("vakt"))).channel.id;
  const auto first = must(store->outbox().enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  CHECK(must(store->outbox().enqueue({wanted(channel, "1", MessageKind::firing)}, kNow)) == first);
  Worker worker{store->outbox(), channel};
  const auto row = worker.take();
  REQUIRE(row);
  CHECK(row->message.title == "node 1 gir ikke svar");
  CHECK(row->message.affected == std::vector<std::string>{"web", "db"});
  CHECK(row->message.dedup_key == dedup_key_of(wanted(channel, "1", MessageKind::firing)));
  CHECK(worker.mark(*row, Sent::delivered).became == DeliveryState::sent);
  CHECK(must(store->outbox().enqueue({wanted(channel, "1", MessageKind::firing)}, kNow)) == first);
  CHECK(!worker.take());
  CHECK(must(store->outbox().enqueue({wanted(channel, "1", MessageKind::firing, 2)}, kNow)) != first);
  CHECK(worker.take());
}

ON_BOTH_ENGINES("the rows of an alert go one after the other, those of others go on") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing), wanted(channel, "1", MessageKind::reminder),
                       wanted(channel, "2", MessageKind::firing)},
                      kNow));
  Worker worker{outbox, channel};
  const auto first = worker.take();
  CHECK(first->alert == "1");
  worker.mark(*first, Sent::again, kNow + 60s);
  const auto second = worker.take();
  CHECK(second->alert == "2");
  worker.mark(*second, Sent::delivered);
  CHECK(!worker.take());
  worker.now += 61s;
  CHECK(worker.drain() == std::vector<std::string>{"1:firing", "1:reminder"});
}

ON_BOTH_ENGINES("who lost the lease can mark nothing, and what may have arrived comes again under its key") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  Worker old{outbox, channel}, next{outbox, channel};
  next.owner = "after";
  const auto before = old.take();
  CHECK(!next.take());
  must(outbox.enqueue({wanted(channel, "1", MessageKind::resolved, 2)}, kNow));
  next.now += 31s;
  const auto after = next.take();
  REQUIRE(after);
  CHECK(after->dedup_key == before->dedup_key);
  CHECK(after->kind == MessageKind::firing);  // not replaced by both: it may have been heard
  CHECK(old.mark(*before, Sent::delivered).was_fenced_out);
  CHECK(next.mark(*after, Sent::again, next.now).became == DeliveryState::queued);
  const auto third = next.take();  // an attempt that failed for certain takes away no doubt
  REQUIRE(third);
  CHECK(third->kind == MessageKind::firing);
  CHECK(!next.mark(*third, Sent::delivered).was_fenced_out);
  CHECK(next.drain() == std::vector<std::string>{"1:resolved"});
}

ON_BOTH_ENGINES("what a process had sent before it died is marked by its note, and only that") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing), wanted(channel, "2", MessageKind::firing)}, kNow));
  Worker gone{outbox, channel}, now{outbox, channel};
  now.owner = "now";
  const auto one = gone.take(), two = gone.take();
  REQUIRE(two);
  must(outbox.mark_noted({{one->id, one->fence, one->dedup_key},
                          {two->id, two->fence + 1, two->dedup_key},
                          {two->id, two->fence, one->dedup_key},
                          {99, 1, "x"}},
                         kNow));
  must(outbox.release_orphans("now"));
  CHECK(now.drain() == std::vector<std::string>{"2:firing"});
}

ON_BOTH_ENGINES("leases of a process that is gone are free at once") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  Worker gone{outbox, channel}, now{outbox, channel};
  now.owner = "now";
  CHECK(gone.take());
  must(outbox.release_orphans("now"));
  CHECK(now.take());
}

ON_BOTH_ENGINES("what is over before anybody was told is told once, or not at all when it was short") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  auto long_end = wanted(channel, "long", MessageKind::resolved, 2);
  long_end.message.until = kNow + 1h;
  auto short_begin = wanted(channel, "short", MessageKind::firing);
  short_begin.message.since = kNow;
  auto short_end = wanted(channel, "short", MessageKind::resolved, 2);
  short_end.message.until = kNow + 9s;
  must(outbox.enqueue({wanted(channel, "long", MessageKind::firing), wanted(channel, "long", MessageKind::reminder),
                       long_end, short_begin, short_end},
                      kNow));
  Worker worker{outbox, channel};
  const auto told = worker.take();
  REQUIRE(told);
  CHECK(told->kind == MessageKind::passed);
  CHECK(told->message.until == kNow + 1h);
  worker.mark(*told, Sent::delivered);
  CHECK(!worker.take());
  std::vector<std::string> states;
  for (const Delivery& row : must(outbox.deliveries({}))) states.emplace_back(name_of(row.state));
  CHECK(states == std::vector<std::string>{"replaced", "replaced", "sent", "replaced", "replaced"});
}

ON_BOTH_ENGINES("what waits for a channel is counted, and the oldest of it is known") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.create_channel(some_channel("spare")));
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  must(outbox.enqueue({wanted(channel, "2", MessageKind::firing)}, kNow + 5s));
  Worker worker{outbox, channel};
  auto queues = must(outbox.queues());
  REQUIRE(queues.size() == 2);
  CHECK(queues[0].waiting == 2);
  CHECK(queues[0].oldest == kNow);
  CHECK(queues[1].waiting == 0);
  CHECK_FALSE(queues[1].oldest);
  CHECK(queues[1].name == "spare");
  CHECK(worker.mark(*worker.take(), Sent::delivered).became == DeliveryState::sent);
  queues = must(outbox.queues());
  CHECK(queues[0].waiting == 1);
  CHECK(queues[0].oldest == kNow + 5s);
}

ON_BOTH_ENGINES("an end is never told without its beginning") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  Worker worker{outbox, channel};
  const auto row = worker.take();
  CHECK(worker.mark(*row, Sent::never).became == DeliveryState::dead);
  must(outbox.enqueue({wanted(channel, "1", MessageKind::resolved, 2)}, kNow));
  CHECK(!worker.take());
  const auto record = must(outbox.channel(channel));
  CHECK(record.dead == 1);
  CHECK(record.waiting == 0);
  CHECK(record.last_error == "said");
  const auto again = must(outbox.retry(row->id, kNow + 1h));
  CHECK(again.kind == MessageKind::passed);  // its end is known by now
  worker.now += 1h;
  CHECK(worker.drain() == std::vector<std::string>{"1:passed"});
  CHECK(outbox.retry(row->id, kNow).error().code == Errc::conflict);
  CHECK(outbox.retry(99, kNow).error().code == Errc::not_found);
}

ON_BOTH_ENGINES("trying goes on for a day, and a clock that jumps ends nothing") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  Worker worker{outbox, channel};
  worker.now += 30h;  // the clock was set forward
  CHECK(worker.mark(*worker.take(), Sent::again, worker.now + 300s).became == DeliveryState::queued);
  worker.now = kNow;  // and back: what was to come in 30 hours comes now
  auto row = worker.take();
  REQUIRE(row);
  for (int attempt = 2; attempt < 25; ++attempt) {
    CHECK(worker.mark(*row, Sent::again, worker.now).became == DeliveryState::queued);
    row = worker.take();
    REQUIRE(row);
  }
  worker.now += 25h;
  CHECK(worker.mark(*row, Sent::again, worker.now).became == DeliveryState::dead);
}

ON_BOTH_ENGINES("what is gone is not told any more, but its end is; old rows go") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto channel = must(outbox.create_channel(some_channel("vakt"))).channel.id;
  Worker worker{outbox, channel};
  must(outbox.enqueue({wanted(channel, "1", MessageKind::firing)}, kNow));
  worker.drain();
  must(outbox.enqueue({wanted(channel, "1", MessageKind::reminder, 2), wanted(channel, "1", MessageKind::resolved, 3)},
                      kNow));
  CHECK(must(outbox.cancel("1", kNow)) == 1);
  CHECK(worker.drain() == std::vector<std::string>{"1:resolved"});
  CHECK(must(outbox.erase(kNow, 100)) == 0);
  CHECK(must(outbox.erase(kNow + 1s, 2)) == 2);
  CHECK(must(outbox.erase(kNow + 1s, 100)) == 1);
  CHECK(must(outbox.deliveries({})).empty());
}

ON_BOTH_ENGINES("deliveries are found by channel and state, page by page") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto a = must(outbox.create_channel(some_channel("a"))).channel.id;
  const auto b = must(outbox.create_channel(some_channel("b"))).channel.id;
  for (int at = 0; at < 5; ++at)
    must(outbox.enqueue({wanted(a, std::to_string(at), MessageKind::firing), wanted(b, "b", MessageKind::firing, at)},
                        kNow));
  Worker worker{outbox, a};
  worker.mark(*worker.take(), Sent::delivered);
  CHECK(must(outbox.deliveries({.channel = a})).size() == 5);
  CHECK(must(outbox.deliveries({.state = "sent"})).size() == 1);
  const auto page = must(outbox.deliveries({.channel = b, .limit = 2}));
  REQUIRE(page.size() == 2);
  CHECK(must(outbox.deliveries({.channel = b, .before_id = page.back().id})).size() == 3);
  must(outbox.remove_channel(a, kNow));
  CHECK(outbox.remove_channel(a, kNow).error().code == Errc::not_found);
  CHECK(must(outbox.deliveries({})).size() == 5);
}

ON_BOTH_ENGINES("what waits for a channel and was never tried is told apart from what was") {
  const Stand stand;
  const auto store = stand.open();
  auto& outbox = store->outbox();
  const auto a = must(outbox.create_channel(some_channel("a"))).channel.id;
  const auto b = must(outbox.create_channel(some_channel("b"))).channel.id;
  for (const char* alert : {"1", "2", "3"})
    must(outbox.enqueue({wanted(a, alert, MessageKind::firing), wanted(b, alert, MessageKind::firing)}, kNow));
  Worker worker{outbox, a};
  worker.mark(*worker.take(), Sent::again, kNow + 1min);
  const auto left = must(outbox.untried(a, 10));
  REQUIRE(left.size() == 2);
  CHECK(left.front().alert == "3");
  CHECK(left.back().alert == "2");
  CHECK(must(outbox.untried(a, 1)).size() == 1);
  CHECK(must(outbox.untried(b, 10)).size() == 3);
}

ON_BOTH_ENGINES("what was told while the database was away has a row that says so, and its end follows") {
  const Stand stand;
  const auto store = stand.open();
  const auto channel = must(store->outbox().create_channel(some_channel("vakt"))).channel.id;
  WantedDelivery told = wanted(channel, "9", MessageKind::firing);
  told.sent_at = kNow - 40s;
  must(store->outbox().enqueue({told, wanted(channel, "9", MessageKind::resolved, 2)}, kNow));
  Worker worker{store->outbox(), channel};
  CHECK(worker.drain() == std::vector<std::string>{"9:resolved"});
  const auto rows = must(store->outbox().deliveries({}));
  REQUIRE(rows.size() == 2);
  CHECK(rows[1].state == DeliveryState::sent);
  CHECK(rows[1].sent_at == kNow - 40s);
}

ON_BOTH_ENGINES("given up are those since then, by channel, and none about Monitorix itself") {
  const Stand stand;
  const auto store = stand.open();
  const auto vakt = must(store->outbox().create_channel(some_channel("vakt"))).channel.id;
  const auto post = must(store->outbox().create_channel(some_channel("post"))).channel.id;
  WantedDelivery own = wanted(vakt, "3", MessageKind::firing);
  own.message.alert_type = "own_dead_letters";
  WantedDelivery other = wanted(vakt, "4", MessageKind::firing);
  other.message.alert_type = "node_down";
  other.message.title = R"("alert_type":"own_disk")";
  must(store->outbox().enqueue(
      {wanted(vakt, "1", MessageKind::firing), own, other, wanted(post, "2", MessageKind::firing)}, kNow));
  CHECK(must(store->outbox().given_up(WallTime{})).empty());
  for (const ChannelId channel : {vakt, post}) {
    Worker worker{store->outbox(), channel};
    while (const auto row = worker.take()) worker.mark(*row, Sent::never);
  }
  const auto all = must(store->outbox().given_up(kNow - 1s));
  REQUIRE(all.size() == 2);
  CHECK(all[0].name == "vakt");
  CHECK(all[0].count == 2);
  CHECK(all[1].count == 1);
  CHECK(must(store->outbox().given_up(kNow)).empty());
}

}  // namespace monitorix::store

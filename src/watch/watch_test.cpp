#include "watch/watch.h"

#include <doctest/doctest.h>
#include <map>

using namespace monitorix;
using namespace monitorix::watch;
using namespace std::chrono_literals;

namespace {

const WallTime kStart{1'760'000'000'000ms};

ServiceRecord record_of(std::int64_t id, ServiceType type = ServiceType::http) {
  ServiceRecord record;
  record.service.id = ServiceId{id};
  record.service.ordinal = id;
  record.service.name = "service " + std::to_string(id);
  record.service.type = type;
  record.service.created_at = kStart;
  return record;
}

std::shared_ptr<CheckResult> result_of(std::int64_t id, WallTime at, Verdict verdict, std::string reason = "ok") {
  auto result = std::make_shared<CheckResult>();
  result->service = ServiceId{id};
  result->scheduled_at = result->started_at = at;
  result->verdict = verdict;
  result->reason = std::move(reason);
  result->took = 20ms;
  return result;
}

/// A world with one guest on one node.
std::shared_ptr<const state::Snapshot> world_of(GuestStatus guest_status, WallTime since,
                                                NodeStatus node_status = NodeStatus::online) {
  auto world = std::make_shared<state::Snapshot>();
  auto view = std::make_shared<state::ClusterView>();
  view->config.id = ClusterId{1};
  auto node = std::make_shared<Node>();
  node->id = NodeId{1};
  node->cluster = ClusterId{1};
  node->name = "pve1";
  node->status = node_status;
  node->status_since = since;
  auto guest = std::make_shared<Guest>();
  guest->id = GuestId{7};
  guest->cluster = ClusterId{1};
  guest->node = NodeId{1};
  guest->name = "web";
  guest->status = guest_status;
  guest->status_since = since;
  view->nodes.push_back(node);
  view->guests.push_back(guest);
  world->clusters[ClusterId{1}] = view;
  return world;
}

const state::SnapshotPtr kNothing = std::make_shared<const state::Snapshot>();

std::shared_ptr<const state::ServiceView> view_of(Watch& watch, std::int64_t id, WallTime now,
                                                  const state::SnapshotPtr& world = kNothing) {
  static std::shared_ptr<const state::ServiceBook> book;
  watch.tick(now, world);
  if (auto next = watch.take_book()) book = next;
  REQUIRE(book);
  for (const auto& view : *book)
    if (view->id == ServiceId{id}) return view;
  return nullptr;
}

/// The whole of a batch as a store would give it back.
KeptChecks kept_of(const std::vector<ServiceRecord>& services, const CheckBatch& batch) {
  KeptChecks kept;
  kept.services = services;
  kept.states = batch.states;
  kept.intervals = batch.intervals;
  kept.overlays = batch.overlays;
  kept.histograms = batch.histograms;
  kept.beat = batch.beat;
  std::map<std::pair<ServiceId, WallTime>, KeptHistogram> hours;  // of one hour the last one stays
  for (const KeptHistogram& one : kept.histograms)
    if (one.span == HistogramSpan::hour) hours[{one.service, one.begin}] = one;
  kept.histograms.clear();
  for (const auto& [of, one] : hours) kept.histograms.push_back(one);
  return kept;
}

}  // namespace

TEST_CASE("three failures make it down since the first of them, two good ones bring it back from the first of those") {
  Watch watch;
  watch.put(record_of(1), kStart);
  WallTime at = kStart + 1s;
  (void)watch.take(result_of(1, at, Verdict::up), at);
  CHECK(view_of(watch, 1, at)->status == state::ServiceStatus::up);
  for (int bad = 0; bad < 3; ++bad) {
    at += 10s;
    const Pace pace = watch.take(result_of(1, at, Verdict::down, "conn_refused"), at);
    CHECK(pace.is_soft == (bad < 2));
    CHECK(view_of(watch, 1, at)->status == (bad < 2 ? state::ServiceStatus::up : state::ServiceStatus::down));
  }
  CHECK(view_of(watch, 1, at)->status_since == kStart + 11s);
  at += 60s;
  (void)watch.take(result_of(1, at, Verdict::up), at);
  const WallTime back = at;
  CHECK(view_of(watch, 1, at)->status == state::ServiceStatus::down);
  at += 10s;
  (void)watch.take(result_of(1, at, Verdict::up), at);
  CHECK(view_of(watch, 1, at)->status == state::ServiceStatus::up);
  const auto batch = watch.take_batch();
  REQUIRE(batch.intervals.size() == 3);  // unknown until the first result, up, down
  CHECK(batch.intervals[2] == KeptInterval{ServiceId{1}, kStart + 11s, back, 2});
  // The first, every failure until it was sure, both good ones, and nothing that says the same again.
  CHECK(batch.checks.size() == 6);
}

TEST_CASE("what is down because its guest does not run is shown unreachable, with the cause, and counts apart") {
  Watch watch;
  auto record = record_of(1);
  record.service.guest = GuestId{7};
  record.service.fail_after = record.service.recover_after = 1;
  watch.put(record, kStart);
  const auto up = world_of(GuestStatus::running, kStart);
  (void)watch.take(result_of(1, kStart + 1s, Verdict::up), kStart + 1s);
  CHECK(view_of(watch, 1, kStart + 2s, up)->status == state::ServiceStatus::up);
  const auto stopped = world_of(GuestStatus::stopped, kStart + 30s);
  (void)watch.take(result_of(1, kStart + 40s, Verdict::down, "conn_timeout"), kStart + 45s);
  const auto view = view_of(watch, 1, kStart + 46s, stopped);
  CHECK(view->status == state::ServiceStatus::unreachable);
  REQUIRE(view->cause);
  CHECK(view->cause->kind == "vm");
  CHECK(view->cause->name == "web");
  const auto timeline = watch.timeline(ServiceId{1}, {kStart, kStart + 60s}, kStart + 60s);
  CHECK(timeline.back().state == verdict::Shown::unreachable);
  // A node that is offline is what is to blame, before its guests.
  const auto dead = world_of(GuestStatus::stopped, kStart + 50s, NodeStatus::offline);
  CHECK(view_of(watch, 1, kStart + 61s, dead)->cause->kind == "node");
  CHECK(view_of(watch, 1, kStart + 70s, up)->status == state::ServiceStatus::down);
  const auto batch = watch.take_batch();
  REQUIRE(batch.overlays.size() == 2);
  CHECK_FALSE(batch.overlays[0].end);
  CHECK(batch.overlays[1].end == kStart + 70s);
  // And it is told where the guest's own events are.
  const auto events = watch.take_events();
  REQUIRE(events.size() == 1);
  CHECK(events[0].object == "service:1");
  CHECK(events[0].cluster == ClusterId{1});
  CHECK(events[0].to == "down");
}

TEST_CASE("five hours in which we were away are unknown and nobody's downtime") {
  const auto record = record_of(1);
  Watch before;
  before.put(record, kStart);
  WallTime at = kStart;
  for (; at < kStart + 2h; at += 60s) (void)before.take(result_of(1, at, Verdict::up), at);
  const WallTime last = at - 60s;
  before.tick(at, kNothing);
  before.close(at);
  Watch after;
  const WallTime now = at + 5h;
  after.restore(kept_of({record}, before.take_batch()), now);
  CHECK(view_of(after, 1, now)->status == state::ServiceStatus::unknown);
  (void)after.take(result_of(1, now + 1s, Verdict::up), now + 1s);
  CHECK(view_of(after, 1, now + 2s)->status == state::ServiceStatus::up);
  const auto totals = verdict::totals_of(after.timeline(ServiceId{1}, {kStart, now + 1s}, now + 1s));
  CHECK(totals.of(verdict::Shown::down) == 0);
  const std::int64_t unknown = totals.of(verdict::Shown::unknown);
  const std::int64_t expected = (now + 1s - (last + 125s)).count();
  CHECK(unknown >= expected);
  CHECK(unknown <= expected + 200);  // pulses are rounded to tenths, and never to more than was known
  CHECK(verdict::truncated_percent(*verdict::uptime(totals, {}), 3) == 100'000);
  // What was fast before is still in the percentiles.
  CHECK(view_of(after, 1, now + 3s)->response_p95);
}

TEST_CASE("a beat that comes keeps a push service up, silence puts it down from the moment it was missed") {
  Watch watch;
  auto record = record_of(1, ServiceType::push);
  record.service.push.period = 60s;
  record.service.push.grace = 10s;
  watch.put(record, kStart);
  watch.set_push_token(ServiceId{1}, "hash");
  CHECK(watch.service_of_token("hash") == ServiceId{1});
  CHECK_FALSE(watch.service_of_token("other"));
  REQUIRE(watch.ping(ServiceId{1}, {.at = kStart + 5s}));
  CHECK(view_of(watch, 1, kStart + 6s)->status == state::ServiceStatus::up);
  for (auto second = 7s; second < 90s; ++second) watch.tick(kStart + second, kNothing);
  const auto view = view_of(watch, 1, kStart + 90s);
  CHECK(view->status == state::ServiceStatus::down);
  CHECK(view->status_since == kStart + 75s);
  CHECK(view->latest->reason == "push_missed");
  REQUIRE(watch.ping(ServiceId{1}, {.at = kStart + 95s}));
  CHECK(view_of(watch, 1, kStart + 96s)->status == state::ServiceStatus::up);
  record.service.is_active = false;
  watch.put(record, kStart + 100s);
  CHECK_FALSE(watch.ping(ServiceId{1}, {.at = kStart + 101s}));
  CHECK(view_of(watch, 1, kStart + 102s)->status == state::ServiceStatus::paused);
}

TEST_CASE("a composite follows its members at once") {
  Watch watch;
  for (std::int64_t id : {1, 2}) {
    auto record = record_of(id);
    record.service.fail_after = record.service.recover_after = 1;
    watch.put(record, kStart);
  }
  auto both = record_of(3, ServiceType::composite);
  both.service.composite = {CompositeRule::any, 1, {ServiceId{1}, ServiceId{2}}};
  watch.put(both, kStart);
  WallTime at = kStart + 1s;
  for (std::int64_t id : {1, 2}) (void)watch.take(result_of(id, at, Verdict::up), at);
  CHECK(view_of(watch, 3, at + 1s)->status == state::ServiceStatus::up);
  (void)watch.take(result_of(1, at + 10s, Verdict::down, "conn_refused"), at + 10s);
  CHECK(view_of(watch, 3, at + 11s)->status == state::ServiceStatus::up);
  (void)watch.take(result_of(2, at + 20s, Verdict::down, "conn_refused"), at + 20s);
  CHECK(view_of(watch, 3, at + 21s)->status == state::ServiceStatus::down);
  // However little time has passed since it was looked at.
  (void)watch.judge(ServiceId{3}, at + 30s);
  (void)watch.take(result_of(2, at + 30s, Verdict::up), at + 30s);
  CHECK(view_of(watch, 3, at + 30s)->status == state::ServiceStatus::up);
}

TEST_CASE("time in maintenance is neither up nor down, and the check goes on") {
  Watch watch;
  auto record = record_of(1);
  record.service.fail_after = record.service.recover_after = 1;
  watch.put(record, kStart);
  (void)watch.take(result_of(1, kStart + 1s, Verdict::up), kStart + 1s);
  (void)view_of(watch, 1, kStart + 2s);
  record.service.maintenance_mode = true;
  watch.put(record, kStart + 60s);
  (void)watch.take(result_of(1, kStart + 61s, Verdict::down, "http_status"), kStart + 61s);
  auto view = view_of(watch, 1, kStart + 62s);
  CHECK(view->status == state::ServiceStatus::down);
  CHECK(view->in_maintenance);
  record.service.maintenance_mode = false;
  (void)watch.take(result_of(1, kStart + 110s, Verdict::up), kStart + 110s);
  watch.put(record, kStart + 120s);
  view = view_of(watch, 1, kStart + 180s);
  CHECK_FALSE(view->in_maintenance);
  CHECK(view->day.percent == 100.0);
  const auto totals = verdict::totals_of(watch.timeline(ServiceId{1}, {kStart, kStart + 180s}, kStart + 180s));
  CHECK(totals.outside[static_cast<std::size_t>(verdict::Shown::down)] == 0);
  CHECK(totals.inside[static_cast<std::size_t>(verdict::Shown::down)] == 49'000);
}

TEST_CASE("a batch that could not be stored comes back before what is newer") {
  Watch watch;
  auto record = record_of(1);
  record.service.fail_after = 1;
  watch.put(record, kStart);
  (void)watch.take(result_of(1, kStart + 1s, Verdict::down, "a"), kStart + 1s);
  auto first = watch.take_batch();
  REQUIRE(first.checks.size() == 1);
  REQUIRE(first.states.size() == 1);
  (void)watch.take(result_of(1, kStart + 20s, Verdict::down, "b"), kStart + 20s);
  watch.put_back(std::move(first));
  const auto both = watch.take_batch();
  REQUIRE(both.checks.size() == 2);
  CHECK(both.checks[0].reason == "a");
  CHECK(both.checks[1].reason == "b");
  CHECK(both.states.size() == 1);
  CHECK(watch.take_batch().is_empty());
}

TEST_CASE("response times are kept by hour and by day, and the day holds all of its hours") {
  Watch watch;
  watch.put(record_of(1), kStart);
  const WallTime day = std::chrono::floor<std::chrono::days>(kStart) + std::chrono::days{1};
  for (WallTime at = day; at < day + 3h; at += 60s) (void)watch.take(result_of(1, at, Verdict::up), at);
  watch.close(day + 3h);
  const auto batch = watch.take_batch();
  std::uint64_t in_day = 0;
  int hours = 0;
  for (const auto& one : batch.histograms) {
    const auto total = verdict::Histogram::decode(one.total);
    REQUIRE(total);
    if (one.span == HistogramSpan::day && one.begin == day) in_day = total->count();
    if (one.span == HistogramSpan::hour && one.begin >= day) {
      ++hours;
      CHECK(total->count() == 60);
    }
  }
  CHECK(hours == 3);
  CHECK(in_day == 180);
}

TEST_CASE("the response time that lists show is of the last day, the open hour included, also after a restart") {
  const WallTime begin = std::chrono::floor<std::chrono::days>(kStart) + std::chrono::days{1} + 5h;
  auto record = record_of(1);
  record.service.created_at = begin;
  const auto feed = [](Watch& watch, WallTime from, WallTime to, std::chrono::milliseconds took) {
    for (WallTime at = from; at < to; at += 60s) {
      auto result = result_of(1, at, Verdict::up);
      result->took = took;
      (void)watch.take(std::move(result), at);
    }
  };
  const auto p95_ms = [](Watch& watch, WallTime now) {
    const auto found = view_of(watch, 1, now)->response_p95;
    REQUIRE(found);
    return static_cast<double>(found->count()) / 1000;
  };
  Watch watch;
  watch.put(record, begin);
  feed(watch, begin, begin + 30min, 100ms);
  CHECK(p95_ms(watch, begin + 30min) == doctest::Approx(100).epsilon(0.02));
  feed(watch, begin + 30min, begin + 2h, 10ms);  // over the end of an hour, and of a quarter of the day
  CHECK(p95_ms(watch, begin + 2h) == doctest::Approx(100).epsilon(0.02));
  feed(watch, begin + 2h, begin + 3h, 500ms);
  CHECK(p95_ms(watch, begin + 3h) == doctest::Approx(500).epsilon(0.02));

  watch.close(begin + 3h);
  Watch again;
  again.restore(kept_of({record}, watch.take_batch()), begin + 3h);
  CHECK(p95_ms(again, begin + 3h) == doctest::Approx(500).epsilon(0.02));
  feed(again, begin + 3h, begin + 20h, 10ms);  // 60 of 1140 are longer still
  CHECK(p95_ms(again, begin + 20h) == doctest::Approx(500).epsilon(0.02));
  feed(again, begin + 20h, begin + 32h, 10ms);
  CHECK(p95_ms(again, begin + 32h) == doctest::Approx(10).epsilon(0.02));
}

TEST_CASE("silence makes it unknown in the second in which its time is over, whatever came in between") {
  Watch watch;
  ServiceRecord record = record_of(1);
  record.service.interval = 2s;
  record.service.nodata_grace = 7s;
  watch.put(record, kStart);
  watch.tick(kStart, kNothing);
  (void)watch.take(result_of(1, kStart + 1s, Verdict::up), kStart + 1s);
  for (int second = 1; second < 8; ++second)
    CHECK(view_of(watch, 1, kStart + std::chrono::seconds(second))->status == state::ServiceStatus::up);
  CHECK(view_of(watch, 1, kStart + 8s)->status == state::ServiceStatus::unknown);
  // A first failure: what is shown stays as it was, and is over as soon.
  (void)watch.take(result_of(1, kStart + 9s, Verdict::down, "conn_refused"), kStart + 9s);
  CHECK(view_of(watch, 1, kStart + 15s)->phase == "soft_down");
  CHECK(view_of(watch, 1, kStart + 16s)->phase == "unknown");
}

TEST_CASE("a shorter time without data holds at once") {
  Watch watch;
  ServiceRecord record = record_of(1);
  watch.put(record, kStart);
  (void)watch.take(result_of(1, kStart + 1s, Verdict::up), kStart + 1s);
  CHECK(view_of(watch, 1, kStart + 30s)->status == state::ServiceStatus::up);
  record.service.interval = 2s;
  record.service.nodata_grace = 7s;
  watch.put(record, kStart + 30s);
  CHECK(view_of(watch, 1, kStart + 30s)->status == state::ServiceStatus::unknown);
}

TEST_CASE("a clock that was put back makes a composite look now, not when the old time comes again") {
  Watch watch;
  watch.put(record_of(1), kStart);
  ServiceRecord both = record_of(2, ServiceType::composite);
  both.service.composite.members = {ServiceId{1}};
  watch.put(both, kStart);
  (void)watch.take(result_of(1, kStart + 1s, Verdict::up), kStart + 1s);
  const auto before = view_of(watch, 2, kStart + 2s);
  watch.tick(kStart + 3s, kNothing);
  const auto after = view_of(watch, 2, kStart - 3600s);
  CHECK(after->next_check < before->next_check);
}

TEST_CASE("services that go leave the others where they were") {
  Watch watch;
  for (const std::int64_t id : {3, 1, 2}) watch.put(record_of(id), kStart);
  watch.remove(ServiceId{2});
  watch.remove(ServiceId{2});
  REQUIRE(watch.services().size() == 2);
  CHECK(watch.services()[0]->id == ServiceId{1});
  CHECK(watch.services()[1]->id == ServiceId{3});
  (void)watch.take(result_of(2, kStart + 1s, Verdict::up), kStart + 1s);
  (void)watch.take(result_of(3, kStart + 1s, Verdict::up), kStart + 1s);
  CHECK(view_of(watch, 3, kStart + 1s)->status == state::ServiceStatus::up);
  CHECK(view_of(watch, 1, kStart + 1s)->status == state::ServiceStatus::unknown);
}

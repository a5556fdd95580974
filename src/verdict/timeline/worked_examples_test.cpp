#include <doctest/doctest.h>

#include "verdict/push.h"
#include "verdict/step.h"
#include "verdict/timeline/bar.h"
#include "verdict/timeline/buckets.h"

// The worked examples i to vi of checks.md §9, through the machine and exact to the digit.

namespace monitorix::verdict {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kMidnight{std::chrono::sys_days{std::chrono::year{2026} / 3 / 10}};
const Span kDay{kMidnight, kMidnight + hours{24}};

/// A check driven through the day, and what there is to say about it.
struct Day {
  explicit Day(CheckPolicy its_policy, WallTime created = kMidnight)
      : policy(its_policy),
        created_at(created),
        state(begin_check(created)) {}
  CheckPolicy policy;
  WallTime created_at;
  CheckState state;
  std::vector<Interval> recorded{};

  void note(const Told& told) {
    if (told.rewound) cut_at(recorded, *told.rewound);
    for (const Interval& one : told.ended) append(recorded, one);
  }
  void get(const CheckResult& result) { note(step(state, policy, result, result.scheduled_at)); }
  void get(WallTime at, Verdict verdict) {
    CheckResult result;
    result.scheduled_at = result.started_at = at;
    result.verdict = verdict;
    get(result);
  }
  /// A result each minute of [begin, end).
  void each_minute(WallTime begin, WallTime end, Verdict verdict) {
    for (WallTime at = begin; at < end; at += minutes{1}) get(at, verdict);
  }
  [[nodiscard]] std::vector<Interval> all() const {
    std::vector<Interval> list = recorded;
    if (const auto open = open_interval(state, kDay.end)) append(list, *open);
    return list;
  }
  [[nodiscard]] Totals totals(const Overlays& overlays = {}) const {
    return totals_of(compose(all(), overlays, kDay, created_at));
  }
};

}  // namespace

TEST_CASE("i: a heartbeat each minute that is out for 20 seconds in a day is up for 99.9768 percent of it") {
  PushSchedule schedule{.period = seconds{60}, .grace = seconds{5}};
  PushState push;
  Service service;
  service.type = ServiceType::push;
  Day day(policy_of(service));
  const auto look = [&](WallTime at) {
    day.get(result_of(judge_push(push, schedule, at), push, ServiceId{1}, at, day.state.last_scheduled));
  };
  const auto ping = [&](WallTime at) {
    take_ping(push, {PushAction::ok, at});
    look(at);
  };
  WallTime at = kMidnight;
  for (; at < kMidnight + hours{12}; at += seconds{60}) ping(at);
  // The one of noon comes 25 seconds late, 20 seconds after it was missed; a look in between finds it missing.
  look(kMidnight + hours{12} + seconds{17});
  CHECK(shown_of(day.state) == Shown::down);
  CHECK(day.state.since == kMidnight + hours{12} + seconds{5});
  for (at = kMidnight + hours{12} + seconds{25}; at < kDay.end; at += seconds{60}) ping(at);
  const Totals totals = day.totals();
  CHECK(totals.of(Shown::down) == 20'000);
  CHECK(uptime(totals, {}) == Share{86'380'000, 86'400'000});
  CHECK(truncated_percent(*uptime(totals, {}), 4) == 999'768);
  CHECK(coverage(totals) == Share{86'400'000, 86'400'000});
}

TEST_CASE("ii: five hours in which Monitorix was off are nobody's downtime, and coverage says so") {
  Day day({.nodata_grace = seconds{120}});
  // The last result speaks for two minutes more; the time nobody speaks for is five hours.
  day.each_minute(kMidnight, kMidnight + hours{10}, Verdict::up);
  const WallTime last = kMidnight + hours{10} - minutes{1};
  day.each_minute(last + seconds{120} + hours{5}, kDay.end, Verdict::up);
  const Totals totals = day.totals();
  CHECK(totals.of(Shown::unknown) == 5 * 3'600'000);
  CHECK(truncated_percent(*uptime(totals, {}), 3) == 100'000);
  CHECK(truncated_percent(*coverage(totals), 3) == 79'166);
  CHECK(is_coverage_worth_showing(coverage(totals)));
  CHECK(is_insufficient(coverage(totals)));
  CHECK(own_outages({last, last + seconds{10}, last + hours{5}, last + hours{5} + seconds{30}}) ==
        std::vector<Span>{{last + seconds{10}, last + hours{5}}});
}

TEST_CASE("iii: three blips of one failed attempt each are three blips and no downtime") {
  Day day({});
  WallTime at = kMidnight;
  for (int blip = 0; blip < 3; ++blip) {
    const WallTime until = at + hours{6};
    day.each_minute(at, until, Verdict::up);
    day.get(until, Verdict::down);
    day.get(until + seconds{10}, Verdict::up);
    at = until + minutes{1};
  }
  day.each_minute(at, kDay.end, Verdict::up);
  CHECK(day.state.blips == 3);
  const Totals totals = day.totals();
  CHECK(totals.of(Shown::down) == 0);
  CHECK(truncated_percent(*uptime(totals, {}), 6) == 100'000'000);
}

TEST_CASE("iv: maintenance over a part of an outage leaves the rest of it, and leaves the denominator") {
  Day day({});
  day.each_minute(kMidnight, kMidnight + hours{10}, Verdict::up);
  day.each_minute(kMidnight + hours{10}, kMidnight + hours{10} + minutes{30}, Verdict::down);
  day.each_minute(kMidnight + hours{10} + minutes{30}, kDay.end, Verdict::up);
  const WallTime ten = kMidnight + hours{10};
  const Overlays overlays{.maintenance = {{ten + minutes{10}, ten + minutes{40}}}, .unreachable = {}};
  const Totals totals = day.totals(overlays);
  CHECK(totals.outside[static_cast<std::size_t>(Shown::down)] == 600'000);
  CHECK(uptime(totals, {})->whole == 86'400'000 - 1'800'000);
  CHECK(uptime(totals, {})->whole - uptime(totals, {})->part == 600'000);
  CHECK(uptime(totals, {.maintenance = Counting::count}) == Share{86'400'000 - 1'800'000, 86'400'000});
  // A second window that overlaps the first is one with it.
  const Overlays twice{.maintenance = {{ten + minutes{20}, ten + minutes{40}}, {ten + minutes{10}, ten + minutes{30}}},
                       .unreachable = {}};
  CHECK(day.totals(twice) == totals);
}

TEST_CASE("v: an hour in which the node was down counts for a service and not for a component") {
  Day day({});
  const WallTime begin = kMidnight + hours{3};
  day.each_minute(kMidnight, begin, Verdict::up);
  day.each_minute(begin, begin + hours{1}, Verdict::down);
  day.each_minute(begin + hours{1}, kDay.end, Verdict::up);
  const Totals totals = day.totals({.maintenance = {}, .unreachable = {{begin - minutes{2}, begin + hours{1}}}});
  CHECK(totals.of(Shown::unreachable) == 3'600'000);  // only what was DOWN is shown as unreachable
  CHECK(totals.of(Shown::down) == 0);
  CHECK(truncated_percent(*uptime(totals, {}), 3) == 95'833);
  const auto component = uptime(totals, {.unreachable = Counting::exclude});
  CHECK(component == Share{82'800'000, 82'800'000});
  CHECK(truncated_percent(*component, 3) == 100'000);
}

TEST_CASE("vi: a check made a second ago has no uptime, and is new") {
  const Day day({}, kDay.end - seconds{1});
  CHECK(day.state.phase == Phase::fresh);
  CHECK(!uptime(day.totals(), {}));
  CHECK(coverage(day.totals()) == Share{0, 1000});
}

}  // namespace monitorix::verdict

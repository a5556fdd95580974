#include <algorithm>
#include <doctest/doctest.h>
#include <random>

#include "verdict/naive_check.h"

// The invariants I8, I9, I16 and I18 of alerts.md for single checks, and checks C19: random streams with 3 % failures,
// outages, 10 % UNKNOWN, silences, late, repeated and swapped results.

namespace monitorix::verdict {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime kStart = from_ms(1'700'000'000'000);

struct Arrival {
  CheckResult result{};
  WallTime now{};
};

CheckResult result_at(WallTime due, Verdict verdict) {
  CheckResult result;
  result.scheduled_at = result.started_at = due;
  result.verdict = verdict;
  result.reason = verdict == Verdict::down ? "conn_refused" : "ok";
  return result;
}

CheckPolicy random_policy(std::mt19937_64& random) {
  CheckPolicy policy;
  policy.fail_after = 1 + static_cast<int>(random() % 4);
  policy.recover_after = 1 + static_cast<int>(random() % 3);
  policy.degraded_after = 1 + static_cast<int>(random() % 3);
  policy.nodata_grace = seconds{61 + random() % 200};
  policy.invert = random() % 5 == 0;
  return policy;
}

std::vector<Arrival> random_arrivals(std::mt19937_64& random, std::size_t count) {
  std::vector<Arrival> out;
  WallTime due = kStart, now = kStart;
  std::size_t outage = 0;
  for (std::size_t i = 0; i < count; ++i) {
    due += random() % 25 == 0 ? seconds{60 + random() % 900} : milliseconds{random() % 3 == 0 ? 10'000 : 60'000};
    now = std::max(now, due + milliseconds{random() % 20'000});
    if (outage > 0)
      --outage;
    else if (random() % 25 == 0)
      outage = 1 + random() % 8;
    Verdict verdict = random() % 10 == 0 ? Verdict::degraded : Verdict::up;
    if (outage > 0 || random() % 100 < 3) verdict = Verdict::down;
    if (random() % 10 == 0) verdict = Verdict::unknown;
    out.push_back({result_at(due, verdict), now});
    if (random() % 20 == 0) out.push_back({out[random() % out.size()].result, now});
    if (random() % 20 == 0 && out.size() > 1) std::swap(out[out.size() - 1].result, out[out.size() - 2].result);
  }
  // A swapped result must not come before it was due.
  for (std::size_t i = 0; i < out.size(); ++i)
    out[i].now = std::max({out[i].now, out[i].result.scheduled_at, i > 0 ? out[i - 1].now : out[i].now});
  return out;
}

struct Record {
  std::vector<Interval> intervals{};
  std::vector<std::pair<WallTime, WallTime>> blips{};
  void note(const Told& told) {
    if (told.rewound) cut_at(intervals, *told.rewound);
    for (const Interval& one : told.ended) {
      CHECK(one.begin < one.end);
      CHECK((intervals.empty() || intervals.back().end <= one.begin));
      append(intervals, one);
    }
    if (told.blip) blips.emplace_back(told.blip->begin, told.blip->end);
  }
  [[nodiscard]] std::vector<Interval> until(const CheckState& state, WallTime now) const {
    std::vector<Interval> all = intervals;
    if (const auto open = open_interval(state, now)) append(all, *open);
    return all;
  }
};

}  // namespace

TEST_CASE("the machine and a naive judge of the whole past agree on every random stream") {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const CheckPolicy policy = random_policy(random);
    CheckState state = begin_check(kStart);
    NaiveCheck naive(policy, kStart);
    Record record;
    std::size_t place = 0;
    for (const Arrival& arrival : random_arrivals(random, 250)) {
      if (random() % 4 == 0) record.note(settle(state, policy, arrival.now));
      record.note(step(state, policy, arrival.result, arrival.now));
      naive.deliver(arrival.result.scheduled_at, arrival.result.verdict);
      if (random() % 15 == 0) {  // a restart
        const auto stored = decode_state(encode_state(state));
        REQUIRE(stored);
        state = *stored;
      }
      if (++place % 10 != 0 && place < 240) continue;
      CheckState later = state;
      Record seen = record;
      const WallTime now = arrival.now + seconds{random() % 300};
      seen.note(settle(later, policy, now));
      const NaiveCheck::Picture picture = naive.look(now);
      REQUIRE(later.phase == picture.phase);
      REQUIRE(seen.until(later, now) == picture.intervals);
      REQUIRE(seen.blips == picture.blips);
      REQUIRE(later.blips == picture.blips.size());
    }
  }
}

TEST_CASE("how often time is settled, and playing the log again, changes nothing") {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const CheckPolicy policy = random_policy(random);
    const auto arrivals = random_arrivals(random, 200);
    CheckState once = begin_check(kStart), again = once, often = once;
    Record record, record_often;
    for (const Arrival& arrival : arrivals) {
      record.note(step(once, policy, arrival.result, arrival.now));
      step(again, policy, arrival.result, arrival.now);
      for (int i = 0; i < 3; ++i)
        record_often.note(settle(often, policy, arrival.now - milliseconds{random() % 5'000}));
      record_often.note(step(often, policy, arrival.result, arrival.now));
    }
    CHECK(encode_state(once) == encode_state(again));
    const WallTime end = arrivals.back().now + seconds{1000};
    record.note(settle(once, policy, end));
    record_often.note(settle(often, policy, end));
    CHECK(record.until(once, end) == record_often.until(often, end));
    CHECK(once.phase == often.phase);
  }
}

TEST_CASE("what a result changes lies at or after the time it names, so that buckets before it stand") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const CheckPolicy policy = random_policy(random);
    CheckState state = begin_check(kStart);
    Record record;
    milliseconds shift{0};
    int changes = 0;
    for (Arrival& arrival : random_arrivals(random, 200)) {
      if (random() % 30 == 0) shift += random() % 2 == 0 ? milliseconds{-5'000'000} : milliseconds{3'000'000};
      arrival.result.scheduled_at += shift;
      arrival.result.started_at += shift;
      const WallTime now = arrival.now + shift;
      for (const bool is_settling : {true, false}) {
        std::vector<Interval> before = record.until(state, now);
        const Told told = is_settling ? settle(state, policy, now) : step(state, policy, arrival.result, now);
        record.note(told);
        std::vector<Interval> after = record.until(state, now);
        changes += told.changed_from.has_value();
        const WallTime from = std::min(told.changed_from.value_or(now), now);
        cut_at(before, from);
        cut_at(after, from);
        REQUIRE(before == after);
      }
    }
    CHECK(changes > 0);
  }
}

TEST_CASE("unknown results open and resolve nothing, and results out of order or twice change no state") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const CheckPolicy policy = random_policy(random);
    CheckState state = begin_check(kStart);
    for (const Arrival& arrival : random_arrivals(random, 200)) {
      CheckState before = state;
      const Told told = step(state, policy, arrival.result, arrival.now);
      if (told.verdict == Verdict::unknown) {
        CHECK(state.stable == before.stable);
        CHECK((!told.moved || told.moved->to == Shown::unknown));
      }
      if (!told.accepted) {
        ++before.dropped;
        CHECK(state == before);
      }
      before = state;
      ++before.dropped;
      const Told twice = step(state, policy, arrival.result, arrival.now);
      CHECK(!twice.accepted);
      CHECK(!twice.moved);
      CHECK(twice.ended.empty());
      CHECK(state == before);
    }
  }
}

TEST_CASE("a clock that jumps by a day, or by little, fires and resolves nothing") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const CheckPolicy policy = random_policy(random);
    CheckState state = begin_check(kStart);
    Record record;
    milliseconds shift{0};  // what the wall clock is off by
    WallTime true_time = kStart, latest_wall = kStart;
    int bad = 0, good = 0;  // in a row, as the machine has them
    bool is_bad = false;
    for (int i = 0; i < 300; ++i) {
      if (random() % 20 == 0) {
        const milliseconds jumps[] = {days{1},           -milliseconds{days{1}}, seconds{90}, -milliseconds{90'000},
                                      milliseconds{700}, milliseconds{-700}};
        shift += jumps[random() % 6];
        record.note(settle(state, policy, true_time + shift));
      }
      if (random() % 15 == 0) is_bad = !is_bad;
      true_time += seconds{60};
      const Verdict verdict = random() % 10 == 0 ? Verdict::unknown : is_bad ? Verdict::down : Verdict::up;
      const Stable before = state.stable;
      const WallTime due = true_time + shift;
      const Told told = step(state, policy, result_at(due, verdict), due + milliseconds{random() % 50});
      record.note(told);
      latest_wall = due;
      if (!told.accepted) continue;
      if (told.verdict == Verdict::down) ++bad, good = 0;
      if (told.verdict == Verdict::up) ++good, bad = 0;
      if (state.stable != before && before != Stable::none) {
        // Only as many results in a row as are needed anyhow can move it.
        CHECK((state.stable == Stable::down ? bad >= policy.fail_after : good >= policy.recover_after));
        if (told.verdict == Verdict::unknown) FAIL("moved by an unknown result");
      }
      // Nothing recorded lies in the future, nothing overlaps, and what is open begins where the record ends.
      CHECK((record.intervals.empty() || record.intervals.back().end == state.since));
      CHECK(state.since <= due);
    }
    // However the clock jumped, the record is whole from the first to the last moment.
    const auto all = record.until(state, latest_wall + milliseconds{1});
    for (std::size_t i = 1; i < all.size(); ++i) CHECK(all[i - 1].end == all[i].begin);
  }
}

TEST_CASE("a clock set back by a day stops no check") {
  const CheckPolicy policy{.fail_after = 2};
  CheckState state = begin_check(kStart);
  Record record;
  const auto get = [&](WallTime due, Verdict verdict) {
    Told told = step(state, policy, result_at(due, verdict), due);
    record.note(told);
    return told;
  };
  get(kStart + days{2}, Verdict::up);
  get(kStart + days{2} + seconds{60}, Verdict::up);
  const WallTime back = kStart + days{1};
  CHECK(get(back, Verdict::down).accepted);
  CHECK(shown_of(state) == Shown::up);
  CHECK(get(back + seconds{10}, Verdict::down).moved == Moved{Shown::up, Shown::down, back});
  for (const Interval& one : record.until(state, back + seconds{20})) CHECK(one.end <= back + seconds{20});
}

}  // namespace monitorix::verdict

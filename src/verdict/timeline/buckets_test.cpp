#include "verdict/timeline/buckets.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <numeric>
#include <random>

// Invariants I10 and I11 of alerts.md for state time, on random timelines with random windows laid over them.

namespace monitorix::verdict {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

const WallTime kStart = from_ms(1'700'000'123'457);

struct Past {
  std::vector<Interval> recorded{};
  Overlays overlays{};
  WallTime end{};
};

std::vector<Span> random_spans(std::mt19937_64& random, WallTime end, std::size_t most) {
  std::vector<Span> spans;
  for (std::size_t i = random() % (most + 1); i > 0; --i) {
    const auto whole = static_cast<std::uint64_t>((end - kStart).count());
    const WallTime begin = kStart + milliseconds{random() % whole} - hours{1};
    spans.push_back({begin, begin + milliseconds{random() % 10'000'000}});
  }
  return spans;
}

Past random_past(std::mt19937_64& random) {
  constexpr Shown kStates[] = {Shown::up, Shown::up, Shown::degraded, Shown::down, Shown::unknown, Shown::paused};
  Past past;
  WallTime at = kStart;
  for (std::size_t i = 5 + random() % 60; i > 0; --i) {
    const WallTime next = at + milliseconds{1 + random() % (random() % 3 == 0 ? 20'000'000 : 500'000)};
    if (random() % 12 != 0) append(past.recorded, {at, next, kStates[random() % 6]});
    at = next;
  }
  past.end = at;
  past.overlays = {random_spans(random, at, 4), random_spans(random, at, 4)};
  return past;
}

/// Each moment on its own: what a list of intervals says without any of our arithmetic.
Shown state_at(const Past& past, WallTime moment, WallTime created, bool& in_maintenance) {
  const auto holds = [&](const Span& span) { return span.begin <= moment && moment < span.end; };
  if (moment < created) {
    in_maintenance = false;
    return Shown::paused;
  }
  in_maintenance = std::any_of(past.overlays.maintenance.begin(), past.overlays.maintenance.end(), holds);
  Shown state = Shown::unknown;
  for (const Interval& one : past.recorded)
    if (one.begin <= moment && moment < one.end) state = one.state;
  if (state == Shown::down && std::any_of(past.overlays.unreachable.begin(), past.overlays.unreachable.end(), holds))
    state = Shown::unreachable;
  return state;
}

}  // namespace

TEST_CASE("the numbers of a bucket sum to its length, and to those of the timeline") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const Past past = random_past(random);
    const WallTime created = kStart + milliseconds{random() % 2'000'000};
    const Span window{bucket_begin(kStart), bucket_begin(past.end)};
    const auto buckets = buckets_of(past.recorded, past.overlays, window, created);
    CHECK(buckets.size() == static_cast<std::size_t>(window.length() / kBucketLength));
    Totals sum;
    for (const Bucket& one : buckets) {
      CHECK(std::accumulate(one.ms.begin(), one.ms.end(), std::int64_t{0}) == 900'000);
      sum.add(totals_of(one));
    }
    Totals composed = totals_of(compose(past.recorded, past.overlays, window, created));
    composed.outside[static_cast<std::size_t>(Shown::paused)] +=
        std::clamp<std::int64_t>((created - window.begin).count(), 0, window.length().count());
    CHECK(sum == composed);
  }
}

TEST_CASE("buckets say of every moment what the record says of it") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    Past past = random_past(random);
    // On whole seconds the moments can be counted one by one.
    const auto round = [](WallTime at) { return WallTime{std::chrono::floor<seconds>(at)}; };
    for (Interval& one : past.recorded) one = {round(one.begin), round(one.end), one.state};
    for (auto* spans : {&past.overlays.maintenance, &past.overlays.unreachable})
      for (Span& one : *spans) one = {round(one.begin), round(one.end)};
    const WallTime created = round(kStart) + seconds{random() % 3000};
    const WallTime begin = bucket_begin(kStart);
    for (const Bucket& bucket : buckets_of(past.recorded, past.overlays, {begin, begin + hours{6}}, created)) {
      std::array<std::int32_t, 2 * kShownCount> counted{};
      for (WallTime at = bucket.begin; at < bucket.begin + kBucketLength; at += seconds{1}) {
        bool in_maintenance = false;
        const Shown state = state_at(past, at, created, in_maintenance);
        counted[static_cast<std::size_t>(state) + (in_maintenance ? kShownCount : 0)] += 1000;
      }
      CHECK(counted == bucket.ms);
    }
  }
}

TEST_CASE("any window is its whole buckets and its edges, whichever buckets are kept") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const Past past = random_past(random);
    const WallTime created = kStart + milliseconds{random() % 2'000'000};
    auto buckets = buckets_of(past.recorded, past.overlays, {bucket_begin(kStart), past.end}, created);
    const auto some = std::remove_if(buckets.begin(), buckets.end(), [&](const Bucket&) { return random() % 4 == 0; });
    buckets.erase(some, buckets.end());
    const auto whole = static_cast<std::uint64_t>((past.end - kStart).count());
    const WallTime begin = kStart + milliseconds{random() % whole};
    const Span window{begin, begin + milliseconds{random() % whole}};
    const Totals totals = totals_between(buckets, past.recorded, past.overlays, window, created);
    CHECK(totals.whole() == window.length().count());
    CHECK(totals == totals_between({}, past.recorded, past.overlays, window, created));
  }
}

TEST_CASE("buckets add up in any order and any grouping") {
  std::mt19937_64 random(7);
  const Past past = random_past(random);
  auto buckets = buckets_of(past.recorded, past.overlays, {kStart, past.end}, kStart);
  Totals forward, grouped;
  for (const Bucket& one : buckets) forward.add(totals_of(one));
  std::shuffle(buckets.begin(), buckets.end(), random);
  for (std::size_t i = 0; i < buckets.size(); i += 3) {
    Totals group;
    for (std::size_t j = i; j < std::min(i + 3, buckets.size()); ++j) group.add(totals_of(buckets[j]));
    grouped.add(group);
  }
  CHECK(forward == grouped);
}

TEST_CASE("a window of maintenance that is edited afterwards makes other buckets of the same record") {
  const WallTime begin = bucket_begin(kStart);
  const std::vector<Interval> recorded{{begin, begin + kBucketLength, Shown::down}};
  const Span window{begin, begin + kBucketLength};
  const auto before = buckets_of(recorded, {}, window, begin);
  const auto after = buckets_of(recorded, {{{begin, begin + seconds{60}}}, {}}, window, begin);
  REQUIRE(after.size() == 1);
  CHECK(before[0].ms[static_cast<std::size_t>(Shown::down)] == 900'000);
  CHECK(after[0].ms[static_cast<std::size_t>(Shown::down)] == 840'000);
  CHECK(after[0].ms[kShownCount + static_cast<std::size_t>(Shown::down)] == 60'000);
  CHECK(buckets_of(recorded, {}, window, begin) == before);
}

}  // namespace monitorix::verdict

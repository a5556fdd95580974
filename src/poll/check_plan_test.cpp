#include "poll/check_plan.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <queue>
#include <random>
#include <vector>

#include "poll/run_queue.h"

// The clock is turned by hand, so a minute of ten thousand checks takes no time and is the same each time.

using namespace monitorix;
using namespace monitorix::poll;
using namespace std::chrono_literals;

namespace {

const SteadyTime kNow{std::chrono::hours{31} + 17ms};

struct Start {
  ServiceId service{};
  SteadyTime due{}, at{};
};

/// All starts of [begin, end), looked for each `turn`, as a loop with other work does.
std::vector<Start> play(CheckPlan& plan, SteadyTime begin, SteadyTime end, std::chrono::nanoseconds turn) {
  std::vector<Start> starts;
  for (SteadyTime now = begin; now < end; now += turn)
    while (const auto due = plan.take(now)) starts.push_back({due->service, due->due, now});
  return starts;
}

std::size_t most_in_100_ms(const std::vector<Start>& starts) {
  std::size_t most = 0, first = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    while (starts[i].at - starts[first].at >= 100ms) ++first;
    most = std::max(most, i - first + 1);
  }
  return most;
}

CheckPlan ten_thousand(std::size_t count = 10'000) {
  CheckPlan plan;
  for (std::size_t i = 1; i <= count; ++i)
    plan.put(ServiceId{static_cast<std::int64_t>(i)}, {static_cast<std::int64_t>(i), 60s, 10s}, kNow);
  return plan;
}

}  // namespace

TEST_CASE("ten thousand checks start evenly, punctually, and all within their first minute") {
  CheckPlan plan = ten_thousand();
  const auto starts = play(plan, kNow, kNow + 3min + 1ns, 1ms);
  CHECK(starts.size() == 30'000);
  CHECK(most_in_100_ms(starts) <= 17 + 8);
  std::map<ServiceId, SteadyTime> last;
  for (const Start& one : starts) {
    CHECK(one.at - one.due < 2ms);
    const auto before = last.find(one.service);
    if (before == last.end())
      CHECK(one.at <= kNow + 60s);
    else
      CHECK(one.due - before->second == 60s);  // nothing drifts
    last[one.service] = one.due;
  }
  CHECK(last.size() == 10'000);
}

TEST_CASE("with a random 40 percent of them paused the others stay as even") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    CheckPlan plan = ten_thousand();
    std::size_t left = 10'000;
    for (std::int64_t id = 1; id <= 10'000; ++id)
      if (random() % 10 < 4) plan.remove(ServiceId{id}), --left;
    const auto starts = play(plan, kNow, kNow + 2min + 1ns, 1ms);
    CHECK(starts.size() == 2 * left);
    CHECK(most_in_100_ms(starts) <= static_cast<std::size_t>(std::ceil(static_cast<double>(left) / 600)) + 8);
  }
}

namespace {

/// The plan as one would write it without a thought of speed.
struct NaivePlan {
  struct One {
    CheckTiming timing{};
    SteadyTime due{};
    bool in_phase{true};
  };
  std::map<ServiceId, One> all{};

  void put(ServiceId id, const CheckTiming& timing, SteadyTime now) {
    const auto [place, is_new] = all.try_emplace(id);
    if (is_new || place->second.timing != timing) place->second = {timing, next_in_phase(timing, now), true};
  }
  void ended(ServiceId id, SteadyTime now, bool is_soft) {
    const auto one = all.find(id);
    if (one == all.end()) return;
    if (is_soft)
      one->second.due = now + one->second.timing.retry_interval;
    else if (!one->second.in_phase)
      one->second.due = next_in_phase(one->second.timing, now);
    one->second.in_phase = !is_soft;
  }
  void pull(ServiceId id, SteadyTime due) {
    const auto one = all.find(id);
    if (one == all.end() || due >= one->second.due) return;
    one->second.due = due;
    one->second.in_phase = false;
  }
  std::optional<DueCheck> take(SteadyTime now) {
    const auto first =
        std::ranges::min_element(all, {}, [](const auto& one) { return std::pair(one.second.due, one.first); });
    if (first == all.end() || first->second.due > now) return std::nullopt;
    const DueCheck out{first->first, first->second.due};
    first->second.due = next_in_phase(first->second.timing, now);
    first->second.in_phase = true;
    return out;
  }
};

}  // namespace

TEST_CASE("whatever is put, moved and removed, turns come in the order of a plain list") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const auto below = [&](std::int64_t end) {
      return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
    };
    CheckPlan plan;
    NaivePlan naive;
    SteadyTime now = kNow;
    for (int step = 0; step < 4000; ++step) {
      const ServiceId id{1 + below(60)};
      switch (below(8)) {
        case 0:
        case 1: {
          const std::chrono::milliseconds interval{below(2) == 0 ? 1000 : 20 + below(5000)};
          const CheckTiming timing{below(3), interval, std::chrono::milliseconds{10 + below(500)}};
          plan.put(id, timing, now);
          naive.put(id, timing, now);
          break;
        }
        case 2:
          plan.remove(id);
          naive.all.erase(id);
          break;
        case 3: {
          const bool is_soft = below(2) == 0;
          plan.ended(id, now, is_soft);
          naive.ended(id, now, is_soft);
          break;
        }
        case 4: {
          const SteadyTime due = now + std::chrono::milliseconds{below(200) - 20};
          plan.pull(id, due);
          naive.pull(id, due);
          break;
        }
        default: now += std::chrono::microseconds{below(30'000)};
      }
      if (below(3) > 0) continue;
      while (true) {
        const auto mine = plan.take(now);
        const auto its = naive.take(now);
        REQUIRE(mine.has_value() == its.has_value());
        if (!mine) break;
        CHECK(mine->service == its->service);
        CHECK(mine->due == its->due);
      }
      const auto next = std::ranges::min_element(naive.all, {}, [](const auto& one) { return one.second.due; });
      CHECK(plan.next_due() == (next == naive.all.end() ? std::nullopt : std::optional(next->second.due)));
    }
  }
}

TEST_CASE("places are the golden ratio's, and the next one is the first after now") {
  CHECK(phase_of(0, 60s) == 0ns);
  for (std::int64_t ordinal : {1, 2, 3, 1000, 123'456}) {
    const double turns = static_cast<double>(ordinal) * 0.6180339887498949;
    const double share = turns - std::floor(turns);
    CHECK(std::abs(static_cast<double>(phase_of(ordinal, 60s).count()) - share * 6e10) < 1e4);
  }
  const std::uint64_t seed = 3;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  for (int turn = 0; turn < 10'000; ++turn) {
    const CheckTiming timing{static_cast<std::int64_t>(random() >> 1U),
                             std::chrono::milliseconds{1000 + random() % 86'399'001}, 10s};
    const SteadyTime now = kNow + std::chrono::nanoseconds{random() % 1'000'000'000'000};
    const SteadyTime next = next_in_phase(timing, now), last = last_in_phase(timing, now);
    CHECK(last <= now);
    CHECK(now < next);
    CHECK(next - last == timing.interval);
    const auto phase = next.time_since_epoch() % std::chrono::nanoseconds(timing.interval);
    CHECK(phase == phase_of(timing.ordinal, timing.interval));
    CHECK(phase < timing.interval);
  }
}

TEST_CASE("an edit keeps the place in the interval, and what is the same keeps its turn") {
  CheckPlan plan;
  const CheckTiming timing{5, 60s, 10s};
  plan.put(ServiceId{1}, timing, kNow);
  const SteadyTime due = plan.next_due().value();
  plan.put(ServiceId{1}, timing, due);  // an edit of its name at the very moment it is due
  CHECK(plan.next_due() == due);
  plan.put(ServiceId{1}, {5, 120s, 10s}, kNow);
  CHECK(plan.next_due() == next_in_phase({5, 120s, 10s}, kNow));
  plan.put(ServiceId{1}, timing, kNow);
  CHECK(plan.next_due() == due);
  plan.remove(ServiceId{1});
  plan.remove(ServiceId{1});
  CHECK(!plan.next_due());
  CHECK(!plan.take(kNow + 10min));
  plan.put(ServiceId{1}, timing, kNow + 1s);  // enabled again
  CHECK(plan.next_due() == due);
}

TEST_CASE("a soft check comes a retry interval after its run ended, and then at its place again") {
  CheckPlan plan;
  const CheckTiming timing{5, 60s, 10s};
  plan.put(ServiceId{1}, timing, kNow);
  const SteadyTime due = plan.next_due().value();
  for (SteadyTime now = kNow; now < due; now += 1s) CHECK(!plan.take(now));
  CHECK(plan.take(due));
  plan.ended(ServiceId{1}, due + 3s, true);
  CHECK(plan.next_due() == due + 13s);
  CHECK(!plan.take(due + 1s));
  for (SteadyTime now = due; now < due + 13s; now += 1s) CHECK(!plan.take(now));
  CHECK(plan.take(due + 13s).value().due == due + 13s);
  plan.ended(ServiceId{1}, due + 14s, false);
  CHECK(plan.next_due() == due + 60s);
  plan.pull(ServiceId{1}, due + 20s);
  plan.pull(ServiceId{1}, due + 30s);
  CHECK(plan.next_due() == due + 20s);
  plan.ended(ServiceId{2}, due, true);  // unknown ones are nobody's
  plan.pull(ServiceId{2}, due);
}

TEST_CASE("after a pause of our own nothing is caught up with in a burst, and nothing is left out") {
  for (const auto pause : {std::chrono::seconds{3}, std::chrono::seconds{100}, std::chrono::seconds{40'000}}) {
    CAPTURE(pause.count());
    CheckPlan plan = ten_thousand();
    plan.put(ServiceId{20'001}, {7, 24h, 10s}, kNow);
    const SteadyTime daily = next_in_phase({7, 24h, 10s}, kNow);
    play(plan, kNow, kNow + 5s, 1ms);
    const SteadyTime awake = kNow + 5s + pause;
    const auto starts = play(plan, awake, awake + 6min, 1ms);
    CHECK(most_in_100_ms(starts) <= 17 + 8 + 1);
    std::map<ServiceId, SteadyTime> first;
    for (const Start& one : starts) first.emplace(one.service, one.at);
    for (std::int64_t id = 1; id <= 10'000; ++id) CHECK(first.at(ServiceId{id}) <= awake + 60s);
    if (daily > kNow + 5s && daily <= awake) CHECK(first.contains(ServiceId{20'001}));
  }
  // A loop that was slow for a second has not paused: nothing is lost.
  CheckPlan plan = ten_thousand(100);
  play(plan, kNow, kNow + 5s, 1ms);
  CHECK(play(plan, kNow + 6500ms, kNow + 65s, 1ms).size() == 100);
}

namespace {

/// Plan and queue together, with runs that take some time; event by event.
struct Simulation {
  struct Running {
    SteadyTime until{};
    Waiting place{};
    bool operator>(const Running& other) const { return until > other.until; }
  };
  CheckPlan plan{};
  RunQueue queue{RunLimits{}};
  std::function<std::chrono::nanoseconds(ServiceId)> duration{};
  std::function<bool(ServiceId)> was_up{};
  std::function<std::string(ServiceId)> address = [](ServiceId id) { return id.text(); };
  std::priority_queue<Running, std::vector<Running>, std::greater<>> running{};
  std::map<ServiceId, int> busy{};  // waiting or running
  std::vector<Start> starts{};
  std::uint64_t overrun{0};
  std::size_t most_at_once{0};

  void play(SteadyTime begin, SteadyTime end) {
    for (SteadyTime now = begin; now < end;) {
      while (!running.empty() && running.top().until <= now) {
        queue.finish(running.top().place);
        --busy[running.top().place.service];
        running.pop();
      }
      while (const auto due = plan.take(now)) {
        if (busy[due->service] > 0) {
          ++overrun;
          continue;
        }
        ++busy[due->service];
        queue.enqueue({due->service, due->due, address(due->service), was_up(due->service), false});
      }
      while (auto place = queue.start()) {
        starts.push_back({place->service, place->due, now});
        running.push({now + duration(place->service), std::move(*place)});
      }
      most_at_once = std::max(most_at_once, queue.running());
      SteadyTime next = std::min(end, now + 1s);
      if (const auto due = plan.next_due()) next = std::min(next, *due);
      if (!running.empty()) next = std::min(next, running.top().until);
      now = std::max(next, now + 1ns);
    }
  }
};

}  // namespace

TEST_CASE("at 70 percent load every check starts within a second of its time, and never twice at once") {
  const std::uint64_t seed = 9;
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> seconds(1 / 2.15);  // 10,000 a minute on 512 places
  Simulation world;
  world.plan = ten_thousand();
  world.duration = [&](ServiceId) {
    return std::chrono::nanoseconds{static_cast<std::int64_t>(seconds(random) * 1e9)};
  };
  world.was_up = [](ServiceId) { return true; };
  world.play(kNow, kNow + 5min);
  CHECK(world.starts.size() > 49'000);
  CHECK(world.most_at_once <= 512);
  CHECK(world.most_at_once > 300);
  for (const Start& one : world.starts) CHECK(one.at - one.due <= 1s);
  for (const auto& [service, count] : world.busy) CHECK(count <= 1);
}

TEST_CASE("half of all targets dead and hanging do not move the starts of the others") {
  Simulation world;
  world.plan = ten_thousand();
  const auto is_dead = [](ServiceId id) { return id.value % 2 == 0; };
  world.duration = [&](ServiceId id) -> std::chrono::nanoseconds { return is_dead(id) ? 10s : 20ms; };
  world.was_up = [&](ServiceId id) { return !is_dead(id); };
  world.play(kNow, kNow + 5min);
  std::size_t dead = 0;
  for (const Start& one : world.starts) {
    if (is_dead(one.service))
      ++dead;
    else
      CHECK(one.at == one.due);
  }
  CHECK(world.overrun > 0);
  CHECK(dead > 5 * 60 * 35);  // 384 places of 10 s each
}

TEST_CASE("one address is never asked by more than four at once, and holds nobody else up") {
  Simulation world;
  world.plan = ten_thousand(600);
  world.duration = [](ServiceId) -> std::chrono::nanoseconds { return 5s; };
  world.was_up = [](ServiceId) { return true; };
  world.address = [](ServiceId id) { return id.value <= 200 ? std::string("one") : id.text(); };
  world.play(kNow, kNow + 10min);
  std::deque<SteadyTime> at_one;
  std::map<ServiceId, int> turns;
  for (const Start& one : world.starts) {
    if (one.service.value > 200) {
      CHECK(one.at == one.due);
      continue;
    }
    ++turns[one.service];
    while (!at_one.empty() && at_one.front() + 5s <= one.at) at_one.pop_front();
    at_one.push_back(one.at);
    CHECK(at_one.size() <= 4);
  }
  // 48 a minute for 200: each gets its turn, none is starved.
  CHECK(turns.size() == 200);
  for (const auto& [service, count] : turns) CHECK(count >= 2);
}

TEST_CASE("a new check comes soon, many of them one after the other, and then at their places") {
  CheckPlan plan;
  SteadyTime now{10h};
  for (std::int64_t id = 1; id <= 3000; ++id) {
    plan.put(ServiceId{id}, {id, 60s, 10s}, now);
    plan.begin_soon(ServiceId{id}, now);
  }
  std::map<std::int64_t, int> runs;
  std::vector<SteadyTime> starts;
  const SteadyTime begin = now;
  for (; now < begin + 60s; now += 10ms)
    while (const auto due = plan.take(now)) {
      starts.push_back(due->due);
      if (++runs[due->service.value] == 1 && due->service.value <= 10) CHECK(now - begin < 1s);
      plan.ended(due->service, now, false);
    }
  CHECK(runs.size() == 3000);
  for (const auto& [id, count] : runs) CHECK((count == 1 || count == 2));
  std::size_t most = 0, first = 0;
  for (std::size_t at = 0; at < starts.size(); ++at) {
    while (starts[at] - starts[first] >= 100ms) ++first;
    most = std::max(most, at - first + 1);
  }
  CHECK(most <= 5 + 5 + 2);  // its places, first runs, and what golden places are off by
  CHECK(plan.rate() == doctest::Approx(50));
}

TEST_CASE("a new check that is due sooner than that keeps its place") {
  CheckPlan plan;
  const SteadyTime now{10h};
  plan.put(ServiceId{1}, {1, 100ms, 100ms}, now);
  const auto place = plan.next_due();
  plan.begin_soon(ServiceId{1}, now);
  CHECK(plan.next_due() == place);
  plan.begin_soon(ServiceId{2}, now);  // of one that is not there nothing happens
  CHECK(plan.size() == 1);
}

TEST_CASE("the rate follows what is put, edited, soft and removed") {
  CheckPlan plan;
  const SteadyTime now{10h};
  for (std::int64_t id = 1; id <= 60; ++id) plan.put(ServiceId{id}, {id, 60s, 10s}, now);
  CHECK(plan.rate() == doctest::Approx(1));
  plan.ended(ServiceId{1}, now, true);
  CHECK(plan.rate() == doctest::Approx(1 + 0.1 - 1.0 / 60));
  plan.put(ServiceId{2}, {2, 1s, 1s}, now);
  plan.remove(ServiceId{1});
  CHECK(plan.rate() == doctest::Approx(58.0 / 60 + 1));
  for (std::int64_t id = 2; id <= 60; ++id) plan.remove(ServiceId{id});
  CHECK(plan.rate() == 0);
}

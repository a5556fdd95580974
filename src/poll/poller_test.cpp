#include "poll/poller.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <set>

using namespace monitorix;
using namespace monitorix::poll;
using namespace std::chrono_literals;

TEST_CASE("a job is never late by its jitter, and jobs of many clusters do not burst") {
  std::set<std::int64_t> delays;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const auto next = next_delay(seed, 3, 10s);
    CHECK(next <= 10s);
    CHECK(next >= 9s);
    CHECK(next == next_delay(seed, 3, 10s));
    delays.insert(next.count());
    CHECK(first_delay(seed, 10s, 0) == 0ms);
    CHECK(first_delay(seed, 30s, 2) <= 3s);
  }
  CHECK(delays.size() > 100);
}

TEST_CASE("jobs run by their period, and one that still runs is skipped, not queued") {
  net::Loop loop;
  const SystemClock clock;
  Poller poller(loop, clock);
  int quick = 0, slow = 0, slow_at_once = 0, most_at_once = 0;
  struct Slow {
    static net::Task<> run(int* count, int* now, int* most) {
      ++*count;
      *most = std::max(*most, ++*now);
      co_await net::sleep_for(700ms);
      --*now;
    }
    static net::Task<> quick(int* count) {
      ++*count;
      co_return;
    }
  };
  poller.set_jobs("one", {{"quick", 200ms, [&] { return Slow::quick(&quick); }},
                          {"slow", 200ms, [&] { return Slow::run(&slow, &slow_at_once, &most_at_once); }}});
  struct Stop {
    static net::Task<> after(net::Loop* owner) {
      co_await net::sleep_for(2500ms);
      owner->stop();
    }
  };
  loop.spawn("stop", Stop::after(&loop));
  loop.run();
  CHECK(quick >= 6);
  CHECK(slow >= 2);
  CHECK(slow <= 5);
  CHECK(most_at_once == 1);
  CHECK(poller.skipped() > 0);
}

TEST_CASE("a removed group is asked no more, and a job can be run out of turn") {
  net::Loop loop;
  const SystemClock clock;
  Poller poller(loop, clock);
  int runs = 0;
  struct Life {
    static net::Task<> once(int* count) {
      ++*count;
      co_return;
    }
    static net::Task<> play(net::Loop* owner, Poller* poller, int* count) {
      co_await net::sleep_for(300ms);
      const int before = *count;
      const auto ran = co_await poller->run_now("one", "job");
      CHECK(ran);
      CHECK(*count == before + 1);
      const auto unknown = co_await poller->run_now("one", "no such job");
      CHECK(unknown.error().code == Errc::not_found);
      poller->remove_group("one");
      const int after = *count;
      co_await net::sleep_for(400ms);
      CHECK(*count == after);
      owner->stop();
    }
  };
  poller.set_jobs("one", {{"job", 100ms, [&] { return Life::once(&runs); }}});
  loop.spawn("play", Life::play(&loop, &poller, &runs));
  loop.run();
  CHECK(runs >= 2);
}

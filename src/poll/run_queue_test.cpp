#include "poll/run_queue.h"

#include <algorithm>
#include <doctest/doctest.h>
#include <iterator>
#include <map>
#include <random>
#include <vector>

using namespace monitorix;
using namespace monitorix::poll;
using namespace std::chrono_literals;

namespace {

Waiting run(std::int64_t id, int due, std::string address, bool was_up = true, bool is_request = false) {
  return {ServiceId{id}, SteadyTime{std::chrono::seconds{due}}, std::move(address), was_up, is_request};
}

std::int64_t next(RunQueue& queue) {
  const auto started = queue.start();
  return started ? started->service.value : 0;
}

}  // namespace

TEST_CASE("what waits starts by due time, requests before all") {
  RunQueue queue({});
  queue.enqueue(run(1, 30, "a"));
  queue.enqueue(run(2, 10, "b", false));
  queue.enqueue(run(3, 20, "c"));
  queue.enqueue(run(4, 40, "d", false, true));
  queue.hurry(*queue.enqueue(run(5, 50, "e")));
  CHECK(next(queue) == 4);
  CHECK(next(queue) == 5);
  CHECK(next(queue) == 2);
  CHECK(next(queue) == 3);
  CHECK(next(queue) == 1);
  CHECK(next(queue) == 0);
  CHECK(queue.running() == 5);
}

TEST_CASE("the last quarter of the places is for what was up") {
  RunQueue queue({.in_flight = 8, .per_address = 4, .kept_for_healthy = 2});
  for (int i = 1; i <= 10; ++i) queue.enqueue(run(i, i, std::to_string(i), false));
  std::vector<Waiting> started;
  while (auto one = queue.start()) started.push_back(*one);
  CHECK(started.size() == 6);
  queue.enqueue(run(11, 99, "k"));
  queue.enqueue(run(12, 99, "l"));
  queue.enqueue(run(13, 99, "m"));
  CHECK(next(queue) == 11);
  CHECK(next(queue) == 12);
  CHECK(next(queue) == 0);
  queue.finish(started[0]);
  CHECK(next(queue) == 7);  // it has waited longer than 13
  CHECK(next(queue) == 0);
}

TEST_CASE("one starts at once when nobody waits before it and there is a place") {
  RunQueue queue({.in_flight = 4, .per_address = 2, .kept_for_healthy = 2});
  CHECK(queue.start_at_once(run(1, 1, "a")));
  CHECK(queue.start_at_once(run(2, 2, "a", false)));
  CHECK(!queue.start_at_once(run(3, 3, "a")));  // its address is full
  CHECK(queue.start_at_once(run(4, 4, "b", false)));
  CHECK(!queue.start_at_once(run(5, 5, "c", false)));  // the last places are for what was up
  CHECK(queue.running() == 3);
  queue.enqueue(run(6, 6, "d"));
  CHECK(!queue.start_at_once(run(7, 7, "e")));
  CHECK(next(queue) == 6);
  CHECK(!queue.start_at_once(run(7, 7, "e")));  // all places are taken
  queue.finish(run(1, 1, "a"));
  CHECK(queue.start_at_once(run(7, 7, "e")));
}

TEST_CASE("one that waits for its address can be dropped, and the next of them takes its place") {
  RunQueue queue({.in_flight = 8, .per_address = 1, .kept_for_healthy = 2});
  queue.enqueue(run(1, 1, "a"));
  const auto first = queue.start().value();
  std::map<int, RunQueue::Place*> places;
  for (int i = 2; i <= 5; ++i) places[i] = queue.enqueue(run(i, i, "a"));
  CHECK(next(queue) == 0);
  queue.drop(*places[3]);
  queue.finish(first);
  queue.drop(*places[2]);  // it had come back into the line
  CHECK(next(queue) == 4);
  CHECK(next(queue) == 0);
  CHECK(queue.waiting() == 1);
}

TEST_CASE("limits hold and nobody is forgotten, whatever comes, ends, hurries or is dropped") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937_64 random(seed);
    const RunLimits limits{
        .in_flight = 4 + random() % 8, .per_address = 1 + random() % 3, .kept_for_healthy = random() % 3};
    RunQueue queue(limits);
    std::vector<Waiting> running;
    std::map<std::int64_t, RunQueue::Place*> waiting;
    std::int64_t number = 0;
    const auto start_all = [&] {
      while (auto one = queue.start()) {
        CHECK(waiting.erase(one->service.value) == 1);
        running.push_back(*one);
      }
    };
    for (int turn = 0; turn < 300; ++turn) {
      const auto what = random() % 8;
      if (what < 4) {
        const std::string address = random() % 5 == 0 ? "" : std::to_string(random() % 4);
        ++number;
        waiting[number] =
            queue.enqueue(run(number, static_cast<int>(random() % 100), address, random() % 2 == 0, random() % 9 == 0));
      } else if (what < 6 && !running.empty()) {
        std::swap(running[random() % running.size()], running.back());
        queue.finish(running.back());
        running.pop_back();
      } else if (!waiting.empty()) {
        const auto one = std::next(waiting.begin(), static_cast<std::ptrdiff_t>(random() % waiting.size()));
        if (what == 6) {
          queue.hurry(*one->second);
        } else {
          queue.drop(*one->second);
          waiting.erase(one);
        }
      }
      start_all();
      CHECK(queue.waiting() == waiting.size());
      CHECK(queue.running() == running.size());
      CHECK(running.size() <= limits.in_flight);
      const auto others = std::count_if(running.begin(), running.end(), [](const Waiting& one) { return !one.was_up; });
      CHECK(static_cast<std::size_t>(others) <= limits.in_flight - limits.kept_for_healthy);
      for (int address = 0; address < 4; ++address)
        CHECK(static_cast<std::size_t>(std::count_if(running.begin(), running.end(), [&](const Waiting& one) {
                return one.address == std::to_string(address);
              })) <= limits.per_address);
    }
    // Everything that waits gets its turn once the others are done.
    while (!running.empty()) {
      queue.finish(running.back());
      running.pop_back();
      start_all();
    }
    CHECK(waiting.empty());
    CHECK(queue.waiting() == 0);
  }
}

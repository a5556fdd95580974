#include "poll/check_runner.h"

#include <algorithm>
#include <array>
#include <doctest/doctest.h>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <vector>

using namespace monitorix;
using namespace monitorix::poll;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<Service> service(std::int64_t id, std::chrono::milliseconds interval = 60s) {
  auto made = std::make_shared<Service>();
  made->id = ServiceId{id};
  made->ordinal = id;
  made->type = ServiceType::port;
  made->target = "host" + std::to_string(id);
  made->interval = interval;
  made->retry_interval = std::min<std::chrono::milliseconds>(interval, 10s);
  made->timeout = 500ms;
  return made;
}

/// A runner whose checks take as long as the test says, and what came of them.
struct Stand {
  net::Loop loop{};
  SystemClock clock{};
  std::chrono::milliseconds takes{5};
  bool throws{false}, is_soft{false};
  std::map<std::int64_t, int> running{};
  int most_of_one{0};
  std::size_t most{0};
  std::vector<CheckResult> results{};
  std::function<void(const CheckResult&)> on_result{};
  CheckRunner runner;

  explicit Stand(RunLimits limits = {}, const Clock* turned = nullptr)
      : runner(
            loop, turned ? *turned : clock,
            [this](std::shared_ptr<const Service> one, WallTime) { return run(this, std::move(one)); },
            [this](CheckRunner::Kept, const std::shared_ptr<CheckResult>& result) {
              results.push_back(*result);
              if (on_result) on_result(*result);
              return Pace{is_soft, result->verdict == Verdict::up};
            },
            limits) {}

  static net::Task<std::shared_ptr<CheckResult>> run(Stand* stand, std::shared_ptr<const Service> one) {
    int& count = stand->running[one->id.value];
    stand->most_of_one = std::max(stand->most_of_one, ++count);
    std::size_t all = 0;
    for (const auto& [id, its] : stand->running) all += static_cast<std::size_t>(its);
    stand->most = std::max(stand->most, all);
    if (stand->takes > 0ms) co_await net::sleep_for(stand->takes);
    --count;
    if (stand->throws) throw std::runtime_error("a fault");
    auto result = std::make_shared<CheckResult>();
    result->verdict = Verdict::up;
    co_return result;
  }

  /// Runs the loop for as long as the play takes.
  void play(net::Task<> scene) {
    loop.spawn("play", until_end(this, std::move(scene)));
    loop.run();
  }
  static net::Task<> until_end(Stand* stand, net::Task<> scene) {
    co_await std::move(scene);
    stand->runner.stop();
    stand->loop.stop();
  }
};

}  // namespace

TEST_CASE("checks run at their places, are labelled with them, and never twice at once") {
  Stand stand;
  for (std::int64_t id = 1; id <= 100; ++id) stand.runner.put(service(id, 1s));
  stand.play(net::sleep_for(3100ms));
  std::map<std::int64_t, std::vector<CheckResult>> by_service;
  std::vector<std::chrono::milliseconds> late;
  for (const CheckResult& one : stand.results) {
    by_service[one.service.value].push_back(one);
    late.push_back(one.started_at - one.scheduled_at);
    CHECK(late.back() >= 0ms);
  }
  CHECK(by_service.size() == 100);
  for (const auto& [id, its] : by_service)
    for (std::size_t i = 1; i < its.size(); ++i)
      CHECK(std::chrono::abs(its[i].scheduled_at - its[i - 1].scheduled_at - 1s) <= 2ms);
  std::sort(late.begin(), late.end());
  CHECK(late[late.size() / 2] < 200ms);
  CHECK(stand.most_of_one == 1);
  CHECK(stand.runner.counters().started >= stand.results.size());
}

TEST_CASE("one that is due while it runs is counted, and comes again at a place of its own") {
  Stand stand;
  stand.takes = 450ms;
  stand.runner.put(service(1, 200ms));
  stand.play(net::sleep_for(2s));
  CHECK(stand.most_of_one == 1);
  CHECK(stand.runner.counters().overrun >= 2);
  CHECK(stand.results.size() >= 2);
}

TEST_CASE("no more run at once than there are places") {
  Stand stand({.in_flight = 8, .per_address = 4, .kept_for_healthy = 2});
  stand.takes = 60ms;
  for (std::int64_t id = 1; id <= 60; ++id) stand.runner.put(service(id, 1s));
  stand.play(net::sleep_for(1500ms));
  CHECK(stand.most <= 8);
  CHECK(stand.results.size() >= 40);
  CHECK(stand.runner.counters().delays.longest > 0us);
}

TEST_CASE("who asks gets the result of the run that is on, and not too often one of his own") {
  Stand stand;
  stand.takes = 50ms;
  stand.runner.put(service(1));
  auto idle = service(2);
  idle->is_active = false;
  stand.runner.put(idle);
  struct Play {
    static net::Task<> ask(CheckRunner* runner, int* answers) {
      const auto result = co_await runner->run_now(ServiceId{1});
      CHECK(result);
      if (result) CHECK(result->service == ServiceId{1});
      ++*answers;
    }
    static net::Task<> scene(Stand* stand) {
      int answers = 0;
      stand->loop.spawn("first", ask(&stand->runner, &answers));
      stand->loop.spawn("second", ask(&stand->runner, &answers));
      co_await ask(&stand->runner, &answers);
      co_await net::sleep_for(10ms);
      CHECK(answers == 3);
      CHECK(stand->results.size() == 1);
      const auto again = co_await stand->runner.run_now(ServiceId{1});
      CHECK(again.error().code == Errc::unavailable);
      CHECK(!stand->runner.request(ServiceId{1}));
      const auto unknown = co_await stand->runner.run_now(ServiceId{9});
      CHECK(unknown.error().code == Errc::not_found);
      const auto paused = co_await stand->runner.run_now(ServiceId{2});
      CHECK(paused.error().code == Errc::not_found);
    }
  };
  stand.play(Play::scene(&stand));
}

TEST_CASE("a result of a service that was changed or removed meanwhile is nobody's") {
  Stand stand;
  stand.takes = 200ms;
  stand.runner.put(service(1));
  stand.runner.put(service(2));
  struct Play {
    static net::Task<> ask(CheckRunner* runner, std::int64_t id, int* cancelled) {
      const auto result = co_await runner->run_now(ServiceId{id});
      if (!result && result.error().code == Errc::cancelled) ++*cancelled;
    }
    static net::Task<> scene(Stand* stand) {
      int cancelled = 0;
      stand->loop.spawn("one", ask(&stand->runner, 1, &cancelled));
      stand->loop.spawn("two", ask(&stand->runner, 2, &cancelled));
      co_await net::sleep_for(50ms);
      stand->runner.put(service(1, 30s));
      stand->runner.remove(ServiceId{2});
      stand->runner.put(service(2));  // enabled again while its old run is on its way
      CHECK(stand->runner.request(ServiceId{2}));
      co_await net::sleep_for(300ms);
      CHECK(cancelled == 2);
      CHECK(stand->results.empty());
      CHECK(stand->most_of_one == 1);
      CHECK(stand->runner.request(ServiceId{2}));
      co_await net::sleep_for(300ms);
      CHECK(stand->results.size() == 1);
    }
  };
  stand.play(Play::scene(&stand));
}

TEST_CASE("a result may remove those that are due in the same moment") {
  Stand stand;
  stand.takes = 0ms;
  for (std::int64_t id = 1; id <= 40; ++id) {
    auto one = service(id, 1s);
    one->ordinal = 0;  // all have one place
    stand.runner.put(one);
  }
  stand.on_result = [&stand](const CheckResult& result) {
    for (std::int64_t id = 1; id <= 40; ++id)
      if (id != result.service.value) stand.runner.remove(ServiceId{id});
  };
  struct Play {
    static net::Task<> scene(Stand* stand) {
      co_await net::sleep_for(2500ms);
      CHECK(stand->results.size() >= 2);
      for (const CheckResult& one : stand->results) CHECK(one.service == stand->results.front().service);
      CHECK(stand->runner.counters().running == 0);
      CHECK(stand->runner.counters().waiting == 0);
    }
  };
  stand.play(Play::scene(&stand));
}

TEST_CASE("who keeps something of a service hears before its run, and gets it back with the result") {
  net::Loop loop;
  SystemClock clock;
  std::array<int, 3> kept{};
  std::vector<void*> foreseen, taken;
  CheckRunner runner(
      loop, clock,
      [](std::shared_ptr<const Service>, WallTime) -> net::Task<std::shared_ptr<CheckResult>> {
        co_return std::make_shared<CheckResult>();
      },
      [&](CheckRunner::Kept one, const std::shared_ptr<CheckResult>&) {
        CHECK(std::ranges::count(foreseen, one) == std::ranges::count(taken, one) + 1);
        taken.push_back(one);
        return Pace{};
      },
      {}, [&](std::span<const CheckRunner::Kept> some) { foreseen.insert(foreseen.end(), some.begin(), some.end()); });
  for (std::int64_t id = 1; id <= 3; ++id) runner.put(service(id, 1s), {}, &kept.at(static_cast<std::size_t>(id - 1)));
  loop.spawn("end", [](CheckRunner* running, net::Loop* its) -> net::Task<> {
    co_await net::sleep_for(2100ms);
    running->stop();
    its->stop();
  }(&runner, &loop));
  loop.run();
  for (int& one : kept) CHECK(std::ranges::count(taken, &one) >= 2);
}

TEST_CASE("a probe that forgets its time limit is cut, one that throws is our own fault") {
  Stand stand;
  stand.takes = 10s;
  stand.runner.put(service(1));
  auto other = service(2);
  struct Play {
    static net::Task<> scene(Stand* stand, std::shared_ptr<Service> other) {
      const auto cut = co_await stand->runner.run_now(ServiceId{1});
      CHECK(cut->verdict == Verdict::unknown);
      CHECK(cut->reason == "local_fault");
      CHECK(stand->runner.counters().cut == 1);
      CHECK(stand->runner.counters().running == 0);
      stand->takes = 1ms;
      stand->throws = true;
      stand->runner.put(other);
      const auto thrown = co_await stand->runner.run_now(ServiceId{2});
      CHECK(thrown->verdict == Verdict::unknown);
      CHECK(thrown->reason == "local_fault");
      CHECK(stand->results.size() == 2);
    }
  };
  stand.play(Play::scene(&stand, other));
}

TEST_CASE("a soft check comes at its retry interval, and one that is expected at the time that was said") {
  Stand stand;
  stand.is_soft = true;
  auto one = service(1);
  one->retry_interval = 150ms;
  stand.runner.put(one);
  struct Play {
    static net::Task<> scene(Stand* stand) {
      stand->runner.expect(ServiceId{1}, stand->clock.wall() + 50ms);
      co_await net::sleep_for(1s);
      CHECK(stand->results.size() >= 3);
      stand->is_soft = false;
      co_await net::sleep_for(400ms);
      const std::size_t before = stand->results.size();
      co_await net::sleep_for(500ms);
      CHECK(stand->results.size() <= before + 1);  // once a minute now
    }
  };
  stand.play(Play::scene(&stand));
}

TEST_CASE("after the loop was held up, starts are spread") {
  Stand stand;
  for (std::int64_t id = 1; id <= 600; ++id) stand.runner.put(service(id, 6s));  // ten each tenth of a second
  stand.runner.put(service(601, 1h));
  struct Play {
    static net::Task<> scene(Stand* stand) {
      co_await net::sleep_for(300ms);
      const auto until = std::chrono::steady_clock::now() + 1500ms;
      while (std::chrono::steady_clock::now() < until) continue;
      const std::uint64_t before = stand->runner.counters().started;
      co_await net::sleep_for(1s);
      CHECK(stand->runner.counters().started > before + 120);  // more than fall due meanwhile
      CHECK(stand->runner.request(ServiceId{601}));            // who asks does not stand in that line
      co_await net::sleep_for(2s);
      CHECK(stand->runner.counters().waiting == 0);
    }
  };
  stand.play(Play::scene(&stand));
  CHECK(stand.runner.counters().most_at_once <= 18);
  CHECK(stand.runner.counters().delays.longest > 1s);
}

TEST_CASE("time limits that ran out while we ourselves stood still are nobody's downtime") {
  const char* reason = "timeout_phase";
  const char* parameter = "connect";
  SUBCASE("of a phase") {}
  SUBCASE("of a ping") { reason = "icmp_loss", parameter = ""; }
  SUBCASE("of a program") { reason = "exec_killed", parameter = "timeout"; }
  ManualClock clock;
  Stand stand({}, &clock);
  stand.runner.put(service(1));
  struct Play {
    static net::Task<std::shared_ptr<CheckResult>> time_out(Stand* stand, CheckResult found) {
      co_await net::sleep_for(stand->takes);
      co_return std::make_shared<CheckResult>(std::move(found));
    }
    static net::Task<> scene(CheckRunner* runner, ManualClock* clock, std::vector<CheckResult>* results) {
      co_await net::sleep_for(1100ms);
      CHECK(runner->request(ServiceId{1}));
      clock->advance(3s);
      co_await net::sleep_for(1s);
      CHECK(runner->counters().paused == 1);
      REQUIRE(results->size() == 1);
      CHECK(results->at(0).verdict == Verdict::unknown);
      CHECK(results->at(0).reason == "overloaded");
      clock->advance(6s);
      co_await net::sleep_for(1100ms);
      clock->advance(1ms);
      CHECK(runner->request(ServiceId{1}));
      co_await net::sleep_for(1s);
      REQUIRE(results->size() == 2);
      CHECK(results->at(1).verdict == Verdict::down);
    }
  };
  stand.takes = 800ms;
  std::vector<CheckResult> results;
  CheckRunner runner(
      stand.loop, clock,
      [&](const std::shared_ptr<const Service>&, WallTime) {
        CheckResult found{};
        found.verdict = Verdict::down;
        found.reason = reason;
        found.parameter = parameter;
        return Play::time_out(&stand, std::move(found));
      },
      [&](CheckRunner::Kept, const std::shared_ptr<CheckResult>& result) {
        results.push_back(*result);
        return Pace{};
      });
  runner.put(service(1));
  stand.play(Play::scene(&runner, &clock, &results));
}

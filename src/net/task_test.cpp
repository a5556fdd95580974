#include "net/task.h"

#include <algorithm>
#include <condition_variable>
#include <doctest/doctest.h>
#include <mutex>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

#include "net/testing/run_now.h"

using namespace monitorix;
using namespace monitorix::net;
using namespace std::chrono_literals;

namespace {

/// Holds workers until it is opened.
struct Gate {
  std::mutex mutex{};
  std::condition_variable changed{};
  bool open{false};
  int waiting{0};
  void pass() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return open; });
  }
  void await_one() {
    std::unique_lock lock(mutex);
    changed.wait(lock, [this] { return waiting > 0; });
  }
  void let_all_pass() {
    const std::lock_guard lock(mutex);
    open = true;
    changed.notify_all();
  }
};

Task<Result<int>> work_out(WorkerPool* pool, std::function<Result<int>()> job) {
  co_return co_await offload<int>(*pool, std::move(job));
}

Task<bool> resumes_on_the_loop(WorkerPool* pool) {
  const auto before = std::this_thread::get_id();
  std::thread::id worker;
  std::function<Result<int>()> job = [&worker]() -> Result<int> {
    worker = std::this_thread::get_id();
    return 1;
  };
  const auto done = co_await offload<int>(*pool, std::move(job));
  co_return done.has_value() && worker != before&& std::this_thread::get_id() == before;
}

Task<> fails() {
  co_await net::sleep_for(1ms);
  throw std::runtime_error("on purpose");
}

Task<int> after_failure(Loop* loop) {
  loop->spawn("a failing task", fails());
  co_await net::sleep_for(30ms);
  co_return 7;
}

Task<int> count_ticks(Loop* loop, int* ticks) {
  std::function<void()> tick = [ticks] {
    if (++*ticks == 2) throw std::runtime_error("on purpose");
  };
  loop->every("a failing tick", 5ms, std::move(tick));
  while (*ticks < 4) co_await net::sleep_for(5ms);
  co_return *ticks;
}

}  // namespace

TEST_CASE("a tick that was asked to come sooner does, once, and goes on at its own times") {
  Loop loop;
  const auto begun = std::chrono::steady_clock::now();
  std::vector<std::chrono::milliseconds> turns;
  Tick tick;
  std::function<void()> turn = [&] {
    turns.push_back((std::chrono::steady_clock::now() - begun) / 1ms * 1ms);
    if (turns.size() == 1) tick.soon();  // during a turn: for the one after it
    if (turns.size() == 3) loop.stop();
  };
  tick = loop.every("a slow tick", 1s, std::move(turn));
  tick.by(begun + 1h);
  tick.soon();
  tick.soon();
  Tick().soon();  // of nothing: nothing
  loop.run();
  REQUIRE(turns.size() == 3);
  CHECK(turns[0] <= 400ms);
  CHECK(turns[1] - turns[0] > 0ms);
  CHECK(turns[1] - turns[0] <= 500ms);
  CHECK(turns[2] <= 1600ms);
  const auto phase = (begun + turns[2]).time_since_epoch() % 1s;  // whole seconds of the clock
  CHECK((phase < 400ms || phase > 990ms));
}

TEST_CASE("blocking work runs on the pool, its caller goes on on the loop") {
  Loop loop;
  WorkerPool pool("test", 1, 4);
  CHECK(run_now(loop, resumes_on_the_loop(&pool)));
}

TEST_CASE("a full pool says so at once") {
  Loop loop;
  WorkerPool pool("test", 1, 1);
  Gate gate;
  REQUIRE(pool.submit([&gate] { gate.pass(); }));
  gate.await_one();
  REQUIRE(pool.submit([] {}));
  CHECK(pool.waiting() == 1);
  const auto refused = run_now(loop, work_out(&pool, [] { return Result<int>(1); }));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unavailable);
  gate.let_all_pass();
}

TEST_CASE("an exception of blocking work reaches the one who asked, and the worker lives on") {
  Loop loop;
  WorkerPool pool("test", 1, 4);
  std::function<Result<int>()> job = []() -> Result<int> { throw std::runtime_error("on purpose"); };
  CHECK_THROWS_AS(run_now(loop, work_out(&pool, std::move(job))), std::runtime_error);
  CHECK(run_now(loop, work_out(&pool, [] { return Result<int>(5); })).value() == 5);
}

TEST_CASE("a pool of lowered priority is ten steps nicer than who made it, however nice that is") {
  const auto nice_of_this_thread = [] { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid))); };
  std::thread([&] {  // a thread of its own: who is not root cannot take its niceness back
    Loop loop;
    for (const int more : {0, 3}) {
      const int own = nice_of_this_thread() + more;
      ::setpriority(PRIO_PROCESS, static_cast<id_t>(::syscall(SYS_gettid)), own);
      WorkerPool pool("test", 1, 4, WorkerPool::Priority::lowered);
      std::function<Result<int>()> job = [&] { return Result<int>(nice_of_this_thread()); };
      CHECK(run_now(loop, work_out(&pool, std::move(job))).value() == std::min(own + 10, 19));
    }
  })
      .join();
}

TEST_CASE("a pool that ends finishes what runs and drops what waits") {
  Gate gate;
  bool finished = false, dropped_ran = false;
  std::thread opener;
  {
    WorkerPool pool("test", 1, 4);
    REQUIRE(pool.submit([&] {
      gate.pass();
      finished = true;
    }));
    gate.await_one();
    REQUIRE(pool.submit([&] { dropped_ran = true; }));
    opener = std::thread([&gate] {
      std::this_thread::sleep_for(50ms);
      gate.let_all_pass();
    });
  }
  opener.join();
  CHECK(finished);
  CHECK_FALSE(dropped_ran);
}

TEST_CASE("a task or a tick that fails leaves the others running") {
  Loop loop;
  CHECK(run_now(loop, after_failure(&loop)) == 7);
  int ticks = 0;
  CHECK(run_now(loop, count_ticks(&loop, &ticks)) >= 4);
}

TEST_CASE("work is posted from other threads, and stop may be called twice") {
  Loop loop;
  bool ran = false;
  std::thread other([&] {
    loop.post([&] {
      ran = true;
      loop.stop();
      loop.stop();
    });
  });
  loop.run();
  other.join();
  CHECK(ran);
}

#include "net/task.h"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "base/log.h"

namespace monitorix::net {
namespace asio = boost::asio;

Loop::Loop() = default;
Loop::~Loop() = default;

void Loop::run() {
  const auto guard = asio::make_work_guard(context_);
  while (!context_.stopped()) {
    try {
      context_.run();
    } catch (const std::exception& error) {  // a bare handler threw: it is lost, the rest lives on
      log::error("a handler failed", {{"error", std::string(error.what())}});
    }
  }
}

void Loop::stop() { context_.stop(); }

void Loop::post(std::function<void()> work) { asio::post(context_, std::move(work)); }

void Loop::spawn(std::string name, Task<> task) {
  asio::co_spawn(context_, std::move(task), [name = std::move(name)](const std::exception_ptr& failure) {
    if (!failure) return;
    try {
      std::rethrow_exception(failure);
    } catch (const boost::system::system_error& error) {
      if (error.code() != asio::error::operation_aborted)
        log::error("a task failed", {{"task", name}, {"error", std::string(error.what())}});
    } catch (const std::exception& error) {
      log::error("a task failed", {{"task", name}, {"error", std::string(error.what())}});
    }
  });
}

namespace {

using Steady = std::chrono::steady_clock;

/// Where turns of so long a period may be, and those that somebody asked for.
constexpr std::chrono::milliseconds kGrid{1000}, kGrain{100};

/// The first turn is early, never late, and so is one after a turn out of place.
Steady::time_point turn_after(Steady::time_point now, std::chrono::milliseconds period) {
  return now - now.time_since_epoch() % std::min(period, kGrid) + period;
}

Steady::time_point next_grain(Steady::time_point moment) {
  return moment + (kGrain - moment.time_since_epoch() % kGrain) % kGrain;
}

}  // namespace

struct Tick::State {
  std::string name;
  std::chrono::milliseconds period;
  std::function<void()> tick;
  asio::steady_timer timer;
  Steady::time_point asked{Steady::time_point::max()};  ///< for the turn that comes

  static Task<> repeat(std::shared_ptr<State> own) {
    for (;;) {
      const auto turn = turn_after(Steady::now(), own->period);
      boost::system::error_code put_off;
      do {
        own->timer.expires_at(std::min(turn, own->asked));
        co_await own->timer.async_wait(asio::redirect_error(asio::use_awaitable, put_off));
      } while (put_off);
      own->asked = Steady::time_point::max();
      try {
        own->tick();
      } catch (const std::exception& error) {
        log::error("a tick failed", {{"task", own->name}, {"error", std::string(error.what())}});
      }
    }
  }
};

void Tick::by(Steady::time_point moment) const {
  const auto state = state_.lock();
  const auto now = Steady::now();
  if (!state || moment > now + state->period) return;  // a turn of its own comes before that
  state->asked = std::min(state->asked, next_grain(std::max(moment, now)));
  if (state->asked < state->timer.expiry()) state->timer.cancel();
}

void Tick::soon() const { by(Steady::now()); }

Tick Loop::every(std::string name, std::chrono::milliseconds period, std::function<void()> tick) {
  std::string title = name;
  auto state = std::make_shared<Tick::State>(
      Tick::State{std::move(name), period, std::move(tick), asio::steady_timer(context_)});
  Tick out;
  out.state_ = state;
  spawn(std::move(title), Tick::State::repeat(std::move(state)));
  return out;
}

Task<> sleep_for(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(duration);
  co_await timer.async_wait(asio::use_awaitable);
}

namespace {

/// Ten steps nicer than the program is started with: a fixed value could be less nice than that.
void lower_own_priority() {
  const auto self = static_cast<id_t>(::syscall(SYS_gettid));
  ::setpriority(PRIO_PROCESS, self, ::getpriority(PRIO_PROCESS, self) + 10);  // the kernel stops at 19
}

}  // namespace

struct WorkerPool::Impl {
  std::mutex mutex{};  // guards jobs, stopping
  std::condition_variable ready{};
  std::deque<std::function<void()>> jobs{};
  bool stopping{false};
  std::size_t limit{};
  std::vector<std::thread> threads{};

  void work(Priority priority) {
    if (priority == Priority::lowered) lower_own_priority();
    for (;;) {
      std::function<void()> job;
      {
        std::unique_lock lock(mutex);
        ready.wait(lock, [this] { return stopping || !jobs.empty(); });
        if (stopping) return;
        job = std::move(jobs.front());
        jobs.pop_front();
      }
      try {
        job();
      } catch (const std::exception& error) {
        log::error("blocking work failed", {{"error", std::string(error.what())}});
      }
    }
  }
};

WorkerPool::WorkerPool(std::string name, std::size_t threads, std::size_t queue_limit, Priority priority)
    : impl_(std::make_unique<Impl>()) {
  impl_->limit = queue_limit;
  for (std::size_t at = 0; at < threads; ++at) {
    impl_->threads.emplace_back([impl = impl_.get(), priority] { impl->work(priority); });
    ::pthread_setname_np(impl_->threads.back().native_handle(), name.substr(0, 15).c_str());
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->ready.notify_all();
  for (auto& thread : impl_->threads) thread.join();
}

bool WorkerPool::submit(std::function<void()> job) {
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->stopping || impl_->jobs.size() >= impl_->limit) return false;
    impl_->jobs.push_back(std::move(job));
  }
  impl_->ready.notify_one();
  return true;
}

std::size_t WorkerPool::waiting() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->jobs.size();
}

namespace detail {

Task<bool> run_on_pool(WorkerPool& pool, std::function<void()> job) {
  const auto executor = co_await asio::this_coro::executor;
  // The timer sleeps for ever; the worker wakes it by a cancel posted to the coroutine's own executor.
  const auto woken = std::make_shared<asio::steady_timer>(executor, asio::steady_timer::time_point::max());
  const auto done = std::make_shared<bool>(false);
  const auto failure = std::make_shared<std::exception_ptr>();
  std::function<void()> run = [executor, woken, done, failure, work = std::move(job)] {
    try {
      work();
    } catch (...) {
      *failure = std::current_exception();
    }
    asio::post(executor, [woken, done] {
      *done = true;
      woken->cancel();
    });
  };
  if (!pool.submit(std::move(run))) co_return false;
  while (!*done) {
    boost::system::error_code ignored;
    co_await woken->async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
  if (*failure) std::rethrow_exception(*failure);
  co_return true;
}

}  // namespace detail
}  // namespace monitorix::net

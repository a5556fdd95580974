#pragma once
// The coroutine type and the loop that everything with a socket runs on: one thread, no locks.
// Only Loop::post and Loop::offload may be called from other threads (offload's work runs on a pool).
// Every task is started by spawn with a name; an exception that leaves it is logged and counted, the rest lives on.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"

namespace monitorix::net {

template <class T = void>
using Task = boost::asio::awaitable<T>;

/// What runs again and again, for those who know when there is something to do. On the loop.
class Tick {
 public:
  Tick() = default;  ///< of nothing
  /// Its next turn comes within a tenth of a second. What is said during a turn holds for the one after it.
  void soon() const;
  /// Its next turn comes at `moment`, or within a tenth of a second after it.
  void by(std::chrono::steady_clock::time_point moment) const;

 private:
  friend class Loop;
  struct State;
  std::weak_ptr<State> state_{};
};

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void run();                             ///< until stop(); the calling thread becomes the I/O thread
  void stop();                            ///< thread-safe; may be called twice
  void post(std::function<void()> work);  ///< thread-safe
  void spawn(std::string name, Task<> task);
  /// Runs `tick` every `period` on the loop until stop. Turns fall together: a program that waits is woken once a
  /// second, however many wait in it. Those a second or more apart are at whole seconds of the steady clock.
  Tick every(std::string name, std::chrono::milliseconds period, std::function<void()> tick);
  [[nodiscard]] boost::asio::io_context& context() { return context_; }

 private:
  boost::asio::io_context context_{1};
};

/// Suspends for a while; returns early only when the loop stops.
Task<> sleep_for(std::chrono::milliseconds duration);

/// A bounded pool for blocking work. When `queue_limit` jobs wait, offload answers Errc::unavailable at once.
class WorkerPool {
 public:
  enum class Priority { normal, lowered };
  WorkerPool(std::string name, std::size_t threads, std::size_t queue_limit, Priority priority = Priority::normal);
  ~WorkerPool();                           ///< finishes what runs, drops what waits
  bool submit(std::function<void()> job);  ///< false when full or stopping
  [[nodiscard]] std::size_t waiting() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

namespace detail {
/// Suspends the calling coroutine until `job` ran on the pool, then resumes it on its own executor; false when refused.
Task<bool> run_on_pool(WorkerPool& pool, std::function<void()> job);
}  // namespace detail

/// `co_await offload(pool, job)` with `job` returning Result<T>. The job must not touch the loop's objects.
template <class T>
Task<Result<T>> offload(WorkerPool& pool, std::function<Result<T>()> job) {
  auto slot = std::make_shared<Result<T>>(fail(Errc::cancelled, "not run"));
  std::function<void()> run = [slot, work = std::move(job)] { *slot = work(); };
  const bool ran = co_await detail::run_on_pool(pool, std::move(run));
  if (!ran) co_return fail(Errc::unavailable, "busy: too much work is waiting");
  co_return std::move(*slot);
}

}  // namespace monitorix::net

#pragma once
// Timers, cancellation and the end of a task, for those who schedule: what net/task.h has for everybody else, one by
// one. On the loop.

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "net/task.h"

namespace monitorix::net {

using Alarm = boost::asio::steady_timer;
using AlarmError = boost::system::error_code;
using Cancellation = boost::asio::cancellation_signal;

/// Ends the task that was started with it.
inline void cancel(Cancellation& what) { what.emit(boost::asio::cancellation_type::terminal); }

/// Starts a task that `cancel(by)` ends; `done` gets what it threw, if anything, and what it returned.
template <class T, class Done>
void spawn_cancellable(Loop& loop, Task<T> task, Cancellation& by, Done done) {
  boost::asio::co_spawn(loop.context(), std::move(task),
                        boost::asio::bind_cancellation_slot(by.slot(), std::move(done)));
}

/// Suspends until the alarm rings or is put off.
inline Task<> await_alarm(Alarm& alarm) {
  AlarmError ignored;
  co_await alarm.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
}

}  // namespace monitorix::net

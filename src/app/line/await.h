#pragma once
// A coroutine's result for a thread that may block: spawned on the loop, which runs elsewhere.

#include <future>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/task.h"

namespace monitorix::app {

namespace detail {
template <class T>
net::Task<> deliver(net::Task<Result<T>> task, std::shared_ptr<std::promise<Result<T>>> to) {
  try {
    to->set_value(co_await std::move(task));
  } catch (const std::exception& error) {
    to->set_value(fail(Errc::io, error.what()));
  }
}
}  // namespace detail

template <class T>
Result<T> await_on(net::Loop& loop, net::Task<Result<T>> task) {
  const auto promise = std::make_shared<std::promise<Result<T>>>();
  auto future = promise->get_future();
  loop.spawn("command", detail::deliver<T>(std::move(task), promise));
  return future.get();
}

}  // namespace monitorix::app

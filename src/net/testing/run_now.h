#pragma once
// For tests only: runs the loop until one task is done and gives its value.

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <optional>

#include "net/task.h"

namespace monitorix::net {

template <class T>
T run_now(Loop& loop, Task<T> task) {
  std::optional<T> value;
  std::exception_ptr failure;
  loop.context().restart();
  boost::asio::co_spawn(loop.context(), std::move(task), [&](std::exception_ptr thrown, T made) {
    failure = std::move(thrown);
    value.emplace(std::move(made));
    loop.stop();
  });
  loop.run();
  if (failure) std::rethrow_exception(failure);
  return std::move(*value);
}

}  // namespace monitorix::net

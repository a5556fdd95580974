#pragma once
// A command and its outcome as JSON, for the way over the control socket.

#include <string>

#include "app/line/options.h"
#include "base/result.h"
#include "base/secret.h"

namespace monitorix::app {

/// A command with what was read from standard input for it.
struct Order {
  Invocation invocation{};
  Secret input{};  ///< a password or a token; empty when none
};

struct Outcome {
  int exit_code{0};
  std::string out{}, err{};
};

std::string encode(const Order& order);
Result<Order> decode_order(const std::string& text);
std::string encode(const Outcome& outcome);
Result<Outcome> decode_outcome(const std::string& text);

}  // namespace monitorix::app

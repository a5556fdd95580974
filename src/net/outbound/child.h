#pragma once
// A program run to its end on the loop: an absolute path and arguments, no shell, no environment of ours, limits of its
// own, no file of ours open, no privilege of ours kept. Its whole process group is killed at the limit and at its end.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/outbound/fault.h"
#include "net/outbound/limit.h"
#include "net/task.h"

namespace monitorix::net {

struct ChildTerms {
  std::string path{};
  std::vector<std::string> arguments{};    ///< without the program's own name
  std::vector<std::string> environment{};  ///< NAME=value, beside PATH and LC_ALL
  std::string input{};                     ///< what it reads from its standard input
  std::size_t most_output{64u << 10};      ///< the rest of what it prints is thrown away
};

struct ChildEnd {
  std::optional<int> exit_code{}, signal{};
  bool out_of_time{false};
  std::string output{};          ///< of its standard output
  std::optional<Fault> fault{};  ///< it could not be started
};

Task<ChildEnd> run_child(Loop& loop, ChildTerms terms, std::shared_ptr<Limit> limit);

}  // namespace monitorix::net

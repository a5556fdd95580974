#pragma once
// The command line of pvesim.

#include <optional>
#include <string>

#include "base/result.h"
#include "sim/world/world.h"

namespace monitorix::sim {

struct Options {
  WorldPlan plan{};
  double speed{1};
  std::uint16_t port{};                         ///< of the first endpoint, the others follow; 0: free ones
  std::optional<std::uint16_t> control_port{};  ///< 0: a free one, printed
  std::string replay_folder{};
  std::string keys_folder{};  ///< certificates kept between runs
  bool is_spread{};           ///< each node has a loopback address of its own, all the same port
  bool wants_help{};
};

[[nodiscard]] Result<Options> read_options(int count, const char* const* arguments);
[[nodiscard]] std::string usage();

}  // namespace monitorix::sim

#pragma once
// How an answer goes wrong on its way. A fault is set for one listener (and, if wished, for one path) by the control
// API; deliver() turns an answer into the bytes to send, their pace and how the connection ends. README.md tells what
// each mode does.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/http_message.h"

namespace monitorix::sim {

enum class FaultMode {
  clear,
  accept_silent,
  hang,
  late,
  slow,
  slow_body,
  cut,
  truncated,
  garbage,
  not_http,
  html200,
  huge,
  infinite,
  gzipbomb,
  hdrflood,
  deep,
  wrong_types,
  badutf8,
  nul,
  xss,
  e401,
  e403,
  e500,
  e595,
  e596,
  redirect,
  dupcl,
  negcl,
  rst,
};

struct Fault {
  FaultMode mode{FaultMode::clear};
  std::string path{};                                      ///< only requests whose path holds this; empty: all
  std::string location{"http://169.254.169.254/latest/"};  ///< where `redirect` points
  std::size_t depth{200};                                  ///< of `deep`
  std::size_t size{100'000'000};                           ///< of `huge`, in bytes
  std::size_t bytes_per_second{1};                         ///< of `slow` and `slow_body`
  std::chrono::milliseconds lateness{5'000};               ///< of `late`
};

[[nodiscard]] std::optional<FaultMode> fault_mode(std::string_view name);
[[nodiscard]] std::string_view name_of(FaultMode mode);

struct Delivery {
  enum class End { keep, close, abort, reset };
  std::string head{};
  std::shared_ptr<const Body> body{};
  Encoding encoding{Encoding::plain};
  std::size_t cut_after{std::string::npos};  ///< of the body: no byte beyond is sent
  std::function<std::string()> more{};       ///< further bytes until it gives none
  std::size_t bytes_per_second{};            ///< 0: at once
  bool is_head_slow{};
  bool is_never{};  ///< no byte at all; the client must give up
  End end{End::keep};
};

[[nodiscard]] Delivery deliver(const Fault& fault, const Request& request, const Answer& answer, WallTime now);

}  // namespace monitorix::sim

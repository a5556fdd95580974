#pragma once
// Ping: one socket per family carries the echoes of all targets (checks C20-C23), datagram where the kernel lets us and
// raw otherwise; a socket that failed is made anew. On the loop only.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/outbound/fault.h"
#include "net/outbound/limit.h"
#include "net/outbound/policy.h"
#include "net/task.h"

namespace monitorix::net {

struct EchoTerms {
  SocketAddress to{};
  std::optional<SocketAddress> from{};
  int count{3};
  std::chrono::milliseconds spacing{200};
  std::size_t size{56};
  std::optional<int> ttl{}, dscp{};
};

struct EchoSeries {
  int sent{0};
  /// In the order of sending; absent where no reply came. As long as what was sent.
  std::vector<std::optional<std::chrono::microseconds>> round_trips{};
  /// A router or the target said that it cannot be reached.
  struct Refusal {
    int type{}, code{};
    std::string text{};  ///< with the address of who said it
  };
  std::optional<Refusal> refusal{};
  std::optional<Fault> fault{};  ///< ours: nothing can be said about the target
};

class EchoHub {
 public:
  explicit EchoHub(Loop& loop);
  ~EchoHub();
  EchoHub(const EchoHub&) = delete;
  EchoHub& operator=(const EchoHub&) = delete;

  /// Ends when each echo is answered or refused, at the latest with the limit.
  Task<EchoSeries> ping(EchoTerms terms, std::shared_ptr<const OutboundPolicy> policy, std::shared_ptr<Limit> limit);
  /// "" or why this process may not ping, with the ways to allow it.
  static std::string hindrance();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace monitorix::net

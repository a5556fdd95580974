#pragma once
// What a peer showed in its handshake (checks C28).

#include <string>

#include "base/clock.h"
#include "net/tls.h"

namespace monitorix::net {

struct PeerChain {
  Certificate leaf{};
  WallTime not_after{};  ///< the earliest of the chain; a root that we know does not count (checks C30)
  int position{0};       ///< where that one stands; 0 = leaf
  bool verified{false};
  std::string protocol{};
};

}  // namespace monitorix::net

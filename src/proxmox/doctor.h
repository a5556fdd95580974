#pragma once
// What a token may do, endpoint by endpoint, with the line that would mend it (proxmox §12, Q1-Q15).

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/reason.h"
#include "net/task.h"
#include "proxmox/client.h"

namespace monitorix::proxmox {

enum class Verdict : unsigned char { ok, warn, fail, skip };

struct Finding {
  std::string id{}, title{};  ///< what is examined; a call names its path
  Reason found{};
  Verdict verdict{};
  std::vector<Reason> features_lost{};
  std::optional<std::string> fix{};  ///< a line to copy into a shell of a node
  int took_ms{};
};

/// Of the VMs that run: how many have an agent by their configuration, and how many of these answer (Q11).
struct AgentCounts {
  std::int64_t running{}, configured{}, answering{};
};
/// `allowed` is what examine() found about the right to ask agents; better it where the guests themselves are known.
Finding agents_check(Finding allowed, const AgentCounts& counts);

/// How long to wait before the next call; asked before each of them but the first few.
using Pace = std::function<std::chrono::milliseconds()>;

/// Examines a connection, stored or not. Never fails as a whole: what cannot be asked is `skip` or `fail`. Without a
/// pace at once, as for a person who waits.
net::Task<std::vector<Finding>> examine(net::HttpClient& http, const Clock& clock, ClusterConfig config,
                                        Pace pace = {});

}  // namespace monitorix::proxmox

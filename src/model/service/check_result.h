#pragma once
// What one run of a check found. An outcome is data, never an error: "the host is down" is a CheckResult.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/boxed.h"
#include "base/clock.h"
#include "model/ids.h"

namespace monitorix {

/// `unknown` means that we could not look; it is nobody's downtime (checks C7).
enum class Verdict : std::uint8_t { up, degraded, down, unknown };

/// Microseconds of each phase; absent when it did not happen. Those present add up to the whole, exactly (checks C32).
struct Phases {
  std::optional<std::int64_t> dns{}, connect{}, tls{}, send{}, first_byte{}, transfer{};
  bool operator==(const Phases&) const = default;
};

struct SeenCertificate {
  WallTime not_after{};        ///< of the leaf
  WallTime chain_not_after{};  ///< the earliest of the presented chain
  int chain_position{};        ///< where that one stands; 0 = leaf
  WallTime not_before{};
  std::string sha256{}, issuer{}, subject{}, protocol{};
  bool verified{false};
  bool operator==(const SeenCertificate&) const = default;
};

/// What an editor may look at when a check failed; the body is cut at 4 KiB and secrets are masked.
struct Evidence {
  std::string request{}, headers{}, body{};
  bool operator==(const Evidence&) const = default;
};

struct CheckResult {
  ServiceId service{};
  WallTime scheduled_at{}, started_at{};
  std::chrono::microseconds took{};
  Verdict verdict{Verdict::unknown};
  std::string reason{"ok"};  ///< a code of checks.md §3: conn_refused, timeout_phase, assert_failed, …
  std::string parameter{};   ///< its phase, index or number: "tls", "2", "3"
  std::string detail{};      ///< one sanitized line of at most 256 bytes: `status (503) in 200-299`
  Phases phases{};
  std::string address{};  ///< the one that was dialled
  std::optional<int> status_code{};
  Boxed<SeenCertificate> certificate{};
  Boxed<Evidence> evidence{};
  bool operator==(const CheckResult&) const = default;
};

/// It took as long as it may, so that one who is late himself says nothing of the other.
bool is_timeout(const CheckResult& result);

}  // namespace monitorix

#pragma once
// A service as readers see it: what is to be checked, and where that stands. Immutable like all of the picture of the
// world; made by watch/, which alone knows how.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/boxed.h"
#include "model/service/check_result.h"
#include "model/service/service.h"

namespace monitorix::state {

enum class ServiceStatus : std::uint8_t { up, warning, down, unreachable, unknown, paused };
std::string_view name_of(ServiceStatus status);

/// What is down below an unreachable service.
struct ServiceCause {
  std::string kind{}, id{}, name{}, status{};
  bool operator==(const ServiceCause&) const = default;
};

/// Nothing when nothing is known, never 0 or 100 %. Cut, not rounded.
struct UptimeShare {
  std::optional<double> percent{}, coverage{};
  bool operator==(const UptimeShare&) const = default;
};

/// Cells of wall time, one letter and one digit each (contract: Heartbeat).
struct HeartbeatBar {
  WallTime begin{};
  std::string cells{}, shares{};
  bool operator==(const HeartbeatBar&) const = default;
};
inline constexpr std::chrono::seconds kHeartbeatCell{960};
inline constexpr int kHeartbeatCells = 90;

struct ServiceView {
  ServiceId id{};
  std::shared_ptr<const Service> service{};  ///< never null
  std::int64_t version{1};
  bool has_push_token{false};
  ServiceStatus status{ServiceStatus::unknown};
  WallTime status_since{};
  std::string_view phase{"fresh"};  ///< verdict::name_of(Phase), or "fresh" while nothing is known
  bool in_maintenance{false};
  std::shared_ptr<const CheckResult> latest{};  ///< null before the first
  Boxed<ServiceCause> cause{};
  std::optional<WallTime> next_check{}, certificate_expires_at{};
  std::optional<std::chrono::microseconds> response_p95{};
  UptimeShare day{}, month{}, quarter{};
  std::shared_ptr<const HeartbeatBar> bar{};  ///< null before it was summed up
};

using ServiceBook = std::vector<std::shared_ptr<const ServiceView>>;  ///< by id

}  // namespace monitorix::state

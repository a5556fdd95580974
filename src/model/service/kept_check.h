#pragma once
// What is kept of services and their checks, in the store's words: rows, with the texts that verdict/ made of its
// states. Data only.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/service/check_result.h"
#include "model/service/service.h"

namespace monitorix {

struct ServiceRecord {
  Service service{};
  std::int64_t version{1};
  WallTime updated_at{};
  bool has_push_token{false};
};

/// Where a check stood. `push` is empty but for heartbeats.
struct KeptState {
  ServiceId service{};
  std::string state{}, push{};
  WallTime at{};
};

/// A settled interval; the open one is part of the state.
struct KeptInterval {
  ServiceId service{};
  WallTime begin{}, end{};
  int state{};  ///< the number of what was shown: up, degraded, down, unreachable, unknown, paused
  bool operator==(const KeptInterval&) const = default;
};

struct KeptBlip {
  ServiceId service{};
  WallTime begin{}, end{};
  std::string reason{}, parameter{};
  bool operator==(const KeptBlip&) const = default;
};

enum class OverlayKind : std::uint8_t { maintenance, unreachable };
struct KeptOverlay {
  ServiceId service{};
  OverlayKind kind{};
  WallTime begin{};
  std::optional<WallTime> end{};
  bool operator==(const KeptOverlay&) const = default;
};

/// A result that says something: a failure, or the first of another verdict.
struct KeptCheck {
  std::int64_t id{};
  CheckResult result{};  ///< its evidence only when it was asked for
  bool has_evidence{false};
};

enum class HistogramSpan : std::uint8_t { hour, day };
struct KeptHistogram {
  ServiceId service{};
  HistogramSpan span{};
  WallTime begin{};
  std::string total{}, first_byte{};
};

/// We are alive, and when each check was last sure; what tells our own outage from somebody's downtime.
struct CheckBeat {
  WallTime at{};
  std::string pulses{};
};

/// One transaction.
struct CheckBatch {
  std::vector<KeptState> states{};
  std::vector<std::pair<ServiceId, WallTime>> rewound{};  ///< before all else: intervals from there on are void
  std::vector<KeptInterval> intervals{};
  std::vector<KeptBlip> blips{};
  std::vector<KeptOverlay> overlays{};
  std::vector<CheckResult> checks{};
  std::vector<KeptHistogram> histograms{};
  std::optional<CheckBeat> beat{};
  [[nodiscard]] bool is_empty() const {
    return states.empty() && rewound.empty() && intervals.empty() && blips.empty() && overlays.empty() &&
           checks.empty() && histograms.empty() && !beat;
  }
};

/// Everything that is needed to go on after a start.
struct KeptChecks {
  std::vector<ServiceRecord> services{};
  std::vector<KeptState> states{};
  std::vector<KeptInterval> intervals{};
  std::vector<KeptOverlay> overlays{};
  std::vector<KeptHistogram> histograms{};                       ///< by hour
  std::vector<std::pair<ServiceId, std::string>> push_tokens{};  ///< by their hash
  std::optional<CheckBeat> beat{};
};

struct StatusItem {
  std::string key{};  ///< what visitors call it by; tells nothing
  ServiceId service{};
  std::string name{};
  bool operator==(const StatusItem&) const = default;
};
struct StatusGroup {
  std::string name{};
  std::vector<StatusItem> items{};
  bool operator==(const StatusGroup&) const = default;
};
struct StatusNotice {
  std::string title{}, text{}, severity{"info"};
  WallTime at{};
  bool operator==(const StatusNotice&) const = default;
};
struct StatusPage {
  std::int64_t id{};
  std::string slug{}, title{}, description{};
  std::vector<StatusGroup> groups{};
  std::string theme{"system"}, language{"en"};
  bool is_public{false};
  int show_history_days{90};
  std::vector<StatusNotice> notices{};
  std::int64_t version{1};
  WallTime created_at{}, updated_at{};
};

}  // namespace monitorix

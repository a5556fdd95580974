#pragma once
// Where a check stands (checks.md §5). `Phase` is the machine's own word, `Shown` what people are told and what time is
// counted as: soft phases show what stood before them, a check that has said nothing yet is unknown. Data; step.h has
// the deeds.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "model/service/check_result.h"
#include "model/service/service.h"

namespace monitorix::verdict {

enum class Phase : std::uint8_t { fresh, up, degraded, soft_down, down, soft_up, unknown, paused };
enum class Shown : std::uint8_t { up, degraded, down, unreachable, unknown, paused };
inline constexpr std::size_t kShownCount = 6;
/// The last of these that was sure; a check that never had a good or bad result has none.
enum class Stable : std::uint8_t { none, up, degraded, down };

/// What of a service its judgement depends on.
struct CheckPolicy {
  int fail_after{3}, recover_after{2}, degraded_after{2};
  std::chrono::milliseconds interval{60'000};
  std::chrono::milliseconds nodata_grace{125'000};
  bool invert{false};
  bool operator==(const CheckPolicy&) const = default;
};

/// Heartbeats and composites are confirmed by their grace and by their members, so one result moves them; a service in
/// maintenance is judged like any other (checks C5).
CheckPolicy policy_of(const Service& service);

/// All that a check needs to go on after a restart. `since` is the begin of the interval that is open; everything
/// before it is settled. Times are wall times that label; order comes from `last_scheduled`.
struct CheckState {
  Phase phase{Phase::fresh};
  Stable stable{Stable::none};
  int count{0};                  ///< n of soft_down, m of soft_up
  int equal{0};                  ///< verdicts in a row that are the other one of up and degraded
  WallTime since{};              ///< of what is shown
  WallTime soft_since{};         ///< t_soft, t_up: the first result of an unconfirmed move
  WallTime equal_since{};        ///< the first of the `equal` ones
  WallTime last_known{};         ///< when the last result that was good or bad was due; before any, when it was enabled
  WallTime last_scheduled{};     ///< when the last accepted result was due
  std::string reason{};          ///< of the last bad or degraded result, `ok` after a good one
  std::string parameter{};       ///< of that reason
  std::string unknown_reason{};  ///< of the last result that was unknown; empty after a better one
  std::vector<std::string> certificates{};  ///< SHA-256 of the last four different ones, newest last
  std::uint64_t blips{0};
  std::uint64_t dropped{0};  ///< results that came out of order, twice or while paused (checks C8)
  /// What stood before UNKNOWN, for a result that was due before it began and comes late.
  Phase phase_before{Phase::fresh};
  WallTime since_before{}, unknown_since{};
  bool operator==(const CheckState&) const = default;
};

/// A check that begins now: NEW.
CheckState begin_check(WallTime now);

Shown shown_of(const CheckState& state);
/// Runs come at `retry_interval` now (checks C10).
inline bool is_soft(const CheckState& state) {
  return state.phase == Phase::soft_down || state.phase == Phase::soft_up;
}

std::string_view name_of(Phase phase);
std::string_view name_of(Shown shown);
std::optional<Phase> parse_phase(std::string_view name);
std::optional<Shown> parse_shown(std::string_view name);

/// One line of JSON for the database, and back. Text that is damaged, or of a state that cannot be, is an Error.
std::string encode_state(const CheckState& state);
Result<CheckState> decode_state(std::string_view text);

}  // namespace monitorix::verdict

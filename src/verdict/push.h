#pragma once
// Heartbeats: somebody else's job tells us that it ran, and silence is the alarm. Pure: pings and looks come with their
// time. A service that never got a ping is not judged; what may have been sent while we ourselves were away is nobody's
// failure (checks §2.2, U2).

#include <optional>
#include <string>

#include "verdict/calendar.h"
#include "verdict/check_state.h"
#include "verdict/cron.h"
#include "verdict/timeline/interval.h"

namespace monitorix::verdict {

enum class PushAction : std::uint8_t { start, ok, fail, log };

struct Ping {
  PushAction action{PushAction::ok};
  WallTime at{};
  std::string run{};                                ///< of several that overlap; empty = the only one
  std::optional<int> exit_code{};                   ///< other than 0 makes a failure of an ok
  std::optional<std::chrono::microseconds> took{};  ///< as the sender says
  bool operator==(const Ping&) const = default;
};

/// When pings are expected: by period, or by cron or a calendar expression in a time zone.
struct PushSchedule {
  std::chrono::milliseconds period{300'000}, grace{60'000};
  std::optional<Cron> cron{};
  std::optional<Calendar> calendar{};
  Zone zone{};
};
/// Refuses a bad expression. The zone is looked up by the caller.
Result<PushSchedule> schedule_of(const PushOptions& options, Zone zone);

struct PushState {
  std::optional<WallTime> last_ping{};              ///< of any kind
  std::optional<WallTime> last_done{};              ///< ok or fail: the next is expected after it
  bool has_failed{false};                           ///< the last one that was done was a failure
  std::optional<int> exit_code{};                   ///< of it
  std::optional<WallTime> started_at{};             ///< a run that is not done
  std::string run{};                                ///< its name
  std::optional<WallTime> away_until{};             ///< Monitorix was away after the last ping, until then
  std::optional<std::chrono::microseconds> took{};  ///< the last run that was done
  bool operator==(const PushState&) const = default;
};

void take_ping(PushState& state, const Ping& ping);
/// Monitorix itself was away: a ping may have been lost, so what was due is expected once more from the end of it on.
/// What had been missed before stays missed.
void take_outage(PushState& state, const PushSchedule& schedule, Span outage);

struct PushJudgement {
  Verdict verdict{Verdict::unknown};
  std::string reason{"ok"}, parameter{};
  WallTime since{};                ///< when this began to hold: the ping, or the moment it was missed
  std::optional<WallTime> next{};  ///< when it will be another one if nothing comes
};
/// A run that has begun has `grace` to end; without one a ping is due `grace` after its time. Times of the state that
/// lie after `now` are of a clock that was set back, and become `now`.
PushJudgement judge_push(PushState& state, const PushSchedule& schedule, WallTime now);
/// The judgement as a result. It is dated back to the moment it began to hold when that is after `last_scheduled` (of
/// the check's state), else it is of the run that was due at `scheduled_at`: a miss is down from the moment it is one.
CheckResult result_of(const PushJudgement& judgement, const PushState& state, ServiceId service, WallTime scheduled_at,
                      WallTime last_scheduled);

std::string encode_push(const PushState& state);
Result<PushState> decode_push(std::string_view text);

}  // namespace monitorix::verdict

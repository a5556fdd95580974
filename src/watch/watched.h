#pragma once
// All that is known of one service while the program runs. Private to watch/.

#include <array>
#include <optional>
#include <vector>

#include "model/service/kept_check.h"
#include "state/services/service_view.h"
#include "state/snapshot.h"
#include "verdict/histogram.h"
#include "verdict/push.h"
#include "verdict/step.h"
#include "verdict/timeline/bar.h"

namespace monitorix::watch {

/// How long one of the parts of the last day's response times is.
inline constexpr std::chrono::hours kQuarterDay{6};

// In both, what each result and each look reads stands together and first: of ten thousand services little is in any
// cache of the processor, and each line of it that is read costs as much as a hundred instructions.

struct ResponseTimes {
  WallTime hour{};     ///< begin of the open one
  WallTime quarter{};  ///< begin of the newest
  verdict::Histogram total{}, first_byte{};
  WallTime saved_at{};
  bool is_unsaved{false};
  std::array<verdict::Histogram, 4> quarters{};  ///< of six hours each, the newest last; without the open hour
  WallTime day{};
  verdict::Histogram day_total{}, day_first_byte{};  ///< without the open hour
};

struct Watched {
  std::shared_ptr<const Service> service{};
  std::shared_ptr<const state::ServiceView> view{};
  std::shared_ptr<const CheckResult> latest{};
  WallTime summed_at{};
  bool is_dirty{true};    ///< its state is to be stored
  bool is_changed{true};  ///< its view is to be made anew
  bool is_moved{true};    ///< its sums too
  bool has_push_token{false};
  verdict::CheckPolicy policy{};
  verdict::CheckState state{};
  std::string kept_reason{};  ///< of the last result that was kept, with its verdict
  WallTime kept_at{};
  ResponseTimes times{};
  std::optional<WallTime> certificate_expires_at{};
  std::int64_t version{1};
  std::optional<WallTime> judge_again_at{};  ///< heartbeats and composites: at the latest then
  WallTime judged_at{};                      ///< the last look
  Boxed<state::ServiceCause> cause{};
  std::vector<KeptOverlay> overlays{};
  std::vector<verdict::Interval> past{};
  verdict::PushState push{};
  std::optional<verdict::PushSchedule> schedule{};
};

/// Begins or ends the span of that kind, if that is a change; what is to be kept then.
std::optional<KeptOverlay> set_overlay(Watched& one, OverlayKind kind, bool is_on, WallTime since, WallTime now);
bool has_overlay(const Watched& one, OverlayKind kind);
verdict::Overlays overlays_of(const Watched& one, WallTime now);
/// The whole of the window as it reads now; time after `now` and before creation is left out.
std::vector<verdict::Interval> composed(const Watched& one, verdict::Span window, WallTime now);

/// What is down that this service runs on; nothing while that is not known.
struct Fault {
  state::ServiceCause cause{};
  WallTime since{};
};
std::optional<Fault> fault_below(const Service& service, const state::Snapshot& world);
bool is_place_in_maintenance(const Service& service, const state::Snapshot& world);

/// A result moves little of what is shown; with `again` also what is summed up over the time line and over all response
/// times, which costs a hundred times as much.
enum class Sums { kept, again };
std::shared_ptr<const state::ServiceView> make_view(const Watched& one, WallTime now, Sums sums);
/// Only what differs for who looks at a list.
bool is_same(const state::ServiceView& a, const state::ServiceView& b);

/// A successful result's times.
void note_times(Watched& one, const CheckResult& result, std::vector<KeptHistogram>& done);
void note_kept_hour(Watched& one, const KeptHistogram& hour, WallTime now);
/// The open hour and day, to be stored.
void keep_times(Watched& one, WallTime now, std::vector<KeptHistogram>& into);

/// When each check was last sure, as a short text for the database.
std::string encode_pulses(const std::vector<std::pair<ServiceId, WallTime>>& last_known, WallTime at);
/// What can be read of it.
std::vector<std::pair<ServiceId, WallTime>> decode_pulses(std::string_view text, WallTime at);

}  // namespace monitorix::watch

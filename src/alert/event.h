#pragma once
// All that can happen to the engine. What the world says comes first, then what people order, then what the outbox
// reports. Each is data; engine.h takes it.

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/zone/zone.h"
#include "model/alert/alert.h"

namespace monitorix::alert {

/// Time that only runs forward and knows no calendar; what measures (alerts:A8).
using RunTime = std::chrono::time_point<std::chrono::steady_clock, std::chrono::milliseconds>;
struct Now {
  RunTime run{};
  WallTime wall{};
};

/// Names that selectors and silences look at.
struct Labels {
  std::string name{};
  ClusterId cluster{};
  std::string cluster_name{}, pool{}, node{};
  std::vector<std::string> tags{};
  bool operator==(const Labels&) const = default;
};

/// What an entity cannot be without: one of these. Several make a redundancy group (alerts:A4).
struct Need {
  std::vector<Entity> any_of{};
  bool operator==(const Need&) const = default;
};

/// How an entity stands. The soft ones are not confirmed: they change no condition, but who stands on it waits.
/// `resting`: stopped on purpose, by a person or a task.
enum class Standing : std::uint8_t { unknown, up, degraded, soft_down, down, soft_up, resting, paused };

/// An entity is there, or has other labels or needs than before.
struct Placed {
  Entity entity{};
  Labels labels{};
  std::vector<Need> needs{};
};
struct Removed {
  Entity entity{};
};
/// The result of a check or a poll.
struct Report {
  Entity entity{};
  Standing standing{};
  RunTime started{};
  /// Of nodes and guests. Shorter than the time since the last report: it was away in between (alerts §5).
  std::optional<std::chrono::seconds> uptime{};
  std::optional<Severity> severity{};  ///< of `down`; absent = critical
  Reason evidence{};
};
struct Sample {
  Entity entity{};
  Metric metric{};
  std::optional<double> value{};  ///< absent: could not be read, which is unknown
};
enum class Truth : std::uint8_t { no, yes, unknown };
/// Something that is so, or is not: a risk, a failed job, a certificate. `code` is what rules name.
struct Condition {
  Target target{};
  std::string code{};
  Truth truth{};
  Severity severity{Severity::warning};
  Reason evidence{};
};
/// A task began or a lock was set. `work` is the task's type or the lock's name.
struct WorkBegan {
  Entity entity{};
  HoldKind kind{HoldKind::task};
  std::string work{}, ref{};
};
/// It ended; what it explains is held for `grace` more, two polls of its cluster.
struct WorkEnded {
  Entity entity{};
  std::string ref{};
  std::chrono::milliseconds grace{60'000};
};

struct PutRule {
  Rule rule{};
};
struct RemoveRule {
  RuleId rule{};
};
struct PutRoute {
  Route route{};
};
struct RemoveRoute {
  RouteId route{};
};
struct PutChannel {
  ChannelPolicy channel{};
};
struct RemoveChannel {
  ChannelId channel{};
};
/// A time zone that windows or steps name; the room reads no files. One that was not made known counts as UTC.
struct KnowZone {
  std::string name{};
  Zone zone{};
};
struct PutSilence {
  Silence silence{};
};
struct RemoveSilence {
  SilenceId silence{};
};
struct PutWindow {
  Window window{};
};
struct RemoveWindow {
  WindowId window{};
};
struct Acknowledge {
  AlertId alert{};
  Acknowledgement ack{};
};
struct Unacknowledge {
  AlertId alert{};
  std::string by{};
};
struct ResolveByHand {
  AlertId alert{};
  std::string by{};
};
/// A step could not be delivered after its tries: the next one is due at once.
struct StepFailed {
  AlertId alert{};
  int step{};
};

using Event = std::variant<Placed, Removed, Report, Sample, Condition, WorkBegan, WorkEnded, PutRule, RemoveRule,
                           PutRoute, RemoveRoute, PutChannel, RemoveChannel, KnowZone, PutSilence, RemoveSilence,
                           PutWindow, RemoveWindow, Acknowledge, Unacknowledge, ResolveByHand, StepFailed>;

}  // namespace monitorix::alert

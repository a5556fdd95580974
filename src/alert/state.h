#pragma once
// All that the engine knows, as plain values: a copy of it is a checkpoint, and kept.h makes rows of what must outlive
// the process. engine.h has the deeds; nothing else changes it. Vectors are addressed by index and never shrink while
// somebody may hold one.

#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "alert/event.h"

namespace monitorix::alert {

/// What the spans of alerts.md §§4-6 are set to.
struct Tuning {
  std::chrono::milliseconds parent_hold{20'000};  ///< dep_hold: wait for results of ancestors, at most 60 s
  std::chrono::milliseconds settle{60'000};       ///< after an ancestor came back
  std::chrono::milliseconds boot_grace{120'000};  ///< dep_grace: the time a guest needs to boot
  int fresh_bad{3};                               ///< results after an ancestor's return that prove a child down
  std::chrono::milliseconds group_wait{10'000}, group_interval{60'000};
  std::chrono::milliseconds failed_wait{1'000};    ///< after a step that reached nobody
  std::chrono::milliseconds quiet_scope{600'000};  ///< after so long the first critical one goes out at once
  std::chrono::milliseconds manual_hold{300'000};
  std::chrono::milliseconds flap_half_life{900'000};
  double flap_enter{3.0}, flap_leave{1.0};
  std::chrono::milliseconds repeat_critical{4 * 3'600'000}, repeat_warning{24 * 3'600'000};
};

constexpr std::size_t kSeverityCount = 3;

/// When something is to be looked at, and the entry of the heap that will say so: at that time or before it.
struct Due {
  std::optional<RunTime> at{}, queued{};
};

// In pairs and members, what every result reads stands together and first: of ten thousand services little is in any
// cache of the processor.

/// One (rule, target): the machine of alerts.md §3. Without an open alert it is inactive.
struct Pair {
  RuleId rule{};
  std::uint32_t member{};
  bool is_dead{false};  ///< its rule or entity is gone; the slot is free
  RuleKind kind{};
  Comparison comparison{};
  int samples{};  ///< in a row that were true
  /// Since when each level's condition holds without a `no` in between; what was unknown does not count.
  std::array<std::optional<RunTime>, kSeverityCount> true_since{};
  std::optional<RunTime> false_since{};    ///< of an alert that recovers
  std::optional<RunTime> unknown_since{};  ///< the clock of both stands still
  std::optional<RunTime> heard_at{};
  AlertId open{};                          ///< pending, firing or recovering
  AlertId flapping{};                      ///< the resolved one that is opened again while it flaps
  std::optional<RunTime> blocked_until{};  ///< resolved by hand
  Due due{};
  Reason evidence{};
  std::optional<double> value{};
  /// Thresholds with exceptions applied, by severity; absent = no such level.
  struct Bound {
    bool exists{false};
    double threshold{}, clear{};
    std::chrono::milliseconds confirm_for{};
  };
  std::array<Bound, kSeverityCount> bounds{};
  std::string part{};
  double flap_score{};
  RunTime flap_at{};
  std::map<ChannelId, RunTime> fired_at{};  ///< the last firing message, for the cooldown
};

/// What was told on one channel by one step.
struct Told {
  int step{};
  ChannelId channel{};
  bool is_firing{false}, is_resolved{false}, knows_flapping{false};
  Severity severity{};  ///< of the last firing message, or lower when the alert became milder since
  RunTime last_at{};
  int repeats{};
};

/// The planner's side of an alert.
struct Plan {
  RunTime fired_at{};
  std::optional<RunTime> eligible_at{};  ///< when it could first be told
  bool is_verified{false};               ///< its ancestors were looked at after it fired
  int fresh_bad{};
  int skipped_to{-1};  ///< steps up to this one are due at once
  std::optional<Held> was_held{};
  std::vector<Told> told{};  ///< by step and channel
};

struct Tracked {
  Alert row{};
  Plan plan{};
  std::uint32_t pair{};
  Due due{};
};

struct Work {
  HoldKind kind{};
  std::string work{}, ref{};
  RunTime began{};
  std::optional<RunTime> ends{};  ///< with its grace; absent while it runs
};

struct Member {
  Entity entity{};
  bool exists{false};  ///< placed; others may know it as a need or from a kept alert
  bool was_away{false};
  Standing standing{};
  std::optional<Severity> down_severity{};
  int outages{};  ///< its own alerts about its state that fire or recover
  std::optional<RunTime> reported_at{}, started_at{};
  std::vector<std::uint32_t> pairs{};
  std::vector<Need> needs{};
  std::vector<Work> work{};
  std::vector<AlertId> waiting{};  ///< alerts that wait for its next result
  Reason evidence{};
  std::array<std::vector<std::uint32_t>, kMetricCount> watchers{};  ///< pairs of metric rules
  std::vector<Condition> conditions{};                              ///< as last said, those that are not `no`
  std::vector<std::uint32_t> dependents{};
  Labels labels{};
  std::optional<RunTime> last_away{};  ///< it was away until then, or had just booted
  Due due{};
};

struct Group {
  Incident row{};
  std::set<AlertId> live{};  ///< not over, or not told yet that they are
  int open{};                ///< of them, those that fire or recover, or still flap
  std::set<AlertId> acked{};
  std::optional<RunTime> first_owed{}, last_flush{};
  Due due{};
};

/// When a route last had something to say of a scope.
struct Scope {
  IncidentId open{};
  std::optional<RunTime> quiet_since{};
};

struct Channel {
  ChannelPolicy policy{};
  std::vector<RunTime> sent{};      ///< within the burst period, oldest first
  std::set<IncidentId> overflow{};  ///< these have something to say here and wait for a place
  Due due{};
};

struct KnownWindow {
  Window window{};
  bool is_on{false};
};

/// Of what is due at the same moment the earlier kind goes first: what holds before what is told.
enum class TimerKind : std::uint8_t { calendar, pair, member, alert, group, channel };
struct Timer {
  RunTime at{};
  TimerKind kind{};
  std::int64_t id{};
  auto operator<=>(const Timer&) const = default;
};

struct State {
  Tuning tuning{};
  std::map<RuleId, Rule> rules{};
  std::map<RouteId, Route> routes{};
  std::map<ChannelId, Channel> channels{};
  std::map<SilenceId, Silence> silences{};
  std::map<WindowId, KnownWindow> windows{};
  std::map<std::string, Zone> zones{};

  std::vector<Member> members{};
  std::unordered_map<Entity, std::uint32_t> member_at{};
  std::vector<std::uint32_t> free_members{};
  std::vector<Pair> pairs{};
  std::vector<std::uint32_t> free_pairs{};
  std::map<AlertId, Tracked> alerts{};
  std::map<IncidentId, Group> groups{};
  std::map<std::pair<RouteId, Entity>, Scope> scopes{};

  std::int64_t next_alert{1}, next_incident{1};
  std::vector<Timer> timers{};  ///< a heap, earliest first; an entry that its owner's `queued` does not name is void
  Due calendar{};
  std::optional<std::chrono::milliseconds> wall_offset{};  ///< wall minus run; when it moves, the calendar is read anew
};

}  // namespace monitorix::alert

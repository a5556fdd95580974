#pragma once
// An alert, the incident it belongs to, and what becomes of both (alerts.md §3, §6). Rows: labels and wall times. What
// the engine needs to go on is beside them in alert/.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/alert/quiet.h"
#include "model/alert/route.h"
#include "model/reason.h"

namespace monitorix {

struct Incident;
using IncidentId = Id<Incident>;

enum class AlertState : std::uint8_t { pending, firing, recovering, resolved };
enum class ResolveReason : std::uint8_t { none, condition, manual, deleted, disabled, no_data };
enum class HoldKind : std::uint8_t { task, lock, silence, maintenance, parent };

/// The strongest of what holds an alert's messages back; `ref` is a UPID, the name of a lock or an id.
struct Held {
  HoldKind kind{};
  std::string ref{};
  WallTime since{};
  std::optional<WallTime> until{};  ///< when it ended
  bool operator==(const Held&) const = default;
};

struct Acknowledgement {
  std::string by{}, note{};
  WallTime at{};
  std::optional<WallTime> until{};
  bool is_sticky{false};  ///< also while it gets worse
  bool operator==(const Acknowledgement&) const = default;
};

struct Alert {
  AlertId id{};
  RuleId rule{};
  Target target{};
  AlertState state{};
  Severity severity{};
  WallTime opened_at{}, since{}, last_true_at{};  ///< since: of the state
  std::optional<WallTime> resolved_at{};
  ResolveReason resolve_reason{};
  AlertId root_cause{};  ///< the alert of what is down below
  std::optional<Acknowledgement> ack{};
  std::optional<Held> held{};
  double flap_score{};
  WallTime flap_at{};
  bool is_flapping{false};
  bool has_no_data{false};
  std::optional<double> value{}, threshold{};
  Reason evidence{};  ///< why: of a check, of a job; without a code it is what others said
  IncidentId incident{};
  std::int64_t reopen_count{};
  std::int64_t version{1};  ///< grows with each change
  bool operator==(const Alert&) const = default;
};

enum class IncidentState : std::uint8_t { open, acknowledged, resolved };

/// One root cause and what hangs on it.
struct Incident {
  IncidentId id{};
  RouteId route{};
  Entity scope{};  ///< what its alerts have in common: a node, or the entity itself
  AlertId root{};  ///< the alert that names the cause
  IncidentState state{};
  Severity severity{};  ///< the worst it had
  WallTime opened_at{};
  std::optional<WallTime> resolved_at{};
  std::vector<AlertId> alerts{};  ///< in the order they came
  std::int64_t version{1};
  bool operator==(const Incident&) const = default;
};

enum class HappeningKind : std::uint8_t {
  opened,
  worse,
  milder,
  recovering,
  reopened,
  resolved,
  held,
  released,
  acknowledged,
  unacknowledged,
  flapping,
  steady,
  told,
  note,  ///< what a person wrote
};

/// A line of an incident's timeline.
struct Happening {
  IncidentId incident{};
  AlertId alert{};
  HappeningKind kind{};
  WallTime at{};
  std::string detail{};  ///< what held it, who acknowledged, which channel was told
  Reason why{};          ///< of one that began or changed its severity
  bool operator==(const Happening&) const = default;
};

enum class TellingKind : std::uint8_t { firing, resolved, reminder, flapping, digest };

/// One alert in a message.
struct MessageLine {
  AlertId alert{};
  TellingKind kind{};  ///< never digest
  Severity severity{};
  std::int64_t version{};
  WallTime began_at{};
  std::optional<Held> was_held{};  ///< "held by … until …" (alerts:A11)
  bool operator==(const MessageLine&) const = default;
};

/// A message that is to be sent: alert, incident, channel, step and number make it unique, as does its key. Its first
/// line is the alert it is named for; a root cause comes first.
struct WantedMessage {
  IncidentId incident{};  ///< of the first line; a digest speaks of several
  ChannelId channel{};
  int step{};
  TellingKind kind{};
  Severity severity{};  ///< the worst of its lines
  int repeat{};         ///< of a reminder, from 1
  std::vector<MessageLine> lines{};
  std::string dedup_key{};  ///< sha256 of (alert, version, kind, channel, step, repeat), hex
  bool operator==(const WantedMessage&) const = default;
};

}  // namespace monitorix

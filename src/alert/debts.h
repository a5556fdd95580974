#pragma once
// The difference between what should have been told of an alert and what was (alerts:A1, §6). Pure reading.

#include <optional>
#include <vector>

#include "alert/state.h"

namespace monitorix::alert {

struct Debt {
  ChannelId channel{};
  int step{};
  TellingKind kind{};
  int repeat{};  ///< of a reminder
};
struct Debts {
  std::vector<Debt> now{};
  std::optional<RunTime> again{};  ///< when there may be more, if nothing happens
};

/// Who is told next if nobody acknowledges it and it does not end.
struct NextStep {
  const Route* route{};
  int step{};
  RunTime at{};
  std::vector<ChannelId> channels{};
};

Debts debts_of(const State& state, const Tracked& alert, Now now);
/// Nothing while it is held, acknowledged or flaps, and when everybody was told.
std::optional<NextStep> next_step_of(const State& state, const Tracked& alert, Now now);
/// It is on its way.
void settle(State& state, Tracked& alert, const Debt& debt, Now now);
/// The alert's own route, or the default one; null when there is none.
const Route* route_of(const State& state, const Rule& rule);
bool is_acknowledged(const Alert& alert, WallTime now);

}  // namespace monitorix::alert

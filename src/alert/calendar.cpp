// What the wall clock alone changes: windows and silences that begin and end. Read anew when the clock jumps, which by
// itself fires and resolves nothing (alerts:I18).

#include "alert/overlay/window.h"
#include "alert/turn.h"

namespace monitorix::alert {

void read_calendar(Turn& turn) {
  State& state = turn.state;
  std::optional<RunTime> next;
  for (auto& [id, known] : state.windows) {
    const WindowNow window = window_at(known.window, state.zones, turn.now.wall);
    known.is_on = window.is_on;
    if (window.changes_at) earliest(next, turn.run_of(*window.changes_at));
  }
  for (const auto& [id, silence] : state.silences)
    for (const WallTime edge : {silence.starts_at, silence.ends_at})
      if (edge > turn.now.wall) earliest(next, turn.run_of(edge));
  turn.arm(TimerKind::calendar, 0, state.calendar, next);
  look_at_all(turn);
}

void follow_clock(Turn& turn) {
  const auto offset = turn.now.wall.time_since_epoch() - turn.now.run.time_since_epoch();
  auto& known = turn.state.wall_offset;
  const bool is_first = !known;
  if (known && std::chrono::abs(offset - *known) < std::chrono::seconds{1}) return;
  known = offset;
  if (!is_first) read_calendar(turn);
}

}  // namespace monitorix::alert

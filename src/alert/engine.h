#pragma once
// When an alert begins and ends, and who is to be told: pure. (state, event, now) -> (state', what follows); no I/O, no
// clock, no threads (alerts:A6). Nothing is sent from here: what is wanted and was not told yet is handed out once, and
// whoever keeps it in an outbox does so in one transaction with the rows that changed (alerts:A1, A2).
//
// An evaluation touches the rules of the entity that the event speaks of, never all of them. The same events at the
// same times give the same state and the same messages (alerts:I9).

#include <optional>
#include <span>
#include <vector>

#include "alert/event.h"
#include "alert/state.h"

namespace monitorix::alert {

/// What followed. Rows are to be read from the state by their ids; each id is named once.
struct Outcome {
  std::vector<AlertId> alerts{};     ///< new or changed
  std::vector<AlertId> vanished{};   ///< pending ones that nobody was told of
  std::vector<AlertId> cancelled{};  ///< firing messages of these that still wait need not go (alerts:A16)
  std::vector<IncidentId> incidents{};
  std::vector<Happening> happenings{};
  std::vector<WantedMessage> wanted{};
  std::vector<Entity> ask{};  ///< run the checks of these now (checks:C14)
};

Outcome step(State& state, const Event& event, Now now);
/// Time has passed. Called when next_due() is reached, at the latest; calling it more often changes nothing.
Outcome advance(State& state, Now now);
/// When advance() would have something to do, if nothing else happens before.
[[nodiscard]] std::optional<RunTime> next_due(const State& state);

/// Something will be said of these soon; asks for the memory that it will touch.
void foresee(const State& state, std::span<const Entity> entities);

/// Leaves out an entity of which nothing is open, held, remembered or leaned upon: afterwards it is as if it had never
/// been placed. False when there is something left to say of it.
bool forget_quiet(State& state, Entity entity, Now now);
/// Leaves out those parts of an entity of which nothing is open or remembered, where foreign words make new ones all
/// the time. True when no part is left.
bool forget_quiet_parts(State& state, Entity entity, Now now);

/// Drops what is over and was told: resolved alerts and incidents leave the state, not the store.
void forget_settled(State& state);

}  // namespace monitorix::alert

#pragma once
// Who stands on whom, and who is away (alerts:A4, §4 overlay 1, §5). Inside the room only.

#include <vector>

#include "alert/turn.h"

namespace monitorix::alert {

/// Finds or makes.
std::uint32_t member_of(State& state, Entity entity);
/// Takes new needs; those that would make a circle are left out.
void place_needs(State& state, std::uint32_t member, const std::vector<Need>& needs);

/// All that it stands on, nearest first, each once.
std::vector<std::uint32_t> ancestors_of(const State& state, std::uint32_t member);
bool stands_on(const State& state, std::uint32_t member, std::uint32_t below);
/// The node that it runs on, if it stands on one.
std::optional<Entity> node_of(const State& state, std::uint32_t member);

/// Down, unconfirmed, stopped on purpose, at work, or without something it needs.
bool is_away(const Member& member);
/// Judges a member and all that stands on it anew, and looks at their alerts when something moved.
void refresh(Turn& turn, std::uint32_t member);
/// Looks at the open alerts of all that stand on it: what is said of it is news to them.
void look_above(Turn& turn, std::uint32_t member);
/// It booted then: it was away although nobody saw it.
void note_boot(Turn& turn, std::uint32_t member, RunTime at);

/// What of a member's needs is missing.
struct Missing {
  std::optional<std::uint32_t> cause{};  ///< the nearest that is away
  std::optional<RunTime> last_away{};    ///< when the last need came back
};
Missing missing_of(const State& state, std::uint32_t member);
/// The open alert that says why a member is away, if there is one.
AlertId outage_of(const State& state, std::uint32_t member);

}  // namespace monitorix::alert

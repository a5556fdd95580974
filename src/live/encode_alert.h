#pragma once
// Alerts and incidents -> JSON exactly as contract/openapi.yaml says; the same functions serve REST lists and live
// frames. Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "state/alert_view.h"

namespace monitorix::live {

/// English: the name of whom it is about, and what is wrong with it.
std::string title_of(const state::AlertView& alert);
/// English, or as others said it: why, or the number.
std::string message_of(const state::AlertView& alert);
/// English.
std::string number_text(Metric metric, double value);
/// pending, firing, acknowledged or resolved.
std::string_view shown_state(const Alert& alert);
/// Of what has no name any more: its kind and number.
std::string nameless(Entity entity);

void encode_target(JsonWriter& out, const Target& target, std::string_view name);
void encode_ack(JsonWriter& out, const std::optional<Acknowledgement>& ack);
void encode_held(JsonWriter& out, const std::optional<Held>& held);
void encode_alert(JsonWriter& out, const state::AlertView& alert);

/// The alert that names the cause; nullptr when there is none.
const state::AlertView* root_of(const state::IncidentView& incident);
std::string title_of(const state::IncidentView& incident);
std::string cause_of(const state::IncidentView& incident);
/// The members of an object that was begun and may get more.
void encode_members(JsonWriter& out, const state::IncidentView& incident);
void encode_incident(JsonWriter& out, const state::IncidentView& incident);

}  // namespace monitorix::live
